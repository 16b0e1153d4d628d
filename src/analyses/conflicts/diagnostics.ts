import { wordCount } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import { diagnoseClockOffsets } from '../diagnostics/common.ts';
import { type Finding, keepFindings, note, warn } from '../diagnostics/finding.ts';
import type { ConflictsFacts } from './extract.ts';
import type { ConflictsResult } from './result.ts';

type Unworded = Omit<ConflictsResult, 'headline' | 'headlines'>;

/** Says what else may stand behind a difference. */
export function auditConflicts(result: Unworded, facts: readonly ConflictsFacts[]): Warning[] {
  return keepFindings([
    diagnoseChoice(result),
    diagnoseCounterparts(result),
    diagnoseClockOffsets(facts.map(({ run }) => run)),
  ]);
}

function diagnoseChoice({ meetings }: Unworded): Finding {
  return (
    meetings.some(({ contrasts }) => contrasts.some(({ differenceMs }) => differenceMs !== null)) &&
    warn(
      'meetings-were-chosen',
      'planners chose where optimizations meet, and runs without the meeting are often those of other planners: a difference is an association, not an effect',
    )
  );
}

function diagnoseCounterparts({ meetings }: Unworded): Finding {
  const count = meetings.filter(({ contrasts }) =>
    contrasts.some(({ against, blockCount }) => against === 'alone' && blockCount === 0),
  ).length;
  return (
    count > 0 &&
    note(
      'never-alone',
      `${wordCount(count, 'pair')} of optimizations of which no run of the same block had one alone at the same places: what the meeting adds cannot be told from what each does`,
      { count },
    )
  );
}
