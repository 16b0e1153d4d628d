import { type Measurement, measureRun } from '../../model/metrics.ts';
import type { Run } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import type { CompareOptions } from './options.ts';

/** What a comparison keeps of a run. */
export interface CompareFacts {
  readonly run: RunFacts;
  /** By metric key: a figure in the metric's unit, or the reason why there is none. */
  readonly measurements: Readonly<Record<string, Measurement>>;
}

/** One run's metrics. Pure. */
export function extractComparison(run: Run, facts: RunFacts, options: CompareOptions): CompareFacts {
  return {
    run: facts,
    measurements: measureRun(run, options.metrics),
  };
}
