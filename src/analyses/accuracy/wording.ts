import { median } from 'd3-array';
import { shortPlannerName } from '../../model/names.ts';
import { medianInterval } from '../../stats/median-interval.ts';
import { wordCount, wordFigure, wordInstant, wordList, wordNumber } from '../../view/words.ts';
import type { AccuracyOptions } from './options.ts';
import { quantityOf } from './quantities.ts';
import type { AccuracyResult, ChangePointFound, CoverageVerdict } from './result.ts';
import { groupBy, groupRuns } from './series.ts';

/** The sentences of the result: the same on the terminal, in the charts' titles and in the machine formats. */
export function wordHeadlines(
  result: Omit<AccuracyResult, 'headline' | 'headlines'>,
  { detailed }: AccuracyOptions,
): string[] {
  return [
    ...detailed.map(({ key, label }) => {
      const points = result.series.filter(({ quantity }) => quantity === key);
      if (points.length === 0) return `${label}: no run has both prediction and figure`;
      const planners = groupBy(points, ({ planner }) => planner)
        .map((own) => ({ name: shortPlannerName(own[0]?.planner ?? ''), error: medianErrorOf(own) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const by =
        planners.length < 2 ? '' : `: ${planners.map(({ name, error }) => `${name} ${error.text}`).join(', ')}`;
      const runCount = groupRuns(points).length;
      const task = result.level === 'task' ? ' of a task' : '';
      // A median of one is no median.
      const how = runCount === 1 ? 'by' : 'by a median of';
      return `${label}${task} mispredicted ${how} ${medianErrorOf(points).text}${by}; ${wordCount(runCount, 'run')}`;
    }),
    wordChanges(result),
  ];
}

function medianErrorOf(points: Parameters<typeof groupRuns>[0]): { text: string } {
  const errors = groupRuns(points).flatMap(
    ({ points: own }) => median(own, (point) => point.absolutePercentageError ?? Number.NaN) ?? [],
  );
  const middle = median(errors);
  if (middle === undefined) return { text: '(not measured)' };
  const interval = medianInterval(errors);
  const bounds = interval ? `[${wordPercent(interval.low)}, ${wordPercent(interval.high)}]` : '(no interval)';
  return { text: `${wordPercent(middle)} % ${bounds}` };
}

const MOST_CHANGES = 3;
/** Smaller changes are in the machine formats: with thousands of runs even one part in ten thousand is significant. */
const TELLING_LOG_RATIO = Math.log(1.05);

/** Whether a change is large enough to be shown to people: 5 % or more. */
export const isTelling = (ratio: number | null): boolean =>
  ratio !== null && Math.abs(Math.log(ratio)) >= TELLING_LOG_RATIO;

function wordChanges({ changePoints, changeTests }: Pick<AccuracyResult, 'changePoints' | 'changeTests'>): string {
  const searched = changeTests.filter(({ method }) => method === 'step-regression').length;
  if (searched === 0) return 'Change points: every series is too short to tell';
  const telling = changePoints.filter(({ ratio }) => isTelling(ratio));
  if (telling.length === 0) {
    const least = wordPercent(Math.expm1(TELLING_LOG_RATIO));
    return `No change point of ${least} % or more in ${wordCount(searched, 'series', 'series')}`;
  }
  return wordChanged(telling);
}

/** `Changed: …`, the largest first. */
export function wordChanged(changes: readonly ChangePointFound[]): string {
  const largest = [...changes].sort((a, b) => Math.abs(Math.log(b.ratio)) - Math.abs(Math.log(a.ratio)));
  const rest = largest.length - MOST_CHANGES;
  const words = largest.slice(0, MOST_CHANGES).map(wordChangePoint);
  return `Changed: ${rest > 0 ? `${words.join(', ')} and ${rest} more` : wordList(words)}`;
}

const wordChangePoint = ({ workflow, functionName, quantity, signal, ratio, atMs }: ChangePointFound): string =>
  `${[workflow, functionName].filter((name) => name !== null).join(' ')} ${wordSignal(quantity, signal)} \u00d7${wordFigure(ratio)} from ${wordInstant(atMs)} on`;

/** `execution time`, or `predicted ÷ actual execution time`. */
export const wordSignal = (quantity: ChangePointFound['quantity'], signal: ChangePointFound['signal']): string =>
  signal === 'actual' ? quantityOf(quantity).label : `predicted \u00f7 actual ${quantityOf(quantity).label}`;

/** A fraction in percent, without sign: `3.4`, `24`. */
export const wordPercent = (fraction: number | null): string =>
  wordNumber(fraction === null ? null : fraction * 100, fraction !== null && fraction < 0.0995 ? 1 : 0);

export const VERDICT_WORDS: Readonly<Record<CoverageVerdict, string>> = {
  'too-few': 'too few',
  'too-many': 'too many',
  'not-contradicted': '?',
  'not-judged': '',
};
