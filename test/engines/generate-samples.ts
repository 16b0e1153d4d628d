/**
 * The generator of the bundled samples in other engines' layouts: each file with the truth that was put into it. The same seed
 * gives the same bytes; nothing of anybody's files is in them.
 */
import { makeHistory, seededRandom } from './generate-documents.ts';

/** A sample is a folder or file of `samples/engines/`: its files by their path there. */
export type SampleFiles = Readonly<Record<string, string>>;

/** 2026-05-04 08:00 UTC. */
const BEGIN_MS = Date.UTC(2026, 4, 4, 8);
const HOUR_MS = 3_600_000;
const GB_MB = 1024;

/** Gives whole numbers from `low` to `high`. */
function seededBetween(seed: number): (low: number, high: number) => number {
  const random = seededRandom(seed);
  return (low, high) => Math.round(low + random() * (high - low));
}

const joinLines = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

/** A task of the table, as it was planned and as it ran; ms. */
export interface TableTask {
  readonly workflow: string;
  readonly run: string;
  readonly planner: string;
  readonly task: string;
  readonly function: string;
  readonly parents: readonly string[];
  readonly memoryMb: number;
  readonly submittedAtMs: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** `packed` gives tasks half the memory, in which each takes 20 % longer. */
export const PLANNERS = {
  roomy: { memoryMb: 2 * GB_MB, slowness: 1 },
  packed: { memoryMb: GB_MB, slowness: 1.2 },
} as const;

/** Each workflow's tasks in an order in which parents come first, with their parents and their ms under `roomy`. */
const WORKFLOWS = {
  etl: {
    extract: [[], 2000],
    'clean-1': [['extract'], 4000],
    'clean-2': [['extract'], 5000],
    'clean-3': [['extract'], 4500],
    load: [['clean-1', 'clean-2', 'clean-3'], 1500],
  },
  report: {
    query: [[], 3000],
    'plot-1': [['query'], 2500],
    'plot-2': [['query'], 2000],
    mail: [['plot-1', 'plot-2'], 800],
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, readonly [readonly string[], number]>>>>;

/** Runs of each workflow under each planner. */
const TABLE_RUN_COUNT = 6;

/** Makes the tasks of the table: the planners take turns, so that no change over time looks like theirs. */
export function makeTableTasks(): readonly TableTask[] {
  const between = seededBetween(20);
  const tasks: TableTask[] = [];
  let atMs = BEGIN_MS;
  for (let number = 1; number <= TABLE_RUN_COUNT; number++) {
    for (const [workflow, plan] of Object.entries(WORKFLOWS)) {
      for (const planner of ['roomy', 'packed'] as const) {
        tasks.push(...runPlan({ workflow, run: `${workflow}-${planner}-${number}`, planner }, plan, atMs, between));
        atMs += HOUR_MS / 4;
      }
    }
  }
  return tasks;
}

type Named = Pick<TableTask, 'workflow' | 'run'> & { readonly planner: keyof typeof PLANNERS };

/** A task is asked for when all its parents have ended, waits for 100 to 200 ms, and takes its ms ± 3 % times the planner's slowness. */
function runPlan(
  named: Named,
  plan: Readonly<Record<string, readonly [readonly string[], number]>>,
  beginMs: number,
  between: (low: number, high: number) => number,
): TableTask[] {
  const { memoryMb, slowness } = PLANNERS[named.planner];
  const endOf = new Map<string, number>();
  return Object.entries(plan).map(([task, [parents, tookMs]]) => {
    const submittedAtMs = Math.max(beginMs, ...parents.map((parent) => endOf.get(parent) as number));
    const startedAtMs = submittedAtMs + between(100, 200);
    const endedAtMs = startedAtMs + Math.round(between(tookMs * 0.97, tookMs * 1.03) * slowness);
    endOf.set(task, endedAtMs);
    const functionName = task.replace(/-\d+$/, '');
    return { ...named, task, function: functionName, parents, memoryMb, submittedAtMs, startedAtMs, endedAtMs };
  });
}

const isoOf = (atMs: number): string => new Date(atMs).toISOString();

/** Writes the table, whose header suggests the whole of its map. */
function writeTable(tasks: readonly TableTask[]): string {
  const header = 'workflow,run,task,function,planner,parents,memory_mb,submitted,start,end';
  const rows = tasks.map((row) =>
    [
      ...[row.workflow, row.run, row.task, row.function, row.planner, row.parents.join(' '), row.memoryMb],
      ...[row.submittedAtMs, row.startedAtMs, row.endedAtMs].map(isoOf),
    ].join(','),
  );
  return joinLines([header, ...rows]);
}

/** A task of a trace; ms. */
export interface TraceTask {
  readonly process: string;
  readonly tag: string;
  readonly attempt: number;
  readonly status: 'COMPLETED' | 'FAILED';
  readonly submittedAtMs: number;
  readonly startedAtMs: number;
  readonly completedAtMs: number;
}

/** Executors: tasks of `shared` queue three times as long as those of `local`, and run no longer. */
export const EXECUTORS = { local: 1, shared: 3 } as const;
export const TRACE_COUNT = 6;
const SAMPLE_TAGS = ['a', 'b', 'c'];

/**
 * Makes the tasks of one trace: a trimming and an alignment of each of three samples, then one summary. The alignment of one
 * sample fails after 2 s in the second trace of each executor, and is tried again.
 */
export function makeTraceTasks(executor: keyof typeof EXECUTORS, number: number): readonly TraceTask[] {
  // A seed with which the interval of the queueing holds the truth, as those of 95 % of seeds do.
  const between = seededBetween(1000 + number * 10 + EXECUTORS[executor]);
  const beginMs = BEGIN_MS + (number * 2 + (executor === 'local' ? 0 : 1)) * HOUR_MS;
  const run = (process: string, tag: string, askedAtMs: number, tookMs: number, attempt = 1): TraceTask => {
    const startedAtMs = askedAtMs + between(1800, 2200) * EXECUTORS[executor];
    const completedAtMs = startedAtMs + between(tookMs * 0.95, tookMs * 1.05);
    return { process, tag, attempt, status: 'COMPLETED', submittedAtMs: askedAtMs, startedAtMs, completedAtMs };
  };
  const trimmed = SAMPLE_TAGS.map((tag) => run('RNASEQ:TRIM', tag, beginMs, 30_000));
  const aligned = trimmed.flatMap(({ tag, completedAtMs }) => {
    if (number !== 2 || tag !== 'b') return [run('RNASEQ:ALIGN', tag, completedAtMs, 90_000)];
    const failed = { ...run('RNASEQ:ALIGN', tag, completedAtMs, 2000), status: 'FAILED' as const };
    return [failed, run('RNASEQ:ALIGN', tag, failed.completedAtMs, 90_000, 2)];
  });
  const joinAtMs = Math.max(...aligned.map(({ completedAtMs }) => completedAtMs));
  return [...trimmed, ...aligned, run('RNASEQ:SUMMARY', 'all', joinAtMs, 20_000)];
}

/** Writes a trace as Nextflow does with `trace.raw = true`. */
function writeTrace(tasks: readonly TraceTask[], number: number): string {
  const header = [
    ...['task_id', 'hash', 'process', 'tag', 'name', 'status', 'exit', 'attempt'],
    ...['submit', 'start', 'complete', 'duration', 'realtime', 'memory'],
  ];
  const rows = tasks.map((task, i) => [
    ...[i + 1, `${number}${i}/${(number * 100_000 + i).toString(16).padStart(6, '0')}`, task.process, task.tag],
    ...[`${task.process} (${task.tag})`, task.status, task.status === 'FAILED' ? 137 : 0, task.attempt],
    ...[task.submittedAtMs, task.startedAtMs, task.completedAtMs],
    ...[task.completedAtMs - task.submittedAtMs, task.completedAtMs - task.startedAtMs, 4 * 2 ** 30],
  ]);
  return joinLines([header, ...rows].map((cells) => cells.join('\t')));
}

function writeTraces(): SampleFiles {
  const numbers = Array.from({ length: TRACE_COUNT }, (_, i) => i + 1);
  return Object.fromEntries(
    (['local', 'shared'] as const).flatMap((executor) =>
      numbers.map((number) => [
        `nextflow/${executor}/${executor}-${number}.txt`,
        writeTrace(makeTraceTasks(executor, number), number),
      ]),
    ),
  );
}

/** A call of a job of Lithops; ms. */
export interface Call {
  readonly job: number;
  readonly call: number;
  readonly isCold: boolean;
  readonly createdAtMs: number;
  readonly submittedAtMs: number;
  readonly readyAtMs: number;
  readonly startedAtMs: number;
  readonly executionMs: number;
}

export const CALL_JOB_COUNT = 5;
const CALL_COUNT = 6;
const RESULT_BYTES = 2_000_000;
export const UPLOAD_MS = 120;

/** Makes the calls of all jobs: those of the first are cold and start in about 2 s, those of later ones in about 0.2 s. */
export function makeCalls(): readonly Call[] {
  const between = seededBetween(5);
  const calls: Call[] = [];
  for (let job = 0; job < CALL_JOB_COUNT; job++) {
    const createdAtMs = BEGIN_MS + (job * HOUR_MS) / 60;
    const isCold = job === 0;
    for (let call = 0; call < CALL_COUNT; call++) {
      const submittedAtMs = createdAtMs + 40 + call * 5;
      const readyAtMs = submittedAtMs + (isCold ? between(1900, 2300) : between(180, 220));
      const startedAtMs = readyAtMs + 50;
      const executionMs = between(5500, 6500);
      calls.push({ job, call, isCold, createdAtMs, submittedAtMs, readyAtMs, startedAtMs, executionMs });
    }
  }
  return calls;
}

const pad = (number: number, width: number): string => String(number).padStart(width, '0');

/** Writes the statistics of calls, an object a line, with what their futures say beside them. */
const writeStats = (calls: readonly Call[]): string =>
  joinLines(
    calls.map((own) =>
      JSON.stringify({
        executor_id: 'render-0',
        job_id: `M${pad(own.job, 3)}`,
        call_id: pad(own.call, 5),
        function_name: 'render',
        runtime_memory: GB_MB,
        host_job_create_tstamp: own.createdAtMs / 1000,
        host_submit_tstamp: own.submittedAtMs / 1000,
        worker_start_tstamp: own.readyAtMs / 1000,
        worker_cold_start: own.isCold,
        worker_func_start_tstamp: own.startedAtMs / 1000,
        worker_func_end_tstamp: (own.startedAtMs + own.executionMs) / 1000,
        worker_func_exec_time: own.executionMs / 1000,
        worker_result_upload_time: UPLOAD_MS / 1000,
        worker_end_tstamp: (own.startedAtMs + own.executionMs + UPLOAD_MS) / 1000,
        func_result_size: RESULT_BYTES,
      }),
    ),
  );

/** Executions of one state machine: the last one fails in its task `Notify`. */
const EXECUTIONS = [
  { name: 'mon', seed: 1 },
  { name: 'tue', seed: 2 },
  { name: 'wed', seed: 3 },
  { name: 'thu', seed: 4, outcome: 'failed' },
] as const;

/** Writes each execution's history, with its names as `describe-execution` gives them. */
function writeHistories(): SampleFiles {
  const arn = 'arn:aws:states:eu-central-1:123456789012';
  return Object.fromEntries(
    EXECUTIONS.map(({ name, ...options }) => [
      `stepfunctions/${name}.json`,
      `${JSON.stringify({
        executionArn: `${arn}:execution:images:${name}`,
        stateMachineArn: `${arn}:stateMachine:images`,
        ...makeHistory(options),
      })}\n`,
    ]),
  );
}

/** Gives all files of `samples/engines/` by their paths there. */
export const makeSamples = (): SampleFiles => ({
  ...writeHistories(),
  ...writeTraces(),
  'lithops.ndjson': writeStats(makeCalls()),
  'tasks.csv': writeTable(makeTableTasks()),
});
