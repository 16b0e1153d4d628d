import { describe, expect, test } from 'vitest';
import { createRun, type NodeFields, type RunFields, type TaskFields } from '../../src/model/create-run.ts';
import { listLaunchedPrewarms } from '../../src/model/prewarms.ts';
import type { OptimizationEvent, PlannedPrewarm, WorkerStartup } from '../../src/model/run.ts';

/** One run whose node `trigger`, on worker w1, is to launch containers ahead. */
const runOf = (
  planned: readonly PlannedPrewarm[],
  {
    tasks = [],
    startups = [],
    nodes = [],
  }: {
    readonly tasks?: readonly TaskFields[];
    readonly startups?: readonly WorkerStartup[];
    readonly nodes?: readonly NodeFields[];
  },
) =>
  createRun({
    runId: 'r',
    workflow: 'w',
    origin: { uri: 'input', line: 1 },
    sourceLabel: 'input',
    nodes: [{ id: 'trigger', functionName: 'f', workerId: 'w1', plannedPrewarms: planned }, ...nodes],
    tasks,
    workerStartups: startups,
  } satisfies RunFields);

const PLANNED: PlannedPrewarm = { delayMs: 200, workerId: 'w2', memoryMb: 512 };
const recorded = (over: object = {}): OptimizationEvent =>
  ({ type: 'PreWarm', workerId: 'w2', memoryMb: 512, answeredAtMs: 1700, ...over }) as OptimizationEvent;
const taskOf = (optimizationEvents: readonly OptimizationEvent[], over: Partial<TaskFields> = {}): TaskFields => ({
  nodeId: 'trigger',
  workerId: 'w1',
  startedAtMs: 1100,
  executionMs: 10,
  optimizationEvents,
  ...over,
});
const startup = (over: Partial<WorkerStartup> = {}): WorkerStartup => ({
  workerId: 'w1',
  memoryMb: 512,
  initialTaskIds: ['trigger'],
  requestedAtMs: 500,
  readyAtMs: 1000,
  state: 'cold',
  ...over,
});
const EXPECTED = {
  triggerNodeId: 'trigger',
  workerId: 'w2',
  memoryMb: 512,
  dueAtMs: 1200,
  answeredAtMs: 1700,
  rivalCount: 0,
};

test('a planned prewarm is due the delay after its worker was ready, and answered as recorded', () => {
  expect(listLaunchedPrewarms(runOf([PLANNED], { tasks: [taskOf([recorded()])], startups: [startup()] }))).toEqual([
    EXPECTED,
  ]);
});

describe('what is planned and not recorded', () => {
  test('was launched where the worker became ready', () => {
    const run = runOf([PLANNED], { tasks: [taskOf([])], startups: [startup()] });
    expect(listLaunchedPrewarms(run)).toEqual([{ ...EXPECTED, answeredAtMs: null }]);
  });
  test('was launched although the node left no metrics: its start-up is found by initial task, or by worker', () => {
    const unanswered = [{ ...EXPECTED, answeredAtMs: null }];
    expect(listLaunchedPrewarms(runOf([PLANNED], { startups: [startup()] }))).toEqual(unanswered);
    expect(listLaunchedPrewarms(runOf([PLANNED], { startups: [startup({ workerId: null })] }))).toEqual(unanswered);
    expect(listLaunchedPrewarms(runOf([PLANNED], { startups: [startup({ initialTaskIds: [] })] }))).toEqual(unanswered);
  });
  test('was not launched where the worker never got ready, or another one did', () => {
    expect(listLaunchedPrewarms(runOf([PLANNED], { startups: [startup({ readyAtMs: null })] }))).toEqual([]);
    const other = startup({ workerId: 'w9', initialTaskIds: ['elsewhere'] });
    expect(listLaunchedPrewarms(runOf([PLANNED], { startups: [other] }))).toEqual([]);
  });
});

test('the first start-up of a worker counts where it started several times, and that of the node before that of its worker', () => {
  const again = startup({ initialTaskIds: [], readyAtMs: 9000 });
  const dueOf = (...startups: WorkerStartup[]) => listLaunchedPrewarms(runOf([PLANNED], { startups }))[0]?.dueAtMs;
  expect(dueOf(startup({ initialTaskIds: [] }), again)).toBe(1200);
  expect(dueOf(again, startup())).toBe(1200);
  expect(dueOf(startup(), again)).toBe(1200);
  expect(dueOf(startup(), startup({ readyAtMs: null }))).toBe(1200);
});

test('the start-up of the process that ran the task goes before any other', () => {
  const run = runOf([PLANNED], {
    tasks: [taskOf([], { startedAtMs: 5000 })],
    startups: [startup({ initialTaskIds: [] }), startup({ initialTaskIds: [], readyAtMs: 4000 })],
  });
  expect(listLaunchedPrewarms(run)[0]?.dueAtMs).toBe(4200);
});

describe('what is recorded', () => {
  test('and not planned is told without an instant at which it was due', () => {
    const run = runOf([], { tasks: [taskOf([recorded()])], startups: [startup()] });
    expect(listLaunchedPrewarms(run)).toEqual([{ ...EXPECTED, dueAtMs: null }]);
  });
  test('belongs to the plan for the same worker and the same memory size', () => {
    const events = [recorded({ workerId: 'w3', answeredAtMs: 1800 }), recorded({ memoryMb: 1024, answeredAtMs: 1900 })];
    const run = runOf([PLANNED], { tasks: [taskOf(events)], startups: [startup()] });
    expect(listLaunchedPrewarms(run)).toEqual([
      { ...EXPECTED, answeredAtMs: null, rivalCount: 1 },
      { ...EXPECTED, workerId: 'w3', dueAtMs: null, answeredAtMs: 1800, rivalCount: 1 },
      { ...EXPECTED, memoryMb: 1024, dueAtMs: null, answeredAtMs: 1900, rivalCount: 1 },
    ]);
  });
  test('belongs to one plan each: two alike are two', () => {
    const run = runOf([PLANNED, PLANNED], {
      tasks: [taskOf([recorded(), recorded({ answeredAtMs: 2000 })])],
      startups: [startup()],
    });
    expect(listLaunchedPrewarms(run)).toEqual([
      { ...EXPECTED, rivalCount: 1 },
      { ...EXPECTED, answeredAtMs: 2000, rivalCount: 1 },
    ]);
  });
  test('was launched whether or not the start-up of its worker is recorded; then nobody knows when it was due', () => {
    const run = runOf([PLANNED], { tasks: [taskOf([recorded()])] });
    expect(listLaunchedPrewarms(run)).toEqual([{ ...EXPECTED, dueAtMs: null }]);
  });
  test('is no other optimization', () => {
    const other: OptimizationEvent = { type: 'PreLoad', inputId: 'x' };
    expect(listLaunchedPrewarms(runOf([], { tasks: [taskOf([other])], startups: [startup()] }))).toEqual([]);
  });
});

test('every node triggers its own', () => {
  const run = runOf([PLANNED], {
    tasks: [taskOf([recorded()]), taskOf([recorded({ workerId: 'w5', answeredAtMs: 2500 })], { nodeId: 'second' })],
    nodes: [{ id: 'second', functionName: 'f', workerId: 'w1' }],
    startups: [startup()],
  });
  expect(
    listLaunchedPrewarms(run).map(({ triggerNodeId, workerId, rivalCount }) => [triggerNodeId, workerId, rivalCount]),
  ).toEqual([
    ['trigger', 'w2', 0],
    ['second', 'w5', 0],
  ]);
});
