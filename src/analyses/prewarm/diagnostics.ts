import { shortenPlanners } from '../../model/names.ts';
import { wordCount, wordList } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import { diagnosePlannersWithout } from '../diagnostics/common.ts';
import { keepFindings, note } from '../diagnostics/finding.ts';
import type { PrewarmEvent } from './extract.ts';
import type { PrewarmResult } from './result.ts';

/** `savedMs`: against a cold start; `null`: not warm, or none to compare with. */
type SavedEvent = Pick<PrewarmEvent, 'outcome' | 'unusedMs'> & { readonly savedMs: number | null };

/** Says how what came of prewarms is to be read. */
export function auditPrewarm({ planners }: Pick<PrewarmResult, 'planners'>, events: readonly SavedEvent[]): Warning[] {
  if (events.length === 0) return [];
  const shorten = shortenPlanners(planners);
  const none = planners.filter(({ eventCount }) => eventCount === 0).map(({ planner }) => shorten(planner));
  const uncompared = events.filter(({ outcome, savedMs }) => outcome === 'warm' && savedMs === null).length;
  const unused = events.filter(({ unusedMs }) => unusedMs !== null).length;
  const findings = [
    note(
      'association',
      'a warm start may have found another container than the prewarmed one, and savings are against the median cold start of that memory size and engine version in these data: an association, not an effect, and start-up time, not makespan',
    ),
    note(
      'records-incomplete',
      'a prewarm is recorded only when its worker lives long enough: some are missing here, and of those recorded, how many went unused is a lower bound',
    ),
    diagnosePlannersWithout(none, `no prewarm fired under ${wordList(none)}`),
    uncompared > 0 &&
      note(
        'no-cold-start-to-compare',
        `${wordCount(uncompared, 'warm start')} without a saving: no cold start of that memory size in these data`,
        { count: uncompared },
      ),
    unused > 0 &&
      note(
        'unused-is-estimate',
        'how long an unused container lived is not recorded: counted until its run ended, or --keep-alive where that is shorter',
        { count: unused },
      ),
  ];
  return keepFindings(findings);
}
