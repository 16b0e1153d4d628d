import type { LoggedInvocation } from '../../../containers/invocation-row.ts';
import { endedAtMs, type PlacedContainer } from '../../../containers/periods.ts';
import { MinHeap } from '../../../model/min-heap.ts';

/** The containers that a log itself names. */

/** Each with its invocations in the order of the list; those without a name are in none. */
export function placeAsRecorded(invocations: readonly LoggedInvocation[]): PlacedContainer[] {
  const pools = new Map<string, Map<string, PlacedContainer>>();
  for (const [index, { poolKey, container, requestedAtMs }] of invocations.entries()) {
    if (container === null) continue;
    const pool = pools.get(poolKey) ?? new Map<string, PlacedContainer>();
    pools.set(poolKey, pool);
    const known = pool.get(container);
    if (known) known.invocations.push(index);
    else {
      pool.set(container, {
        poolKey,
        origin: 'launched',
        beganAtMs: requestedAtMs,
        prewarmedAtMs: null,
        invocations: [index],
      });
    }
  }
  return [...pools.values()].flatMap((pool) => [...pool.values()]);
}

/** Names that stand in more than one pool: containers of different pools, or pools that are really one. */
export function countShared(invocations: readonly LoggedInvocation[]): number {
  const poolOf = new Map<string, string>();
  const shared = new Set<string>();
  for (const { poolKey, container } of invocations) {
    if (container === null) continue;
    if ((poolOf.get(container) ?? poolKey) !== poolKey) shared.add(container);
    poolOf.set(container, poolKey);
  }
  return shared.size;
}

/** Those that began while their container was already taken by as many as it may take. O(n log n). */
export function findOverlapping(
  invocations: readonly LoggedInvocation[],
  recorded: readonly PlacedContainer[],
  concurrency: number,
): LoggedInvocation[] {
  return recorded.flatMap((container) => {
    const ends = new MinHeap<number>((a, b) => a - b);
    let activeCount = 0;
    return container.invocations.flatMap((index) => {
      const invocation = invocations[index] as LoggedInvocation;
      while (activeCount > 0 && (ends.first as number) <= invocation.requestedAtMs) {
        ends.pop();
        activeCount--;
      }
      ends.push(endedAtMs(invocation));
      activeCount++;
      return activeCount > concurrency ? [invocation] : [];
    });
  });
}

/** The longest that a recorded container stood idle between two invocations, in ms; `null`: none was used twice. */
export function longestIdleMs(
  invocations: readonly LoggedInvocation[],
  recorded: readonly PlacedContainer[],
): number | null {
  let longestMs: number | null = null;
  for (const container of recorded) {
    let endAtMs: number | null = null;
    for (const index of container.invocations) {
      const invocation = invocations[index] as LoggedInvocation;
      if (endAtMs !== null) longestMs = Math.max(longestMs ?? 0, invocation.requestedAtMs - endAtMs);
      endAtMs = Math.max(endAtMs ?? Number.NEGATIVE_INFINITY, endedAtMs(invocation));
    }
  }
  return longestMs;
}

/** Those with the same instants, pool and container as the one before them in the order of their starts: doubled rows, most likely. */
export function findTwins(invocations: readonly LoggedInvocation[]): LoggedInvocation[] {
  return invocations.filter((invocation, i) => {
    const before = invocations[i - 1];
    return (
      before !== undefined &&
      before.requestedAtMs === invocation.requestedAtMs &&
      before.endAtMs === invocation.endAtMs &&
      before.readyAtMs === invocation.readyAtMs &&
      before.poolKey === invocation.poolKey &&
      before.container === invocation.container &&
      (before.id === null || invocation.id === null)
    );
  });
}
