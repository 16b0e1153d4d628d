import { priceRuns } from '../../cost/price-runs.ts';
import { UserError } from '../../errors.ts';
import { Ledger } from '../../model/ledger.ts';
import type { Metric } from '../../model/metrics.ts';
import type { Sla } from '../../model/run.ts';
import { bySubmission } from '../../model/run-facts.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import type { Outcome } from '../analysis.ts';
import { type Block, type Cell, isEmpty } from '../design/blocks.ts';
import { measureBlocks } from '../design/cells.ts';
import { isConfirmed } from '../design/outcome.ts';
import { summarizeLevels } from './attainment.ts';
import { contrastLevels, type LevelBlock, traceTrend } from './contrast-levels.ts';
import { arrangeSlas, type IndexedRun, indexRuns, runsOf } from './design.ts';
import { auditPrices, auditSla } from './diagnostics.ts';
import type { SlaFacts } from './extract.ts';
import type { SlaOptions } from './options.ts';
import type { SlaOutcome, SlaResult } from './result.ts';
import { wordVerdict } from './wording.ts';

/** All facts → whether a more conservative SLA helps. */
export function analyzeSla(facts: readonly SlaFacts[], options: SlaOptions, seed: number): Outcome<SlaResult> {
  const ledger = new Ledger();
  const sorted = priceRuns(facts, options.prices?.table ?? null).sort(bySubmission);
  const judged = sorted.filter((fact) => isJudged(fact, ledger));
  const percentiles = [...new Set(judged.flatMap(({ sla }) => (typeof sla === 'number' ? [sla] : [])))].sort(
    (a, b) => a - b,
  );
  const levels: Sla[] = ['average', ...percentiles];
  if (levels.length > MOST_LEVELS) throw tooManyLevels(levels.length);
  const histories = indexRuns(judged);
  const blocks = arrangeSlas(histories, levels);
  for (const metric of options.metrics) noteMissing(blocks, metric, ledger);
  const measured = options.metrics.map((metric) => ({ metric, blocks: measureLevels(blocks, metric) }));
  const contrasts = measured.flatMap(({ metric, blocks: of }) => contrastLevels(of, metric, percentiles));
  const trends = measured.flatMap(({ metric, blocks: of }) => traceTrend(of, metric, percentiles, seed));
  const result = {
    levels: summarizeLevels(sorted, judged, levels, options.metrics),
    contrasts: adjustFamily(contrasts),
    trends: adjustFamily(trends),
    directions: DIRECTIONS,
    ...(options.prices === null ? {} : { prices: options.prices.table }),
  };
  return {
    result: { verdict: wordVerdict(result), ...result },
    ledger: ledger.entries(),
    warnings: [
      ...auditSla(result, histories),
      ...auditPrices(
        options.prices,
        judged.map(({ run }) => run),
      ),
    ],
  };
}

/** SLAs at most: each whole percentile and the average. All are held against each other at once, in time with the cube of their count. */
const MOST_LEVELS = 100;

const tooManyLevels = (count: number): UserError =>
  new UserError('too-large', `There are ${count} SLAs, and wfa sla holds at most ${MOST_LEVELS} against each other.`, {
    hint: 'Name those to compare: --sla p50 --sla p90',
  });

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

/** Notes every run without a positive figure. */
function noteMissing(blocks: readonly Block<Cell<IndexedRun>>[], { key }: Metric, ledger: Ledger): void {
  for (const block of blocks) {
    for (const { fact } of runsOf(block)) {
      const amount = measuredAmount(fact.fact, key);
      if (typeof amount === 'string') ledger.add(amount, 'metric', fact.run.origin, key);
    }
  }
}

/** The runs of percentile SLAs that have a positive figure; blocks without any are left out. */
function measureLevels(blocks: readonly Block<Cell<IndexedRun>>[], { key }: Metric): LevelBlock[] {
  const ofPercentiles = blocks.map((block) => ({ ...block, cells: block.cells.slice(1) }));
  const measured = measureBlocks(ofPercentiles, ({ fact }) => {
    const amount = measuredAmount(fact, key);
    return typeof amount === 'number' ? amount : null;
  });
  return measured.filter(({ cells }) => !cells.every(isEmpty));
}

/** A positive figure, or the reason why there is none. */
function measuredAmount({ measurements }: SlaFacts, key: string): number | string {
  const amount = measurements[key] ?? 'not-measured';
  return typeof amount === 'number' && amount <= 0 ? 'zero-has-no-ratio' : amount;
}

/** Holm over all levels and metrics; an interval that excludes no change and is not confirmed so is a hint. */
function adjustFamily<T extends { readonly pValue: number | null; readonly outcome: SlaOutcome }>(
  family: readonly T[],
): T[] {
  const adjusted = adjustHolm(family.map(({ pValue }) => pValue));
  return family.map((member, i) => {
    const pAdjusted = adjusted[i] ?? null;
    const outcome = member.outcome === 'different' && !isConfirmed(pAdjusted) ? 'hint' : member.outcome;
    return { ...member, pAdjusted, outcome };
  });
}
