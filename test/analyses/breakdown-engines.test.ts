import { expect, test } from 'vitest';
import { breakdown } from '../../src/analyses/breakdown/stages.ts';
import { assembleRun, bareAttempt } from '../../src/engines/assemble-run.ts';
import { describeRun } from '../../src/model/run-facts.ts';

/**
 * Four tasks, in s: a, then b and c, then d; asked for, ready, start, end. Worked out by hand. The path is a, b, d: b ended after c.
 * Start-up 2 + 2 + 1, queueing 1 + 3 + 0.5, execution 7 + 5 + 7.5, other 1 (d was asked for a second after b's end): 30 in all.
 */
const TASKS = [
  ['a', 0, 2, 3, 10, []],
  ['b', 10, 12, 15, 20, ['a']],
  ['c', 10, 11, 11.5, 13, ['a']],
  ['d', 21, 22, 22.5, 30, ['b', 'c']],
] as const;

function ask(left: { readonly ready?: boolean; readonly parents?: boolean; readonly asked?: boolean }) {
  const attempts = TASKS.map(([taskId, asked, ready, start, end, parents], line) =>
    bareAttempt({
      line,
      taskId,
      functionName: taskId,
      outcome: 'done',
      requestedAtMs: left.asked === false ? null : asked * 1000,
      readyAtMs: left.ready === false ? null : ready * 1000,
      startedAtMs: start * 1000,
      executionMs: (end - start) * 1000,
      parents: left.parents === false ? null : parents,
    }),
  );
  const origin = { uri: 'table.csv', line: 1 };
  const head = { runId: 'r', workflow: 'w', submittedAtMs: 0, remarks: [], hasOutcomes: true, origin };
  const read = assembleRun(head, attempts);
  if (!('run' in read)) throw new Error('no run');
  const options = breakdown.parseOptions({ arguments: [], options: {} });
  const facts = [breakdown.extract(read.run, describeRun(read.run), options)];
  const { result } = breakdown.analyze(facts, options, 1) as unknown as { readonly result: Result };
  const [planner] = result.planners;
  return { path: secondsOf(planner?.criticalPath), tasks: secondsOf(planner?.tasks) };
}

interface Parts {
  readonly parts: readonly { readonly part: string; readonly meanMs: number | null }[];
}
interface Result {
  readonly planners: readonly { readonly criticalPath: Parts | null; readonly tasks: Parts | null }[];
}

const secondsOf = (own: Parts | null | undefined) =>
  own && Object.fromEntries(own.parts.map(({ part, meanMs }) => [part, meanMs === null ? null : meanMs / 1000]));

const UNRECORDED = { 'input-wait': null, upload: null, 'dependency-update': null, invocation: null };

test('start-up, queueing and execution are told apart where readiness is recorded', () => {
  expect(ask({})).toEqual({
    path: { startup: 5, queueing: 4.5, execution: 19.5, other: 1, ...UNRECORDED },
    tasks: { startup: 6, queueing: 5, execution: 21, ...UNRECORDED },
  });
});

test('start-up and queueing are one wait where it is not', () => {
  expect(ask({ ready: false })).toEqual({
    path: { startup: null, queueing: null, pending: 9.5, execution: 19.5, other: 1, ...UNRECORDED },
    tasks: { startup: null, pending: 11, execution: 21, ...UNRECORDED },
  });
});

test('without edges there are sums over tasks only', () => {
  expect(ask({ parents: false })).toEqual({
    path: null,
    tasks: { startup: 6, queueing: 5, execution: 21, ...UNRECORDED },
  });
});

test('without start-ups what lies between tasks is other', () => {
  expect(ask({ asked: false, ready: false }).path).toEqual({
    startup: null,
    queueing: null,
    execution: 19.5,
    other: 10.5,
    ...UNRECORDED,
  });
});

test('without either the question is refused', () => {
  expect(() => ask({ asked: false, ready: false, parents: false })).toThrow(/needs edges and startups/);
});
