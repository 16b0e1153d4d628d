import { least } from 'd3-array';
import { findMetric } from '../../model/metrics.ts';
import { wordChange, wordCount, wordList, wordPercentChange, wordPercentInterval } from '../../view/words.ts';
import type { Comparison } from '../design/comparison.ts';
import { wordIntervalSource } from '../design/interval-words.ts';
import { explainPooled } from '../design/pooled.ts';
import type { ClaimOptions } from './options.ts';
import type { ClaimVerdict, JudgedClaim, Way } from './result.ts';
import { excludesClaim, isArtefactual } from './verdict.ts';

/** The sentences of a claim: the same on the terminal, in the chart's title and in the machine formats. */

/** A judged claim before it is put into words. */
export type Judged = Omit<JudgedClaim, 'headline' | 'answers'>;

/** Verdicts for people. */
export const VERDICT_WORDS: Readonly<Record<ClaimVerdict, string>> = {
  supported: 'supported',
  'direction-only': 'direction only',
  'cannot-tell': 'cannot tell',
  contradicted: 'contradicted',
  artefact: 'artefact',
};

const labelOf = (metric: string): string => findMetric(metric)?.label ?? metric;

/** Puts a claim's verdict and its reasons into sentences. */
export function wordClaim(
  judged: Judged,
  comparison: Comparison,
  options: Pick<ClaimOptions, 'equivalenceFraction'>,
): Pick<JudgedClaim, 'headline' | 'answers'> {
  return {
    headline: wordHeadline(judged),
    answers: [
      wordBlocked(judged, comparison, options),
      wordOrigin(judged, comparison),
      wordInstead(judged),
      wordTried(judged),
    ].filter((answer) => answer !== ''),
  };
}

/** `artefact: non-uniform vs uniform, makespan −53 %; the blocks say −1.2 % [−3.0, +0.8]`. */
function wordHeadline(judged: Judged): string {
  const { candidate, baseline, metric, verdict } = judged;
  return `${VERDICT_WORDS[verdict]}: ${candidate} vs ${baseline}, ${labelOf(metric)} ${wordClaimed(judged)} %; ${wordFound(judged)}`;
}

/** The claimed change with as many decimals as it was written with: `−53`, `+8.1`. */
export function wordClaimed({ claimedFraction, claimedLow, claimedHigh }: Judged): string {
  const decimals = Math.max(0, Math.round(-Math.log10(100 * (claimedHigh - claimedLow))));
  return wordPercentChange(claimedFraction, decimals);
}

function wordFound(judged: Judged): string {
  const { blocked, verdict } = judged;
  if (blocked.blockCount === 0) return 'no block has figures of both';
  if (blocked.allEqual) return 'the blocks say no change, all runs are equal';
  if (blocked.changeFraction === null) return 'there is no ratio, as some runs have 0';
  const not =
    verdict === 'cannot-tell' && excludesClaim(judged)
      ? ', which excludes the claim, but not that nothing changes'
      : '';
  return `the blocks say ${wordChange(blocked.changeFraction, blocked.ciLow, blocked.ciHigh)}${not}`;
}

/** Says what the runs say of the claim, by its interval. */
function wordBlocked(
  judged: Judged,
  { blocks }: Comparison,
  { equivalenceFraction }: Pick<ClaimOptions, 'equivalenceFraction'>,
): string {
  const { blocked } = judged;
  const source = wordIntervalSource({
    method: blocked.intervalMethod,
    allEqual: blocked.allEqual,
    counts: blocks.flatMap(({ baseline, candidate }) => [baseline.n, candidate.n]),
  });
  const runs = `${wordCount(blocked.blockCount, 'block')}, ${blocked.runCountCandidate} vs ${blocked.runCountBaseline} runs`;
  return `${explainVerdict(judged, equivalenceFraction)} (${runs}; interval: ${source})`;
}

function explainVerdict(judged: Judged, equivalenceFraction: number): string {
  const { blocked, verdict } = judged;
  const number = `${wordClaimed(judged)} %`;
  const [low, high] = blocked.allEqual ? [0, 0] : [blocked.ciLow, blocked.ciHigh];
  if (low === null || high === null) return 'runs in blocks have no interval: nothing tells';
  const interval = `the interval ${wordPercentInterval(low, high)}`;
  switch (verdict) {
    case 'supported':
      return `${interval} holds ${number} and excludes no change`;
    case 'direction-only':
      return `${interval} excludes no change, on the side of the claim, and excludes ${number}`;
    case 'artefact':
      return `${interval} excludes ${number}`;
    case 'contradicted':
      return blocked.withinEquivalence
        ? `${interval} lies within \u00b1${wordPercentChange(equivalenceFraction, 0).slice(1)} % of no change and excludes ${number}`
        : `${interval} lies on the other side of no change`;
    case 'cannot-tell':
      return excludesClaim(judged)
        ? `${interval} excludes ${number} but holds no change: even the direction is not known`
        : `${interval} holds ${number}, and no change too`;
  }
}

/** Says how the number can come about. */
function wordOrigin(judged: Judged, comparison: Comparison): string {
  const { ways } = judged;
  const matching = ways.filter(({ matches }) => matches);
  const number = `${wordClaimed(judged)} %`;
  if (matching.length === 0) {
    const nearest = least(
      ways.filter(({ changeFraction }) => changeFraction !== null),
      ({ changeFraction }) => Math.abs((changeFraction as number) - judged.claimedFraction),
    );
    return nearest
      ? `no way of counting that was tried gives ${number}; the nearest is ${wordWay(nearest)}, ${wordPercentChange(nearest.changeFraction)} %`
      : '';
  }
  const [shown, rest] = [matching.slice(0, MOST_NAMED), matching.length - MOST_NAMED];
  const names = [...shown.map(wordWay), ...(rest > 0 ? [`${rest} more`] : [])];
  const cause = matching.some(isArtefactual) ? `: ${explainOrigin(judged, comparison, matching)}` : '';
  return `${number} comes about as ${wordList(names)}${cause}`;
}

/** Ways named in a sentence; the table marks all. */
const MOST_NAMED = 3;

function explainOrigin(judged: Judged, comparison: Comparison, matching: readonly Way[]): string {
  const { pooledMedianWithoutOneRun: moved, armsWithGap } = judged;
  const { composition } = comparison.pooled;
  const isMedian = matching.some(({ way, ...rest }) => way === 'pooled-medians' && isArtefactual({ way, ...rest }));
  const reason = isMedian
    ? explainPooled(judged, { composition, armsWithGap })
    : explainPooled(judged, { composition, armsWithGap: [] }).replace(
        'a median over several workflows is that of the middle one',
        'long workflows and those with many runs count more than others',
      );
  const one =
    isMedian && moved
      ? `; leaving out any one run moves it between ${wordPercentChange(moved.low, 0)} and ${wordPercentChange(moved.high, 0)} %`
      : '';
  return reason + one;
}

/** Says how many ways were tried, and how easily one of them matches. */
function wordTried({ ways, chanceMatchFraction }: Judged): string {
  const matching = ways.filter(({ matches }) => matches).length;
  const tried = `${ways.length} ways of counting tried`;
  if (matching === 0 || chanceMatchFraction === null) return tried;
  const percent = Math.max(1, Math.round(100 * chanceMatchFraction));
  return `${tried}, ${matching} of them ${matching === 1 ? 'gives' : 'give'} it; so many match about ${percent} % of all numbers from no change to the farthest by accident`;
}

/** Says what may be written instead, or what it takes to know; empty of a supported claim, and without a ratio. */
export function wordInstead(judged: Judged): string {
  const { blocked, verdict, metric, candidate, additionalRunsForClaim: more } = judged;
  const change = blocked.changeFraction;
  if (verdict === 'supported' || change === null) return '';
  if (verdict !== 'cannot-tell' && blocked.ciLow !== null) {
    const holdsNone = blocked.ciLow <= 0 && (blocked.ciHigh ?? 0) >= 0;
    const not = holdsNone ? ', which is no change that could be told' : '';
    return `report instead: ${candidate} changes ${labelOf(metric)} by ${wordChange(change, blocked.ciLow, blocked.ciHigh)} (95 %)${not}`;
  }
  if (more === null) return 'two runs or more of each arm in every block would tell how many more it takes';
  if (more === 0)
    return 'a change as large as the claimed one would have been seen: report the interval, and no direction';
  return `about ${more} more ${more === 1 ? 'run' : 'runs'} of each arm in each block would show a change as large as the claimed one`;
}

const WAY_WORDS: Readonly<Record<Way['way'], string>> = {
  blocked: 'blocks, equal weight',
  'pooled-medians': 'ratio of pooled medians',
  'pooled-means': 'ratio of pooled means',
  sums: 'ratio of sums',
  'workflow-means': "ratio of means of workflows' means",
  'workflow-changes': "mean of workflows' changes of means",
  'workflow-median-changes': "mean of workflows' changes of medians",
};

/** The kind of a way, without its scope. */
export const wordKind = ({ way }: Way): string => WAY_WORDS[way];

/** The runs that a way is about. */
export function wordScope({ scope }: Way): string {
  if (scope === 'all') return 'planned runs';
  if (scope === 'every-run') return 'every run';
  return `${scope.slice(scope.indexOf('=') + 1)} alone`;
}

/** `ratio of pooled medians (every run)`. */
export const wordWay = (way: Way): string => `${wordKind(way)} (${wordScope(way)})`;
