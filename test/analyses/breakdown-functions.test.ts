import { describe, expect, test } from 'vitest';
import { type FunctionFacts, sumFunctions, totalFunctions } from '../../src/analyses/breakdown/functions.ts';
import { createRun } from '../../src/model/create-run.ts';
import { traceCriticalPath } from '../../src/model/critical-path.ts';
import { plainRun } from './diagnostics/cases.ts';

// root → (left, right) → sink: right ends last, so that it is on the path.
const input = (id: string, sizeBytes: number, downloadMs: number | null) => ({
  id,
  sizeBytes,
  downloadMs,
  taskIndex: -1,
});
const RUN = createRun({
  runId: 'r',
  workflow: 'w',
  origin: { uri: 'input', line: 1 },
  sourceLabel: 'input',
  submittedAtMs: 0,
  sinkNodeId: 'sink',
  nodes: [
    { id: 'root', functionName: 'split', upstream: [] },
    { id: 'left', functionName: 'work', upstream: ['root'] },
    { id: 'right', functionName: 'work', upstream: ['root'] },
    { id: 'sink', functionName: 'merge', upstream: ['left', 'right'] },
  ],
  tasks: [
    { nodeId: 'root', startedAtMs: 100, executionMs: 50, uploadMs: 10, outputBytes: 4000, inputs: [] },
    {
      nodeId: 'left',
      startedAtMs: 200,
      executionMs: 30,
      uploadMs: null,
      outputBytes: 999,
      inputs: [input('root', 4000, 20)],
    },
    {
      nodeId: 'right',
      startedAtMs: 200,
      executionMs: 70,
      uploadMs: 5,
      outputBytes: 500,
      inputs: [input('root', 4000, null)],
    },
    {
      nodeId: 'sink',
      startedAtMs: 300,
      executionMs: 200,
      uploadMs: null,
      outputBytes: 1,
      inputs: [input('left', 999, 4), input('right', 500, 6)],
    },
  ],
});

test('the tasks of a function are summed, bytes where the time of their transfer is known', () => {
  expect(sumFunctions(RUN, traceCriticalPath(RUN))).toEqual([
    {
      functionName: 'split',
      taskCount: 1,
      executionMs: 50,
      pathMs: 50,
      downloadMs: 0,
      downloadBytes: 0,
      uploadMs: 10,
      uploadBytes: 4000,
    },
    {
      functionName: 'work',
      taskCount: 2,
      executionMs: 100,
      pathMs: 70,
      downloadMs: 20,
      downloadBytes: 4000,
      uploadMs: 5,
      uploadBytes: 500,
    },
    {
      functionName: 'merge',
      taskCount: 1,
      executionMs: 200,
      pathMs: 200,
      downloadMs: 10,
      downloadBytes: 1499,
      uploadMs: 0,
      uploadBytes: 0,
    },
  ]);
  expect(sumFunctions(RUN, 'sink-without-metrics').map(({ pathMs }) => pathMs)).toEqual([null, null, null]);
});

describe('functions of several runs', () => {
  const own = (functionName: string, executionMs: number, over: Partial<FunctionFacts> = {}): FunctionFacts => ({
    functionName,
    taskCount: 2,
    executionMs,
    pathMs: executionMs,
    downloadMs: 0,
    downloadBytes: 0,
    uploadMs: 0,
    uploadBytes: 0,
    ...over,
  });
  const run = (functions: readonly FunctionFacts[], makespanMs: number | null, workflow = 'w') => ({
    run: plainRun({ traits: { workflow } }) as never,
    path: makespanMs === null ? ('tasks-without-metrics' as const) : { makespanMs },
    functions,
  });

  test('are added up by workflow, the longest first', () => {
    const totals = totalFunctions([
      run([own('a', 10, { downloadMs: 500, downloadBytes: 100 }), own('b', 40)], 100),
      run([own('a', 20, { downloadMs: 1500, downloadBytes: 300, uploadMs: 100, uploadBytes: 5 })], 300),
      run([own('a', 1000)], 2000, 'v'),
    ]);
    expect(totals).toEqual([
      {
        workflow: 'v',
        function: 'a',
        runCount: 1,
        taskCount: 2,
        totalMs: 1000,
        meanRunMs: 1000,
        meanTaskMs: 500,
        criticalPathFraction: 0.5,
        downloadBytesPerSecond: null,
        uploadBytesPerSecond: null,
      },
      // b is not in the second run, whose makespan counts all the same.
      {
        workflow: 'w',
        function: 'b',
        runCount: 1,
        taskCount: 2,
        totalMs: 40,
        meanRunMs: 40,
        meanTaskMs: 20,
        criticalPathFraction: 0.1,
        downloadBytesPerSecond: null,
        uploadBytesPerSecond: null,
      },
      {
        workflow: 'w',
        function: 'a',
        runCount: 2,
        taskCount: 4,
        totalMs: 30,
        meanRunMs: 15,
        meanTaskMs: 7.5,
        criticalPathFraction: 30 / 400,
        downloadBytesPerSecond: 200,
        uploadBytesPerSecond: 50,
      },
    ]);
  });
  test('have no share of paths that could not be followed', () => {
    const lost = own('a', 10, { pathMs: null });
    expect(totalFunctions([run([lost], null)])[0]).toMatchObject({ criticalPathFraction: null, totalMs: 10 });
    expect(totalFunctions([run([lost], null), run([own('a', 30)], 60)])[0]).toMatchObject({
      criticalPathFraction: 0.5,
      totalMs: 40,
    });
  });
});
