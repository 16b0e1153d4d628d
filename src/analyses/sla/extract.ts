import type { PricedRun } from '../../cost/price-runs.ts';
import { findMetric, measureRun } from '../../model/metrics.ts';
import type { Run, Sla } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { plannedMakespanMs, planOf, slaOf } from '../../model/timeline.ts';
import type { SlaOptions } from './options.ts';

/** Attainment is judged on one of these. */
export const QUANTITIES = ['makespan', 'execution-time'] as const;
export type Quantity = (typeof QUANTITIES)[number];

/** The analysis keeps this of a run. */
export interface SlaFacts extends PricedRun {
  readonly run: RunFacts;
  readonly sla: Sla | null;
  /** In ms; `null`: not predicted, or not measured. */
  readonly attainment: Readonly<
    Record<Quantity, { readonly predictedMs: number | null; readonly actualMs: number | null }>
  >;
}

/** One run's metrics and predictions. Pure. */
export function extractSla(run: Run, facts: RunFacts, options: SlaOptions): SlaFacts {
  return {
    run: facts,
    sla: slaOf(run),
    ...measureRun(run, options.metrics),
    attainment: {
      makespan: {
        predictedMs: plannedMakespanMs(run),
        actualMs: actual(run, 'makespan'),
      },
      'execution-time': { predictedMs: predictedExecutionMs(run), actualMs: actual(run, 'execution-time') },
    },
  };
}

function actual(run: Run, key: Quantity): number | null {
  const measurement = findMetric(key)?.measure(run);
  return typeof measurement === 'number' ? measurement : null;
}

/** Σ over the nodes; `null` without a plan, or when the plan lacks a node. */
function predictedExecutionMs(run: Run): number | null {
  const plan = planOf(run);
  if (plan === null || plan.nodes.size < run.nodeCount) return null;
  let sum = 0;
  for (const node of plan.nodes.values()) sum += node.executionMs;
  return sum;
}
