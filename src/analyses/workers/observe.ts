import {
  type Invocation,
  type Invocations,
  type Placement,
  type PrewarmedContainer,
  placeInvocations,
  type ReplaySettings,
} from '../../containers/periods.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { type RunKey, runKeyOf } from '../../model/select.ts';
import { calibratePool, calibratePools, estimateLaunchIntervalMs } from './calibrate.ts';
import type { PrewarmFact, SessionFacts, WorkersFacts } from './extract.ts';
import { ONE_GB_MB } from './gb-seconds.ts';
import type { WorkersOptions } from './options.ts';
import type { KeepAlive, StartupKind } from './result.ts';
import { type LearnedStartup, StartupModel } from './startup-model.ts';

/** Observed mode: recorded sessions of all runs, packed onto containers. */

/** Requests of one burst reach the pool in an order that the clock does not tell. */
const SIMULTANEOUS_MS = 5;
/** Start-ups asked for within that time compete for the launcher and the machine. */
export const BURST_MS = 100;

/** A session is a worker of a recorded run, as an invocation of its pool. */
export interface ObservedSession extends Invocation {
  readonly run: RunFacts;
  /** `ONE_GB_MB` where it is not recorded. */
  readonly memoryMb: number;
  readonly workerId: string | null;
  /** In ms after the request as recorded; `null`: not recorded, and `readyAtMs` is inferred. */
  readonly startupMs: number | null;
  readonly endInferred: boolean;
  readonly rivalCount: number;
}

interface Sized {
  readonly memoryMb: number;
}

/** Invocations packed onto containers, wherever they were recorded. */
export interface Packing {
  readonly sessions: Invocations;
  /** In MB; 0: not recorded. */
  readonly memoryMbOf: (session: number) => number;
  readonly prewarms: readonly (PrewarmedContainer & Sized)[];
  readonly settings: ReplaySettings;
  readonly keepAlive: KeepAlive;
  readonly placement: Placement;
}

/** Sessions in the order of their requests. */
export interface Observation extends Packing {
  readonly sessions: readonly ObservedSession[];
  readonly prewarms: readonly (PrewarmedContainer & Sized & { readonly run: RunFacts })[];
}

/** Packs the sessions of all runs, which stand in the order of their submission. */
export function observe(facts: readonly WorkersFacts[], options: WorkersOptions): Observation {
  const recorded = describeSessions(facts, options.poolKeys);
  const model = new StartupModel();
  for (const startup of [...learnedStartups(recorded), ...facts.flatMap(learnedPrewarms)]) model.learn(startup);
  const sessions = inferUnrecorded(recorded, model);
  const launched = describePrewarms(facts, options.poolKeys, model);
  const { settings, keepAlive } = settlePool(sessions, launched, options, calibratePools);
  const prewarms = launched.map((prewarm) => launchEarlier(prewarm, settings.launchIntervalMs));
  const memoryMbOf = (i: number) => (sessions[i] as ObservedSession).memoryMb;
  const placement = placeInvocations(sessions, prewarms, settings);
  return { sessions, memoryMbOf, prewarms, settings, keepAlive, placement };
}

const launchEarlier = <Prewarm extends PrewarmedContainer>(prewarm: Prewarm, launchMs: number): Prewarm => ({
  ...prewarm,
  launchedAtMs: prewarm.readyAtMs - launchMs,
});

/** The pool's settings, and how its keep-alive was found. */
export type SettledPool = Pick<Observation, 'settings' | 'keepAlive'>;

/** Settles the pool's behaviour, as far as these sessions and the options tell it. */
export function settlePool(
  sessions: readonly ObservedSession[],
  prewarms: readonly PrewarmedContainer[],
  options: WorkersOptions,
  calibrate = calibratePool,
): SettledPool {
  const { reuse, concurrency } = options;
  const launchIntervalMs = estimateLaunchIntervalMs(sessions, SIMULTANEOUS_MS);
  const plain = { reuse, concurrency, launchIntervalMs, simultaneousMs: SIMULTANEOUS_MS, keepAliveMs: 0, exitLagMs: 0 };
  const keepAlive = calibrate(sessions, prewarms, plain, options);
  const { keepAliveMs, exitLagMs } = keepAlive;
  return { settings: { ...plain, keepAliveMs: keepAliveMs ?? Number.POSITIVE_INFINITY, exitLagMs }, keepAlive };
}

/** Containers launched ahead, launched and ready at once; ready as recorded, else when due by the plan and the lead that prewarms take. */
export const describePrewarms = (
  facts: readonly WorkersFacts[],
  poolKeys: readonly RunKey[],
  model: StartupModel,
): Observation['prewarms'] =>
  facts.flatMap(({ run, prewarms }) =>
    prewarms.flatMap((prewarm) => {
      const readyAtMs = prewarm.readyAtMs ?? predictReadyAtMs(run, prewarm, model);
      if (readyAtMs === null) return [];
      const { memoryMb } = prewarm;
      return [{ run, memoryMb, poolKey: poolKeyOf(run, memoryMb, poolKeys), launchedAtMs: readyAtMs, readyAtMs }];
    }),
  );

/** Without a recorded prewarm to learn the lead from, it is that of a cold start; without one of these either, none. */
function predictReadyAtMs(run: RunFacts, prewarm: PrewarmFact, model: StartupModel): number | null {
  const { dueAtMs, memoryMb, rivalCount } = prewarm;
  const predict = (state: StartupKind) => model.predict(run.traits.resourceMeasure, memoryMb, state, rivalCount);
  return dueAtMs === null ? null : dueAtMs + ((predict('prewarm') ?? predict('cold'))?.durationMs ?? 0);
}

/** Pool keys that are `memory` mean the worker's own size, not the run's sizes. */
export const poolKeyOf = (run: RunFacts, memoryMb: number | null, keys: readonly RunKey[]): string =>
  keys.map((key) => (key === 'memory' ? wordSize(memoryMb) : runKeyOf(run, key))).join(', ');

const wordSize = (memoryMb: number | null): string => (memoryMb === null ? 'memory not recorded' : `${memoryMb} MB`);

/** The recorded start-ups that ended, as far as their state was recorded. */
export function learnedStartups(sessions: readonly ObservedSession[]): LearnedStartup[] {
  const learned: LearnedStartup[] = [];
  for (const { run, memoryMb, state, startupMs, rivalCount } of sessions) {
    if (state === null || startupMs === null) continue;
    learned.push({ engine: run.traits.resourceMeasure, memoryMb, state, rivalCount, durationMs: startupMs });
  }
  return learned;
}

/** The recorded prewarms whose plan says when they were due. */
export const learnedPrewarms = ({ run, prewarms }: WorkersFacts): LearnedStartup[] =>
  prewarms.flatMap(({ memoryMb, readyAtMs, dueAtMs, rivalCount }) =>
    readyAtMs === null || dueAtMs === null
      ? []
      : [
          {
            engine: run.traits.resourceMeasure,
            memoryMb,
            state: 'prewarm',
            rivalCount,
            durationMs: readyAtMs - dueAtMs,
          },
        ],
  );

type Placed = Omit<ObservedSession, 'rivalCount'>;

/** The sessions of these runs as recorded, in the order of their requests. */
export function describeSessions(facts: readonly WorkersFacts[], poolKeys: readonly RunKey[]): ObservedSession[] {
  const placed = facts
    .flatMap(({ run, sessions }) =>
      sessions.map((session) => placeSession(run, session, poolKeyOf(run, session.memoryMb, poolKeys))),
    )
    .sort((a, b) => a.requestedAtMs - b.requestedAtMs);
  const rivalCounts = countRivals(placed);
  return placed.map((session, i) => ({ ...session, rivalCount: rivalCounts[i] as number }));
}

function placeSession(run: RunFacts, session: SessionFacts, poolKey: string): Placed {
  const { workerId, memoryMb, requestedAtMs, readyAtMs, lastFinishedAtMs, state } = session;
  return {
    run,
    workerId,
    memoryMb: memoryMb ?? ONE_GB_MB,
    poolKey,
    requestedAtMs,
    readyAtMs,
    endAtMs: lastFinishedAtMs ?? readyAtMs ?? requestedAtMs,
    state,
    startupMs: readyAtMs === null ? null : readyAtMs - requestedAtMs,
    endInferred: lastFinishedAtMs === null,
  };
}

/** Counts the start-ups of the same burst that stood in the way of each. */
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

/** A worker that never said it was ready is given the start-up that the model predicts, of a cold start unless its state is recorded. */
export function inferUnrecorded(sessions: readonly ObservedSession[], model: StartupModel): ObservedSession[] {
  return sessions.map((session) => {
    if (session.readyAtMs !== null) return session;
    const { run, memoryMb, state, rivalCount, requestedAtMs, endAtMs } = session;
    const predicted = model.predict(run.traits.resourceMeasure, memoryMb, state ?? 'cold', rivalCount);
    const readyAtMs = requestedAtMs + (predicted?.durationMs ?? 0);
    return { ...session, readyAtMs, endAtMs: Math.max(endAtMs, readyAtMs) };
  });
}
