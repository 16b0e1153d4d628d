import { expect, test } from 'vitest';
import { wordAnswer } from '../../src/analyses/compare/answer.ts';
import type { Comparison } from '../../src/analyses/design/comparison.ts';

const comparison = (
  metric: string,
  outcome: string,
  [change, low, high]: readonly (number | null)[],
  more: number | null,
) =>
  ({
    baseline: 'uniform',
    candidate: 'non-uniform',
    metric,
    overall: {
      outcome,
      changeFraction: change,
      ciLow: low,
      ciHigh: high,
      additionalRunsFor5Percent: more,
      blockCount: 4,
      difference: { amount: -1 },
    },
  }) as Comparison;

test('says that nothing was measured, rather than nothing', () => {
  const own = comparison('cost', 'inconclusive', [null, null, null], null);
  const unmeasured = { ...own, overall: { ...own.overall, blockCount: 0 } };
  expect(wordAnswer([unmeasured])).toBe('non-uniform against uniform: no block has figures of both');
});

test.each([
  [
    'a multiple, and a question with what to do next',
    [
      comparison('makespan', 'inconclusive', [-0.04, -0.1, 0.02], 7),
      comparison('resource-usage', 'different', [2.8, 1.9, 4], 40),
    ],
    'against uniform, non-uniform costs 3.8 times as much [2.9, 5.0]; whether it is faster cannot be told: about 7 more runs of each arm in each block would show a change of 5 %',
  ],
  [
    'a reduction is told as less, with the bounds in order',
    [comparison('makespan', 'different', [-0.081, -0.11, -0.052], 3)],
    'against uniform, non-uniform takes 8.1 % less time [5.2, 11.0]',
  ],
  [
    'a hint is one, and can be confirmed',
    [comparison('makespan', 'hint', [-0.25, -0.411, -0.045], 35)],
    'against uniform, non-uniform takes 25.0 % less time [4.5, 41.1] (a hint): about 35 more runs of each arm in each block would show a change of 5 %',
  ],
  [
    'what is the same, and metrics without verbs of their own',
    [
      comparison('workers', 'equivalent', [0, null, null], null),
      comparison('cold-starts', 'different', [null, null, null], null),
      comparison('input-wait', 'different', [0.2, 0.1, 0.3], 4),
    ],
    'against uniform, non-uniform has fewer cold starts and has 20.0 % more input wait [10.0, 30.0], and does not change workers',
  ],
  [
    'nothing can be told, without and with any spread',
    [
      comparison('makespan', 'inconclusive', [0.1, null, null], null),
      comparison('execution-time', 'inconclusive', [0.1, -0.01, 0.2], 1),
      comparison('resource-usage', 'inconclusive', [0.01, -0.01, 0.02], 0),
    ],
    'non-uniform against uniform: whether it is faster, whether its execution time differs and whether it is cheaper cannot be told: two runs or ' +
      'more of each arm in every block would tell how many more it takes (makespan); about 1 more run of each arm in each block would show a change of 5 % (execution ' +
      'time); a change of 5 % would have been seen (resource usage)',
  ],
] as const)('%s', (_, comparisons, answer) => {
  expect(wordAnswer(comparisons)).toBe(answer);
});
