import { endedAtMsIn, type InvocationList, readyAtMsIn, toList } from '../../containers/periods.ts';
import { gbSecondsOfPeriod } from './gb-seconds.ts';
import type { Packing } from './observe.ts';
import type { Bounds } from './result.ts';

// Bounds of what the records leave open: the least and the most containers, and their cost.

/**
 * At least as many containers of a pool as it had workers between ready and last task at one time; at most one for each session and
 * prewarm. GB-seconds likewise: the workers' own time alone; or a container each from its request, with its exit and its keep-alive.
 * O(n log n).
 */
export function boundContainers({ sessions, memoryMbOf, prewarms, settings, keepAlive }: Packing): Bounds {
  const pools = new Map<string, number[]>();
  const aloneMs = settings.exitLagMs + (keepAlive.keepAliveMs ?? 0);
  let [leastGbSeconds, mostGbSeconds] = [0, 0];
  const list = toList(sessions);
  for (let i = 0; i < list.length; i++) {
    const [poolKey, memoryMb, requestedAtMs] = [list.poolKeyOf(i), memoryMbOf(i), list.requestedAtMsOf(i)];
    const pool = pools.get(poolKey);
    if (pool) pool.push(i);
    else pools.set(poolKey, [i]);
    leastGbSeconds += gbSecondsOfPeriod(memoryMb, endedAtMsIn(list, i) - readyAtMsIn(list, i)) / settings.concurrency;
    mostGbSeconds += gbSecondsOfPeriod(memoryMb, endedAtMsIn(list, i) - requestedAtMs + aloneMs);
  }
  for (const { memoryMb, launchedAtMs, readyAtMs } of prewarms) {
    mostGbSeconds += gbSecondsOfPeriod(memoryMb, readyAtMs - launchedAtMs + aloneMs);
  }
  const least = [...pools.values()].map((pool) => Math.ceil(maximumOverlap(list, pool) / settings.concurrency));
  return {
    containers: { low: least.reduce((sum, count) => sum + count, 0), high: sessions.length + prewarms.length },
    gbSeconds: { low: leastGbSeconds, high: keepAlive.keepAliveMs === null ? null : mostGbSeconds },
  };
}

/** Counts the most sessions at one time, from ready to last task; one that ends when another begins does not overlap it. */
function maximumOverlap(list: InvocationList, pool: readonly number[]): number {
  const starts = new Float64Array(pool.length);
  const ends = new Float64Array(pool.length);
  for (let i = 0; i < pool.length; i++) {
    starts[i] = readyAtMsIn(list, pool[i] as number);
    ends[i] = endedAtMsIn(list, pool[i] as number);
  }
  starts.sort();
  ends.sort();
  let [most, ended] = [0, 0];
  for (const [started, startAtMs] of starts.entries()) {
    while ((ends[ended] as number) <= startAtMs && ended < started) ended++;
    most = Math.max(most, started + 1 - ended);
  }
  return most;
}
