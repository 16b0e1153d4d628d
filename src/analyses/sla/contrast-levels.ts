import type { Metric } from '../../model/metrics.ts';
import { slaLabel } from '../../model/timeline.ts';
import { type Coefficient, type RegressionBlock, regressWithinBlocks } from '../../stats/block-regression.ts';
import { contrastStrata, type Stratum } from '../../stats/contrast.ts';
import { permuteStrata } from '../../stats/permutation.ts';
import { permuteTrend } from '../../stats/trend.ts';
import type { Change, LevelContrast, SlaOutcome, Trend } from './result.ts';

/** Levels of one metric against each other, block by block. */

/** One block's runs with a figure for the metric, column by column. */
export interface MetricBlock {
  /** Workflow and structure: runs of one history drift together, whoever planned them. */
  readonly history: string;
  readonly percentiles: readonly number[];
  /** Positive, in the metric's unit. */
  readonly amounts: readonly number[];
  readonly logs: readonly number[];
  readonly runIndices: readonly number[];
}

const noChange: Change = { changeFraction: null, ciLow: null, ciHigh: null };

/** Each percentile against the lowest: as `wfa compare` does it, and with the run index held equal. */
export function contrastLevels(
  blocks: readonly MetricBlock[],
  metric: Metric,
  percentiles: readonly number[],
  seed: number,
): LevelContrast[] {
  const [lowest, ...others] = percentiles;
  if (lowest === undefined) return [];
  const adjusted = adjustLevels(blocks, others);
  return others.map((percentile, i) => {
    const strata = pairLevels(blocks, 'amounts', lowest, percentile);
    const logs = pairLevels(blocks, 'logs', lowest, percentile);
    const head = {
      metric: metric.key,
      unit: metric.unit,
      baseline: slaLabel(lowest),
      level: slaLabel(percentile),
      blockCount: strata.length,
      runCountBaseline: strata.reduce((sum, { baseline }) => sum + baseline.length, 0),
      runCountLevel: strata.reduce((sum, { candidate }) => sum + candidate.length, 0),
      pAdjusted: null,
    };
    return {
      ...head,
      ...contrastPair(strata, logs, seed),
      adjusted: strata.length > 0 ? (adjusted[i] ?? noChange) : noChange,
    };
  });
}

function pairLevels(
  blocks: readonly MetricBlock[],
  column: 'amounts' | 'logs',
  lowest: number,
  percentile: number,
): Stratum[] {
  const at = (block: MetricBlock, level: number) => block[column].filter((_, i) => block.percentiles[i] === level);
  return blocks
    .map((block) => ({ baseline: at(block, lowest), candidate: at(block, percentile) }))
    .filter(({ baseline, candidate }) => baseline.length > 0 && candidate.length > 0);
}

function contrastPair(strata: readonly Stratum[], logs: readonly Stratum[], seed: number) {
  if (strata.length === 0) {
    return {
      ...noChange,
      intervalMethod: 'none' as const,
      pValue: null,
      outcome: 'inconclusive' as const,
      difference: { amount: null, ciLow: null, ciHigh: null },
    };
  }
  const { difference, ciLow, ciHigh, method } = contrastStrata(logs);
  const raw = contrastStrata(strata);
  const change = toChange({ estimate: difference, ciLow, ciHigh });
  return {
    ...change,
    intervalMethod: method,
    pValue: permuteStrata(logs, seed).pValue,
    outcome: judge(change),
    difference: { amount: raw.difference, ciLow: raw.ciLow, ciHigh: raw.ciHigh },
  };
}

interface LogChange {
  readonly estimate: number;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
}

/** A log ratio as a change fraction, `steps` times over. */
function toChange(log: LogChange | null | undefined, steps = 1): Change {
  if (!log) return noChange;
  const [low, high] = [log.ciLow, log.ciHigh];
  return {
    changeFraction: Math.expm1(log.estimate * steps),
    ciLow: low === null ? null : Math.expm1(low * steps),
    ciHigh: high === null ? null : Math.expm1(high * steps),
  };
}

function judge({ ciLow, ciHigh }: Change): SlaOutcome {
  return ciLow !== null && ciHigh !== null && (ciLow > 0 || ciHigh < 0) ? 'different' : 'inconclusive';
}

/**
 * All levels at once by least squares within blocks, beside a slope of the run index for every history. The index comes first:
 * a level that was only ever run earlier or later than the others cannot be told from drift, and then has no estimate.
 */
function adjustLevels(blocks: readonly MetricBlock[], others: readonly number[]): Change[] {
  const isAt = ({ percentiles }: MetricBlock, level: number) => percentiles.map((own) => Number(own === level));
  const fits = regress(blocks, (block) => others.map((level) => isAt(block, level)), others.length);
  return fits.map((fit) => toChange(fit));
}

/** Coefficients of `describe`'s predictors in ln(amount), with the run index of each history held equal. */
function regress(
  blocks: readonly MetricBlock[],
  describe: (block: MetricBlock) => readonly (readonly number[])[],
  predictorCount: number,
): (Coefficient | null)[] {
  const histories = [...new Set(blocks.map(({ history }) => history))];
  const regression = blocks.map(
    (block): RegressionBlock => ({
      responses: block.logs,
      predictors: [
        ...histories.map((other) => (other === block.history ? block.runIndices : null)),
        ...describe(block),
      ],
    }),
  );
  return regressWithinBlocks(regression, histories.length + predictorCount).slice(histories.length);
}

/** The line through the levels; nothing with fewer than two of them. */
export function traceTrend(
  blocks: readonly MetricBlock[],
  metric: Metric,
  percentiles: readonly number[],
  seed: number,
): Trend[] {
  const [lowest, highest] = [percentiles[0], percentiles.at(-1)];
  if (lowest === undefined || highest === undefined || lowest === highest) return [];
  const several = blocks.filter((block) => new Set(block.percentiles).size > 1);
  const ranks = new Map(several.map((block) => [block, block.percentiles.map((own) => percentiles.indexOf(own))]));
  const ranksOf = (block: MetricBlock) => ranks.get(block) as number[];
  const plain = several.map((block): RegressionBlock => ({ responses: block.logs, predictors: [ranksOf(block)] }));
  const [fit] = regressWithinBlocks(plain, 1);
  const [adjustedFit] = regress(several, (block) => [ranksOf(block)], 1);
  const steps = percentiles.length - 1;
  const [change, adjusted] = [toChange(fit, steps), toChange(adjustedFit, steps)];
  const sameSide = (change.changeFraction ?? 0) * (adjusted.changeFraction ?? 0) > 0;
  return [
    {
      metric: metric.key,
      unit: metric.unit,
      lowest: slaLabel(lowest),
      highest: slaLabel(highest),
      runCount: several.reduce((sum, { logs }) => sum + logs.length, 0),
      blockCount: several.length,
      slopePerStep: fit?.estimate ?? null,
      change,
      adjusted,
      pValue: permuteTrend(
        several.map((block) => ({ levels: ranksOf(block), responses: block.logs })),
        seed,
      ),
      pAdjusted: null,
      outcome:
        sameSide && judge(change) === 'different' && judge(adjusted) === 'different' ? 'different' : 'inconclusive',
    },
  ];
}
