import { shortenPlanners } from '../../model/names.ts';
import { wordCount, wordList } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import { diagnosePlannersWithout } from '../diagnostics/common.ts';
import { keepFindings, note } from '../diagnostics/finding.ts';
import type { Duplication } from './extract.ts';
import type { TaskdupResult } from './result.ts';

/** Says how what came of duplications is to be read. */
export function auditTaskdup({ planners }: Pick<TaskdupResult, 'planners'>, all: readonly Duplication[]): Warning[] {
  if (all.length === 0) return [];
  const none = planners.filter((planner) => planner.duplicationCount === 0);
  const shorten = shortenPlanners(planners);
  const names = none.map(({ planner }) => shorten(planner));
  const unpredicted = all.filter(({ predictedSavingMs }) => predictedSavingMs === null).length;
  const findings = [
    note(
      'duplicate-not-recorded',
      "the duplicate's own execution is not recorded: its time is the plan's prediction, and its beginning is known only within bounds",
    ),
    note(
      'predicted-saving-at-once',
      'the predicted saving is for a duplicate that begins together with the original; the engine decided later, by when the original began',
    ),
    unpredicted > 0 &&
      note('without-prediction', `${wordCount(unpredicted, 'duplication')} without a prediction`, {
        count: unpredicted,
      }),
    diagnosePlannersWithout(names, `no task was duplicated under ${wordList(names)}`),
  ];
  return keepFindings(findings);
}
