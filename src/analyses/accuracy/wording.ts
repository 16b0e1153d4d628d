import { groupBy } from '../../model/group-by.ts';
import { shortenPlanners } from '../../model/names.ts';
import { NOT_MEASURED, wordCount, wordFigure, wordInstant, wordList, wordNumber } from '../../view/words.ts';
import type { AccuracyOptions } from './options.ts';
import { type Quantity, quantityOf } from './quantities.ts';
import type { AccuracyResult, ChangePointFound, CoverageVerdict, LearningCurve } from './result.ts';
import { allMembers, attributesAt, countRuns, type Members, type Series, summarizeRuns } from './series.ts';

/** The sentences of the result: the same on the terminal, in the charts' titles and in the machine formats. */
export function wordHeadlines(
  series: readonly Series[],
  changes: Pick<AccuracyResult, 'changePoints' | 'changeTests'>,
  { detailed, level }: AccuracyOptions,
): string[] {
  const errors = detailed.map(({ key, label }) => {
    const own = series.find(({ quantity }) => quantity.key === key);
    return own && own.runs.length > 0
      ? wordError(own, level === 'task' ? `${label} of a task` : label)
      : `${label}: no run has both prediction and figure`;
  });
  return [...errors, wordChanges(changes)];
}

function wordError(series: Series, name: string): string {
  const members = allMembers(series);
  const groups = groupBy(members, (i) => attributesAt(series, i).plannerGroup).map((own) => ({
    planner: attributesAt(series, own[0] as number).planner,
    own,
  }));
  const shorten = shortenPlanners(groups);
  const planners = groups
    .map(({ planner, own }) => ({ name: shorten(planner), error: wordMedianError(series, own) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const by = planners.length < 2 ? '' : `: ${planners.map((planner) => `${planner.name} ${planner.error}`).join(', ')}`;
  const runCount = countRuns(series, members);
  // A median of one is no median.
  const how = runCount === 1 ? 'by' : 'by a median of';
  return `${name} mispredicted ${how} ${wordMedianError(series, members)}${by}; ${wordCount(runCount, 'run')}`;
}

function wordMedianError(series: Series, members: Members): string {
  const { median, low, high } = summarizeRuns(series, members, series.percentageErrors);
  if (median === null) return '(not measured)';
  const bounds = low === null ? '(no interval)' : `[${wordPercent(low)}, ${wordPercent(high)}]`;
  return `${wordPercent(median)} % ${bounds}`;
}

const MOST_CHANGES = 3;
/** Smaller changes are in the machine formats: with thousands of runs even one part in ten thousand is significant. */
const TELLING_LOG_RATIO = Math.log(1.05);

/** Is true when a change is large enough to be shown to people: 5 % or more. */
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
  `${wordSignal(quantity, signal)} of ${[workflow, functionName].filter((name) => name !== null).join(' ')} to ${wordFigure(ratio)} times from ${wordInstant(atMs)} on`;

/** `execution time`, or `predicted ÷ actual execution time`. */
export const wordSignal = (quantity: ChangePointFound['quantity'], signal: ChangePointFound['signal']): string =>
  signal === 'actual' ? quantityOf(quantity).label : `predicted \u00f7 actual ${quantityOf(quantity).label}`;

/** A fraction in percent, without sign: `3.4`, `24`. */
export const wordPercent = (fraction: number | null): string =>
  wordNumber(fraction === null ? null : fraction * 100, fraction !== null && fraction < 0.0995 ? 1 : 0);

/** The words name the verdicts on coverage. */
export const VERDICT_WORDS: Readonly<Record<CoverageVerdict, string>> = {
  'too-few': 'too few',
  'too-many': 'too many',
  'not-contradicted': '?',
  'not-judged': '',
};

/** From this p (Holm) on, the trend of errors is not told from none. */
const SIGNIFICANCE = 0.05;

/** Words whether errors change with the length of the history. */
export function wordTrend({ tau, pAdjusted }: LearningCurve): string {
  if (tau === null || pAdjusted === null) return NOT_MEASURED;
  if (pAdjusted >= SIGNIFICANCE) return 'cannot tell';
  return tau < 0 ? 'better' : 'worse';
}

/** Answers whether predictions hold as often as asked for: the title of the calibration chart. */
export function wordCalibration({ scores }: AccuracyResult, { key, label }: Quantity): string {
  const judged = scores.filter(({ quantity, askedLevel }) => quantity === key && askedLevel !== null);
  if (judged.length === 0) return `${label}: no prediction was asked for at a percentile`;
  const countOf = (verdict: CoverageVerdict) =>
    judged.filter(({ coverageVerdict }) => coverageVerdict === verdict).length;
  const [few, many] = [countOf('too-few'), countOf('too-many')];
  const open = judged.length - few - many;
  const parts = [
    ...(few > 0 ? [`${few} hold too rarely`] : []),
    ...(many > 0 ? [`${many} too often`] : []),
    ...(open > 0
      ? [few + many === 0 ? 'none contradicts what was asked for' : `${open} do not contradict what was asked for`]
      : []),
  ];
  return `${label}: of ${wordCount(judged.length, 'prediction')} by planner and SLA ${parts.join(', ')}`;
}

/** Answers whether errors shrink as history grows: the title of the learning chart. */
export function wordLearning({ learning, scores }: AccuracyResult, { key, label }: Quantity): string {
  const shorten = shortenPlanners(scores);
  const own = learning.filter(({ quantity }) => quantity === key);
  const namesOf = (word: string) =>
    wordList(own.filter((curve) => wordTrend(curve) === word).map(({ planner }) => shorten(planner)));
  const [better, worse] = [namesOf('better'), namesOf('worse')];
  const told = [...(better ? [`errors shrink under ${better}`] : []), ...(worse ? [`errors grow under ${worse}`] : [])];
  const open = namesOf('cannot tell');
  if (told.length === 0) {
    return `${label}: ${open ? 'whether errors change as history grows cannot be told' : 'too few runs to tell whether errors change as history grows'}`;
  }
  return `${label}: ${[...told, ...(open ? [`under ${open} it cannot be told`] : [])].join('; ')}`;
}
