import {
  type Invocation,
  type Placement,
  type PrewarmedContainer,
  placeInvocations,
  type ReplaySettings,
} from '../../model/container-periods.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { type RunKey, runKeyOf } from '../../model/select.ts';
import { calibratePool, estimateLaunchIntervalMs } from './calibrate.ts';
import type { SessionFacts, WorkersFacts } from './extract.ts';
import type { WorkersOptions } from './options.ts';
import type { KeepAlive } from './result.ts';
import { type LearnedStartup, StartupModel } from './startup-model.ts';

/** Observed mode: recorded sessions of all runs, packed onto containers. */

/** Requests of one burst reach the pool in an order that the clock does not tell. */
const SIMULTANEOUS_MS = 5;
/** Start-ups asked for within that time compete for the launcher and the machine. */
export const BURST_MS = 100;

export interface ObservedSession extends Invocation {
  readonly run: RunFacts;
  readonly memoryMb: number;
  readonly workerId: string | null;
  /** In ms after the request as recorded; `null`: not recorded, and `readyAtMs` is inferred. */
  readonly startupMs: number | null;
  readonly endInferred: boolean;
  readonly rivalCount: number;
}

export interface Observation {
  /** In the order of their requests. */
  readonly sessions: readonly ObservedSession[];
  readonly prewarms: readonly (PrewarmedContainer & { readonly run: RunFacts; readonly memoryMb: number })[];
  readonly settings: ReplaySettings;
  readonly keepAlive: KeepAlive;
  readonly placement: Placement;
}

/** Packs the sessions of all runs, which stand in the order of their submission. */
export function observe(facts: readonly WorkersFacts[], options: WorkersOptions): Observation {
  const sessions = describeSessions(facts, options.poolKeys);
  const launchIntervalMs = estimateLaunchIntervalMs(sessions, SIMULTANEOUS_MS);
  const prewarms = facts.flatMap(({ run, prewarms: own }) =>
    own.map(({ memoryMb, readyAtMs }) => {
      const poolKey = poolKeyOf(run, memoryMb, options.poolKeys);
      return { run, memoryMb, poolKey, launchedAtMs: readyAtMs - launchIntervalMs, readyAtMs };
    }),
  );
  const { reuse, concurrency } = options;
  const plain = { reuse, concurrency, launchIntervalMs, simultaneousMs: SIMULTANEOUS_MS, keepAliveMs: 0, exitLagMs: 0 };
  const keepAlive = calibratePool(sessions, prewarms, plain, options);
  const { keepAliveMs, exitLagMs } = keepAlive;
  const settings = { ...plain, keepAliveMs: keepAliveMs ?? Number.POSITIVE_INFINITY, exitLagMs };
  return { sessions, prewarms, settings, keepAlive, placement: placeInvocations(sessions, prewarms, settings) };
}

/** Pool keys that are `memory` mean the worker's own size, not the run's sizes. */
export const poolKeyOf = (run: RunFacts, memoryMb: number, keys: readonly RunKey[]): string =>
  keys.map((key) => (key === 'memory' ? `${memoryMb} MB` : runKeyOf(run, key))).join(', ');

/** The recorded start-ups that ended, as far as their state was recorded. */
export function learnedStartups(sessions: readonly ObservedSession[]): LearnedStartup[] {
  const learned: LearnedStartup[] = [];
  for (const { run, memoryMb, state, startupMs, rivalCount } of sessions) {
    if (state === null || startupMs === null) continue;
    learned.push({ engine: run.resourceMeasure, memoryMb, state, rivalCount, durationMs: startupMs });
  }
  return learned;
}

type Placed = Omit<ObservedSession, 'rivalCount'>;

function describeSessions(facts: readonly WorkersFacts[], poolKeys: readonly RunKey[]): ObservedSession[] {
  const placed = facts
    .flatMap(({ run, sessions }) =>
      sessions.map((session) => placeSession(run, session, poolKeyOf(run, session.memoryMb, poolKeys))),
    )
    .sort((a, b) => a.requestedAtMs - b.requestedAtMs);
  const rivalCounts = countRivals(placed);
  const sessions = placed.map((session, i): ObservedSession => ({ ...session, rivalCount: rivalCounts[i] as number }));
  return inferUnrecorded(sessions);
}

function placeSession(run: RunFacts, session: SessionFacts, poolKey: string): Placed {
  const { workerId, memoryMb, requestedAtMs, readyAtMs, lastFinishedAtMs, state } = session;
  return {
    run,
    workerId,
    memoryMb,
    poolKey,
    requestedAtMs,
    readyAtMs,
    endAtMs: lastFinishedAtMs ?? readyAtMs ?? requestedAtMs,
    state,
    startupMs: readyAtMs === null ? null : readyAtMs - requestedAtMs,
    endInferred: lastFinishedAtMs === null,
  };
}

/** How many start-ups of the same burst stood in the way of each. */
function countRivals(sessions: readonly Placed[]): number[] {
  const counts = new Array<number>(sessions.length).fill(0);
  for (let from = 0; from < sessions.length; ) {
    const untilMs = (sessions[from] as Placed).requestedAtMs + BURST_MS;
    let to = from + 1;
    while (to < sessions.length && (sessions[to] as Placed).requestedAtMs <= untilMs) to++;
    const burst = Array.from({ length: to - from }, (_, i) => from + i);
    const cold = burst
      .filter((i) => sessions[i]?.state === 'cold')
      .sort((a, b) => readyOf(sessions[a]) - readyOf(sessions[b]));
    for (const i of burst) counts[i] = burst.length - 1;
    for (const [launched, i] of cold.entries()) counts[i] = launched;
    from = to;
  }
  return counts;
}

const readyOf = (session: Placed | undefined): number => session?.readyAtMs ?? Number.MAX_VALUE;

/** A worker that never said it was ready is given the median start-up of its size, of a cold start unless its state is recorded. */
function inferUnrecorded(sessions: readonly ObservedSession[]): ObservedSession[] {
  if (sessions.every(({ readyAtMs }) => readyAtMs !== null)) return [...sessions];
  const model = new StartupModel();
  for (const startup of learnedStartups(sessions)) model.learn(startup);
  return sessions.map((session) => {
    if (session.readyAtMs !== null) return session;
    const { run, memoryMb, state, rivalCount, requestedAtMs, endAtMs } = session;
    const predicted = model.predict(run.resourceMeasure, memoryMb, state ?? 'cold', rivalCount);
    const readyAtMs = requestedAtMs + (predicted?.durationMs ?? 0);
    return { ...session, readyAtMs, endAtMs: Math.max(endAtMs, readyAtMs) };
  });
}
