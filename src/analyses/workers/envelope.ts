import {
  goneAtMs,
  type PlacedContainer,
  type PrewarmedContainer,
  placeInvocations,
  toList,
} from '../../containers/periods.ts';
import type { ReusePolicy } from '../../containers/pool.ts';
import { gbSecondsOfPeriod } from './gb-seconds.ts';
import type { Packing } from './observe.ts';
import type { PeriodResult } from './result.ts';

// Figures of packed containers that need no more than their periods, under this and other reuse policies.

/** Finds the last instant that any record names, at which containers that live for ever end; −∞ without sessions. */
export function horizonOf({ sessions }: Packing): number {
  const list = toList(sessions);
  let latestMs = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < list.length; i++) latestMs = Math.max(latestMs, list.endAtMsOf(i));
  return latestMs;
}

/** Indexes prewarms by pool and instant: those of one pool that were ready at the same instant are alike. */
export function indexPrewarms<Prewarm extends PrewarmedContainer>(
  prewarms: readonly Prewarm[],
): (container: PlacedContainer) => Prewarm | undefined {
  const keyOf = (poolKey: string, readyAtMs: number | null) => `${poolKey}\n${readyAtMs}`;
  const byKey = new Map(prewarms.map((prewarm) => [keyOf(prewarm.poolKey, prewarm.readyAtMs), prewarm]));
  return ({ poolKey, prewarmedAtMs }) => byKey.get(keyOf(poolKey, prewarmedAtMs));
}

/** Counts the most containers alive at one time. */
export function peakOf(
  containers: readonly { readonly periods: readonly Pick<PeriodResult, 'startAtMs' | 'endAtMs'>[] }[],
): number {
  return peakOfSpans(
    Float64Array.from(containers, ({ periods }) => periods[0]?.startAtMs ?? 0),
    Float64Array.from(containers, ({ periods }) => periods.at(-1)?.endAtMs ?? 0),
  );
}

/** Counts the most of them alive at one time, by the instants at which they began and ended, which it sorts. */
export function peakOfSpans(began: Float64Array, ended: Float64Array): number {
  began.sort();
  ended.sort();
  let [peak, gone] = [0, 0];
  for (const [i, atMs] of began.entries()) {
    while ((ended[gone] as number) <= atMs && gone < i) gone++;
    peak = Math.max(peak, i + 1 - gone);
  }
  return peak;
}

/** The memory of a container, by the first of its invocations that says it; 0: none does. */
export function memoryOf({ invocations }: PlacedContainer, { memoryMbOf }: Pick<Packing, 'memoryMbOf'>): number {
  for (const index of invocations) {
    const memoryMb = memoryMbOf(index);
    if (memoryMb > 0) return memoryMb;
  }
  return 0;
}

/** The extreme policies: under one idle containers die latest, under the other earliest. */
const POLICIES_TRIED: readonly ReusePolicy[] = ['mru', 'lru'];

/** Tries the extreme policies: which idle container the pool takes is not recorded. */
export function tryPolicies(packing: Packing) {
  const { sessions, prewarms, settings } = packing;
  const horizonAtMs = horizonOf(packing);
  const prewarmOf = indexPrewarms(prewarms);
  return POLICIES_TRIED.map((reuse) => {
    const { containers } =
      reuse === settings.reuse ? packing.placement : placeInvocations(sessions, prewarms, { ...settings, reuse });
    let [aliveGbSeconds, aliveContainerSeconds] = [0, 0];
    for (const container of containers) {
      const memoryMb = memoryOf(container, packing) || (prewarmOf(container)?.memoryMb ?? 0);
      const aliveMs = goneAtMs(container, sessions, settings, horizonAtMs) - container.beganAtMs;
      aliveGbSeconds += gbSecondsOfPeriod(memoryMb, aliveMs);
      aliveContainerSeconds += aliveMs / 1000;
    }
    return { reuse, containerCount: containers.length, aliveGbSeconds, aliveContainerSeconds };
  });
}
