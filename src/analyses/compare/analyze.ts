import { UserError } from '../../errors.ts';
import { tellConditions } from '../../model/conditions.ts';
import { Ledger } from '../../model/ledger.ts';
import { bySubmission } from '../../model/run-facts.ts';
import { contrastJointly, type PairedSample, traceEllipse } from '../../stats/bivariate.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import type { Outcome } from '../analysis.ts';
import { resolveArms } from './arms.ts';
import { contrastMetric } from './contrast-metric.ts';
import {
  type Cell,
  type Experiment,
  noteMissing,
  noteUnplanned,
  noteUnusedRuns,
  type Pairing,
  pairArms,
  requireCommonBlock,
} from './design.ts';
import { auditComparisons, auditDesign } from './diagnostics.ts';
import type { CompareFacts } from './extract.ts';
import type { CompareOptions } from './options.ts';
import type { CompareResult, Comparison, JointResult } from './result.ts';
import { findOverlapping } from './survey.ts';
import { wordHeadline } from './wording.ts';

/** All facts → who is better, by how much and how sure. `UserError` when the arms or blocks are not in the data. */
export function analyzeComparison(
  unordered: readonly CompareFacts[],
  options: CompareOptions,
  seed: number,
): Outcome<CompareResult> {
  const ledger = new Ledger();
  const experiment = arrange(unordered, options);
  const requests = [options.baseline, ...options.candidates];
  const [baseline, ...candidates] = resolveArms(requests, experiment.conditions);
  if (!baseline) throw new UserError('bad-option', 'compare needs a baseline');
  noteUnplanned(experiment, ledger);
  const pairings = candidates.map((candidate) => pairArms(experiment, baseline, candidate, options));
  for (const pairing of pairings) requireCommonBlock(pairing, experiment);
  noteUnusedRuns(experiment, pairings, ledger);
  noteMissing(pairings, options.metrics, ledger);

  const overlapping = findOverlapping(experiment.facts);
  const comparisons = adjustFamily(pairings.flatMap((pairing) => contrastPairing(pairing, options, seed)));
  const headlines = pairings.map((pairing) => wordHeadline(pairing, comparisons));
  const result: CompareResult = {
    headline: headlines[0] as string,
    headlines,
    blockKeys: options.blockKeys,
    equivalenceFraction: options.equivalenceFraction,
    comparisons,
    joint: pairings.flatMap(joinMakespanAndResources),
    lonelyBlocks: pairings.flatMap((pairing) => pairing.lonelyBlocks),
  };
  return {
    result,
    ledger: ledger.entries(),
    warnings: [
      ...pairings.flatMap((pairing) => auditDesign(pairing, experiment, overlapping, options)),
      ...auditComparisons(result, options.metrics),
    ],
  };
}

function arrange(unordered: readonly CompareFacts[], options: CompareOptions): Experiment {
  const facts = [...unordered].sort(bySubmission);
  const armKeys = [options.baseline, ...options.candidates].flatMap(({ clauses }) => clauses.map(({ key }) => key));
  const conditions = tellConditions(facts, [...armKeys, 'workflow', 'structure', ...options.blockKeys]);
  // Nobody planned the runs without a plan: they say nothing about a planner.
  return {
    facts,
    conditions,
    eligible: conditions.firsts.map(({ run }) => run.traits.planned || options.includeUnplanned),
  };
}

function contrastPairing(pairing: Pairing, options: CompareOptions, seed: number): Comparison[] {
  return options.metrics.map((metric) => contrastMetric(pairing, metric, options.equivalenceFraction, seed));
}

/** Holm over the declared family: all metrics of all candidates. */
function adjustFamily(comparisons: readonly Comparison[]): Comparison[] {
  const adjusted = adjustHolm(comparisons.map(({ overall }) => overall.pValue));
  return comparisons.map((comparison, i) => ({
    ...comparison,
    overall: { ...comparison.overall, pAdjusted: adjusted[i] ?? null },
  }));
}

/** Makespan and resource usage of the same runs. */
function joinMakespanAndResources({ baseline, candidate, blocks }: Pairing): JointResult[] {
  const strata = blocks
    .map((block) => ({ baseline: pairLogs(block.baseline), candidate: pairLogs(block.candidate) }))
    .filter((stratum) => stratum.baseline.x.length > 0 && stratum.candidate.x.length > 0);
  const joint = contrastJointly(strata);
  if (!joint) return [];
  const [makespan, both, resourceUsage] = joint.covariance;
  return [
    {
      baseline: baseline.label,
      candidate: candidate.label,
      makespanRatio: Math.exp(joint.difference[0]),
      resourceUsageRatio: Math.exp(joint.difference[1]),
      covariance: { makespan, both, resourceUsage },
      correlation: joint.correlation,
      degreesOfFreedom: joint.degreesOfFreedom,
      ellipse: traceEllipse(joint).map(([x, y]) => [Math.expm1(x), Math.expm1(y)] as const),
    },
  ];
}

/** Of the runs that have both figures. */
function pairLogs({ facts, amounts }: Cell): PairedSample {
  const { makespan = [], 'resource-usage': resources = [] } = amounts;
  const [x, y]: [number[], number[]] = [[], []];
  for (let i = 0; i < facts.length; i++) {
    const [first, second] = [makespan[i] ?? 0, resources[i] ?? 0];
    if (!(first > 0 && second > 0)) continue;
    x.push(Math.log(first));
    y.push(Math.log(second));
  }
  return { x, y };
}
