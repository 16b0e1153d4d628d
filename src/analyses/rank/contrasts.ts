import { least, sum } from 'd3-array';
import type { Metric } from '../../model/metrics.ts';
import { contrastStrata, type Estimate } from '../../stats/contrast.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import { permuteP } from '../../stats/permutation.ts';
import { sampleMean } from '../../stats/summary.ts';
import { type Block, type Cell, commonBlocks } from '../design/blocks.ts';
import { figureOf, type MeasuredCell, measureBlocks } from '../design/cells.ts';
import { excludesNoChange, isConfirmed } from '../design/outcome.ts';
import type { RankFacts } from './extract.ts';

/** Every arm against every other one: blocks of figures in, levels and who is told better out. */

/** The blocks in which all arms have a figure for the metric. */
export interface MeasuredMetric {
  readonly metric: Metric;
  readonly blocks: readonly Block<MeasuredCell<RankFacts>>[];
  /** Number of each arm's runs that have a figure, in all blocks. */
  readonly measuredCounts: readonly number[];
  /** Logarithms of the figures by block and arm; `null`: nothing was measured, or a figure is not positive. */
  readonly logs: readonly (readonly (readonly number[])[])[] | null;
}

/** Measures the blocks that hold all arms. */
export function measureMetric(common: readonly Block<Cell<RankFacts>>[], metric: Metric): MeasuredMetric {
  const all = measureBlocks(common, (fact) => figureOf(fact, metric.key));
  const blocks = commonBlocks(all);
  const measuredCounts = (all[0]?.cells ?? []).map((_, arm) => sum(all, ({ cells }) => cells[arm]?.facts.length ?? 0));
  const logs = blocks.map(({ cells }) => cells.flatMap((cell) => (cell.logs ? [cell.logs] : [])));
  const areRatios = blocks.length > 0 && logs.every((cells, i) => cells.length === blocks[i]?.cells.length);
  return { metric, blocks, measuredCounts, logs: areRatios ? logs : null };
}

/** One arm against another one. */
export interface PairContrast {
  readonly first: number;
  readonly second: number;
  /** The estimate is of the logarithms: second − first. */
  readonly estimate: Estimate;
  readonly pValue: number | null;
}

/** A metric with all pairs of arms. */
export interface MetricContrasts extends MeasuredMetric {
  /** Mean over blocks of the cells' mean logarithms; `null` without ratios. */
  readonly logLevels: readonly number[] | null;
  /** The arm with the lowest level; `null` without ratios. */
  readonly best: number | null;
  readonly pairs: readonly PairContrast[];
}

/** Contrasts all pairs of arms. */
export function contrastPairs(measured: MeasuredMetric, seed: number): MetricContrasts {
  const { logs } = measured;
  if (logs === null) return { ...measured, logLevels: null, best: null, pairs: [] };
  const armCount = logs[0]?.length ?? 0;
  const arms = Array.from({ length: armCount }, (_, arm) => arm);
  const logLevels = arms.map(
    (arm) => sampleMean(logs.map((cells) => sampleMean(cells[arm] as readonly number[]) as number)) as number,
  );
  const best = least(arms, (arm) => logLevels[arm]) as number;
  const pairs = arms.flatMap((first) =>
    arms.slice(first + 1).map((second) => contrastPair(logs, first, second, best, seed)),
  );
  return { ...measured, logLevels, best, pairs };
}

function contrastPair(
  logs: NonNullable<MeasuredMetric['logs']>,
  first: number,
  second: number,
  best: number,
  seed: number,
): PairContrast {
  const strata = logs.map((cells) => ({
    baseline: cells[first] as readonly number[],
    candidate: cells[second] as readonly number[],
  }));
  const estimate = contrastStrata(strata);
  // The test decides nothing where the interval holds no change: it is made only where it is shown.
  const isTested = first === best || second === best || excludesNoChange(estimate.ciLow, estimate.ciHigh);
  return { first, second, estimate, pValue: isTested ? permuteP(strata, seed) : null };
}

/** A pair judged within its family. */
export interface JudgedPair extends PairContrast {
  readonly pAdjusted: number | null;
  /** The arm that is told better; `null`: they cannot be told apart. */
  readonly better: number | null;
}

/**
 * Judges all pairs of all metrics by Holm over their family. Which arm is the best is told by the same figures, so that every pair
 * counts towards the family, and one that was not tested as 1.
 */
export function judgePairs(contrasts: readonly MetricContrasts[]): JudgedPair[][] {
  const family = contrasts.flatMap(({ pairs }) => pairs);
  const adjusted = adjustHolm(family.map(({ pValue }) => pValue ?? 1));
  let at = 0;
  return contrasts.map(({ pairs }) =>
    pairs.map((pair) => {
      const pAdjusted = pair.pValue === null ? null : (adjusted[at] ?? null);
      at++;
      const { ciLow, ciHigh, difference } = pair.estimate;
      const isTold = excludesNoChange(ciLow, ciHigh) && isConfirmed(pAdjusted);
      return { ...pair, pAdjusted, better: isTold ? (difference < 0 ? pair.second : pair.first) : null };
    }),
  );
}

/** The ranks between which each arm lies: 1 + the arms told better, and all but those told worse. */
export function rankArms(armCount: number, pairs: readonly JudgedPair[]): { low: number; high: number }[] {
  const ranks = Array.from({ length: armCount }, () => ({ low: 1, high: armCount }));
  for (const { first, second, better } of pairs) {
    if (better === null) continue;
    (ranks[better] as { high: number }).high--;
    (ranks[better === first ? second : first] as { low: number }).low++;
  }
  return ranks;
}

/** The pair seen from `arm` against `other`: difference, interval and p; `null` for an arm against itself. */
export function pairOf<Pair extends PairContrast>(
  arm: number,
  other: number,
  pairs: readonly Pair[],
): {
  readonly pair: Pair;
  readonly difference: number;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
} | null {
  const pair = pairs.find(
    ({ first, second }) => (first === arm && second === other) || (first === other && second === arm),
  );
  if (!pair) return null;
  const { difference, ciLow, ciHigh } = pair.estimate;
  if (pair.second === arm) return { pair, difference, ciLow, ciHigh };
  const negate = (bound: number | null) => (bound === null ? null : -bound);
  return { pair, difference: -difference, ciLow: negate(ciHigh), ciHigh: negate(ciLow) };
}
