import type { LoggedInvocation } from '../../../containers/invocation-row.ts';
import {
  goneAtMs,
  type Invocation,
  type PlacedContainer,
  placeInvocations,
  type ReplaySettings,
} from '../../../containers/periods.ts';
import { placeAsRecorded } from './recorded.ts';
import type { LogScore, PoolScore } from './result.ts';

/**
 * Scores the pass over a log without its containers against these: with the recorded states, where there are any, and without.
 * Invocations without a recorded container take no part.
 */
export function scoreReconstruction(
  all: readonly LoggedInvocation[],
  settings: ReplaySettings,
  horizonAtMs: number,
): LogScore[] {
  const invocations = all.filter(({ container }) => container !== null);
  const truth = trace(placeAsRecorded(invocations), invocations, settings, horizonAtMs);
  const hidden = invocations.map(({ poolKey, requestedAtMs, readyAtMs, endAtMs }): Invocation => {
    return { poolKey, requestedAtMs, readyAtMs, endAtMs, state: null };
  });
  const score = (states: LogScore['states'], replayed: readonly Invocation[]): LogScore => {
    const { containers, sourceOf } = placeInvocations(replayed, [], settings);
    const found = trace(containers, invocations, settings, horizonAtMs);
    const tallies = new Map<string, Tally>();
    tallyContainers(tallies, truth, 'recorded');
    tallyContainers(tallies, found, 'found');
    for (const [index, { poolKey, state }] of invocations.entries()) {
      const tally = tallies.get(poolKey) as Tally;
      const before = truth.predecessorOf[index] as number;
      const reused = before !== NONE;
      const trueState = state ?? (reused ? 'warm' : 'cold');
      tally.invocationCount++;
      tally.reusedCount += Number(reused);
      tally.rightPredecessorCount += Number(reused && before === found.predecessorOf[index]);
      tally.rightStateCount += Number((sourceOf[index] === 'launched') === (trueState === 'cold'));
    }
    const pools = [...tallies].map(([pool, tally]) => conclude(pool, tally));
    pools.sort((a, b) => b.recordedAliveSeconds - a.recordedAliveSeconds || (a.pool < b.pool ? -1 : 1));
    return { states, total: conclude('all', addUp([...tallies.values()])), pools };
  };
  const stated = invocations.some(({ state }) => state !== null);
  return [...(stated ? [score('recorded', invocations)] : []), score('hidden', hidden)];
}

const NONE = -1;

interface Traced {
  readonly containers: readonly { readonly poolKey: string; readonly aliveSeconds: number }[];
  /** Index of the invocation before each one in its container. */
  readonly predecessorOf: Int32Array;
}

function trace(
  containers: readonly PlacedContainer[],
  invocations: readonly Invocation[],
  settings: ReplaySettings,
  horizonAtMs: number,
): Traced {
  const predecessorOf = new Int32Array(invocations.length).fill(NONE);
  for (const { invocations: own } of containers) {
    for (let i = 1; i < own.length; i++) predecessorOf[own[i] as number] = own[i - 1] as number;
  }
  return {
    containers: containers.map((container) => ({
      poolKey: container.poolKey,
      aliveSeconds: (goneAtMs(container, invocations, settings, horizonAtMs) - container.beganAtMs) / 1000,
    })),
    predecessorOf,
  };
}

interface Tally {
  recorded: { containerCount: number; aliveSeconds: number };
  found: { containerCount: number; aliveSeconds: number };
  invocationCount: number;
  reusedCount: number;
  rightPredecessorCount: number;
  rightStateCount: number;
}

const emptyTally = (): Tally => ({
  recorded: { containerCount: 0, aliveSeconds: 0 },
  found: { containerCount: 0, aliveSeconds: 0 },
  invocationCount: 0,
  reusedCount: 0,
  rightPredecessorCount: 0,
  rightStateCount: 0,
});

function tallyContainers(tallies: Map<string, Tally>, { containers }: Traced, side: 'recorded' | 'found'): void {
  for (const { poolKey, aliveSeconds } of containers) {
    const tally = tallies.get(poolKey) ?? emptyTally();
    tallies.set(poolKey, tally);
    tally[side].containerCount++;
    tally[side].aliveSeconds += aliveSeconds;
  }
}

function addUp(tallies: readonly Tally[]): Tally {
  const total = emptyTally();
  for (const tally of tallies) {
    for (const side of ['recorded', 'found'] as const) {
      total[side].containerCount += tally[side].containerCount;
      total[side].aliveSeconds += tally[side].aliveSeconds;
    }
    for (const key of ['invocationCount', 'reusedCount', 'rightPredecessorCount', 'rightStateCount'] as const) {
      total[key] += tally[key];
    }
  }
  return total;
}

function conclude(pool: string, { recorded, found, ...counts }: Tally): PoolScore {
  const { invocationCount, reusedCount, rightPredecessorCount, rightStateCount } = counts;
  return {
    pool,
    ...counts,
    recordedContainerCount: recorded.containerCount,
    containerCount: found.containerCount,
    containerError: found.containerCount / recorded.containerCount - 1,
    rightPredecessorFraction: reusedCount === 0 ? null : rightPredecessorCount / reusedCount,
    rightStateFraction: rightStateCount / invocationCount,
    recordedAliveSeconds: recorded.aliveSeconds,
    aliveSeconds: found.aliveSeconds,
    aliveError: recorded.aliveSeconds > 0 ? found.aliveSeconds / recorded.aliveSeconds - 1 : null,
  };
}
