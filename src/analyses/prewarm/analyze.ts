import { shortPlannerName } from '../../model/names.ts';
import { groupByMeeting } from '../../model/optimization-meetings.ts';
import type { ResourceMeasure } from '../../model/run.ts';
import { bySubmission } from '../../model/run-facts.ts';
import { estimateStratifiedFraction, estimateStratifiedRatio, type FigurePair } from '../../stats/stratified-mean.ts';
import { sampleMean, sampleMedian } from '../../stats/summary.ts';
import { wordCount, wordList } from '../../view/words.ts';
import type { Outcome, Warning } from '../analysis.ts';
import { keepFindings, note } from '../warning.ts';
import type { PrewarmEvent, PrewarmFacts } from './extract.ts';
import type {
  ColdStarts,
  PlannerPrewarm,
  PrewarmConflict,
  PrewarmCounts,
  PrewarmResult,
  PrewarmTarget,
} from './result.ts';
import { groupStartups } from './startup-groups.ts';

/** An event with where it happened, and what it saved against a cold start. */
interface PlacedEvent extends PrewarmEvent {
  readonly planner: string;
  readonly workflow: string;
  readonly runId: string;
  readonly resourceMeasure: ResourceMeasure | null;
  /** `null`: not warm, or no cold start of that memory size to compare with. */
  readonly savedMs: number | null;
}

/** All facts → how often prewarms fired and what came of them. */
export function analyzePrewarm(unordered: readonly PrewarmFacts[]): Outcome<PrewarmResult> {
  const facts = [...unordered].sort(bySubmission);
  const coldStarts = summarizeColdStarts(facts);
  const coldMs = new Map(
    coldStarts.map(({ resourceMeasure, memoryMb, medianMs }) => [sizeKey(resourceMeasure, memoryMb), medianMs]),
  );
  const events = facts.flatMap(({ run, events: own }) =>
    own.map((event): PlacedEvent => {
      const cold = coldMs.get(sizeKey(run.resourceMeasure, event.memoryMb));
      const saved = event.outcome === 'warm' && cold !== undefined && event.startupMs !== null;
      const savedMs = saved ? cold - (event.startupMs as number) : null;
      const { planner, workflow, runId, resourceMeasure } = run;
      return { ...event, planner, workflow, runId, resourceMeasure, savedMs };
    }),
  );
  const planners = [...new Set(facts.map(({ run }) => run.planner))].sort();
  const without = countStartupsWithout(facts);
  const result = {
    runCount: facts.length,
    eventCount: events.length,
    planners: planners.map((planner) => summarizePlanner(planner, facts, events, without)),
    targets: summarizeTargets(events),
    conflicts: summarizeConflicts(planners, events),
    coldStarts,
    startups: groupStartups(facts),
  };
  return { result: { headline: wordHeadline(result), ...result }, ledger: [], warnings: auditPrewarm(result, events) };
}

/** Cold starts are alike under one engine version and memory size. */
const sizeKey = (measure: ResourceMeasure | null, memoryMb: number): string => `${measure}\n${memoryMb}`;

function summarizeColdStarts(facts: readonly PrewarmFacts[]): ColdStarts[] {
  const bySize = new Map<string, Omit<ColdStarts, 'count' | 'medianMs'> & { readonly durations: number[] }>();
  for (const { run, startups } of facts) {
    for (const { memoryMb, state, startupMs } of startups) {
      if (state !== 'cold') continue;
      const { resourceMeasure } = run;
      const key = sizeKey(resourceMeasure, memoryMb);
      const known = bySize.get(key);
      if (known) known.durations.push(startupMs);
      else bySize.set(key, { resourceMeasure, memoryMb, durations: [startupMs] });
    }
  }
  return [...bySize.values()]
    .map(({ durations, ...size }) => ({ ...size, count: durations.length, medianMs: sampleMedian(durations) ?? 0 }))
    .sort((a, b) => (a.resourceMeasure ?? '').localeCompare(b.resourceMeasure ?? '', 'en') || a.memoryMb - b.memoryMb);
}

function countOutcomes(events: readonly PlacedEvent[]): PrewarmCounts {
  const count = (outcome: PrewarmEvent['outcome']) => events.filter((event) => event.outcome === outcome).length;
  return {
    eventCount: events.length,
    runCount: new Set(events.map(({ runId }) => runId)).size,
    warmCount: count('warm'),
    coldCount: count('cold'),
    unknownCount: count('unknown'),
    lateCount: count('late'),
    neverStartedCount: count('never-started'),
    perhapsTakenCount: events.filter(({ perhapsTaken }) => perhapsTaken).length,
    unusedCount: events.filter(({ unusedMs }) => unusedMs !== null).length,
  };
}

/** 1 GB = 1024 MB of allocated memory. */
const gbSeconds = (memoryMb: number, durationMs: number): number => (memoryMb / 1024) * (durationMs / 1000);

const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const known = (xs: readonly (number | null)[]): number[] => xs.filter((x) => x !== null);

function summarizePlanner(
  planner: string,
  facts: readonly PrewarmFacts[],
  all: readonly PlacedEvent[],
  startupsWithout: ReadonlyMap<string, StartCount>,
): PlannerPrewarm {
  const own = facts.filter(({ run }) => run.planner === planner);
  const events = all.filter((event) => event.planner === planner);
  const warm = events.filter(({ outcome }) => outcome === 'warm');
  const saving = warm.filter(({ savedMs }) => savedMs !== null);
  const places = [...new Set(events.map((event) => placeOf(event.workflow, event.resourceMeasure, event.memoryMb)))];
  const without = places.flatMap((place) => startupsWithout.get(place) ?? []);
  const startupCountWithout = sum(without.map(({ count }) => count));
  return {
    planner,
    plannerRunCount: own.length,
    plannedNodeCount: sum(own.map(({ plannedNodeCount }) => plannedNodeCount)),
    ...countOutcomes(events),
    warmFraction: estimateStratifiedFraction(asStrata(sumByRun(events, ({ outcome }) => (outcome === 'warm' ? 1 : 0)))),
    warmFractionWithout:
      startupCountWithout === 0 ? null : sum(without.map(({ warmCount }) => warmCount)) / startupCountWithout,
    startupCountWithout,
    medianLeadMs: sampleMedian(known(warm.map(({ leadMs }) => leadMs))),
    savedMs: estimateStratifiedRatio(asStrata(sumByRun(saving, ({ savedMs }) => savedMs ?? 0))),
    savedEventCount: saving.length,
    idleGbSeconds: sum(warm.map(({ memoryMb, leadMs }) => gbSeconds(memoryMb, leadMs ?? 0))),
    unusedGbSeconds: sum(events.map(({ memoryMb, unusedMs }) => gbSeconds(memoryMb, unusedMs ?? 0))),
  };
}

/** Events of one run are not independent: a mean over events is the ratio of two sums over runs. */
function sumByRun(events: readonly PlacedEvent[], amount: (event: PlacedEvent) => number): FigurePair[] {
  const byRun = new Map<string, FigurePair>();
  for (const event of events) {
    const { numerator, denominator } = byRun.get(event.runId) ?? { numerator: 0, denominator: 0 };
    byRun.set(event.runId, { numerator: numerator + amount(event), denominator: denominator + 1 });
  }
  return [...byRun.values()];
}

const asStrata = (clusters: readonly FigurePair[]) => (clusters.length === 0 ? [] : [clusters]);

const placeOf = (workflow: string, measure: ResourceMeasure | null, memoryMb: number): string =>
  `${workflow}\n${sizeKey(measure, memoryMb)}`;

interface StartCount {
  count: number;
  warmCount: number;
}

/** The start-ups that no prewarm was meant for, by workflow, engine version and memory size. */
function countStartupsWithout(facts: readonly PrewarmFacts[]): ReadonlyMap<string, StartCount> {
  const counts = new Map<string, StartCount>();
  for (const { run, startups } of facts) {
    for (const { memoryMb, state, prewarmed } of startups) {
      if (prewarmed) continue;
      const place = placeOf(run.workflow, run.resourceMeasure, memoryMb);
      const known = counts.get(place) ?? { count: 0, warmCount: 0 };
      counts.set(place, known);
      known.count++;
      if (state === 'warm') known.warmCount++;
    }
  }
  return counts;
}

function groupEvents(
  events: readonly PlacedEvent[],
  keyOf: (event: PlacedEvent) => readonly (string | number)[],
): PlacedEvent[][] {
  const groups = new Map<string, PlacedEvent[]>();
  for (const event of events) {
    const key = keyOf(event).join('\n');
    const group = groups.get(key);
    if (group) group.push(event);
    else groups.set(key, [event]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

function summarizeTargets(events: readonly PlacedEvent[]): PrewarmTarget[] {
  const groups = groupEvents(events, (event) => [
    event.planner,
    event.workflow,
    event.triggerFunction,
    event.targetFunctions,
    event.memoryMb,
  ]);
  return groups.map((group) => {
    const { planner, workflow, triggerFunction, targetFunctions, memoryMb } = group[0] as PlacedEvent;
    return {
      planner,
      workflow,
      triggerFunction,
      targetFunctions,
      memoryMb,
      ...countOutcomes(group),
      medianLeadMs: sampleMedian(known(group.map(({ leadMs }) => leadMs))),
      meanSavedMs: sampleMean(known(group.map(({ savedMs }) => savedMs))),
    };
  });
}

function summarizeConflicts(planners: readonly string[], events: readonly PlacedEvent[]): PrewarmConflict[] {
  return planners.flatMap((planner) =>
    groupByMeeting(events.filter((event) => event.planner === planner)).map(({ met, events: group }) => ({
      planner,
      met,
      ...countOutcomes(group),
      medianStartupMs: sampleMedian(known(group.map(({ startupMs }) => startupMs))),
    })),
  );
}

type Unworded = Omit<PrewarmResult, 'headline'>;

function wordHeadline({ runCount, eventCount, planners }: Unworded): string {
  if (eventCount === 0) {
    const planned = sum(planners.map(({ plannedNodeCount }) => plannedNodeCount));
    return `no prewarm fired in ${wordCount(runCount, 'run')}${planned > 0 ? `, though ${wordCount(planned, 'task')} had one planned` : ''}`;
  }
  const firing = planners.filter((planner) => planner.eventCount > 0);
  const words = firing.map(
    (planner) =>
      `${shortPlannerName(planner.planner)}: ${wordCount(planner.eventCount, 'prewarm')} in ${wordCount(planner.runCount, 'run')}, ${planner.warmCount} of their workers started warm`,
  );
  return words.join('; ');
}

function auditPrewarm({ planners }: Unworded, events: readonly PlacedEvent[]): Warning[] {
  if (events.length === 0) return [];
  const none = planners.filter(({ eventCount }) => eventCount === 0).map(({ planner }) => shortPlannerName(planner));
  const uncompared = events.filter(({ outcome, savedMs }) => outcome === 'warm' && savedMs === null).length;
  const unused = events.filter(({ unusedMs }) => unusedMs !== null).length;
  const findings = [
    note(
      'association',
      'a warm start may have found another container than the prewarmed one, and savings are against the median cold start of that memory size and engine version in these data: an association, not an effect, and start-up time, not makespan',
    ),
    note(
      'records-incomplete',
      'a prewarm is recorded only when its worker lives long enough: some are missing here, and of those recorded, how many went unused is a lower bound',
    ),
    none.length > 0 && note('planners-without', `no prewarm fired under ${wordList(none)}`, { planners: none }),
    uncompared > 0 &&
      note(
        'no-cold-start-to-compare',
        `${wordCount(uncompared, 'warm start')} without a saving: no cold start of that memory size in these data`,
        { count: uncompared },
      ),
    unused > 0 &&
      note(
        'unused-is-estimate',
        'how long an unused container lived is not recorded: counted until its run ended, or --keep-alive where that is shorter',
        { count: unused },
      ),
  ];
  return keepFindings(findings);
}
