import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { testWith } from '../need-program.ts';
import { makeScratch } from '../scratch.ts';

/** Files of engines that hold no runs which can be read: each is named, with a way on. */

const scratch = makeScratch();

/** The beginning of a database: its signature, and further on in its first page the text of its tables. */
const sqlite = (tables: string) => `SQLite format 3\0${'\0'.repeat(80)}${tables}`;

test.each([
  [
    'stampede.db',
    sqlite('CREATE TABLE job_instance (job_instance_id INTEGER)'),
    'a Pegasus stampede database',
    /sqlite3 -csv.*--map run=wf_id/s,
  ],
  [
    'monitoring.db',
    sqlite('CREATE TABLE "try" (try_id INTEGER)'),
    'a Parsl monitoring database',
    /SELECT \* FROM try.*--map run=run_id/s,
  ],
  ['other.db', sqlite('CREATE TABLE friends (name TEXT)'), 'a SQLite database', /sqlite3 -csv.*--map/s],
  [
    'nextflow.log',
    'Jan-24 15:07:58.123 [main] DEBUG nextflow.cli.Launcher - $> nextflow run main.nf\n',
    "Nextflow's own log",
    /-with-trace/,
  ],
  [
    'report.html',
    '<!DOCTYPE html>\n<html><head><title>Nextflow report</title>',
    'an HTML report of Nextflow',
    /-with-trace/,
  ],
  ['dask.html', '<!DOCTYPE html>\n<html><head><title>Dask Performance Report</title>', 'of Dask', /get_task_stream/],
  ['page.html', '<html><body>Not found</body></html>', 'a page of HTML', /wfa help formats/],
  [
    'lambda.log',
    '2026-01-01T00:00:00.000Z REPORT RequestId: r\tDuration: 1 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\n',
    "a platform's log of invocations",
    /wfa workers -d FILE/,
  ],
  [
    'history.txt',
    'EVENTS\t1\t0\t2026-01-01T00:00:00.000000+00:00\tExecutionStarted\n',
    'a history of AWS Step Functions for people',
    /--output json/,
  ],
  [
    'history-table.txt',
    `${'-'.repeat(40)}\n|         GetExecutionHistory         |\n`,
    'a history of AWS Step Functions for people',
    /--output json/,
  ],
  [
    'argo.txt',
    'Name:                hello-1\nNamespace:           argo\nServiceAccount:      unset\nStatus:              Succeeded\n',
    'a workflow of Argo for people',
    /argo get NAME -o yaml/,
  ],
  [
    'activations.txt',
    'Datetime            Activation ID                    Kind      Start Duration\n2026-01-01 00:00:00 44794bd6aab74415b4e42a308d880e5b nodejs:6  cold  2.1s\n',
    'a list of OpenWhisk activations for people',
    /list --full/,
  ],
  [
    'task.log',
    '[2024-05-01T10:00:00.123+0000] {taskinstance.py:1157} INFO - Dependencies all met\n',
    'a log of an Airflow task',
    /taskInstances/,
  ],
  ['states.txt', 'dag_id | execution_date | task_id\n=======+\n', 'a command of Airflow printed', /-o json/],
  [
    'runs.json',
    '{"dag_runs": [{"dag_id": "etl"}], "total_entries": 1}',
    'DAG runs of Airflow, without their tasks',
    /taskInstances/,
  ],
  [
    'trace.json',
    '[{"cat": "task", "name": "f", "ph": "X", "ts": 1, "dur": 2}]',
    "in Chrome's format",
    /ray list tasks/,
  ],
  [
    'timeline.json',
    '[{"args": {"name": "Node 1"}, "name": "process_name", "ph": "M", "pid": 0}]',
    "in Chrome's format",
    /ray list tasks --detail --format json/,
  ],
  ['tasks.yaml', '---\n-   attempt_number: 0\n    name: f\n    task_id: c0\n', 'a list of Ray', /--format json/],
  ['tasks.txt', '======== List: 2026-05-04 08:00:00.000000 ========\nStats:\n', 'a list of Ray', /--format json/],
  ['plain.json', '[{"task_id": "c0", "attempt_number": 0, "name": "f"}]', 'a list of Ray', /--detail --format json/],
  [
    'jobs.txt',
    'JobID           JobName  Partition \n------------ ---------- ---------- \n',
    'of Slurm for people',
    /sacct -X -P/,
  ],
  [
    'jobs.csv',
    'JobID|JobName|Start|End\n1|a|x|y\n1.batch|batch|x|y\n',
    'of Slurm: which column',
    /-X -P .*--map run=/s,
  ],
  ['jobs.json', '{"jobs": [{"association": {"id": 1}, "job_id": 100}]}', 'of Slurm as JSON', /sacct -X -P/],
  [
    'histories.csv',
    'PartitionKey,RowKey,EventType,TaskScheduledId\na,0,TaskScheduled,\n',
    'Durable Functions',
    /showHistory=true/,
  ],
  [
    'answer.json',
    '{"tables": [{"name": "PrimaryResult", "columns": [], "rows": []}]}',
    'Azure Monitor',
    /@csv.*workers -d requests.csv/s,
  ],
  [
    'requests.csv',
    'timestamp,id,name,duration,operation_Id,cloud_RoleInstance\n',
    'Insights: which column',
    /--map start=timestamp/,
  ],
  [
    'portal.csv',
    'timestamp [UTC],id,name,duration,cloud_RoleInstance\n',
    'instants for people',
    /az monitor app-insights query/,
  ],
  [
    'analytics.json',
    '[{"TimeGenerated": "x", "DurationMs": "1", "AppRoleInstance": "i"}]',
    'Insights',
    /--map start=TimeGenerated/,
  ],
  ['makeflow.log', '# STARTED 1777881600123456\n1777881600123456 0 1 -1 5 1 0 0 0 6\n', 'of Makeflow', /WfCommons/],
])('%s is told by its content, and named with a way on', async (name, content, what, wayOn) => {
  const path = scratch.write(name, content);
  const { status, stdout, stderr } = await askWfa(['runs', '-d', path]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  const [first, ...hint] = stderr.split('\n');
  expect(first).toContain(path);
  expect(first).toContain(what);
  expect(hint.join('\n')).toMatch(wayOn);
});

const JQ = 'jq';
const AT = '2026-05-04T08:00:0';
const WITH_JQ: readonly (readonly [string, unknown, string, string, string])[] = [
  [
    'history.json',
    {
      name: 'Hello',
      instanceId: 'abc',
      historyEvents: [
        { EventType: 'ExecutionStarted', Timestamp: `${AT}0Z` },
        { EventType: 'TaskCompleted', FunctionName: 'Say', ScheduledTime: `${AT}1.5Z`, Timestamp: `${AT}3Z` },
        { EventType: 'TaskCompleted', FunctionName: 'Say', ScheduledTime: `${AT}3Z`, Timestamp: `${AT}5Z` },
      ],
    },
    'a Durable Functions orchestration',
    'runs',
    '"makespanMs": 3500',
  ],
  [
    'steps.json',
    {
      stepEntries: [1, 2].map((i) => ({
        name: `projects/1/locations/l/workflows/w/executions/abc/stepEntries/${i}`,
        createTime: `${AT}${i}Z`,
        updateTime: `${AT}${i}.5Z`,
        step: `s${i}`,
        stepType: 'STEP_CALL',
        state: 'STATE_SUCCEEDED',
        entryId: String(i),
      })),
    },
    'Google Cloud Workflows',
    'runs',
    '"makespanMs": 1500',
  ],
  [
    'stream.json',
    [1, 2].map((i) => ({
      key: `k${i}`,
      worker: 'w',
      startstops: [{ action: 'compute', start: 1.7e9 + i, stop: 1.7e9 + 2 * i }],
    })),
    "Dask's stream",
    'runs',
    '"makespanMs": 3000',
  ],
  [
    'entries.json',
    [
      {
        logName: 'projects/p/logs/x',
        timestamp: `${AT}1Z`,
        httpRequest: { latency: '0.25s' },
        labels: { instanceId: 'i' },
        resource: { labels: { service_name: 'f' } },
      },
    ],
    'Google Cloud Logging',
    'workers',
    '"endAtMs": 1777881601250',
  ],
  [
    'function.json',
    [
      {
        execution_id: 'e',
        time_utc: '2026-05-04 08:00:01.123',
        name: 'f',
        log: 'Function execution took 250 ms, finished with status code: 200',
      },
    ],
    'a Google Cloud Function',
    'workers',
    '"startAtMs": 1777881600873',
  ],
];

testWith(JQ).each(WITH_JQ)(
  '%s: the commands that are given as the way on work',
  async (name, document, what, question, figure) => {
    const refused = await askWfa(['runs', '-d', scratch.write(name, JSON.stringify(document))]);
    expect(refused.stderr).toContain(what);
    const [, filter = '', out = ''] = /jq -c '([^']+)' FILE > (\S+)/.exec(refused.stderr) ?? [];
    const rows = execFileSync(JQ, ['-c', filter, scratch.path(name)], { encoding: 'utf8' });
    const [, map = '', units = ''] = /--map (\S+)((?: --\S+-unit \S+)+)/.exec(refused.stderr) ?? [];
    const asked = [question, ...(question === 'runs' ? ['--list'] : []), '-d', scratch.write(`${name}-${out}`, rows)];
    const { status, stdout } = await askWfa([...asked, '--map', map, ...units.trim().split(' '), '-f', 'json']);
    expect(status).toBe(0);
    expect(stdout).toContain(figure);
  },
);
