import { max, mean, variance } from 'd3-array';
import { studentTQuantile } from './special.ts';

/** A stratum holds the observations of both arms of one block, under the same conditions. Neither may be empty. */
export interface Stratum {
  readonly baseline: readonly number[];
  readonly candidate: readonly number[];
}

/**
 * The method says where the variance comes from: `welch` the spread inside cells, `welch-borrowed` the same with the pooled spread
 * for cells with one run, `paired-t` the spread between blocks, `none` when there is no interval.
 */
export type IntervalMethod = 'welch' | 'welch-borrowed' | 'paired-t' | 'none';

/** An estimate is a difference of means with its 95 % interval, in the unit of the observations; `null`: the spread is not known. */
export interface Estimate {
  /** Candidate − baseline. */
  readonly difference: number;
  /** Variance of `difference`, in the squared unit of the observations. */
  readonly variance: number | null;
  readonly degreesOfFreedom: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly method: IntervalMethod;
}

/** A cell, one arm of one block, contributes to the variance of the estimate. */
export interface VarianceCell {
  readonly count: number;
  /** s² of the cell's own runs; `null` when it has one run. */
  readonly variance: number | null;
}

const CONFIDENCE_UPPER = 0.975;

/** Figures that differ by less than this fraction of themselves differ by rounding: thousands of units in the last place. */
const ROUNDING = 1e-12;
/** Cells with one run for each cell from which on their spread is not borrowed: it would decide the interval. */
export const BORROWED_SHARE = 1 / 5;
/** Blocks that a paired t needs. */
const LEAST_PAIRED_BLOCKS = 3;
/** Degrees of freedom that a spread needs before others may borrow it. */
const LEAST_POOLED_FREEDOM = 4;

/**
 * Chooses the method of the interval by the design alone, that is by how many runs each cell has, and never by what the figures
 * say. No single cell: Welch. One cell in five or more single, or an arm single throughout, in three blocks or more: the paired t
 * over blocks. Else, with Σ(n − 1) ≥ 4 and no arm single throughout, Welch with the pooled spread for the single cells. Otherwise
 * none. Borrowing wherever any cell had two runs held the truth in 59 to 77 % of cases where spreads differ.
 */
export const chooseMethod = (
  strata: readonly { readonly [arm in keyof Stratum]: ArrayLike<unknown> }[],
): IntervalMethod => chooseMethodByCounts(strata.map(({ baseline, candidate }) => [baseline.length, candidate.length]));

/** Chooses as `chooseMethod` does, for up to five arms. `blocks`: how many runs each arm has in each block, at least 1. */
function chooseMethodByCounts(blocks: readonly (readonly number[])[]): IntervalMethod {
  const counts = blocks.flat();
  const singleCount = counts.filter((count) => count === 1).length;
  if (blocks.length === 0) return 'none';
  if (singleCount === 0) return 'welch';
  const oneArmSingle = blocks[0]?.some((_, arm) => blocks.every((block) => block[arm] === 1)) ?? false;
  // An arm that is single throughout makes half of the cells single, or a quarter of those of four arms.
  if (singleCount >= BORROWED_SHARE * counts.length && blocks.length >= LEAST_PAIRED_BLOCKS) return 'paired-t';
  const freedom = counts.reduce((sum, count) => sum + count - 1, 0);
  return freedom >= LEAST_POOLED_FREEDOM && !oneArmSingle ? 'welch-borrowed' : 'none';
}

/**
 * Estimates D, the mean over blocks of (mean of candidate − mean of baseline), each block with equal weight, and its 95 % interval
 * D ± t_ν √Var D by the method of `chooseMethod`. Welch 1947: Var D is k⁻² Σ s²/n over the cells of k blocks, ν follows
 * Satterthwaite 1946; cells with one run share the pooled variance of the others, as one component. Paired t: Var D = s²_d/k for
 * the blocks' differences d, ν = k − 1. A variance of zero, or of what rounding leaves of it, gives no interval: identical
 * numbers say nothing about the spread of the next run. Without strata the difference is NaN.
 */
export function contrastStrata(strata: readonly Stratum[]): Estimate {
  const differences = strata.map(differenceOfMeans);
  const observations = strata.flatMap(({ baseline, candidate }) => [baseline, candidate]);
  return estimateMean(differences, chooseMethod(strata), observations, () => strata.flatMap(cellsOf));
}

/** Tells whether a variance is that of something that varies, not what rounding leaves of figures that are equal. */
export function isSpread(variance: number, samples: readonly (readonly number[])[]): boolean {
  const largest = max(samples, (sample) => max(sample, Math.abs)) ?? 0;
  return variance > (ROUNDING * largest) ** 2;
}

/**
 * Estimates the mean of `differences`, one for each block, with its 95 % interval. `cellsOfAll` gives the cells of which all blocks
 * consist, their variances as weighed in the differences.
 */
function estimateMean(
  differences: readonly number[],
  method: IntervalMethod,
  observations: readonly (readonly number[])[],
  cellsOfAll: () => readonly VarianceCell[],
): Estimate {
  const difference = mean(differences) ?? Number.NaN;
  if (method === 'none') return noInterval(difference);
  const ofMean = method === 'paired-t' ? varianceOfMean(differences) : combineCells(cellsOfAll(), differences.length);
  return isSpread(ofMean.variance, observations) ? estimate(difference, ofMean, method) : noInterval(difference);
}

/**
 * Estimates a contrast of several arms, the mean over blocks of Σ weight × mean of the arm, by the rule of `contrastStrata`. `blocks`
 * hold the observations of each arm, in the order of `weights`; none may be empty. Without blocks the difference is NaN.
 */
export function contrastArms(
  blocks: readonly (readonly (readonly number[])[])[],
  weights: readonly number[],
): Estimate & { readonly differences: readonly number[] } {
  const differences = blocks.map((cells) =>
    cells.reduce((total, sample, arm) => total + (weights[arm] as number) * (mean(sample) as number), 0),
  );
  const method = chooseMethodByCounts(blocks.map((cells) => cells.map((sample) => sample.length)));
  const weighCell = (sample: readonly number[], arm: number): VarianceCell => {
    const own = variance(sample) ?? null;
    return { count: sample.length, variance: own === null ? null : own * (weights[arm] as number) ** 2 };
  };
  return {
    ...estimateMean(differences, method, blocks.flat(), () => blocks.flatMap((cells) => cells.map(weighCell))),
    differences,
  };
}

const varianceOfMean = (differences: readonly number[]): PooledVariance => ({
  variance: (variance(differences) as number) / differences.length,
  degreesOfFreedom: differences.length - 1,
});

const combineCells = (cells: readonly VarianceCell[], blockCount: number): PooledVariance =>
  combineVariance(cells, blockCount, poolVariance(cells) as PooledVariance);

/**
 * Projects Var D and ν of `contrastStrata` to `extra` more runs in every cell, at the spread seen so far; `null` without an
 * interval. Of a paired t the spread of a run is found in that of the blocks' differences, as if these differed by chance alone:
 * where the effect itself differs by block, more runs are told than needed.
 */
export function projectVariance(
  strata: readonly Stratum[],
): (extra: number) => { variance: number; degreesOfFreedom: number } | null {
  const { method, variance: now, degreesOfFreedom } = contrastStrata(strata);
  if (method === 'none' || now === null || degreesOfFreedom === null) return () => null;
  const cells = strata.flatMap(cellsOf);
  const perRun =
    method === 'paired-t'
      ? (now * strata.length ** 2) / cells.reduce((sum, { count }) => sum + 1 / count, 0)
      : (poolVariance(cells) as PooledVariance).variance;
  return (extra) => {
    if (extra === 0) return { variance: now, degreesOfFreedom };
    const grown = cells.map((cell) => ({
      count: cell.count + extra,
      variance: method === 'paired-t' ? perRun : (cell.variance ?? perRun),
    }));
    return combineVariance(grown, strata.length, NO_SINGLE_CELLS);
  };
}

/** Nothing is borrowed where no cell is single. */
const NO_SINGLE_CELLS: PooledVariance = { variance: 0, degreesOfFreedom: 1 };

/** Computes mean(candidate) − mean(baseline), 0 where they differ by rounding only; NaN when one is empty. */
export function differenceOfMeans(stratum: Stratum): number {
  const [of1, of2] = [mean(stratum.baseline) ?? Number.NaN, mean(stratum.candidate) ?? Number.NaN];
  return Math.abs(of2 - of1) <= ROUNDING * Math.max(Math.abs(of1), Math.abs(of2)) ? 0 : of2 - of1;
}

function cellsOf(stratum: Stratum): VarianceCell[] {
  return [stratum.baseline, stratum.candidate].map((sample) => ({
    count: sample.length,
    variance: variance(sample) ?? null,
  }));
}

/** A variance that cells share, s² in the squared unit of the figures. */
export interface PooledVariance {
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

/** Pools variances: Σ(n − 1)s² ÷ Σ(n − 1) over the cells with two runs or more; `null` when there is none. */
export function poolVariance(cells: readonly VarianceCell[]): PooledVariance | null {
  let sumOfSquares = 0;
  let degreesOfFreedom = 0;
  for (const cell of cells) {
    if (cell.variance === null) continue;
    sumOfSquares += (cell.count - 1) * cell.variance;
    degreesOfFreedom += cell.count - 1;
  }
  return degreesOfFreedom === 0 ? null : { variance: sumOfSquares / degreesOfFreedom, degreesOfFreedom };
}

/**
 * Computes Var D = k⁻² Σ s²/n for k blocks, with the degrees of freedom of Satterthwaite 1946; the cells with one run share the
 * pooled variance and form one component.
 */
export function combineVariance(
  cells: readonly VarianceCell[],
  blockCount: number,
  pooled: PooledVariance,
): PooledVariance {
  const singleCount = cells.filter((cell) => cell.variance === null).length;
  const shared = (pooled.variance * singleCount) / blockCount ** 2;
  let total = shared;
  let denominator = shared ** 2 / pooled.degreesOfFreedom;
  for (const cell of cells) {
    if (cell.variance === null) continue;
    const component = cell.variance / (cell.count * blockCount ** 2);
    total += component;
    denominator += component ** 2 / (cell.count - 1);
  }
  return { variance: total, degreesOfFreedom: total ** 2 / denominator };
}

function estimate(difference: number, ofMean: PooledVariance, method: IntervalMethod): Estimate {
  const halfWidth = studentTQuantile(CONFIDENCE_UPPER, ofMean.degreesOfFreedom) * Math.sqrt(ofMean.variance);
  return { difference, ...ofMean, ciLow: difference - halfWidth, ciHigh: difference + halfWidth, method };
}

function noInterval(difference: number): Estimate {
  return { difference, variance: null, degreesOfFreedom: null, ciLow: null, ciHigh: null, method: 'none' };
}
