import { argsort } from '../model/argsort.ts';
import type { StartupState } from '../model/run.ts';
import { ContainerPool, type Grant, type GrantSource, type PoolSettings } from './pool.ts';

/**
 * From recorded invocations to containers and what each was doing when: the forward pass over a log, whatever platform wrote it.
 * O(n log n) in the number of invocations.
 */

/** One invocation of a worker. Instants in epoch ms. */
export interface Invocation {
  /** Containers are shared within a pool only. */
  readonly poolKey: string;
  readonly requestedAtMs: number;
  /** `null`: not recorded; it then counts as ready when it was asked for. */
  readonly readyAtMs: number | null;
  /** End of its last task, without the exit of its process. */
  readonly endAtMs: number;
  /** `null`: not recorded; the pool decides. */
  readonly state: StartupState | null;
}

/** Invocations by their positions, in whatever form they are kept: an array is one. */
export interface InvocationList<Item extends Invocation = Invocation> {
  readonly length: number;
  at(index: number): Item | undefined;
}

/** A container that was launched ahead of its worker. */
export interface PrewarmedContainer {
  readonly poolKey: string;
  readonly launchedAtMs: number;
  readonly readyAtMs: number;
}

export interface ReplaySettings extends PoolSettings {
  /** Requests no further apart reach the pool in an order that the clock does not tell: they are taken as they became ready. */
  readonly simultaneousMs: number;
}

/** A container with the invocations it took. */
export interface PlacedContainer {
  readonly poolKey: string;
  readonly origin: 'launched' | 'prewarmed' | 'unseen';
  readonly beganAtMs: number;
  /** When it was ready without an invocation: of prewarmed ones. */
  readonly prewarmedAtMs: number | null;
  /** Positions in the list of invocations, in the order of their requests. */
  readonly invocations: number[];
}

export interface Placement {
  readonly containers: readonly PlacedContainer[];
  /** The container of each invocation, as its position in `containers`. */
  readonly containerOf: Int32Array;
  /** Says how each invocation got its container. */
  readonly sourceOf: readonly GrantSource[];
}

/** Positions of invocations in the order of their requests, and of all that brings containers back in the order of time. */
export interface EventOrder {
  readonly requests: Uint32Array;
  readonly returns: ReturnOrder;
}

/** The order of events, which no keep-alive, exit lag or policy changes: worth keeping to place the same invocations many times. */
export const orderEvents = (
  invocations: InvocationList,
  prewarms: readonly PrewarmedContainer[],
  simultaneousMs: number,
): EventOrder => ({
  requests: orderRequests(invocations, simultaneousMs),
  returns: orderReturns(invocations, prewarms),
});

/** Packs invocations onto containers in one forward pass. The order of the input does not matter. */
export function placeInvocations(
  invocations: InvocationList,
  prewarms: readonly PrewarmedContainer[],
  settings: ReplaySettings,
  order = orderEvents(invocations, prewarms, settings.simultaneousMs),
): Placement {
  const returns = new Returns(order.returns);
  const poolNumbers = new Map<string, number>();
  const numberOf = (key: string): number => poolNumbers.get(key) ?? numberPool(poolNumbers, key);
  const poolOf = new Uint32Array(invocations.length);
  for (let i = 0; i < poolOf.length; i++) poolOf[i] = numberOf((invocations.at(i) as Invocation).poolKey);
  const pool = new ContainerPool(settings);
  const containers: PlacedContainer[] = [];
  const containerOf = new Int32Array(invocations.length).fill(-1);
  const sourceOf = new Array<GrantSource>(invocations.length).fill('launched');
  let nowMs = Number.NEGATIVE_INFINITY;

  const bringBack = (index: number) => {
    // To look for what stands before the first of a list takes as long as all the rest.
    if (index >= invocations.length) {
      const prewarmed = order.returns.prewarms[index - invocations.length] as PrewarmedContainer;
      containers.push(addPrewarmed(pool, numberOf(prewarmed.poolKey), prewarmed));
    }
    // One that ends at the instant of its request has no container yet: it ends as soon as it has.
    else if (containerOf[index] !== -1) {
      pool.finish(poolOf[index] as number, containerOf[index] as number, returns.atMs[index] as number);
    }
  };

  for (const index of order.requests) {
    const invocation = invocations.at(index) as Invocation;
    nowMs = Math.max(nowMs, invocation.requestedAtMs);
    for (let due = returns.shift(nowMs); due !== -1; due = returns.shift(nowMs)) bringBack(due);
    const grant = pool.acquire(poolOf[index] as number, nowMs, invocation.state);
    containerOf[index] = grant.container;
    sourceOf[index] = grant.source;
    if (grant.container === containers.length) containers.push(openContainer(invocation, grant, index));
    else (containers[grant.container] as PlacedContainer).invocations.push(index);
    if ((returns.atMs[index] as number) <= nowMs) pool.finish(poolOf[index] as number, grant.container, nowMs);
  }
  nowMs = Number.POSITIVE_INFINITY;
  for (let due = returns.shift(nowMs); due !== -1; due = returns.shift(nowMs)) bringBack(due);
  return { containers, containerOf, sourceOf };
}

function addPrewarmed(pool: ContainerPool, poolNumber: number, prewarmed: PrewarmedContainer): PlacedContainer {
  const { poolKey, launchedAtMs, readyAtMs } = prewarmed;
  pool.prewarm(poolNumber, readyAtMs);
  const beganAtMs = Math.min(launchedAtMs, readyAtMs);
  return { poolKey, origin: 'prewarmed', beganAtMs, prewarmedAtMs: readyAtMs, invocations: [] };
}

function openContainer(
  { poolKey, requestedAtMs, readyAtMs }: Invocation,
  grant: Grant,
  index: number,
): PlacedContainer {
  const origin = grant.source === 'launched' ? 'launched' : 'unseen';
  // A launch cannot have begun after the worker in it was ready.
  const latestMs = Math.max(requestedAtMs, readyAtMs ?? requestedAtMs);
  const launchedAtMs = Math.min(Math.max(requestedAtMs, grant.beganAtMs), latestMs);
  const beganAtMs = origin === 'launched' ? launchedAtMs : requestedAtMs;
  return { poolKey, origin, beganAtMs, prewarmedAtMs: null, invocations: [index] };
}

function numberPool(poolNumbers: Map<string, number>, key: string): number {
  const number = poolNumbers.size;
  poolNumbers.set(key, number);
  return number;
}

/** When the invocation's last task had ended, never before it was asked for or ready. */
export const endedAtMs = ({ requestedAtMs, readyAtMs, endAtMs }: Invocation): number =>
  Math.max(requestedAtMs, readyAtMs ?? requestedAtMs, endAtMs);

function orderRequests(invocations: InvocationList, simultaneousMs: number): Uint32Array {
  const requestedAtMs = new Float64Array(invocations.length);
  for (let i = 0; i < requestedAtMs.length; i++) requestedAtMs[i] = (invocations.at(i) as Invocation).requestedAtMs;
  const order = argsort(requestedAtMs);
  const compareOf = (a: number, b: number) => compareGrants(invocations.at(a) as Invocation, invocations.at(b) as Invocation);
  for (let from = 0; from < order.length; ) {
    const untilMs = (requestedAtMs[order[from] as number] as number) + simultaneousMs;
    let to = from + 1;
    while (to < order.length && (requestedAtMs[order[to] as number] as number) <= untilMs) to++;
    if (to - from > FEW) order.set(Array.from(order.subarray(from, to)).sort(compareOf), from);
    else sortFew(order, from, to, compareOf);
    from = to;
  }
  return order;
}

/** Most bursts are this small: they are sorted where they stand. */
const FEW = 16;

/** Insertion sort; stable. */
function sortFew(order: Uint32Array, from: number, to: number, compareOf: (a: number, b: number) => number): void {
  for (let i = from + 1; i < to; i++) {
    const item = order[i] as number;
    let at = i;
    for (; at > from && compareOf(order[at - 1] as number, item) > 0; at--) order[at] = order[at - 1] as number;
    order[at] = item;
  }
}

const compare = (a: number, b: number): number => (a < b ? -1 : Number(a > b));

/** Simultaneous requests as they became ready; whatever order the input has, invocations that differ stand in one order. */
const compareGrants = (a: Invocation, b: Invocation): number =>
  compare(a.readyAtMs ?? Number.POSITIVE_INFINITY, b.readyAtMs ?? Number.POSITIVE_INFINITY) ||
  compare(a.requestedAtMs, b.requestedAtMs) ||
  compare(Number(a.state === 'cold'), Number(b.state === 'cold')) ||
  (a.poolKey < b.poolKey ? -1 : Number(a.poolKey > b.poolKey)) ||
  compare(a.endAtMs, b.endAtMs);

/** Whatever brings a container into its pool: the ends of the invocations and, numbered after them, the prewarms. */
interface ReturnOrder {
  readonly atMs: Float64Array;
  readonly order: Uint32Array;
  /** The prewarms as they are numbered. */
  readonly prewarms: readonly PrewarmedContainer[];
}

function orderReturns(invocations: InvocationList, given: readonly PrewarmedContainer[]): ReturnOrder {
  const prewarms = [...given].sort(comparePrewarms);
  const atMs = new Float64Array(invocations.length + prewarms.length);
  for (let i = 0; i < invocations.length; i++) atMs[i] = endedAtMs(invocations.at(i) as Invocation);
  for (const [i, { readyAtMs }] of prewarms.entries()) atMs[invocations.length + i] = readyAtMs;
  return { atMs, order: argsort(atMs), prewarms };
}

/** Prewarms that are ready at one instant stand in one order, whatever order the input has. */
const comparePrewarms = (a: PrewarmedContainer, b: PrewarmedContainer): number =>
  compare(a.readyAtMs, b.readyAtMs) ||
  compare(a.launchedAtMs, b.launchedAtMs) ||
  (a.poolKey < b.poolKey ? -1 : Number(a.poolKey > b.poolKey));

/** Hands them out in the order of time. */
class Returns {
  readonly atMs: Float64Array;
  readonly #order: Uint32Array;
  #next = 0;

  constructor({ atMs, order }: ReturnOrder) {
    this.atMs = atMs;
    this.#order = order;
  }

  /** The number of the next one that is due; −1: none is. */
  shift(nowMs: number): number {
    const number = this.#order[this.#next];
    if (number === undefined || (this.atMs[number] as number) > nowMs) return -1;
    this.#next++;
    return number;
  }
}

/**
 * A container is in one of these states: starting a worker (its own launch included), busy until the worker has exited, idle
 * between two workers, and the tail: idle after the last one until it goes.
 */
export const CONTAINER_STATES = ['starting', 'busy', 'idle', 'tail'] as const;
export type ContainerState = (typeof CONTAINER_STATES)[number];

export interface Period {
  readonly state: ContainerState;
  readonly startAtMs: number;
  readonly endAtMs: number;
  /** The invocation that it is starting or busy for; `null`: none. */
  readonly invocation: number | null;
}

type Lifetime = Pick<PoolSettings, 'keepAliveMs' | 'exitLagMs'>;

/** When the last worker of a container has exited; of one that had none, when it was ready. */
export function lastFreeAtMs(
  { beganAtMs, prewarmedAtMs, invocations: own }: PlacedContainer,
  invocations: InvocationList,
  exitLagMs: number,
): number {
  let freeAtMs = prewarmedAtMs ?? beganAtMs;
  for (const index of own) freeAtMs = Math.max(freeAtMs, endedAtMs(invocations.at(index) as Invocation) + exitLagMs);
  return freeAtMs;
}

/** When a container goes: its keep-alive after its last worker has exited; never before `horizonAtMs` where that is endless. */
export const goneAtMs = (
  container: PlacedContainer,
  invocations: InvocationList,
  settings: Lifetime,
  horizonAtMs: number,
): number => goneAfter(lastFreeAtMs(container, invocations, settings.exitLagMs), settings, horizonAtMs);

const goneAfter = (freeAtMs: number, { keepAliveMs }: Lifetime, horizonAtMs: number): number =>
  keepAliveMs === Number.POSITIVE_INFINITY ? Math.max(freeAtMs, horizonAtMs) : freeAtMs + keepAliveMs;

/**
 * The periods of a container: in order, disjoint, without gaps, none empty. With an endless keep-alive the tail ends at `horizonAtMs`.
 * Under concurrency above 1, it is busy while any of its workers is.
 */
export function tracePeriods(
  container: PlacedContainer,
  invocations: InvocationList,
  settings: Lifetime,
  horizonAtMs: number,
): Period[] {
  const periods: Period[] = [];
  let cursorMs = container.beganAtMs;
  const extend = (state: ContainerState, untilMs: number, invocation: number | null) => {
    if (untilMs <= cursorMs) return;
    periods.push({ state, startAtMs: cursorMs, endAtMs: untilMs, invocation });
    cursorMs = untilMs;
  };
  if (container.prewarmedAtMs !== null) extend('starting', container.prewarmedAtMs, null);
  const own = container.invocations;
  let freeAtMs = container.prewarmedAtMs ?? container.beganAtMs;
  // Each invocation is looked up once: they lie far apart, and the look takes longer than what is done with it.
  let invocation = own.length > 0 ? (invocations.at(own[0] as number) as Invocation) : null;
  for (let i = 0; invocation !== null; i++) {
    const next: Invocation | null = i + 1 < own.length ? (invocations.at(own[i + 1] as number) as Invocation) : null;
    const index = own[i] as number;
    const launched = i === 0 && container.origin === 'launched';
    if (!launched) extend('idle', invocation.requestedAtMs, null);
    extend('starting', invocation.readyAtMs ?? cursorMs, index);
    const endAtMs = endedAtMs(invocation);
    freeAtMs = Math.max(freeAtMs, endAtMs + settings.exitLagMs);
    // The next worker was let in before this one's exit was over: it was shorter than reckoned.
    const letInAtMs = next?.requestedAtMs ?? Number.POSITIVE_INFINITY;
    extend('busy', Math.min(endAtMs + settings.exitLagMs, Math.max(endAtMs, letInAtMs)), index);
    invocation = next;
  }
  extend('tail', goneAfter(freeAtMs, settings, horizonAtMs), null);
  return periods;
}
