import type { MissingPath } from '../../model/critical-path.ts';
import { wordCount, wordFigure, wordList } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import type { RunSummary } from './extract.ts';
import type { RunOptions } from './options.ts';
import type { RunDetail, RunResult } from './result.ts';

/** What the record lacks or contradicts, as far as it changes how table and chart are to be read. */
export function findTroubles(
  result: RunResult,
  { run }: RunSummary,
  detail: RunDetail,
  options: RunOptions,
): Warning[] {
  const wukong = /wukong/i.test(run.traits.planner);
  return [
    ...warnIf(
      run.submittedAtMs === null,
      'not-submitted',
      'the run has no submission time: seconds count from the first instant recorded',
    ),
    ...findMissingTasks(result),
    ...warnMissingPath(result),
    ...warnIf(
      run.traits.sinkWaitMissing,
      'makespan-too-short',
      "the sink's wait for inputs was not recorded: the makespan is a lower bound",
    ),
    ...findClockDifferences(result, run),
    ...countWarning(
      result.tasks.filter(({ recorded }) => recorded?.inputWaitLacking).length,
      'input-wait-not-recorded',
      'downloaded inputs, but the wait for them was not recorded: what follows it is drawn too early',
    ),
    ...findStartupTroubles(result),
    ...noteIf(
      wukong && /opt/i.test(run.traits.planner),
      'invocations-not-recorded',
      "WUKONG's optimizations do not record their invocations",
    ),
    ...noteCount(
      detail.hardcodedDownloadCount,
      'hardcoded-download',
      'downloaded data given with the workflow: no phase has that time, and what follows it is drawn too early',
    ),
    ...noteCount(
      detail.duplicatedInputCount,
      'duplicates-not-recorded',
      'decided to run an upstream task again: where and how long it ran is not recorded',
      'time a task',
      'times a task',
    ),
    ...findConcurrency(result),
    ...noteIf(result.resourceUsageGbSeconds === null, 'resource-usage-not-measured', 'resource usage was not measured'),
    ...noteIf(
      options.plan && !run.traits.planned,
      'no-plan',
      'the run has no plan, for want of history: there are no planned times to show',
    ),
    ...noteIf(
      options.plan && run.traits.planned && wukong,
      'plan-not-followed',
      'WUKONG does not schedule by its plan',
    ),
  ];
}

const warnIf = (holds: boolean, code: string, message: string): Warning[] =>
  holds ? [{ code, severity: 'warning', message, args: {} }] : [];

const noteIf = (holds: boolean, code: string, message: string): Warning[] =>
  holds ? [{ code, severity: 'note', message, args: {} }] : [];

const countWarning = (count: number, code: string, words: string): Warning[] =>
  count === 0 ? [] : [{ code, severity: 'warning', message: `${wordCount(count, 'task')} ${words}`, args: { count } }];

const noteCount = (count: number, code: string, words: string, noun = 'task', plural = `${noun}s`): Warning[] =>
  count === 0
    ? []
    : [{ code, severity: 'note', message: `${wordCount(count, noun, plural)} ${words}`, args: { count } }];

function findMissingTasks({ tasks, nodeCount }: RunResult): Warning[] {
  const missing = tasks.filter(({ recorded }) => recorded === null);
  if (missing.length === 0) return [];
  const names = [...new Set(missing.map(({ functionName }) => functionName))].sort();
  return [
    {
      code: 'tasks-without-metrics',
      severity: 'warning',
      message: `${missing.length} of ${wordCount(nodeCount, 'task')} left no metrics and are not drawn: ${wordList(names)}`,
      args: { count: missing.length, nodeIds: missing.map(({ nodeId }) => nodeId) },
    },
  ];
}

const PATH_REASONS: Readonly<Record<MissingPath, string>> = {
  'not-submitted': 'the run has no submission time',
  'submission-not-recorded': 'the records do not say when runs were submitted',
  'edges-not-recorded': 'the records do not say which task waits for which',
  'sink-without-metrics': 'the sink left no metrics',
  'tasks-without-metrics': 'a task that it may lead through left no metrics',
};

function warnMissingPath({ criticalPath, makespanMs }: RunResult): Warning[] {
  if (!('missing' in criticalPath)) return [];
  const reason = criticalPath.missing;
  return [
    {
      code: 'no-critical-path',
      severity: 'warning',
      message: `no critical path${makespanMs === null ? ' and no makespan' : ''}: ${PATH_REASONS[reason]}`,
      args: { reason },
    },
  ];
}

/** Instants in an order that one clock would not give. */
function findClockDifferences({ startups, tasks }: RunResult, run: RunSummary['run']): Warning[] {
  const startedAtMs = new Map(tasks.map(({ nodeId, recorded }) => [nodeId, recorded?.startedAtMs]));
  const earlyMs = startups.flatMap(({ readyAtMs, initialTaskIds }) =>
    initialTaskIds.flatMap((id) => {
      const gapMs = (readyAtMs ?? Number.NEGATIVE_INFINITY) - (startedAtMs.get(id) ?? Number.POSITIVE_INFINITY);
      return gapMs > 0 ? [gapMs] : [];
    }),
  );
  const count = run.negativeGapCount + earlyMs.length;
  if (count === 0) return [];
  const largestMs = Math.max(run.largestNegativeGapMs, ...earlyMs);
  return [
    {
      code: 'clock-differences',
      severity: 'warning',
      message: `${wordCount(count, 'instant')} out of order, by up to ${wordFigure(largestMs)} ms: clocks differ, or a wait was not recorded`,
      args: { count, largestMs },
    },
  ];
}

function findStartupTroubles({ startups, workers, tasks }: RunResult): Warning[] {
  const unready = startups.filter(({ readyAtMs }) => readyAtMs === null).length;
  const unowned = startups.filter(({ workerId }) => workerId === null).length;
  const started = new Set(startups.map(({ workerId }) => workerId));
  const without = workers.filter(({ workerId }) => workerId !== null && !started.has(workerId)).length;
  const count = (n: number) => ({ count: n });
  return [
    ...(unready > 0
      ? [warning('startup-never-ended', `${wordCount(unready, 'start-up')} never reported ready`, count(unready))]
      : []),
    ...(unowned > 0 && tasks.length > 0
      ? [
          warning(
            'startup-of-unknown-worker',
            `${wordCount(unowned, 'start-up')} of a worker that nothing names`,
            count(unowned),
          ),
        ]
      : []),
    ...(without > 0
      ? [warning('startup-not-recorded', `${wordCount(without, 'worker')} without a recorded start-up`, count(without))]
      : []),
  ];
}

const warning = (code: string, message: string, args: Warning['args']): Warning => ({
  code,
  severity: 'warning',
  message,
  args,
});

function findConcurrency({ workers }: RunResult): Warning[] {
  const several = workers.filter(({ peakExecutingCount }) => peakExecutingCount > 1);
  if (several.length === 0) return [];
  const most = Math.max(...several.map(({ peakExecutingCount }) => peakExecutingCount));
  return [
    {
      code: 'concurrent-tasks',
      severity: 'note',
      message: `${wordCount(several.length, 'worker')} executed several tasks at once, up to ${most}: the chart gives them a row each`,
      args: { workerCount: several.length, most },
    },
  ];
}
