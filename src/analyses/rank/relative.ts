import { sortNumbers } from '../../stats/order-statistics.ts';
import { fewestForQuantile } from '../../stats/quantile-interval.ts';
import { sampleMean } from '../../stats/summary.ts';
import type { MeasuredMetric } from './contrasts.ts';
import type { RelativeQuantile, RelativeRuns } from './result.ts';

/** Quantiles that are told of runs. */
const QUANTILES = [0.5, 0.9, 0.95, 0.99] as const;

/** Points of a curve at most. */
const MOST_POINTS = 200;

/**
 * Divides each run's figure by the geometric mean of its block's cells, so that runs of all blocks can be looked at together; arms in
 * their order.
 */
export function compareToBlocks({ logs }: Pick<MeasuredMetric, 'logs'>, armCount: number): RelativeRuns[] {
  const ratios = Array.from({ length: armCount }, (): number[] => []);
  for (const cells of logs ?? []) {
    const center = sampleMean(cells.map((cell) => sampleMean(cell) as number)) as number;
    for (const [arm, cell] of cells.entries()) for (const log of cell) ratios[arm]?.push(Math.exp(log - center));
  }
  return ratios.map(describe);
}

function describe(ratios: readonly number[]): RelativeRuns {
  const sorted = sortNumbers(ratios);
  const step = Math.max(1, (sorted.length - 1) / (MOST_POINTS - 1));
  const count = Math.min(sorted.length, MOST_POINTS);
  const places = Array.from({ length: count }, (_, i) => Math.round(i * step));
  return {
    count: sorted.length,
    ratios: places.map((place) => sorted[place] as number),
    ranks: places.map((place) => place + 1),
    quantiles: QUANTILES.map((quantile) => describeQuantile(sorted, quantile)),
  };
}

function describeQuantile(sorted: Float64Array, quantile: number): RelativeQuantile {
  const fewestRuns = fewestForQuantile(quantile);
  const at = (sorted.length - 1) * quantile;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return {
    quantile,
    // R-7, linear between order statistics.
    ratio:
      sorted.length < fewestRuns
        ? null
        : (low as number) + ((high as number) - (low as number)) * (at - Math.floor(at)),
    fewestRuns,
  };
}
