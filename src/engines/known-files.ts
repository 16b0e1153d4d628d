import { UserError } from '../errors.ts';
import { findPlatformLog } from '../formats/platform-logs/index.ts';
import type { Batch, Format } from '../formats/record.ts';

/** Files of engines that are known and hold no runs that can be read, told by how they begin, each with a way on. */
interface KnownFile {
  readonly looksLike: (head: string) => boolean;
  readonly what: string;
  readonly hint: readonly string[];
  /** It is a table that --map would read. */
  readonly isTable?: true;
}

const RAY_TASKS: readonly string[] = [
  'Ray lists its tasks, with their times: ray list tasks --detail --format json > tasks.json',
  'Then say which column is what: --map run=job_id,task=task_id,attempt=attempt_number,function=name,status=state,start=start_time_ms,end=end_time_ms --time-unit ms',
];

/** Without -X, each step of a job (.batch, .extern) stands in a row of its own, as if it were a task. */
const SLURM_JOBS: readonly string[] = [
  'List jobs without their steps, in columns: sacct -X -P -o JobID,JobName,Submit,Start,End,State,NodeList > jobs.txt',
  "Then say which column is what: --map run='NAME',task=JobID,function=JobName,submitted=Submit,start=Start,end=End,status=State --time-unit iso",
];

const AZURE_REQUESTS: readonly string[] = [
  'Of invocations: wfa workers -d FILE --map start=timestamp,duration=duration,pool=operation_Name,container=cloud_RoleInstance --time-unit iso --duration-unit ms',
  'Of requests that belong to one operation as tasks of a run: --map run=operation_Id,task=id,function=name,start=timestamp,duration=duration --time-unit iso --duration-unit ms',
];

const GOOGLE_CALLS =
  'Then: wfa workers -d calls.ndjson --map start=start,duration=duration,pool=pool,container=container --time-unit iso --duration-unit s';

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
    looksLike: (head) => /^(\{\s*"traceEvents"\s*:|\[\s*\{(?:[^{}]|\{[^{}]*\})*"ph"\s*:)/.test(head),
    what: "a trace in Chrome's format, as wfa, Ray and others write them for trace viewers",
    hint: ['Give the records it was made of.', ...RAY_TASKS],
  },
  {
    looksLike: (head) =>
      /^={3,} List: /.test(head) ||
      (/^(?:---\s+)?-\s/.test(head) && /^\s+(?:task_id|attempt_number): /m.test(head)) ||
      (/^\[?\s*\{/.test(head) && /"attempt_number"\s*:/.test(head) && !/"start_time_ms"\s*:/.test(head)),
    what: 'a list of Ray without the times of tasks, or in a form for people',
    hint: RAY_TASKS,
  },
  {
    looksLike: (head) => /^\[?\s*\{/.test(head) && /"startstops"\s*:/.test(head),
    what: "Dask's stream of tasks",
    hint: [
      'Write a row for each: jq -c \'.[] | (.startstops | map(select(.action == "compute"))) as $c | {key, worker, start: $c[0].start, end: $c[-1].stop}\' FILE > tasks.ndjson',
      "Then say which column is what: --map run='NAME',task=key,worker=worker,start=start,end=end --time-unit s",
    ],
  },
  {
    looksLike: (head) => /^JobID +JobName +.*\n-+ -+/.test(head),
    what: 'a list of jobs of Slurm for people',
    hint: SLURM_JOBS,
  },
  {
    looksLike: (head) => /^JobID(?:Raw)?\|/.test(head),
    what: 'a list of jobs of Slurm',
    hint: SLURM_JOBS,
    isTable: true,
  },
  {
    looksLike: (head) =>
      /^\{/.test(head) && /"job_id"\s*:/.test(head) && /"(?:het|association|derived_exit_code)"\s*:/.test(head),
    what: 'a list of jobs of Slurm as JSON',
    hint: SLURM_JOBS,
  },
  {
    looksLike: (head) => /^[[{]/.test(head) && /"instanceId"\s*:/.test(head) && /"historyEvents"\s*:/.test(head),
    what: 'the history of a Durable Functions orchestration',
    hint: [
      'Write a row for each task: jq -c \'[.] | flatten[] | .instanceId as $run | .name as $workflow | .historyEvents[] | select(.EventType | test("^Task(Completed|Failed)$")) | {run: $run, workflow: $workflow, task: "\\(.FunctionName) \\(.ScheduledTime)", function: .FunctionName, start: .ScheduledTime, end: .Timestamp, status: .EventType[4:]}\' FILE > tasks.ndjson',
      'Then: --map run=run,workflow=workflow,task=task,function=function,start=start,end=end,status=status --time-unit iso',
      'A task begins when it is scheduled there: its wait for a worker is part of its execution.',
    ],
  },
  {
    looksLike: (head) => /^"?PartitionKey"?,.*\bTaskScheduledId\b/.test(head),
    what: 'the table in which Durable Functions keeps its histories',
    hint: ['Ask for the history of an orchestration: GET /runtime/webhooks/durabletask/instances/ID?showHistory=true'],
  },
  {
    looksLike: (head) => /^\{\s*"tables"\s*:/.test(head) && /"columns"\s*:/.test(head),
    what: 'an answer of Azure Monitor',
    hint: [
      "Write its table: jq -r '.tables[0] | ([.columns[].name], .rows[]) | @csv' FILE > requests.csv",
      ...AZURE_REQUESTS.map((line) => line.replace('FILE', 'requests.csv')),
    ],
  },
  {
    looksLike: (head) => /^"?[^\n{[]*\bcloud_RoleInstance\b/.test(head),
    what: "requests of Azure's Application Insights",
    hint: AZURE_REQUESTS,
    isTable: true,
  },
  {
    looksLike: (head) => /^\w[^\n]* \[UTC\][^\n]*\b(?:cloud_|App)RoleInstance\b/.test(head),
    what: "requests of Azure's Application Insights with instants for people",
    hint: [
      'Save them with plain ones: az monitor app-insights query --app APP --analytics-query requests > requests.json',
    ],
  },
  {
    looksLike: (head) => /\bAppRoleInstance\b/.test(head) && /\bDurationMs\b/.test(head),
    what: "requests of Azure's Application Insights",
    hint: [
      'Of invocations: wfa workers -d FILE --map start=TimeGenerated,duration=DurationMs,pool=OperationName,container=AppRoleInstance --time-unit iso --duration-unit ms',
      'Of requests that belong to one operation as tasks of a run: --map run=OperationId,task=Id,function=Name,start=TimeGenerated,duration=DurationMs --time-unit iso --duration-unit ms',
    ],
    isTable: true,
  },
  {
    looksLike: (head) => /^\[?\s*\{/.test(head) && /"logName"\s*:\s*"projects\//.test(head),
    what: 'entries of Google Cloud Logging',
    hint: [
      'Write a row for each request: jq -c \'.[] | select(.httpRequest.latency) | {start: .timestamp, duration: (.httpRequest.latency | rtrimstr("s")), pool: (.resource.labels.service_name // .resource.labels.function_name), container: .labels.instanceId}\' FILE > calls.ndjson',
      GOOGLE_CALLS,
      'Of functions of the first generation: jq -c \'.[] | select(.textPayload | tostring | test("execution took")) | {end: .timestamp, duration: (.textPayload | capture("took (?<ms>[0-9]+) ms").ms), pool: .resource.labels.function_name}\' FILE > calls.ndjson',
      'Then: wfa workers -d calls.ndjson --map end=end,duration=duration,pool=pool --time-unit iso --duration-unit ms',
    ],
  },
  {
    looksLike: (head) => /^\[?\s*\{/.test(head) && /"execution_id"\s*:/.test(head) && /"time_utc"\s*:/.test(head),
    what: 'the logs of a Google Cloud Function',
    hint: [
      'Write a row for each execution: jq -c \'.[] | select(.log | tostring | test("execution took")) | {end: .time_utc, duration: (.log | capture("took (?<ms>[0-9]+) ms").ms), pool: .name}\' FILE > calls.ndjson',
      'Then: wfa workers -d calls.ndjson --map end=end,duration=duration,pool=pool --time-unit iso --duration-unit ms',
    ],
  },
  {
    looksLike: (head) => /^[[{]/.test(head) && /"stepEntries"\s*:/.test(head),
    what: 'the steps of an execution of Google Cloud Workflows',
    hint: [
      'Write a row for each: jq -c \'.stepEntries[] | select(.stepType == "STEP_CALL") | {run: (.name | split("/")[7]), workflow: (.name | split("/")[5]), task: "\\(.step) \\(.entryId)", function: .step, start: .createTime, end: .updateTime, status: (.state | ltrimstr("STATE_"))}\' FILE > tasks.ndjson',
      'Then: --map run=run,workflow=workflow,task=task,function=function,start=start,end=end,status=status --time-unit iso',
    ],
  },
  {
    looksLike: (head) =>
      /^# STARTED \d+\r?\n/.test(head) || /^(?:#.*\r?\n)*\d{16} \d+ \d -?\d+( \d+){6}\r?$/m.test(head.slice(0, 4000)),
    what: 'a log of Makeflow',
    hint: ["WfCommons' MakeflowLogsParser makes an instance of it in WfFormat, which is read as it is."],
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
      const input = uri === '-' ? 'Standard input' : uri;
      const why = known?.isTable ? 'which column is what has to be said' : 'it holds no runs that wfa reads';
      throw new UserError('not-run-records', `${input} is ${known?.what ?? 'known'}: ${why}.`, { hint: known?.hint });
    }
  },
};
