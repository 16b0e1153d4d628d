import type { Stratum } from './contrast.ts';
import { createNormal, createRandom, type Random } from './random.ts';

/** The test judges, within strata, whether the labels baseline and candidate matter. */
export interface PermutationTest {
  /** Two-sided, in (0, 1]: the share of arrangements whose |D| is at least the observed one. */
  readonly pValue: number;
  /** Is true when every arrangement was looked at, rather than a seeded sample of them. */
  readonly exact: boolean;
  /** Number of arrangements looked at, the observed one included. */
  readonly arrangementCount: number;
  /**
   * Ends of the shifts that the test does not reject at 5 %, in the unit of the observations; `null` where no shift, however
   * large, is rejected.
   */
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
}

/** Arrangements up to which all are enumerated. */
const MOST_EXACT_ARRANGEMENTS = 200_000;
/** Arrangements drawn beside the observed one: p then has steps of 1/10,000. */
const RANDOM_ARRANGEMENTS = 9_999;
const SIGNIFICANCE = 0.05;

/**
 * Each arrangement relabels the whole experiment: it has a D, and keeps a share of a shift of the candidates (1 = the observed
 * labels, −1 = all labels swapped). A shift by δ changes its D by −δ · kept, so that one pass serves every δ.
 */
interface Arrangements {
  readonly differences: Float64Array;
  readonly kept: Float64Array;
}

/**
 * Permutes the labels within blocks only, with the D of `contrastStrata` as the statistic. Exact when there are at most 200,000
 * arrangements, else 9,999 seeded ones and p = (1 + #)/(B + 1) (Phipson & Smyth 2010). |D| within 1e-10 of the observed one,
 * relatively, counts as equal. The interval inverts the test: it holds each shift δ for which |D_π(δ)| ≥ |D(δ)| for more than 5 %
 * of arrangements π. Without strata p is 1.
 */
export function permuteStrata(strata: readonly Stratum[], seed: number): PermutationTest {
  const { differences, kept, exact } = arrangeStrata(strata, seed);
  return {
    pValue: shareAsExtreme(differences),
    exact,
    arrangementCount: differences.length,
    // The first arrangement is always the observed one.
    ...invertTest(differences, kept, differences[0] as number),
  };
}

/** Computes the p of `permuteStrata` alone: the interval, which takes two sorts of all arrangements, is left out. */
export const permuteP = (strata: readonly Stratum[], seed: number): number =>
  shareAsExtreme(arrangeStrata(strata, seed).differences);

function arrangeStrata(strata: readonly Stratum[], seed: number): Arrangements & { readonly exact: boolean } {
  const blocks = strata.map((stratum) => poolBlock(stratum, strata.length));
  const exact = blocks.reduce((count, block) => count * block.arrangementCount, 1) <= MOST_EXACT_ARRANGEMENTS;
  return { exact, ...(exact ? enumerateAll(blocks) : sampleSome(blocks, createRandom(seed))) };
}

function shareAsExtreme(differences: Float64Array): number {
  const observed = differences[0] as number;
  // Sums of the same numbers in another order differ in the last bits: such ties count as ties.
  const threshold = Math.abs(observed) * (1 - 1e-10) - 1e-13;
  let asExtreme = 0;
  for (const difference of differences) if (Math.abs(difference) >= threshold) asExtreme++;
  return asExtreme / differences.length;
}

/**
 * |D_π − δ·kept| ≥ |D − δ| holds for δ in an interval around D whose ends are (D − D_π)/(1 − kept) and (D + D_π)/(1 + kept).
 * The bounds sought are therefore order statistics of those ends.
 */
function invertTest(differences: Float64Array, kept: Float64Array, observed: number) {
  const count = differences.length;
  const lows = new Float64Array(count);
  const highs = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const difference = differences[i] as number;
    const keep = kept[i] as number;
    const same = 1 - keep < 1e-12 ? Number.NaN : (observed - difference) / (1 - keep);
    const mirrored = 1 + keep < 1e-12 ? Number.NaN : (observed + difference) / (1 + keep);
    const whole = Number.isNaN(same) || Number.isNaN(mirrored);
    lows[i] = whole ? Number.NEGATIVE_INFINITY : Math.min(same, mirrored);
    highs[i] = whole ? Number.POSITIVE_INFINITY : Math.max(same, mirrored);
  }
  lows.sort();
  highs.sort();
  const rank = Math.floor(SIGNIFICANCE * count * (1 + 1e-12));
  const finite = (x: number | undefined) => (x !== undefined && Number.isFinite(x) ? x : null);
  return { ciLow: finite(lows[rank]), ciHigh: finite(highs[count - 1 - rank]) };
}

/** Counts the ways to choose `a` of a + b. */
function binomial(a: number, b: number): number {
  const fewer = Math.min(a, b);
  let count = 1;
  for (let i = 1; i <= fewer; i++) count *= (a + b - fewer + i) / i;
  return Math.round(count);
}

/** Lists every arrangement of the experiment by adding one block after the other; the first is the observed one. */
function enumerateAll(blocks: readonly PooledBlock[]): Arrangements {
  let differences = Float64Array.of(0);
  let kept = Float64Array.of(0);
  for (const each of blocks) {
    const block = enumerateBlock(each);
    const size = differences.length * block.differences.length;
    const nextDifferences = new Float64Array(size);
    const nextKept = new Float64Array(size);
    let at = 0;
    for (let i = 0; i < differences.length; i++) {
      for (let j = 0; j < block.differences.length; j++, at++) {
        nextDifferences[at] = (differences[i] as number) + (block.differences[j] as number);
        nextKept[at] = (kept[i] as number) + (block.kept[j] as number);
      }
    }
    differences = nextDifferences;
    kept = nextKept;
  }
  return { differences, kept };
}

/** Lists all choices of the block's candidates out of its pooled runs; the first is the observed one. */
function enumerateBlock(block: PooledBlock): Arrangements {
  const differences: number[] = [];
  const kept: number[] = [];
  const { pool, candidateCount } = block;
  const visit = (from: number, chosen: number, sum: number, original: number) => {
    if (chosen === candidateCount) {
      differences.push(sum * block.sumSlope + block.sumOffset);
      kept.push(original * block.keptSlope + block.keptOffset);
      return;
    }
    const last = pool.length - (candidateCount - chosen);
    for (let i = from; i <= last; i++) {
      visit(i + 1, chosen + 1, sum + (pool[i] as number), original + (i < candidateCount ? 1 : 0));
    }
  };
  visit(0, 0, 0, 0);
  return { differences: Float64Array.from(differences), kept: Float64Array.from(kept) };
}

/** A pooled block lists its runs, candidates first, and turns a choice of new candidates into a share of D: two straight lines. */
interface PooledBlock {
  readonly pool: Float64Array;
  readonly candidateCount: number;
  readonly baselineCount: number;
  readonly total: number;
  readonly arrangementCount: number;
  /** D's share = the new candidates' sum × slope + offset. */
  readonly sumSlope: number;
  readonly sumOffset: number;
  /** The kept shift = how many of them were candidates before × slope + offset. */
  readonly keptSlope: number;
  readonly keptOffset: number;
}

function poolBlock({ baseline, candidate }: Stratum, blockCount: number): PooledBlock {
  const pool = new Float64Array(candidate.length + baseline.length);
  pool.set(candidate);
  pool.set(baseline, candidate.length);
  const total = pool.reduce((sum, y) => sum + y, 0);
  const [candidateCount, baselineCount] = [candidate.length, baseline.length];
  const slope = (1 / candidateCount + 1 / baselineCount) / blockCount;
  return {
    pool,
    candidateCount,
    baselineCount,
    total,
    arrangementCount: binomial(baselineCount, candidateCount),
    sumSlope: slope,
    sumOffset: -total / baselineCount / blockCount,
    keptSlope: slope,
    keptOffset: -candidateCount / baselineCount / blockCount,
  };
}

/**
 * Draws per arrangement up to which a block by itself is shuffled. Beyond, its permuted sum comes from the normal limit (Hájek 1960)
 * with the exact mean, variance and covariance of drawing without replacement: the cost no longer grows with the runs, and p moves by
 * less than its own Monte Carlo error.
 */
const MOST_DRAWS = 64;
/** Distance of a run from its block's mean, in standard deviations, beyond which the sum is not normal and the block is shuffled. */
const FARTHEST_DEVIATIONS = 4.5;
/**
 * Share of D's variance that the square of one run's own part may have at most where smaller blocks are drawn together from the limit of
 * their sum (Lindeberg's condition). A block of 65 against 65 runs by itself may come to six times as much.
 */
const MOST_OF_ONE_RUN = 0.1;

type LimitedBlock = PooledBlock & { readonly limit: Limit };

/** Finds the blocks whose permuted sums come from the normal limit: all that are mild if no run of them counts for much, else large ones. */
function findLimited(blocks: readonly PooledBlock[]): LimitedBlock[] {
  const mild = blocks
    .map((block) => ({ ...block, limit: limitOf(block) }))
    .filter(({ limit }) => limit.farthest <= FARTHEST_DEVIATIONS * limit.standardDeviation);
  if (isSpread(mild)) return mild;
  return mild.filter(({ candidateCount, baselineCount }) => Math.min(candidateCount, baselineCount) > MOST_DRAWS);
}

/** Is true when no single run moves D, or the shift that is kept, by much of its standard deviation. */
function isSpread(blocks: readonly LimitedBlock[]): boolean {
  let [ofOne, keptOfOne, variance, keptVariance] = [0, 0, 0, 0];
  for (const { sumSlope, keptSlope, limit } of blocks) {
    ofOne = Math.max(ofOne, (limit.farthest * sumSlope) ** 2);
    keptOfOne = Math.max(keptOfOne, keptSlope ** 2);
    variance += limit.differenceVariance;
    keptVariance += limit.keptVariance;
  }
  return ofOne <= MOST_OF_ONE_RUN * variance && keptOfOne <= MOST_OF_ONE_RUN * keptVariance;
}

/** Arrangements of small blocks listed at most together: one draw from the list is cheaper than one for each run. */
const MOST_LISTED = 1024;

function sampleSome(blocks: readonly PooledBlock[], random: Random): Arrangements {
  const differences = new Float64Array(RANDOM_ARRANGEMENTS + 1);
  const kept = new Float64Array(RANDOM_ARRANGEMENTS + 1);
  const small = blocks.filter(({ arrangementCount }) => arrangementCount <= MOST_LISTED);
  for (const group of groupSmall(small)) addFromList(enumerateAll(group), random, differences, kept);
  const large = blocks.filter(({ arrangementCount }) => arrangementCount > MOST_LISTED);
  for (const { pool, candidateCount, sumSlope, sumOffset, keptSlope, keptOffset } of large) {
    const observedSum = pool.subarray(0, candidateCount).reduce((sum, y) => sum + y, 0);
    differences[0] = (differences[0] as number) + observedSum * sumSlope + sumOffset;
    kept[0] = (kept[0] as number) + candidateCount * keptSlope + keptOffset;
  }
  const limited = findLimited(large);
  const pools = new Set(limited.map(({ pool }) => pool));
  for (const block of large) if (!pools.has(block.pool)) addByShuffling(block, random, differences, kept);
  if (limited.length > 0)
    addFromLimits(
      limited.map(({ limit }) => limit),
      createNormal(random),
      differences,
      kept,
    );
  return { differences, kept };
}

/** Groups blocks such that the arrangements of each group are few enough to be listed. */
function groupSmall(blocks: readonly PooledBlock[]): PooledBlock[][] {
  const groups: PooledBlock[][] = [];
  let count = Number.POSITIVE_INFINITY;
  for (const block of blocks) {
    count *= block.arrangementCount;
    if (count <= MOST_LISTED) groups.at(-1)?.push(block);
    else {
      groups.push([block]);
      count = block.arrangementCount;
    }
  }
  return groups;
}

function addFromList(list: Arrangements, random: Random, differences: Float64Array, kept: Float64Array): void {
  const count = list.differences.length;
  for (let round = 0; round < differences.length; round++) {
    const drawn = round === 0 ? 0 : Math.floor(random() * count);
    differences[round] = (differences[round] as number) + (list.differences[drawn] as number);
    kept[round] = (kept[round] as number) + (list.kept[drawn] as number);
  }
}

/** Shuffles the smaller arm only (partial Fisher–Yates): the rest of the block follows from the block's total. */
function addByShuffling(block: PooledBlock, random: Random, differences: Float64Array, kept: Float64Array): void {
  const { pool, candidateCount, baselineCount, total, sumSlope, sumOffset, keptSlope, keptOffset } = block;
  const drawsCandidates = candidateCount <= baselineCount;
  const drawCount = drawsCandidates ? candidateCount : baselineCount;
  const size = pool.length;
  const order = Uint32Array.from(pool, (_, i) => i);
  for (let round = 1; round < differences.length; round++) {
    let sum = 0;
    let original = 0;
    for (let i = 0; i < drawCount; i++) {
      const j = i + Math.floor(random() * (size - i));
      const chosen = order[j] as number;
      order[j] = order[i] as number;
      order[i] = chosen;
      sum += pool[chosen] as number;
      if (chosen < candidateCount) original++;
    }
    const candidateSum = drawsCandidates ? sum : total - sum;
    const originalCandidates = drawsCandidates ? original : candidateCount - original;
    differences[round] = (differences[round] as number) + candidateSum * sumSlope + sumOffset;
    kept[round] = (kept[round] as number) + originalCandidates * keptSlope + keptOffset;
  }
}

/** The limit holds means, variances and covariance of a block's share of D and of its kept shift, and how its runs are spread. */
interface Limit {
  readonly standardDeviation: number;
  /** Of a run from the block's mean. */
  readonly farthest: number;
  readonly differenceMean: number;
  readonly keptMean: number;
  readonly differenceVariance: number;
  readonly keptVariance: number;
  readonly covariance: number;
}

function limitOf(block: PooledBlock): Limit {
  const { pool, candidateCount, baselineCount, total, sumSlope, sumOffset, keptSlope, keptOffset } = block;
  const size = pool.length;
  const share = candidateCount / size;
  const mean = total / size;
  let [squares, products, farthest] = [0, 0, 0];
  for (let i = 0; i < size; i++) {
    const deviation = (pool[i] as number) - mean;
    farthest = Math.max(farthest, Math.abs(deviation));
    squares += deviation * deviation;
    products += deviation * ((i < candidateCount ? 1 : 0) - share);
  }
  // Drawing without replacement: n m / (N (N − 1)) times the sums of squares and products about the means.
  const scale = (candidateCount * baselineCount) / size / (size - 1);
  return {
    standardDeviation: Math.sqrt(squares / size),
    farthest,
    differenceMean: candidateCount * mean * sumSlope + sumOffset,
    keptMean: candidateCount * share * keptSlope + keptOffset,
    differenceVariance: squares * scale * sumSlope ** 2,
    keptVariance: share * (1 - share) * size * scale * keptSlope ** 2,
    covariance: products * scale * sumSlope * keptSlope,
  };
}

/** Draws the sum of all blocks at once: they are independent, and a sum of normals is one normal, whatever their number. */
function addFromLimits(limits: readonly Limit[], normal: Random, differences: Float64Array, kept: Float64Array): void {
  const sum = (part: keyof Limit) => limits.reduce((total, limit) => total + limit[part], 0);
  const [differenceMean, keptMean] = [sum('differenceMean'), sum('keptMean')];
  const deviation = Math.sqrt(sum('differenceVariance'));
  const slope = deviation === 0 ? 0 : sum('covariance') / deviation;
  const rest = Math.sqrt(Math.max(0, sum('keptVariance') - slope * slope));
  for (let round = 1; round < differences.length; round++) {
    const first = normal();
    differences[round] = (differences[round] as number) + differenceMean + deviation * first;
    kept[round] = (kept[round] as number) + keptMean + slope * first + rest * normal();
  }
}
