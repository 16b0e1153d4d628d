import type { Metric } from '../../model/metrics.ts';
import { contrastEachStratum, contrastStrata, type Estimate, type Stratum } from '../../stats/contrast.ts';
import { permuteStrata } from '../../stats/permutation.ts';
import { additionalRunsFor, minimalDetectable } from '../../stats/power.ts';
import { geometricMean, probabilityOfLess, sampleMean, sampleMedian } from '../../stats/summary.ts';
import type { Block, Pairing } from './design.ts';
import type { CompareFacts } from './extract.ts';
import type { BlockChange, CellSummary, Comparison, ComparisonOutcome, OverallChange, Sensitivity } from './result.ts';

/** One metric of one pairing: blocks of figures in, changes with their uncertainty out. */

/** The change that `additionalRunsFor5Percent` is about. */
const TARGET_CHANGE = Math.log(1.05);

interface Cell {
  readonly runs: readonly { readonly fact: CompareFacts; readonly amount: number }[];
}

/** A block in which both arms have a figure for the metric. */
interface MeasuredBlock {
  readonly block: Block;
  readonly baseline: Cell;
  readonly candidate: Cell;
}

/** Compares one metric. `firstRuns` are left out of the last line of the sensitivity. */
export function contrastMetric(
  pairing: Pairing,
  metric: Metric,
  firstRuns: ReadonlySet<CompareFacts>,
  equivalenceFraction: number,
  seed: number,
): Comparison {
  const blocks = measureBlocks(pairing.blocks, metric.key);
  const positive = blocks.every((block) => amounts(block).every((amount) => amount > 0));
  return {
    baseline: pairing.baseline.label,
    candidate: pairing.candidate.label,
    metric: metric.key,
    unit: metric.unit,
    overall: positive
      ? contrastRatios(blocks, firstRuns, equivalenceFraction, seed)
      : contrastDifferencesOnly(blocks, seed),
    blocks: describeBlocks(blocks, positive),
  };
}

function measureBlocks(blocks: readonly Block[], key: string): MeasuredBlock[] {
  const cell = (facts: readonly CompareFacts[]): Cell => ({
    runs: facts.flatMap((fact) => {
      const amount = fact.measurements[key];
      return typeof amount === 'number' ? [{ fact, amount }] : [];
    }),
  });
  return blocks
    .map((block) => ({ block, baseline: cell(block.baseline), candidate: cell(block.candidate) }))
    .filter(({ baseline, candidate }) => baseline.runs.length > 0 && candidate.runs.length > 0);
}

const amountsOf = (cell: Cell): number[] => cell.runs.map((run) => run.amount);
const amounts = (block: MeasuredBlock): number[] => [...amountsOf(block.baseline), ...amountsOf(block.candidate)];
const rawStratum = ({ baseline, candidate }: MeasuredBlock): Stratum => ({
  baseline: amountsOf(baseline),
  candidate: amountsOf(candidate),
});
const logStratum = ({ baseline, candidate }: MeasuredBlock): Stratum => ({
  baseline: amountsOf(baseline).map(Math.log),
  candidate: amountsOf(candidate).map(Math.log),
});

/** A log ratio as a change fraction. */
const toChange = (logRatio: number | null): number | null => (logRatio === null ? null : Math.expm1(logRatio));

function contrastRatios(
  blocks: readonly MeasuredBlock[],
  firstRuns: ReadonlySet<CompareFacts>,
  equivalenceFraction: number,
  seed: number,
): OverallChange {
  if (blocks.length === 0) return emptyChange;
  const strata = blocks.map(logStratum);
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
    ...describeRuns(blocks, difference),
    sensitivity: checkSensitivity(blocks, difference, firstRuns),
  };
}

/** A metric with zeros has no ratios, and leaving the zeros out would bias it: only the difference is told. */
function contrastDifferencesOnly(blocks: readonly MeasuredBlock[], seed: number): OverallChange {
  const strata = blocks.map(rawStratum);
  const estimate = contrastStrata(strata);
  return {
    ...emptyChange,
    intervalMethod: estimate.method,
    ...wordTest(permuteStrata(strata, seed), () => null),
    outcome: judgeOutcome(estimate, false),
    ...describeRuns(blocks, estimate.difference),
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

function describeRuns(blocks: readonly MeasuredBlock[], difference: number) {
  const absolute = contrastStrata(blocks.map(rawStratum));
  const less = blocks.map(rawStratum).map((s) => probabilityOfLess(s.baseline, s.candidate) as number);
  const direction = (stratum: Stratum) => Math.sign(contrastStrata([stratum]).difference);
  const count = (side: 'baseline' | 'candidate') => blocks.reduce((sum, block) => sum + block[side].runs.length, 0);
  const onLogs = blocks.every((block) => amounts(block).every((amount) => amount > 0));
  return {
    blocksAgreeing: blocks.filter((b) => direction(onLogs ? logStratum(b) : rawStratum(b)) === Math.sign(difference))
      .length,
    blockCount: blocks.length,
    runCountBaseline: count('baseline'),
    runCountCandidate: count('candidate'),
    probabilityCandidateLess: sampleMean(less),
    difference: { amount: absolute.difference, ciLow: absolute.ciLow, ciHigh: absolute.ciHigh },
  };
}

function checkSensitivity(
  blocks: readonly MeasuredBlock[],
  difference: number,
  firstRuns: ReadonlySet<CompareFacts>,
): Sensitivity {
  const pooledRatio = (summary: (sample: readonly number[]) => number | null) =>
    Math.exp(sampleMean(blocks.map((block) => Math.log(ratioOf(rawStratum(block), summary) as number))) as number);
  const [medianRatio, meanRatio] = [pooledRatio(sampleMedian), pooledRatio(sampleMean)];
  const later = blocks
    .map((block) => ({ ...block, baseline: without(block.baseline), candidate: without(block.candidate) }))
    .filter(({ baseline, candidate }) => baseline.runs.length > 0 && candidate.runs.length > 0);
  function without(cell: Cell): Cell {
    return { runs: cell.runs.filter((run) => !firstRuns.has(run.fact)) };
  }
  const estimate = later.length === 0 ? null : contrastStrata(later.map(logStratum));
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

const ratioOf = (stratum: Stratum, summary: (sample: readonly number[]) => number | null): number | null => {
  const [baseline, candidate] = [summary(stratum.baseline), summary(stratum.candidate)];
  return baseline === null || candidate === null || baseline === 0 ? null : candidate / baseline;
};

function describeBlocks(blocks: readonly MeasuredBlock[], positive: boolean): BlockChange[] {
  const estimates = positive ? contrastEachStratum(blocks.map(logStratum)) : [];
  return blocks.map((measured, i) => {
    const { block, baseline, candidate } = measured;
    const estimate = estimates[i];
    const stratum = rawStratum(measured);
    return {
      label: block.label,
      keys: block.names,
      baseline: summarizeCell(baseline),
      candidate: summarizeCell(candidate),
      ratio: estimate ? Math.exp(estimate.difference) : null,
      changeFraction: toChange(estimate?.difference ?? null),
      ciLow: toChange(estimate?.ciLow ?? null),
      ciHigh: toChange(estimate?.ciHigh ?? null),
      ciBorrowed: estimate?.borrowed === true && estimate.ciLow !== null,
      medianRatio: ratioOf(stratum, sampleMedian),
      meanRatio: ratioOf(stratum, sampleMean),
    };
  });
}

function summarizeCell(cell: Cell): CellSummary {
  const sample = amountsOf(cell);
  return {
    n: sample.length,
    median: sampleMedian(sample),
    mean: sampleMean(sample),
    geometricMean: geometricMean(sample),
    runs: cell.runs.map(({ fact, amount }) => ({ runId: fact.run.runId, amount })),
  };
}

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
