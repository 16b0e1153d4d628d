import { UserError } from '../../errors.ts';
import { Ledger } from '../../model/ledger.ts';
import { shortenPlanners } from '../../model/names.ts';
import { bySubmission } from '../../model/run-facts.ts';
import { shortenIds } from '../../model/short-ids.ts';
import { wordCount, wordInstant } from '../../view/words.ts';
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
    'prefix' in choice ? findByPrefix(ordered, choice.prefix) : findExtreme(ordered, choice.extreme, ledger);
  if (summary.detail === null) throw new Error(`run ${summary.run.runId} was chosen but not described`);
  return { summary, detail: unpackDetail(summary.detail), ledger };
}

function findByPrefix(ordered: readonly RunSummary[], prefix: string): RunSummary {
  const fits = ordered.filter(({ run }) => run.runId.startsWith(prefix));
  // A whole id is meant even where another id begins with it.
  const found = fits.find(({ run }) => run.runId === prefix) ?? (fits.length === 1 ? fits[0] : undefined);
  if (found) return found;
  if (fits.length > 1) {
    throw new UserError('ambiguous-run', `${fits.length} runs have an id that begins with '${prefix}'.`, {
      hint: ['Give more of it:', ...listRuns(fits, ordered)],
    });
  }
  throw new UserError('unknown-run', `No run has an id that begins with '${prefix}'.`, {
    hint: [
      ...wordWorkflow(ordered, prefix),
      `There ${ordered.length === 1 ? 'is' : 'are'} ${wordCount(ordered.length, 'run')} after filters:`,
      ...listRuns(ordered, ordered),
    ],
  });
}

/** The name of a workflow is taken for that of a run. */
const wordWorkflow = (ordered: readonly RunSummary[], asked: string): string[] =>
  ordered.some(({ run }) => run.traits.workflow === asked)
    ? [`${asked} is a workflow: wfa runs --list --workflow ${asked} lists its runs; --latest and --slowest choose one.`]
    : [];

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

const MOST_LISTED = 8;

/** The latest few, with as much of their ids as tells them apart from all others. */
function listRuns(runs: readonly RunSummary[], all: readonly RunSummary[]): string[] {
  const shorten = shortenIds(all.map(({ run }) => run.runId));
  const shortenPlanner = shortenPlanners(all.map(({ run }) => run.traits));
  const lines = runs
    .slice(-MOST_LISTED)
    .map(
      ({ run }) =>
        `  ${shorten(run.runId)}  ${run.traits.workflow}, ${shortenPlanner(run.traits.planner)}, ${wordInstant(run.submittedAtMs)}`,
    );
  const hidden = runs.length - lines.length;
  return [...(hidden > 0 ? [`  … ${hidden} earlier ones: wfa runs --list shows all`] : []), ...lines];
}
