import { argsort } from '../model/argsort.ts';
import type { StartupState } from '../model/run.ts';
import { ContainerPool, GRANT_SOURCES, type Grant, type GrantSource, type PoolSettings } from './pool.ts';

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

/** Invocations by their positions, part by part: millions of them need not be objects. */
export interface InvocationList {
  readonly length: number;
  poolKeyOf(i: number): string;
  requestedAtMsOf(i: number): number;
  /** NaN: not recorded. */
  readyAtMsOf(i: number): number;
  endAtMsOf(i: number): number;
  stateOf(i: number): StartupState | null;
}

/** Invocations as objects are a list, too. */
export type Invocations = readonly Invocation[] | InvocationList;

const isList = (invocations: Invocations): invocations is InvocationList => 'poolKeyOf' in invocations;

export const toList = (invocations: Invocations): InvocationList =>
  isList(invocations) ? invocations : new InvocationObjects(invocations);

class InvocationObjects implements InvocationList {
  readonly #invocations: readonly Invocation[];
  readonly length: number;

  constructor(invocations: readonly Invocation[]) {
    this.#invocations = invocations;
    this.length = invocations.length;
  }

  poolKeyOf(i: number): string {
    return (this.#invocations[i] as Invocation).poolKey;
  }

  requestedAtMsOf(i: number): number {
    return (this.#invocations[i] as Invocation).requestedAtMs;
  }

  readyAtMsOf(i: number): number {
    return (this.#invocations[i] as Invocation).readyAtMs ?? Number.NaN;
  }

  endAtMsOf(i: number): number {
    return (this.#invocations[i] as Invocation).endAtMs;
  }

  stateOf(i: number): StartupState | null {
    return (this.#invocations[i] as Invocation).state;
  }
}

/** When the invocation was ready; when it was asked for, if that is later or nothing is recorded. */
export function readyAtMsIn(list: InvocationList, i: number): number {
  const requestedAtMs = list.requestedAtMsOf(i);
  const readyAtMs = list.readyAtMsOf(i);
  // biome-ignore lint/complexity/useMathMinMax: NaN, which stands for nothing recorded, loses here.
  return readyAtMs > requestedAtMs ? readyAtMs : requestedAtMs;
}

/** When the invocation's last task had ended, never before it was asked for or ready. */
export function endedAtMsIn(list: InvocationList, i: number): number {
  return Math.max(readyAtMsIn(list, i), list.endAtMsOf(i));
}

/** A container that was launched ahead of its worker. */
export interface PrewarmedContainer {
  readonly poolKey: string;
  readonly launchedAtMs: number;
  readonly readyAtMs: number;
}

/** Settings of a replay are those of the pool, and how exact the clock is. */
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

/** A placement says which container served each invocation. */
export interface Placement {
  readonly containers: readonly PlacedContainer[];
  /** The container of each invocation, as its position in `containers`. */
  readonly containerOf: Int32Array;
  /** Says how each invocation got its container. */
  readonly sourceOf: (i: number) => GrantSource;
}

/** Positions of invocations in the order of their requests, and of all that brings containers back in the order of time. */
export interface EventOrder {
  readonly requests: Uint32Array;
  readonly returns: ReturnOrder;
}

/** The order of events, which no keep-alive, exit lag or policy changes: worth keeping to place the same invocations many times. */
export function orderEvents(
  invocations: Invocations,
  prewarms: readonly PrewarmedContainer[],
  simultaneousMs: number,
): EventOrder {
  const list = toList(invocations);
  return { requests: orderRequests(list, simultaneousMs), returns: orderReturns(list, prewarms) };
}

/** Packs invocations onto containers in one forward pass. The order of the input does not matter. */
export function placeInvocations(
  invocations: Invocations,
  prewarms: readonly PrewarmedContainer[],
  settings: ReplaySettings,
  order = orderEvents(invocations, prewarms, settings.simultaneousMs),
): Placement {
  const list = toList(invocations);
  const returns = new Returns(order.returns);
  const poolNumbers = new Map<string, number>();
  const numberOf = (key: string): number => poolNumbers.get(key) ?? numberPool(poolNumbers, key);
  const poolOf = new Uint32Array(invocations.length);
  for (let i = 0; i < poolOf.length; i++) poolOf[i] = numberOf(list.poolKeyOf(i));
  const pool = new ContainerPool(settings);
  const containers: PlacedContainer[] = [];
  const containerOf = new Int32Array(invocations.length).fill(-1);
  const sources = new Uint8Array(invocations.length);
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
    nowMs = Math.max(nowMs, list.requestedAtMsOf(index));
    for (let due = returns.shift(nowMs); due !== -1; due = returns.shift(nowMs)) bringBack(due);
    const grant = pool.acquire(poolOf[index] as number, nowMs, list.stateOf(index));
    containerOf[index] = grant.container;
    sources[index] = GRANT_SOURCES.indexOf(grant.source);
    if (grant.container === containers.length) containers.push(openContainer(list, grant, index));
    else (containers[grant.container] as PlacedContainer).invocations.push(index);
    if ((returns.atMs[index] as number) <= nowMs) pool.finish(poolOf[index] as number, grant.container, nowMs);
  }
  nowMs = Number.POSITIVE_INFINITY;
  for (let due = returns.shift(nowMs); due !== -1; due = returns.shift(nowMs)) bringBack(due);
  return { containers, containerOf, sourceOf: (i) => GRANT_SOURCES[sources[i] as number] as GrantSource };
}

function addPrewarmed(pool: ContainerPool, poolNumber: number, prewarmed: PrewarmedContainer): PlacedContainer {
  const { poolKey, launchedAtMs, readyAtMs } = prewarmed;
  pool.prewarm(poolNumber, readyAtMs);
  const beganAtMs = Math.min(launchedAtMs, readyAtMs);
  return { poolKey, origin: 'prewarmed', beganAtMs, prewarmedAtMs: readyAtMs, invocations: [] };
}

function openContainer(list: InvocationList, grant: Grant, index: number): PlacedContainer {
  const requestedAtMs = list.requestedAtMsOf(index);
  const origin = grant.source === 'launched' ? 'launched' : 'unseen';
  // A launch cannot have begun after the worker in it was ready.
  const launchedAtMs = Math.min(Math.max(requestedAtMs, grant.beganAtMs), readyAtMsIn(list, index));
  const beganAtMs = origin === 'launched' ? launchedAtMs : requestedAtMs;
  return { poolKey: list.poolKeyOf(index), origin, beganAtMs, prewarmedAtMs: null, invocations: [index] };
}

function numberPool(poolNumbers: Map<string, number>, key: string): number {
  const number = poolNumbers.size;
  poolNumbers.set(key, number);
  return number;
}

/** The same of an object. */
export const endedAtMs = ({ requestedAtMs, readyAtMs, endAtMs }: Invocation): number =>
  Math.max(requestedAtMs, readyAtMs ?? requestedAtMs, endAtMs);

function orderRequests(list: InvocationList, simultaneousMs: number): Uint32Array {
  const requestedAtMs = new Float64Array(list.length);
  for (let i = 0; i < requestedAtMs.length; i++) requestedAtMs[i] = list.requestedAtMsOf(i);
  const order = argsort(requestedAtMs);
  const compareOf = (a: number, b: number) => compareGrants(list, a, b);
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
const compareGrants = (list: InvocationList, a: number, b: number): number =>
  compare(lastIfUnknown(list.readyAtMsOf(a)), lastIfUnknown(list.readyAtMsOf(b))) ||
  compare(list.requestedAtMsOf(a), list.requestedAtMsOf(b)) ||
  compare(Number(list.stateOf(a) === 'cold'), Number(list.stateOf(b) === 'cold')) ||
  (list.poolKeyOf(a) < list.poolKeyOf(b) ? -1 : Number(list.poolKeyOf(a) > list.poolKeyOf(b))) ||
  compare(list.endAtMsOf(a), list.endAtMsOf(b));

const lastIfUnknown = (atMs: number): number => (Number.isNaN(atMs) ? Number.POSITIVE_INFINITY : atMs);

/** Whatever brings a container into its pool: the ends of the invocations and, numbered after them, the prewarms. */
interface ReturnOrder {
  readonly atMs: Float64Array;
  readonly order: Uint32Array;
  /** The prewarms as they are numbered. */
  readonly prewarms: readonly PrewarmedContainer[];
}

function orderReturns(list: InvocationList, given: readonly PrewarmedContainer[]): ReturnOrder {
  const prewarms = [...given].sort(comparePrewarms);
  const atMs = new Float64Array(list.length + prewarms.length);
  for (let i = 0; i < list.length; i++) atMs[i] = endedAtMsIn(list, i);
  for (const [i, { readyAtMs }] of prewarms.entries()) atMs[list.length + i] = readyAtMs;
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

/** A container is in one state from one epoch millisecond to another. */
export interface Period {
  readonly state: ContainerState;
  readonly startAtMs: number;
  readonly endAtMs: number;
  /** The invocation that it is starting or busy for; `null`: none. */
  readonly invocation: number | null;
}

type Lifetime = Pick<PoolSettings, 'keepAliveMs' | 'exitLagMs' | 'maxAgeMs'>;

/** When the last worker of a container has exited; of one that had none, when it was ready. */
export function lastFreeAtMs(
  { beganAtMs, prewarmedAtMs, invocations: own }: PlacedContainer,
  invocations: Invocations,
  exitLagMs: number,
): number {
  const list = toList(invocations);
  let freeAtMs = prewarmedAtMs ?? beganAtMs;
  for (const index of own) freeAtMs = Math.max(freeAtMs, endedAtMsIn(list, index) + exitLagMs);
  return freeAtMs;
}

/** When a container goes: its keep-alive after its last worker has exited; never before `horizonAtMs` where that is endless. */
export const goneAtMs = (
  container: PlacedContainer,
  invocations: Invocations,
  settings: Lifetime,
  horizonAtMs: number,
): number => goneAfter(container, lastFreeAtMs(container, invocations, settings.exitLagMs), settings, horizonAtMs);

function goneAfter({ beganAtMs }: PlacedContainer, freeAtMs: number, lifetime: Lifetime, horizonAtMs: number): number {
  const { keepAliveMs, maxAgeMs = Number.POSITIVE_INFINITY } = lifetime;
  const idleUntilMs = keepAliveMs === Number.POSITIVE_INFINITY ? horizonAtMs : freeAtMs + keepAliveMs;
  return Math.max(freeAtMs, Math.min(idleUntilMs, beganAtMs + maxAgeMs));
}

/**
 * The periods of a container: in order, disjoint, without gaps, none empty. With an endless keep-alive the tail ends at `horizonAtMs`.
 * Under concurrency above 1, it is busy while any of its workers is.
 */
export function tracePeriods(
  container: PlacedContainer,
  invocations: Invocations,
  settings: Lifetime,
  horizonAtMs: number,
): Period[] {
  const list = toList(invocations);
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
  for (let i = 0; i < own.length; i++) {
    const index = own[i] as number;
    const launched = i === 0 && container.origin === 'launched';
    if (!launched) extend('idle', list.requestedAtMsOf(index), null);
    const readyAtMs = list.readyAtMsOf(index);
    extend('starting', Number.isNaN(readyAtMs) ? cursorMs : readyAtMs, index);
    const endAtMs = endedAtMsIn(list, index);
    freeAtMs = Math.max(freeAtMs, endAtMs + settings.exitLagMs);
    // The next worker was let in before this one's exit was over: it was shorter than reckoned.
    const letInAtMs = i + 1 < own.length ? list.requestedAtMsOf(own[i + 1] as number) : Number.POSITIVE_INFINITY;
    extend('busy', Math.min(endAtMs + settings.exitLagMs, Math.max(endAtMs, letInAtMs)), index);
  }
  extend('tail', goneAfter(container, freeAtMs, settings, horizonAtMs), null);
  return periods;
}
