import { priceRuns } from '../../cost/price-runs.ts';
import { UserError } from '../../errors.ts';
import { groupBy } from '../../model/group-by.ts';
import { Ledger } from '../../model/ledger.ts';
import { COST } from '../../model/metrics.ts';
import { contrastJointly, type PairedSample, traceEllipse } from '../../stats/bivariate.ts';
import type { Outcome } from '../analysis.ts';
import { resolveArms } from '../design/arms.ts';
import type { Cell, Block as MultiArmBlock } from '../design/blocks.ts';
import { figureOf, measureBlocks } from '../design/cells.ts';
import { contrastMetric, judgeFamily, pairMeasured, type Unjudged } from '../design/contrast-metric.ts';
import {
  arrangeArms,
  arrangeExperiment,
  noteMissing,
  noteUnplanned,
  noteUnusedRuns,
  type Pairing,
  pairWithBaseline,
  requireCommonBlock,
} from '../design/pairing.ts';
import { findOverlapping } from '../design/survey.ts';
import { wordAnswer } from './answer.ts';
import { compareBills } from './bills.ts';
import { auditBills, auditComparisons, auditDesign, auditPrices } from './diagnostics.ts';
import type { CompareFacts } from './extract.ts';
import type { CompareOptions } from './options.ts';
import type { CompareResult, JointCost, JointResult } from './result.ts';
import { wordHeadline } from './wording.ts';

/** All facts → who is better, by how much and how sure. `UserError` when the arms or blocks are not in the data. */
export function analyzeComparison(
  unordered: readonly CompareFacts[],
  options: CompareOptions,
  seed: number,
): Outcome<CompareResult> {
  const ledger = new Ledger();
  const experiment = arrangeExperiment(priceRuns(unordered, options.prices?.table ?? null), options);
  const arms = resolveArms([options.baseline, ...options.candidates], experiment.conditions);
  if (arms.length === 0) throw new UserError('bad-option', 'compare needs a baseline');
  noteUnplanned(experiment, ledger);
  const blocks = arrangeArms(experiment, arms, options);
  const pairings = arms.slice(1).map((_, i) => pairWithBaseline(blocks, arms, i + 1));
  for (const pairing of pairings) requireCommonBlock(pairing, experiment);
  noteUnusedRuns(experiment, arms, pairings, ledger);
  noteMissing(pairings, options.metrics, ledger);

  const overlapping = findOverlapping(experiment.facts);
  const comparisons = judgeFamily(contrastPairings(blocks, pairings, options, seed));
  const headlines = pairings.map((pairing) => wordHeadline(pairing, comparisons));
  const result: CompareResult = {
    headline: headlines[0] as string,
    headlines,
    answers: groupBy(comparisons, ({ candidate }) => candidate).map(wordAnswer),
    blockKeys: options.blockKeys,
    equivalenceFraction: options.equivalenceFraction,
    ...(options.prices === null ? {} : { prices: options.prices.table }),
    comparisons,
    joint: pairings.flatMap(joinMakespanAndResources),
    ...(options.prices === null ? {} : { jointCost: pairings.flatMap(joinMakespanAndCost) }),
    lonelyBlocks: pairings.flatMap((pairing) => pairing.lonelyBlocks),
  };
  return {
    result,
    ledger: ledger.entries(),
    warnings: [
      ...pairings.flatMap((pairing) => auditDesign(pairing, experiment, overlapping, options)),
      ...auditComparisons(result, options.metrics),
      ...auditBills(compareBills(pairings, comparisons)),
      ...auditPrices(
        options.prices,
        experiment.facts.map(({ run }) => run),
      ),
    ],
  };
}

/** Every metric of every pairing; all metrics of one pairing come before those of the next. */
function contrastPairings(
  blocks: readonly MultiArmBlock<Cell<CompareFacts>>[],
  pairings: readonly Pairing[],
  { metrics, equivalenceFraction }: CompareOptions,
  seed: number,
): Unjudged[] {
  const byMetric = metrics.map((metric) => {
    const measured = measureBlocks(blocks, (fact) => figureOf(fact, metric.key));
    return pairings.map((pairing, i) =>
      contrastMetric(pairMeasured(pairing, measured, i + 1), metric, equivalenceFraction, seed),
    );
  });
  return pairings.flatMap((_, i) => byMetric.flatMap((comparisons) => comparisons[i] ?? []));
}

function joinMakespanAndResources(pairing: Pairing): JointResult[] {
  return joinMakespan(pairing, 'resource-usage').map(
    ({ ratio, covariance: [makespan, both, resourceUsage], ...joint }) => ({
      ...joint,
      resourceUsageRatio: ratio,
      covariance: { makespan, both, resourceUsage },
    }),
  );
}

const joinMakespanAndCost = (pairing: Pairing): JointCost[] =>
  joinMakespan(pairing, COST).map(({ ratio, covariance: [makespan, both, cost], ...joint }) => ({
    ...joint,
    costRatio: ratio,
    covariance: { makespan, both, cost },
  }));

/** Makespan and another metric of the same runs; empty where too few runs have both. */
function joinMakespan({ baseline, candidate, blocks }: Pairing, other: string) {
  const strata = blocks
    .map((block) => ({ baseline: pairLogs(block.baseline, other), candidate: pairLogs(block.candidate, other) }))
    .filter((stratum) => stratum.baseline.x.length > 0 && stratum.candidate.x.length > 0);
  const joint = contrastJointly(strata);
  if (!joint) return [];
  return [
    {
      baseline: baseline.label,
      candidate: candidate.label,
      makespanRatio: Math.exp(joint.difference[0]),
      ratio: Math.exp(joint.difference[1]),
      covariance: joint.covariance,
      correlation: joint.correlation,
      degreesOfFreedom: joint.degreesOfFreedom,
      ellipse: traceEllipse(joint).map(([x, y]) => [Math.expm1(x), Math.expm1(y)] as const),
    },
  ];
}

/** Logarithms of both figures, of the runs that have both. */
function pairLogs({ facts }: Cell<CompareFacts>, other: string): PairedSample {
  const [x, y]: [number[], number[]] = [[], []];
  for (const fact of facts) {
    const [makespan, amount] = [figureOf(fact, 'makespan') ?? 0, figureOf(fact, other) ?? 0];
    if (!(makespan > 0 && amount > 0)) continue;
    x.push(Math.log(makespan));
    y.push(Math.log(amount));
  }
  return { x, y };
}
