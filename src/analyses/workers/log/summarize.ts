import { byTexts, groupBy } from '../../../model/group-by.ts';
import type { StartupState } from '../../../model/run.ts';
import { sampleQuantile } from '../../../stats/summary.ts';
import { sumGbSeconds } from '../gb-seconds.ts';
import type { InvocationResult, LogContainer, LogStartups, PoolResult } from './result.ts';

/** Summarizes a log pool by pool, those that were alive most first. `lackingMb` stands for memory that is not recorded. */
export function summarizePools(
  invocations: readonly InvocationResult[],
  containers: readonly LogContainer[],
  lackingMb: number,
): PoolResult[] {
  const invocationsOf = new Map(groupBy(invocations, ({ pool }) => pool).map((taken) => [taken[0]?.pool, taken]));
  const pools = groupBy(containers, ({ pool }) => pool).map((own): PoolResult => {
    const { pool } = own[0] as LogContainer;
    const taken = invocationsOf.get(pool) ?? [];
    const sizes = new Set(own.map(({ memoryMb }) => memoryMb));
    return {
      pool,
      memoryMb: sizes.size === 1 ? (own[0]?.memoryMb ?? null) : null,
      invocationCount: taken.length,
      containerCount: own.length,
      coldCount: taken.filter(({ state }) => state === 'cold').length,
      ...sumGbSeconds(own.map(({ memoryMb, periods }) => ({ memoryMb: memoryMb ?? lackingMb, periods }))),
    };
  });
  return pools.sort((a, b) => b.alive - a.alive || (a.pool < b.pool ? -1 : 1));
}

/** By pool and state, of the invocations that say when they were ready. */
export function summarizeLogStartups(invocations: readonly InvocationResult[]): LogStartups[] {
  const known = invocations.filter(({ readyAtMs }) => readyAtMs !== null);
  const groups = groupBy(
    known,
    ({ pool }) => pool,
    ({ state }) => state,
  );
  const startups = groups.map((group): LogStartups => {
    const { pool, state } = group[0] as { readonly pool: string; readonly state: StartupState };
    const durations = group.map(({ startAtMs, readyAtMs }) => (readyAtMs ?? startAtMs) - startAtMs);
    const quantile = (p: number) => sampleQuantile(durations, p) as number;
    return { pool, state, count: group.length, p10Ms: quantile(0.1), medianMs: quantile(0.5), p90Ms: quantile(0.9) };
  });
  return startups.sort(
    byTexts(
      ({ pool }) => pool,
      ({ state }) => state,
    ),
  );
}
