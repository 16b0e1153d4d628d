import { UserError } from '../../errors.ts';
import { Ledger } from '../../model/ledger.ts';
import { bySubmission } from '../../model/run-facts.ts';
import { findRunById, listRuns } from '../design/find-run.ts';
import { unpackDetail } from './compact.ts';
import type { RunSummary } from './extract.ts';
import type { RunChoice } from './options.ts';
import type { RunDetail } from './result.ts';

/** The chosen run, with the ledger of those passed over. */
export interface ChosenRun {
  readonly summary: RunSummary;
  readonly detail: RunDetail;
  readonly ledger: Ledger;
}

/** The one run that is meant; `UserError` when there is none, or several. */
export function chooseRun(summaries: readonly RunSummary[], choice: RunChoice): ChosenRun {
  const ledger = new Ledger();
  const ordered = [...summaries].sort(bySubmission);
  const summary =
    'prefix' in choice
      ? findRunById(ordered, choice.prefix, '; --latest and --slowest choose one')
      : findExtreme(ordered, choice.extreme, ledger);
  if (summary.detail === null) throw new Error(`run ${summary.run.runId} was chosen but not described`);
  return { summary, detail: unpackDetail(summary.detail), ledger };
}

/** Runs that cannot be ranked are in the ledger. */
function findExtreme(ordered: readonly RunSummary[], extreme: 'latest' | 'slowest', ledger: Ledger): RunSummary {
  const rankOf = ({ run, makespanMs }: RunSummary) => (extreme === 'latest' ? run.submittedAtMs : makespanMs);
  for (const summary of ordered) if (rankOf(summary) === null) noteUnranked(summary, extreme, ledger);
  let found: RunSummary | null = null;
  for (const summary of ordered) {
    const least = found === null ? Number.NEGATIVE_INFINITY : (rankOf(found) ?? 0);
    if ((rankOf(summary) ?? Number.NEGATIVE_INFINITY) > least) found = summary;
  }
  if (found) return found;
  throw new UserError('unknown-run', `No run has a ${extreme === 'latest' ? 'submission time' : 'makespan'}.`, {
    hint: ['Name one by the beginning of its id:', ...listRuns(ordered, ordered)],
  });
}

function noteUnranked({ run }: RunSummary, extreme: 'latest' | 'slowest', ledger: Ledger): void {
  const reason = run.submittedAtMs === null ? 'not-submitted' : 'sink-without-metrics';
  ledger.add(reason, 'metric', run.origin, extreme === 'latest' ? 'submission' : 'makespan');
}
