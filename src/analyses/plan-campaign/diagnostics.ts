import { wordCount } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import { keepFindings, note, warn } from '../diagnostics/finding.ts';
import type { CampaignOptions } from './options.ts';
import { MOST_ORDERED } from './order.ts';
import type { CampaignResult } from './result.ts';

/** Degrees of freedom below which a standard deviation may be a third too small by chance (χ² at 10: √(3.94/10) = 0.63). */
const FEW_DEGREES = 10;

/** Finds what limits a plan. */
export function auditCampaign(
  { degreesOfFreedom, logDeviation, missingCellCount, toRunCount, runsPerCell, detectableFraction }: CampaignResult,
  { budget, effectFraction }: Pick<CampaignOptions, 'budget' | 'effectFraction'>,
): Warning[] {
  return keepFindings([
    logDeviation === null && warn('spread-unknown', 'no cell has two runs: plan again when every cell has two', {}),
    logDeviation !== null &&
      degreesOfFreedom < FEW_DEGREES &&
      warn(
        'spread-of-few-runs',
        `the spread rests on ${degreesOfFreedom} degrees of freedom: plan again after the first rounds`,
        {
          degreesOfFreedom,
        },
      ),
    logDeviation === 0 &&
      warn('no-spread', 'no run differs from the others of its cell: the spread to come is unknown', {}),
    missingCellCount > 0 &&
      note(
        'cells-without-runs',
        `${wordCount(missingCellCount, 'cell')} without runs: a planner's first run there may have no plan`,
        {
          count: missingCellCount,
        },
      ),
    toRunCount > MOST_ORDERED &&
      note('order-cut', `the order holds the first ${MOST_ORDERED} of ${toRunCount} runs`, { count: toRunCount }),
    budget !== null &&
      runsPerCell !== null &&
      (detectableFraction === null || detectableFraction > effectFraction) &&
      warn('budget-too-small', `${wordCount(budget, 'run')} are too few to detect the effect that was asked for`, {
        budget,
      }),
  ]);
}
