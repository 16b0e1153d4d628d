import type { Metric } from '../../model/metrics.ts';
import { contrastStrata, differenceOfMeans, type Stratum } from '../../stats/contrast.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import { permuteStrata } from '../../stats/permutation.ts';
import { additionalRunsFor, minimalDetectable } from '../../stats/power.ts';
import { geometricMean, probabilityOfLess, sampleMean, sampleMedian } from '../../stats/summary.ts';
import { nameArms } from './arm-names.ts';
import { isEmpty, type Block as MultiArmBlock } from './blocks.ts';
import type { MeasuredCell, MeasuredRun } from './cells.ts';
import type { BlockChange, CellSummary, Comparison, OverallChange, Sensitivity } from './comparison.ts';
import { countLoss } from './loss.ts';
import { type ContrastOutcome, judgeContrast } from './outcome.ts';
import type { Pairing } from './pairing.ts';
import { countRuns, logStrataOf, type PairedBlock, SIDES, type Side, strataOf } from './pairs.ts';
import { describePooled, type Pooled, poolMedians } from './pooled.ts';
import { contrastQuantile, type FoundQuantile } from './quantile-change.ts';
import { probabilityOf, type Stat } from './stat.ts';
import { contrastWorkflows, testInteraction } from './workflows.ts';

/** One metric of one pairing: blocks of figures in, changes with their uncertainty out. */

/** The change that `additionalRunsFor5Percent` is about. */
const TARGET_CHANGE = Math.log(1.05);

/** A cell in which some run has a figure. */
interface SummarizedCell extends MeasuredCell<MeasuredRun> {
  readonly median: number | null;
  readonly mean: number | null;
}
type Block = PairedBlock<SummarizedCell>;

/** The runs of a pairing with their figures for one metric. */
export interface MeasuredPairing {
  readonly pairing: Pairing;
  /** The blocks of the pairing, in their order; cells may be empty. */
  readonly blocks: readonly PairedBlock<MeasuredCell<MeasuredRun>>[];
  readonly pooled: Pooled;
}

/** The measured runs of the baseline and of one candidate. */
export function pairMeasured(
  pairing: Pairing,
  measured: readonly MultiArmBlock<MeasuredCell<MeasuredRun>>[],
  candidateArm: number,
): MeasuredPairing {
  const shared = new Set(pairing.blocks.map(({ label }) => label));
  const cellOf = ({ cells }: (typeof measured)[number], arm: number) => cells[arm] as MeasuredCell<MeasuredRun>;
  const pool = (arm: number) => ({
    facts: measured.flatMap((block) => cellOf(block, arm).facts),
    amounts: measured.flatMap((block) => cellOf(block, arm).amounts),
  });
  return {
    pairing,
    blocks: measured
      .filter(({ label }) => shared.has(label))
      .map((block) => ({ ...block, baseline: cellOf(block, 0), candidate: cellOf(block, candidateArm) })),
    pooled: { baseline: pool(0), candidate: pool(candidateArm) },
  };
}

/** A comparison before its family is adjusted: nothing is judged yet. */
export type Unjudged = Omit<Comparison, 'overall'> & { readonly overall: Omit<OverallChange, 'pAdjusted' | 'outcome'> };

/** Compares one metric, in the blocks in which both arms have a figure for it. */
export function contrastMetric(
  { pairing, blocks: all, pooled }: MeasuredPairing,
  metric: Metric,
  equivalenceFraction: number,
  seed: number,
  stat: Stat = 'mean',
): Unjudged {
  const { firstRuns } = pairing;
  const blocks = all
    .filter((block) => !isEmpty(block.baseline) && !isEmpty(block.candidate))
    .map((block) => ({
      ...block,
      baseline: summarizeCell(block.baseline),
      candidate: summarizeCell(block.candidate),
    }));
  const logs = logStrataOf(blocks);
  const named = (logs ?? []).map((stratum, i) => ({ ...stratum, names: blocks[i]?.names ?? {} }));
  const probability = probabilityOf(stat);
  const found = probability !== null && logs ? contrastQuantile(logs, probability, seed) : null;
  const isMean = probability === null;
  const change = isMean
    ? contrastMeans(blocks, logs, firstRuns, equivalenceFraction, seed)
    : overallOfQuantile(blocks, logs, found, equivalenceFraction);
  return {
    ...nameArms(pairing),
    metric: metric.key,
    unit: metric.unit,
    stat,
    quantile: found?.quantile ?? null,
    overall: { ...change, ...poolMedians(pooled), loss: countLoss(pairing.blocks, all) },
    workflows: isMean ? contrastWorkflows(named) : [],
    interaction: isMean ? testInteraction(named) : null,
    pooled: describePooled(pooled),
    blocks: describeBlocks(blocks, isMean ? logs : null),
  };
}

/** Adjusts by Holm over the declared family, all metrics of all candidates, and judges each by that. */
export function judgeFamily(comparisons: readonly Unjudged[]): Comparison[] {
  const adjusted = adjustHolm(comparisons.map(({ overall }) => overall.pValue));
  return comparisons.map((comparison, i) => {
    const pAdjusted = adjusted[i] ?? null;
    const outcome = judgeChange(comparison.overall, pAdjusted);
    return { ...comparison, overall: { ...comparison.overall, pAdjusted, outcome } };
  });
}

/** Judges a change whose test was adjusted with its family; without ratios by the difference. */
function judgeChange(overall: Unjudged['overall'], pAdjusted: number | null): ContrastOutcome {
  const { ciLow: low, ciHigh: high } = overall.ratio === null ? overall.difference : overall;
  return judgeContrast({ low, high, pAdjusted, withinMargin: overall.withinEquivalence });
}

const summarizeCell = (cell: MeasuredCell<MeasuredRun>): SummarizedCell => ({
  ...cell,
  median: sampleMedian(cell.amounts),
  mean: sampleMean(cell.amounts),
});

/** The change itself, without what is told of runs outside its blocks. */
type OwnChange = Omit<
  Unjudged['overall'],
  'pooledMedianBaseline' | 'pooledMedianCandidate' | 'pooledMedianRatio' | 'loss'
>;

/** A log ratio as a change fraction. */
const toChange = (logRatio: number | null): number | null => (logRatio === null ? null : Math.expm1(logRatio));

/** A metric with zeros has no ratios, and leaving the zeros out would bias it: only the difference is told. */
const contrastMeans = (
  blocks: readonly Block[],
  logs: readonly Stratum[] | null,
  firstRuns: ReadonlySet<MeasuredRun>,
  equivalenceFraction: number,
  seed: number,
): OwnChange =>
  logs ? contrastRatios(blocks, logs, firstRuns, equivalenceFraction, seed) : contrastDifferencesOnly(blocks, seed);

function contrastRatios(
  blocks: readonly Block[],
  strata: readonly Stratum[],
  firstRuns: ReadonlySet<MeasuredRun>,
  equivalenceFraction: number,
  seed: number,
): OwnChange {
  if (blocks.length === 0) return emptyChange;
  const estimate = contrastStrata(strata);
  const { difference, variance, degreesOfFreedom } = estimate;
  const test = permuteStrata(strata, seed);
  const [ciLow, ciHigh] = [toChange(estimate.ciLow), toChange(estimate.ciHigh)];
  const allEqual = areAllEqual(blocks);
  const withinEquivalence =
    allEqual || (ciLow !== null && ciHigh !== null && ciLow >= -equivalenceFraction && ciHigh <= equivalenceFraction);
  const levelOf = (side: Side) => geometricMean(blocks.map((block) => geometricMean(block[side].amounts) as number));
  return {
    ratio: Math.exp(difference),
    changeFraction: toChange(difference),
    ciLow,
    ciHigh,
    intervalMethod: estimate.method,
    logVariance: variance,
    degreesOfFreedom,
    ...wordTest(test, toChange),
    withinEquivalence,
    allEqual,
    levelBaseline: levelOf('baseline'),
    levelCandidate: levelOf('candidate'),
    minimalDetectableFraction:
      variance === null || degreesOfFreedom === null
        ? null
        : toChange(minimalDetectable({ variance, degreesOfFreedom })),
    additionalRunsFor5Percent: additionalRunsFor(strata, TARGET_CHANGE),
    ...describeRuns(blocks, strata, difference),
    sensitivity: checkSensitivity(blocks, strata, firstRuns, difference),
  };
}

function contrastDifferencesOnly(blocks: readonly Block[], seed: number): OwnChange {
  const strata = strataOf(blocks);
  const estimate = contrastStrata(strata);
  const allEqual = areAllEqual(blocks);
  return {
    ...emptyChange,
    intervalMethod: estimate.method,
    ...wordTest(permuteStrata(strata, seed), () => null),
    withinEquivalence: allEqual,
    allEqual,
    ...describeRuns(blocks, strata, estimate.difference),
  };
}

/** The change of a quantile, in the blocks that count for it; of a refused one only its runs are told. */
function overallOfQuantile(
  all: readonly Block[],
  logs: readonly Stratum[] | null,
  found: FoundQuantile | null,
  equivalenceFraction: number,
): OwnChange {
  if (!found?.contrast || !found.test || !logs) {
    return { ...emptyChange, ...(all.length > 0 ? countOwnRuns(all) : {}) };
  }
  const { places, difference, level, baseline, candidate, ciLow, ciHigh } = found.contrast;
  const blocks = places.map((place) => all[place] as Block);
  const allEqual = areAllEqual(blocks);
  // Runs of which none differs from the others of its arm tell nothing of the spread of the next.
  const hasInterval = allEqual || ciHigh > ciLow;
  const [low, high] = hasInterval ? [Math.expm1(ciLow), Math.expm1(ciHigh)] : [null, null];
  return {
    ...emptyChange,
    ratio: Math.exp(difference),
    changeFraction: toChange(difference),
    ciLow: allEqual ? null : low,
    ciHigh: allEqual ? null : high,
    intervalMethod: hasInterval && !allEqual ? 'order-statistics' : 'none',
    ...wordTest({ ...found.test, ciLow: null, ciHigh: null }, toChange),
    withinEquivalence: allEqual || (low !== null && low >= -equivalenceFraction && high <= equivalenceFraction),
    allEqual,
    levelBaseline: Math.exp(level + baseline.quantile),
    levelCandidate: Math.exp(level + candidate.quantile),
    ...describeRuns(
      blocks,
      places.map((place) => logs[place] as Stratum),
      difference,
    ),
    difference: emptyChange.difference,
  };
}

const countOwnRuns = (blocks: readonly Block[]) => ({
  blockCount: blocks.length,
  runCountBaseline: countRuns(blocks, 'baseline'),
  runCountCandidate: countRuns(blocks, 'candidate'),
});

function wordTest(test: ReturnType<typeof permuteStrata>, convert: (bound: number | null) => number | null) {
  return {
    pValue: test.pValue,
    permutationCiLow: convert(test.ciLow),
    permutationCiHigh: convert(test.ciHigh),
    permutationExact: test.exact,
    arrangementCount: test.arrangementCount,
  };
}

/** Runs a side from which equal figures are no accident of a single run. */
const LEAST_EQUAL_RUNS = 2;

const areAllEqual = (blocks: readonly Block[]): boolean =>
  blocks.every(isAllEqual) && SIDES.every((side) => countRuns(blocks, side) >= LEAST_EQUAL_RUNS);

const isAllEqual = ({ baseline, candidate }: Block): boolean =>
  [...baseline.amounts, ...candidate.amounts].every((amount) => amount === baseline.amounts[0]);

/** `strata`: what the difference was taken of, the logarithms or the figures themselves. */
function describeRuns(blocks: readonly Block[], strata: readonly Stratum[], difference: number) {
  const raw = strataOf(blocks);
  const absolute = contrastStrata(raw);
  const less = raw.map(({ baseline, candidate }) => probabilityOfLess(baseline, candidate) as number);
  return {
    blocksAgreeing: strata.filter((stratum) => Math.sign(differenceOfMeans(stratum)) === Math.sign(difference)).length,
    blockCount: blocks.length,
    runCountBaseline: countRuns(blocks, 'baseline'),
    runCountCandidate: countRuns(blocks, 'candidate'),
    probabilityCandidateLess: sampleMean(less),
    difference: { amount: absolute.difference, ciLow: absolute.ciLow, ciHigh: absolute.ciHigh },
  };
}

/** `strata`: the logarithms of the blocks. */
function checkSensitivity(
  blocks: readonly Block[],
  strata: readonly Stratum[],
  firstRuns: ReadonlySet<MeasuredRun>,
  difference: number,
): Sensitivity {
  const pooledRatio = (summary: 'median' | 'mean') =>
    Math.exp(sampleMean(blocks.map((block) => Math.log(ratioOf(block, summary) as number))) as number);
  const [medianRatio, meanRatio] = [pooledRatio('median'), pooledRatio('mean')];
  const later = blocks
    .map(({ baseline, candidate }, i) => ({
      baseline: dropRuns(firstRuns, baseline, strata[i]?.baseline ?? []),
      candidate: dropRuns(firstRuns, candidate, strata[i]?.candidate ?? []),
    }))
    .filter((stratum) => stratum.baseline.length > 0 && stratum.candidate.length > 0);
  const estimate = later.length === 0 ? null : contrastStrata(later);
  const logRatios = [Math.log(medianRatio), Math.log(meanRatio), ...(estimate ? [estimate.difference] : [])];
  return {
    medianRatio,
    meanRatio,
    withoutFirstRuns: {
      ratio: estimate ? Math.exp(estimate.difference) : null,
      ciLow: toChange(estimate?.ciLow ?? null),
      ciHigh: toChange(estimate?.ciHigh ?? null),
      blockCount: later.length,
    },
    signsAgree: logRatios.every((logRatio) => logRatio * difference >= 0),
  };
}

/** The `logs` of the cell's figures but those of the runs `dropped`. */
const dropRuns = (
  dropped: ReadonlySet<MeasuredRun>,
  { facts }: SummarizedCell,
  logs: readonly number[],
): readonly number[] => logs.filter((_, i) => !dropped.has(facts[i] as MeasuredRun));

const ratioOf = ({ baseline, candidate }: Block, summary: 'median' | 'mean'): number | null => {
  const [of1, of2] = [baseline[summary], candidate[summary]];
  return of1 === null || of2 === null || of1 === 0 ? null : of2 / of1;
};

function describeBlocks(blocks: readonly Block[], logs: readonly Stratum[] | null): BlockChange[] {
  return blocks.map((block, i) => {
    const estimate = logs?.[i] && contrastStrata([logs[i]]);
    return {
      label: block.label,
      keys: block.names,
      baseline: describeCell(block.baseline),
      candidate: describeCell(block.candidate),
      ratio: estimate ? Math.exp(estimate.difference) : null,
      changeFraction: toChange(estimate?.difference ?? null),
      ciLow: toChange(estimate?.ciLow ?? null),
      ciHigh: toChange(estimate?.ciHigh ?? null),
      allEqual: isAllEqual(block),
      medianRatio: ratioOf(block, 'median'),
      meanRatio: ratioOf(block, 'mean'),
    };
  });
}

const describeCell = ({ facts, amounts, logs, median, mean }: SummarizedCell): CellSummary => ({
  n: amounts.length,
  median,
  mean,
  geometricMean: logs && Math.exp(sampleMean(logs) as number),
  runs: facts.map(({ run }, i) => ({ runId: run.runId, amount: amounts[i] as number })),
});

/** No block has figures of both arms. */
const emptyChange: OwnChange = {
  ratio: null,
  changeFraction: null,
  ciLow: null,
  ciHigh: null,
  intervalMethod: 'none',
  logVariance: null,
  degreesOfFreedom: null,
  pValue: null,
  permutationCiLow: null,
  permutationCiHigh: null,
  permutationExact: null,
  arrangementCount: null,
  withinEquivalence: false,
  allEqual: false,
  levelBaseline: null,
  levelCandidate: null,
  minimalDetectableFraction: null,
  additionalRunsFor5Percent: null,
  blocksAgreeing: 0,
  blockCount: 0,
  runCountBaseline: 0,
  runCountCandidate: 0,
  probabilityCandidateLess: null,
  difference: { amount: null, ciLow: null, ciHigh: null },
  sensitivity: {
    medianRatio: null,
    meanRatio: null,
    withoutFirstRuns: { ratio: null, ciLow: null, ciHigh: null, blockCount: 0 },
    signsAgree: true,
  },
};
