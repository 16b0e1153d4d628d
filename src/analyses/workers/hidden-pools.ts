import { endedAtMs, type Invocation, orderEvents, type PrewarmedContainer } from '../../containers/periods.ts';
import { MinHeap } from '../../model/min-heap.ts';
import type { StartupState } from '../../model/run.ts';

/**
 * Several pools may stand behind the record of one. An engine with K gateways picks one at random for each invocation, and each
 * has containers of its own: of m idle ones, none is in the pool that was picked with probability (1 − 1/K)^m. The likelihood of
 * the recorded states under that is held, by the Bayesian information criterion, against a single pool's whose containers are
 * free late, go early or late, or are passed over at random.
 */

/** The pools that explain the recorded states best. */
export interface HiddenPools {
  readonly poolCount: number;
  readonly keepAliveMs: number;
  /** Keep-alives that explain them about as well: the 95 % interval of a likelihood ratio, between those tried. */
  readonly lowMs: number;
  readonly highMs: number;
  readonly exitLagMs: number;
}

/** A pool as it looks so far: its best keep-alive, and how requests come. */
export interface Look {
  readonly keepAliveMs: number;
  /** Is true when the keep-alive is the user's. */
  readonly keepAliveGiven: boolean;
  /** Exit lags to try; the user's alone where it was given. */
  readonly exitLagsMs: readonly number[];
  readonly simultaneousMs: number;
}

/** A recorded start with how long each idle container had been idle, youngest first. */
interface Start {
  readonly warm: boolean;
  readonly agesMs: readonly number[];
}

/** More idle containers than that leave nothing to chance. */
const MOST_AGES = 16;
/** Probability of a start that no pool explains: clocks, bursts, what others left. */
const ERROR = 0.01;
const POOL_COUNTS = [2, 3, 4, 5, 6, 7, 8];
/** Starts that tell it as well as more do. */
const ENOUGH = 1500;
/** Half of a difference of the criterion that is strong evidence (6, Raftery 1995). */
const CLEARLY = 3;
/** Half of the 95 % quantile of χ² with one degree of freedom (3.84). */
const HALF_INTERVAL = 1.92;

/** Estimates how many pools explain the recorded states; `null`: a single one does as well. */
export function findHiddenPools(
  invocations: readonly Invocation[],
  prewarms: readonly PrewarmedContainer[],
  look: Look,
): HiddenPools | null {
  const keepAlivesMs = look.keepAliveGiven ? [look.keepAliveMs] : stepsAround(look.keepAliveMs, 1.15, 10);
  const looks = look.exitLagsMs.map((exitLagMs) => {
    return { exitLagMs, starts: ageContainers(invocations, prewarms, exitLagMs, look).slice(0, ENOUGH) };
  });
  const fits = looks.flatMap(({ exitLagMs, starts }) =>
    POOL_COUNTS.map((poolCount) => ({ poolCount, exitLagMs, starts, ...fitPools(starts, poolCount, keepAlivesMs) })),
  );
  const best = fits.reduce((one, other) => (other.score > one.score ? other : one));
  const enough = best.score - CLEARLY;
  if (looks.some(({ starts }) => singlePoolReaches(enough, starts, keepAlivesMs))) return null;
  const { poolCount, exitLagMs, starts, keepAliveMs } = best;
  return { poolCount, exitLagMs, ...refine(starts, poolCount, keepAliveMs, look.keepAliveGiven) };
}

/** Goes through the requests once; a warm start takes the youngest idle container, however old: what is idle then rests on records alone. */
function ageContainers(
  invocations: readonly Invocation[],
  prewarms: readonly PrewarmedContainer[],
  exitLagMs: number,
  { simultaneousMs, keepAliveMs }: Look,
): Start[] {
  const back = new MinHeap<{ readonly atMs: number; readonly poolKey: string }>((a, b) => a.atMs - b.atMs);
  for (const { poolKey, readyAtMs } of prewarms) back.push({ poolKey, atMs: readyAtMs });
  const idleSinceMs = new Map<string, number[]>();
  const idleOf = (poolKey: string): number[] => {
    const known = idleSinceMs.get(poolKey) ?? [];
    idleSinceMs.set(poolKey, known);
    return known;
  };
  const starts: Start[] = [];
  let nowMs = Number.NEGATIVE_INFINITY;
  for (const index of orderEvents(invocations, prewarms, simultaneousMs).requests) {
    const invocation = invocations[index] as Invocation;
    const { poolKey, state } = invocation;
    nowMs = Math.max(nowMs, invocation.requestedAtMs);
    while ((back.first?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs) {
      const { poolKey: pool, atMs } = back.pop() as { readonly atMs: number; readonly poolKey: string };
      idleOf(pool).push(atMs);
    }
    const idle = idleOf(poolKey);
    const youngest = idle.slice(-MOST_AGES).reverse();
    const agesMs = youngest.map((sinceMs) => nowMs - sinceMs);
    if (state !== null) starts.push({ warm: state === 'warm', agesMs });
    if (takesIdle(state, agesMs[0], keepAliveMs)) idle.pop();
    back.push({ poolKey, atMs: endedAtMs(invocation) + exitLagMs });
  }
  return starts;
}

const takesIdle = (state: StartupState | null, youngestMs: number | undefined, keepAliveMs: number): boolean =>
  state === 'warm' || (state === null && youngestMs !== undefined && youngestMs < keepAliveMs);

/** From `middle` / ratio^count to `middle` · ratio^count. */
const stepsAround = (middle: number, ratio: number, count: number): number[] =>
  Array.from({ length: 2 * count + 1 }, (_, i) => Math.round(middle * ratio ** (i - count)));

/** Log-likelihood of one start of which `availability` says how probable a container was there. */
function logLikelihood(warm: boolean, availability: number): number {
  const warmProbability = ERROR + (1 - 2 * ERROR) * availability;
  return Math.log(warm ? warmProbability : 1 - warmProbability);
}

/** Half the logarithm of the number of starts for each parameter: the penalty of the Bayesian information criterion (Schwarz 1978). */
const penaltyOf = (starts: readonly Start[], parameterCount: number): number =>
  (parameterCount * Math.log(Math.max(1, starts.length))) / 2;

function scorePools(starts: readonly Start[], poolCount: number, keepAliveMs: number): number {
  let sum = -penaltyOf(starts, 1);
  for (const { warm, agesMs } of starts) {
    const idleCount = agesMs.filter((ageMs) => ageMs < keepAliveMs).length;
    sum += logLikelihood(warm, 1 - (1 - 1 / poolCount) ** idleCount);
  }
  return sum;
}

function fitPools(
  starts: readonly Start[],
  poolCount: number,
  keepAlivesMs: readonly number[],
): { readonly keepAliveMs: number; readonly score: number } {
  let best = { keepAliveMs: 0, score: Number.NEGATIVE_INFINITY };
  for (const keepAliveMs of keepAlivesMs) {
    const score = scorePools(starts, poolCount, keepAliveMs);
    if (score > best.score) best = { keepAliveMs, score };
  }
  return best;
}

function refine(
  starts: readonly Start[],
  poolCount: number,
  aboutMs: number,
  given: boolean,
): Pick<HiddenPools, 'keepAliveMs' | 'lowMs' | 'highMs'> {
  if (given) return { keepAliveMs: aboutMs, lowMs: aboutMs, highMs: aboutMs };
  const tried = stepsAround(aboutMs, 1.01, 30).map((keepAliveMs) => {
    return { keepAliveMs, score: scorePools(starts, poolCount, keepAliveMs) };
  });
  const most = Math.max(...tried.map(({ score }) => score));
  const good = tried.filter(({ score }) => score > most - HALF_INTERVAL).map(({ keepAliveMs }) => keepAliveMs);
  const best = tried.filter(({ score }) => score === most).map(({ keepAliveMs }) => keepAliveMs);
  return {
    // Between two ages nothing tells keep-alives apart: the middle one stands for them.
    keepAliveMs: best[(best.length - 1) >> 1] as number,
    lowMs: good[0] as number,
    highMs: good.at(-1) as number,
  };
}

/** Containers become free at any time within so long after their worker's exit. */
const LATE_MS = [0, 500, 1000, 2000, 4000];
/** Share of requests that start cold whatever is idle. */
const FORCED = [0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];

/**
 * Is true when a single pool explains the starts so well: containers free late, tails between two keep-alives, starts that are
 * forced cold.
 */
function singlePoolReaches(enough: number, starts: readonly Start[], keepAlivesMs: readonly number[]): boolean {
  return LATE_MS.some((lateMs) =>
    keepAlivesMs.some((shortestMs, place) =>
      keepAlivesMs.slice(place).some((longestMs) => {
        const parameterCount = 1 + Number(lateMs > 0) + Number(longestMs > shortestMs);
        const kinds = countKinds(starts, (agesMs) => availabilityOf(agesMs, lateMs, shortestMs, longestMs));
        return FORCED.some((forced) => {
          const penalty = penaltyOf(starts, parameterCount + Number(forced > 0));
          return scoreKinds(kinds, forced) - penalty >= enough;
        });
      }),
    ),
  );
}

/** Starts that are alike: most have a container for certain, or none. */
interface StartKind {
  readonly warm: boolean;
  readonly availability: number;
  count: number;
}

function countKinds(starts: readonly Start[], availability: (agesMs: readonly number[]) => number): StartKind[] {
  const certain = [0, 1].flatMap((each) => [true, false].map((warm) => ({ warm, availability: each, count: 0 })));
  const kinds: StartKind[] = [...certain];
  for (const { warm, agesMs } of starts) {
    const own = availability(agesMs);
    const known = certain.find((kind) => kind.availability === own && kind.warm === warm);
    if (known) known.count++;
    else kinds.push({ warm, availability: own, count: 1 });
  }
  return kinds;
}

const scoreKinds = (kinds: readonly StartKind[], forced: number): number =>
  kinds.reduce(
    (sum, { warm, availability, count }) => sum + count * logLikelihood(warm, (1 - forced) * availability),
    0,
  );

/** Probability that one of these containers is there. */
function availabilityOf(agesMs: readonly number[], lateMs: number, shortestMs: number, longestMs: number): number {
  let none = 1;
  for (const ageMs of agesMs) {
    if (ageMs >= longestMs) break;
    const alive = ageMs < shortestMs ? 1 : (longestMs - ageMs) / (longestMs - shortestMs);
    none *= 1 - alive * (lateMs === 0 ? 1 : Math.min(1, ageMs / lateMs));
  }
  return 1 - none;
}
