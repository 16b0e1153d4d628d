import { codeLevels } from './factor-regression.ts';
import { studentTQuantile } from './special.ts';

/** The observations of a regression: those of one cluster, a run, hang together, those of one group share an intercept. */
export interface ClusteredSample {
  readonly responses: readonly number[];
  /** A column per predictor, each as long as `responses`, the first the one that is asked about. */
  readonly predictors: readonly (readonly number[])[];
  readonly clusters: readonly unknown[];
  readonly groups: readonly unknown[];
}

/** A slope carries its 95 % interval, in units of the response per unit of the predictor. */
export interface ClusteredSlope {
  readonly estimate: number;
  /** `null`, like `ciHigh`: no degree of freedom is left, or nothing varies beside the predictors. */
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  /** How many clusters with equal weight tell a slope as well: below `FEWEST_EFFECTIVE_CLUSTERS` the interval is too narrow. */
  readonly effectiveClusterCount: number;
}

/** A fit has a slope per predictor, in units of the outcome per unit of the predictor. */
export interface ClusteredFit {
  /** `null`: the others explain the predictor. */
  readonly slopes: readonly (ClusteredSlope | null)[];
  readonly clusterCount: number;
  /** Clusters − slopes − groups. */
  readonly degreesOfFreedom: number;
}

const CONFIDENCE_UPPER = 0.975;
/** Share of a predictor's sum of squares that others must leave unexplained; with less it counts as explained. */
const EXPLAINED = 1e-9;
/** Share of a sum of squares that rounding leaves. */
const ROUNDING = 1e-20;
/**
 * Clusters of equal weight from which on the interval holds what it promises. In simulations of designs of 12 to 35 recorded runs it
 * holds the truth in 49 to 90 % below 7 such clusters, in 88 to 92 % below 9, in 92 to 96 % from 10 on.
 */
export const FEWEST_EFFECTIVE_CLUSTERS = 10;

/**
 * Fits least squares with an intercept for every group and standard errors clustered by run: CR1, G/(G − 1) · (N − 1)/(N − K) times
 * the sandwich of sums over clusters (Cameron & Miller 2015), t with clusters − K degrees of freedom, K all slopes and intercepts.
 * Intercepts are taken out first (Frisch & Waugh 1933). Weights of clusters: Carter, Schnepel & Steigerwald 2017, errors taken as
 * independent. A predictor that the others explain has no slope, and neither have those that it may be mixed up with.
 */
export function regressClustered({ responses, predictors, clusters, groups }: ClusteredSample): ClusteredFit {
  const [clusterOf, groupOf] = [codeLevels(clusters), codeLevels(groups)];
  const [clusterCount, groupCount] = [countCodes(clusterOf), countCodes(groupOf)];
  const centre = (column: readonly number[]) => centreByGroup(column, groupOf, groupCount);
  const y = centre(responses);
  const columns = predictors.map(centre);
  const scales = predictors.map((column) => sumOf(column, (x) => x * x));
  const kept = columns.map((_, j) => leaves(columns, j, scales[j] as number));
  // The first is told as long as the others alone do not explain it; of those, only when none of them is in question.
  const told = kept.every(Boolean) ? kept : kept.map((isKept, j) => isKept && j === 0);
  const independent = chooseIndependent(columns, scales);
  const x = independent.map((j) => columns[j] as Float64Array);
  const inverse = invert(x.map((a) => x.map((b) => product(a, b))));
  const moments = x.map((column) => product(column, y));
  const slopes = inverse.map((row) => product(row, moments));
  const residuals = y.map((response, i) => response - sumOf(x, (column, j) => (slopes[j] as number) * at(column, i)));
  const coefficientCount = independent.length + groupCount;
  const degreesOfFreedom = clusterCount - coefficientCount;
  const varies = product(residuals, residuals) > ROUNDING * sumOf(responses, (response) => response * response);
  const interval = {
    clusterOf,
    clusterCount,
    degreesOfFreedom,
    correction: correct(responses.length, clusterCount, coefficientCount),
  };
  const byColumn = new Map(
    independent.map((j, place) => {
      // The column without what the others explain, over its sum of squares: Σ weight · residual is the error of the slope.
      const weights = responses.map((_, i) =>
        sumOf(x, (column, k) => at(inverse[place] as number[], k) * at(column, i)),
      );
      return [j, judgeSlope(slopes[place] as number, weights, varies ? residuals : null, interval)];
    }),
  );
  return {
    slopes: told.map((isTold, j) => (isTold ? (byColumn.get(j) ?? null) : null)),
    clusterCount,
    degreesOfFreedom,
  };
}

interface Clustering {
  readonly clusterOf: Int32Array;
  readonly clusterCount: number;
  readonly degreesOfFreedom: number;
  readonly correction: number;
}

const correct = (count: number, clusters: number, coefficients: number): number =>
  (clusters / (clusters - 1)) * ((count - 1) / (count - coefficients));

function judgeSlope(
  estimate: number,
  weights: readonly number[],
  residuals: Float64Array | null,
  { clusterOf, clusterCount, degreesOfFreedom, correction }: Clustering,
): ClusteredSlope {
  const shares = sumByCluster(
    weights.map((weight) => weight * weight),
    clusterOf,
    clusterCount,
  );
  const effectiveClusterCount = weighClusters(shares);
  if (residuals === null || degreesOfFreedom < 1) return { estimate, ciLow: null, ciHigh: null, effectiveClusterCount };
  const scores = sumByCluster(
    weights.map((weight, i) => weight * at(residuals, i)),
    clusterOf,
    clusterCount,
  );
  const halfWidth =
    studentTQuantile(CONFIDENCE_UPPER, degreesOfFreedom) * Math.sqrt(correction * product(scores, scores));
  return { estimate, ciLow: estimate - halfWidth, ciHigh: estimate + halfWidth, effectiveClusterCount };
}

/** G ÷ (1 + squared coefficient of variation of the clusters' shares). */
function weighClusters(shares: Float64Array): number {
  const total = sumOf(shares, (share) => share);
  return total === 0 ? 0 : total ** 2 / product(shares, shares);
}

const at = (column: ArrayLike<number>, i: number): number => column[i] as number;

function sumOf<Item>(items: ArrayLike<Item>, amountOf: (item: Item, i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < items.length; i++) sum += amountOf(items[i] as Item, i);
  return sum;
}

function product(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += at(a, i) * at(b, i);
  return sum;
}

const countCodes = (codes: Int32Array): number => codes.reduce((most, code) => Math.max(most, code + 1), 0);

function sumByCluster(amounts: readonly number[], clusterOf: Int32Array, count: number): Float64Array {
  const sums = new Float64Array(count);
  for (const [i, cluster] of clusterOf.entries()) sums[cluster] = at(sums, cluster) + at(amounts, i);
  return sums;
}

function centreByGroup(column: readonly number[], groupOf: Int32Array, count: number): Float64Array {
  const [sums, sizes] = [sumByCluster(column, groupOf, count), new Float64Array(count)];
  for (const group of groupOf) sizes[group] = at(sizes, group) + 1;
  return Float64Array.from(column, (x, i) => x - at(sums, at(groupOf, i)) / at(sizes, at(groupOf, i)));
}

/** Whether the other columns leave something of one. `scale`: its sum of squares before it was centred. */
function leaves(columns: readonly Float64Array[], j: number, scale: number): boolean {
  const others = columns.filter((_, k) => k !== j);
  return product(residualOf(columns[j] as Float64Array, others), columns[j] as Float64Array) > EXPLAINED * scale;
}

/** The first columns first, each that earlier ones leave something of. */
function chooseIndependent(columns: readonly Float64Array[], scales: readonly number[]): number[] {
  const chosen: number[] = [];
  for (const [j, column] of columns.entries()) {
    const residual = residualOf(
      column,
      chosen.map((k) => columns[k] as Float64Array),
    );
    if (product(residual, column) > EXPLAINED * at(scales, j)) chosen.push(j);
  }
  return chosen;
}

/** A column without what others explain: those are made orthogonal one after the other (modified Gram–Schmidt). */
function residualOf(column: Float64Array, others: readonly Float64Array[]): Float64Array {
  const basis: Float64Array[] = [];
  const reduce = (own: Float64Array) => {
    let left = own;
    for (const direction of basis) {
      const slope = product(left, direction) / product(direction, direction);
      left = left.map((x, i) => x - slope * at(direction, i));
    }
    return left;
  };
  for (const other of others) {
    const left = reduce(other);
    if (product(left, left) > EXPLAINED * product(other, other)) basis.push(left);
  }
  return reduce(column);
}

/** Inverts a small positive definite matrix by Gauss–Jordan on [A | I]. */
function invert(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => Number(i === j))]);
  for (let k = 0; k < size; k++) {
    const pivotRow = rows[k] as number[];
    const pivot = at(pivotRow, k);
    for (let j = 0; j < 2 * size; j++) pivotRow[j] = at(pivotRow, j) / pivot;
    for (const [i, row] of rows.entries()) {
      const factor = at(row, k);
      if (i !== k) for (let j = 0; j < 2 * size; j++) row[j] = at(row, j) - factor * at(pivotRow, j);
    }
  }
  return rows.map((row) => row.slice(size));
}
