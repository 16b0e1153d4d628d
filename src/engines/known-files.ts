import { UserError } from '../errors.ts';
import { findPlatformLog } from '../formats/platform-logs/index.ts';
import type { Batch, Format } from '../formats/record.ts';

/** Files of engines that are known and hold no runs that can be read, told by how they begin, each with a way on. */
interface KnownFile {
  readonly looksLike: (head: string) => boolean;
  readonly what: string;
  readonly hint: readonly string[];
}

const KNOWN: readonly KnownFile[] = [
  {
    looksLike: (head) =>
      head.startsWith('SQLite format 3\0') && /CREATE TABLE ["`]?(job_instance|workflowstate|invocation)\b/i.test(head),
    what: 'a Pegasus stampede database (SQLite)',
    hint: [
      'Export its invocations: sqlite3 -csv -header FILE "SELECT * FROM invocation JOIN job_instance USING (job_instance_id)" > tasks.csv',
      'Then say which column is what: --map run=wf_id,task=job_instance_id,start=start_time,duration=remote_duration --time-unit s',
    ],
  },
  {
    looksLike: (head) =>
      head.startsWith('SQLite format 3\0') && /CREATE TABLE ["`]?(try|task|workflow)["`]? \(/i.test(head),
    what: 'a Parsl monitoring database (SQLite)',
    hint: [
      'Export its tries: sqlite3 -csv -header FILE "SELECT * FROM try" > tasks.csv',
      'Then say which column is what: --map run=run_id,task=task_id,attempt=try_id,submitted=task_try_time_launched,start=task_try_time_running,end=task_try_time_returned --time-unit iso',
    ],
  },
  {
    looksLike: (head) => head.startsWith('SQLite format 3\0'),
    what: 'a SQLite database',
    hint: [
      'Export the table that has a row for each task: sqlite3 -csv -header FILE "SELECT * FROM TABLE" > tasks.csv',
      'Then say which column is what: --map run=COLUMN,task=COLUMN,start=COLUMN,end=COLUMN --time-unit iso',
    ],
  },
  {
    looksLike: (head) =>
      /^[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d\.\d{3} \[[^\]]+\] (DEBUG|INFO|WARN|ERROR) +(nextflow|n\.)/m.test(
        head.slice(0, 2000),
      ),
    what: "Nextflow's own log (.nextflow.log)",
    hint: ['Its trace has the times of tasks: nextflow run … -with-trace trace.txt'],
  },
  {
    looksLike: (head) => /<html/i.test(head) && /nextflow/i.test(head),
    what: 'an HTML report of Nextflow',
    hint: ['Its trace has the times of tasks: nextflow run … -with-trace trace.txt'],
  },
  {
    looksLike: (head) => /<html/i.test(head) && /dask/i.test(head),
    what: 'a performance report of Dask (HTML)',
    hint: [
      'Write a table of tasks from client.get_task_stream(), one row each, with pandas: to_csv("tasks.csv")',
      "Then say which column is what: --map run='NAME',task=key,start=start,end=stop,worker=worker --time-unit s",
    ],
  },
  {
    looksLike: (head) =>
      /^\[\d{4}-\d\d-\d\dT[\d:.]+[+-]\d{4}\] \{[\w.]+\.py:\d+\} (DEBUG|INFO|WARNING|ERROR)/m.test(head.slice(0, 2000)),
    what: 'a log of an Airflow task',
    hint: [
      'Airflow gives its task instances as JSON: GET /api/v1/dags/~/dagRuns/~/taskInstances (version 3: /api/v2/…); that file is read as it is.',
    ],
  },
  {
    looksLike: (head) => /^EVENTS\t\d+\t|^-+\r?\n\| +GetExecutionHistory +\|/.test(head),
    what: 'a history of AWS Step Functions for people',
    hint: ['Save it as JSON: aws stepfunctions get-execution-history --execution-arn ARN --output json > history.json'],
  },
  {
    looksLike: (head) =>
      /^Name: +\S+\r?\nNamespace: +\S+\r?\n/.test(head) && /^(ServiceAccount|Status|Created): +/m.test(head),
    what: 'a workflow of Argo for people',
    hint: [
      'Save it as Kubernetes holds it: argo get NAME -o yaml > workflow.yaml, or kubectl get workflow NAME -o json',
    ],
  },
  {
    looksLike: (head) => /^(Datetime +Activation ID +Kind|activations\r?\n[0-9a-f]{32} )/.test(head),
    what: 'a list of OpenWhisk activations for people',
    hint: [
      'Save them whole: wsk activation list --full > activations.json; wfa workers -d activations.json reads that.',
    ],
  },
  {
    looksLike: (head) => /^(dag_id +\||- dag_id:)/.test(head),
    what: 'what a command of Airflow printed',
    hint: [
      'Ask it for JSON: airflow tasks states-for-dag-run DAG RUN -o json > tasks.json; that file is read as it is.',
    ],
  },
  {
    looksLike: (head) => /^\{\s*"dag_runs"\s*:/.test(head),
    what: 'a list of DAG runs of Airflow, without their tasks',
    hint: [
      'Airflow gives its task instances as JSON: GET /api/v1/dags/~/dagRuns/~/taskInstances (version 3: /api/v2/…); that file is read as it is.',
    ],
  },
  {
    looksLike: (head) => /^(\{\s*"traceEvents"\s*:|\[\s*\{[^{}]*"ph"\s*:)/.test(head),
    what: "a trace in Chrome's format, as wfa, Ray and others write them for trace viewers",
    hint: [
      'Give the records it was made of. Ray lists its tasks: ray list tasks --detail --format json > tasks.json',
      'Then say which column is what: --map run=job_id,task=task_id,attempt=attempt_number,function=name,status=state,start=start_time_ms,end=end_time_ms --time-unit ms',
    ],
  },
  {
    looksLike: (head) => /^(<!doctype html|<html)/i.test(head),
    what: 'a page of HTML',
    hint: ['Give the data that the page shows: run records, or a table of tasks with --map (wfa help formats).'],
  },
  {
    looksLike: (head) => findPlatformLog(head) !== null,
    what: "a platform's log of invocations",
    hint: [
      'wfa workers -d FILE reads it, and tells containers, cold starts and the bill.',
      'A log does not say which invocations belong to one run: for runs, give the records of the engine that made the calls.',
    ],
  },
];

/** Refuses files that are known, with a way on. */
export const knownFiles: Format = {
  detect: (head) => KNOWN.some(({ looksLike }) => looksLike(head)),
  binary: true,
  decode: async function* (bytes, uri): AsyncGenerator<Batch> {
    for await (const chunk of bytes) {
      const head = Buffer.from(chunk).toString('latin1').trimStart();
      const known = KNOWN.find(({ looksLike }) => looksLike(head));
      throw new UserError(
        'not-run-records',
        `${uri === '-' ? 'Standard input' : uri} is ${known?.what ?? 'known'}: it holds no runs that wfa reads.`,
        {
          hint: known?.hint,
        },
      );
    }
  },
};
