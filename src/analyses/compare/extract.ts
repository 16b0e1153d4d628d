import { measureRun } from '../../model/metrics.ts';
import type { Run } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import type { MeasuredRun } from '../design/cells.ts';
import type { CompareOptions } from './options.ts';

/** A comparison keeps this of a run. */
export type CompareFacts = MeasuredRun;

/** One run's metrics. Pure. */
export const extractComparison = (run: Run, facts: RunFacts, { metrics }: CompareOptions): CompareFacts => ({
  run: facts,
  ...measureRun(run, metrics),
});
