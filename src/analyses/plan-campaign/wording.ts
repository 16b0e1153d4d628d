import { findMetric } from '../../model/metrics.ts';
import { wordCount, wordNumber } from '../../view/words.ts';
import type { CampaignOptions } from './options.ts';
import type { CampaignResult } from './result.ts';

/** A fraction as a percentage without a sign: `5.2 %`. */
export const wordEffect = (fraction: number | null): string =>
  // Beyond a hundred per cent a decimal only looks exact.
  fraction === null ? '\u2013' : `${wordNumber(fraction * 100, fraction < 1 ? 1 : 0)} %`;

/** The answer in a sentence: the runs of each cell, how many are missing, and what they would detect. */
export function wordHeadline(
  {
    runsPerCell,
    logDeviation,
    toRunCount,
    missingCellCount,
    detectableFraction,
    ...of
  }: Omit<CampaignResult, 'headline'>,
  { budget, effectFraction, metric }: CampaignOptions,
): string {
  const effect = wordEffect(effectFraction);
  const label = findMetric(metric.key)?.label ?? metric.key;
  const cells = wordCount(of.blockCount * of.armCount, 'cell');
  const missing = missingCellCount > 0 ? `; ${missingCellCount} without runs` : '';
  const where = `${cells}: ${wordCount(of.blockCount, 'block')} × ${wordCount(of.armCount, 'planner')}${missing}`;
  if (runsPerCell === null)
    return `more than 1,000 runs a cell would be needed to detect ${effect} in ${label} (${where})`;
  if (logDeviation === null) {
    return `no cell has two runs, so that nobody knows the spread of ${label}: ${wordCount(toRunCount, 'run')} give every cell ${runsPerCell} (${where})`;
  }
  if (toRunCount === 0 && budget === null) {
    return `${runsPerCell} runs a cell detect ${effect} in ${label} between any two planners, and every cell has them (${where})`;
  }
  const detected =
    detectableFraction === null
      ? 'not every pair could be told'
      : `a change of ${wordEffect(detectableFraction)} in ${label} would be detected between any two planners`;
  return `${wordCount(toRunCount, 'more run')}, up to ${runsPerCell} a cell: ${detected} (${where})`;
}
