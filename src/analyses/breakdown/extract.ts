import { type CriticalPath, type MissingPath, traceCriticalPath } from '../../model/critical-path.ts';
import { findMetric, type Measurement } from '../../model/metrics.ts';
import type { Run } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { BESIDE_KEYS, TASK_METRIC_KEYS } from './parts.ts';

/** A critical path without its nodes, of which there are many. */
export type PathFacts = Omit<CriticalPath, 'nodeIds'> & { readonly taskCount: number };

export interface BreakdownFacts {
  readonly run: RunFacts;
  readonly path: PathFacts | MissingPath;
  /** By metric key: the parts summed over tasks, and what is shown beside them. */
  readonly measurements: Readonly<Record<string, Measurement>>;
}

const METRICS = [...Object.values(TASK_METRIC_KEYS), ...BESIDE_KEYS].flatMap((key) => findMetric(key) ?? []);

/** One run's parts. Pure. */
export function extractBreakdown(run: Run, facts: RunFacts): BreakdownFacts {
  const measurements: Record<string, Measurement> = {};
  for (const { key, measure } of METRICS) measurements[key] = measure(run);
  return {
    run: facts,
    path: facts.traits.complete ? withoutNodes(traceCriticalPath(run)) : 'tasks-without-metrics',
    measurements,
  };
}

function withoutNodes(path: CriticalPath | MissingPath): BreakdownFacts['path'] {
  if (typeof path === 'string') return path;
  const { nodeIds, ...kept } = path;
  return { ...kept, taskCount: nodeIds.length };
}
