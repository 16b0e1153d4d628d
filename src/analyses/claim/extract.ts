import { measureRun } from '../../model/metrics.ts';
import type { Run } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import type { MeasuredRun } from '../design/cells.ts';
import type { ClaimOptions } from './options.ts';

/** Keeps one run's figures for the metrics of all claims. Pure. */
export const extractClaim = (run: Run, facts: RunFacts, { metrics }: ClaimOptions): MeasuredRun => ({
  run: facts,
  ...measureRun(run, metrics),
});
