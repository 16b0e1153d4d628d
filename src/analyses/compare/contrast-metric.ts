import type { Metric } from '../../model/metrics.ts';
import {
  contrastEachStratum,
  contrastStrata,
  differenceOfMeans,
  type Estimate,
  type Stratum,
} from '../../stats/contrast.ts';
import { permuteStrata } from '../../stats/permutation.ts';
import { additionalRunsFor, minimalDetectable } from '../../stats/power.ts';
import { probabilityOfLess, sampleMean, sampleMedian } from '../../stats/summary.ts';
import type { MeasuredCell } from '../design/cells.ts';
import { countRuns, logStrataOf, type PairedBlock, strataOf } from '../design/pairs.ts';
import type { Pairing } from './design.ts';
import type { CompareFacts } from './extract.ts';
import type { BlockChange, CellSummary, Comparison, ComparisonOutcome, OverallChange, Sensitivity } from './result.ts';

/** One metric of one pairing: blocks of figures in, changes with their uncertainty out. */

/** The change that `additionalRunsFor5Percent` is about. */
const TARGET_CHANGE = Math.log(1.05);

/** A cell in which some run has a figure. */
interface SummarizedCell extends MeasuredCell<CompareFacts> {
  readonly median: number | null;
  readonly mean: number | null;
}
type Block = PairedBlock<SummarizedCell>;

/** Compares one metric. `measured`: the blocks of the pairing in which both arms have a figure for it. */
export function contrastMetric(
  { baseline, candidate, firstRuns }: Pairing,
  measured: readonly PairedBlock<MeasuredCell<CompareFacts>>[],
  metric: Metric,
  equivalenceFraction: number,
  seed: number,
): Comparison {
  const blocks = measured.map((block) => ({
    ...block,
    baseline: summarizeCell(block.baseline),
    candidate: summarizeCell(block.candidate),
  }));
  const logs = logStrataOf(blocks);
  return {
    baseline: baseline.label,
    candidate: candidate.label,
    metric: metric.key,
    unit: metric.unit,
    overall: logs
      ? contrastRatios(blocks, logs, firstRuns, equivalenceFraction, seed)
      : contrastDifferencesOnly(blocks, seed),
    blocks: describeBlocks(blocks, logs),
  };
}

const summarizeCell = (cell: MeasuredCell<CompareFacts>): SummarizedCell => ({
  ...cell,
  median: sampleMedian(cell.amounts),
  mean: sampleMean(cell.amounts),
});

/** A log ratio as a change fraction. */
const toChange = (logRatio: number | null): number | null => (logRatio === null ? null : Math.expm1(logRatio));

function contrastRatios(
  blocks: readonly Block[],
  strata: readonly Stratum[],
  firstRuns: ReadonlySet<CompareFacts>,
  equivalenceFraction: number,
  seed: number,
): OverallChange {
  if (blocks.length === 0) return emptyChange;
  const estimate = contrastStrata(strata);
  const { difference, variance, degreesOfFreedom } = estimate;
  const test = permuteStrata(strata, seed);
  const [ciLow, ciHigh] = [toChange(estimate.ciLow), toChange(estimate.ciHigh)];
  const withinEquivalence =
    ciLow !== null && ciHigh !== null && ciLow >= -equivalenceFraction && ciHigh <= equivalenceFraction;
  return {
    ratio: Math.exp(difference),
    changeFraction: toChange(difference),
    ciLow,
    ciHigh,
    intervalMethod: estimate.method,
    logVariance: variance,
    degreesOfFreedom,
    ...wordTest(test, toChange),
    outcome: judgeOutcome(estimate, withinEquivalence),
    withinEquivalence,
    minimalDetectableFraction:
      variance === null || degreesOfFreedom === null
        ? null
        : toChange(minimalDetectable({ variance, degreesOfFreedom })),
    additionalRunsFor5Percent: additionalRunsFor(strata, TARGET_CHANGE),
    ...describeRuns(blocks, strata, difference),
    sensitivity: checkSensitivity(blocks, strata, firstRuns, difference),
  };
}

/** A metric with zeros has no ratios, and leaving the zeros out would bias it: only the difference is told. */
function contrastDifferencesOnly(blocks: readonly Block[], seed: number): OverallChange {
  const strata = strataOf(blocks);
  const estimate = contrastStrata(strata);
  return {
    ...emptyChange,
    intervalMethod: estimate.method,
    ...wordTest(permuteStrata(strata, seed), () => null),
    outcome: judgeOutcome(estimate, false),
    ...describeRuns(blocks, strata, estimate.difference),
  };
}

function wordTest(test: ReturnType<typeof permuteStrata>, convert: (bound: number | null) => number | null) {
  return {
    pValue: test.pValue,
    pAdjusted: null,
    permutationCiLow: convert(test.ciLow),
    permutationCiHigh: convert(test.ciHigh),
    permutationExact: test.exact,
    arrangementCount: test.arrangementCount,
  };
}

function judgeOutcome({ ciLow, ciHigh }: Estimate, withinEquivalence: boolean): ComparisonOutcome {
  if (ciLow !== null && ciHigh !== null && (ciLow > 0 || ciHigh < 0)) return 'different';
  return withinEquivalence ? 'equivalent' : 'inconclusive';
}

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
  firstRuns: ReadonlySet<CompareFacts>,
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
  dropped: ReadonlySet<CompareFacts>,
  { facts }: SummarizedCell,
  logs: readonly number[],
): readonly number[] => logs.filter((_, i) => !dropped.has(facts[i] as CompareFacts));

const ratioOf = ({ baseline, candidate }: Block, summary: 'median' | 'mean'): number | null => {
  const [of1, of2] = [baseline[summary], candidate[summary]];
  return of1 === null || of2 === null || of1 === 0 ? null : of2 / of1;
};

function describeBlocks(blocks: readonly Block[], logs: readonly Stratum[] | null): BlockChange[] {
  const estimates = logs ? contrastEachStratum(logs) : [];
  return blocks.map((block, i) => {
    const estimate = estimates[i];
    return {
      label: block.label,
      keys: block.names,
      baseline: describeCell(block.baseline),
      candidate: describeCell(block.candidate),
      ratio: estimate ? Math.exp(estimate.difference) : null,
      changeFraction: toChange(estimate?.difference ?? null),
      ciLow: toChange(estimate?.ciLow ?? null),
      ciHigh: toChange(estimate?.ciHigh ?? null),
      ciBorrowed: estimate?.borrowed === true && estimate.ciLow !== null,
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
const emptyChange: OverallChange = {
  ratio: null,
  changeFraction: null,
  ciLow: null,
  ciHigh: null,
  intervalMethod: 'none',
  logVariance: null,
  degreesOfFreedom: null,
  pValue: null,
  pAdjusted: null,
  permutationCiLow: null,
  permutationCiHigh: null,
  permutationExact: null,
  arrangementCount: null,
  outcome: 'inconclusive',
  withinEquivalence: false,
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
