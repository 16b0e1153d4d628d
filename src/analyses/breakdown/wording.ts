import { shortenPlanners } from '../../model/names.ts';
import { toSeconds } from '../../view/cells.ts';
import { PART_LABELS } from '../../view/part-marks.ts';
import { wordFigure, wordNumber } from '../../view/words.ts';
import type { BreakdownResult, PathBreakdown } from './result.ts';

/** `uniform 8.5 s [7.9, 9.1] (39 % worker start-up, 37 % execution); …`: the two largest parts of each planner's critical path. */
export function wordHeadline({ planners }: BreakdownResult): string {
  const shorten = shortenPlanners(planners);
  const words = planners.flatMap(({ planner, criticalPath }) =>
    criticalPath ? [`${shorten(planner)} ${wordLargest(criticalPath)}`] : [],
  );
  return words.length === 0 ? 'no run whose critical path could be followed' : `critical path: ${words.join('; ')}`;
}

/**
 * No time is negative: people are shown what an interval of few runs has above 0. Only `other` is, where clocks disagree: its bound
 * stays.
 */
export const lowestOf = (ciLow: number | null, part?: string): number | null =>
  ciLow === null || part === 'other' ? ciLow : Math.max(0, ciLow);

function wordLargest({ totalMs, totalCiLow, totalCiHigh, parts }: PathBreakdown): string {
  const largest = [...parts].sort((a, b) => (b.meanMs ?? 0) - (a.meanMs ?? 0)).slice(0, 2);
  const shares = largest.map(
    ({ part, shareFraction }) =>
      `${wordNumber(shareFraction === null ? null : shareFraction * 100, 0)} % ${PART_LABELS[part]}`,
  );
  const interval =
    totalCiLow === null || totalCiHigh === null
      ? '(no interval)'
      : `[${toSeconds(lowestOf(totalCiLow))}, ${toSeconds(totalCiHigh)}]`;
  return `${wordFigure(totalMs / 1000)} s ${interval} (${shares.join(', ')})`;
}
