import { from, op } from 'arquero';
import { shortenIds } from '../../model/short-ids.ts';
import type { Outcome } from '../analysis.ts';
import { findTroubles } from './diagnostics.ts';
import type { RunRow, RunsOptions } from './extract.ts';

/** The result of `wfa runs`. */
export interface RunsResult {
  readonly runCount: number;
  readonly workflows: readonly WorkflowSummary[];
  /** Per workflow × structure × planner × SLA. */
  readonly groups: readonly RunGroup[];
  /** Every run in order of submission; only with `--list`. */
  readonly runs: readonly ListedRun[] | null;
}

/** A summary of the runs of one workflow and structure. */
export interface WorkflowSummary {
  readonly workflow: string;
  readonly structure: string;
  readonly nodeCount: number;
  readonly runCount: number;
  readonly unplannedCount: number;
  readonly incompleteCount: number;
  readonly firstSubmittedAtMs: number | null;
  readonly lastSubmittedAtMs: number | null;
}

/** A group holds the runs of one planner and SLA in a workflow. */
export interface RunGroup extends WorkflowSummary {
  readonly planner: string;
  /** `none` for runs without plan. */
  readonly sla: string;
}

/** A listed run has its attributes and main figures; `null`: not recorded. */
export interface ListedRun {
  readonly runId: string;
  /** The shortest beginning of the id, 13 characters at least, that no other run shares. */
  readonly shortId: string;
  readonly submittedAtMs: number | null;
  readonly workflow: string;
  readonly structure: string;
  readonly planner: string;
  readonly sla: string;
  readonly source: string;
  readonly memory: string;
  readonly taskCount: number;
  readonly nodeCount: number;
  readonly makespanMs: number | null;
  readonly resourceUsageGbSeconds: number | null;
  readonly optimizations: string;
}

/** Rolls the runs up and looks for what will limit an analysis. */
export function analyzeRuns(rows: readonly RunRow[], options: RunsOptions): Outcome<RunsResult> {
  const table = from(
    rows.map(({ run }) => ({
      workflow: run.traits.workflow,
      structure: run.traits.structure,
      planner: run.traits.planner,
      sla: run.traits.sla,
      nodeCount: run.traits.nodeCount,
      submittedAtMs: run.submittedAtMs,
      unplanned: run.traits.planned ? 0 : 1,
      incomplete: run.traits.complete ? 0 : 1,
    })),
  );
  const summary = {
    nodeCount: op.max('nodeCount'),
    runCount: op.count(),
    unplannedCount: op.sum('unplanned'),
    incompleteCount: op.sum('incomplete'),
    firstSubmittedAtMs: op.min('submittedAtMs'),
    lastSubmittedAtMs: op.max('submittedAtMs'),
  };
  const rollup = (...keys: string[]) => {
    // A table without rows has no columns to group by.
    if (rows.length === 0) return [];
    return table
      .groupby(...keys)
      .rollup(summary)
      .orderby(...keys)
      .objects()
      .map(withoutUndefined);
  };
  return {
    result: {
      runCount: rows.length,
      workflows: rollup('workflow', 'structure') as unknown as WorkflowSummary[],
      groups: rollup('workflow', 'structure', 'planner', 'sla') as unknown as RunGroup[],
      runs: options.list ? listRuns(rows) : null,
    },
    ledger: [],
    warnings: findTroubles(rows),
  };
}

/** Arquero says `undefined` for the extremes of nothing. */
const withoutUndefined = (row: object): object =>
  Object.fromEntries(Object.entries(row).map(([key, field]) => [key, field ?? null]));

function listRuns(rows: readonly RunRow[]): ListedRun[] {
  const ordered = [...rows].sort(
    (a, b) =>
      (a.run.submittedAtMs ?? Number.POSITIVE_INFINITY) - (b.run.submittedAtMs ?? Number.POSITIVE_INFINITY) || 0,
  );
  const shorten = shortenIds(rows.map(({ run }) => run.runId));
  return ordered.map(({ run, makespanMs, resourceUsageGbSeconds }) => ({
    runId: run.runId,
    shortId: shorten(run.runId),
    submittedAtMs: run.submittedAtMs,
    workflow: run.traits.workflow,
    structure: run.traits.structure,
    planner: run.traits.planner,
    sla: run.traits.sla,
    source: run.traits.source,
    memory: run.traits.memory,
    taskCount: run.traits.taskCount,
    nodeCount: run.traits.nodeCount,
    makespanMs,
    resourceUsageGbSeconds,
    optimizations: run.traits.optimizations.join('+'),
  }));
}
