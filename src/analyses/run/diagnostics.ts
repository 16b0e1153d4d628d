import { max } from 'd3-array';
import type { MissingPath } from '../../model/critical-path.ts';
import type { MissingReason } from '../../model/metrics.ts';
import type { RecordedKind } from '../../model/recorded.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { wordCount, wordFigure, wordList } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import {
  diagnoseClockOffsets,
  diagnoseClocks,
  diagnoseNotSubmitted,
  diagnoseSinkWait,
  isNotSubmitted,
} from '../diagnostics/common.ts';
import { type Finding, keepFindings, note, warn } from '../diagnostics/finding.ts';
import { auditPrices } from '../diagnostics/prices.ts';
import type { RunSummary } from './extract.ts';
import type { RunOptions } from './options.ts';
import type { RunDetail, RunResult } from './result.ts';

/** Finds what the record lacks or contradicts, as far as it changes how table and chart are to be read. */
export function findTroubles(
  result: RunResult,
  { run }: RunSummary,
  detail: RunDetail,
  options: RunOptions,
): Warning[] {
  return keepFindings([
    diagnoseNotSubmitted(
      Number(isNotSubmitted(run)),
      'the run has no submission time: seconds count from the first instant recorded',
      {},
    ),
    findMissingTasks(result),
    warnMissingPath(result),
    diagnoseSinkWait(
      Number(run.traits.sinkWaitMissing),
      "the sink's wait for inputs was not recorded: the makespan is a lower bound",
      {},
    ),
    findClockDifferences(result, run),
    diagnoseClockOffsets([run]),
    findLackingWaits(result),
    ...findStartupTroubles(result, run),
    isWukong(run) &&
      /opt/i.test(run.traits.planner) &&
      note('invocations-not-recorded', "WUKONG's optimizations do not record their invocations"),
    ...findUnrecorded(detail),
    findConcurrency(result),
    result.resourceUsageGbSeconds === null && note('resource-usage-not-measured', 'resource usage was not measured'),
    ...(options.plan ? findPlanTroubles(run) : []),
  ]);
}

const isWukong = ({ traits }: RunFacts): boolean => /wukong/i.test(traits.planner);

const findPlanTroubles = (run: RunFacts): Finding[] => [
  !run.traits.planned &&
    note('no-plan', 'the run has no plan, for want of history: there are no planned times to show'),
  run.traits.planned && isWukong(run) && note('plan-not-followed', 'WUKONG does not schedule by its plan'),
];

function findLackingWaits({ tasks }: RunResult): Finding {
  const count = tasks.filter(({ recorded }) => recorded?.inputWaitLacking).length;
  return (
    count > 0 &&
    warn(
      'input-wait-not-recorded',
      `${wordCount(count, 'task')} downloaded inputs, but the wait for them was not recorded: what follows it is drawn too early`,
      { count },
    )
  );
}

const findUnrecorded = ({ hardcodedDownloadCount, duplicatedInputCount }: RunDetail): Finding[] => [
  hardcodedDownloadCount > 0 &&
    note(
      'hardcoded-download',
      `${wordCount(hardcodedDownloadCount, 'task')} downloaded data given with the workflow: no phase has that time, and what follows it is drawn too early`,
      { count: hardcodedDownloadCount },
    ),
  duplicatedInputCount > 0 &&
    note(
      'duplicates-not-recorded',
      `${wordCount(duplicatedInputCount, 'time a task', 'times a task')} decided to run an upstream task again: where and how long it ran is not recorded`,
      { count: duplicatedInputCount },
    ),
];

function findMissingTasks({ tasks, nodeCount }: RunResult): Finding {
  const missing = tasks.filter(({ recorded }) => recorded === null);
  if (missing.length === 0) return false;
  const names = [...new Set(missing.map(({ functionName }) => functionName))].sort();
  return warn(
    'tasks-without-metrics',
    `${missing.length} of ${wordCount(nodeCount, 'task')} left no metrics and are not drawn: ${wordList(names)}`,
    { count: missing.length, nodeIds: missing.map(({ nodeId }) => nodeId) },
  );
}

const PATH_REASONS: Readonly<Record<MissingPath, string>> = {
  'not-submitted': 'the run has no submission time',
  'submission-not-recorded': 'the records do not say when runs were submitted',
  'edges-not-recorded': 'the records do not say which task waits for which',
  'instants-not-recorded': 'the records do not say when tasks began',
  'sink-without-metrics': 'the sink left no metrics',
  'tasks-without-metrics': 'a task that it may lead through left no metrics',
};

function warnMissingPath({ criticalPath, makespanMs }: RunResult): Finding {
  if (!('missing' in criticalPath)) return false;
  const reason = criticalPath.missing;
  return warn(
    'no-critical-path',
    `no critical path${makespanMs === null ? ' and no makespan' : ''}: ${PATH_REASONS[reason]}`,
    { reason },
  );
}

/** Instants in an order that one clock would not give. */
function findClockDifferences({ startups, tasks }: RunResult, run: RunFacts): Finding {
  const startedAtMs = new Map(tasks.map(({ nodeId, recorded }) => [nodeId, recorded?.startedAtMs]));
  const earlyMs = startups.flatMap(({ readyAtMs, initialTaskIds }) =>
    initialTaskIds.flatMap((id) => {
      const gapMs = (readyAtMs ?? Number.NEGATIVE_INFINITY) - (startedAtMs.get(id) ?? Number.POSITIVE_INFINITY);
      return gapMs > 0 ? [gapMs] : [];
    }),
  );
  const count = run.negativeGapCount + earlyMs.length;
  const largestMs = Math.max(run.largestNegativeGapMs, max(earlyMs) ?? 0);
  return diagnoseClocks(
    count,
    `${wordCount(count, 'instant')} out of order, by up to ${wordFigure(largestMs)} ms: clocks differ, or a wait was not recorded`,
    'warning',
    { count, largestMs },
  );
}

function findStartupTroubles({ startups, workers, tasks }: RunResult, { traits }: RunFacts): Finding[] {
  const isRecorded = (kind: RecordedKind) => !(traits.lacks ?? []).includes(kind);
  const unready = startups.filter(({ readyAtMs }) => readyAtMs === null).length;
  const unowned = isRecorded('workers') ? startups.filter(({ workerId }) => workerId === null).length : 0;
  const started = new Set(startups.map(({ workerId }) => workerId));
  const named = workers.filter(({ workerId }) => workerId !== null);
  const without = isRecorded('startups') ? named.filter(({ workerId }) => !started.has(workerId)).length : 0;
  return [
    unready > 0 &&
      warn('startup-never-ended', `${wordCount(unready, 'start-up')} never reported ready`, { count: unready }),
    unowned > 0 &&
      tasks.length > 0 &&
      warn('startup-of-unknown-worker', `${wordCount(unowned, 'start-up')} of a worker that nothing names`, {
        count: unowned,
      }),
    without > 0 &&
      warn('startup-not-recorded', `${wordCount(without, 'worker')} without a recorded start-up`, { count: without }),
  ];
}

/** Tasks that one worker may execute at a time before it takes several rows of the chart. */
const TASKS_A_ROW = 1;

function findConcurrency({ workers }: RunResult): Finding {
  // What has no name may have been several workers.
  const several = workers.filter(
    ({ workerId, peakExecutingCount }) => workerId !== null && peakExecutingCount > TASKS_A_ROW,
  );
  if (several.length === 0) return false;
  const most = max(several, ({ peakExecutingCount }) => peakExecutingCount) ?? 0;
  return note(
    'concurrent-tasks',
    `${wordCount(several.length, 'worker')} executed several tasks at once, up to ${most}: the chart gives them a row each`,
    { workerCount: several.length, most },
  );
}

/** Says by which prices the bill was made, or why there is none. */
export const auditBill = ({ bill }: Pick<RunResult, 'bill'>, run: RunFacts, { prices }: RunOptions): Warning[] =>
  'missing' in bill
    ? [
        note('no-bill', `no bill: ${BILL_REASONS[bill.missing] ?? bill.missing.replaceAll('-', ' ')}`, {
          reason: bill.missing,
        }),
      ]
    : auditPrices(prices, [run]);

const BILL_REASONS: Partial<Record<MissingReason, string>> = {
  'tasks-without-metrics': 'a task left no metrics, and nobody knows how long its worker ran',
  'tasks-without-startup': 'a task ran on a worker whose start is not recorded',
  'startup-never-ended': 'a worker never reported ready',
  'prewarm-startup-unknown': 'no run started cold, so nobody knows how long a container takes that is launched ahead',
};
