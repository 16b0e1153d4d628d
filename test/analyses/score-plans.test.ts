import { describe, expect, test } from 'vitest';
import type { PlannedRun, PlannedWorkerPeriod, PlanScore } from '../../src/analyses/workers/result.ts';
import { scorePlans } from '../../src/analyses/workers/score-plans.ts';

/** Errors and confusions small enough to be worked out by hand. */

type State = 'cold' | 'warm';
const worker = (recordedState: State | null, plan: State | null, corrected: State | null, without: State | null) =>
  ({
    recordedState,
    planState: plan,
    correctedState: corrected,
    withoutStartupState: without,
  }) as unknown as PlannedWorkerPeriod;

const run = (planner: string, actual: number | null, predicted: readonly (number | null)[], workers: unknown[] = []) =>
  ({
    planner,
    actualMakespanMs: actual,
    planMakespanMs: predicted[0],
    correctedMakespanMs: predicted[1],
    withoutStartupMakespanMs: predicted[2],
    earlierMedianMakespanMs: predicted[3],
    workers,
  }) as unknown as PlannedRun;

const RUNS = [
  run('b', 100, [50, 110, 80, null], [worker('cold', 'cold', 'warm', 'cold'), worker('warm', 'cold', 'warm', null)]),
  run('a', 200, [300, 190, null, 200], [worker('cold', 'warm', 'cold', 'cold'), worker(null, 'cold', 'cold', 'cold')]),
  run('b', 0, [10, 10, 10, 10]),
  run('b', null, [10, 10, 10, 10]),
];
const scores = scorePlans(RUNS);
const find = (planner: string, prediction: string): PlanScore => {
  const found = scores.find((own) => own.planner === planner && own.prediction === prediction);
  if (!found) throw new Error(`no ${prediction} of ${planner}`);
  return found;
};

describe('plans against what happened', () => {
  test('all of them first, then each planner in the order of names, each prediction', () => {
    const kinds = ['plan', 'corrected', 'without-startup', 'earlier-median'];
    expect(scores.map(({ planner, prediction }) => [planner, prediction])).toEqual(
      ['all', 'a', 'b'].flatMap((planner) => kinds.map((kind) => [planner, kind])),
    );
    expect(scorePlans([])).toEqual([]);
  });

  test.each([
    ['all', 'plan', 2, 0.5, 0],
    ['all', 'corrected', 2, 0.075, 0.025],
    ['all', 'without-startup', 1, 0.2, -0.2],
    ['all', 'earlier-median', 1, 0, 0],
    ['a', 'plan', 1, 0.5, 0.5],
    ['b', 'plan', 1, 0.5, -0.5],
    ['b', 'earlier-median', 0, null, null],
  ])('%s, %s: %i runs with a makespan above 0', (planner, prediction, runCount, absolute, error) => {
    const { medianAbsoluteError, medianError, ...own } = find(planner, prediction);
    expect(own).toMatchObject({ runCount, ciLow: null, ciHigh: null });
    const close = (found: number | null, expected: number | null) =>
      expected === null ? expect(found).toBeNull() : expect(found).toBeCloseTo(expected, 12);
    close(medianAbsoluteError, absolute);
    close(medianError, error);
  });

  test.each([
    ['plan', 1, 1, 1, 0, 1 / 3],
    ['corrected', 1, 1, 0, 1, 2 / 3],
    ['without-startup', 2, 0, 0, 0, 1],
    ['earlier-median', 0, 0, 0, 0, null],
  ])(
    'states by %s; what is not recorded or not predicted is not counted',
    (prediction, coldAsCold, coldAsWarm, warmAsCold, warmAsWarm, rightFraction) => {
      expect(find('all', prediction)).toMatchObject({ coldAsCold, coldAsWarm, warmAsCold, warmAsWarm, rightFraction });
    },
  );

  test('six errors have an interval: of the magnitudes, from the least to the greatest', () => {
    const six = [1.1, 0.8, 1.3, 0.6, 1.5, 0.4].map((ratio) => run('a', 100, [100 * ratio, null, null, null]));
    const [plan] = scorePlans(six);
    expect(plan?.ciLow).toBeCloseTo(0.1, 12);
    expect(plan?.ciHigh).toBeCloseTo(0.6, 12);
  });
});
