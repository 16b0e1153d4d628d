/**
 * Which container takes an invocation, decided at the instant of the request from earlier events only: the forward pass that
 * needs no iteration. The caller brings requests, finishes and prewarms in the order of time. O(log n) a call, amortised.
 */
import { MinHeap } from '../model/min-heap.ts';
import type { StartupState } from '../model/run.ts';

/** Which idle container is taken: most or least recently used, first or last created. */
export const REUSE_POLICIES = ['mru', 'lru', 'oldest', 'newest'] as const;
export type ReusePolicy = (typeof REUSE_POLICIES)[number];

export interface PoolSettings {
  /** Time that an idle container lives, in ms; Infinity: for ever. */
  readonly keepAliveMs: number;
  /** Age from which on a container is not used again, in ms; left out: there is none. */
  readonly maxAgeMs?: number;
  /** Time from the end of the last task until the container is free again, in ms: the worker process must exit. */
  readonly exitLagMs: number;
  /** Invocations that one container takes at a time. */
  readonly concurrency: number;
  readonly reuse: ReusePolicy;
  /** Containers are launched one after another, each taking so long; 0: all at once, as soon as they are asked for. */
  readonly launchIntervalMs: number;
}

/**
 * How an invocation got its container:
 * - `idle`: an idle one;
 * - `launched`: a new one;
 * - `exiting`: recorded as warm while only containers whose worker had just ended were there;
 * - `outlived`: recorded as warm while only containers idle for longer than the keep-alive were there: the youngest of them;
 * - `unseen`: recorded as warm while no container was there: one that nothing records, as when a prewarm was lost.
 */
export const GRANT_SOURCES = ['idle', 'launched', 'exiting', 'outlived', 'unseen'] as const;
export type GrantSource = (typeof GRANT_SOURCES)[number];

export interface Grant {
  /** Containers are numbered from 0 as they appear. */
  readonly container: number;
  readonly source: GrantSource;
  /** When the launch of a new container begins; the instant of the request for any other. */
  readonly beganAtMs: number;
}

/** The entry of a container that has no room. */
const NO_ENTRY = -1;

/** The containers of all pools, forward in time. */
export class ContainerPool {
  readonly #settings: PoolSettings;
  readonly #pools: Pool[] = [];
  /**
   * These have an entry for each container: invocations under way, since when there is none, when it was asked for, and the number
   * of its latest entry in a queue.
   */
  readonly #active: number[] = [];
  readonly #idleSinceMs: number[] = [];
  readonly #beganAtMs: number[] = [];
  readonly #entryOf: number[] = [];
  #entryCount = 0;
  #launcherFreeAtMs = Number.NEGATIVE_INFINITY;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
  }

  get containerCount(): number {
    return this.#active.length;
  }

  /** Takes a container for an invocation. A recorded state is honoured; without one the pool decides. */
  acquire(poolNumber: number, atMs: number, recorded: StartupState | null = null): Grant {
    const pool = this.#poolOf(poolNumber);
    this.#free(pool, atMs);
    if (recorded !== 'cold') {
      const idle = this.#takeIdle(pool, atMs);
      if (idle !== null) return { container: idle, source: 'idle', beganAtMs: atMs };
    }
    if (recorded === 'warm') {
      const exiting = pool.exiting.shift();
      if (exiting !== undefined) return { container: exiting, source: 'exiting', beganAtMs: atMs };
      const outlived = pool.expired.pop();
      if (outlived !== undefined)
        return { container: this.#occupy(pool, outlived), source: 'outlived', beganAtMs: atMs };
      return { container: this.#occupy(pool, this.#create(atMs)), source: 'unseen', beganAtMs: atMs };
    }
    const beganAtMs = Math.max(atMs, this.#launcherFreeAtMs);
    this.#launcherFreeAtMs = beganAtMs + this.#settings.launchIntervalMs;
    return { container: this.#occupy(pool, this.#create(atMs)), source: 'launched', beganAtMs };
  }

  /** Ends an invocation; its container is free after the exit lag. */
  finish(poolNumber: number, container: number, atMs: number): void {
    this.#poolOf(poolNumber).exiting.push(container, atMs + this.#settings.exitLagMs);
  }

  /** Adds a container that was launched ahead of its worker and is ready now. */
  prewarm(poolNumber: number, atMs: number): number {
    const pool = this.#poolOf(poolNumber);
    const container = this.#create(atMs);
    this.#free(pool, atMs);
    this.#idleSinceMs[container] = atMs;
    this.#offer(pool, container);
    return container;
  }

  #poolOf(poolNumber: number): Pool {
    const known = this.#pools[poolNumber];
    if (known) return known;
    const latestFirst = (a: number, b: number) => (this.#idleSinceMs[b] as number) - (this.#idleSinceMs[a] as number);
    const expired = new MinHeap<number>((a, b) => latestFirst(a, b) || b - a);
    const pool = { free: createFreeQueue(this.#settings.reuse), exiting: new ExitQueue(), expired };
    this.#pools[poolNumber] = pool;
    return pool;
  }

  #create(atMs: number): number {
    this.#active.push(0);
    this.#beganAtMs.push(atMs);
    this.#idleSinceMs.push(0);
    this.#entryOf.push(NO_ENTRY);
    return this.#active.length - 1;
  }

  /** Frees the containers whose workers have exited by now. */
  #free(pool: Pool, nowMs: number): void {
    const { exiting } = pool;
    for (let freeAtMs = exiting.firstAtMs; freeAtMs !== null && freeAtMs <= nowMs; freeAtMs = exiting.firstAtMs) {
      const container = exiting.shift() as number;
      this.#active[container] = (this.#active[container] as number) - 1;
      this.#idleSinceMs[container] = freeAtMs;
      this.#offer(pool, container);
    }
  }

  /** Entries in a queue that are not a container's latest count for nothing. */
  #offer(pool: Pool, container: number): void {
    this.#entryOf[container] = this.#entryCount;
    pool.free.push(container, this.#entryCount);
    this.#entryCount++;
  }

  #takeIdle(pool: Pool, nowMs: number): number | null {
    for (;;) {
      const container = pool.free.pop(this.#entryOf);
      if (container === null) return null;
      if (!this.#hasExpired(container, nowMs)) return this.#occupy(pool, container);
      pool.expired.push(container);
    }
  }

  #hasExpired(container: number, nowMs: number): boolean {
    const { keepAliveMs, maxAgeMs = Number.POSITIVE_INFINITY } = this.#settings;
    const idle = this.#active[container] === 0;
    const isAged = (this.#beganAtMs[container] as number) + maxAgeMs <= nowMs;
    return idle && (isAged || (this.#idleSinceMs[container] as number) + keepAliveMs <= nowMs);
  }

  #occupy(pool: Pool, container: number): number {
    const active = (this.#active[container] as number) + 1;
    this.#active[container] = active;
    this.#entryOf[container] = NO_ENTRY;
    if (active < this.#settings.concurrency) this.#offer(pool, container);
    return container;
  }
}

interface Pool {
  readonly free: FreeQueue;
  readonly exiting: ExitQueue;
  /** Idle for longer than the keep-alive, which a recorded state can refute. */
  readonly expired: MinHeap<number>;
}

/** Containers that have room, handed out in the order of the reuse policy. */
interface FreeQueue {
  push(container: number, entry: number): void;
  /** The next one whose latest entry this is, by `entryOf`; `null`: none is left. */
  pop(entryOf: readonly number[]): number | null;
}

function createFreeQueue(reuse: ReusePolicy): FreeQueue {
  if (reuse === 'oldest') return new AgeQueue(1);
  if (reuse === 'newest') return new AgeQueue(-1);
  return new UseQueue(reuse === 'mru');
}

/** By last use: entries come in the order of time, so the least recently used stands first. */
class UseQueue implements FreeQueue {
  readonly #containers: number[] = [];
  readonly #entries: number[] = [];
  readonly #fromEnd: boolean;
  #first = 0;

  constructor(fromEnd: boolean) {
    this.#fromEnd = fromEnd;
  }

  push(container: number, entry: number): void {
    this.#containers.push(container);
    this.#entries.push(entry);
  }

  pop(entryOf: readonly number[]): number | null {
    while (this.#first < this.#containers.length) {
      const container = (this.#fromEnd ? this.#containers.pop() : this.#containers[this.#first]) as number;
      const entry = this.#fromEnd ? this.#entries.pop() : this.#entries[this.#first];
      if (!this.#fromEnd) this.#first = forgetTaken(this.#first + 1, this.#containers, this.#entries);
      if (entryOf[container] === entry) return container;
    }
    return null;
  }
}

/** Entries that are taken from the beginning of a queue before they are cut off: half of it then, so that each is moved once. */
const MANY_TAKEN = 1024;

/** Cuts off what was taken of a queue's arrays, when that is much; gives the place of the first entry that is left. */
function forgetTaken(takenCount: number, ...arrays: readonly number[][]): number {
  const [{ length }] = arrays as [number[]];
  if (takenCount < MANY_TAKEN || 2 * takenCount < length) return takenCount;
  for (const array of arrays) array.splice(0, takenCount);
  return 0;
}

/** By age: containers are numbered as they appear. */
class AgeQueue implements FreeQueue {
  readonly #heap: MinHeap<number>;

  constructor(sign: 1 | -1) {
    this.#heap = new MinHeap((a, b) => (a - b) * sign);
  }

  push(container: number): void {
    this.#heap.push(container);
  }

  pop(entryOf: readonly number[]): number | null {
    for (let container = this.#heap.pop(); container !== undefined; container = this.#heap.pop()) {
      if (entryOf[container] !== NO_ENTRY) return container;
    }
    return null;
  }
}

/** Containers whose workers have ended their tasks, in the order of time, with the instant at which they are free. */
class ExitQueue {
  readonly #containers: number[] = [];
  readonly #freeAtMs: number[] = [];
  #first = 0;

  /** `null`: there is none. No number may stand for that: instants that overflow are infinite. */
  get firstAtMs(): number | null {
    return this.#freeAtMs[this.#first] ?? null;
  }

  push(container: number, freeAtMs: number): void {
    this.#containers.push(container);
    this.#freeAtMs.push(freeAtMs);
  }

  shift(): number | undefined {
    const container = this.#containers[this.#first];
    if (container === undefined) return undefined;
    this.#first = forgetTaken(this.#first + 1, this.#containers, this.#freeAtMs);
    return container;
  }
}
