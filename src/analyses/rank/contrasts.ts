import { greatest, leastIndex, min, sum } from 'd3-array';
import type { Metric } from '../../model/metrics.ts';
import { contrastStrata, type IntervalMethod, type Stratum } from '../../stats/contrast.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import { permuteP } from '../../stats/permutation.ts';
import {
  type ChosenBlocks,
  chooseQuantileBlocks,
  contrastChosen,
  permuteQuantile,
  type QuantileDifference,
  type QuantileRefusal,
} from '../../stats/quantile-contrast.ts';
import { sampleMean } from '../../stats/summary.ts';
import { type Block, type Cell, commonBlocks } from '../design/blocks.ts';
import { figureOf, type MeasuredCell, measureBlocks } from '../design/cells.ts';
import { excludesNoChange, isConfirmed } from '../design/outcome.ts';
import { probabilityOf, type Stat } from '../design/stat.ts';
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

/** Of the logarithms: second − first. */
export interface PairEstimate {
  readonly difference: number;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly method: IntervalMethod | 'order-statistics';
}

/** One arm against another one. */
export interface PairContrast {
  readonly first: number;
  readonly second: number;
  readonly estimate: PairEstimate;
  readonly pValue: number | null;
}

/** A metric with all pairs of arms. */
export interface MetricContrasts extends MeasuredMetric {
  /** By arm, of the stat; `null` without ratios, and where a quantile is refused. */
  readonly logLevels: readonly number[] | null;
  /** The arm with the lowest level; `null` without levels. */
  readonly best: number | null;
  /** The blocks that count for a quantile, or why there is none; `null` for means, and without ratios. */
  readonly quantile: ChosenBlocks | QuantileRefusal | null;
  readonly pairs: readonly PairContrast[];
}

/** How arms are held against each other by a stat. */
interface Yardstick {
  /** The arm with the lowest level. */
  readonly best: number;
  readonly logLevels: readonly number[];
  readonly contrast: (first: number, second: number) => PairEstimate;
  readonly test: (first: number, second: number) => number | null;
}

/** Contrasts all pairs of arms by a stat. */
export function contrastPairs(measured: MeasuredMetric, seed: number, stat: Stat): MetricContrasts {
  const { logs } = measured;
  const probability = probabilityOf(stat);
  const quantile = logs && probability !== null ? chooseQuantileBlocks(logs, probability) : null;
  const none = { ...measured, logLevels: null, best: null, quantile, pairs: [] };
  if (logs === null) return none;
  if (probability === null) return { ...none, ...contrastBy(compareMeans(logs, seed)) };
  if (quantile === null || 'reason' in quantile) return none;
  const counted = quantile.places.map((place) => logs[place] as Logs[number]);
  return { ...none, ...contrastBy(compareQuantiles(counted, probability, seed)) };
}

function contrastBy({
  best,
  logLevels,
  contrast,
  test,
}: Yardstick): Pick<MetricContrasts, 'logLevels' | 'best' | 'pairs'> {
  const arms = logLevels.map((_, arm) => arm);
  const pairs = arms.flatMap((first) =>
    arms.slice(first + 1).map((second): PairContrast => {
      const estimate = contrast(first, second);
      // The test decides nothing where the interval holds no change: it is made only where it is shown.
      const isTested = first === best || second === best || excludesNoChange(estimate.ciLow, estimate.ciHigh);
      return { first, second, estimate, pValue: isTested ? test(first, second) : null };
    }),
  );
  return { logLevels, best, pairs };
}

type Logs = NonNullable<MeasuredMetric['logs']>;

/** Two arms of every block. */
export const strataOf = (logs: Logs, first: number, second: number): Stratum[] =>
  logs.map((cells) => ({ baseline: cells[first] as readonly number[], candidate: cells[second] as readonly number[] }));

function compareMeans(logs: Logs, seed: number): Yardstick {
  const logLevels = (logs[0] ?? []).map(
    (_, arm) => sampleMean(logs.map((cells) => sampleMean(cells[arm] as readonly number[]) as number)) as number,
  );
  return {
    best: leastIndex(logLevels) as number,
    logLevels,
    contrast: (first, second) => contrastStrata(strataOf(logs, first, second)),
    test: (first, second) => permuteP(strataOf(logs, first, second), seed),
  };
}

/**
 * Each pair has its own levels of blocks, those of its two arms: a third arm with a wide spread would hide what tells them apart (with
 * levels of all arms an interval of 95 % held the truth in as little as 85 %). So the differences of three arms add up only nearly, and
 * the levels shown are the best arm's and its differences from the others.
 */
function compareQuantiles(counted: Logs, probability: number, seed: number): Yardstick {
  const arms = (counted[0] ?? []).map((_, arm) => arm);
  const contrasts = arms.map((first) =>
    arms.map((second) => (second > first ? contrastChosen(strataOf(counted, first, second), probability) : null)),
  );
  const find = (first: number, second: number) => contrasts[first]?.[second] ?? null;
  const between = (first: number, second: number): number =>
    first < second ? (find(first, second)?.difference ?? 0) : -(find(second, first)?.difference ?? 0);
  const farthestAhead = (arm: number) => min(arms, (other) => between(arm, other)) as number;
  const best = greatest(arms, farthestAhead) as number;
  const ofBest = arms.flatMap((other) => {
    const [low, high] = [Math.min(best, other), Math.max(best, other)];
    const contrast = find(low, high);
    return contrast ? [contrast.level + (low === best ? contrast.baseline : contrast.candidate).quantile] : [];
  });
  const level = sampleMean(ofBest) ?? 0;
  return {
    best,
    logLevels: arms.map((arm) => level + between(best, arm)),
    contrast: (first, second) => {
      const { difference, ciLow, ciHigh } = find(first, second) as QuantileDifference;
      // Runs of which none differs from the others of its arm tell nothing of the spread of the next.
      return ciHigh > ciLow
        ? { difference, ciLow, ciHigh, method: 'order-statistics' }
        : { difference, ciLow: null, ciHigh: null, method: 'none' };
    },
    test: (first, second) => permuteQuantile(strataOf(counted, first, second), probability, seed).pValue,
  };
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
