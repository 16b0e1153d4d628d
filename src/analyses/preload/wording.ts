import { shortPlannerName } from '../../model/names.ts';
import { NOT_MEASURED, wordCount, wordList, wordNumber } from '../../view/words.ts';
import { wordIntervalSource } from '../design/interval-words.ts';
import type { PreloadContrast, PreloadCount, PreloadResult } from './result.ts';
import type { OutcomeKey } from './task-groups.ts';

/** The sentences of a preload comparison: the same on the terminal, in the chart's title and in the machine formats. */

const LABELS: Readonly<Record<OutcomeKey, string>> = {
  'ready-lag': 'ready lag',
  'input-wait': 'input wait',
  'execution-start': 'execution start',
  'start-offset': 'task start',
};

export const labelOf = (outcome: OutcomeKey): string => LABELS[outcome];

export const armLabel = (result: Pick<PreloadResult, 'planner'>): string => shortPlannerName(result.planner);

/** One planner by its name; several as "planners without preloading". */
export const againstLabel = ({ against }: Pick<PreloadResult, 'against'>): string =>
  against.length === 1 ? shortPlannerName(against[0] as string) : `${against.length} planners without preloading`;

/** `text_analysis merge_word_counts` needs no more than this: `−120`, `+3.4`, in ms. */
export function wordMs(ms: number | null, signed = false): string {
  if (ms === null) return NOT_MEASURED;
  const text = wordNumber(ms, Math.abs(ms) < 100 ? 1 : 0);
  return signed && ms > 0 && Number(text) !== 0 ? `+${text}` : text;
}

export const wordMsInterval = (low: number | null, high: number | null): string =>
  low === null || high === null ? NOT_MEASURED : `[${wordMs(low, true)}, ${wordMs(high, true)}]`;

/** A verdict in a word or two: `earlier`, `later`, `shorter (hint)`, `longer`, `all equal`, `cannot tell`, `not measured`. */
export function wordOutcome({ outcome, outcomeClass, differenceMs }: PreloadContrast): string {
  if (differenceMs === null) return 'not measured';
  if (outcomeClass === 'inconclusive') return 'cannot tell';
  if (outcomeClass === 'equivalent') return 'all equal';
  const instant = outcome === 'execution-start' || outcome === 'start-offset';
  const words = instant ? { less: 'earlier', more: 'later' } : { less: 'shorter', more: 'longer' };
  const word = differenceMs < 0 ? words.less : words.more;
  return outcomeClass === 'hint' ? `${word} (hint)` : word;
}

/** The source of a contrast's interval, as in `paired t over 8 blocks, as 15 of 16 cells have one run`. */
export const wordMethod = ({ intervalMethod: method, outcomeClass, blocks }: PreloadContrast): string =>
  wordIntervalSource({ method, allEqual: outcomeClass === 'equivalent', counts: countCells(blocks) });

/** Counts the runs of each cell, that is of each side in each block. */
export const countCells = (blocks: PreloadContrast['blocks']): number[] =>
  blocks.flatMap(({ controlRunCount, preloadedRunCount }) => [controlRunCount, preloadedRunCount]);

const MARKS = { different: '', hint: ' (a hint)', equivalent: ' (no change)', inconclusive: ' (cannot tell)' } as const;

/** The answer in one sentence. */
export function wordHeadline(result: Omit<PreloadResult, 'headline'>): string {
  const own = result.preloadedTasks.find(({ planner }) => planner === result.planner);
  if (!own || own.taskCount === 0) return wordNone(result.planner, result.preloadedTasks);
  const versus = `${armLabel(result)} vs ${againstLabel(result)}`;
  const lag = result.contrasts.find(({ outcome }) => outcome === 'ready-lag');
  if (result.against.length === 0) {
    return `${armLabel(result)}: ${wordCount(own.taskCount, 'task')} preloaded, but there is no planner to compare with`;
  }
  if (!lag || lag.differenceMs === null) {
    const measured = result.contrasts.some(({ differenceMs }) => differenceMs !== null);
    const why = measured
      ? 'the ready lag is not measured'
      : 'no run without preloading has the same tasks under the same conditions';
    return `${versus}: ${wordCount(own.taskCount, 'task')} preloaded, but ${why}`;
  }
  const interval = lag.ciLow === null ? '(no interval)' : wordMsInterval(lag.ciLow, lag.ciHigh);
  return (
    `${versus}: ready lag of preloaded tasks ${wordMs(lag.differenceMs, true)} ms ${interval}${MARKS[lag.outcomeClass]}, ${result.heading}; ` +
    `${wordCount(lag.matchedPositionCount, 'position')}, ${wordCount(lag.blockCount, 'block')}, ${lag.preloadedRunCount} vs ${wordCount(lag.controlRunCount, 'run')}`
  );
}

function wordNone(planner: string, counts: readonly PreloadCount[]): string {
  const some = counts.filter(({ taskCount }) => taskCount > 0);
  const words = some.map(
    ({ planner: name, taskCount, runCount }) =>
      `${name} (${wordCount(taskCount, 'task')} in ${wordCount(runCount, 'run')})`,
  );
  const where = some.length === 0 ? 'no planner in these data has any' : `preloaded tasks are in ${wordList(words)}`;
  return `no task of ${planner} was preloaded; ${where}`;
}
