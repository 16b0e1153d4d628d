import type { Metric } from '../../model/metrics.ts';
import { slaLabel } from '../../model/timeline.ts';
import { type Coefficient, type RegressionBlock, regressWithinBlocks } from '../../stats/block-regression.ts';
import { contrastStrata } from '../../stats/contrast.ts';
import { permuteStrata } from '../../stats/permutation.ts';
import { permuteTrend } from '../../stats/trend.ts';
import { type Block, isEmpty } from '../design/blocks.ts';
import type { MeasuredCell } from '../design/cells.ts';
import { countRuns, logStrataOf, type PairedBlock, pairArms, strataOf } from '../design/pairs.ts';
import { type IndexedRun, runsOf } from './design.ts';
import type { Change, LevelContrast, SlaOutcome, Trend } from './result.ts';

/** Levels of one metric against each other, block by block. */

/** The runs that have a positive figure for the metric; the percentiles, lowest first, are the arms. */
export type LevelBlock = Block<MeasuredCell<Pick<IndexedRun, 'runIndex'>>>;

const noChange: Change = { changeFraction: null, ciLow: null, ciHigh: null };

/** Each percentile against the lowest: as `wfa compare` does it, and with the run index held equal. */
export function contrastLevels(
  blocks: readonly LevelBlock[],
  metric: Metric,
  percentiles: readonly number[],
  seed: number,
): LevelContrast[] {
  const [lowest, ...others] = percentiles;
  if (lowest === undefined) return [];
  const adjusted = adjustLevels(blocks, others.length);
  return others.map((percentile, i) => {
    const pairs = pairArms(blocks, 0, i + 1);
    const head = {
      metric: metric.key,
      unit: metric.unit,
      baseline: slaLabel(lowest),
      level: slaLabel(percentile),
      blockCount: pairs.length,
      runCountBaseline: countRuns(pairs, 'baseline'),
      runCountLevel: countRuns(pairs, 'candidate'),
      pAdjusted: null,
    };
    return {
      ...head,
      ...contrastPair(pairs, seed),
      adjusted: pairs.length > 0 ? (adjusted[i] ?? noChange) : noChange,
    };
  });
}

function contrastPair(pairs: readonly PairedBlock<MeasuredCell<unknown>>[], seed: number) {
  const logs = logStrataOf(pairs);
  if (pairs.length === 0 || logs === null) {
    return {
      ...noChange,
      intervalMethod: 'none' as const,
      pValue: null,
      outcome: 'inconclusive' as const,
      difference: { amount: null, ciLow: null, ciHigh: null },
    };
  }
  const { difference, ciLow, ciHigh, method } = contrastStrata(logs);
  const raw = contrastStrata(strataOf(pairs));
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
function adjustLevels(blocks: readonly LevelBlock[], otherCount: number): Change[] {
  const others = Array.from({ length: otherCount }, (_, i) => i + 1);
  const isAt = ({ ranks }: Sequence, level: number) => ranks.map((rank) => Number(rank === level));
  const fits = regress(blocks.map(sequenceOf), (block) => others.map((level) => isAt(block, level)), otherCount);
  return fits.map((fit) => toChange(fit));
}

/** One block's runs in order of submission, column by column. */
interface Sequence {
  /** Workflow and structure: runs of one history drift together, whoever planned them. */
  readonly history: string;
  /** Of the level: 0 for the lowest. */
  readonly ranks: readonly number[];
  /** ln(amount). */
  readonly logs: readonly number[];
  readonly runIndices: readonly number[];
}

function sequenceOf(block: LevelBlock): Sequence {
  const runs = runsOf(block);
  return {
    history: `${block.names['workflow']}\n${block.names['structure']}`,
    ranks: runs.map(({ arm }) => arm),
    logs: runs.map(({ arm, place }) => block.cells[arm]?.logs?.[place] as number),
    runIndices: runs.map(({ fact }) => fact.runIndex),
  };
}

/** Coefficients of `describe`'s predictors in ln(amount), with the run index of each history held equal. */
function regress(
  blocks: readonly Sequence[],
  describe: (block: Sequence) => readonly (readonly number[])[],
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
  blocks: readonly LevelBlock[],
  metric: Metric,
  percentiles: readonly number[],
  seed: number,
): Trend[] {
  const [lowest, highest] = [percentiles[0], percentiles.at(-1)];
  if (lowest === undefined || highest === undefined || lowest === highest) return [];
  const several = blocks.filter(({ cells }) => cells.filter((cell) => !isEmpty(cell)).length > 1).map(sequenceOf);
  const plain = several.map(({ logs, ranks }): RegressionBlock => ({ responses: logs, predictors: [ranks] }));
  const [fit] = regressWithinBlocks(plain, 1);
  const [adjustedFit] = regress(several, ({ ranks }) => [ranks], 1);
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
        several.map(({ ranks, logs }) => ({ levels: ranks, responses: logs })),
        seed,
      ),
      pAdjusted: null,
      outcome:
        sameSide && judge(change) === 'different' && judge(adjusted) === 'different' ? 'different' : 'inconclusive',
    },
  ];
}
