import { describe, expect, test } from 'vitest';
import type { Run } from '../../src/model/run.ts';
import { makespanMs } from '../../src/model/timeline.ts';
import { type Pickled, PickledInstance, writePickle } from './pickle-writer.ts';
import { readBytes, readText } from './read-text.ts';

/** Statistics of a call, as a future has them. `tookS`: undefined of a call that failed. */
const call = (job: number, submit: number, start: number, tookS?: number) => ({
  host_job_create_tstamp: job,
  host_submit_tstamp: submit,
  worker_start_tstamp: start - 0.25,
  worker_cold_start: start % 2 === 0,
  ...(tookS === undefined
    ? { worker_end_tstamp: start + 0.5 }
    : {
        worker_func_start_tstamp: start,
        worker_func_end_tstamp: start + tookS,
        worker_func_exec_time: tookS,
        worker_result_upload_time: 0.5,
        func_result_size: 44,
      }),
});
const FIRST = [call(100, 100.5, 102, 4), call(100, 100.5, 101, 4)];
const SECOND = [call(200, 200.5, 201, 1)];
const shape = (runs: readonly Run[]) => runs.map((run) => [run.runId, run.tasks.length, makespanMs(run)]);
const TWO_JOBS = [
  ['lithops-100000', 2, 6500],
  ['lithops-200000', 1, 2500],
];

describe('statistics of Lithops in documents', () => {
  test.each<[string, unknown]>([
    ['beside the results of a benchmark', { total_time: 6, worker_stats: [...FIRST, ...SECOND], results: [1, 2, 3] }],
    ['under the names of stages', { map: FIRST, reduce: SECOND, bucket: 'x' }],
    ['a list for each job', [FIRST, SECOND]],
    ['in futures', { futures: [...FIRST, ...SECOND].map((stats) => ({ activation_id: 'x', stats })) }],
  ])('%s', async (_, document) => {
    const { runs, issues } = await readText(JSON.stringify(document, null, 1));
    expect(issues).toEqual([]);
    expect(shape(runs)).toEqual(TWO_JOBS);
  });

  const futures = FIRST.map((stats, i) => ({ executor_id: 'e', job_id: 'M0', call_id: `0000${i}`, stats }));

  test.each<[string, string]>([
    ['in a list', JSON.stringify(futures, null, 1)],
    ['one a line', futures.map((future) => JSON.stringify(future)).join('\n')],
  ])('futures %s are calls of one job', async (_, text) => {
    const { runs, issues } = await readText(text);
    expect(issues).toEqual([]);
    expect(shape(runs)).toEqual([['e-M0', 2, 6500]]);
  });

  test('futures that are told too late to be rows are refused, not taken for a job each', async () => {
    const large = futures.map((future) => ({ output: 'x'.repeat(20_000), ...future }));
    const { runs, issues } = await readText(JSON.stringify(large));
    expect(runs).toEqual([]);
    expect(issues[0]).toContain("jq -s '{calls: flatten}' FILE > calls.json, found one call");
    expect(shape((await readText(JSON.stringify({ calls: large }))).runs)).toEqual([['e-M0', 2, 6500]]);
  });

  test('a first call that failed hides neither what they are nor the others', async () => {
    const { runs } = await readText(JSON.stringify([call(100, 100.5, 101), ...FIRST]));
    expect(runs.map(({ nodeCount, tasks }) => [nodeCount, tasks.length])).toEqual([[3, 2]]);
    expect(runs[0] && makespanMs(runs[0])).toBeNull();
  });

  test('calls that were written twice count once, which is remarked', async () => {
    const { runs } = await readText([...FIRST, ...FIRST].map((own) => JSON.stringify(own)).join('\n'));
    expect(shape(runs)).toEqual(TWO_JOBS.slice(0, 1));
    expect(runs[0]?.remarks).toEqual(['tasks-recorded-twice']);
  });
});

describe('pickled statistics of Lithops', () => {
  const future = (stats: Pickled, i: number) =>
    new PickledInstance('lithops.future', 'ResponseFuture', {
      call_id: `0000${i}`,
      executor_id: 'e-0',
      job_id: 'M000',
      function_name: 'crunch',
      runtime_memory: 2048,
      stats,
      _exception: new PickledInstance('builtins', 'Exception', {}),
    });

  test('what a benchmark kept of its jobs', async () => {
    const { runs, issues } = await readBytes(writePickle({ start_time: 99.5, worker_stats: [...FIRST, ...SECOND] }));
    expect(issues).toEqual([]);
    expect(shape(runs)).toEqual(TWO_JOBS);
  });

  test('one call alone is a job of one call', async () => {
    expect(shape((await readBytes(writePickle(SECOND[0] as Pickled))).runs)).toEqual(TWO_JOBS.slice(1));
  });

  test('futures say memory, function and number as well', async () => {
    const { runs } = await readBytes(writePickle(FIRST.map(future)));
    expect(runs).toMatchObject([{ runId: 'e-0-M000', workflow: 'crunch' }]);
    expect(runs[0]?.tasks).toMatchObject([
      { nodeId: '00000', memoryMb: 2048 },
      { nodeId: '00001', memoryMb: 2048 },
    ]);
    expect(runs[0] && makespanMs(runs[0])).toBe(6500);
  });

  test.each<[string, Buffer, string, RegExp]>([
    [
      'one that is cut',
      writePickle({ worker_stats: FIRST }).subarray(0, 100),
      'damaged',
      /the pickle is damaged, or cut: it ends too early/,
    ],
    [
      'one of something else is named',
      writePickle([new PickledInstance('pandas.core.frame', 'DataFrame', {})]),
      'not-run-records',
      /is a pickle of Python \(a list of pandas\.core\.frame\.DataFrame\): it holds no statistics/,
    ],
    ['one of numbers', writePickle({ a: 1 }), 'not-run-records', /\(a dictionary\)/],
  ])('%s: refused', async (_, pickle, code, message) => {
    await expect(readBytes(pickle)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
