import { sumSquares, worthOfObservation } from './autocorrelation.ts';
import { FEWEST_DEGREES_OF_FREEDOM, layOutFactors, takeOutFactors } from './factor-regression.ts';
import { senSlope, type TrendTest, testTrend } from './mann-kendall.ts';

/** A gradual trend of a series, with Sen's slope in the unit of the observations per step. */
export interface GradualTrend extends TrendTest {
  readonly slope: number;
}

/**
 * Tests a series in order of time for a gradual trend by Mann–Kendall on what the factors leave, its variance larger by the lag-1
 * autocorrelation that a straight line leaves (Yue & Wang 2004). `factors[f][i]` is the level of factor f at observation i. `null`
 * where the factors leave nothing to judge by.
 */
export function findGradualTrend(sample: readonly number[], levels: readonly Int32Array[]): GradualTrend | null {
  const count = sample.length;
  const factors = layOutFactors(count, levels);
  const freedom = count - factors.rank - 1;
  if (freedom < FEWEST_DEGREES_OF_FREEDOM) return null;
  const residuals = takeOutFactors(factors, new Float64Array(sample));
  if (isRounding(residuals)) return { score: 0, tau: 0, pValue: 1, slope: 0 };
  const column = takeOutFactors(
    factors,
    Float64Array.from(sample, (_, i) => i),
  );
  const slope = column.reduce((sum, entry, i) => sum + entry * (residuals[i] as number), 0) / sumSquares(column);
  const rest = residuals.map((residual, i) => residual - slope * (column[i] as number));
  const variance = sumSquares(rest) / freedom;
  const worth = isRounding(rest) ? 1 : worthOfObservation(factors, { column, residuals: rest, variance });
  const trend = testTrend([[...residuals]], worth);
  return trend && { ...trend, slope: senSlope([...residuals]) ?? 0 };
}

/** Sums of squares of log figures below this are rounding, which has an autocorrelation that says nothing. */
const isRounding = (residuals: Float64Array): boolean => sumSquares(residuals) <= 1e-18 * residuals.length;
