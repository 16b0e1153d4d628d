import { analyzeRanking } from '../../../src/analyses/rank/analyze.ts';
import { auditRanking } from '../../../src/analyses/rank/diagnostics.ts';
import type { RankFacts } from '../../../src/analyses/rank/extract.ts';
import { parseRanking } from '../../../src/analyses/rank/options.ts';
import { type Case, type CaseTable, CLOCKS, type Facts, lay, plainRun } from './cases.ts';
import { diagnosePricing, PRICE_CASES } from './price-cases.ts';

/** A run of a planner, submitted at a minute; `over` is laid over a plain run. */
const run = (planner: string, minute: number, over: Facts = {}): Facts => ({ planner, minute, over });
const traits = (own: Facts): Facts => ({ traits: own });

function toFacts({ planner, minute, over }: Facts, i: number): RankFacts {
  const at = (minute as number) * 60_000;
  const plain = plainRun({ runId: `r${i}`, submittedAtMs: at, finishedAtMs: at + 30_000, traits: { planner } });
  const makespan = 10_000 + 137 * ((i * 7) % 5);
  return {
    run: lay(plain, over),
    measurements: { makespan, 'resource-usage': 2 + ((i * 3) % 5), cost: 2 + ((i * 3) % 5) },
    predictedMakespanMs: null,
  } as RankFacts;
}

/** Runs of three planners a, b and c in one block, interleaved. */
const six = (last: Facts = {}): Facts[] => [
  run('a', 0),
  run('b', 1),
  run('c', 2),
  run('c', 3),
  run('b', 4),
  run('a', 5, last),
];
const design = (runs: readonly Facts[], options: Facts = {}): Facts => ({ runs, options });
const tree = traits({ workflow: 'tree' });
const withOptimizations = (...optimizations: readonly string[]) => traits({ optimizations });

/** One arm's figures for one metric. */
const figure = (over: Facts = {}): unknown =>
  lay(
    {
      level: 10,
      unit: 'ms',
      blockCount: 2,
      measuredCount: 10,
      changeFromBestFraction: 0.1,
      ciLow: -0.1,
      ciHigh: 0.3,
      pAdjusted: 0.5,
      regretMeanFraction: 0.1,
      regretCorrected: 0.05,
    },
    over,
  );
const BEST = { changeFromBestFraction: 0, ciLow: null, ciHigh: null, pAdjusted: null };
/** The makespans of two arms, of which the first is the best, in two blocks that both share. */
const figures = (first: Facts, second: Facts, over: Facts = {}): Facts => ({
  result: lay(
    {
      blockCount: 2,
      arms: [
        { label: 'a', runCount: 10, metrics: { makespan: figure({ ...BEST, ...first }) } },
        { label: 'b', runCount: 10, metrics: { makespan: figure(second) } },
      ],
    },
    over,
  ),
});

/** Two arms that were ranked by their p90, in two blocks of 20 runs of each. */
const asked = (quantile: Facts, runCount = 40): Facts =>
  figures(
    { quantileRunCount: 40 },
    { quantileRunCount: runCount },
    {
      stat: 'p90',
      quantiles: { makespan: { blockCount: 2, refusal: null, ...quantile } },
    },
  );

/** The arms of a 2 × 2 or 3 × 2, in one block; all `-opt` ones have the same optimization. */
const optimized = (...planners: readonly string[]): Facts[] =>
  [...planners, ...planners].flatMap((planner, i) => [
    run(`${planner}Planner`, 2 * i),
    run(`${planner}Planner-opt`, 2 * i + 1, withOptimizations('PreLoad')),
  ]);

const cases: readonly Case[] = [
  ...PRICE_CASES,
  {
    code: 'too-few-for-quantile',
    fires: asked({ refusal: { reason: 'too-few', count: 31, fewest: 36 } }),
    quiet: asked({}),
  },
  {
    code: 'shallow-cells',
    fires: asked({ refusal: { reason: 'shallow-cells', count: 3, fewest: 12 } }),
    quiet: asked({ refusal: { reason: 'too-few', count: 31, fewest: 36 } }),
  },
  { code: 'blocks-without-quantile', fires: asked({ blockCount: 1 }), quiet: asked({ blockCount: 2 }) },
  // 9 runs in two blocks: 4.5 a cell.
  { code: 'quantile-of-small-cells', fires: asked({}, 9), quiet: asked({}, 10) },
  {
    code: 'arms-never-met',
    fires: design([...six(), run('d', 6, tree), run('d', 7, tree)]),
    quiet: design([...six(), run('d', 6), run('d', 7)]),
  },
  {
    code: 'blocks-without-all-arms',
    fires: design([...six(), run('a', 6, tree), run('b', 7, tree)]),
    quiet: design([...six(), run('a', 6), run('b', 7)]),
  },
  // All of a before all of b (AUC 1) against three of four pairs (0.75), on the threshold.
  {
    code: 'arms-apart-in-time',
    fires: design([run('a', 0), run('a', 1), run('b', 2), run('b', 3)]),
    quiet: design([run('a', 0), run('a', 2), run('b', 1), run('b', 3)]),
  },
  {
    code: 'unbalanced-blocks',
    fires: design([...six(), run('b', 6), run('a', 7), run('b', 2.5), run('b', 2.6), run('b', 2.7)]),
    quiet: design([...six(), run('b', 6), run('a', 7), run('b', 2.5), run('a', 2.6), run('c', 2.7)]),
  },
  {
    code: 'unplanned-left-out',
    fires: design([...six(), run('a', 6, traits({ planned: false }))]),
    quiet: design([...six(), run('a', 6, traits({ planned: true }))]),
  },
  {
    code: 'unplanned-included',
    fires: design([...six(), run('a', 6, traits({ planned: false }))], { includeUnplanned: true }),
    quiet: design([...six(), run('a', 6, traits({ planned: true }))], { includeUnplanned: true }),
  },
  {
    code: 'overlapping-runs',
    fires: design(six({ submittedAtMs: 4 * 60_000 + 29_999 })),
    quiet: design(six({ submittedAtMs: 4 * 60_000 + 30_000 })),
  },
  {
    code: 'aliased-optimizations',
    fires: design(six(withOptimizations('PreLoad', 'PreWarm'))),
    quiet: design(six(withOptimizations('PreLoad'))),
  },
  {
    code: 'factorial-needs-two-planners',
    fires: design(optimized('A', 'B', 'C')),
    quiet: design(
      optimized('A', 'B', 'C').map((each) => (each['planner'] === 'CPlanner' ? { ...each, planner: 'D' } : each)),
    ),
  },
  {
    code: 'memory-differs',
    fires: design(six(traits({ memory: '512+1024' }))),
    quiet: design(six(traits({ memory: '512' }))),
  },
  {
    code: 'mixed-engine-versions',
    fires: design([
      run('a', 0, traits({ resourceMeasure: 'byte-seconds' })),
      ...six(traits({ resourceMeasure: 'gb-seconds' })),
    ]),
    quiet: design([
      run('a', 0, traits({ resourceMeasure: 'byte-seconds' })),
      ...six(traits({ resourceMeasure: 'byte-seconds' })),
    ]),
  },
  {
    code: 'clock-differences',
    fires: design(six({ negativeGapCount: 1, largestNegativeGapMs: 3 })),
    quiet: design(six({ negativeGapCount: 0, largestNegativeGapMs: 3 })),
  },
  { code: 'clock-offsets', fires: design(six({ clocks: CLOCKS })), quiet: design(six()) },
  {
    code: 'makespan-too-short',
    fires: design(six(traits({ sinkWaitMissing: true }))),
    quiet: design(six(traits({ sinkWaitMissing: false }))),
  },
  {
    code: 'not-measured',
    fires: figures({ blockCount: 0 }, { level: null }),
    quiet: figures({ blockCount: 1 }, { level: null }),
  },
  {
    code: 'zero-figures',
    fires: figures({ level: null }, { level: null }),
    quiet: figures({ level: 10 }, { level: null }),
  },
  { code: 'fewer-blocks', fires: figures({ blockCount: 1 }, {}), quiet: figures({ blockCount: 2 }, {}) },
  // Fisher's exact p: 5 of 10 lost against none 0.033, twice that for two arms; 6 of 10 against none 0.011.
  {
    code: 'unequal-loss',
    fires: figures({}, { measuredCount: 4 }),
    quiet: figures({}, { measuredCount: 5 }),
  },
  {
    code: 'interval-finds-test-does-not',
    fires: figures({}, { ciLow: 0.01, pAdjusted: 0.05 }),
    quiet: figures({}, { ciLow: 0.01, pAdjusted: 0.049 }),
  },
  {
    code: 'interval-finds-test-does-not',
    fires: figures({}, { ciLow: 0.01 }),
    quiet: figures({}, { ciLow: 0 }),
  },
  { code: 'no-interval', fires: figures({}, { ciLow: null }), quiet: figures({}, { ciLow: -0.1 }) },
  {
    code: 'regret-not-corrected',
    fires: figures({}, { regretCorrected: null }),
    quiet: figures({}, { regretCorrected: 0 }),
  },
  {
    code: 'large-family',
    fires: { ...figures({}, {}), pairCount: 501 },
    quiet: { ...figures({}, {}), pairCount: 500 },
  },
];

export const rank: CaseTable = {
  analysis: 'rank',
  diagnose: (facts) => {
    if ('prices' in facts) return diagnosePricing(facts);
    if ('runs' in facts) {
      const options = { metric: ['makespan'], ...(facts['options'] as Facts) } as Record<string, string[] | boolean>;
      const runs = (facts['runs'] as Facts[]).map(toFacts);
      return analyzeRanking(runs, parseRanking({ arguments: [], options }), 1).warnings;
    }
    const { metrics } = parseRanking({ arguments: [], options: { metric: ['makespan'] } });
    const pairs = Array.from({ length: (facts['pairCount'] as number | undefined) ?? 1 }, () => ({}));
    return auditRanking(facts['result'] as never, metrics, [pairs] as never);
  },
  cases,
};
