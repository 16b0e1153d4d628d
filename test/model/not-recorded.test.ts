import { describe, expect, test } from 'vitest';
import { createRun, type RunFields } from '../../src/model/create-run.ts';
import { traceCriticalPath } from '../../src/model/critical-path.ts';
import { METRICS, measureRun } from '../../src/model/metrics.ts';
import { isRecorded, NOT_RECORDED, RECORDED_KINDS } from '../../src/model/recorded.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { createSharing } from '../../src/model/share-traits.ts';
import { makespanMs, sinkTask } from '../../src/model/timeline.ts';
import { listTaskRows, TASK_COLUMNS } from '../../src/tables/task-table.ts';
import { sampleRuns } from '../sample-records.ts';

/** Of an engine that records run, task, start and end only. */
const BARE: RunFields = {
  runId: 'r1',
  workflow: 'w',
  origin: { uri: 'table', line: 1 },
  sourceLabel: 'table',
  tasks: [
    { nodeId: 'b', startedAtMs: 2000, executionMs: 700 },
    { nodeId: 'a', startedAtMs: 1000, executionMs: 500 },
  ],
};

describe('a run of which only tasks, starts and ends are recorded', () => {
  const run = createRun(BARE);

  test('has a reason for every metric but the time that its tasks took', () => {
    expect(measureRun(run, METRICS).measurements).toEqual({
      makespan: 'submission-not-recorded',
      'execution-time': 1200,
      'resource-usage': 'resource-usage-not-recorded',
      cost: 'not-priced',
      'input-wait': 'input-wait-not-recorded',
      'download-time': 'downloads-not-recorded',
      'upload-time': 'uploads-not-recorded',
      'bytes-downloaded': 'downloads-not-recorded',
      'bytes-uploaded': 'uploads-not-recorded',
      'bytes-transferred': 'downloads-not-recorded',
      'startup-time': 'startups-not-recorded',
      workers: 'startups-not-recorded',
      'cold-starts': 'startups-not-recorded',
      'warm-starts': 'startups-not-recorded',
      'invocation-time': 'invocations-not-recorded',
      'dependency-update-time': 'dependency-updates-not-recorded',
    });
  });

  test('lacks every kind of information but instants', () => {
    const kinds = Object.keys(RECORDED_KINDS).filter((kind) => kind !== 'instants');
    expect([...run.lacks].sort()).toEqual([...kinds].sort());
    expect(describeRun(run).traits.lacks).toEqual(kinds);
  });

  test('has no critical path', () => expect(traceCriticalPath(run)).toBe('edges-not-recorded'));

  test('is neither unplanned nor short of a wait', () => {
    expect(describeRun(run).traits).toMatchObject({
      planned: true,
      sinkWaitMissing: false,
      memory: 'unknown',
      planner: 'unknown',
      sla: 'none',
    });
  });

  test('has empty cells where nothing is recorded, and no symbol in any', () => {
    const [row] = listTaskRows(run, describeRun(run));
    if (!row) throw new Error('no row');
    const cells = Object.fromEntries(TASK_COLUMNS.map(({ name, cell }) => [name, cell(row)]));
    expect(Object.values(cells).filter((cell) => typeof cell === 'symbol')).toEqual([]);
    expect(cells).toMatchObject({ execution_ms: 700, upload_ms: null, downloaded_bytes: null, memory_mb: null });
    expect(cells).toMatchObject({ on_critical_path: null, structural_position: null, invocation_count: null });
  });
});

test('without a recorded sink the task that ended last is taken, and the makespan is up to its end', () => {
  const run = createRun({ ...BARE, submittedAtMs: 900 });
  expect(sinkTask(run)?.nodeId).toBe('b');
  expect(makespanMs(run)).toBe(1800);
  expect(run.lacks.has('submission')).toBe(false);
});

test('what did not happen is 0, and what is not recorded a reason', () => {
  const [first, second] = BARE.tasks.map((task) => ({ ...task, uploadMs: null }));
  if (!first || !second) throw new Error('no tasks');
  const measure = (fields: Partial<RunFields>) => measureRun(createRun({ ...BARE, ...fields }), METRICS).measurements;
  expect(measure({ tasks: [first, second] })).toMatchObject({ 'upload-time': 0, 'bytes-uploaded': 0 });
  expect(measure({ tasks: [first, { ...second, uploadMs: NOT_RECORDED }] })['upload-time']).toBe(
    'uploads-not-recorded',
  );
  expect(measure({ tasks: [first, { ...second, uploadMs: 3 }] })).toMatchObject({
    'upload-time': 3,
    'bytes-uploaded': 'sizes-not-recorded',
  });
  expect(measure({ workerStartups: [] })).toMatchObject({ workers: 0, 'startup-time': 0, 'cold-starts': 0 });
  expect(measure({ resourceUsage: null })['resource-usage']).toBe('no-resource-usage');
  expect(measure({ submittedAtMs: null })['makespan']).toBe('not-submitted');
});

test('a start-up of unknown state counts as a worker, and as neither cold nor warm', () => {
  const startup = { workerId: 'w', memoryMb: 512, initialTaskIds: ['a'], requestedAtMs: 1, readyAtMs: 5 };
  const run = createRun({ ...BARE, workerStartups: [{ ...startup, state: NOT_RECORDED }] });
  expect(measureRun(run, METRICS).measurements).toMatchObject({
    workers: 1,
    'startup-time': 4,
    'cold-starts': 'startup-states-not-recorded',
    'warm-starts': 'startup-states-not-recorded',
  });
});

test('an engine that does not plan differs from a planner without history', () => {
  const planned = (fields: Partial<RunFields>) => describeRun(createRun({ ...BARE, ...fields })).traits;
  expect(planned({ plan: null })).toMatchObject({ planned: false });
  expect(planned({ plan: null }).lacks).not.toContain('plans');
  expect(planned({}).lacks).toContain('plans');
});

test('runs that lack different things do not share their traits', () => {
  const share = createSharing();
  const [one, other] = [createRun(BARE), createRun({ ...BARE, workerStartups: [] })];
  expect(describeRun(one, share).traits.lacks).toContain('startups');
  expect(describeRun(other, share).traits.lacks).not.toContain('startups');
});

test('the compiler and the machine refuse to reckon with what is not recorded', () => {
  const [task] = createRun(BARE).tasks;
  if (!task) throw new Error('no task');
  // @ts-expect-error: that this is an error is what is tested.
  expect(() => 1 + (task.uploadMs ?? 0)).toThrow(TypeError);
});

test("the measured engine's records lack nothing, but for single waits and invocations", () => {
  const runs = sampleRuns();
  expect(runs.every(({ lacks }) => lacks.size === 0)).toBe(true);
  const tasks = runs.flatMap((run) => run.tasks);
  const lost = Object.fromEntries(
    (['inputWaitMs', 'invocationMs', 'invocationCount', 'uploadMs', 'workerId'] as const).map((field) => [
      field,
      tasks.filter((task) => !isRecorded<unknown>(task[field])).length > 0,
    ]),
  );
  expect(lost).toEqual({
    inputWaitMs: true,
    invocationMs: true,
    invocationCount: true,
    uploadMs: false,
    workerId: false,
  });
});
