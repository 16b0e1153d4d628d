import type { PricedRun } from '../../cost/price-runs.ts';
import { measureRun } from '../../model/metrics.ts';
import type { Run } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { plannedMakespanMs } from '../../model/timeline.ts';
import { measuredMetrics, type RankOptions } from './options.ts';

/** A ranking keeps this of a run. */
export interface RankFacts extends PricedRun {
  readonly run: RunFacts;
  /** The makespan that the run's plan predicted, in ms; `null`: the planner does not predict, or there is no plan. */
  readonly predictedMakespanMs: number | null;
}

/** One run's metrics and its plan's prediction. Pure. */
export function extractRanking(run: Run, facts: RunFacts, options: RankOptions): RankFacts {
  return {
    run: facts,
    ...measureRun(run, measuredMetrics(options)),
    // WUKONG stores plans and does not schedule by them.
    predictedMakespanMs: /wukong/i.test(facts.traits.planner) ? null : plannedMakespanMs(run),
  };
}
