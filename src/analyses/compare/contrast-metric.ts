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
import { geometricMean, probabilityOfLess, sampleMean, sampleMedian } from '../../stats/summary.ts';
import type { Block, Cell, Pairing, Side } from './design.ts';
import type { CompareFacts } from './extract.ts';
import type { BlockChange, CellSummary, Comparison, ComparisonOutcome, OverallChange, Sensitivity } from './result.ts';

/** One metric of one pairing: blocks of figures in, changes with their uncertainty out. */

/** The change that `additionalRunsFor5Percent` is about. */
const TARGET_CHANGE = Math.log(1.05);

/** The runs of a cell that have a figure. */
interface MeasuredCell {
  readonly facts: readonly CompareFacts[];
  /** In the order of `facts`. */
  readonly amounts: readonly number[];
  readonly firstRuns: ReadonlySet<CompareFacts>;
}

/** The figures of both arms in a block; neither is empty. */
interface ComparedCells {
  readonly block: Block;
  readonly baseline: MeasuredCell;
  readonly candidate: MeasuredCell;
  readonly raw: Stratum;
  /** `null` when an amount is not positive. */
  readonly logs: Stratum | null;
}

interface Summary {
  readonly median: number | null;
  readonly mean: number | null;
}

/** A block in which both arms have a figure for the metric. */
interface MeasuredBlock extends ComparedCells {
  readonly summaries: Readonly<Record<Side, Summary>>;
}

/** Compares one metric. */
export function contrastMetric(
  pairing: Pairing,
  metric: Metric,
  equivalenceFraction: number,
  seed: number,
): Comparison {
  const blocks = measureBlocks(pairing.blocks, metric.key);
  const logs = logStrata(blocks);
  return {
    baseline: pairing.baseline.label,
    candidate: pairing.candidate.label,
    metric: metric.key,
    unit: metric.unit,
    overall: logs ? contrastRatios(blocks, logs, equivalenceFraction, seed) : contrastDifferencesOnly(blocks, seed),
    blocks: describeBlocks(blocks, logs),
  };
}

function measureBlocks(blocks: readonly Block[], key: string): MeasuredBlock[] {
  return blocks
    .flatMap((block) => joinCells(block, measureCell(block.baseline, key), measureCell(block.candidate, key)))
    .map((cells) => ({
      ...cells,
      summaries: { baseline: summarizeCell(cells.baseline), candidate: summarizeCell(cells.candidate) },
    }));
}

function measureCell({ facts, amounts, firstRuns }: Cell, key: string): MeasuredCell {
  const all = amounts[key] ?? [];
  if (!all.some(Number.isNaN)) return { facts, amounts: all, firstRuns };
  const has = (_: unknown, i: number) => !Number.isNaN(all[i]);
  return { facts: facts.filter(has), amounts: all.filter(has), firstRuns };
}

const summarizeCell = ({ amounts }: MeasuredCell): Summary => ({
  median: sampleMedian(amounts),
  mean: sampleMean(amounts),
});

/** Nothing when an arm has no figure in the block. */
function joinCells(block: Block, baseline: MeasuredCell, candidate: MeasuredCell): ComparedCells[] {
  if (baseline.amounts.length === 0 || candidate.amounts.length === 0) return [];
  const raw = { baseline: baseline.amounts, candidate: candidate.amounts };
  const positive = (amount: number) => amount > 0;
  const logs =
    raw.baseline.every(positive) && raw.candidate.every(positive)
      ? { baseline: raw.baseline.map(Math.log), candidate: raw.candidate.map(Math.log) }
      : null;
  return [{ block, baseline, candidate, raw, logs }];
}

/** The blocks' logarithms; `null` when any of them has none. */
function logStrata(blocks: readonly ComparedCells[]): Stratum[] | null {
  const strata = blocks.flatMap(({ logs }) => logs ?? []);
  return strata.length === blocks.length ? strata : null;
}

/** A log ratio as a change fraction. */
const toChange = (logRatio: number | null): number | null => (logRatio === null ? null : Math.expm1(logRatio));

function contrastRatios(
  blocks: readonly MeasuredBlock[],
  strata: readonly Stratum[],
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
    sensitivity: checkSensitivity(blocks, strata, difference),
  };
}

/** A metric with zeros has no ratios, and leaving the zeros out would bias it: only the difference is told. */
function contrastDifferencesOnly(blocks: readonly MeasuredBlock[], seed: number): OverallChange {
  const strata = blocks.map(({ raw }) => raw);
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
function describeRuns(blocks: readonly MeasuredBlock[], strata: readonly Stratum[], difference: number) {
  const absolute = contrastStrata(blocks.map(({ raw }) => raw));
  const less = blocks.map(({ raw }) => probabilityOfLess(raw.baseline, raw.candidate) as number);
  const count = (side: Side) => blocks.reduce((sum, block) => sum + block.raw[side].length, 0);
  return {
    blocksAgreeing: strata.filter((stratum) => Math.sign(differenceOfMeans(stratum)) === Math.sign(difference)).length,
    blockCount: blocks.length,
    runCountBaseline: count('baseline'),
    runCountCandidate: count('candidate'),
    probabilityCandidateLess: sampleMean(less),
    difference: { amount: absolute.difference, ciLow: absolute.ciLow, ciHigh: absolute.ciHigh },
  };
}

/** `strata`: the logarithms of the blocks. */
function checkSensitivity(
  blocks: readonly MeasuredBlock[],
  strata: readonly Stratum[],
  difference: number,
): Sensitivity {
  const pooledRatio = (summary: keyof Summary) =>
    Math.exp(sampleMean(blocks.map((block) => Math.log(ratioOf(block, summary) as number))) as number);
  const [medianRatio, meanRatio] = [pooledRatio('median'), pooledRatio('mean')];
  const later = blocks
    .map(({ baseline, candidate }, i) => ({
      baseline: withoutFirstRuns(baseline, strata[i]?.baseline ?? []),
      candidate: withoutFirstRuns(candidate, strata[i]?.candidate ?? []),
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

/** `logs` of the cell's amounts, but those of first runs. */
const withoutFirstRuns = ({ facts, firstRuns }: MeasuredCell, logs: readonly number[]): readonly number[] =>
  firstRuns.size === 0 ? logs : logs.filter((_, i) => !firstRuns.has(facts[i] as CompareFacts));

const ratioOf = ({ summaries }: MeasuredBlock, summary: keyof Summary): number | null => {
  const [baseline, candidate] = [summaries.baseline[summary], summaries.candidate[summary]];
  return baseline === null || candidate === null || baseline === 0 ? null : candidate / baseline;
};

function describeBlocks(blocks: readonly MeasuredBlock[], logs: readonly Stratum[] | null): BlockChange[] {
  const estimates = logs ? contrastEachStratum(logs) : [];
  return blocks.map((measured, i) => {
    const { block, baseline, candidate, summaries } = measured;
    const estimate = estimates[i];
    return {
      label: block.label,
      keys: block.names,
      baseline: describeCell(baseline, summaries.baseline, measured.logs?.baseline),
      candidate: describeCell(candidate, summaries.candidate, measured.logs?.candidate),
      ratio: estimate ? Math.exp(estimate.difference) : null,
      changeFraction: toChange(estimate?.difference ?? null),
      ciLow: toChange(estimate?.ciLow ?? null),
      ciHigh: toChange(estimate?.ciHigh ?? null),
      ciBorrowed: estimate?.borrowed === true && estimate.ciLow !== null,
      medianRatio: ratioOf(measured, 'median'),
      meanRatio: ratioOf(measured, 'mean'),
    };
  });
}

/** `logs` of the amounts, if all of the block have them. */
const describeCell = (
  { facts, amounts }: MeasuredCell,
  { median, mean }: Summary,
  logs: readonly number[] | undefined,
): CellSummary => ({
  n: amounts.length,
  median,
  mean,
  geometricMean: logs ? Math.exp(sampleMean(logs) as number) : geometricMean(amounts),
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
