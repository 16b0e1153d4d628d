import { lastFreeAtMs, placeInvocations } from '../../containers/periods.ts';
import { jointKey } from '../../model/group-by.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { LAGS, type Lag, type WorkersFacts } from './extract.ts';
import {
  describePrewarms,
  describeSessions,
  inferUnrecorded,
  learnedPrewarms,
  learnedStartups,
  type Observation,
  type SettledPool,
  settlePool,
} from './observe.ts';
import type { WorkersOptions } from './options.ts';
import type { FreeContainer, PlanCircumstances } from './replay-plan.ts';
import type { PlanKnowledge } from './result.ts';
import { RunningMedian } from './running-median.ts';
import { StartupModel } from './startup-model.ts';

// A plan's replay may know the records of runs that had ended before its submission. A run still under way teaches nothing.

/** Growth of the known sessions after which the pool is calibrated anew, so that all calibrations cost no more than a few. */
const GROWTH = 1.25;
/** Sessions that tell the pool's behaviour as well as more do. */
const ENOUGH = 3000;
/** Latest sessions among which idle containers are looked for: every plan has to look anew. */
const MOST_RECENT = 500;

/** Earlier makespans that make a baseline. */
const ENOUGH_EARLIER = 2;

const noLag = () => ({ count: 0, sumMs: 0 });

type RunRecord = Pick<Observation, 'sessions' | 'prewarms'> & { readonly endedAtMs: number };

/** The last instant that anything of a run recorded: from then on it can teach. */
export function endedAtMs({ run, sessions, prewarms }: WorkersFacts): number {
  const instants = sessions.flatMap(({ requestedAtMs, readyAtMs }) => [requestedAtMs, readyAtMs]);
  const all = [
    run.submittedAtMs,
    run.finishedAtMs,
    ...instants,
    ...prewarms.map(({ readyAtMs, dueAtMs }) => readyAtMs ?? dueAtMs),
  ];
  return all.reduce<number>((latest, atMs) => Math.max(latest, atMs ?? latest), Number.NEGATIVE_INFINITY);
}

/** Grows by runs in the order of their ends. */
export class History {
  readonly #options: WorkersOptions;
  readonly #startups = new StartupModel();
  /** Their means, as lags add up along a path: medians, which do not, left plans with all else as recorded 5 to 8 % short. */
  readonly #lags = { root: noLag(), inner: noLag(), started: noLag(), local: noLag(), remote: noLag() };
  /** By workflow and structure, whoever planned. */
  readonly #makespansMs = new Map<string, RunningMedian>();
  /** Those that can still matter, in the order of their ends. */
  readonly #runs: RunRecord[] = [];
  #runCount = 0;
  #sessionCount = 0;
  #prewarmCount = 0;
  #settledCount = 0;
  #pool: SettledPool;

  constructor(options: WorkersOptions) {
    this.#options = options;
    this.#pool = settlePool([], [], options);
  }

  /** Start-ups are learned by what stood in their way within their own run, as they are predicted. */
  learn(facts: WorkersFacts, endedAtMs: number): void {
    const { poolKeys } = this.#options;
    const recorded = describeSessions([facts], poolKeys);
    const prewarms = learnedPrewarms(facts);
    for (const startup of [...learnedStartups(recorded), ...prewarms]) this.#startups.learn(startup);
    this.#learnLags(facts);
    if (facts.makespanMs !== null) this.#makespansOf(facts.run).add(facts.makespanMs);
    const sessions = inferUnrecorded(recorded, this.#startups);
    this.#runs.push({ sessions, prewarms: describePrewarms([facts], poolKeys, this.#startups), endedAtMs });
    this.#runCount++;
    this.#sessionCount += sessions.length;
    this.#prewarmCount += prewarms.length;
    this.#settle();
    this.#forget();
  }

  #learnLags({ lags }: WorkersFacts): void {
    if (lags === null) return;
    for (const lag of LAGS) {
      this.#lags[lag].count += lags[lag].count;
      this.#lags[lag].sumMs += lags[lag].sumMs;
    }
  }

  #meanLagsMs(): Record<Lag, number> {
    const mean = ({ count, sumMs }: { count: number; sumMs: number }) => (count === 0 ? 0 : sumMs / count);
    const { root, inner, started, local, remote } = this.#lags;
    return { root: mean(root), inner: mean(inner), started: mean(started), local: mean(local), remote: mean(remote) };
  }

  #makespansOf({ traits: { workflow, structure } }: RunFacts): RunningMedian {
    const key = jointKey(workflow, structure);
    const known = this.#makespansMs.get(key) ?? new RunningMedian();
    this.#makespansMs.set(key, known);
    return known;
  }

  /** The baseline that needs no model; `null` with fewer than two earlier makespans. */
  earlierMedianMakespanMs(run: RunFacts): number | null {
    const known = this.#makespansOf(run);
    return known.count < ENOUGH_EARLIER ? null : known.median;
  }

  #settle(): void {
    if (this.#settledCount >= ENOUGH || this.#sessionCount < this.#settledCount * GROWTH) return;
    const sessions = this.#runs.flatMap((run) => run.sessions);
    const prewarms = this.#runs.flatMap((run) => run.prewarms);
    this.#pool = settlePool(sessions, prewarms, this.#options);
    this.#settledCount = this.#sessionCount;
  }

  /** Once the pool is settled, only the latest sessions are looked at. */
  #forget(): void {
    if (this.#settledCount < ENOUGH || this.#runs.length < 2 * MOST_RECENT) return;
    this.#runs.splice(0, this.#runs.length - MOST_RECENT);
  }

  /** Describes pool and start-ups for a plan of so many workers at the submission of its run, and counts guessed start-ups. */
  circumstances(
    run: RunFacts,
    workerCount: number,
  ): Omit<PlanCircumstances, 'poolKeyOf'> & {
    readonly counts: { borrowedStartupCount: number; unknownStartupCount: number };
  } {
    const counts = { borrowedStartupCount: 0, unknownStartupCount: 0 };
    const predictStartupMs: PlanCircumstances['predictStartupMs'] = ({ memoryMb }, state, rivalCount) => {
      const predicted = this.#startups.predict(run.traits.resourceMeasure, memoryMb, state, rivalCount);
      if (predicted === null) counts.unknownStartupCount++;
      else if (predicted.memoryMb !== memoryMb) counts.borrowedStartupCount++;
      return predicted?.durationMs ?? 0;
    };
    const { settings } = this.#pool;
    const predictPrewarmMs: PlanCircumstances['predictPrewarmMs'] = (memoryMb, rivalCount) =>
      this.#startups.predict(run.traits.resourceMeasure, memoryMb, 'prewarm', rivalCount)?.durationMs ??
      settings.launchIntervalMs;
    return {
      settings,
      idle: latestOfPools(this.#findIdle(run.submittedAtMs as number), workerCount),
      predictStartupMs,
      predictPrewarmMs,
      lagsMs: this.#meanLagsMs(),
      counts,
    };
  }

  describe(idleCount: number): PlanKnowledge {
    const { keepAliveMs, exitLagMs, origin, flatLowMs, flatHighMs } = this.#pool.keepAlive;
    const untold = origin === 'not-identifiable' && flatLowMs === null && flatHighMs === null;
    return {
      runCount: this.#runCount,
      sessionCount: this.#sessionCount,
      keepAliveMs,
      keepAliveOrigin: untold ? 'usual' : origin,
      exitLagMs,
      prewarmCount: this.#prewarmCount,
      idleCount,
    };
  }

  /** The containers that are idle at an instant or free soon after, in ms after it. */
  #findIdle(atMs: number): FreeContainer[] {
    const { settings } = this.#pool;
    const { keepAliveMs, exitLagMs } = settings;
    // Older workers left nothing that is idle now. Twice that: what they left can have been taken in place of what is.
    const { sessions, prewarms } = this.#since(atMs - 2 * (keepAliveMs + exitLagMs));
    return placeInvocations(sessions, prewarms, settings).containers.flatMap((container) => {
      const freeAtMs = lastFreeAtMs(container, sessions, exitLagMs) - atMs;
      return freeAtMs + keepAliveMs > 0 ? [{ poolKey: container.poolKey, atMs: freeAtMs }] : [];
    });
  }

  /** Collects the records of the latest runs that ended from `fromMs` on. */
  #since(fromMs: number): Pick<Observation, 'sessions' | 'prewarms'> {
    let [first, count] = [this.#runs.length, 0];
    for (; first > 0 && count < MOST_RECENT; first--) {
      const { endedAtMs, sessions } = this.#runs[first - 1] as RunRecord;
      if (endedAtMs < fromMs) break;
      count += sessions.length;
    }
    const runs = this.#runs.slice(first);
    return { sessions: runs.flatMap((run) => run.sessions), prewarms: runs.flatMap((run) => run.prewarms) };
  }
}

/** As many containers of each pool as a plan can take; those that go last, in the order in which they were free. */
function latestOfPools(containers: readonly FreeContainer[], most: number): FreeContainer[] {
  const counts = new Map<string, number>();
  const latest = [...containers]
    .sort((a, b) => b.atMs - a.atMs)
    .filter(({ poolKey }) => {
      const count = (counts.get(poolKey) ?? 0) + 1;
      counts.set(poolKey, count);
      return count <= most;
    });
  return latest.reverse();
}
