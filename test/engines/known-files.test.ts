import { expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
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
])('%s is told by its content, and named with a way on', async (name, content, what, wayOn) => {
  const path = scratch.write(name, content);
  const { status, stdout, stderr } = await askWfa(['runs', '-d', path]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  const [first, ...hint] = stderr.split('\n');
  expect(first).toContain(path);
  expect(first).toContain(what);
  expect(hint.join('\n')).toMatch(wayOn);
});
