import { expect, test } from 'vitest';
import { METRICS } from '../../src/model/metrics.ts';
import { NOTHING_LACKING } from '../../src/model/recorded.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import {
  executionStartedAtMs,
  finishedAtMs,
  isComplete,
  isFlexibleWorker,
  lastFinishedAtMs,
  makespanMs,
  outputAvailableAtMs,
  slaLabel,
} from '../../src/model/timeline.ts';
import { inputWaitOf } from '../../src/octoflows/lost-values.ts';
import { type WholeRun as Run, sampleRuns } from '../sample-records.ts';

function task(nodeId: string, changes: Partial<Run['tasks'][number]> = {}): Run['tasks'][number] {
  return {
    nodeId,
    workerId: 'w1',
    memoryMb: 1024,
    startedAtMs: 1_700_000_001_000,
    hardcodedInputBytes: 0,
    inputWaitMs: 20,
    inputs: [],
    executionMs: 300,
    outputBytes: 10,
    uploadMs: 40,
    dependencyUpdateMs: 5,
    invocationCount: 1,
    invocationMs: 6,
    plannerName: 'UniformPlanner',
    optimizationEvents: [],
    ...changes,
  };
}

function run(tasks: Run['tasks'][number][], changes: Partial<Run> = {}): Run {
  const nodeIds = [...new Set(tasks.map(({ nodeId }) => nodeId))];
  return {
    runId: 'r',
    workflow: 'w',
    structureHash: 'h',
    sinkNodeId: 'sink',
    rootNodeIds: ['a'],
    nodeCount: changes.nodes?.length ?? nodeIds.length,
    plannedOptimizations: [],
    nodes: nodeIds.map((id) => ({
      id,
      functionName: id,
      upstream: [],
      downstream: [],
      memoryMb: 1024,
      workerId: 'w1',
      optimizations: [],
      duplicationPredictions: new Map(),
      plannedPrewarms: [],
    })),
    submittedAtMs: 1_700_000_000_000,
    plan: null,
    tasks,
    recordedNodeCount: nodeIds.length,
    workerStartups: [],
    dagDownloads: [],
    resourceUsage: null,
    lacks: NOTHING_LACKING,
    origin: { uri: 'input', line: 1 },
    sourceLabel: 'input',
    ...changes,
  };
}

const figure = (key: string, of: Run) => METRICS.find((metric) => metric.key === key)?.measure(of);

test('instants of a task, by hand', () => {
  const full = task('sink');
  expect([executionStartedAtMs, outputAvailableAtMs, finishedAtMs].map((f) => f(full) - full.startedAtMs)).toEqual([
    20, 360, 371,
  ]);
});

test('times that were not recorded count as 0 on the timeline', () => {
  const bare = task('sink', { inputWaitMs: null, uploadMs: null, dependencyUpdateMs: null, invocationMs: null });
  expect([executionStartedAtMs, outputAvailableAtMs, finishedAtMs].map((f) => f(bare) - bare.startedAtMs)).toEqual([
    0, 300, 300,
  ]);
});

test('makespan: submission to the output of the sink, without what the sink does after', () => {
  expect(makespanMs(run([task('a', { executionMs: 9000 }), task('sink')]))).toBe(1360);
});

test('without sink metrics or submission there is no makespan, never 0', () => {
  expect(makespanMs(run([task('a')]))).toBeNull();
  expect(makespanMs(run([task('sink')], { submittedAtMs: null }))).toBeNull();
  expect(figure('makespan', run([task('a')]))).toBe('sink-without-metrics');
  expect(figure('makespan', run([task('sink')], { submittedAtMs: null }))).toBe('not-submitted');
  expect(lastFinishedAtMs(run([]))).toBeNull();
});

test('totals over tasks need every task', () => {
  const complete = run([task('a'), task('sink', { executionMs: 11, uploadMs: null })]);
  expect([isComplete(complete), figure('execution-time', complete), figure('upload-time', complete)]).toEqual([
    true,
    311,
    40,
  ]);
  const partial = { ...complete, tasks: complete.tasks.slice(1), recordedNodeCount: complete.recordedNodeCount - 1 };
  expect([isComplete(partial), figure('execution-time', partial)]).toEqual([false, 'tasks-without-metrics']);
});

test('resource usage of 0 means not measured', () => {
  const usage = (gbSeconds: number) => ({ gbSeconds, measure: 'gb-seconds' as const, runTimeMs: 1 });
  expect(figure('resource-usage', run([task('sink')]))).toBe('no-resource-usage');
  expect(figure('resource-usage', run([task('sink')], { resourceUsage: usage(0) }))).toBe(
    'resource-usage-not-measured',
  );
  expect(figure('resource-usage', run([task('sink')], { resourceUsage: usage(2.5) }))).toBe(2.5);
});

test('a flexible worker that downloaded without a recorded wait has no input wait, rather than 0', () => {
  const input = { id: 'a', sizeBytes: 10, downloadMs: 3, taskIndex: -1 };
  const lost = (workerId: string) =>
    task('sink', { workerId, inputWaitMs: inputWaitOf(null, workerId, [input]) as number | null, inputs: [input] });
  const flexible = lost('flex-1');
  expect(figure('input-wait', run([flexible]))).toBe('input-wait-not-recorded');
  expect(figure('input-wait', run([lost('w1')]))).toBe(0);
  expect(describeRun(run([flexible])).traits.sinkWaitMissing).toBe(true);
});

test('bytes downloaded hold preloaded inputs, not local ones', () => {
  const inputs = [
    { id: 'a', sizeBytes: 100, downloadMs: 3, taskIndex: -1 },
    { id: 'b', sizeBytes: 10, downloadMs: null, taskIndex: -1 },
    { id: 'c', sizeBytes: 1, downloadMs: null, taskIndex: -1 },
  ];
  const preloading = task('sink', { inputs, optimizationEvents: [{ type: 'PreLoad', inputId: 'b' }] });
  expect(figure('bytes-downloaded', run([preloading]))).toBe(110);
  expect(figure('download-time', run([preloading]))).toBe(3);
});

test('starts: counted when every state is known, timed when every start-up ended', () => {
  const startup = (state: 'cold' | 'warm' | null, readyAtMs: number | null) => ({
    workerId: null,
    memoryMb: 1024,
    initialTaskIds: [],
    requestedAtMs: 1000,
    readyAtMs,
    state,
  });
  const known = run([], { workerStartups: [startup('cold', 1500), startup('warm', 1100), startup('warm', 1200)] });
  expect(['cold-starts', 'warm-starts', 'workers', 'startup-time'].map((key) => figure(key, known))).toEqual([
    1, 2, 3, 800,
  ]);
  const unknown = run([], { workerStartups: [startup('cold', 1500), startup(null, null)] });
  expect(['cold-starts', 'startup-time'].map((key) => figure(key, unknown))).toEqual([
    'startup-never-ended',
    'startup-never-ended',
  ]);
});

test('names of SLAs and of flexible workers', () => {
  expect([slaLabel(null), slaLabel('average'), slaLabel(90), slaLabel(99.9)]).toEqual([
    'none',
    'average',
    'p90',
    'p99.9',
  ]);
  expect(['flex-1', 'flexible-1', null, 'worker-1', 'reflex-1'].map(isFlexibleWorker)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('every bundled run: each metric is a finite figure from 0 up, or a reason', () => {
  for (const sample of sampleRuns()) {
    for (const metric of METRICS) {
      const measured = metric.measure(sample);
      if (typeof measured === 'number') expect(measured).toBeGreaterThanOrEqual(0);
      else expect(measured).toMatch(/^[a-z-]+$/);
    }
  }
});
