import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findFrontier } from '../../src/model/frontier.ts';
import type { Run } from '../../src/model/run.ts';
import { makespanMs } from '../../src/model/timeline.ts';
import { CAMPAIGNS } from '../campaigns.ts';
import { readText } from './read-text.ts';

const [TRACE_HEADER, ...FIELDS] = [
  'task_id\thash\tnative_id\tname\tstatus\texit\tsubmit\tduration\trealtime\t%cpu\tpeak_rss\tmemory',
  '98.2%\t1.4 GB\t2 GB',
];
const row = (id: number, name: string, status: string, submit: string, duration: string, realtime: string) =>
  [id, `ab/${id}`, id, name, status, 0, submit, duration, realtime, FIELDS[0]].join('\t');
const trace = (...rows: readonly string[]) => `${[TRACE_HEADER, ...rows].join('\n')}\n`;
const sumExecutionMs = ({ tasks }: Run) => tasks.reduce((sum, { executionMs }) => sum + executionMs, 0);

const AT = '2026-01-31 12:00:00.000';
const LATER = '2026-01-31 12:01:00.500';

describe('a Nextflow trace', () => {
  test('is one run, whose tasks began as long before their end as they took', async () => {
    const { runs, issues } = await readText(
      trace(
        row(1, 'WF:ALIGN (a)', 'COMPLETED', AT, '1h 2m 3s', '1h 2m'),
        row(2, 'WF:SORT (a)', 'COMPLETED', LATER, '3.7s', '700ms'),
      ),
    );
    expect(issues).toEqual([]);
    const [run] = runs;
    const atMs = Date.UTC(2026, 0, 31, 12);
    expect(run).toMatchObject({ workflow: 'WF', submittedAtMs: atMs, sourceLabel: 'label' });
    expect(run?.runId).toMatch(/^input\.[0-9a-f]{8}$/);
    expect(run?.nodes.map(({ functionName }) => functionName)).toEqual(['WF:ALIGN', 'WF:SORT']);
    expect(run?.tasks).toMatchObject([
      { nodeId: 'WF:ALIGN (a)', startedAtMs: atMs + 3000, executionMs: 3_720_000, memoryMb: 2048 },
      { startedAtMs: atMs + 60_500 + 3000, executionMs: 700 },
    ]);
    expect(run && makespanMs(run)).toBe(3_723_000);
  });

  test('raw figures are ms and bytes', async () => {
    const raw = `task_id\thash\tname\tstatus\tsubmit\tstart\tcomplete\trealtime\tmemory\n1\tab/1\ta (1)\tCOMPLETED\t1000\t1500\t4000\t2400\t1073741824\n`;
    const { runs } = await readText(raw);
    expect(runs[0]?.tasks).toMatchObject([{ startedAtMs: 1500, executionMs: 2400, memoryMb: 1024 }]);
  });

  test('cached tasks are left out with a word, and a failed one ends the run', async () => {
    const { runs } = await readText(
      trace(
        row(1, 'a', 'CACHED', AT, '9m', '9m'),
        row(2, 'b', 'COMPLETED', LATER, '2s', '1s'),
        row(3, 'c', 'FAILED', LATER, '2s', '-'),
      ),
    );
    const [run] = runs;
    expect(run?.nodes.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(run?.remarks).toEqual(['cached-tasks-left-out', 'submission-taken-from-first-task']);
    expect(run && makespanMs(run)).toBeNull();
    expect(run && findFrontier(run)).toEqual([{ kind: 'task', functionName: 'c', nodeIds: ['c'] }]);
  });

  test('a task that failed and was tried again is one task; two of one name are two', async () => {
    const { runs } = await readText(
      trace(
        row(1, 'a', 'FAILED', AT, '2s', '1s'),
        row(2, 'a', 'COMPLETED', LATER, '2s', '1s'),
        row(3, 'a', 'COMPLETED', LATER, '3s', '1s'),
      ),
    );
    expect(runs[0]?.tasks.map(({ nodeId }) => nodeId)).toEqual(['a', 'a #2']);
    expect(runs[0]?.remarks).toContain('earlier-attempts-left-out');
  });
});

describe('a Nextflow trace that is damaged', () => {
  test.each([
    ['a cut row', `${trace()}7\tab/7`, /status: expected one of COMPLETED/],
    ['a duration of no kind', trace(row(1, 'a', 'COMPLETED', AT, 'long', '1s')), /duration: expected a duration/],
    ['rows of another file', `${trace(row(1, 'a', 'COMPLETED', AT, '2s', '1s'))}a,b,c\n`, /status: expected/],
  ])('%s gets a sentence, and the run is left out', async (_, text, expected) => {
    const { runs, issues } = await readText(text);
    expect(runs).toEqual([]);
    expect(issues.join('\n')).toMatch(expected);
  });

  test('a trace of cached tasks only is refused', async () => {
    await expect(readText(trace(row(1, 'a', 'CACHED', AT, '9m', '9m')))).rejects.toThrow(
      'all 1 tasks of this Nextflow trace were taken',
    );
  });
});

describe('statistics of Lithops', () => {
  const call = (job: number, submit: number, start: number, tookS: number | undefined, cold: boolean) => ({
    host_job_create_tstamp: job,
    host_submit_tstamp: submit,
    worker_start_tstamp: start - 0.25,
    worker_cold_start: cold,
    worker_func_start_tstamp: start,
    ...(tookS === undefined ? {} : { worker_func_end_tstamp: start + tookS, worker_func_exec_time: tookS }),
    worker_result_upload_time: 0.5,
    func_result_size: 44.0,
  });
  const calls = [call(100, 100.5, 102, 4, true), call(100, 100.5, 101, 4, false), call(200, 200.5, 201, 1, false)];

  test.each([
    ['lines', calls.map((own) => JSON.stringify(own)).join('\n')],
    ['an array', JSON.stringify(calls, null, 2)],
    [
      'CSV',
      [Object.keys(calls[0] ?? {}), ...calls.map((own) => Object.values(own))]
        .map((cells) => cells.join(','))
        .join('\n'),
    ],
  ])('%s: each job is a run, whose calls wait for nothing', async (_, text) => {
    const { runs, issues } = await readText(text);
    expect(issues).toEqual([]);
    expect(runs.map(({ runId, tasks }) => [runId, tasks.length])).toEqual([
      ['lithops-100000', 2],
      ['lithops-200000', 1],
    ]);
    const [run] = runs;
    expect(run && makespanMs(run)).toBe(6500);
    expect(run && sumExecutionMs(run)).toBe(8000);
    expect(run?.workerStartups).toMatchObject([
      { requestedAtMs: 100_500, readyAtMs: 101_750, state: 'cold' },
      { readyAtMs: 100_750, state: 'warm' },
    ]);
    expect(run?.lacks.has('edges')).toBe(false);
  });

  test('a call without an end failed', async () => {
    const { runs } = await readText(JSON.stringify([calls[0], call(100, 100.5, 101, undefined, false)]));
    expect(runs[0] && makespanMs(runs[0])).toBeNull();
  });
});

const instance = (task: string, index: number, state: string, times: readonly (string | null)[]) => {
  const [queued_when = null, start_date = null, end_date = null] = times.map(
    (time) => time && `2026-01-01T00:00:${time}+00:00`,
  );
  return {
    dag_id: 'etl',
    dag_run_id: 'r1',
    task_id: task,
    map_index: index,
    try_number: 1,
    state,
    queued_when,
    start_date,
    end_date,
  };
};
const task_instances = [
  instance('a', -1, 'success', ['00', '01.5', '03']),
  instance('b', 0, 'success', ['04', '05', '09']),
  instance('b', 1, 'skipped', [null, null, null]),
];

describe('task instances of Airflow', () => {
  test.each([
    ['its answer', JSON.stringify({ task_instances, total_entries: 3 }, null, 1)],
    ['a list', JSON.stringify(task_instances)],
    ['lines', task_instances.map((own) => JSON.stringify(own)).join('\n')],
  ])('%s: each DAG run is one', async (_, text) => {
    const { runs, issues } = await readText(text);
    expect(issues).toEqual([]);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({
      runId: 'etl/r1',
      workflow: 'etl',
      remarks: ['skipped-tasks-left-out', 'submission-taken-from-first-task'],
    });
    expect(runs[0]?.tasks.map(({ nodeId, executionMs }) => [nodeId, executionMs])).toEqual([
      ['a', 1500],
      ['b[0]', 4000],
    ]);
    expect(runs[0] && makespanMs(runs[0])).toBe(9000);
  });

  test('a page of several is refused, and one of nothing', async () => {
    const { runs, issues } = await readText(JSON.stringify({ task_instances, total_entries: 9 }));
    expect(runs).toEqual([]);
    expect(issues[0]).toContain("join pages: jq -s 'map(.task_instances[])' PAGES > all.json), found 3 of 9");
    const none = await readText(JSON.stringify({ task_instances: [], total_entries: 0 }));
    expect(none.issues).toEqual(['dir/input.txt:1: task_instances: expected task instances, found an empty list']);
  });
});

describe('task instances of Airflow from elsewhere', () => {
  // `airflow tasks states-for-dag-run -o json`, and the table before Airflow 2.2 as psql exports it.
  test.each([
    [
      'the command line',
      JSON.stringify([
        {
          dag_id: 'etl',
          execution_date: '2026-01-01T00:00:00+00:00',
          task_id: 'a',
          state: 'success',
          start_date: '2026-01-01T00:00:01.5+00:00',
          end_date: '2026-01-01T00:00:03+00:00',
        },
      ]),
    ],
    [
      'the command line of version 3',
      JSON.stringify([
        {
          dag_id: 'etl',
          logical_date: '2026-01-01T00:00:00+00:00',
          task_id: 'a',
          state: 'success',
          start_date: '2026-01-01T00:00:01.5+00:00',
          end_date: '2026-01-01T00:00:03+00:00',
        },
      ]),
    ],
    [
      'an old table',
      'task_id,dag_id,execution_date,start_date,end_date,duration,state,try_number\na,etl,2026-01-01T00:00:00+00:00,2026-01-01 00:00:01.5+00,2026-01-01 00:00:03+00,1.5,success,1\n',
    ],
  ])('%s: a run is told by its date', async (_, text) => {
    const { runs, issues } = await readText(text);
    expect(issues).toEqual([]);
    expect(runs).toMatchObject([
      { runId: 'etl/2026-01-01T00:00:00+00:00', tasks: [{ nodeId: 'a', executionMs: 1500 }] },
    ]);
  });

  test('a task that somebody marked as done did not run', async () => {
    const { runs, issues } = await readText(
      JSON.stringify([task_instances[0], instance('m', -1, 'success', [null, null, null])]),
    );
    expect(issues).toEqual([]);
    expect(runs[0]?.nodes.map(({ id }) => id)).toEqual(['a']);
    expect(runs[0]?.remarks).toContain('skipped-tasks-left-out');
  });

  test('a run of skipped tasks is left out with a word', async () => {
    const { runs, issues } = await readText(JSON.stringify([task_instances[2]]));
    expect(runs).toEqual([]);
    expect(issues).toEqual([
      'dir/input.txt:1: run etl/r1: expected a task that took place, found none (skipped tasks left out)',
    ]);
  });
});

describe('measurements of SeBS-Flow', () => {
  test('each request is a run; functions that ran several times are numbered', async () => {
    const rows =
      'split,100,101.5,True,c1,r1\nmap,101.75,103,True,c2,r1\nmap,101.5,103.25,False,c1,r1\nsplit,200,201,False,c1,r2\n';
    const { runs } = await readText(`func,start,end,is_cold,container_id,request_id\n${rows}`);
    expect(runs.map(({ runId, workflow }) => [runId, workflow])).toEqual([
      ['r1', 'map+split'],
      ['r2', 'split'],
    ]);
    expect(runs[0]?.tasks.map(({ nodeId, workerId }) => [nodeId, workerId])).toEqual([
      ['split', 'c1'],
      ['map', 'c1'],
      ['map #2', 'c2'],
    ]);
    expect(runs[0] && makespanMs(runs[0])).toBe(3250);
  });
});

// python3 (3.11.7) with csv over the same text: for each request_id of rows that are not run_workflow,
// max(end) - min(start), sum(end - start), and the memory.
describe('measurements of SeBS-Flow as providers left them', () => {
  const HEADER = 'func,start,end,is_cold,container_id,provider.request_id,blob.upload,blob.download,request_id';
  const BILL =
    'provider.execution_duration,provider.init_duration,max_mem_used,billing.duration,billing.mem,billing.gbs';

  test('on Azure the orchestrator is no task, and a run of it alone is left out', async () => {
    const rows = [
      'run_workflow,9000.25,9000.5,,,,,,r1',
      'map,100.5,103.25,True,c1,p1,1,2,r1',
      'map,101.5,104,False,c2,p2,1,2,r1',
      'run_workflow,9000.25,9000.5,,,,,,r2',
    ];
    const { runs, issues } = await readText(`${[HEADER, ...rows].join('\n')}\n`);
    expect(runs.map((run) => [run.runId, run.tasks.length, makespanMs(run), sumExecutionMs(run)])).toEqual([
      ['r1', 2, 3500, 5250],
    ]);
    expect(runs[0]?.remarks).toContain('orchestrator-left-out');
    expect(issues).toEqual([
      'dir/input.txt:5: run r2: expected a task that took place, found none (orchestrator left out)',
    ]);
  });

  test('memory is what was billed, where a bill names it', async () => {
    const rows = (bill: string) => `${HEADER},${BILL}\nmap,100,103,True,c1,p1,0,0,r1,${bill}\n`;
    const [aws, gcp] = [
      await readText(rows('13460.0,0.0,51.0,14.0,256.0,3584.0')),
      await readText(rows('64036.0,0.0,,,,0.0')),
    ];
    expect(aws.runs[0]?.tasks[0]?.memoryMb).toBe(256);
    expect(gcp.runs[0]?.lacks.has('memory')).toBe(true);
  });

  test('rows that were pasted twice count once', async () => {
    const row = 'map,100,103,True,c1,p1,0,0,r1\n';
    const { runs } = await readText(`${HEADER}\n${row}${row}`);
    expect(runs[0]?.tasks).toHaveLength(1);
    expect(runs[0]?.remarks).toContain('tasks-recorded-twice');
  });
});

// python3: rows = [json.loads(l) for l in open(F)]; the three figures are
// sum(r["worker_func_exec_time"] …), max(func_start + exec + upload) - min(host_job_create), sum(worker_start - host_submit).
describe.skipIf(CAMPAIGNS === '')('real files (where the folder is)', () => {
  test('Lithops: 100 calls', async () => {
    const { runs } = await readText(readFileSync(`${CAMPAIGNS}/aws_lambda_100_flops.worker_stats.ndjson`, 'utf8'));
    const [run] = runs as [Run];
    const startups = run.workerStartups as readonly {
      readonly requestedAtMs: number;
      readonly readyAtMs: number | null;
    }[];
    const startupMs = startups.reduce((sum, own) => sum + ((own.readyAtMs as number) - own.requestedAtMs), 0);
    expect(run.tasks).toHaveLength(100);
    expect(
      [sumExecutionMs(run) / 1000, (makespanMs(run) as number) / 1000, startupMs / 1000].map((s) => s.toFixed(3)),
    ).toEqual(['3537.435', '38.304', '26.890']);
  });

  test('Nextflow: one task ran, one failed, six were cached', async () => {
    const { runs } = await readText(readFileSync(`${CAMPAIGNS}/execution_trace.scisoseq.txt`, 'utf8'));
    expect(runs[0]?.tasks).toMatchObject([
      { nodeId: 'get_software_versions', executionMs: 3700, startedAtMs: 1579878579858 },
    ]);
    expect(runs[0]?.nodes).toMatchObject([{}, { functionName: 'collate_results', hasFailed: true }]);
  });
});
