import { sumSquares, worthOfObservation } from './autocorrelation.ts';
import { type Factors, FEWEST_DEGREES_OF_FREEDOM, layOutFactors, takeOutFactors } from './factor-regression.ts';
import { lnGamma, studentTCdf } from './special.ts';

/** A change point marks where the level of a series becomes another. */
export interface ChangePoint {
  /** Index, from 0, of the first observation after the change. */
  readonly index: number;
  /** After − before, in the unit of the observations, fitted together with the factors' effects. */
  readonly difference: number;
  /** Two-sided p of that difference, its t shrunk, times the number of places that were tried (Bonferroni), at most 1. */
  readonly pValue: number;
}

/** Observations below which a series is too short to tell. */
const FEWEST_OBSERVATIONS = 16;
/** Observations that a segment has at least: fewer are outliers rather than a level. */
const SHORTEST_SEGMENT = 5;
/** Observations from which on a second step beside the first is looked for: below, noise would make too many. */
const FEWEST_FOR_SECOND = 30;
/** Divisions one within the other: they keep a staircase of n steps from taking n² time. */
const DEEPEST_DIVISION = 50;

/**
 * Finds change points by binary segmentation (Vostrikova 1981): the series is divided where the |t| of a step is largest (Quandt
 * 1958), and both segments again, as long as the division has p < `significance`. The step is fitted together with the additive
 * effects of the factors (`factors[f][i]` is the level of factor f at observation i): a difference that a factor explains is no
 * change, and a level that occurs only after a change does not hide it. The t is shrunk by the lag-1 autocorrelation of the
 * residuals, and p corrected for having chosen the largest step, so that a series without change is divided in at most about
 * `significance` of cases. Deterministic; O(n) a division. Returns the change points in order, and the p of the first division
 * (`null`: too short to divide).
 */
export function findChangePoints(
  sample: readonly number[],
  factors: readonly Int32Array[],
  significance: number,
): { pValue: number | null; changePoints: ChangePoint[] } {
  const series = new Float64Array(sample);
  const divide = (from: number, to: number, depth: number) => ({
    from,
    to,
    depth,
    division: bestDivision(
      series.subarray(from, to),
      factors.map((factor) => factor.subarray(from, to)),
      significance,
    ),
  });
  const whole = divide(0, sample.length, 1);
  const changePoints: ChangePoint[] = [];
  const pending = [whole];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { from, to, depth, division } = next;
    if (division === null || division.pValue >= significance) continue;
    const at = from + division.index;
    changePoints.push({ ...division, index: at });
    if (depth < DEEPEST_DIVISION) pending.push(divide(from, at, depth + 1), divide(at, to, depth + 1));
  }
  changePoints.sort((a, b) => a.index - b.index);
  return { pValue: whole.division?.pValue ?? null, changePoints };
}

/**
 * Finds the step with the largest |t|; `null` when none can be judged. A series that goes up and comes down again is not one step:
 * what the second leaves looks like autocorrelation beside the first. So where the first is not significant, it is held fixed and a
 * second one judged beside it, corrected for the places of both.
 */
function bestDivision(sample: Float64Array, levels: readonly Int32Array[], significance: number): ChangePoint | null {
  const first = bestStep(sample, levels);
  if (first === null || first.pValue < significance || sample.length < FEWEST_FOR_SECOND) return first;
  const halves = Int32Array.from(sample, (_, i) => Number(i >= first.index));
  const second = bestStep(sample, [...levels, halves], first.index);
  if (second === null) return first;
  const pValue = Math.min(1, second.pValue * countPlaces(sample.length));
  return pValue < first.pValue ? { ...second, pValue } : first;
}

/** The places at which a step leaves enough observations on both sides. */
const countPlaces = (count: number): number => count - 2 * SHORTEST_SEGMENT + 1;

/** `other`: the place of another step, which may not be so near that a single wild observation is left between the two. */
function bestStep(sample: Float64Array, levels: readonly Int32Array[], other = 0): ChangePoint | null {
  const count = sample.length;
  if (count < FEWEST_OBSERVATIONS) return null;
  const factors = layOutFactors(count, levels);
  const freedom = count - factors.rank - 1;
  if (freedom < FEWEST_DEGREES_OF_FREEDOM) return null;
  const residuals = takeOutFactors(factors, sample);
  const index = likeliestPlace(residuals, factors, other);
  if (index === null) return null;
  const step = takeOutFactors(
    factors,
    Float64Array.from(sample, (_, i) => Number(i >= index)),
  );
  const information = sumSquares(step);
  const difference = step.reduce((sum, entry, i) => sum + entry * (residuals[i] as number), 0) / information;
  const rest = residuals.map((residual, i) => residual - difference * (step[i] as number));
  const p = stepP(difference * Math.sqrt(information), residuals, rest, { factors, step, freedom, index });
  return { index, difference, pValue: Math.min(1, countPlaces(count) * p) };
}

/** Finds where a step explains most of the residuals; `null` where the factors explain every step. */
function likeliestPlace(
  residuals: Float64Array,
  { groups, groupSizes, columns, inverse }: Factors,
  other: number,
): number | null {
  const count = residuals.length;
  const seen = new Float64Array(groupSizes.length);
  const moments = new Float64Array(columns.length);
  let [before, square, best, index] = [0, 0, -1, null as number | null];
  for (let at = 1; at <= count - SHORTEST_SEGMENT; at++) {
    const group = groups[at - 1] as number;
    before += residuals[at - 1] as number;
    // The step's sum of squares within groups is Σ c − c²/n, for c of the n members of each group before it.
    const members = (seen[group] as number) + 1;
    seen[group] = members;
    square += 1 - (2 * members - 1) / (groupSizes[group] as number);
    for (let j = 0; j < columns.length; j++) {
      moments[j] = (moments[j] as number) + (columns[j]?.[at - 1] as number);
    }
    if (at < SHORTEST_SEGMENT || Math.abs(at - other) < SHORTEST_SEGMENT) continue;
    // Frisch–Waugh–Lovell: both the series and the step without what the factors explain.
    const information = square - quadraticForm(inverse, moments);
    if (information < 1e-6 * count) continue;
    const explained = (before * before) / information;
    if (explained > best) [best, index] = [explained, at];
  }
  return index;
}

/** Computes vᵀMv. */
function quadraticForm(matrix: readonly Float64Array[], vector: Float64Array): number {
  let total = 0;
  for (let i = 0; i < vector.length; i++) {
    const weight = vector[i] as number;
    if (weight === 0) continue;
    const row = matrix[i] as Float64Array;
    for (let j = 0; j < vector.length; j++) total += weight * (row[j] as number) * (vector[j] as number);
  }
  return total;
}

interface StepFit {
  readonly factors: Factors;
  /** The step without what the factors explain. */
  readonly step: Float64Array;
  readonly freedom: number;
  readonly index: number;
}

/**
 * Computes the two-sided p of the step's shrunk t; where nothing is left unexplained, that of the permutation test, 2 ÷ C(n, index).
 * `effect` is the step's difference times the root of its sum of squares.
 */
function stepP(effect: number, residuals: Float64Array, rest: Float64Array, fit: StepFit): number {
  const { factors, step, freedom, index } = fit;
  const count = rest.length;
  const unexplained = sumSquares(rest);
  // Sums of squares of log figures below this are rounding.
  const rounding = 1e-18 * count;
  if (sumSquares(residuals) <= rounding) return 1;
  if (unexplained <= rounding) {
    return Math.min(1, 2 * Math.exp(lnGamma(index + 1) + lnGamma(count - index + 1) - lnGamma(count + 1)));
  }
  const variance = unexplained / freedom;
  const t = Math.abs(effect) / Math.sqrt(variance);
  const worth = worthOfObservation(factors, { column: step, residuals: rest, variance });
  return 2 * studentTCdf(-t * Math.sqrt(worth), freedom * worth);
}
