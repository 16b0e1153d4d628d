import { Ledger } from '../../model/ledger.ts';
import type { Metric } from '../../model/metrics.ts';
import { bySubmission } from '../../model/run-facts.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import type { Outcome } from '../analysis.ts';
import { summarizeLevels } from './attainment.ts';
import { contrastLevels, type MetricBlock, traceTrend } from './contrast-levels.ts';
import { formBlocks, type IndexedRun } from './design.ts';
import { auditSla } from './diagnostics.ts';
import type { SlaFacts } from './extract.ts';
import type { SlaOptions } from './options.ts';
import type { SlaResult } from './result.ts';
import { wordVerdict } from './wording.ts';

/** All facts → whether a more conservative SLA helps. */
export function analyzeSla(facts: readonly SlaFacts[], options: SlaOptions, seed: number): Outcome<SlaResult> {
  const ledger = new Ledger();
  const sorted = [...facts].sort(bySubmission);
  const judged = sorted.filter((fact) => isJudged(fact, ledger));
  const percentiles = [...new Set(judged.flatMap(({ sla }) => (typeof sla === 'number' ? [sla] : [])))].sort(
    (a, b) => a - b,
  );
  const blocks = formBlocks(judged);
  const measured = options.metrics.map((metric) => ({ metric, blocks: measureBlocks(blocks, metric, ledger) }));
  const contrasts = measured.flatMap(({ metric, blocks: of }) => contrastLevels(of, metric, percentiles, seed));
  const trends = measured.flatMap(({ metric, blocks: of }) => traceTrend(of, metric, percentiles, seed));
  const result = {
    levels: summarizeLevels(sorted, judged, percentiles, options.metrics),
    contrasts: adjustFamily(contrasts),
    trends: adjustFamily(trends),
    directions: DIRECTIONS,
  };
  return {
    result: { verdict: wordVerdict(result), ...result },
    ledger: ledger.entries(),
    warnings: auditSla(result, blocks),
  };
}

/** The percentile is asked of time per byte for execution, but of speed for transfers. */
const DIRECTIONS = [
  { component: 'execution', higherPercentile: 'more conservative: a longer time per byte is predicted' },
  { component: 'download and upload', higherPercentile: 'more optimistic: a higher speed is predicted' },
];

/** Runs whose planner acted on an SLA. WUKONG's plans hold numbers, but it does not schedule by them. */
function isJudged({ run, sla }: SlaFacts, ledger: Ledger): boolean {
  const reason =
    sla === null
      ? 'without-plan'
      : /^wukong/i.test(run.traits.planner)
        ? `planner-does-not-predict: ${run.traits.planner}`
        : null;
  if (reason !== null) ledger.add(reason, 'run', run.origin);
  return reason === null;
}

/** The runs of percentile SLAs that have a positive figure; what has none goes into the ledger. */
function measureBlocks(blocks: readonly (readonly IndexedRun[])[], metric: Metric, ledger: Ledger): MetricBlock[] {
  return blocks.flatMap((block) => {
    const [percentiles, amounts, runIndices]: [number[], number[], number[]] = [[], [], []];
    for (const { fact, runIndex } of block) {
      const amount = measuredAmount(fact, metric.key);
      if (typeof amount === 'string') ledger.add(amount, 'metric', fact.run.origin, metric.key);
      else if (typeof fact.sla === 'number') {
        percentiles.push(fact.sla);
        amounts.push(amount);
        runIndices.push(runIndex);
      }
    }
    const first = block[0]?.fact.run;
    if (!first || amounts.length === 0) return [];
    const history = `${first.traits.workflow}\n${first.traits.structure}`;
    return [{ history, percentiles, amounts, logs: amounts.map(Math.log), runIndices }];
  });
}

/** A positive figure, or the reason why there is none. */
function measuredAmount({ measurements }: SlaFacts, key: string): number | string {
  const amount = measurements[key] ?? 'not-measured';
  return typeof amount === 'number' && amount <= 0 ? 'zero-has-no-ratio' : amount;
}

function adjustFamily<T extends { readonly pValue: number | null }>(family: readonly T[]): T[] {
  const adjusted = adjustHolm(family.map(({ pValue }) => pValue));
  return family.map((member, i) => ({ ...member, pAdjusted: adjusted[i] ?? null }));
}
