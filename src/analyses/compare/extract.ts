import type { Billed } from '../../cost/bill-facts.ts';
import { measureRun, type RawMeasurement } from '../../model/metrics.ts';
import type { Run } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import type { CompareOptions } from './options.ts';

/** What a comparison keeps of a run. */
export interface ComparedRun {
  readonly run: RunFacts;
  /** By metric key: a figure in the metric's unit, or the reason why there is none; of a cost what there is to be billed. */
  readonly measurements: Readonly<Record<string, RawMeasurement>>;
}

/** The same with costs in USD. */
export type CompareFacts = Billed<ComparedRun>;

/** One run's metrics. Pure. */
export function extractComparison(run: Run, facts: RunFacts, options: CompareOptions): ComparedRun {
  return {
    run: facts,
    measurements: measureRun(run, options.metrics),
  };
}
