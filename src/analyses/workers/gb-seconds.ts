import { CONTAINER_STATES, type ContainerState, type Period } from '../../model/container-periods.ts';
import type { StateGbSeconds } from './result.ts';

/** 1 GB = 1024 MB of allocated memory. */
export const gbSecondsOfPeriod = (memoryMb: number, durationMs: number): number =>
  (memoryMb / 1024) * (durationMs / 1000);

/** Allocated memory × time, by what the containers were doing. */
export function sumGbSeconds(periods: Iterable<Period & { readonly memoryMb: number }>): StateGbSeconds {
  const sums = Object.fromEntries(CONTAINER_STATES.map((state) => [state, 0])) as Record<ContainerState, number>;
  for (const { state, startAtMs, endAtMs, memoryMb } of periods) {
    sums[state] += gbSecondsOfPeriod(memoryMb, endAtMs - startAtMs);
  }
  return { ...sums, alive: CONTAINER_STATES.reduce((total, state) => total + sums[state], 0) };
}
