import { shortPlannerName } from '../../model/names.ts';
import { PART_LABELS } from '../../view/part-marks.ts';
import { wordFigure, wordNumber } from '../../view/words.ts';
import type { Breakdown, BreakdownResult } from './result.ts';

/** `uniform 8.5 s: 39 % worker start-up, 37 % execution; …`: the two largest parts of each planner's critical path. */
export function wordHeadline({ planners }: BreakdownResult): string {
  const words = planners.flatMap(({ planner, criticalPath }) =>
    criticalPath ? [`${shortPlannerName(planner)} ${wordLargest(criticalPath)}`] : [],
  );
  return words.length === 0 ? 'no run whose critical path could be followed' : `critical path: ${words.join('; ')}`;
}

function wordLargest({ totalMs, parts }: Breakdown): string {
  const largest = [...parts].sort((a, b) => (b.meanMs ?? 0) - (a.meanMs ?? 0)).slice(0, 2);
  const shares = largest.map(
    ({ part, shareFraction }) =>
      `${wordNumber(shareFraction === null ? null : shareFraction * 100, 0)} % ${PART_LABELS[part]}`,
  );
  return `${wordFigure(totalMs / 1000)} s (${shares.join(', ')})`;
}
