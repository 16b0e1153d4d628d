import { groupBy } from '../../model/group-by.ts';
import type { ResourceMeasure } from '../../model/run.ts';
import { medianOfSorted, sortNumbers, thinSorted } from '../../stats/order-statistics.ts';
import type { PrewarmEvent } from './extract.ts';
import type { Durations, StartupGroup } from './result.ts';
import type { Sizes } from './sizes.ts';

// Durations of start-ups under each planner, engine version and memory size, with and without prewarms.

/** As many as a picture can show apart. */
const MOST_KEPT = 200;

type Events = readonly (PrewarmEvent & {
  readonly planner: string;
  readonly resourceMeasure: ResourceMeasure | null;
})[];

/** Sorted by planner, engine version and memory size; empty without prewarms. */
export function groupStartups(events: Events, sizes: Sizes): StartupGroup[] {
  return groupBy(
    events,
    ({ planner }) => planner,
    ({ resourceMeasure }) => resourceMeasure,
    ({ memoryMb }) => memoryMb,
  )
    .map((group) => ({ name: nameOf(group), group }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ group }) => describeGroup(group, sizes));
}

const nameOf = ([first]: Events): string =>
  [first?.planner, first?.resourceMeasure, String(first?.memoryMb).padStart(9, '0')].join('\n');

function describeGroup(events: Events, sizes: Sizes): StartupGroup {
  const { planner, resourceMeasure, memoryMb } = events[0] as Events[number];
  const [warm, notWarm] = [true, false].map((isWarm) =>
    events.filter(({ outcome }) => (outcome === 'warm') === isWarm),
  );
  const startupsOf = (own: readonly PrewarmEvent[] = []) => own.flatMap(({ startupMs }) => startupMs ?? []);
  const leadsOf = (own: readonly PrewarmEvent[] = []) => own.flatMap(({ leadMs }) => leadMs ?? []);
  const others = sizes.get(resourceMeasure)?.get(memoryMb);
  return {
    planner,
    resourceMeasure,
    memoryMb,
    prewarmedWarm: describeDurations(startupsOf(warm)),
    prewarmedNotWarm: describeDurations(startupsOf(notWarm)),
    leadWarm: describeDurations(leadsOf(warm)),
    leadNotWarm: describeDurations(leadsOf(notWarm)),
    warm: describeDurations(others?.warmMs ?? []),
    cold: describeDurations(others?.coldMs ?? []),
  };
}

function describeDurations(durationsMs: readonly number[]): Durations {
  const sorted = sortNumbers(durationsMs);
  return { count: sorted.length, medianMs: medianOfSorted(sorted), sortedMs: thinSorted(sorted, MOST_KEPT) };
}
