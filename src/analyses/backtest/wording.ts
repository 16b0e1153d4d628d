import { sum } from 'd3-array';
import { wordChange, wordCount, wordList } from '../../view/words.ts';
import { BACKTEST_QUANTITIES, type BacktestQuantity } from './observations.ts';
import type { BacktestOptions } from './options.ts';
import type { BacktestResult, BudgetKind, Fidelity, Score } from './result.ts';
import { ENGINE } from './strategies.ts';

/** The quantities for people. */
export const QUANTITY_WORDS: Readonly<Record<BacktestQuantity, string>> = {
  execution: 'execution',
  download: 'download',
  upload: 'upload',
  startup: 'start-up',
};

/** `p90`, `p99.9`. */
export const wordTau = (tau: number): string => `p${Number((tau * 100).toFixed(6))}`;

type Unworded = Omit<BacktestResult, 'headlines'>;

/** What was replayed first, then the best strategy of each quantity at the highest level shown, with its interval. */
export function wordHeadlines(result: Unworded, { shownTaus }: BacktestOptions): string[] {
  const tau = shownTaus.at(-1) as number;
  return [wordFidelity(result.fidelity), ...BACKTEST_QUANTITIES.flatMap((key) => wordBest(result.scores, key, tau))];
}

/** Says how many stored predictions come out the same. */
function wordFidelity(fidelity: readonly Fidelity[]): string {
  const counts = fidelity
    .filter(({ predictedCount }) => predictedCount > 0)
    .map(({ engine, exactCount, predictedCount }) => `${exactCount} of ${predictedCount} (${engine} engine)`);
  if (counts.length === 0)
    return 'no plan holds a prediction: that the engine predicts as replayed here cannot be checked';
  const others = (['upload', 'startup'] as const).flatMap((quantity) => {
    const [exact, predicted] = [sum(fidelity, (own) => own[quantity].exactCount), countPredicted(fidelity, quantity)];
    return predicted === 0 ? [] : [`${exact} of ${predicted} of ${REPLAYED_WORDS[quantity]}`];
  });
  const execution = `${wordList(counts)} predictions of execution time`;
  return `the engine's predictor, replayed, gives what its plans hold in ${wordList([execution, ...others])}`;
}

/** Other quantities than execution whose stored predictions are replayed, for people. */
export const REPLAYED_WORDS = { upload: 'uploads', startup: 'start-ups' } as const;

/** Stored predictions over all versions of the engine. */
const countPredicted = (fidelity: readonly Fidelity[], quantity: keyof typeof REPLAYED_WORDS): number =>
  sum(fidelity, (own) => own[quantity].predictedCount);

/** Says which strategy did best, unless none is told better than the engine; nothing where there are no scores. */
function wordBest(scores: readonly Score[], quantity: BacktestQuantity, tau: number): string[] {
  const others = scores.filter(
    (score) => score.quantity === quantity && score.tau === tau && score.strategy !== ENGINE.name,
  );
  const best = [...others].sort((a, b) => b.skillFraction - a.skillFraction)[0];
  if (best === undefined) return [];
  const change = wordChange(best.skillFraction, best.ciLow, best.ciHigh);
  const where = `${QUANTITY_WORDS[quantity]} ${wordTau(tau)}`;
  const tried = `of ${wordCount(others.length, 'strategy', 'strategies')}`;
  if (best.outcome === 'different' && best.skillFraction > 0) {
    return [`${where}: ${best.strategy} has a skill of ${change} against the engine, the highest ${tried}`];
  }
  const hint = best.outcome === 'hint' && best.skillFraction > 0 ? ', a hint only' : '';
  return [
    `${where}: none ${tried} is told better than the engine; the highest skill is ${change}, ${best.strategy}${hint}`,
  ];
}

/** What a budget keeps, for people. */
export const BUDGET_WORDS: Readonly<Record<BudgetKind, string>> = {
  'newest-runs': 'newest runs',
  reservoir: 'random samples',
  sketch: 'quantiles',
};
