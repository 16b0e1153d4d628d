import { type Factors, sumNeighbourLeverages } from './factor-regression.ts';

/** A fit of one column beside factors, in order of time. */
export interface ColumnFit {
  /** The column without what the factors explain. */
  readonly column: Float64Array;
  /** The observations without factors and column. */
  readonly residuals: Float64Array;
  /** Sum of squared residuals ÷ degrees of freedom. */
  readonly variance: number;
}

/**
 * An estimate from m observations is too small by 3ρ/m (Kendall 1954), which for the two segments that a step makes comes to 6ρ/n;
 * the rest is for the place of the step having been chosen, by simulation (test/simulation/change-points.mjs).
 */
const BIAS = 8;
/** More than this cannot be told from a series that never comes back to a level. */
const LARGEST_CORRELATION = 0.95;

/**
 * Tells how many independent observations each one is worth, at most 1: (1 − ρ)/(1 + ρ) for a first-order process (Bayley &
 * Hammersley 1946). ρ is the lag-1 autocorrelation of the residuals, 0 at least. Residuals of independent observations correlate by
 * the entries beside the hat matrix's diagonal, which are added back.
 */
export function worthOfObservation(factors: Factors, { column, residuals, variance }: ColumnFit): number {
  const count = residuals.length;
  const leverages = sumNeighbourLeverages(factors) + sumNeighbours(column) / sumSquares(column);
  const found = (sumNeighbours(residuals) / variance + leverages) / (count - 1) / (1 - BIAS / count);
  const correlation = Math.min(Math.max(found, 0), LARGEST_CORRELATION);
  return (1 - correlation) / (1 + correlation);
}

/** Sums the squares of a column. */
export const sumSquares = (column: Float64Array): number => column.reduce((sum, entry) => sum + entry * entry, 0);

function sumNeighbours(column: Float64Array): number {
  let sum = 0;
  for (let i = 1; i < column.length; i++) sum += (column[i - 1] as number) * (column[i] as number);
  return sum;
}
