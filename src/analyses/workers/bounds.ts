import { endedAtMsIn, type InvocationList, readyAtMsIn, toList } from '../../containers/periods.ts';
import { gbSecondsOfPeriod } from './gb-seconds.ts';
import type { Packing } from './observe.ts';
import type { Bounds, Bracket } from './result.ts';

// Bounds of what the records leave open: the least and the most containers, and their cost.

/** Bounds where the memory of containers is known, or stood for. */
type SizedBounds = Bounds & { readonly gbSeconds: Bracket };

/**
 * At least as many containers of a pool as it had workers between ready and last task at one time; at most one for each session and
 * prewarm. GB-seconds likewise: the workers' own time alone; or a container each from its request, with its exit and its keep-alive.
 * O(n log n).
 */
export function boundContainers({ sessions, memoryMbOf, prewarms, settings, keepAlive }: Packing): SizedBounds {
  const pools = new Map<string, number>();
  const aloneMs = settings.exitLagMs + (keepAlive.keepAliveMs ?? 0);
  const [least, most] = [noAlive(), noAlive()];
  const list = toList(sessions);
  for (let i = 0; i < list.length; i++) {
    const [poolKey, memoryMb, requestedAtMs] = [list.poolKeyOf(i), memoryMbOf(i), list.requestedAtMsOf(i)];
    pools.set(poolKey, (pools.get(poolKey) ?? 0) + 1);
    addAlive(least, memoryMb, (endedAtMsIn(list, i) - readyAtMsIn(list, i)) / settings.concurrency);
    addAlive(most, memoryMb, endedAtMsIn(list, i) - requestedAtMs + aloneMs);
  }
  for (const { memoryMb, launchedAtMs, readyAtMs } of prewarms) {
    addAlive(most, memoryMb, readyAtMs - launchedAtMs + aloneMs);
  }
  const leastCounts = maximumOverlaps(list, pools).map((count) => Math.ceil(count / settings.concurrency));
  const highOf = (amount: number) => (keepAlive.keepAliveMs === null ? null : amount);
  return {
    containers: { low: leastCounts.reduce((sum, count) => sum + count, 0), high: sessions.length + prewarms.length },
    gbSeconds: { low: least.gbSeconds, high: highOf(most.gbSeconds) },
    containerSeconds: { low: least.containerSeconds, high: highOf(most.containerSeconds) },
  };
}

const noAlive = () => ({ gbSeconds: 0, containerSeconds: 0 });

function addAlive(alive: ReturnType<typeof noAlive>, memoryMb: number, durationMs: number): void {
  alive.gbSeconds += gbSecondsOfPeriod(memoryMb, durationMs);
  alive.containerSeconds += durationMs / 1000;
}

/** The most sessions of each pool at one time, from ready to last task; `counts`: sessions of each pool. */
function maximumOverlaps(list: InvocationList, counts: ReadonlyMap<string, number>): number[] {
  const spans = new Map([...counts].map(([poolKey, count]) => [poolKey, new Spans(count)]));
  for (let i = 0; i < list.length; i++) spans.get(list.poolKeyOf(i))?.push(readyAtMsIn(list, i), endedAtMsIn(list, i));
  return [...spans.values()].map((pool) => pool.countMost());
}

/** So many stretches of time. */
class Spans {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  #count = 0;

  constructor(count: number) {
    this.#starts = new Float64Array(count);
    this.#ends = new Float64Array(count);
  }

  push(startAtMs: number, endAtMs: number): void {
    this.#starts[this.#count] = startAtMs;
    this.#ends[this.#count++] = endAtMs;
  }

  /** Counts the most at one time; one that ends when another begins does not overlap it. */
  countMost(): number {
    const [starts, ends] = [this.#starts.sort(), this.#ends.sort()];
    let [most, ended] = [0, 0];
    for (const [started, startAtMs] of starts.entries()) {
      while ((ends[ended] as number) <= startAtMs && ended < started) ended++;
      most = Math.max(most, started + 1 - ended);
    }
    return most;
  }
}
