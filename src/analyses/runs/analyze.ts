import { byTexts, groupBy } from '../../model/group-by.ts';
import type { RunTraits } from '../../model/run-facts.ts';
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
  return {
    result: {
      runCount: rows.length,
      workflows: rollUp(rows, WORKFLOW_KEYS),
      groups: rollUp(rows, [...WORKFLOW_KEYS, 'planner', 'sla']),
      runs: options.list ? listRuns(rows) : null,
    },
    ledger: [],
    warnings: findTroubles(rows),
  };
}

type GroupKey = 'workflow' | 'structure' | 'planner' | 'sla';
const WORKFLOW_KEYS = ['workflow', 'structure'] as const;

/** Summarizes the runs that share those traits, sorted by them. */
function rollUp<Key extends GroupKey>(rows: readonly RunRow[], keys: readonly Key[]) {
  const groups = groupBy(
    rows,
    ...keys.map(
      (key) =>
        ({ run }: RunRow) =>
          run.traits[key],
    ),
  );
  return groups
    .map((own) => ({ names: namesOf(own, keys), figures: summarize(own) }))
    .sort(
      byTexts(
        ...keys.map(
          (key) =>
            ({ names }: { readonly names: Record<Key, string> }) =>
              names[key],
        ),
      ),
    )
    .map(({ names, figures }) => ({ ...names, ...figures }));
}

const namesOf = <Key extends GroupKey>([first]: readonly RunRow[], keys: readonly Key[]) =>
  Object.fromEntries(keys.map((key) => [key, first?.run.traits[key]])) as Record<Key, string>;

/** Counts a group's runs; `null`: none of them was submitted. */
function summarize(rows: readonly RunRow[]) {
  const countTraits = (holds: (traits: RunTraits) => boolean) => rows.filter(({ run }) => holds(run.traits)).length;
  const submittedAtMs = Float64Array.from(rows.flatMap(({ run }) => run.submittedAtMs ?? [])).sort();
  return {
    nodeCount: rows.reduce((most, { run }) => Math.max(most, run.traits.nodeCount), 0),
    runCount: rows.length,
    unplannedCount: countTraits(({ planned }) => !planned),
    incompleteCount: countTraits(({ complete }) => !complete),
    firstSubmittedAtMs: submittedAtMs[0] ?? null,
    lastSubmittedAtMs: submittedAtMs.at(-1) ?? null,
  };
}

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
