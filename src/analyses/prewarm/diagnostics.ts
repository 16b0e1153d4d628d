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
  const count = (key: 'launchedCount' | 'recordedCount') => planners.reduce((sum, own) => sum + own[key], 0);
  const [launched, recorded] = [count('launchedCount'), count('recordedCount')];
  if (launched === 0) return [];
  const shorten = shortenPlanners(planners);
  const none = planners.filter(({ launchedCount }) => launchedCount === 0).map(({ planner }) => shorten(planner));
  const uncompared = events.filter(({ outcome, savedMs }) => outcome === 'warm' && savedMs === null).length;
  const unused = events.filter(({ unusedMs }) => unusedMs !== null).length;
  const findings = [
    note(
      'association',
      'a warm start may have found another container than the prewarmed one, and savings are against the median cold start of that memory size and engine version in these data: an association, not an effect, and start-up time, not makespan',
    ),
    recorded < launched &&
      note(
        'records-incomplete',
        `${recorded} of ${wordCount(launched, 'launched prewarm')} are recorded: a worker that exits before the launch is answered leaves no record of it. What became of the others is not known: warm, lead, saved and unused are of those recorded`,
        { launched, recorded },
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
