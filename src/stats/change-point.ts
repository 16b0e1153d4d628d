import { leastSquares } from './factor-regression.ts';
import { lnGamma, studentTCdf } from './special.ts';

/** A change point marks where the level of a series becomes another. */
export interface ChangePoint {
  /** Index, from 0, of the first observation after the change. */
  readonly index: number;
  /** After − before, in the unit of the observations, with the factors' effects taken out. */
  readonly difference: number;
  /** Two-sided p of the t-test of that difference, times the number of places that were tried (Bonferroni), at most 1. */
  readonly pValue: number;
}

/** Observations that a segment has at least: fewer are outliers rather than a level. */
const SHORTEST_SEGMENT = 5;
/** Degrees of freedom that must be left beside factors and step for its t to be judged. */
const FEWEST_DEGREES_OF_FREEDOM = 5;

/**
 * Finds change points by binary segmentation (Vostrikova 1981): the series is divided where the |t| of a step is largest (Quandt
 * 1958), and both segments again, as long as the division has p < `significance`. The step is fitted together with the additive
 * effects of the factors (`factors[f][i]` is the level of factor f at observation i, numbered by `codeLevels`): a difference that
 * a factor explains is no change, and a level that occurs only after a change does not hide it. p is corrected for having chosen
 * the largest step, so that a series without change is divided in at most about `significance` of cases. Deterministic; O(n w²)
 * for w levels in all. Returns the change points in order, and the p of the first division (`null`: too short to divide).
 */
export function findChangePoints(
  sample: readonly number[],
  factors: readonly Int32Array[],
  significance: number,
): { pValue: number | null; changePoints: ChangePoint[] } {
  const series = new Float64Array(sample);
  const divide = (from: number, to: number) => ({
    from,
    to,
    division: bestStep(
      series.subarray(from, to),
      factors.map((factor) => factor.subarray(from, to)),
    ),
  });
  const whole = divide(0, sample.length);
  const changePoints: ChangePoint[] = [];
  const pending = [whole];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { from, to, division } = next;
    if (division === null || division.pValue >= significance) continue;
    const at = from + division.index;
    changePoints.push({ ...division, index: at });
    pending.push(divide(from, at), divide(at, to));
  }
  changePoints.sort((a, b) => a.index - b.index);
  return { pValue: whole.division?.pValue ?? null, changePoints };
}

/** Finds the step with the largest |t|; `null` when none can be judged. */
function bestStep(sample: Float64Array, factors: readonly Int32Array[]): ChangePoint | null {
  const count = sample.length;
  const placeCount = count - 2 * SHORTEST_SEGMENT + 1;
  if (placeCount < 1) return null;
  const { residuals, design, inverse, rank } = leastSquares(sample, factors);
  const freedom = count - rank - 1;
  if (freedom < FEWEST_DEGREES_OF_FREEDOM) return null;
  const unexplained = residuals.reduce((sum, residual) => sum + residual * residual, 0);
  const { columns, perRow, width } = design;
  const matrix = Float64Array.from(inverse.flatMap((row) => [...row]));
  const counts = new Float64Array(width);
  let [before, best, index, difference] = [0, -1, SHORTEST_SEGMENT, 0];
  for (let at = 1; at <= count - SHORTEST_SEGMENT; at++) {
    before += residuals[at - 1] as number;
    for (let i = (at - 1) * perRow; i < at * perRow; i++) {
      const column = columns[i] as number;
      counts[column] = (counts[column] as number) + 1;
    }
    if (at < SHORTEST_SEGMENT) continue;
    // Frisch–Waugh–Lovell: both the series and the step without what the factors explain.
    const information = at - quadraticForm(matrix, counts);
    if (information < 1e-6 * count) continue;
    const explained = (before * before) / information;
    if (explained > best) [best, index, difference] = [explained, at, -before / information];
  }
  if (best < 0) return null;
  const pValue = Math.min(1, placeCount * stepP(best, unexplained, freedom, count, index));
  return { index, difference, pValue };
}

/** Computes vᵀMv; `matrix` holds M row by row. */
function quadraticForm(matrix: Float64Array, vector: Float64Array): number {
  const width = vector.length;
  let total = 0;
  for (let i = 0; i < width; i++) {
    const weight = vector[i] as number;
    if (weight === 0) continue;
    for (let j = 0; j < width; j++) total += weight * (matrix[i * width + j] as number) * (vector[j] as number);
  }
  return total;
}

/** Computes the two-sided p of the step's t; where nothing is left unexplained, that of the permutation test, 2 ÷ C(n, index). */
function stepP(explained: number, unexplained: number, freedom: number, count: number, index: number): number {
  const rest = unexplained - explained;
  // Sums of squares of log figures below this are rounding.
  const rounding = 1e-18 * count;
  if (unexplained <= rounding) return 1;
  if (rest <= rounding) {
    return Math.min(1, 2 * Math.exp(lnGamma(index + 1) + lnGamma(count - index + 1) - lnGamma(count + 1)));
  }
  return 2 * studentTCdf(-Math.sqrt((explained * freedom) / rest), freedom);
}
