import type { InvocationTable } from '../../../containers/invocation-table.ts';
import { endedAtMsIn, type PlacedContainer } from '../../../containers/periods.ts';
import { MinHeap } from '../../../model/min-heap.ts';

/** The containers that a log itself names. */

/** The recorded containers show this. */
interface Examined {
  readonly containerCount: number;
  /** The longest that one stood idle between two invocations; `null`: none was used twice. */
  readonly longestIdleMs: number | null;
  /** Invocations that began while their container was taken by as many as it may take. */
  readonly overlapping: readonly number[];
  /** Names that stand in several pools. */
  readonly sharedCount: number;
}

/** Looks at the containers that a log names, and forgets them: of millions of invocations they take much memory. */
export function examineRecorded(table: InvocationTable, concurrency: number): Examined {
  const members = listRecorded(table);
  const recorded = placeAsRecorded(table, members);
  return {
    containerCount: recorded.length,
    longestIdleMs: longestIdleMs(table, members, recorded),
    overlapping: findOverlapping(table, members, recorded, concurrency),
    sharedCount: countShared(table, members),
  };
}

/** Lists the invocations whose container is recorded. */
export function listRecorded({ length, columns }: InvocationTable): Uint32Array {
  const members = new Uint32Array(length);
  let count = 0;
  for (let i = 0; i < length; i++) if ((columns.containerOf[i] as number) >= 0) members[count++] = i;
  return members.subarray(0, count);
}

/** Each with its invocations, by their places among the members, which are positions in the table. */
export function placeAsRecorded(table: InvocationTable, members: Uint32Array): PlacedContainer[] {
  const pools = new Map<number, Map<number, PlacedContainer>>();
  const { poolOf, containerOf, requestedAtMs } = table.columns;
  for (let place = 0; place < members.length; place++) {
    const index = members[place] as number;
    const [poolNumber, container] = [poolOf[index] as number, containerOf[index] as number];
    const pool = pools.get(poolNumber) ?? new Map<number, PlacedContainer>();
    pools.set(poolNumber, pool);
    const known = pool.get(container);
    if (known) known.invocations.push(place);
    else {
      pool.set(container, {
        poolKey: table.poolKeyOf(index),
        origin: 'launched',
        beganAtMs: requestedAtMs[index] as number,
        prewarmedAtMs: null,
        invocations: [place],
      });
    }
  }
  return [...pools.values()].flatMap((pool) => [...pool.values()]);
}

/** Names that stand in more than one pool: containers of different pools, or pools that are really one. */
function countShared(table: InvocationTable, members: Uint32Array): number {
  const { poolOf, containerOf } = table.columns;
  const firstPoolOf = new Int32Array(table.containers.count).fill(-1);
  const shared = new Set<number>();
  for (const index of members) {
    const [pool, container] = [poolOf[index] as number, containerOf[index] as number];
    if (firstPoolOf[container] === -1) firstPoolOf[container] = pool;
    else if (firstPoolOf[container] !== pool) shared.add(container);
  }
  return shared.size;
}

/** Those that began while their container was already taken by as many as it may take. O(n log n). */
function findOverlapping(
  table: InvocationTable,
  members: Uint32Array,
  recorded: readonly PlacedContainer[],
  concurrency: number,
): number[] {
  const overlapping: number[] = [];
  for (const container of recorded) {
    const running = new Running();
    for (const place of container.invocations) {
      const index = members[place] as number;
      if (running.add(table.requestedAtMsOf(index), endedAtMsIn(table, index)) > concurrency) overlapping.push(index);
    }
  }
  return overlapping;
}

/** The invocations that run in a container at one time. */
class Running {
  #latestEndMs = Number.NEGATIVE_INFINITY;
  /** Ends of those under way where there can be several; `null`: one at most, which ends last of all. */
  #ends: MinHeap<number> | null = null;
  #count = 0;

  /** Takes one that begins now; gives how many are under way then. */
  add(beganAtMs: number, endAtMs: number): number {
    if (beganAtMs >= this.#latestEndMs) {
      this.#ends = null;
      this.#count = 0;
    } else {
      const ends = this.#ends ?? this.#listEnds();
      for (; (ends.first as number) <= beganAtMs; this.#count--) ends.pop();
      ends.push(endAtMs);
    }
    this.#latestEndMs = Math.max(this.#latestEndMs, endAtMs);
    this.#count++;
    return this.#count;
  }

  #listEnds(): MinHeap<number> {
    const ends = new MinHeap<number>((a, b) => a - b);
    ends.push(this.#latestEndMs);
    this.#ends = ends;
    return ends;
  }
}

/** The longest that a recorded container stood idle between two invocations, in ms; `null`: none was used twice. */
function longestIdleMs(
  table: InvocationTable,
  members: Uint32Array,
  recorded: readonly PlacedContainer[],
): number | null {
  let longestMs: number | null = null;
  for (const container of recorded) {
    let endAtMs: number | null = null;
    for (const place of container.invocations) {
      const index = members[place] as number;
      if (endAtMs !== null) longestMs = Math.max(longestMs ?? 0, table.requestedAtMsOf(index) - endAtMs);
      endAtMs = Math.max(endAtMs ?? Number.NEGATIVE_INFINITY, endedAtMsIn(table, index));
    }
  }
  return longestMs;
}

/** Those with the same instants, pool and container as the one before them in the order of their starts: doubled rows, most likely. */
export function findTwins(table: InvocationTable): number[] {
  const { requestedAtMs, endAtMs, readyAtMs, poolOf, containerOf } = table.columns;
  const twins: number[] = [];
  for (let i = 1; i < table.length; i++) {
    const isTwin =
      requestedAtMs[i - 1] === requestedAtMs[i] &&
      endAtMs[i - 1] === endAtMs[i] &&
      // NaN, which stands for nothing recorded, is like itself here.
      Object.is(readyAtMs[i - 1], readyAtMs[i]) &&
      poolOf[i - 1] === poolOf[i] &&
      containerOf[i - 1] === containerOf[i] &&
      !(table.hasId(i - 1) && table.hasId(i));
    if (isTwin) twins.push(i);
  }
  return twins;
}
