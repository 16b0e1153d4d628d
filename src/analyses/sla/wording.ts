import { findMetric } from '../../model/metrics.ts';
import { readableUnit, wordChange, wordFigure, wordList } from '../../view/words.ts';
import type { SlaOutcome, SlaResult, Trend } from './result.ts';

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

/** `p50 → p95: makespan +1.2 % [−3.5, +6.1] (cannot tell); price: resource usage …, +0.8 GB-s per run …`. */
export function wordVerdict(result: Omit<SlaResult, 'verdict'>): string {
  const main = result.trends.find(({ metric }) => metric === 'makespan') ?? result.trends[0];
  if (!main) {
    const levels = result.levels.map(({ level }) => level);
    return `cannot tell: ${levels.length === 0 ? 'no run was planned to an SLA' : `a trend needs two percentiles, the runs have ${wordList(levels)}`}`;
  }
  const price = result.trends.find(({ metric }) => metric === 'resource-usage');
  return [
    `${main.lowest} \u2192 ${main.highest}: ${wordTrend(main)}`,
    ...(price && price !== main ? [wordPrice(price, result)] : []),
  ].join('; ');
}

function wordTrend({ metric, change, adjusted, outcome }: Trend): string {
  if (change.changeFraction === null) return `${labelOf(metric)} (not measured)`;
  const words = `${labelOf(metric)} ${wordChange(change.changeFraction, change.ciLow, change.ciHigh)}`;
  if (outcome === 'inconclusive') {
    const drifts = excludes(change) && !excludes(adjusted);
    return `${words} (cannot tell${drifts ? ': not after adjusting for the run index' : ''})`;
  }
  const direction = wordDirection({ metric, outcome: 'different', changeFraction: change.changeFraction });
  return `${words} (${direction}${outcome === 'hint' ? ', a hint' : ''})`;
}

const excludes = ({ ciLow, ciHigh }: Trend['change']): boolean =>
  ciLow !== null && ciHigh !== null && (ciLow > 0 || ciHigh < 0);

function wordPrice(price: Trend, { contrasts }: Omit<SlaResult, 'verdict'>): string {
  const contrast = contrasts.find(({ metric, level }) => metric === price.metric && level === price.highest);
  const amount = contrast?.difference.amount ?? null;
  return `price: ${wordTrend(price)}${amount === null ? '' : `, ${wordAmount(contrast?.difference, price.unit)} a run`}`;
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
