import { shortenPlanners } from '../../model/names.ts';
import { shortenIds } from '../../model/short-ids.ts';
import { wordFrontier } from '../../view/frontier-words.ts';
import { wordChange, wordCount, wordList, wordNumber } from '../../view/words.ts';
import type { FailuresResult, Pace } from './result.ts';

/** A share in %: `1.5`, `33`; and its interval, `[0.3, 8.0]`. */
export const wordRate = (fraction: number): string => wordNumber(fraction * 100, fraction < 0.1 ? 1 : 0);
export const wordRates = (low: number | null, high: number | null): string =>
  low === null || high === null ? '(no interval)' : `[${wordRate(low)}, ${wordRate(high)}]`;

/** Planners named in the headline at most, the worst first. */
const MOST_PLANNERS = 3;
/** Places named in the headline at most. */
const MOST_POINTS = 2;

/** `2 of 67 runs failed, 3.0 % [0.8, 10.2]: wukong 2 of 21; they broke at 8 start-ups for edge_detect_chunk that never ended`. */
export const wordHeadline = (result: Unworded): string =>
  [
    wordFailed(result),
    ...(result.failedCount > 0 ? [wordWhere(result)] : []),
    ...(result.pace ? [wordPace(result.pace)] : []),
  ].join('; ');

type Unworded = Omit<FailuresResult, 'headline'>;

/** Words how many runs failed, and under which planners. */
export function wordFailed({ runCount, failedCount, ciLow, ciHigh, planners }: Unworded): string {
  if (runCount === 0) return 'no runs';
  if (failedCount === 0)
    return `none of ${wordCount(runCount, 'run')} failed: a failure rate of up to ${wordRate(ciHigh ?? 1)} % may still lie behind that`;
  const shorten = shortenPlanners(planners);
  const worst = planners
    .filter((planner) => planner.failedCount > 0)
    .sort((a, b) => b.failedCount / b.runCount - a.failedCount / a.runCount);
  const names = worst
    .slice(0, MOST_PLANNERS)
    .map((own) => `${shorten(own.planner)} ${own.failedCount} of ${own.runCount}`);
  const hidden = worst.length - names.length;
  const rate = `${wordRate(failedCount / runCount)} % ${wordRates(ciLow, ciHigh)}`;
  return `${failedCount} of ${wordCount(runCount, 'run')} failed, ${rate}: ${wordList(hidden > 0 ? [...names, wordCount(hidden, 'other planner')] : names)}`;
}

/** Words where failed runs broke. */
export const wordWhere = ({ frontier, failedCount }: Unworded): string =>
  frontier.length > 0
    ? `${failedCount === 1 ? 'it' : 'they'} broke at ${wordFrontier(frontier, MOST_POINTS)}`
    : 'nothing tells where';

/** Words whether failed runs had been slow. */
export function wordPace(pace: Pace): string {
  const change = wordChange(pace.changeFraction, pace.ciLow, pace.ciHigh);
  const pacing = pace.changeFraction > 0 ? 'slow' : 'quick';
  const answers = {
    different: `${pacing} runs fail more often`,
    hint: `a hint only that ${pacing} runs fail more often`,
    equivalent: 'failed runs had been as quick as others',
    inconclusive: 'whether slow runs fail more often cannot be told',
  } as const;
  return `${answers[pace.outcome]}: time to where they broke ${change} against runs that did not fail`;
}

/** Failure rate that runs without a failure should rule out. */
const LOW_RATE = 0.05;
/** Runs without a failure from which on Wilson's interval ends below that: its end is z² ÷ (n + z²). */
const RUNS_FOR_LOW_RATE = Math.ceil((1.96 ** 2 * (1 - LOW_RATE)) / LOW_RATE);

/** Words what to do next: the failed run to look at, or the runs it takes to rule failures out; `null` without runs. */
export function wordNext({ runCount, failedRuns }: FailuresResult): string | null {
  if (runCount === 0) return null;
  const last = failedRuns.at(-1);
  const shorten = shortenIds(failedRuns.map(({ runId }) => runId));
  if (last)
    return `wfa run ${shorten(last.runId)} shows how far ${failedRuns.length === 1 ? 'it' : 'the last of them'} got`;
  const more = RUNS_FOR_LOW_RATE - runCount;
  return more > 0
    ? `${wordCount(more, 'more run')} without a failure would tell that fewer than 5 % fail`
    : 'the other commands leave out no run because it failed';
}
