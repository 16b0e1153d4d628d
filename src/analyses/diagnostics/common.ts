import type { ClockBounds } from '../../model/clock-offsets.ts';
import type { ResourceMeasure } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { wordCount, wordFigure, wordPercentChange } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import { type Finding, note, warn } from './finding.ts';

/** Checks that several analyses share; how an analysis words its own view of the runs is an argument. */

/** A prediction this many times off is more likely a broken history than a bad planner. */
export const ABSURD_RATIO = 10;

export const isAbsurdPrediction = (predictedMs: number, actualMs: number): boolean =>
  predictedMs > ABSURD_RATIO * actualMs;

/** Checks for plans that predicted `ABSURD_RATIO` times the actual makespan. `words` follow `3 runs`. */
export const diagnoseAbsurdPredictions = (count: number, words: string): Finding =>
  count > 0 && note('absurd-prediction', `${wordCount(count, 'run')} ${words}`, { count });

/** Checks for makespans that lack the sink's wait for inputs. */
export const diagnoseSinkWait = (count: number, message: string, args: Warning['args'] = { count }): Finding =>
  count > 0 && warn('makespan-too-short', message, args);

/** Checks for instants in an order that one clock would not give. `severity`: whether the answer rests on them. */
export function diagnoseClocks(
  count: number,
  message: string,
  severity: Warning['severity'],
  args: Warning['args'],
): Finding {
  return count > 0 && { ...note('clock-differences', message, args), severity };
}

/** Checks for runs whose instants one clock cannot have written, and says how far their makespans can be off. */
export function diagnoseClockOffsets(runs: readonly Pick<RunFacts, 'clocks'>[]): Finding {
  const clocks = runs.flatMap((run) => run.clocks ?? []);
  if (clocks.length === 0) return false;
  const differenceMs = clocks.reduce((most, each) => Math.max(most, each.differenceMs), 0);
  const offCount = clocks.reduce((sum, { offWorkers }) => sum + (offWorkers?.length ?? 0), 0);
  const workerCount = clocks.reduce((sum, each) => sum + each.workerCount, 0);
  const low = mostExtreme(clocks, ({ makespanLowMs }) => makespanLowMs, Math.min);
  const high = mostExtreme(clocks, ({ makespanHighMs }) => makespanHighMs, Math.max);
  return warn(
    'clock-offsets',
    `${wordCount(clocks.length, 'run')} with instants that one clock cannot have written: two clocks differ by at least ${wordFigure(differenceMs / 1000)} s, and ${offCount} of ${wordCount(workerCount, 'worker')} cannot have the client's; ${wordBounds(low, high)}`,
    {
      count: clocks.length,
      differenceMs,
      offCount,
      workerCount,
      makespanLowFraction: low,
      makespanHighFraction: high,
      ...(clocks.length === 1 ? { offWorkers: clocks[0]?.offWorkers } : {}),
    },
  );
}

const wordBounds = (low: number | null, high: number | null): string =>
  low === null || high === null
    ? 'nothing bounds how far makespans are off, as when clocks drift or instants are wrong'
    : `true makespans differ from the recorded ones by ${wordPercentChange(low, 0)} to ${wordPercentChange(high, 0)} %`;

/** The outermost bound as a change of the recorded makespan; `null` where one of the runs has none. */
function mostExtreme(
  clocks: readonly ClockBounds[],
  boundOf: (clocks: ClockBounds) => number | null,
  choose: (a: number, b: number) => number,
): number | null {
  let extreme: number | null = null;
  for (const each of clocks) {
    if (each.makespanMs === null) continue;
    const boundMs = boundOf(each);
    if (boundMs === null || each.makespanMs <= 0) return null;
    const change = boundMs / each.makespanMs - 1;
    extreme = extreme === null ? change : choose(extreme, change);
  }
  return extreme;
}

/** Engine versions measure resources in this many ways before their runs may be mixed. */
const MOST_MEASURES = 1;

/** Finds out whether runs of two engine versions, which measure resource usage in two ways, come together. */
export const areMixed = (measures: Iterable<ResourceMeasure>): boolean => new Set(measures).size > MOST_MEASURES;

/** Checks for runs of two engine versions. */
export const diagnoseEngines = (mixed: boolean, message: string, args: Warning['args']): Finding =>
  mixed && warn('mixed-engine-versions', message, args);

/** Checks for runs that no planner shaped and that are counted nevertheless. `words` follow `3 runs`. */
export const diagnoseUnplannedIncluded = (count: number, words: string): Finding =>
  count > 0 && warn('unplanned-included', `${wordCount(count, 'run')} ${words}`, { count });

/** Checks for cells whose spread comes from others. */
export const diagnoseSingleRuns = (count: number, cellCount: number): Finding =>
  count > 0 &&
  warn(
    'single-run-cells',
    `${wordCount(count, 'cell')} of ${cellCount} with one run only: their spread is borrowed from the other cells, which supposes that it is alike`,
    { count },
  );

/** Checks for planners under which nothing happened. `words` stand before the list of them. */
export const diagnosePlannersWithout = (names: readonly string[], message: string): Finding =>
  names.length > 0 && note('planners-without', message, { planners: names });

/** Is true when a run was never submitted, or failed before; where records do not tell when, it may have been. */
export const isNotSubmitted = ({ submittedAtMs, traits }: RunFacts): boolean =>
  submittedAtMs === null && !(traits.lacks ?? []).includes('submission');

/** Checks for runs that were never submitted, or failed before. */
export const diagnoseNotSubmitted = (count: number, message: string, args: Warning['args']): Finding =>
  count > 0 && warn('not-submitted', message, args);
