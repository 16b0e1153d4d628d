import { measureRun } from '../../model/metrics.ts';
import type { Run } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import type { MeasuredRun } from '../design/cells.ts';
import type { CompareOptions } from './options.ts';

/** What a comparison keeps of a run. */
export type CompareFacts = MeasuredRun;

/** One run's metrics. Pure. */
export function extractComparison(run: Run, facts: RunFacts, options: CompareOptions): CompareFacts {
  return {
    run: facts,
    measurements: measureRun(run, options.metrics),
  };
}
