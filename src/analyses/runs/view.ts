import { from } from 'arquero';
import { shortPlannerName } from '../../model/names.ts';
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
    tables: result.runs ? [listRuns(result.runs)] : [tabulateWorkflows(result), tabulatePlanners(result.groups)],
    records: toRecords(result.runs ?? result.groups),
    charts: [],
  };
}

function toRecords(rows: readonly object[]): Records {
  return { columns: Object.keys(rows[0] ?? {}), rows: rows as readonly Record<string, Scalar>[] };
}

/** The hash shows only where it tells something apart. */
function wordStructure({ workflow, structure }: WorkflowSummary, all: readonly WorkflowSummary[]): string {
  const several = all.some((other) => other.workflow === workflow && other.structure !== structure);
  return several ? `${workflow} #${structure.slice(0, 6)}` : workflow;
}

function tabulateWorkflows({ workflows }: RunsResult): Table {
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
      workflow: wordStructure(summary, workflows),
      tasks: String(summary.nodeCount),
      runs: String(summary.runCount),
      unplanned: String(summary.unplannedCount),
      incomplete: String(summary.incompleteCount),
      first: wordInstant(summary.firstSubmittedAtMs),
      last: wordInstant(summary.lastSubmittedAtMs),
    })),
    notes: [],
  };
}

function tabulatePlanners(groups: readonly RunGroup[]): Table {
  const slas = [...new Set(groups.map(({ sla }) => sla))].sort(compareSlas);
  const rows =
    groups.length === 0
      ? []
      : (from(groups.map((group) => ({ ...group, name: wordStructure(group, groups) })))
          .groupby('name', 'planner')
          .pivot('sla', 'runCount')
          .orderby('name', 'planner')
          .objects() as ({ name: string; planner: string } & Record<string, number | undefined>)[]);
  return {
    title: 'runs by planner and SLA',
    columns: [
      { key: 'workflow', header: 'workflow', align: 'left', wraps: true },
      { key: 'planner', header: 'planner', align: 'left', wraps: true },
      ...slas.map((sla): Column => ({ key: `sla ${sla}`, header: sla === 'none' ? 'no plan' : sla, align: 'right' })),
    ],
    rows: rows.map((row, i) => ({
      workflow: rows[i - 1]?.name === row.name ? '' : row.name,
      planner: shortPlannerName(row.planner),
      ...Object.fromEntries(slas.map((sla) => [`sla ${sla}`, String(row[sla] ?? '·')])),
    })),
    notes: [],
  };
}

function listRuns(runs: readonly ListedRun[]): Table {
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
      planner: shortPlannerName(run.planner),
      sla: run.sla === 'none' ? 'no plan' : run.sla,
      tasks: run.taskCount === run.nodeCount ? String(run.taskCount) : `${run.taskCount} of ${run.nodeCount}`,
      makespan: wordFigure(run.makespanMs === null ? null : run.makespanMs * seconds),
      resources: wordFigure(run.resourceUsageGbSeconds),
      optimizations: run.optimizations,
    })),
    notes: [],
  };
}
