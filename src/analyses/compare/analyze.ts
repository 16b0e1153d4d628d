import { UserError } from '../../errors.ts';
import { branchOf } from '../../model/group-by.ts';
import { Ledger } from '../../model/ledger.ts';
import type { Metric } from '../../model/metrics.ts';
import { bySubmission } from '../../model/run-facts.ts';
import { contrastJointly, type PairedSample, traceEllipse } from '../../stats/bivariate.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import type { Outcome } from '../analysis.ts';
import { resolveArms } from './arms.ts';
import { auditComparisons, auditDesign } from './audit.ts';
import { contrastMetric } from './contrast-metric.ts';
import { factsOf, type Member, noteUnusedRuns, type Pairing, pairArms, requireCommonBlock } from './design.ts';
import type { CompareFacts } from './extract.ts';
import type { CompareOptions } from './options.ts';
import type { CompareResult, Comparison, JointResult } from './result.ts';
import { wordHeadline } from './wording.ts';

/** All facts → who is better, by how much and how sure. `UserError` when the arms or blocks are not in the data. */
export function analyzeComparison(
  facts: readonly CompareFacts[],
  options: CompareOptions,
  seed: number,
): Outcome<CompareResult> {
  const ledger = new Ledger();
  const requests = [options.baseline, ...options.candidates];
  const [baseline, ...candidates] = resolveArms(
    requests,
    facts.map((fact) => fact.run),
  );
  if (!baseline) throw new UserError('bad-option', 'compare needs a baseline');
  const planned = keepPlanned([...facts].sort(bySubmission), options, ledger);
  const pairings = candidates.map((candidate) => pairArms(planned, baseline, candidate, options.blockKeys));
  for (const pairing of pairings) requireCommonBlock(pairing, facts.length - planned.length);
  const used = factsOf(pairings);
  noteUnusedRuns(planned, used, pairings, ledger);
  noteMissing(used, options.metrics, ledger);

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
      ...pairings.flatMap((pairing) => auditDesign(pairing, facts, options)),
      ...auditComparisons(result, options.metrics),
    ],
  };
}

/** Nobody planned the runs without a plan: they say nothing about a planner. */
function keepPlanned(facts: readonly CompareFacts[], options: CompareOptions, ledger: Ledger): readonly CompareFacts[] {
  if (options.includeUnplanned) return facts;
  for (const { run } of facts) if (!run.planned) ledger.add('without-plan', 'run', run.origin);
  return facts.filter(({ run }) => run.planned);
}

function noteMissing(facts: ReadonlySet<CompareFacts>, metrics: readonly Metric[], ledger: Ledger): void {
  for (const { key } of metrics) {
    for (const { run, measurements } of facts) {
      const measurement = measurements[key];
      if (typeof measurement === 'string') ledger.add(measurement, 'metric', run.origin, key);
    }
  }
}

function contrastPairing(pairing: Pairing, options: CompareOptions, seed: number): Comparison[] {
  const first = firstPlannedRuns(pairing);
  return options.metrics.map((metric) => contrastMetric(pairing, metric, first, options.equivalenceFraction, seed));
}

/** The first planned run of each workflow, structure and arm: planned with the shortest history. */
function firstPlannedRuns({ members }: Pairing): Set<CompareFacts> {
  const first = new Map<Member['side'], Map<string, Map<string, CompareFacts>>>();
  for (const { side, fact } of members) {
    const { workflow, structure, planned } = fact.run;
    if (!planned) continue;
    const ofWorkflow = branchOf(branchOf(first, side), workflow);
    const known = ofWorkflow.get(structure);
    if (!known || bySubmission(fact, known) < 0) ofWorkflow.set(structure, fact);
  }
  return new Set([...first.values()].flatMap((side) => [...side.values()].flatMap((own) => [...own.values()])));
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
  const sample = (facts: readonly CompareFacts[]): PairedSample => {
    const pairs: [number, number][] = [];
    for (const { measurements } of facts) {
      const { makespan, 'resource-usage': resources } = measurements;
      if (typeof makespan !== 'number' || typeof resources !== 'number') continue;
      if (makespan <= 0 || resources <= 0) continue;
      pairs.push([Math.log(makespan), Math.log(resources)]);
    }
    return pairs;
  };
  const strata = blocks
    .map((block) => ({ baseline: sample(block.baseline), candidate: sample(block.candidate) }))
    .filter((stratum) => stratum.baseline.length > 0 && stratum.candidate.length > 0);
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
