import { endedAtMs, type Invocation } from '../../containers/periods.ts';
import { gbSecondsOfPeriod } from './gb-seconds.ts';
import type { Packing } from './observe.ts';
import type { Bounds } from './result.ts';

// Bounds of what the records leave open: the least and the most containers, and their cost.

/**
 * At least as many containers of a pool as it had workers between ready and last task at one time; at most one for each session and
 * prewarm. GB-seconds likewise: the workers' own time alone; or a container each from its request, with its exit and its keep-alive.
 * O(n log n).
 */
export function boundContainers({ sessions, prewarms, settings, keepAlive }: Packing): Bounds {
  const pools = new Map<string, Invocation[]>();
  const aloneMs = settings.exitLagMs + (keepAlive.keepAliveMs ?? 0);
  let [leastGbSeconds, mostGbSeconds] = [0, 0];
  for (const session of sessions) {
    const { poolKey, memoryMb, requestedAtMs } = session;
    const pool = pools.get(poolKey);
    if (pool) pool.push(session);
    else pools.set(poolKey, [session]);
    leastGbSeconds += gbSecondsOfPeriod(memoryMb, endedAtMs(session) - readyOf(session)) / settings.concurrency;
    mostGbSeconds += gbSecondsOfPeriod(memoryMb, endedAtMs(session) - requestedAtMs + aloneMs);
  }
  for (const { memoryMb, launchedAtMs, readyAtMs } of prewarms) {
    mostGbSeconds += gbSecondsOfPeriod(memoryMb, readyAtMs - launchedAtMs + aloneMs);
  }
  const least = [...pools.values()].map((pool) => Math.ceil(maximumOverlap(pool) / settings.concurrency));
  return {
    containers: { low: least.reduce((sum, count) => sum + count, 0), high: sessions.length + prewarms.length },
    gbSeconds: { low: leastGbSeconds, high: keepAlive.keepAliveMs === null ? null : mostGbSeconds },
  };
}

const readyOf = ({ readyAtMs, requestedAtMs }: Invocation): number =>
  Math.max(requestedAtMs, readyAtMs ?? requestedAtMs);

/** Counts the most sessions at one time, from ready to last task; one that ends when another begins does not overlap it. */
function maximumOverlap(sessions: readonly Invocation[]): number {
  const starts = Float64Array.from(sessions, readyOf).sort();
  const ends = Float64Array.from(sessions, endedAtMs).sort();
  let [most, ended] = [0, 0];
  for (const [started, startAtMs] of starts.entries()) {
    while ((ends[ended] as number) <= startAtMs && ended < started) ended++;
    most = Math.max(most, started + 1 - ended);
  }
  return most;
}
