import { tellEngines } from '../../model/engine-version.ts';
import { groupBy } from '../../model/group-by.ts';
import { sampleMean, sampleMedian } from '../../stats/summary.ts';
import { averageRatios } from '../design/paired-change.ts';
import type { BreakdownFacts, StartupFacts } from './extract.ts';
import type { DagFetches, StartupParts, WithoutFetch } from './result.ts';

/** Divides cold starts into waiting, launch and boot, by engine and memory size. All runs count, planned or not. */
export const divideStartups = (facts: readonly BreakdownFacts[]): StartupParts[] =>
  groupByEngine(facts.filter(isOfMeasuredEngine)).flatMap(({ engine, own }) => {
    const startups = own.flatMap((fact) => fact.startups);
    const alone = findAlone(startups);
    return groupBy(startups, ({ memoryMb }) => memoryMb)
      .sort(([a], [b]) => (a?.memoryMb ?? 0) - (b?.memoryMb ?? 0))
      .map((ofSize) => ({ engine, ...divideSize(own, ofSize, alone) }));
  });

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
  ofSize: readonly StartupFacts[],
  alone: ReadonlySet<StartupFacts>,
): Omit<StartupParts, 'engine'> {
  const memoryMb = ofSize[0]?.memoryMb ?? null;
  const ready = (state: StartupFacts['state']) =>
    ofSize.filter((startup) => startup.state === state && startup.readyAtMs !== null);
  const [cold, warm] = [ready('cold'), ready('warm')];
  const isAlone = (startup: StartupFacts) => alone.has(startup);
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

const durationMs = ({ requestedAtMs, readyAtMs }: StartupFacts): number => (readyAtMs as number) - requestedAtMs;

/**
 * The start-ups during which no other of the same engine was under way, whatever its size: launches wait for each other. One that
 * never was ready counts at the instant of its request.
 */
function findAlone(startups: readonly StartupFacts[]): Set<StartupFacts> {
  const sorted = [...startups].sort((a, b) => a.requestedAtMs - b.requestedAtMs);
  const alone = new Set<StartupFacts>();
  let latestReadyAtMs = Number.NEGATIVE_INFINITY;
  for (const [i, startup] of sorted.entries()) {
    const readyAtMs = startup.readyAtMs ?? startup.requestedAtMs;
    const nextAtMs = sorted[i + 1]?.requestedAtMs ?? Number.POSITIVE_INFINITY;
    if (latestReadyAtMs <= startup.requestedAtMs && readyAtMs <= nextAtMs) alone.add(startup);
    latestReadyAtMs = Math.max(latestReadyAtMs, readyAtMs);
  }
  return alone;
}

function shareOfBoot(facts: readonly BreakdownFacts[], memoryMb: number | null, bootMs: number): number | null {
  let [onPathMs, makespansMs] = [0, 0];
  for (const { path, startups } of facts) {
    if (typeof path === 'string' || !startups.some((startup) => startup.memoryMb === memoryMb)) continue;
    makespansMs += path.makespanMs;
    for (const startup of path.startups) {
      if (startup.memoryMb === memoryMb) onPathMs += Math.min(startup.waitMs, bootMs);
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
