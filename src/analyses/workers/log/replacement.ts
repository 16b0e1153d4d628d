import { min } from 'd3-array';
import {
  endedAtMsIn,
  type InvocationList,
  type Invocations,
  placeInvocations,
  type ReplaySettings,
  toList,
} from '../../../containers/periods.ts';
import type { Replacement } from './result.ts';

/** So often must containers have gone at an age that none was used at, for it to be the most that they reach. */
const LEAST_AGED_COUNT = 3;
/** Those times lie this share of such an age apart: a new version of the code replaces many containers at once, whatever their age. */
const APART = 0.5;

/**
 * Containers that a recorded cold start passed over though they had been idle for less than `idleMs`, and that never came back: the
 * platform had replaced them. Some do so at an age, as AWS Lambda after two hours; that shows where containers were never used beyond it.
 */
export function findReplacements(invocations: Invocations, settings: ReplaySettings, idleMs: number): Replacement {
  const list = toList(invocations);
  const { containers } = placeInvocations(list, [], settings);
  const coldAtMs = listColdStarts(list);
  const passedOver: PassedOver[] = [];
  let longestUsedMs = 0;
  for (const { poolKey, beganAtMs, invocations: own } of containers) {
    const last = own.at(-1) as number;
    longestUsedMs = Math.max(longestUsedMs, list.requestedAtMsOf(last) - beganAtMs);
    const freeAtMs = endedAtMsIn(list, last) + settings.exitLagMs;
    const atMs = firstFrom(coldAtMs.get(poolKey) ?? [], freeAtMs);
    if (atMs < freeAtMs + idleMs) passedOver.push({ atMs, ageMs: atMs - beganAtMs });
  }
  const aged = passedOver.filter(({ ageMs }) => ageMs > longestUsedMs);
  const maxAgeMs = min(aged, ({ ageMs }) => ageMs) ?? Number.POSITIVE_INFINITY;
  const isTold = countApart(aged, APART * maxAgeMs) >= LEAST_AGED_COUNT;
  return {
    passedOverCount: passedOver.length,
    agedCount: isTold ? aged.length : 0,
    maxAgeMs: isTold ? (longestUsedMs + maxAgeMs) / 2 : null,
  };
}

interface PassedOver {
  readonly atMs: number;
  readonly ageMs: number;
}

/** The recorded cold starts of each pool, in the order of time. */
function listColdStarts(list: InvocationList): Map<string, number[]> {
  const starts = new Map<string, number[]>();
  for (let i = 0; i < list.length; i++) {
    if (list.stateOf(i) !== 'cold') continue;
    const pool = starts.get(list.poolKeyOf(i)) ?? [];
    starts.set(list.poolKeyOf(i), pool);
    pool.push(list.requestedAtMsOf(i));
  }
  for (const pool of starts.values()) pool.sort((a, b) => a - b);
  return starts;
}

/** The first of the sorted instants that is not before this one; Infinity: none is. */
function firstFrom(sortedMs: readonly number[], fromMs: number): number {
  let [low, high] = [0, sortedMs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sortedMs[middle] as number) < fromMs) low = middle + 1;
    else high = middle;
  }
  return sortedMs[low] ?? Number.POSITIVE_INFINITY;
}

/** Counts the most of them that lie so far apart. */
function countApart(passedOver: readonly PassedOver[], apartMs: number): number {
  let [count, lastMs] = [0, Number.NEGATIVE_INFINITY];
  for (const { atMs } of [...passedOver].sort((a, b) => a.atMs - b.atMs)) {
    if (atMs - lastMs < apartMs) continue;
    lastMs = atMs;
    count++;
  }
  return count;
}
