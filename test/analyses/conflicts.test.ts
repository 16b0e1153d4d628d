import { describe, expect, it } from 'vitest';
import { analyzeConflicts } from '../../src/analyses/conflicts/analyze.ts';
import { type ConflictsFacts, extractConflicts, type Optimization } from '../../src/analyses/conflicts/extract.ts';
import { gateQuantities } from '../../src/analyses/conflicts/gates.ts';
import type { ConflictsResult, MeetingContrast } from '../../src/analyses/conflicts/result.ts';
import { viewConflicts } from '../../src/analyses/conflicts/view.ts';
import { wordHeadlines } from '../../src/analyses/conflicts/wording.ts';
import { NOT_RECORDED } from '../../src/model/recorded.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { createNormal, createRandom } from '../../src/stats/random.ts';
import { readSample, toRun } from '../sample-records.ts';
import { lay, plainRun } from './diagnostics/cases.ts';
import { type HandMadeTask, handMakeRun } from './hand-made-run.ts';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Six blocks of two runs with the meeting and two with one alone: the meeting adds so many ms. */
const simulate = (addedMs: number, noise: () => number): ConflictsFacts[] =>
  range(24).map((i) => {
    const meets = i % 4 < 2;
    const optimizations: Optimization[] = meets ? ['PreLoad', 'PreWarm'] : ['PreLoad'];
    return {
      run: plainRun({ runId: String(i), traits: { sla: `p${Math.floor(i / 4)}` } }) as ConflictsFacts['run'],
      tasks: range(3).map((j) => ({
        position: `f${j}`,
        optimizations,
        readyLagMs: 100 + 50 * j + (meets ? addedMs : 0) + 10 * noise(),
      })),
      lacksLags: false,
    };
  });
const alone = (facts: readonly ConflictsFacts[]) => analyzeConflicts(facts, {}, 1).result.meetings[0]?.contrasts[0];

describe('a meeting', () => {
  it('is held against the same places without it: found where it adds, and rarely where it does not', () => {
    const noise = createNormal(createRandom(4));
    const added = alone(simulate(60, noise));
    expect(added).toMatchObject({
      against: 'alone',
      blockCount: 6,
      metRunCount: 12,
      unmetRunCount: 12,
      outcome: 'different',
    });
    expect(Math.abs((added?.differenceMs ?? 0) - 60)).toBeLessThan(10);
    const found = range(60).filter(() => alone(simulate(0, noise))?.outcome === 'different').length;
    expect(found / 60).toBeLessThanOrEqual(0.1);
  });

  it('holds the truth in its interval', () => {
    const noise = createNormal(createRandom(8));
    const held = range(200).filter(() => {
      const contrast = alone(simulate(20, noise));
      return contrast?.ciLow != null && contrast.ciHigh !== null && contrast.ciLow <= 20 && contrast.ciHigh >= 20;
    }).length;
    expect(held / 200).toBeGreaterThanOrEqual(0.91);
  });

  it('without a counterpart has no difference, and no gate is decided by it', () => {
    const facts = simulate(0, createNormal(createRandom(1))).filter((_, i) => i % 4 < 2);
    const { result } = analyzeConflicts(facts, {}, 1);
    expect(result.meetings[0]?.contrasts[0]).toMatchObject({
      blockCount: 0,
      differenceMs: null,
      outcome: 'inconclusive',
    });
    expect(gateQuantities(result)[0]).toMatchObject({ name: 'alone', low: null, high: null });
  });
});

it('is found on the bundled newer runs: three preloaded tasks on prewarmed workers', () => {
  const facts = readSample('newer')
    .map((record, i) => toRun(record, i + 1))
    .map((run) => extractConflicts(run, describeRun(run)));
  expect(analyzeConflicts(facts, {}, 1).result.meetings).toMatchObject([
    { first: 'PreLoad', second: 'PreWarm', on: 'worker', taskCount: 3 },
  ]);
});

/** Worked out by hand: outputs of a and b are there at 300 and 330; c begins to execute at 450, d at 550 and e at 750. */
const PRELOAD = { events: [{ type: 'PreLoad', inputId: 'a' }] } as const;
const TASKS: readonly HandMadeTask[] = [
  ['a', [], 'w0', 100, { events: [{ type: 'PreWarm', workerId: 'w1', memoryMb: 1024, answeredAtMs: 0 }] }],
  ['b', [], 'w0', 130],
  ['c', ['a'], 'w0', 400, PRELOAD],
  ['d', ['a', 'b'], 'w1', 500, PRELOAD],
  ['e', ['c', 'd'], 'w1', 700],
];
const extract = (tasks: readonly HandMadeTask[]) => {
  const run = handMakeRun(tasks);
  return extractConflicts(run, describeRun(run));
};
const change = (id: string, over: HandMadeTask[4]) =>
  TASKS.map((task): HandMadeTask => (task[0] === id ? [task[0], task[1], task[2], task[3], over] : task));
const lagsOf = ({ tasks }: ConflictsFacts) => tasks.map(({ optimizations, readyLagMs }) => [optimizations, readyLagMs]);

describe('a run worked out by hand', () => {
  it('has lags from the last output above, and optimizations of task and worker', () => {
    const facts = extract(TASKS);
    expect(lagsOf(facts)).toEqual([
      [['PreLoad'], 150],
      [['PreLoad', 'PreWarm'], 220],
      [['PreWarm'], 50],
    ]);
    expect(facts.lacksLags).toBe(false);
  });

  it('leaves out a task whose wait is unknown, and those that wait for it or for a task without metrics', () => {
    const unknown = extract(change('d', { ...PRELOAD, inputWaitMs: NOT_RECORDED }));
    expect([lagsOf(unknown), unknown.lacksLags]).toEqual([[[['PreLoad'], 150]], true]);
    const lost = extract(change('b', { lost: true }));
    expect(lagsOf(lost).map(([, ms]) => ms)).toEqual([150, 50]);
    const above = extract(change('a', { inputWaitMs: NOT_RECORDED }));
    expect(lagsOf(above).map(([, ms]) => ms)).toEqual([50]);
    const { ledger } = analyzeConflicts([unknown, extract(TASKS)], {}, 1);
    expect(ledger.map(({ reason, scope, count }) => [reason, scope, count])).toEqual([
      ['input-wait-or-upstream-not-recorded', 'part', 1],
    ]);
  });
});

interface Simple {
  readonly traits?: object;
  /** Lags by place, of tasks with both optimizations, with one, and with none. */
  readonly both?: readonly number[];
  readonly one?: readonly number[];
  readonly none?: readonly number[];
}
const makeFacts = (runs: readonly Simple[]): ConflictsFacts[] =>
  runs.map(({ traits = {}, ...lags }, i) => ({
    run: plainRun({ runId: `r${i}`, submittedAtMs: i, traits }) as ConflictsFacts['run'],
    tasks: (
      [
        ['both', ['PreLoad', 'TaskDup']],
        ['one', ['PreLoad']],
        ['none', []],
      ] as const
    ).flatMap(([kind, optimizations]) =>
      (lags[kind] ?? []).map((readyLagMs, place) => ({ position: `p${place}`, optimizations, readyLagMs })),
    ),
    lacksLags: false,
  }));
const meetingOf = (runs: readonly Simple[]) => analyzeConflicts(makeFacts(runs), {}, 1).result.meetings[0];

describe('a contrast worked out by hand', () => {
  it('is of runs without any meeting, at the places where others met, block by block', () => {
    const meeting = meetingOf([
      { both: [100], none: [0, 7] },
      { both: [120] },
      { one: [60] },
      { one: [80] },
      // A place of its own, and tasks with none of the two: no counterpart for `alone`.
      { none: [40, 9] },
    ]);
    expect(meeting).toMatchObject({ first: 'PreLoad', second: 'TaskDup', on: 'task', taskCount: 2, runCount: 2 });
    const [alone, without] = meeting?.contrasts ?? [];
    // Welch by hand: variances 200/2 and 200/2, so 2 degrees of freedom, t = 4.3026527, half-width 4.3026527 × √200.
    expect(alone).toMatchObject({ blockCount: 1, positionCount: 1, metRunCount: 2, unmetRunCount: 2 });
    expect(alone).toMatchObject({ meanControlMs: 70, meanMetMs: 110, differenceMs: 40, intervalMethod: 'welch' });
    expect(alone?.ciLow).toBeCloseTo(40 - 60.8487, 3);
    expect(alone?.ciHigh).toBeCloseTo(40 + 60.8487, 3);
    // Both ways to label the two highest of four as met come out as extreme: 2 of 6 arrangements.
    expect(alone?.pValue).toBeCloseTo(2 / 6, 12);
    expect(without).toMatchObject({ unmetRunCount: 3, meanControlMs: 60, differenceMs: 50 });
    // The two highest, or the two lowest, of five; Holm doubles the smaller p, and the larger one is no less.
    expect(without?.pValue).toBeCloseTo(2 / 10, 12);
    expect(without?.pAdjusted).toBeCloseTo(4 / 10, 12);
    expect(alone?.pAdjusted).toBeCloseTo(4 / 10, 12);
  });

  it('never mixes workflows, structures or SLAs, nor places that one side lacks', () => {
    for (const other of [{ workflow: 'other' }, { structure: 'other' }, { sla: 'p99' }]) {
      expect(meetingOf([{ both: [100] }, { one: [60], traits: other }])?.contrasts).toMatchObject([
        { blockCount: 0, differenceMs: null, pValue: null, metRunCount: 0 },
        { blockCount: 0, differenceMs: null, pValue: null, unmetRunCount: 0 },
      ]);
    }
    // The second place is in runs of one side only: it counts nowhere.
    expect(meetingOf([{ both: [100] }, { one: [60, 9000] }])?.contrasts[0]).toMatchObject({
      positionCount: 1,
      differenceMs: 40,
    });
    // A run that has the shared place nowhere drops out.
    const [, without] = meetingOf([{ both: [100] }, { one: [60] }, {}])?.contrasts ?? [];
    expect(without).toMatchObject({ unmetRunCount: 1 });
  });
});

describe('words', () => {
  const contrast = (over: Partial<MeetingContrast>): MeetingContrast => ({
    ...{
      against: 'alone',
      blockCount: 4,
      positionCount: 1,
      metRunCount: 8,
      unmetRunCount: 8,
      meanControlMs: 50,
      meanMetMs: 70,
    },
    ...{
      differenceMs: 20,
      ciLow: 10,
      ciHigh: 30,
      intervalMethod: 'welch',
      pValue: 0.01,
      pAdjusted: 0.02,
      outcome: 'different',
    },
    ...over,
  });
  const resultOf = (...contrasts: readonly MeetingContrast[]): ConflictsResult => ({
    ...{ headline: '', headlines: [], runCount: 9 },
    meetings: [{ first: 'PreLoad', second: 'PreWarm', on: 'worker', taskCount: 5, runCount: 3, contrasts }],
  });
  const verdictOf = (own: MeetingContrast) => {
    const { tables } = viewConflicts({ result: resultOf(own), ledger: [], warnings: [] });
    return tables[0]?.rows[0]?.['verdict'];
  };

  it.each([
    [{}, 'ready 20.0 ms later than with one of them alone [10.0, 30.0]', { text: 'different', tone: 'loss' }],
    [
      { differenceMs: -20, ciLow: -30, ciHigh: -10 },
      'ready 20.0 ms earlier than with one of them alone [−30.0, −10.0]',
      { text: 'different', tone: 'gain' },
    ],
    [
      { against: 'without', outcome: 'hint' },
      'ready 20.0 ms later than without the meeting [10.0, 30.0] (a hint only)',
      { text: 'a hint only', tone: 'uncertain' },
    ],
    [
      { outcome: 'inconclusive', ciLow: null, ciHigh: null },
      'ready 20.0 ms later than with one of them alone (no interval, cannot tell)',
      { text: 'cannot tell', tone: 'uncertain' },
    ],
  ] as const)('%j', (over, words, verdict) => {
    const own = contrast(over);
    expect(wordHeadlines(resultOf(own))).toEqual([`PreLoad and PreWarm met on the worker of 5 tasks: ${words}`]);
    expect(verdictOf(own)).toEqual(verdict);
  });

  it('say where there is no counterpart, and where nothing met', () => {
    const own = contrast({ blockCount: 0, differenceMs: null, ciLow: null, ciHigh: null, outcome: 'inconclusive' });
    expect(wordHeadlines(resultOf(own))[0]).toContain('no run has the same places without the meeting');
    expect(verdictOf(own)).toMatchObject({ text: 'no counterpart' });
    expect(wordHeadlines({ runCount: 2, meetings: [] })).toEqual([
      'no two optimizations met on a task or its worker in 2 runs',
    ]);
  });

  it('gates take the interval, and a hint decides none', () => {
    expect(gateQuantities(resultOf(contrast({}), contrast({ against: 'without', outcome: 'hint' })))).toEqual([
      { name: 'alone', of: 'PreLoad and PreWarm', unit: 'ms', low: 10, high: 30, isHint: false },
      { name: 'without', of: 'PreLoad and PreWarm', unit: 'ms', low: 10, high: 30, isHint: true },
    ]);
  });
});

it('Holm counts the contrasts of all pairs', () => {
  const facts = simulate(60, createNormal(createRandom(4))).map((fact, i) =>
    i % 4 < 2
      ? { ...fact, tasks: fact.tasks.map((task) => lay(task, { optimizations: ['PreLoad', 'PreWarm', 'TaskDup'] })) }
      : fact,
  ) as ConflictsFacts[];
  const { meetings } = analyzeConflicts(facts, {}, 1).result;
  const tested = meetings.flatMap(({ contrasts }) => contrasts).filter(({ pValue }) => pValue !== null);
  expect(tested).toHaveLength(5);
  const least = Math.min(...tested.map(({ pValue }) => pValue as number));
  expect(Math.min(...tested.map(({ pAdjusted }) => pAdjusted as number))).toBeCloseTo(5 * least, 12);
});
