import { RECORD_COLUMN, type TableColumn } from '../formats/table-column.ts';
import { COST, METRICS, type Measurement, type Metric } from '../model/metrics.ts';
import type { Run } from '../model/run.ts';
import type { RunFacts } from '../model/run-facts.ts';
import { joinNames, unlessUnknown } from './names.ts';

/** The table of runs for other tools: one row a run, its facts and every metric; and its record, to be read back by. */

export interface RunRow {
  readonly run: Run;
  readonly facts: RunFacts;
  /** The native record: JSON in UTF-8. */
  readonly record: Uint8Array;
  /** In USD by these `prices`. */
  readonly cost: Measurement;
  readonly prices: string;
}

/** The unit last, and what is counted in the singular: `makespan_ms`, `downloaded_bytes`, `cold_start_count`. */
function nameMetric({ key, unit }: Metric): string {
  const stem = key.replace(/^bytes-/, '').replaceAll('-', '_');
  return unit === 'count' ? `${stem.replace(/s$/, '')}_count` : `${stem}_${unit.replace('-', '_')}`;
}

const METRIC_COLUMNS: readonly TableColumn<RunRow>[] = METRICS.map((metric) => ({
  name: nameMetric(metric),
  type: 'number',
  cell: (row) => {
    const measured = measureRow(metric, row);
    return typeof measured === 'number' ? measured : null;
  },
}));

/** A figure of the run, or what it lacks. */
const measureRow = ({ key, measure }: Metric, { run, cost }: RunRow) => (key === COST ? cost : measure(run));

/** `resource-usage=no-resource-usage`, for each metric that the run has no figure of. */
function wordMissing(row: RunRow): string | null {
  const missing: string[] = [];
  for (const metric of METRICS) {
    const measured = measureRow(metric, row);
    if (typeof measured !== 'number') missing.push(`${metric.key}=${measured}`);
  }
  return missing.length === 0 ? null : missing.join(' ');
}

/** In this order; without the record if it is not wanted. */
export const runColumns = ({ records }: { readonly records: boolean }): readonly TableColumn<RunRow>[] => [
  { name: 'run_id', type: 'text', cell: ({ facts }) => facts.runId },
  { name: 'workflow', type: 'text', cell: ({ facts }) => facts.traits.workflow },
  { name: 'structure', type: 'text', cell: ({ facts }) => facts.traits.structure },
  { name: 'planner', type: 'text', cell: ({ facts }) => unlessUnknown(facts.traits.planner) },
  { name: 'sla', type: 'text', cell: ({ facts }) => facts.traits.sla },
  { name: 'source', type: 'text', cell: ({ facts }) => facts.traits.source },
  { name: 'origin', type: 'text', cell: ({ facts }) => `${facts.origin.uri}:${facts.origin.line}` },
  { name: 'memory_mb', type: 'text', cell: ({ facts }) => unlessUnknown(facts.traits.memory) },
  { name: 'planned', type: 'flag', cell: ({ run, facts }) => (run.lacks.has('plans') ? null : facts.traits.planned) },
  { name: 'complete', type: 'flag', cell: ({ facts }) => facts.traits.complete },
  { name: 'submitted_at', type: 'instant', cell: ({ facts }) => facts.submittedAtMs },
  { name: 'finished_at', type: 'instant', cell: ({ facts }) => facts.finishedAtMs },
  { name: 'node_count', type: 'count', cell: ({ facts }) => facts.traits.nodeCount },
  { name: 'task_count', type: 'count', cell: ({ facts }) => facts.traits.taskCount },
  { name: 'optimizations', type: 'text', cell: ({ facts }) => joinNames(facts.traits.optimizations) },
  ...METRIC_COLUMNS,
  { name: 'missing', type: 'text', cell: wordMissing },
  { name: 'prices', type: 'text', cell: ({ prices }) => prices },
  { name: 'resource_measure', type: 'text', cell: ({ facts }) => facts.traits.resourceMeasure },
  { name: 'sink_wait_missing', type: 'flag', cell: ({ facts }) => facts.traits.sinkWaitMissing },
  { name: 'unfinished_startup_count', type: 'count', cell: ({ facts }) => facts.traits.unfinishedStartupCount },
  { name: 'negative_gap_count', type: 'count', cell: ({ facts }) => facts.negativeGapCount },
  { name: 'largest_negative_gap_ms', type: 'number', cell: ({ facts }) => facts.largestNegativeGapMs },
  ...(records ? [{ name: RECORD_COLUMN, type: 'document', cell: ({ record }: RunRow) => record } as const] : []),
];
