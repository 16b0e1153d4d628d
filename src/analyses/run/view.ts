import { group } from 'd3-array';
import { name, right, toSeconds } from '../../view/cells.ts';
import { wordFrontier, wordSign } from '../../view/frontier-words.ts';
import { PATH_PART_LABELS } from '../../view/part-marks.ts';
import type { Cell, Column, Records, Scalar, Table, View } from '../../view/view.ts';
import { NOT_MEASURED, readableUnit, wordCount, wordFigure, wordNumber, wordUsd } from '../../view/words.ts';
import type { Outcome } from '../analysis.ts';
import { drawGantt } from './charts/gantt.ts';
import { chooseTasks } from './choose-tasks.ts';
import type { RunOptions } from './options.ts';
import type { RunResult, RunStartup, RunTask } from './result.ts';
import { tabulateAsked, wordAsked } from './view-task.ts';

/** Tables, records and the chart of one run. */
export function viewRun({ result }: Outcome<RunResult>, { plan, task }: RunOptions): View {
  const withPlan = plan && result.tasks.some(({ planned }) => planned !== null);
  const path = wordPath(result);
  const asked = task === null ? null : chooseTasks(result.tasks, task);
  return {
    headlines: [
      result.headline,
      ...(path === null ? [] : [path]),
      ...wordFailure(result),
      ...(asked ? [wordAsked(asked)] : []),
    ],
    next: withPlan
      ? '--chart run.svg draws it beside its plan'
      : '--chart run.svg draws it, --plan shows what was planned beside',
    tables: asked
      ? tabulateAsked(result, asked)
      : [tabulateTasks(result, withPlan), tabulateWorkers(result), ...tabulateBill(result)],
    records: recordRun(result),
    charts: [
      {
        kind: 'gantt',
        description: `Tasks and start-ups of run ${result.runId} over time, a lane for each worker. ${result.headline}`,
        draw: (frame) => drawGantt(result, withPlan, frame),
      },
      {
        kind: 'dag',
        description: `The tasks of run ${result.runId} and what waits for what, in the colours of their workers. ${result.headline}`,
        // The library that lays graphs out is loaded for this picture only.
        draw: async (frame) => (await import('./charts/dag.ts')).drawDag(result, frame),
      },
    ],
  };
}

/** Parts below this share are left out of the sentence. */
const LEAST_SHARE = 0.01;

function wordPath({ criticalPath }: RunResult): string | null {
  if ('missing' in criticalPath || criticalPath.makespanMs <= 0) return null;
  const shares = Object.entries(criticalPath.parts)
    .map(([part, ms]) => ({
      label: PATH_PART_LABELS[part as keyof typeof PATH_PART_LABELS],
      share: (ms ?? 0) / criticalPath.makespanMs,
    }))
    .filter(({ share }) => Math.abs(share) >= LEAST_SHARE)
    .sort((a, b) => b.share - a.share)
    .map(({ label, share }) => `${label} ${wordNumber(share * 100, 0)} %`);
  const count = criticalPath.nodeIds.length;
  return `critical path of ${count} ${count === 1 ? 'task' : 'tasks'}: ${shares.join(', ')}`;
}

/** Places at which the run broke, named at most. */
const MOST_POINTS = 6;

/** `failed: it broke at …; 17 tasks behind that never began; last sign of life at 18.6 s: sepia_chunk ended`. */
function wordFailure({ failure, zeroAtMs }: RunResult): string[] {
  if (failure === null) return [];
  const { frontier, behindCount, lastSign } = failure;
  return [
    [
      frontier.length > 0
        ? `failed: it broke at ${wordFrontier(frontier, MOST_POINTS)}`
        : 'failed: nothing tells where',
      ...(behindCount > 0 ? [`${wordCount(behindCount, 'task')} behind waited for that`] : []),
      lastSign === null
        ? 'no sign of life'
        : `last sign of life at ${toSeconds(lastSign.atMs - zeroAtMs)} s: ${wordSign(lastSign)}`,
    ].join('; '),
  ];
}

/** Whole milliseconds from 10 up; less than a tenth is not the same as nothing. */
function wordMs(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return NOT_MEASURED;
  if (ms > 0 && ms < 0.05) return '<0.1';
  return wordNumber(ms, ms !== 0 && Math.abs(ms) < 10 ? 1 : 0);
}

const toMebibytes = (bytes: number | null | undefined): string =>
  wordFigure(bytes == null ? null : bytes * readableUnit('bytes').scale);

const PATH_COLUMN: Column = { key: 'path', header: '', align: 'left' };

const TASK_COLUMNS: readonly Column[] = [
  name('task', 'task'),
  name('worker', 'worker'),
  right('start', 'start (s)'),
  right('wait', 'wait (ms)'),
  right('execution', 'exec (ms)'),
  right('upload', 'upload (ms)'),
  right('update', 'deps (ms)'),
  right('invocation', 'invoke (ms)'),
  right('end', 'end (s)'),
];

const PLAN_COLUMNS: readonly Column[] = [
  right('plannedStart', 'planned start (s)'),
  right('plannedEnd', 'planned output (s)'),
  right('plannedLate', 'output late (s)'),
];

/** Phases of a task that make room where the plan was asked for and both do not fit. */
const PHASES: readonly string[] = ['wait', 'upload', 'update', 'invocation'];
const yieldToPlan = (column: Column): Column => (PHASES.includes(column.key) ? { ...column, wide: true } : column);

const WIDE_COLUMNS: readonly Column[] = [
  { ...name('optimizations', 'optimizations'), wide: true },
  right('output', 'output at (s)', true),
  right('inputBytes', 'in (MiB)', true),
  right('downloadedBytes', 'down (MiB)', true),
  right('outputBytes', 'out (MiB)', true),
];

function tabulateTasks(result: RunResult, withPlan: boolean): Table {
  const hasPath = !('missing' in result.criticalPath);
  const columns = [
    ...(hasPath ? [PATH_COLUMN] : []),
    ...(withPlan ? TASK_COLUMNS.map(yieldToPlan) : TASK_COLUMNS),
    ...(withPlan ? PLAN_COLUMNS : []),
    ...WIDE_COLUMNS,
  ];
  const secondsAt = (atMs: number | undefined) =>
    atMs === undefined ? NOT_MEASURED : wordNumber((atMs - result.zeroAtMs) / 1000, 3);
  return {
    title: `tasks, in the order in which they began${hasPath ? ' (● on the critical path)' : ''}`,
    columns,
    rows: result.tasks.map((task) => {
      const cells = cellsOf(task, secondsAt);
      return Object.fromEntries(columns.map(({ key }) => [key, cells[key] ?? '']));
    }),
    notes: [],
    fold: { rows: 'tasks' },
  };
}

function cellsOf(task: RunTask, secondsAt: (atMs: number | undefined) => string): Record<string, Cell> {
  const { recorded, planned } = task;
  return {
    task: task.functionName,
    worker: task.worker ?? NOT_MEASURED,
    start: secondsAt(recorded?.startedAtMs),
    wait: wordMs(recorded?.inputWaitMs),
    execution: wordMs(recorded?.executionMs),
    upload: wordMs(recorded?.uploadMs),
    update: wordMs(recorded?.dependencyUpdateMs),
    invocation: wordMs(recorded?.invocationMs),
    end: secondsAt(recorded?.finishedAtMs),
    path: task.onCriticalPath ? { text: '●', tone: 'strong' } : '',
    plannedStart: secondsAt(planned?.earliestStartAtMs),
    plannedEnd: secondsAt(planned?.completionAtMs),
    plannedLate:
      recorded && planned
        ? wordNumber((recorded.outputAvailableAtMs - planned.completionAtMs) / 1000, 3)
        : NOT_MEASURED,
    output: secondsAt(recorded?.outputAvailableAtMs),
    inputBytes: toMebibytes(recorded?.inputBytes),
    downloadedBytes: toMebibytes(recorded?.downloadedBytes),
    outputBytes: toMebibytes(recorded?.outputBytes),
    optimizations: countNames(recorded?.optimizations ?? []),
  };
}

/** `PreLoad ×2, PreWarm`. */
function countNames(names: readonly string[]): string {
  return [...new Set(names)]
    .map((one) => {
      const count = names.filter((other) => other === one).length;
      return count === 1 ? one : `${one} ×${count}`;
    })
    .join(', ');
}

/** The worker's own cells stand in the first row of its starts. */
const once = (column: Column): Column => ({ ...column, once: true });

const WORKER_COLUMNS: readonly Column[] = [
  once(name('worker', 'worker')),
  once(right('memory', 'memory (MB)')),
  once(right('tasks', 'tasks')),
  { key: 'state', header: 'start', align: 'left' },
  right('requested', 'asked for (s)'),
  right('startup', 'start-up (s)'),
  once(right('last', 'last task ended (s)')),
  once(right('execution', 'execution (s)')),
  once(right('peak', 'most at once', true)),
  once({ ...name('id', 'id'), wide: true }),
];

/** A row per worker invocation. */
function tabulateWorkers(result: RunResult): Table {
  const secondsAt = (atMs: number) => wordNumber((atMs - result.zeroAtMs) / 1000, 3);
  const startupsOf = group(result.startups, ({ worker }) => worker);
  const rows = result.workers.flatMap((worker) => {
    const startups = startupsOf.get(worker.label) ?? [];
    const own = {
      worker: worker.label,
      memory: worker.memoryMb === null ? NOT_MEASURED : String(worker.memoryMb),
      tasks: String(worker.taskCount),
      last: secondsAt(worker.lastAtMs),
      execution: toSeconds(worker.executionMs),
      peak: String(worker.peakExecutingCount),
      id: worker.workerId ?? NOT_MEASURED,
    };
    const starts = startups.length > 0 ? startups.map((startup) => startCells(startup, secondsAt)) : [NO_START];
    return starts.map((start) => ({ ...own, ...start }));
  });
  return {
    title: 'workers, in the order in which they were asked for',
    columns: WORKER_COLUMNS,
    rows,
    notes: [],
    fold: { rows: 'starts' },
  };
}

const NO_START = { state: NOT_MEASURED, requested: NOT_MEASURED, startup: NOT_MEASURED };

const startCells = ({ state, requestedAtMs, startupMs }: RunStartup, secondsAt: (atMs: number) => string) => ({
  state: state ?? NOT_MEASURED,
  requested: secondsAt(requestedAtMs),
  startup: toSeconds(startupMs),
});

/** The items of the bill; no table where there is none. */
function tabulateBill({ bill, prices }: RunResult): Table[] {
  if ('missing' in bill) return [];
  const { sessionCount, prewarmCount } = bill;
  const row = (item: string, usd: number) => ({
    item,
    usd: wordUsd(usd),
    share: bill.totalUsd === 0 ? NOT_MEASURED : wordNumber((100 * usd) / bill.totalUsd, 1),
  });
  return [
    {
      title: `bill by the prices of ${prices.name}`,
      columns: [name('item', 'item'), right('usd', 'USD'), right('share', '%')],
      rows: [
        row('execution', bill.executionUsd),
        row('start-up', bill.startupUsd),
        row(wordCount(prewarmCount, 'prewarm'), bill.prewarmUsd),
        row(wordCount(sessionCount + prewarmCount, 'request'), bill.requestsUsd),
        row('total', bill.totalUsd),
      ],
      notes: [],
    },
  ];
}

/** A row per task, then one per start-up, with the same columns. */
function recordRun(result: RunResult): Records {
  const run = { runId: result.runId, workflow: result.workflow, planner: result.planner, sla: result.sla };
  const rows = [
    ...result.tasks.map((task) => ({ ...BLANK, ...run, ...recordTask(task) })),
    ...result.startups.map((startup) => ({ ...BLANK, ...run, ...recordStartup(startup) })),
  ];
  return { columns: Object.keys(BLANK), rows };
}

const BLANK: Readonly<Record<string, Scalar>> = {
  runId: null,
  workflow: null,
  planner: null,
  sla: null,
  kind: null,
  nodeId: null,
  functionName: null,
  worker: null,
  workerId: null,
  memoryMb: null,
  onCriticalPath: null,
  onPlannedPath: null,
  plannedWorkerId: null,
  startedAtMs: null,
  inputWaitMs: null,
  executionStartedAtMs: null,
  executionMs: null,
  executionEndedAtMs: null,
  uploadMs: null,
  outputAvailableAtMs: null,
  dependencyUpdateMs: null,
  invocationMs: null,
  finishedAtMs: null,
  inputBytes: null,
  downloadedBytes: null,
  downloadMs: null,
  outputBytes: null,
  uploadedBytes: null,
  optimizations: null,
  plannedOptimizations: null,
  plannedStartAtMs: null,
  plannedExecutionMs: null,
  plannedCompletionAtMs: null,
  requestedAtMs: null,
  readyAtMs: null,
  startupMs: null,
  state: null,
};

function recordTask({
  recorded,
  planned,
  plannedOptimizations,
  upstream: _,
  ...task
}: RunTask): Record<string, Scalar> {
  const { optimizations = [], inputWaitLacking: __, ...phases } = recorded ?? {};
  return {
    kind: 'task',
    ...task,
    ...phases,
    optimizations: optimizations.join('+'),
    plannedOptimizations: plannedOptimizations.join('+'),
    plannedStartAtMs: planned?.earliestStartAtMs ?? null,
    plannedExecutionMs: planned?.executionMs ?? null,
    plannedCompletionAtMs: planned?.completionAtMs ?? null,
  };
}

const recordStartup = ({ initialTaskIds, ...startup }: RunStartup): Record<string, Scalar> => ({
  kind: 'startup',
  ...startup,
  nodeId: initialTaskIds.join('+'),
});
