import { jointKey } from '../../model/group-by.ts';
import type { Metric } from '../../model/metrics.ts';
import { slaLabel } from '../../model/timeline.ts';
import { type Coefficient, type RegressionBlock, regressWithinBlocks } from '../../stats/block-regression.ts';
import { contrastStrata } from '../../stats/contrast.ts';
import { permuteTrend } from '../../stats/trend.ts';
import { type Block, isEmpty } from '../design/blocks.ts';
import type { MeasuredCell } from '../design/cells.ts';
import { pairArms, strataOf } from '../design/pairs.ts';
import { type IndexedRun, runsOf } from './design.ts';
import type { Change, LevelContrast, SlaOutcome, Trend } from './result.ts';

/** Levels of one metric against each other, block by block. */

/** The runs that have a positive figure for the metric; the percentiles, lowest first, are the arms. */
export type LevelBlock = Block<MeasuredCell<Pick<IndexedRun, 'runIndex'>>>;

/** Logarithms of equal figures differ by less. */
const ROUNDING = 1e-12;

const noChange: Change = { changeFraction: null, ciLow: null, ciHigh: null };

/**
 * Each percentile against the lowest, all at once by least squares of ln(metric) within blocks. Every run takes part: one in a block
 * of a single level tells of the spread. Beside it, the same with the run index held equal.
 */
export function contrastLevels(
  blocks: readonly LevelBlock[],
  metric: Metric,
  percentiles: readonly number[],
): LevelContrast[] {
  const [lowest, ...others] = percentiles;
  if (lowest === undefined) return [];
  const sequences = blocks.map(sequenceOf);
  const levelsOf = ({ ranks }: Sequence) => others.map((_, i) => ranks.map((rank) => Number(rank === i + 1)));
  const [fits, adjustedFits] = regressBothWays(sequences, levelsOf);
  const countAt = (arm: number) => blocks.reduce((sum, { cells }) => sum + (cells[arm]?.facts.length ?? 0), 0);
  return others.map((percentile, i) => {
    const pairs = pairArms(blocks, 0, i + 1);
    const fit = fits[i] ?? null;
    const change = toChange(fit);
    const raw = pairs.length === 0 ? null : contrastStrata(strataOf(pairs));
    return {
      metric: metric.key,
      unit: metric.unit,
      baseline: slaLabel(lowest),
      level: slaLabel(percentile),
      ...change,
      intervalMethod: change.ciLow === null ? 'none' : 'least-squares',
      degreesOfFreedom: fit?.degreesOfFreedom ?? null,
      pValue: fit?.pValue ?? null,
      pAdjusted: null,
      outcome: judge(change),
      allEqual: fit !== null && fit.degreesOfFreedom > 0 && fit.ciLow === null && Math.abs(fit.estimate) < ROUNDING,
      blockCount: pairs.length,
      runCountBaseline: countAt(0),
      runCountLevel: countAt(i + 1),
      difference: { amount: raw?.difference ?? null, ciLow: raw?.ciLow ?? null, ciHigh: raw?.ciHigh ?? null },
      adjusted: toChange(adjustedFits[i]),
    };
  });
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

/** One block's runs in order of submission, column by column. */
interface Sequence {
  /** Workflow and structure: runs of one history drift together, whoever planned them. */
  readonly history: string;
  /** Rank of each run's level: 0 for the lowest. */
  readonly ranks: readonly number[];
  /** ln(amount). */
  readonly logs: readonly number[];
  readonly runIndices: readonly number[];
}

function sequenceOf(block: LevelBlock): Sequence {
  const runs = runsOf(block);
  return {
    history: jointKey(block.names['workflow'], block.names['structure']),
    ranks: runs.map(({ arm }) => arm),
    logs: runs.map(({ arm, place }) => block.cells[arm]?.logs?.[place] as number),
    runIndices: runs.map(({ fact }) => fact.runIndex),
  };
}

/**
 * Coefficients in ln(amount) of the predictors that `describe` gives; then the same with a slope of the run index for every history.
 * A level that was only ever run earlier or later than the others cannot be told from drift, and then has none.
 */
function regressBothWays(
  sequences: readonly Sequence[],
  describe: (sequence: Sequence) => readonly (readonly number[])[],
): [plain: (Coefficient | null)[], adjusted: (Coefficient | null)[]] {
  const plain = sequences.map((own): RegressionBlock => ({ responses: own.logs, predictors: describe(own) }));
  const adjusted = plain.map((block, i): RegressionBlock => {
    const { history, runIndices } = sequences[i] as Sequence;
    return { ...block, covariate: { group: history, numbers: runIndices } };
  });
  return [regressWithinBlocks(plain), regressWithinBlocks(adjusted)];
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
  const [[fit], [adjustedFit]] = regressBothWays(several, ({ ranks }) => [ranks]);
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
