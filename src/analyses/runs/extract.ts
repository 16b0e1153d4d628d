import { orNull } from '../../model/recorded.ts';
import type { Run } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { makespanMs, plannedMakespanMs } from '../../model/timeline.ts';

export interface RunsOptions {
  readonly list: boolean;
}

export interface RunRow {
  readonly run: RunFacts;
  readonly makespanMs: number | null;
  /** `null`: not measured. */
  readonly resourceUsageGbSeconds: number | null;
  /** Makespan that the plan predicted, in ms; `null` without a plan or without a prediction for the sink. */
  readonly predictedMakespanMs: number | null;
}

/** One run's row. Pure. */
export function extractRun(run: Run, facts: RunFacts): RunRow {
  return {
    run: facts,
    makespanMs: makespanMs(run),
    resourceUsageGbSeconds: facts.traits.resourceUsageMeasured ? (orNull(run.resourceUsage)?.gbSeconds ?? null) : null,
    predictedMakespanMs: plannedMakespanMs(run),
  };
}
