import type { InvocationTable } from '../../../containers/invocation-table.ts';
import {
  goneAtMs,
  type InvocationList,
  type PlacedContainer,
  placeInvocations,
  type ReplaySettings,
} from '../../../containers/periods.ts';
import { listRecorded, placeAsRecorded } from './recorded.ts';
import type { LogScore, PoolScore } from './result.ts';

/**
 * Scores the pass over a log without its containers against these: with the recorded states, where there are any, and without.
 * Invocations without a recorded container take no part.
 */
export function scoreReconstruction(table: InvocationTable, settings: ReplaySettings, horizonAtMs: number): LogScore[] {
  const members = listRecorded(table);
  const { length } = members;
  const indexOf = (place: number) => members[place] as number;
  const invocations: InvocationList = {
    length,
    poolKeyOf: (place) => table.poolKeyOf(indexOf(place)),
    requestedAtMsOf: (place) => table.requestedAtMsOf(indexOf(place)),
    readyAtMsOf: (place) => table.readyAtMsOf(indexOf(place)),
    endAtMsOf: (place) => table.endAtMsOf(indexOf(place)),
    stateOf: (place) => table.stateOf(indexOf(place)),
  };
  const hidden: InvocationList = { ...invocations, stateOf: () => null };
  const truth = trace(placeAsRecorded(table, members), invocations, settings, horizonAtMs);
  const score = (states: LogScore['states'], replayed: InvocationList): LogScore => {
    const { containers, sourceOf } = placeInvocations(replayed, [], settings);
    const found = trace(containers, invocations, settings, horizonAtMs);
    const tallies = new Map<string, Tally>();
    tallyContainers(tallies, truth, 'recorded');
    tallyContainers(tallies, found, 'found');
    for (let place = 0; place < length; place++) {
      const [poolKey, state] = [invocations.poolKeyOf(place), invocations.stateOf(place)];
      const tally = tallies.get(poolKey) as Tally;
      const before = truth.predecessorOf[place] as number;
      const reused = before !== NONE;
      const trueState = state ?? (reused ? 'warm' : 'cold');
      tally.invocationCount++;
      tally.reusedCount += Number(reused);
      tally.rightPredecessorCount += Number(reused && before === found.predecessorOf[place]);
      tally.rightStateCount += Number((sourceOf(place) === 'launched') === (trueState === 'cold'));
    }
    const pools = [...tallies].map(([pool, tally]) => conclude(pool, tally));
    pools.sort((a, b) => b.recordedAliveSeconds - a.recordedAliveSeconds || (a.pool < b.pool ? -1 : 1));
    return { states, total: conclude('all', addUp([...tallies.values()])), pools };
  };
  const stated = members.some((index) => table.stateOf(index) !== null);
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
  invocations: InvocationList,
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
