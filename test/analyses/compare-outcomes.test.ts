import { expect, test } from 'vitest';
import { analyzeComparison } from '../../src/analyses/compare/analyze.ts';
import type { CompareFacts } from '../../src/analyses/compare/extract.ts';
import { gateQuantities } from '../../src/analyses/compare/gates.ts';
import { parseComparison } from '../../src/analyses/compare/options.ts';
import { viewComparison } from '../../src/analyses/compare/view.ts';
import { type Evidence, judgeContrast } from '../../src/analyses/design/outcome.ts';
import { judgeGates, parseGate } from '../../src/analyses/gate.ts';
import { createNormal, createRandom } from '../../src/stats/random.ts';
import { plainRun } from './diagnostics/cases.ts';

interface Runs {
  readonly planner: 'UniformPlanner' | 'NonUniformPlanner';
  readonly workflow?: string;
  readonly sla?: string;
  /** Makespans in ms; a text is the reason why there is none. */
  readonly amounts: readonly (number | string)[];
}

const U = { planner: 'UniformPlanner' } as const;
const N = { planner: 'NonUniformPlanner' } as const;

function compare(...groups: readonly Runs[]) {
  let minute = 0;
  const facts = groups.flatMap(({ planner, workflow = 'gemm', sla = 'p50', amounts }) =>
    amounts.map((makespan): CompareFacts => {
      const submittedAtMs = 60_000 * minute++;
      const traits = { planner, workflow, sla };
      const run = plainRun({ runId: `r${minute}`, submittedAtMs, finishedAtMs: submittedAtMs + 1, traits });
      return { run, measurements: { makespan } } as CompareFacts;
    }),
  );
  const raw = { arguments: ['uniform', 'non-uniform'], options: { metric: ['makespan'] } };
  const outcome = analyzeComparison(facts, parseComparison(raw), 1);
  const [comparison] = outcome.result.comparisons;
  if (!comparison) throw new Error('no comparison');
  const judge = (gate: string) => judgeGates([parseGate(gate)], gateQuantities(outcome.result))[0];
  return { ...comparison, outcome, judge, codes: outcome.warnings.map(({ code }) => code) };
}

const FASTER: Evidence = { low: -0.2, high: -0.1, pAdjusted: 0.01, withinMargin: false };

test.each([
  ['different', FASTER],
  ['different', { ...FASTER, low: 0.1, high: 0.2 }],
  ['hint', { ...FASTER, pAdjusted: 0.05 }],
  ['hint', { ...FASTER, pAdjusted: null }],
  // The margin does not make a change that is told apart from none equivalent.
  ['different', { ...FASTER, withinMargin: true }],
  ['hint', { ...FASTER, pAdjusted: 0.2, withinMargin: true }],
  ['equivalent', { ...FASTER, high: 0.1, withinMargin: true }],
  ['inconclusive', { ...FASTER, high: 0.1 }],
  ['inconclusive', { ...FASTER, low: null, high: null }],
  ['equivalent', { ...FASTER, low: null, high: null, withinMargin: true }],
] as const)('%s: %j', (outcome, evidence) => {
  expect(judgeContrast(evidence)).toBe(outcome);
});

test('a change that four runs a side cannot confirm is a hint, in headline, table and CSV, and decides no gate', () => {
  // The smallest p of 2 against 2 runs in one block is 2 in 6.
  const { outcome, overall, judge, codes } = compare({ ...U, amounts: [1000, 1010] }, { ...N, amounts: [500, 505] });
  expect(overall).toMatchObject({ outcome: 'hint', intervalMethod: 'welch', permutationExact: true });
  expect(codes).toContain('interval-finds-test-does-not');
  expect(outcome.warnings.map(({ message }) => message).join('\n')).toContain(
    'cannot with so few runs (6 arrangements)',
  );
  expect(outcome.result.headline).toContain('(a hint)');
  const view = viewComparison(outcome, { showBlocks: false });
  expect(view.tables[0]?.rows[0]?.['verdict']).toMatchObject({ text: 'faster (hint)' });
  expect([...view.records.rows][0]).toMatchObject({
    scope: 'overall',
    outcome: 'hint',
    levelCandidate: expect.any(Number),
  });
  for (const gate of ['makespan<-10%', 'makespan>+5%']) {
    expect(judge(gate)).toMatchObject({ verdict: 'undecided', reason: expect.stringContaining('does not confirm') });
  }
});

test('the same change in more runs is different, and trips the gate', () => {
  const { overall, judge } = compare(
    { ...U, amounts: [1000, 1010, 1005, 1002, 998] },
    { ...N, amounts: [500, 505, 503, 501, 499] },
  );
  expect(overall.outcome).toBe('different');
  expect(judge('makespan<-10%')).toMatchObject({ verdict: 'tripped', reason: null });
  expect(judge('makespan>+5%')).toMatchObject({ verdict: 'passed', reason: null });
});

test('runs that are all equal have not changed, pass gates, and nothing speaks of an interval', () => {
  const { outcome, overall, judge } = compare(
    { ...U, amounts: [7, 7, 7] },
    { ...N, amounts: [7, 7] },
    { ...U, sla: 'p90', amounts: [0, 0] },
    { ...N, sla: 'p90', amounts: [0] },
  );
  expect(overall).toMatchObject({ outcome: 'equivalent', allEqual: true, ciLow: null });
  expect(outcome.result.headline).toContain('makespan no change (all equal)');
  expect(judge('makespan>+5%')?.verdict).toBe('passed');
  expect(outcome.warnings.map(({ code }) => code)).not.toContain('no-interval');
  expect(outcome.warnings.map(({ code }) => code)).not.toContain('zero-figures');
});

test('one run a side that happen to be equal are no proof of no change', () => {
  const { overall, judge } = compare({ ...U, amounts: [7] }, { ...N, amounts: [7] });
  expect(overall).toMatchObject({ outcome: 'inconclusive', allEqual: false });
  expect(judge('makespan>+5%')).toMatchObject({ verdict: 'undecided', reason: 'there is no interval' });
});

test('runs of one mean are not called equal unless they are', () => {
  // The geometric mean of 1000 and 4000 is 2000.
  const { outcome, blocks } = compare({ ...U, amounts: [1000, 4000] }, { ...N, amounts: [2000] });
  expect(blocks[0]).toMatchObject({ allEqual: false, ciLow: null });
  expect(blocks[0]?.changeFraction).toBeCloseTo(0, 12);
  const { tables } = viewComparison(outcome, { showBlocks: true });
  expect(tables.at(-1)?.rows[0]?.['makespan']).toMatchObject({ text: '0.0 ~' });
});

test('medians over all runs of a short and a long workflow mislead when one run is missing, and the reason is told', () => {
  const normal = createNormal(createRandom(7));
  const around = (ms: number, count: number) => Array.from({ length: count }, () => ms * Math.exp(0.05 * normal()));
  const { outcome, overall, pooled } = compare(
    { ...U, workflow: 'short', amounts: around(1000, 60) },
    { ...U, workflow: 'long', amounts: around(9000, 60) },
    { ...N, workflow: 'short', amounts: around(1000, 60) },
    { ...N, workflow: 'long', amounts: around(9000, 59) },
  );
  expect(overall.outcome).not.toBe('different');
  expect(overall.pooledMedianRatio).toBeLessThan(0.3);
  expect(pooled.armsWithGap).toEqual(['baseline']);
  const [warning] = outcome.warnings.filter(({ code }) => code === 'pooled-medians-mislead');
  expect(warning?.message).toContain('the median of uniform lies in a gap');
});

test('a mix of workflows that differs is the reason, too', () => {
  const { outcome, pooled } = compare(
    { ...U, workflow: 'short', amounts: [1000, 1010, 1020] },
    { ...U, workflow: 'long', amounts: [9000] },
    { ...N, workflow: 'short', amounts: [1000] },
    { ...N, workflow: 'long', amounts: [9000, 9010, 9020] },
  );
  expect(pooled.composition).toEqual([
    { workflow: 'long', shareBaseline: 0.25, shareCandidate: 0.75 },
    { workflow: 'short', shareBaseline: 0.75, shareCandidate: 0.25 },
  ]);
  const [warning] = outcome.warnings.filter(({ code }) => code === 'pooled-medians-mislead');
  expect(warning?.message).toContain('long is 75 % of non-uniform, 25 % of uniform');
});

test('failed runs count against their arm as the slowest, and the headline counts the others', () => {
  const failed = (count: number) => Array<string>(count).fill('sink-without-metrics');
  const { outcome, overall, codes } = compare(
    { ...U, amounts: [100, 110, 120, 130, 140, 150] },
    { ...N, amounts: [90, 95, ...failed(6)] },
  );
  // By hand: without the failed ones the candidate always wins; with them 2 of its 8 runs do. Fisher: scipy 1.17.1, fisher_exact([[6, 0], [2, 6]]).
  expect(overall.probabilityCandidateLess).toBe(1);
  expect(overall.loss).toMatchObject({
    baseline: { measured: 6, missing: 0 },
    candidate: { measured: 2, missing: 6 },
    worstRankProbability: 0.25,
  });
  expect(overall.loss.pValue).toBeCloseTo(0.009657009657009656, 12);
  expect(codes).toContain('unequal-loss');
  expect(outcome.result.headline).toMatch(/1 block, 2 vs 6 runs$/);
});

test('effects of different sign by workflow are told, and which', () => {
  const { outcome, workflows, interaction } = compare(
    ...['p50', 'p75', 'p90'].flatMap((sla, i) => [
      { ...U, workflow: 'gemm', sla, amounts: [1000] },
      { ...N, workflow: 'gemm', sla, amounts: [1500 + 10 * i] },
      { ...U, workflow: 'tree', sla, amounts: [1000] },
      { ...N, workflow: 'tree', sla, amounts: [650 + 10 * i] },
    ]),
  );
  expect(workflows.map(({ workflow, blockCount }) => [workflow, blockCount])).toEqual([
    ['gemm', 3],
    ['tree', 3],
  ]);
  expect(interaction).toMatchObject({ opposite: true, degreesOfFreedom: [1, 4] });
  const [warning] = outcome.warnings.filter(({ code }) => code === 'opposite-effects');
  expect(warning?.message).toMatch(/gemm \+51\.0 %, tree \u221234\.0 %; p < 0\.001/);
});

test.each([
  ['the same sign', { gemm: [1500, 1510], tree: [1100, 1120] }, false],
  ['the same sign of means, whatever a block says', { gemm: [1600, 900], tree: [1500, 1400] }, false],
  ['different signs of means, whatever p', { gemm: [1300, 850], tree: [700, 1150] }, true],
] as const)('effects are opposite by the means of workflows: %s', (_, makespans, opposite) => {
  const { interaction } = compare(
    ...(['gemm', 'tree'] as const).flatMap((workflow) =>
      makespans[workflow].flatMap((makespan, i) => [
        { ...U, workflow, sla: `p${50 + i}`, amounts: [1000] },
        { ...N, workflow, sla: `p${50 + i}`, amounts: [makespan] },
      ]),
    ),
  );
  expect(interaction?.opposite).toBe(opposite);
  if (opposite) expect(interaction?.pValue).toBeGreaterThan(0.05);
});
