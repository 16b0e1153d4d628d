import { min } from 'd3-array';
import { createBiller } from '../../cost/bill.ts';
import { shortPlannerName } from '../../model/names.ts';
import { wordCount, wordFigure } from '../../view/words.ts';
import type { Outcome } from '../analysis.ts';
import { chooseRun } from './choose-run.ts';
import { chooseTasks } from './choose-tasks.ts';
import { auditBill, findTroubles } from './diagnostics.ts';
import type { RunSummary } from './extract.ts';
import type { RunOptions } from './options.ts';
import type { RunResult } from './result.ts';
import { gatherWorkers } from './workers.ts';

/** Finds the run, labels its workers, and says what its record lacks. */
export function analyzeRun(summaries: readonly RunSummary[], options: RunOptions): Outcome<RunResult> {
  const { summary, detail, ledger } = chooseRun(summaries, options.choice);
  const { run, makespanMs } = summary;
  const labelled = gatherWorkers(detail);
  const countStarts = (state: string | null) => detail.startups.filter((startup) => startup.state === state).length;
  const { criticalPath } = detail;
  const shown: Omit<RunResult, 'headline'> = {
    runId: run.runId,
    workflow: run.traits.workflow,
    structure: run.traits.structure,
    planner: run.traits.planner,
    sla: run.traits.sla,
    source: run.traits.source,
    submittedAtMs: run.submittedAtMs,
    zeroAtMs: run.submittedAtMs ?? firstInstant(labelled.workers),
    makespanMs,
    plannedMakespanMs: detail.plannedMakespanMs,
    nodeCount: run.traits.nodeCount,
    taskCount: run.traits.taskCount,
    coldStartCount: countStarts('cold'),
    warmStartCount: countStarts('warm'),
    unknownStartCount: countStarts(null),
    resourceUsageGbSeconds: detail.resourceUsageGbSeconds,
    failure: detail.failure,
    bill: billRun(summary, summaries, options),
    prices: options.prices.table,
    criticalPath: typeof criticalPath === 'string' ? { missing: criticalPath } : criticalPath,
    ...labelled,
  };
  if (options.task !== null) chooseTasks(shown.tasks, options.task);
  const result = { headline: wordHeadline(shown), ...shown };
  return {
    result,
    ledger: ledger.entries(),
    warnings: [...findTroubles(result, summary, detail, options), ...auditBill(result, run, options)],
  };
}

/** The bill of one run; the cold starts of all runs tell how long those containers took to start that were launched ahead. */
function billRun({ use }: RunSummary, summaries: readonly RunSummary[], { prices }: RunOptions): RunResult['bill'] {
  const learnFrom = summaries.map((summary) => summary.use);
  const bill = createBiller(prices.table, learnFrom)(use);
  return typeof bill === 'string' ? { missing: bill } : bill;
}

/** 0 for a run of which nothing was recorded. */
const firstInstant = (workers: RunResult['workers']): number => min(workers, ({ firstAtMs }) => firstAtMs) ?? 0;

function wordHeadline(run: Omit<RunResult, 'headline'>): string {
  const workerCount = run.workers.filter(({ workerId }) => workerId !== null).length;
  const on =
    workerCount === 0 && run.workers.length > 0 ? '; workers not recorded' : ` on ${wordCount(workerCount, 'worker')}`;
  const tasks =
    run.taskCount < run.nodeCount ? `${run.taskCount} of ${run.nodeCount} tasks` : wordCount(run.taskCount, 'task');
  const starts = [
    ...(run.coldStartCount > 0 ? [`${run.coldStartCount} cold`] : []),
    ...(run.warmStartCount > 0 ? [`${run.warmStartCount} warm`] : []),
    ...(run.unknownStartCount > 0 ? [`${run.unknownStartCount} not recorded`] : []),
  ];
  const usage =
    run.resourceUsageGbSeconds === null ? '' : `; resource usage ${wordFigure(run.resourceUsageGbSeconds)} GB-s`;
  return (
    `${run.workflow} under ${shortPlannerName(run.planner)}, ${run.sla === 'none' ? 'no plan' : `SLA ${run.sla}`}: ${wordMakespan(run)}; ` +
    `${tasks}${on}; starts: ${starts.join(', ') || 'none recorded'}${usage}`
  );
}

function wordMakespan({ makespanMs, plannedMakespanMs }: Omit<RunResult, 'headline'>): string {
  const planned = plannedMakespanMs === null ? '' : ` (planned ${wordFigure(plannedMakespanMs / 1000)} s)`;
  return makespanMs === null ? `no makespan${planned}` : `makespan ${wordFigure(makespanMs / 1000)} s${planned}`;
}
