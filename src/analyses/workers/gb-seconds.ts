import { CONTAINER_STATES, type ContainerState } from '../../containers/periods.ts';
import type { WorkersFacts } from './extract.ts';
import type { ContainerResult, PeriodResult, PlannerGbSeconds, StateGbSeconds, StateSeconds } from './result.ts';

/** Stands for memory that is not recorded: GB-seconds then are container-seconds. */
export const ONE_GB_MB = 1024;

/** 1 GB = 1024 MB of allocated memory. */
export const gbSecondsOfPeriod = (memoryMb: number, durationMs: number): number =>
  (memoryMb / ONE_GB_MB) * (durationMs / 1000);

export type Sums = Record<ContainerState, number>;

export const noSums = (): Sums => ({ starting: 0, busy: 0, idle: 0, tail: 0 });

export const totalOf = (sums: Sums): number => CONTAINER_STATES.reduce((total, state) => total + sums[state], 0);

type Span = Pick<PeriodResult, 'state' | 'startAtMs' | 'endAtMs'>;

/** Allocated memory × time, by what the containers were doing. */
export function sumGbSeconds(
  containers: readonly { readonly memoryMb: number | null; readonly periods: readonly Span[] }[],
): StateGbSeconds {
  const sums = noSums();
  for (const { memoryMb, periods } of containers) addPeriods(sums, memoryMb ?? ONE_GB_MB, periods);
  return { ...sums, alive: totalOf(sums) };
}

/** Time of the containers, in s, by what they were doing. */
export const sumContainerSeconds = (containers: readonly { readonly periods: readonly Span[] }[]): StateSeconds =>
  sumGbSeconds(containers.map(({ periods }) => ({ memoryMb: ONE_GB_MB, periods })));

/** Adds the GB-seconds of a container's periods, state by state. */
export function addPeriods(sums: Sums, memoryMb: number, periods: readonly Span[]): void {
  for (const { state, startAtMs, endAtMs } of periods) sums[state] += gbSecondsOfPeriod(memoryMb, endAtMs - startAtMs);
}

/** Means per run and planner; every period belongs to one run. */
export function gbSecondsByPlanner(
  facts: readonly WorkersFacts[],
  containers: readonly ContainerResult[],
): PlannerGbSeconds[] {
  const byRun = new Map<string, Sums>();
  for (const { memoryMb, periods } of containers) {
    for (const { state, startAtMs, endAtMs, runId } of periods) {
      if (runId === null) continue;
      const sums = byRun.get(runId) ?? noSums();
      byRun.set(runId, sums);
      sums[state] += gbSecondsOfPeriod(memoryMb ?? ONE_GB_MB, endAtMs - startAtMs);
    }
  }
  const planners = [...new Set(facts.map(({ run }) => run.traits.planner))].sort();
  return planners.map((planner) => {
    const own = facts
      .filter(({ run }) => run.traits.planner === planner)
      .map(({ run, recordedGbSeconds }) => ({ recordedGbSeconds, sums: byRun.get(run.runId) ?? noSums() }));
    const measured = own.filter(({ recordedGbSeconds }) => recordedGbSeconds !== null);
    const meanOf = (state: ContainerState) => meanBy(own, ({ sums }) => sums[state]) ?? 0;
    const means: Sums = {
      starting: meanOf('starting'),
      busy: meanOf('busy'),
      idle: meanOf('idle'),
      tail: meanOf('tail'),
    };
    return {
      planner,
      runCount: own.length,
      ...means,
      alive: totalOf(means),
      measuredRunCount: measured.length,
      recordedMean: meanBy(measured, ({ recordedGbSeconds }) => recordedGbSeconds ?? 0),
      aliveMeanOfMeasured: meanBy(measured, ({ sums }) => totalOf(sums)),
    };
  });
}

function meanBy<Item>(items: readonly Item[], amount: (item: Item) => number): number | null {
  return items.length === 0 ? null : items.reduce((sum, item) => sum + amount(item), 0) / items.length;
}
