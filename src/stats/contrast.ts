import { mean, variance } from 'd3-array';
import { studentTQuantile } from './special.ts';

/** A stratum holds the observations of both arms of one block, under the same conditions. Neither may be empty. */
export interface Stratum {
  readonly baseline: readonly number[];
  readonly candidate: readonly number[];
}

/**
 * The method says where the variance comes from: `welch` the spread inside cells, `paired-t` the spread between blocks (every
 * cell has one run), `none` when neither is known.
 */
export type IntervalMethod = 'welch' | 'paired-t' | 'none';

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
interface VarianceCell {
  readonly count: number;
  /** s² of the cell's own runs; `null` when it has one run. */
  readonly variance: number | null;
}

const CONFIDENCE_UPPER = 0.975;

/**
 * Estimates D, the mean over blocks of (mean of candidate − mean of baseline), each block with equal weight, and its 95 % interval
 * D ± t_ν √Var D. Var D is k⁻² Σ s²/n over the cells of k blocks (Welch 1947), ν follows Satterthwaite 1946. Cells with one run
 * share the pooled variance of the others, as one component. When every cell has one run, the interval is that of the paired t
 * over three or more blocks. A variance of exactly zero gives no interval: identical numbers say nothing about the spread of the
 * next run. Without strata the difference is NaN.
 */
export function contrastStrata(strata: readonly Stratum[]): Estimate {
  const differences = strata.map(differenceOfMeans);
  const cells = strata.flatMap(cellsOf);
  const pooled = poolVariance(cells);
  if (pooled === null) return pairedEstimate(differences);
  return welchEstimate(mean(differences) ?? Number.NaN, cells, strata.length, pooled);
}

/**
 * Estimates the contrast of `contrastStrata` for each block by itself. A cell with one run borrows the pooled variance of all
 * cells of the experiment (`borrowed`), on the assumption that the spread of the (log) observations is alike across blocks. No
 * interval where every cell of the experiment has one run.
 */
export function contrastEachStratum(strata: readonly Stratum[]): (Estimate & { readonly borrowed: boolean })[] {
  const pooled = poolVariance(strata.flatMap(cellsOf));
  return strata.map((stratum) => {
    const cells = cellsOf(stratum);
    const difference = differenceOfMeans(stratum);
    const borrowed = cells.some((cell) => cell.variance === null);
    if (pooled === null) return { ...noInterval(difference), borrowed };
    return { ...welchEstimate(difference, cells, 1, pooled), borrowed };
  });
}

/**
 * Projects Var D and ν of `contrastStrata` to `extra` more runs in every cell, at the spread seen so far; `null` when no cell has
 * two runs or the variance is zero.
 */
export function projectVariance(
  strata: readonly Stratum[],
): (extra: number) => { variance: number; degreesOfFreedom: number } | null {
  const cells = strata.flatMap(cellsOf);
  const pooled = poolVariance(cells);
  if (pooled === null) return () => null;
  return (extra) => {
    const grown = cells.map((cell) => ({
      count: cell.count + extra,
      variance: cell.variance ?? (cell.count + extra > 1 ? pooled.variance : null),
    }));
    const projected = combineVariance(grown, strata.length, pooled);
    return projected.variance > 0 ? projected : null;
  };
}

/** Computes mean(candidate) − mean(baseline); NaN when one is empty. */
export function differenceOfMeans(stratum: Stratum): number {
  return (mean(stratum.candidate) ?? Number.NaN) - (mean(stratum.baseline) ?? Number.NaN);
}

function cellsOf(stratum: Stratum): VarianceCell[] {
  return [stratum.baseline, stratum.candidate].map((sample) => ({
    count: sample.length,
    variance: variance(sample) ?? null,
  }));
}

interface PooledVariance {
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

function welchEstimate(
  difference: number,
  cells: readonly VarianceCell[],
  blockCount: number,
  pooled: PooledVariance,
): Estimate {
  const combined = combineVariance(cells, blockCount, pooled);
  if (!(combined.variance > 0)) return noInterval(difference);
  return estimate(difference, combined, 'welch');
}

function pairedEstimate(differences: readonly number[]): Estimate {
  const difference = mean(differences) ?? Number.NaN;
  const spread = variance(differences);
  if (differences.length < 3 || spread === undefined || !(spread > 0)) return noInterval(difference);
  const ofMean = { variance: spread / differences.length, degreesOfFreedom: differences.length - 1 };
  return estimate(difference, ofMean, 'paired-t');
}

function estimate(difference: number, ofMean: PooledVariance, method: IntervalMethod): Estimate {
  const halfWidth = studentTQuantile(CONFIDENCE_UPPER, ofMean.degreesOfFreedom) * Math.sqrt(ofMean.variance);
  return { difference, ...ofMean, ciLow: difference - halfWidth, ciHigh: difference + halfWidth, method };
}

function noInterval(difference: number): Estimate {
  return { difference, variance: null, degreesOfFreedom: null, ciLow: null, ciHigh: null, method: 'none' };
}
