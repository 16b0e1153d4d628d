import { groupBy } from '../../model/group-by.ts';
import { shortenPlanners } from '../../model/names.ts';
import { shortenStructures } from '../../model/short-ids.ts';
import { compareSlas } from '../../model/sla-order.ts';
import type { Column, Records, Scalar, Table, View } from '../../view/view.ts';
import { readableUnit, wordCount, wordFigure, wordInstant } from '../../view/words.ts';
import type { Outcome } from '../analysis.ts';
import type { ListedRun, RunGroup, RunsResult, WorkflowSummary } from './analyze.ts';

/** The overview, or with `--list` the runs themselves. */
export function viewRuns({ result }: Outcome<RunsResult>): View {
  const workflows = new Set(result.workflows.map(({ workflow }) => workflow));
  const planners = new Set(result.groups.map(({ planner }) => planner));
  return {
    headlines: [
      `${wordCount(result.runCount, 'run')} of ${wordCount(workflows.size, 'workflow')} under ${wordCount(planners.size, 'planner')}`,
    ],
    next: proposeNext(result),
    tables: result.runs ? [listRuns(result.runs)] : [tabulateWorkflows(result), tabulatePlanners(result.groups)],
    records: toRecords(result.runs ?? result.groups),
    charts: [],
  };
}

/** The comparison of the two planners with most runs that were planned. */
function proposeNext({ groups, runs }: RunsResult): string | null {
  if (runs) return 'wfa run ID shows one of them task by task';
  const planned = groups.filter(({ sla }) => sla !== 'none');
  const counts = groupBy(planned, ({ planner }) => planner).map((own) => ({
    planner: own[0]?.planner ?? '',
    runCount: own.reduce((sum, { runCount }) => sum + runCount, 0),
  }));
  const [first, second] = counts.sort((a, b) => b.runCount - a.runCount).map(({ planner }) => planner);
  if (first === undefined || second === undefined) return '--list shows every run';
  const shorten = shortenPlanners(groups);
  return `wfa compare ${shorten(first)} ${shorten(second)} compares two of the planners; --list shows every run`;
}

function toRecords(rows: readonly object[]): Records {
  return { columns: Object.keys(rows[0] ?? {}), rows: rows as readonly Record<string, Scalar>[] };
}

/** Names workflows with their structure where they have several; without, the hash would tell nothing apart. */
function nameWorkflows(all: readonly WorkflowSummary[]): (summary: WorkflowSummary) => string {
  const shorten = shortenStructures(all.map(({ structure }) => structure));
  const structures = new Map<string, Set<string>>();
  for (const { workflow, structure } of all) {
    structures.set(workflow, (structures.get(workflow) ?? new Set()).add(structure));
  }
  return ({ workflow, structure }) =>
    (structures.get(workflow)?.size ?? 0) > 1 ? `${workflow} ${shorten(structure)}` : workflow;
}

function tabulateWorkflows({ workflows }: RunsResult): Table {
  const nameOf = nameWorkflows(workflows);
  return {
    title: 'workflows',
    columns: [
      { key: 'workflow', header: 'workflow', align: 'left', wraps: true },
      { key: 'tasks', header: 'tasks', align: 'right' },
      { key: 'runs', header: 'runs', align: 'right' },
      { key: 'unplanned', header: 'no plan', align: 'right' },
      { key: 'incomplete', header: 'incomplete', align: 'right' },
      { key: 'first', header: 'first (UTC)', align: 'left' },
      { key: 'last', header: 'last (UTC)', align: 'left', wide: true },
    ],
    rows: workflows.map((summary) => ({
      workflow: nameOf(summary),
      tasks: String(summary.nodeCount),
      runs: String(summary.runCount),
      unplanned: String(summary.unplannedCount),
      incomplete: String(summary.incompleteCount),
      first: wordInstant(summary.firstSubmittedAtMs),
      last: wordInstant(summary.lastSubmittedAtMs),
    })),
    notes: [],
    fold: { rows: 'workflows' },
  };
}

function tabulatePlanners(groups: readonly RunGroup[]): Table {
  const slas = [...new Set(groups.map(({ sla }) => sla))].sort(compareSlas);
  const [nameOf, shorten] = [nameWorkflows(groups), shortenPlanners(groups)];
  // In order of workflow, structure and planner, as they come.
  const rows = groupBy(
    groups,
    ({ workflow }) => workflow,
    ({ structure }) => structure,
    ({ planner }) => planner,
  ).map((own) => ({
    name: nameOf(own[0] as RunGroup),
    planner: own[0]?.planner ?? '',
    counts: new Map(own.map(({ sla, runCount }) => [sla, runCount])),
  }));
  return {
    title: 'runs by planner and SLA',
    columns: [
      { key: 'workflow', header: 'workflow', align: 'left', wraps: true, once: true },
      { key: 'planner', header: 'planner', align: 'left', wraps: true },
      ...slas.map((sla): Column => ({ key: `sla ${sla}`, header: sla === 'none' ? 'no plan' : sla, align: 'right' })),
    ],
    rows: rows.map((row) => ({
      workflow: row.name,
      planner: shorten(row.planner),
      ...Object.fromEntries(slas.map((sla) => [`sla ${sla}`, String(row.counts.get(sla) ?? '·')])),
    })),
    notes: [],
    fold: { rows: 'workflows and planners' },
  };
}

function listRuns(runs: readonly ListedRun[]): Table {
  const shorten = shortenPlanners(runs);
  const seconds = readableUnit('ms').scale;
  return {
    title: null,
    columns: [
      { key: 'run', header: 'run', align: 'left', wraps: true },
      { key: 'submitted', header: 'submitted (UTC)', align: 'left', wide: true },
      { key: 'workflow', header: 'workflow', align: 'left', wraps: true },
      { key: 'planner', header: 'planner', align: 'left', wraps: true },
      { key: 'sla', header: 'SLA', align: 'left' },
      { key: 'tasks', header: 'tasks', align: 'right' },
      { key: 'makespan', header: 'makespan (s)', align: 'right' },
      { key: 'resources', header: 'GB-s', align: 'right' },
      { key: 'optimizations', header: 'optimizations', align: 'left', wide: true },
    ],
    rows: runs.map((run) => ({
      run: run.shortId,
      submitted: wordInstant(run.submittedAtMs),
      workflow: run.workflow,
      planner: shorten(run.planner),
      sla: run.sla === 'none' ? 'no plan' : run.sla,
      tasks: run.taskCount === run.nodeCount ? String(run.taskCount) : `${run.taskCount} of ${run.nodeCount}`,
      makespan: wordFigure(run.makespanMs === null ? null : run.makespanMs * seconds),
      resources: wordFigure(run.resourceUsageGbSeconds),
      optimizations: run.optimizations,
    })),
    notes: [],
    fold: { rows: 'runs' },
  };
}
