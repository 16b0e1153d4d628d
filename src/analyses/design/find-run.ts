import { UserError } from '../../errors.ts';
import { shortenPlanners } from '../../model/names.ts';
import { shortenIds } from '../../model/short-ids.ts';
import { wordCount, wordInstant } from '../../view/words.ts';
import type { OfRun } from './conditions.ts';

/**
 * Finds the run whose id begins so; `UserError` `unknown-run` or `ambiguous-run` with the runs that there are. `ordered`: by
 * submission. `otherChoices`: what else chooses a run, for the hint.
 */
export function findRunById<Facts extends OfRun>(ordered: readonly Facts[], prefix: string, otherChoices = ''): Facts {
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
      ...wordWorkflow(ordered, prefix, otherChoices),
      `There ${ordered.length === 1 ? 'is' : 'are'} ${wordCount(ordered.length, 'run')} after filters:`,
      ...listRuns(ordered, ordered),
    ],
  });
}

const MOST_LISTED = 8;

/** Lists the latest few in words, with as much of their ids as tells them apart from all others. */
export function listRuns(runs: readonly OfRun[], all: readonly OfRun[]): string[] {
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

/** The name of a workflow is taken for that of a run. */
const wordWorkflow = (ordered: readonly OfRun[], asked: string, otherChoices: string): string[] =>
  ordered.some(({ run }) => run.traits.workflow === asked)
    ? [`${asked} is a workflow: wfa runs --list --workflow ${asked} lists its runs${otherChoices}.`]
    : [];
