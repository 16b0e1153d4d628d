import { findMetric } from '../../model/metrics.ts';
import { readableUnit, wordChange, wordFigure, wordList, wordNumber } from '../../view/words.ts';
import type { Attainment, SlaOutcome, SlaResult, Trend } from './result.ts';

/** The verdict in words: the same on the terminal, in the chart's title and in the machine formats. */

export const labelOf = (metric: string): string => findMetric(metric)?.label ?? metric;

export interface Judged {
  readonly metric: string;
  readonly outcome: SlaOutcome;
  readonly changeFraction: number | null;
  readonly allEqual?: boolean;
}

/** `faster`, `dearer (hint)`, `cannot tell`. */
export function wordDirection({ metric, outcome, changeFraction, allEqual = false }: Judged): string {
  if (changeFraction === null) return 'not measured';
  if (allEqual) return 'no change (all equal)';
  if (outcome === 'inconclusive') return 'cannot tell';
  const { lessWord = 'less', moreWord = 'more' } = findMetric(metric) ?? {};
  const word = changeFraction < 0 ? lessWord : moreWord;
  return outcome === 'hint' ? `${word} (hint)` : word;
}

/** `from p50 to p95: makespan +1.2 % [−3.5, +6.1], cannot tell if faster or slower; price: resource usage … (+0.8 GB-s […] a run)`. */
export function wordVerdict(result: Omit<SlaResult, 'verdict'>): string {
  const main = result.trends.find(({ metric }) => metric === 'makespan') ?? result.trends[0];
  if (!main) {
    const levels = result.levels.map(({ level }) => level);
    return `cannot tell: ${levels.length === 0 ? 'no run was planned to an SLA' : `a trend needs two percentiles, the runs have ${wordList(levels)}`}`;
  }
  const price = result.trends.find(({ metric }) => metric === 'resource-usage');
  return [
    `from ${main.lowest} to ${main.highest}: ${wordTrend(main)}`,
    ...(price && price !== main ? [wordPrice(price, result)] : []),
  ].join('; ');
}

function wordTrend({ metric, change, adjusted, outcome }: Trend): string {
  if (change.changeFraction === null) return `${labelOf(metric)} (not measured)`;
  const words = `${labelOf(metric)} ${wordChange(change.changeFraction, change.ciLow, change.ciHigh)}`;
  if (outcome === 'inconclusive') {
    const { lessWord = 'less', moreWord = 'more' } = findMetric(metric) ?? {};
    const drifts = excludes(change) && !excludes(adjusted);
    return `${words}, cannot tell if ${lessWord} or ${moreWord}${drifts ? ' once the run index is held equal' : ''}`;
  }
  const direction = wordDirection({ metric, outcome: 'different', changeFraction: change.changeFraction });
  return `${words}, ${direction}${outcome === 'hint' ? ' (a hint)' : ''}`;
}

const excludes = ({ ciLow, ciHigh }: Trend['change']): boolean =>
  ciLow !== null && ciHigh !== null && (ciLow > 0 || ciHigh < 0);

function wordPrice(price: Trend, { contrasts }: Omit<SlaResult, 'verdict'>): string {
  const contrast = contrasts.find(({ metric, level }) => metric === price.metric && level === price.highest);
  const amount = contrast?.difference.amount ?? null;
  return `price: ${wordTrend(price)}${amount === null ? '' : ` (${wordAmount(contrast?.difference, price.unit)} a run)`}`;
}

/** Below this p (Holm), a share is told from what was asked for. */
const SIGNIFICANCE = 0.05;

/** Is true when a level's share is told from what was asked for. */
export const missesTarget = ({ fraction, targetFraction, pAdjusted }: Attainment): boolean =>
  fraction !== null && targetFraction !== null && pAdjusted !== null && pAdjusted < SIGNIFICANCE;

/** Names the levels whose predicted makespans were kept by another share of runs than asked for; empty where no level was judged. */
export function wordAttainment({ levels }: Pick<SlaResult, 'levels'>): string[] {
  const judged = levels.flatMap(({ level, attainment }) =>
    attainment
      .filter(({ quantity, pAdjusted }) => quantity === 'makespan' && pAdjusted !== null)
      .map((of) => ({ level, of })),
  );
  if (judged.length === 0) return [];
  const missed = judged.filter(({ of }) => missesTarget(of));
  if (missed.length === 0)
    return ['no level is told to keep its predicted makespans more or less often than its percentile says'];
  const shares = missed.map(({ level, of: { fraction, ciLow, ciHigh } }) => {
    const [share, low, high] = [fraction, ciLow, ciHigh].map((part) => wordNumber((part ?? 0) * 100, 0));
    return `${level} by ${share} % of runs [${low}, ${high}]`;
  });
  return [`predicted makespans were not kept as often as the percentile says: ${wordList(shares)}`];
}

/** `+0.83 GB-s [−0.10, +1.77]`; empty without an amount. */
export function wordAmount(
  difference: { amount: number | null; ciLow: number | null; ciHigh: number | null } | undefined,
  unit: string,
): string {
  if (!difference || difference.amount === null) return '';
  const { name, scale } = readableUnit(unit);
  const signed = (x: number) => `${x > 0 ? '+' : ''}${wordFigure(x * scale)}`;
  const { amount, ciLow, ciHigh } = difference;
  const interval = ciLow === null || ciHigh === null ? '' : ` [${signed(ciLow)}, ${signed(ciHigh)}]`;
  return `${signed(amount)}${name === '' ? '' : ` ${name}`}${interval}`;
}
