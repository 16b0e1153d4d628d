import type { ResourceMeasure } from '../../model/run.ts';
import { thinSorted } from '../../stats/order-statistics.ts';
import { sampleMedian } from '../../stats/summary.ts';
import type { PrewarmEvent, PrewarmFacts } from './extract.ts';
import type { Durations, StartupGroup } from './result.ts';

/** What start-ups took under each planner, engine version and memory size, with and without prewarms. */

/** As many as a picture can show apart. */
const MOST_KEPT = 200;

interface Group {
  readonly planner: string;
  readonly resourceMeasure: ResourceMeasure | null;
  readonly memoryMb: number;
  readonly events: PrewarmEvent[];
}

/** Sorted by planner, engine version and memory size; empty without prewarms. */
export function groupStartups(facts: readonly PrewarmFacts[]): StartupGroup[] {
  const groups = new Map<string, Group>();
  for (const { run, events } of facts) {
    for (const event of events) {
      const { planner, resourceMeasure } = run;
      const key = [planner, resourceMeasure, String(event.memoryMb).padStart(9, '0')].join('\n');
      const group = groups.get(key) ?? { planner, resourceMeasure, memoryMb: event.memoryMb, events: [] };
      groups.set(key, group);
      group.events.push(event);
    }
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => describeGroup(group, facts));
}

function describeGroup({ events, ...group }: Group, facts: readonly PrewarmFacts[]): StartupGroup {
  const [warm, notWarm] = [true, false].map((isWarm) =>
    events.filter(({ outcome }) => (outcome === 'warm') === isWarm),
  );
  const startupsOf = (own: readonly PrewarmEvent[] = []) => own.flatMap(({ startupMs }) => startupMs ?? []);
  const leadsOf = (own: readonly PrewarmEvent[] = []) => own.flatMap(({ leadMs }) => leadMs ?? []);
  const others: Record<'warm' | 'cold', number[]> = { warm: [], cold: [] };
  for (const { run, startups } of facts) {
    if (run.resourceMeasure !== group.resourceMeasure) continue;
    for (const { memoryMb, state, startupMs, prewarmed } of startups) {
      if (memoryMb === group.memoryMb && !(prewarmed && state === 'warm')) others[state].push(startupMs);
    }
  }
  return {
    ...group,
    prewarmedWarm: describeDurations(startupsOf(warm)),
    prewarmedNotWarm: describeDurations(startupsOf(notWarm)),
    leadWarm: describeDurations(leadsOf(warm)),
    leadNotWarm: describeDurations(leadsOf(notWarm)),
    warm: describeDurations(others.warm),
    cold: describeDurations(others.cold),
  };
}

function describeDurations(durationsMs: readonly number[]): Durations {
  const sorted = [...durationsMs].sort((a, b) => a - b);
  return { count: sorted.length, medianMs: sampleMedian(sorted), sortedMs: thinSorted(sorted, MOST_KEPT) };
}
