import { mean, variance } from 'd3-array';
import { studentTQuantile } from './special.ts';

/** One block of an experiment: the observations of both arms under the same conditions. Neither may be empty. */
export interface Stratum {
  readonly baseline: readonly number[];
  readonly candidate: readonly number[];
}

/**
 * How the variance was come by: `welch` from the spread inside cells, `paired-t` from the spread between blocks (one run
 * per cell everywhere), `none` when neither can be had.
 */
export type IntervalMethod = 'welch' | 'paired-t' | 'none';

/** A difference of means with its 95 % interval; all in the unit of the observations. `null`: cannot be had from these data. */
export interface Estimate {
  readonly difference: number;
  readonly variance: number | null;
  readonly degreesOfFreedom: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly method: IntervalMethod;
}

/** What one arm of one block contributes to the variance of the estimate. */
interface VarianceCell {
  readonly count: number;
  /** s² of the cell's own runs; `null` when it has one run. */
  readonly variance: number | null;
}

const CONFIDENCE_UPPER = 0.975;

/**
 * D = the mean over blocks of (mean of candidate − mean of baseline), each block with equal weight, and its interval
 * D ± t_ν √Var D. Var D sums s²/n over cells (Welch 1947), ν after Satterthwaite 1946. Cells with one run share the pooled
 * variance of the others, as one component. When every cell has one run: the paired t over three or more blocks.
 * A variance of exactly zero gives no interval: identical numbers say nothing about the spread of the next run.
 */
export function contrastStrata(strata: readonly Stratum[]): Estimate {
  const differences = strata.map(differenceOfMeans);
  const cells = strata.flatMap(cellsOf);
  const pooled = poolVariance(cells);
  if (pooled === null) return pairedEstimate(differences);
  return welchEstimate(mean(differences) ?? Number.NaN, cells, strata.length, pooled);
}

/**
 * The same contrast for each block by itself. A cell with one run borrows the pooled variance of all cells of the
 * experiment (`borrowed`), on the assumption that the spread of the (log) observations is alike across blocks.
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

/** Var D and ν as they would be with so many more runs in every cell, at the spread seen so far; `null` without any spread. */
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

/** mean(candidate) − mean(baseline). */
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

/** Σ(n − 1)s² ÷ Σ(n − 1) over the cells with two runs or more; `null` when there is none. */
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

/** Var D = k⁻² Σ s²/n with the Satterthwaite degrees of freedom; the cells with one run form one component. */
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
