import { tellEngines } from '../../model/engine-version.ts';
import { groupBy } from '../../model/group-by.ts';
import type { StartupState } from '../../model/run.ts';
import { sampleMean, sampleMedian } from '../../stats/summary.ts';
import { averageRatios } from '../design/paired-change.ts';
import type { BreakdownFacts } from './extract.ts';
import type { DagFetches, StartupParts, WithoutFetch } from './result.ts';

/** Divides cold starts into waiting, launch and boot, by engine and memory size. All runs count, planned or not. */
export const divideStartups = (facts: readonly BreakdownFacts[]): StartupParts[] =>
  groupByEngine(facts.filter(isOfMeasuredEngine)).flatMap(({ engine, own }) => {
    const startups = joinStartups(own);
    const { memoryMb } = startups;
    const places = memoryMb.map((_, place) => place);
    const alone = findAlone(startups);
    return groupBy(places, (place) => memoryMb[place])
      .sort(([a], [b]) => (memoryMb[a as number] ?? 0) - (memoryMb[b as number] ?? 0))
      .map((ofSize) => ({ engine, ...divideSize(own, startups, ofSize, alone) }));
  });

/** The start-ups of many runs, column by column; `NaN`: never ready. */
interface JoinedStartups {
  readonly memoryMb: readonly (number | null)[];
  readonly states: readonly (StartupState | null)[];
  readonly requestedAtMs: Float64Array;
  readonly readyAtMs: Float64Array;
}

function joinStartups(facts: readonly BreakdownFacts[]): JoinedStartups {
  const count = facts.reduce((sum, { startups }) => sum + startups.states.length, 0);
  const joined = {
    memoryMb: new Array<number | null>(count),
    states: new Array<StartupState | null>(count),
    requestedAtMs: new Float64Array(count),
    readyAtMs: new Float64Array(count),
  };
  let place = 0;
  for (const { startups } of facts) {
    for (let i = 0; i < startups.states.length; i++, place++) {
      joined.memoryMb[place] = startups.memoryMb[i] ?? null;
      joined.states[place] = startups.states[i] ?? null;
      joined.requestedAtMs[place] = startups.requestedAtMs[i] as number;
      joined.readyAtMs[place] = startups.readyAtMs[i] ?? Number.NaN;
    }
  }
  return joined;
}

/** A source that lacks something is another engine's, whose start-ups are made of other things than this method tells. */
const isOfMeasuredEngine = ({ run }: BreakdownFacts): boolean => run.traits.lacks === undefined;

function groupByEngine(facts: readonly BreakdownFacts[]) {
  const engineOf = tellEngines(facts.map(({ run }) => run));
  return groupBy(facts, ({ run }) => engineOf(run)).map((own) => ({
    engine: engineOf((own[0] as BreakdownFacts).run),
    own,
  }));
}

function divideSize(
  facts: readonly BreakdownFacts[],
  { memoryMb: sizesMb, states, requestedAtMs, readyAtMs }: JoinedStartups,
  ofSize: readonly number[],
  alone: Uint8Array,
): Omit<StartupParts, 'engine'> {
  const memoryMb = sizesMb[ofSize[0] as number] ?? null;
  const ready = (state: StartupState) =>
    ofSize.filter((place) => states[place] === state && !Number.isNaN(readyAtMs[place]));
  const durationMs = (place: number) => (readyAtMs[place] as number) - (requestedAtMs[place] as number);
  const [cold, warm] = [ready('cold'), ready('warm')];
  const isAlone = (place: number) => alone[place] === 1;
  const [aloneCold, aloneWarm] = [cold.filter(isAlone), warm.filter(isAlone)];
  const counts = { coldCount: cold.length, aloneColdCount: aloneCold.length, aloneWarmCount: aloneWarm.length };
  const [coldMs, bootMs] = [sampleMedian(aloneCold.map(durationMs)), sampleMedian(aloneWarm.map(durationMs))];
  if (coldMs === null || bootMs === null) {
    return { memoryMb, waitMs: null, launchMs: null, bootMs: null, ...counts, bootShareOfMakespan: null };
  }
  return {
    memoryMb,
    waitMs: (sampleMean(cold.map(durationMs)) as number) - coldMs,
    launchMs: coldMs - bootMs,
    bootMs,
    ...counts,
    bootShareOfMakespan: shareOfBoot(facts, memoryMb, bootMs),
  };
}

/**
 * Marks by 1 the start-ups during which no other of the same engine was under way, whatever its size: launches wait for each other. One
 * that never was ready counts at the instant of its request.
 */
function findAlone({ requestedAtMs, readyAtMs }: JoinedStartups): Uint8Array {
  const alone = new Uint8Array(requestedAtMs.length);
  const order = Uint32Array.from(requestedAtMs, (_, place) => place).sort(
    (a, b) => (requestedAtMs[a] as number) - (requestedAtMs[b] as number),
  );
  let latestReadyAtMs = Number.NEGATIVE_INFINITY;
  for (const [i, place] of order.entries()) {
    const beganAtMs = requestedAtMs[place] as number;
    const endedAtMs = Number.isNaN(readyAtMs[place]) ? beganAtMs : (readyAtMs[place] as number);
    const nextAtMs = requestedAtMs[order[i + 1] ?? -1] ?? Number.POSITIVE_INFINITY;
    if (latestReadyAtMs <= beganAtMs && endedAtMs <= nextAtMs) alone[place] = 1;
    latestReadyAtMs = Math.max(latestReadyAtMs, endedAtMs);
  }
  return alone;
}

function shareOfBoot(facts: readonly BreakdownFacts[], memoryMb: number | null, bootMs: number): number | null {
  let [onPathMs, makespansMs] = [0, 0];
  for (const { path, startups } of facts) {
    if (typeof path === 'string' || !startups.memoryMb.includes(memoryMb)) continue;
    makespansMs += path.makespanMs;
    for (const [i, waitMs] of path.startups.waitMs.entries()) {
      if (path.startups.memoryMb[i] === memoryMb) onPathMs += Math.min(waitMs, bootMs);
    }
  }
  return makespansMs > 0 ? onPathMs / makespansMs : null;
}

/** Averages the fetches of the DAG by engine, workflow and structure. */
export const averageDagFetches = (facts: readonly BreakdownFacts[]): DagFetches[] =>
  groupByEngine(facts).flatMap(({ engine, own }) =>
    groupBy(
      own.filter(({ dag }) => dag !== null),
      ({ run }) => run.traits.workflow,
      ({ run }) => run.traits.structure,
    ).map((ofStructure) => ({ engine, ...averageFetches(ofStructure) })),
  );

function averageFetches(ofStructure: readonly BreakdownFacts[]): Omit<DagFetches, 'engine'> {
  const { run, dag } = ofStructure[0] as BreakdownFacts;
  const sum = (figure: 'fetchCount' | 'totalBytes' | 'totalMs') =>
    ofStructure.reduce((total, fact) => total + (fact.dag?.[figure] ?? 0), 0);
  const fetchCount = sum('fetchCount');
  return {
    workflow: run.traits.workflow,
    structure: run.traits.structure,
    runCount: ofStructure.length,
    fetchCount,
    bytesPerTask: sum('totalBytes') / fetchCount / Math.max(1, dag?.taskCount ?? 1),
    fetchMs: sum('totalMs') / fetchCount,
    withoutFetch: averageWithoutFetch(ofStructure),
  };
}

function averageWithoutFetch(ofStructure: readonly BreakdownFacts[]): WithoutFetch | null {
  const replayed = ofStructure.flatMap(({ run, withoutFetchRatio }) =>
    run.traits.planned && withoutFetchRatio != null ? [{ traits: run.traits, ratio: withoutFetchRatio }] : [],
  );
  const blocks = groupBy(
    replayed,
    ({ traits }) => traits.planner,
    ({ traits }) => traits.sla,
  );
  const { changeFraction, ciLow, ciHigh } = averageRatios(blocks.map((own) => own.map(({ ratio }) => ratio)));
  return changeFraction === null ? null : { runCount: replayed.length, changeFraction, ciLow, ciHigh };
}
