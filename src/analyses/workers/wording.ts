import { toPercent } from '../../view/cells.ts';
import { wordCount, wordFigure } from '../../view/words.ts';
import type { Bracket, Prediction, WorkersResult } from './result.ts';

/** The labels name the predictions. */
export const PREDICTION_LABELS: Readonly<Record<Prediction, string>> = {
  plan: 'plan itself',
  corrected: 'corrected',
  'without-startup': 'no start-up',
  'earlier-median': 'earlier median',
};

/**
 * Writes, as `733 containers for 980 worker sessions in 132 runs, 72 % started cold; keep-alive 7.6 s (7.0 to 8.2); 16800 GB-s alive: 5 %
 * starting, 33 % idle`, then by how much plans miss the makespan. Figures that rest on a keep-alive that is assumed or contradicted are followed by what is
 * possible.
 */
export function wordHeadline(result: Omit<WorkersResult, 'headline'>): string {
  const { counts, runCount, keepAlive, gbSeconds, containerSeconds, bounds } = result;
  const { alive, idle, tail, starting } = gbSeconds?.total ?? containerSeconds;
  const possible = wordPossible(keepAlive, bounds.gbSeconds ?? bounds.containerSeconds);
  const cold = toPercent(counts.coldCount / counts.sessionCount);
  const share = (part: number) => toPercent(alive > 0 ? part / alive : null);
  return [
    `${wordCount(counts.containerCount, 'container')}${wordPossible(keepAlive, bounds.containers, String)} for ${wordCount(counts.sessionCount, 'worker session')} in ${wordCount(runCount, 'run')}, ${cold} % started cold`,
    wordKeepAlive(keepAlive),
    `${wordFigure(alive)} ${gbSeconds === null ? 'container-s' : 'GB-s'} alive${possible}: ${share(starting)} % starting, ${share(idle + tail)} % idle`,
    ...wordPlans(result),
  ].join('; ');
}

/** ` (19 to 651 possible)` behind a figure that rests on a keep-alive that is assumed or contradicted, else nothing. */
export function wordPossible(
  { origin, contradicted, poolCount }: WorkersResult['keepAlive'],
  { low, high }: Bracket,
  word: (amount: number) => string = wordFigure,
): string {
  const doubtful = origin === 'not-identifiable' || (contradicted && (poolCount ?? 1) < 2);
  if (!doubtful) return '';
  return ` (${high === null ? `at least ${word(low)}` : `${word(low)} to ${word(high)}`} possible)`;
}

/** Words the keep-alive, and how far it can be known; none that recorded states contradict. */
export function wordKeepAlive(keepAlive: WorkersResult['keepAlive']): string {
  const { keepAliveMs, origin, flatLowMs, flatHighMs, contradicted, poolCount } = keepAlive;
  const length = keepAliveMs === null ? 'for ever' : `${wordFigure(keepAliveMs / 1000)} s`;
  const disagreeing = toPercent((keepAlive.disagreeingCount ?? 0) / Math.max(1, keepAlive.statedCount));
  if (origin === 'given')
    return `keep-alive ${length} as given${contradicted ? `, which ${disagreeing} % of starts contradict` : ''}`;
  if ((poolCount ?? 1) > 1) {
    const pools = `about ${poolCount} hidden pools`;
    return contradicted
      ? `no single keep-alive explains the starts, but ${pools} of ${length} do, if no runs are missing here`
      : `keep-alive ${length} in each of ${pools}`;
  }
  if (contradicted) return `no single keep-alive explains the starts (${disagreeing} % disagree)`;
  if (origin === 'not-identifiable') return `keep-alive not identifiable here, ${length} assumed`;
  const [low, high] = [flatLowMs, flatHighMs].map((bound) => wordFigure((bound ?? 0) / 1000));
  return `keep-alive ${length} (${low} to ${high})`;
}

function wordPlans({ planScores }: Omit<WorkersResult, 'headline'>): string[] {
  const find = (prediction: Prediction) =>
    planScores.find((score) => score.planner === 'all' && score.prediction === prediction);
  const [plan, corrected, earlier] = [find('plan'), find('corrected'), find('earlier-median')];
  const baseline = earlier?.medianAbsoluteError ?? null;
  if (!plan || !corrected || plan.medianAbsoluteError === null) return [];
  return [
    `plans miss the makespan by ${toPercent(plan.medianAbsoluteError)} % (median), with start-ups and lags modelled by ${toPercent(corrected.medianAbsoluteError)} %${baseline === null ? '' : `, the median of earlier runs by ${toPercent(baseline)} %`}`,
  ];
}
