import { describe, expect, test } from 'vitest';
import { boundClocks } from '../../src/model/clock-offsets.ts';
import { createRun } from '../../src/model/create-run.ts';
import { orNone } from '../../src/model/recorded.ts';
import type { Task, TaskInput } from '../../src/model/run.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { makespanMs } from '../../src/model/timeline.ts';
import { type WholeRun as Run, readSample, sampleRuns, toRun } from '../sample-records.ts';

const T0 = 1_795_000_000_000;

/** A chain a → b → c on workers 1, 2 and 3, each a second long with 100 ms between them, and the client's end 200 ms after it. */
function chain(offsetsMs: readonly [number, number, number]): Run {
  const input = (taskIndex: number): TaskInput => ({
    id: 'abc'[taskIndex] as string,
    sizeBytes: 1,
    downloadMs: 10,
    taskIndex,
  });
  const task = (place: number): Task => ({
    nodeId: 'abc'[place] as string,
    workerId: `w${place + 1}`,
    startedAtMs: T0 + 100 + place * 1100 + (offsetsMs[place] as number),
    executionMs: 1000,
    inputWaitMs: 0,
    uploadMs: 0,
    dependencyUpdateMs: 0,
    invocationMs: 0,
    invocationCount: 0,
    memoryMb: 1024,
    hardcodedInputBytes: 0,
    outputBytes: 1,
    plannerName: 'p',
    optimizationEvents: [],
    inputs: place === 0 ? [] : [input(place - 1)],
  });
  return createRun({
    runId: `${T0 - 50}.c.uuid.hash`,
    workflow: 'chain',
    origin: { uri: 'test', line: 1 },
    sourceLabel: 'test',
    tasks: [0, 1, 2].map(task),
    sinkNodeId: 'c',
    submittedAtMs: T0,
    workerStartups: [],
    resourceUsage: { gbSeconds: 1, measure: 'gb-seconds', runTimeMs: 50 + 3300 + 200 },
  }) as Run;
}

describe('offsets of clocks', () => {
  test('one clock needs none', () => {
    expect(boundClocks(chain([0, 0, 0]))).toBeNull();
    // The gaps between tasks are 100 ms: a clock that is off by less contradicts nothing.
    expect(boundClocks(chain([0, 99, 0]))).toBeNull();
    expect(describeRun(chain([0, 0, 0]))).not.toHaveProperty('clocks');
  });

  test('are told from two milliseconds on: one is rounding', () => {
    expect(boundClocks(chain([0, 101, 0]))).toBeNull();
    expect(boundClocks(chain([0, 102, 0]))?.differenceMs).toBe(2);
  });

  test('are not told by inputs that were not downloaded: a duplicate may have made them', () => {
    const run = chain([0, 2000, 0]);
    const tasks = run.tasks.map((task) => ({
      ...task,
      inputs: orNone(task.inputs).map((input) => ({ ...input, downloadMs: null })),
    }));
    expect(boundClocks({ ...run, tasks })).toBeNull();
  });

  test('are told by a start-up only where one worker alone can have asked for it', () => {
    const run = chain([0, 0, 0]);
    const asked = { workerId: 'w3', memoryMb: 1024, initialTaskIds: ['c'], state: 'cold' } as const;
    const startup = { ...asked, requestedAtMs: T0 + 2400, readyAtMs: T0 + 1900 };
    const boundWith = (inputs: readonly TaskInput[]) => {
      const tasks = run.tasks.map((task, i) => (i === 2 ? { ...task, inputs } : task));
      return boundClocks({ ...run, tasks, workerStartups: [startup] });
    };
    const [a, b] = ['a', 'b'].map((id, taskIndex) => ({ id, sizeBytes: 1, downloadMs: null, taskIndex }));
    expect(boundWith([b as TaskInput])?.differenceMs).toBe(500);
    expect(boundWith([a as TaskInput, b as TaskInput])).toBeNull();
  });

  test('have no bound by an end of the run that begins after its submission', () => {
    const run = { ...chain([0, 2000, 0]), runId: `${T0 + 50}.c.uuid.hash` };
    expect(boundClocks(run)).toMatchObject({ makespanHighMs: null });
  });

  test('are bounded by what came before and after', () => {
    // By hand: worker 2 is 2 s ahead. Worker 1 is at most 100 ms ahead of the client, the end bounds worker 3 from below by −200 ms,
    // and b ends 1900 ms "after" c begins: 2's clock is ahead of 3's by 1900 ms at least, of the client's by 1700 ms at least.
    const clocks = boundClocks(chain([0, 2000, 0]));
    expect(clocks).toMatchObject({ workerCount: 3, offWorkers: [{ workerId: 'w2', lowMs: 1700, highMs: 2200 }] });
    expect(clocks?.differenceMs).toBe(1900);
    expect(clocks).toMatchObject({ makespanMs: 3300, makespanLowMs: 3000, makespanHighMs: 3500 });
  });

  test('bound the makespan where the sink is off', () => {
    const clocks = boundClocks(chain([0, 0, 2000]));
    expect(clocks?.offWorkers).toEqual([{ workerId: 'w3', lowMs: 1800, highMs: 2300 }]);
    expect(clocks).toMatchObject({ makespanMs: 5300, makespanLowMs: 3000, makespanHighMs: 3500 });
  });

  test('have no bound from above on the makespan without the time of the whole run', () => {
    const run = { ...chain([0, 2000, 0]), resourceUsage: null };
    expect(boundClocks(run)).toMatchObject({ makespanLowMs: 3000, makespanHighMs: null, offWorkers: [] });
    expect(boundClocks(run)?.differenceMs).toBe(1900);
  });

  test('are not made up where none explain the records', () => {
    const run = chain([0, 0, 0]);
    const early = run.tasks.map((task, i) => (i === 2 ? { ...task, executionMs: 5000 } : task));
    expect(boundClocks({ ...run, tasks: early })).toMatchObject({ offWorkers: null, makespanLowMs: null });
  });
});

/** The same run with the clock of every other worker ahead. */
function setAhead(run: Run, aheadMs: number): Run {
  const ids = [...new Set(run.tasks.map(({ workerId }) => workerId))];
  const offsetOf = (workerId: string | null | undefined) => (ids.indexOf(workerId ?? null) % 2 === 0 ? aheadMs : 0);
  const workerOf = new Map(run.tasks.map(({ nodeId, workerId }) => [nodeId, workerId]));
  return {
    ...run,
    tasks: run.tasks.map((task) => ({ ...task, startedAtMs: task.startedAtMs + offsetOf(task.workerId) })),
    workerStartups: run.workerStartups.map((startup) => ({
      ...startup,
      readyAtMs: startup.readyAtMs && startup.readyAtMs + offsetOf(workerOf.get(startup.initialTaskIds[0] ?? '')),
    })),
  };
}

describe('real runs', () => {
  test('of one machine contradict no clock', () => {
    expect(sampleRuns().filter((run) => boundClocks(run) !== null)).toEqual([]);
  });

  test('with half of the workers 2 s ahead: said, and the true makespan is within the bounds', () => {
    for (const [i, record] of readSample('newer').entries()) {
      const run = toRun(record, i + 1);
      const { clocks } = describeRun(setAhead(run, 2000));
      expect(clocks?.offWorkers?.length, run.runId).toBeGreaterThan(0);
      expect(clocks?.differenceMs).toBeGreaterThan(500);
      expect(clocks?.differenceMs).toBeLessThanOrEqual(2000);
      expect(clocks?.makespanLowMs).toBeLessThanOrEqual(makespanMs(run) ?? 0);
      expect(clocks?.makespanHighMs).toBeGreaterThanOrEqual(makespanMs(run) ?? 0);
    }
  });
});
