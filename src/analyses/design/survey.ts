import type { ResourceMeasure } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import type { MeasuredRun } from './cells.ts';

/** A survey finds in one pass what the audit asks of the runs of a cell: there are thousands of them. */
export interface Survey {
  readonly optimizations: ReadonlySet<string>;
  readonly memories: ReadonlySet<string>;
  readonly measures: ReadonlySet<ResourceMeasure>;
  readonly negativeGapCount: number;
  readonly largestNegativeGapMs: number;
  readonly sinkWaitMissingCount: number;
  readonly overlappingCount: number;
  readonly runs: readonly Pick<RunFacts, 'clocks'>[];
}

/** `overlapping`: the runs during which another one was under way. */
export function surveyRuns(facts: readonly MeasuredRun[], overlapping: ReadonlySet<MeasuredRun>): Survey {
  const optimizations = new Set<string>();
  const memories = new Set<string>();
  const measures = new Set<ResourceMeasure>();
  let [negativeGapCount, largestNegativeGapMs, sinkWaitMissingCount, overlappingCount] = [0, 0, 0, 0];
  for (const fact of facts) {
    const { run } = fact;
    for (const name of run.traits.optimizations) optimizations.add(name);
    memories.add(run.traits.memory);
    if (run.traits.resourceMeasure !== null) measures.add(run.traits.resourceMeasure);
    negativeGapCount += run.negativeGapCount;
    largestNegativeGapMs = Math.max(largestNegativeGapMs, run.largestNegativeGapMs);
    if (run.traits.sinkWaitMissing) sinkWaitMissingCount++;
    if (overlapping.has(fact)) overlappingCount++;
  }
  return {
    optimizations,
    memories,
    measures,
    negativeGapCount,
    largestNegativeGapMs,
    sinkWaitMissingCount,
    overlappingCount,
    runs: facts.map(({ run }) => run),
  };
}

/** Finds the runs during which another one was under way; `facts` are in order of submission. */
export function findOverlapping(facts: readonly MeasuredRun[]): Set<MeasuredRun> {
  const overlapping = new Set<MeasuredRun>();
  let longest: MeasuredRun | null = null;
  let longestUntilMs = Number.NEGATIVE_INFINITY;
  for (const fact of facts) {
    const { submittedAtMs, finishedAtMs } = fact.run;
    if (submittedAtMs === null || finishedAtMs === null) continue;
    if (longest !== null && submittedAtMs < longestUntilMs) overlapping.add(fact).add(longest);
    if (finishedAtMs <= longestUntilMs) continue;
    longest = fact;
    longestUntilMs = finishedAtMs;
  }
  return overlapping;
}
