import { describe, expect, test } from 'vitest';
import { wordHeadline as wordComparison, wordRange } from '../../src/analyses/compare/wording.ts';
import type { PlannerPrewarm, PrewarmResult } from '../../src/analyses/prewarm/result.ts';
import { wordHeadline as wordPrewarms } from '../../src/analyses/prewarm/wording.ts';
import type { PlannerTaskdup, TaskdupResult } from '../../src/analyses/taskdup/result.ts';
import { wordHeadline as wordDuplicates } from '../../src/analyses/taskdup/wording.ts';

const prewarms = (figures: Partial<PlannerPrewarm>): string =>
  wordPrewarms({
    runCount: 3,
    planners: [
      {
        planner: 'UniformPlanner-opt',
        launchedCount: 4,
        recordedCount: 4,
        eventCount: 4,
        warmCount: 3,
        warmFractionWithout: 0.5,
        unusedCount: 1,
        idleGbSeconds: 10,
        unusedGbSeconds: 2,
        savedMs: null,
        ...figures,
      },
    ],
  } as unknown as PrewarmResult);

const saved = (estimate: number, ciLow: number | null, ciHigh: number | null) => ({
  savedMs: { estimate, ciLow, ciHigh, degreesOfFreedom: 3 },
});

describe('whether prewarming helped is claimed only where the interval says so', () => {
  test.each([
    [
      'above 0',
      saved(800, 600, 1000),
      'prewarming shortened start-ups: warm ones 0.800 s [0.600, 1.00] shorter than cold ones',
    ],
    ['around 0', saved(100, -200, 400), 'warm start-ups 0.100 s [−0.200, 0.400] shorter than cold ones (cannot tell)'],
    ['below 0', saved(-300, -500, -100), 'did not help: warm start-ups 0.300 s [0.100, 0.500] longer than cold ones'],
    ['without interval', saved(100, null, null), 'warm start-ups 0.100 s (no interval) shorter than cold ones'],
    ['without cold starts', {}, 'whether start-ups became shorter cannot be told'],
    ['never warm', { warmCount: 0 }, 'did not help: no prewarmed worker started warm'],
  ])('%s', (_, figures, words) => {
    expect(prewarms(figures)).toContain(`uniform-opt: ${words}`);
    expect(prewarms(figures)).toContain('cost: 12.0 GB-s of waiting containers, 1 unused');
  });
});

const duplicates = (figures: Partial<PlannerTaskdup>): string =>
  wordDuplicates({
    runCount: 3,
    duplicationCount: 5,
    planners: [
      {
        planner: 'UniformPlanner-opt',
        duplicationCount: 5,
        duplicateUsedCount: 4,
        aheadCount: 0,
        unknownCount: 0,
        originalMissingCount: 0,
        medianReadyLagUsedMs: 2200,
        medianReadyLagWithoutMs: null,
        ...figures,
      },
    ],
  } as unknown as TaskdupResult);

describe('that duplicates never helped is said only where every original is known to have been there', () => {
  test.each([
    [{}, 'never helped: 4 of 5 duplicates used, and the original was there before every such task began'],
    [{ duplicateUsedCount: 0, medianReadyLagUsedMs: null }, 'never helped: none of 5 duplicates was used'],
    [{ aheadCount: 2 }, 'helped in 2 of 5 duplicates: the task began before the original was there; 4 used'],
    [{ originalMissingCount: 1 }, 'not known to have helped: 4 of 5 duplicates used, of 1 it is not recorded'],
    [{ unknownCount: 1 }, 'not known to have helped: 4 of 5 duplicates used, of 1 it is not recorded'],
  ])('%j', (figures, words) => {
    expect(duplicates(figures)).toContain(`uniform-opt: ${words}`);
  });

  test('what tasks waited is said beside it', () => {
    expect(duplicates({})).toContain('tasks with a used duplicate waited 2.20 s after their last input (median)');
    expect(duplicates({ medianReadyLagWithoutMs: 200 })).toContain('(median, 0.200 s without one)');
  });
});

describe('the headline of a comparison counts what was measured', () => {
  const of = (
    metric: string,
    runCountCandidate: number,
    runCountBaseline: number,
    blockCount: number,
    over: object = {},
  ) => ({
    baseline: 'a',
    candidate: 'b',
    metric,
    quantile: null,
    overall: {
      changeFraction: 0.1,
      ciLow: 0.05,
      ciHigh: 0.15,
      outcome: 'different',
      runCountCandidate,
      runCountBaseline,
      blockCount,
    },
    ...over,
  });
  const block = (workflow: string) => ({ baseline: { facts: [{ run: { traits: { workflow } } }] } });
  const say = (workflows: readonly string[], ...comparisons: readonly object[]) =>
    wordComparison(
      { baseline: { label: 'a' }, candidate: { label: 'b' }, blocks: workflows.map(block) } as never,
      comparisons as never,
    );

  test.each([
    ['1 workflow, 1 block, 2 vs 1 run', ['w'], [of('makespan', 2, 1, 1)]],
    ['2 workflows, 3 blocks, 1 vs 2 runs', ['w', 'v', 'w'], [of('makespan', 1, 2, 3)]],
    [
      '2 workflows, 2\u20133 blocks, 5\u20137 vs 6\u20138 runs',
      ['w', 'v', 'w'],
      [of('makespan', 7, 6, 3), of('resource-usage', 5, 8, 2)],
    ],
    [
      '1 workflow, 3 blocks, 7 vs 6 runs',
      ['w'],
      [
        of('makespan', 7, 6, 3),
        of('makespan', 1, 1, 1, { candidate: 'c' }),
        of('makespan', 2, 2, 2, { baseline: 'c' }),
      ],
    ],
  ])('%s', (counts, workflows, comparisons) => {
    expect(say(workflows, ...comparisons)).toMatch(/^b vs a: makespan \+10\.0 % \[\+5\.0, \+15\.0\]/);
    expect(
      say(workflows, ...comparisons)
        .split('; ')
        .at(-1),
    ).toBe(counts);
  });
  test('after the stat that is compared', () => {
    expect(say(['w'], of('makespan', 2, 2, 1, { stat: 'p90' }))).toMatch(/^b vs a \(p90\): /);
  });
  test('as one number where metrics agree', () => {
    expect([wordRange([3, 3]), wordRange([9, 3, 12])]).toEqual(['3', '3\u201312']);
  });
});
