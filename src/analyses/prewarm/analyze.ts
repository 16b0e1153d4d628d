import { groupBy } from '../../model/group-by.ts';
import { groupByMeeting } from '../../model/optimization-meetings.ts';
import type { ResourceMeasure } from '../../model/run.ts';
import { bySubmission } from '../../model/run-facts.ts';
import { estimateStratifiedFraction, estimateStratifiedRatio, type FigurePairs } from '../../stats/stratified-mean.ts';
import { sampleMean, sampleMedian } from '../../stats/summary.ts';
import type { Outcome } from '../analysis.ts';
import { auditPrewarm } from './diagnostics.ts';
import type { PrewarmEvent, PrewarmFacts } from './extract.ts';
import type {
  ColdStarts,
  PlannerPrewarm,
  PrewarmConflict,
  PrewarmCounts,
  PrewarmResult,
  PrewarmTarget,
} from './result.ts';
import { gatherSizes, type Sizes, type StartCount } from './sizes.ts';
import { groupStartups } from './startup-groups.ts';
import { wordHeadline } from './wording.ts';

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
  const sizes = gatherSizes(facts);
  const coldStarts = summarizeColdStarts(sizes);
  const events = placeEvents(facts, coldStarts);
  const planners = groupPlanners(facts, events);
  const result = {
    runCount: facts.length,
    eventCount: events.length,
    planners: planners.map((planner) => summarizePlanner(planner, sizes)),
    targets: summarizeTargets(events),
    conflicts: planners.flatMap(summarizeConflicts),
    coldStarts,
    startups: groupStartups(events, sizes),
  };
  return { result: { headline: wordHeadline(result), ...result }, ledger: [], warnings: auditPrewarm(result, events) };
}

interface PlannerFacts {
  readonly planner: string;
  readonly facts: readonly PrewarmFacts[];
  readonly events: readonly PlacedEvent[];
}

/** Sorted by name, those without events included. */
function groupPlanners(facts: readonly PrewarmFacts[], events: readonly PlacedEvent[]): PlannerFacts[] {
  const eventsOf = new Map(groupBy(events, ({ planner }) => planner).map((own) => [own[0]?.planner, own]));
  return groupBy(facts, ({ run }) => run.traits.planner)
    .map((own) => ({
      planner: own[0]?.run.traits.planner ?? '',
      facts: own,
      events: eventsOf.get(own[0]?.run.traits.planner) ?? [],
    }))
    .sort((a, b) => (a.planner < b.planner ? -1 : 1));
}

/** The events of all runs, with what each saved against the median cold start of its size. */
function placeEvents(facts: readonly PrewarmFacts[], coldStarts: readonly ColdStarts[]): PlacedEvent[] {
  const events: PlacedEvent[] = [];
  for (const { run, events: own } of facts) {
    const { planner, workflow, resourceMeasure } = run.traits;
    for (const event of own) {
      const cold = coldStarts.find(
        (size) => size.resourceMeasure === resourceMeasure && size.memoryMb === event.memoryMb,
      );
      const saved = event.outcome === 'warm' && cold && event.startupMs !== null;
      const savedMs = saved ? cold.medianMs - (event.startupMs as number) : null;
      events.push({ ...event, planner, workflow, runId: run.runId, resourceMeasure, savedMs });
    }
  }
  return events;
}

const summarizeColdStarts = (sizes: Sizes): ColdStarts[] =>
  [...sizes.values()]
    .flatMap((ofVersion) => [...ofVersion.values()])
    .filter(({ coldMs }) => coldMs.length > 0)
    .map(({ resourceMeasure, memoryMb, coldMs }) => ({
      resourceMeasure,
      memoryMb,
      count: coldMs.length,
      medianMs: sampleMedian(coldMs) ?? 0,
    }))
    .sort((a, b) => (a.resourceMeasure ?? '').localeCompare(b.resourceMeasure ?? '', 'en') || a.memoryMb - b.memoryMb);

function countOutcomes(events: readonly PlacedEvent[]): PrewarmCounts {
  const counts = { warm: 0, cold: 0, unknown: 0, late: 0, 'never-started': 0 };
  const runIds = new Set<string>();
  let [perhapsTakenCount, unusedCount] = [0, 0];
  for (const { runId, outcome, perhapsTaken, unusedMs } of events) {
    runIds.add(runId);
    counts[outcome]++;
    if (perhapsTaken) perhapsTakenCount++;
    if (unusedMs !== null) unusedCount++;
  }
  return {
    eventCount: events.length,
    runCount: runIds.size,
    warmCount: counts.warm,
    coldCount: counts.cold,
    unknownCount: counts.unknown,
    lateCount: counts.late,
    neverStartedCount: counts['never-started'],
    perhapsTakenCount,
    unusedCount,
  };
}

/** 1 GB = 1024 MB of allocated memory. */
const gbSeconds = (memoryMb: number, durationMs: number): number => (memoryMb / 1024) * (durationMs / 1000);

const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const known = (xs: readonly (number | null)[]): number[] => xs.filter((x) => x !== null);

function summarizePlanner({ planner, facts, events }: PlannerFacts, sizes: Sizes): PlannerPrewarm {
  const warm = events.filter(({ outcome }) => outcome === 'warm');
  const saving = warm.filter(({ savedMs }) => savedMs !== null);
  const without = countStartupsWithout(events, sizes);
  const startupCountWithout = sum(without.map(({ count }) => count));
  return {
    planner,
    plannerRunCount: facts.length,
    plannedNodeCount: sum(facts.map(({ plannedNodeCount }) => plannedNodeCount)),
    launchedCount: sum(facts.map(({ launchedCount }) => launchedCount)),
    recordedCount: events.length,
    ...countOutcomes(events),
    runCount: facts.filter(({ launchedCount }) => launchedCount > 0).length,
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
function sumByRun(events: readonly PlacedEvent[], amount: (event: PlacedEvent) => number): FigurePairs {
  const byRun = new Map<string, { numerator: number; denominator: number }>();
  for (const event of events) {
    const sums = byRun.get(event.runId) ?? { numerator: 0, denominator: 0 };
    byRun.set(event.runId, sums);
    sums.numerator += amount(event);
    sums.denominator++;
  }
  const sums = [...byRun.values()];
  return {
    numerators: sums.map(({ numerator }) => numerator),
    denominators: sums.map(({ denominator }) => denominator),
  };
}

const asStrata = (clusters: FigurePairs) => (clusters.numerators.length === 0 ? [] : [clusters]);

/** The start-ups without prewarm of the workflows, engine versions and sizes that the events are of. */
function countStartupsWithout(events: readonly PlacedEvent[], sizes: Sizes): StartCount[] {
  const places = groupBy(
    events,
    ({ workflow }) => workflow,
    ({ resourceMeasure }) => resourceMeasure,
    ({ memoryMb }) => memoryMb,
  );
  return places.flatMap(([first]) => {
    const size = first && sizes.get(first.resourceMeasure)?.get(first.memoryMb);
    return size?.without.get(first?.workflow ?? '') ?? [];
  });
}

function summarizeTargets(events: readonly PlacedEvent[]): PrewarmTarget[] {
  const groups = groupBy(
    events,
    ({ planner }) => planner,
    ({ workflow }) => workflow,
    ({ triggerFunction }) => triggerFunction,
    ({ targetFunctions }) => targetFunctions,
    ({ memoryMb }) => memoryMb,
  );
  return groups
    .map((group) => {
      const { planner, workflow, triggerFunction, targetFunctions, memoryMb } = group[0] as PlacedEvent;
      return { target: { planner, workflow, triggerFunction, targetFunctions, memoryMb }, group };
    })
    .map(({ target, group }) => ({ name: Object.values(target).join('\n'), target, group }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ target, group }) => ({
      ...target,
      ...countOutcomes(group),
      medianLeadMs: sampleMedian(known(group.map(({ leadMs }) => leadMs))),
      meanSavedMs: sampleMean(known(group.map(({ savedMs }) => savedMs))),
    }));
}

const summarizeConflicts = ({ planner, events }: PlannerFacts): PrewarmConflict[] =>
  groupByMeeting(events).map(({ met, events: group }) => ({
    planner,
    met,
    ...countOutcomes(group),
    medianStartupMs: sampleMedian(known(group.map(({ startupMs }) => startupMs))),
  }));
