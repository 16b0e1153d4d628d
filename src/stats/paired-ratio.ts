import { mean } from 'd3-array';
import { contrastArms, type IntervalMethod } from './contrast.ts';
import { studentTCdf } from './special.ts';

/** Two figures of the same runs, in order of time. */
export interface PairedSeries {
  readonly numerators: readonly number[];
  readonly denominators: readonly number[];
}

/** A ratio of means over blocks of equal weight, with its 95 % interval; `null`: the design allows none. */
export interface RatioEstimate {
  readonly ratio: number;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly method: IntervalMethod;
  /** Two-sided p of a ratio of 1, of the same t as the interval; `null` without one. */
  readonly pValue: number | null;
}

/** More cannot be told from a series that never comes back to a level. */
const LARGEST_CORRELATION = 0.9;

/**
 * Estimates the ratio of the mean of block means of numerators to that of denominators. The interval is that of the mean of
 * numerator − ratio × denominator over runs (Fieller's linear term; Cochran 1977, § 6.3), by the rule of `contrastStrata`, and wider by
 * √((1 + ρ)/(1 − ρ)) where runs that follow each other resemble each other (Bayley & Hammersley 1946). `null` without runs, or where the
 * denominators' mean is not above 0.
 */
export function estimateRatio(blocks: readonly PairedSeries[]): RatioEstimate | null {
  const level = mean(blocks, ({ denominators }) => mean(denominators)) ?? 0;
  if (!(level > 0)) return null;
  const ratio = (mean(blocks, ({ numerators }) => mean(numerators)) as number) / level;
  const residuals = blocks.map(({ numerators, denominators }) =>
    numerators.map((own, i) => own - ratio * (denominators[i] as number)),
  );
  const { variance, degreesOfFreedom, ciLow, ciHigh, method } = contrastArms(
    residuals.map((own) => [own]),
    [1],
  );
  if (variance === null || degreesOfFreedom === null || ciLow === null || ciHigh === null) {
    return { ratio, ciLow: null, ciHigh: null, method, pValue: null };
  }
  // Blocks, unlike the runs of one, do not follow each other.
  const inflation = method === 'paired-t' ? 1 : 1 / Math.sqrt(worthOfRun(residuals));
  const half = ((ciHigh - ciLow) / 2 / level) * inflation;
  const t = ((ratio - 1) * level) / (Math.sqrt(variance) * inflation);
  return {
    ratio,
    ciLow: ratio - half,
    ciHigh: ratio + half,
    method,
    pValue: 2 * studentTCdf(-Math.abs(t), degreesOfFreedom),
  };
}

/** Tells how many independent runs each run is worth, at most 1, by the lag-1 autocorrelation inside blocks. */
function worthOfRun(blocks: readonly (readonly number[])[]): number {
  let [products, squares, bias, freedom] = [0, 0, 0, 0];
  for (const block of blocks) {
    const level = mean(block) as number;
    for (const [i, own] of block.entries()) {
      squares += (own - level) ** 2;
      if (i > 0) products += (own - level) * ((block[i - 1] as number) - level);
    }
    // Deviations from a mean of their own correlate by −1/n even where runs are independent.
    bias += (block.length - 1) / block.length;
    freedom += block.length - 1;
  }
  if (squares === 0) return 1;
  // What is left is too small by about 4ρ/n (Kendall 1954).
  const found = (products / squares + bias / freedom) * (1 + (4 * blocks.length) / (freedom + blocks.length));
  const correlation = Math.min(Math.max(found, 0), LARGEST_CORRELATION);
  return (1 - correlation) / (1 + correlation);
}
