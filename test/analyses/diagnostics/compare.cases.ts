import { analyzeComparison } from '../../../src/analyses/compare/analyze.ts';
import { compareBills } from '../../../src/analyses/compare/bills.ts';
import { auditBills, auditComparisons } from '../../../src/analyses/compare/diagnostics.ts';
import type { CompareFacts } from '../../../src/analyses/compare/extract.ts';
import { parseComparison } from '../../../src/analyses/compare/options.ts';
import { type Case, type CaseTable, CLOCKS, type Facts, lay, plainRun } from './cases.ts';
import { diagnosePricing, PRICE_CASES } from './price-cases.ts';

/** Runs `u` and `n` of the two arms, submitted at a minute each; `traits` and the like are laid over a plain run. */
const u = (minute: number, over: Facts = {}): Facts => ({ minute, planner: 'UniformPlanner', over });
const n = (minute: number, over: Facts = {}): Facts => ({ minute, planner: 'NonUniformPlanner', over });

export function toFacts({ minute, planner, over }: Facts, i: number): CompareFacts {
  const at = (minute as number) * 60_000;
  const run = plainRun({ runId: `r${i}`, submittedAtMs: at, finishedAtMs: at + 30_000, traits: { planner } });
  const makespan = 10_000 + 137 * ((i * 7) % 5);
  return { run: lay(run, over), measurements: { makespan } } as CompareFacts;
}

const design = (runs: readonly Facts[], options: Facts = {}): Facts => ({ runs, options });

const cell = (count: number) => ({ n: count, runs: [] });
/** A metric compared in two blocks of two runs a side; `ns` are the sizes of the cells. */
const metric = (overall: Facts = {}, ns: readonly number[] = [2, 2, 2, 2], candidate = 'n'): Facts => ({
  baseline: 'u',
  candidate,
  metric: 'makespan',
  stat: 'mean',
  quantile: null,
  overall: lay(
    {
      ratio: 1,
      ciLow: -0.1,
      intervalMethod: 'welch',
      pAdjusted: 0.5,
      changeFraction: 0.1,
      ciHigh: 0.3,
      outcome: 'inconclusive',
      withinEquivalence: false,
      allEqual: false,
      blockCount: 2,
      pooledMedianRatio: 1.1,
      permutationExact: true,
      arrangementCount: 1000,
      probabilityCandidateLess: 0.5,
      loss: {
        baseline: { measured: 10, missing: 0 },
        candidate: { measured: 10, missing: 0 },
        pValue: 1,
        worstRankProbability: 0.5,
      },
      sensitivity: { medianRatio: 1.1, meanRatio: 1.1, withoutFirstRuns: { ratio: null } },
    },
    overall,
  ),
  workflows: [
    { workflow: 'gemm', changeFraction: 0.2 },
    { workflow: 'tree', changeFraction: -0.2 },
  ],
  interaction: null,
  pooled: { composition: [], armsWithGap: [] },
  blocks: [
    { baseline: cell(ns[0] ?? 0), candidate: cell(ns[1] ?? 0) },
    { baseline: cell(ns[2] ?? 0), candidate: cell(ns[3] ?? 0) },
  ],
});
const figures = (...comparisons: readonly Facts[]): Facts => ({ comparisons, metricCount: 1 });
/** A metric whose effect differs by workflow as told. */
const differing = (interaction: Facts, overall: Facts = {}): Facts => ({ ...metric(overall), interaction });
/** A metric of which p90 was asked, in two blocks. */
const asked = (quantile: Facts): Facts => ({
  ...metric(),
  stat: 'p90',
  quantile: { blockCount: 2, refusal: null, baseline: { runCount: 40 }, candidate: { runCount: 40 }, ...quantile },
});
/** Changes of recorded resource usage and of the bill, as fractions. */
const bills = (recordedFraction: number, billedFraction: number): Facts => ({ recordedFraction, billedFraction });
const many = (metricCount: number): Facts => ({ comparisons: [metric()], metricCount });

const traits = (own: Facts): Facts => ({ traits: own });
const four = (last: Facts = {}): Facts[] => [u(0), n(1), u(3), n(2, last)];

/** What is held against the design of any comparison of the two arms. */
export const designCases: readonly Case[] = [
  // 7 of 8 pairs have the candidate later (AUC 0.875), against 6 of 8, which is AUC 0.75 and on the threshold.
  {
    code: 'arms-apart-in-time',
    fires: design([u(0), u(1), u(2), u(4), n(3), n(5)]),
    quiet: design([u(0), u(1), u(2), u(4), n(1.5), n(5)]),
  },
  {
    code: 'unbalanced-blocks',
    fires: design([u(0), u(2), u(4), n(1), u(9, traits({ workflow: 'tree' })), n(8, traits({ workflow: 'tree' }))]),
    quiet: design([
      u(0),
      u(2),
      u(4, traits({ workflow: 'tree' })),
      n(1),
      u(9, traits({ workflow: 'tree' })),
      n(8, traits({ workflow: 'tree' })),
    ]),
  },
  {
    code: 'blocks-with-one-arm',
    fires: design([...four(), u(5, traits({ workflow: 'tree' }))]),
    quiet: design([...four(), u(5, traits({ workflow: 'gemm' }))]),
  },
  {
    code: 'unplanned-included',
    fires: design(four(traits({ planned: false })), { includeUnplanned: true }),
    quiet: design(four(traits({ planned: true })), { includeUnplanned: true }),
  },
  {
    code: 'unplanned-left-out',
    fires: design(four(traits({ planned: false }))),
    quiet: design(four(traits({ planned: true }))),
  },
  // Runs last half a minute.
  { code: 'overlapping-runs', fires: design([u(0), n(0.49), u(3), n(2)]), quiet: design([u(0), n(0.5), u(3), n(2)]) },
  {
    code: 'bundled-optimizations',
    fires: design(four(traits({ optimizations: ['PreLoad'] }))),
    quiet: design(four(traits({ optimizations: [] }))),
  },
  {
    code: 'memory-differs',
    fires: design(four(traits({ memory: '1024' }))),
    quiet: design(four(traits({ memory: '512' }))),
  },
  {
    code: 'mixed-engine-versions',
    fires: design([u(0, traits({ resourceMeasure: 'a' })), n(1, traits({ resourceMeasure: 'b' }))]),
    quiet: design([u(0, traits({ resourceMeasure: 'a' })), n(1, traits({ resourceMeasure: 'a' }))]),
  },
  {
    code: 'clock-differences',
    fires: design(four({ negativeGapCount: 1, largestNegativeGapMs: 2 })),
    quiet: design(four({ negativeGapCount: 0, largestNegativeGapMs: 2 })),
  },
  { code: 'clock-offsets', fires: design(four({ clocks: CLOCKS })), quiet: design(four()) },
  {
    code: 'makespan-too-short',
    fires: design(four(traits({ sinkWaitMissing: true }))),
    quiet: design(four(traits({ sinkWaitMissing: true })), { metric: 'execution-time' }),
  },
  {
    code: 'makespan-too-short',
    fires: design(four(traits({ sinkWaitMissing: true }))),
    quiet: design(four(traits({ sinkWaitMissing: false }))),
  },
];

const cases: readonly Case[] = [
  ...designCases,
  {
    code: 'single-run-cells',
    fires: figures(metric({ intervalMethod: 'welch-borrowed' }, [1, 2, 2, 2])),
    quiet: figures(metric({ intervalMethod: 'paired-t' }, [1, 2, 2, 2])),
  },
  {
    code: 'single-run-cells',
    fires: figures(metric({ intervalMethod: 'welch-borrowed' }, [1, 2, 2, 2])),
    quiet: figures(metric({ intervalMethod: 'welch-borrowed' }, [2, 2, 2, 2])),
  },
  { code: 'no-interval', fires: figures(metric({ ciLow: null })), quiet: figures(metric({ ciLow: 0 })) },
  { code: 'zero-figures', fires: figures(metric({ ratio: null })), quiet: figures(metric({ ratio: 1 })) },
  {
    code: 'no-interval',
    fires: figures(metric({ ciLow: null })),
    quiet: figures(metric({ ciLow: null, allEqual: true })),
  },
  {
    code: 'zero-figures',
    fires: figures(metric({ ratio: null })),
    quiet: figures(metric({ ratio: null, allEqual: true })),
  },
  { code: 'not-measured', fires: figures(metric({ blockCount: 0 })), quiet: figures(metric({ blockCount: 1 })) },
  {
    code: 'fewer-blocks',
    fires: figures(metric(), metric({ blockCount: 1 })),
    quiet: figures(metric(), metric({ blockCount: 2 })),
  },
  // Another candidate shares other blocks with the baseline.
  {
    code: 'fewer-blocks',
    fires: figures(metric(), metric({ blockCount: 1 })),
    quiet: figures(metric(), metric({ blockCount: 1 }, [2, 2, 2, 2], 'other')),
  },
  {
    code: 'test-finds-interval-does-not',
    fires: figures(metric({ pAdjusted: 0.0499 })),
    quiet: figures(metric({ pAdjusted: 0.05 })),
  },
  {
    code: 'interval-finds-test-does-not',
    fires: figures(metric({ outcome: 'hint', pAdjusted: 0.05 })),
    quiet: figures(metric({ outcome: 'different', pAdjusted: 0.0499 })),
  },
  {
    code: 'direction-not-robust',
    fires: figures(metric({ sensitivity: { meanRatio: 0.999 } })),
    quiet: figures(metric({ sensitivity: { meanRatio: 1.001 } })),
  },
  // Both within 2 % of no change, one on each side.
  {
    code: 'direction-not-robust',
    fires: figures(metric({ changeFraction: 0.01, sensitivity: { withoutFirstRuns: { ratio: 0.979 } } })),
    quiet: figures(metric({ changeFraction: 0.01, sensitivity: { withoutFirstRuns: { ratio: 0.981 } } })),
  },
  {
    code: 'different-but-small',
    fires: figures(metric({ ciLow: 0.01, pAdjusted: 0, withinEquivalence: true })),
    quiet: figures(metric({ ciLow: 0.01, pAdjusted: 0, withinEquivalence: false })),
  },
  {
    code: 'different-but-small',
    fires: figures(metric({ ciLow: 0.01, withinEquivalence: true })),
    quiet: figures(metric({ ciLow: 0, withinEquivalence: true })),
  },
  {
    code: 'opposite-effects',
    fires: figures(differing({ pValue: 0.0499, opposite: true })),
    quiet: figures(differing({ pValue: 0.05, opposite: true })),
  },
  {
    code: 'opposite-effects',
    fires: figures(differing({ pValue: 0.0499, opposite: true })),
    quiet: figures(differing({ pValue: 0.0499, opposite: false })),
  },
  {
    code: 'speaks-for-these-blocks',
    fires: figures(differing({ pValue: 0.0499, opposite: false }, { intervalMethod: 'paired-t' })),
    quiet: figures(differing({ pValue: 0.05, opposite: false }, { intervalMethod: 'paired-t' })),
  },
  {
    code: 'speaks-for-these-blocks',
    fires: figures(differing({ pValue: 0.0499, opposite: false }, { intervalMethod: 'paired-t' })),
    quiet: figures(differing({ pValue: 0.0499, opposite: false })),
  },
  {
    code: 'unequal-loss',
    fires: figures(metric({ loss: { pValue: 0.0499 } })),
    quiet: figures(metric({ loss: { pValue: 0.05 } })),
  },
  // The interval reaches from −10 % to +30 %.
  {
    code: 'pooled-medians-mislead',
    fires: figures(metric({ pooledMedianRatio: 1.31 })),
    quiet: figures(metric({ pooledMedianRatio: 1.29 })),
  },
  {
    code: 'pooled-medians-mislead',
    fires: figures(metric({ pooledMedianRatio: 0.999 })),
    quiet: figures(metric({ pooledMedianRatio: 1.001 })),
  },
  // Both within 2 % of no change, one on each side.
  {
    code: 'pooled-medians-mislead',
    fires: figures(metric({ changeFraction: 0.01, pooledMedianRatio: 0.979 })),
    quiet: figures(metric({ changeFraction: 0.01, pooledMedianRatio: 0.981 })),
  },
  {
    code: 'too-few-for-quantile',
    fires: figures(asked({ refusal: { reason: 'too-few', count: 31, fewest: 36 } })),
    quiet: figures(asked({})),
  },
  {
    code: 'shallow-cells',
    fires: figures(asked({ refusal: { reason: 'shallow-cells', count: 3, fewest: 12 } })),
    quiet: figures(asked({ refusal: { reason: 'too-few', count: 31, fewest: 36 } })),
  },
  {
    code: 'blocks-without-quantile',
    fires: figures(asked({ blockCount: 1 })),
    quiet: figures(asked({ blockCount: 2 })),
  },
  // 9 runs in two blocks: 4.5 a cell.
  {
    code: 'quantile-of-small-cells',
    fires: figures(asked({ candidate: { runCount: 9 } })),
    quiet: figures(asked({ candidate: { runCount: 10 } })),
  },
  { code: 'large-family', fires: many(7), quiet: many(6) },
  ...PRICE_CASES,
  { code: 'bill-differs-from-record', fires: bills(0.021, -0.021), quiet: bills(0.021, 0.021) },
  { code: 'bill-differs-from-record', fires: bills(0.021, -0.021), quiet: bills(0.02, -0.021) },
  { code: 'bill-differs-from-record', fires: bills(0.021, -0.021), quiet: bills(0.021, -0.02) },
];

/** One block of two runs a side, both with a bill of a dollar. */
function diagnoseBills({ recordedFraction, billedFraction }: Facts) {
  const bill = { executionUsd: 1, startupUsd: 0, prewarmUsd: 0, requestsUsd: 0, totalUsd: 1 };
  const side = { facts: [1, 2].map(() => ({ bill, measurements: { cost: 1, 'resource-usage': 1 } })) };
  const pairing = {
    baseline: { label: 'u' },
    candidate: { label: 'n' },
    blocks: [{ baseline: side, candidate: side }],
  };
  const changed = (metric: string, changeFraction: unknown) => ({
    metric,
    baseline: 'u',
    candidate: 'n',
    overall: { changeFraction },
  });
  const comparisons = [changed('resource-usage', recordedFraction), changed('cost', billedFraction)];
  return auditBills(compareBills([pairing] as never, comparisons as never));
}

function diagnose(facts: Facts) {
  const { runs, options, comparisons, metricCount } = facts;
  if ('prices' in facts) return diagnosePricing(facts);
  if ('billedFraction' in facts) return diagnoseBills(facts);
  if (runs) {
    const { metric: asked = 'makespan', ...others } = options as Facts;
    const raw = { arguments: ['uniform', 'non-uniform'], options: { metric: [asked], ...others } };
    return analyzeComparison((runs as Facts[]).map(toFacts), parseComparison(raw as never), 1).warnings;
  }
  const result = { comparisons, equivalenceFraction: 0.02 };
  return auditComparisons(result as never, Array.from({ length: metricCount as number }) as never);
}

export const compare: CaseTable = { analysis: 'compare', diagnose, cases };
