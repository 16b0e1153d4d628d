import { shortenPlanners } from '../../model/names.ts';
import { wordCount, wordFigure, wordList, wordP } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import type { LossCount } from '../design/comparison.ts';
import { SIGNIFICANCE_LEVEL } from '../design/outcome.ts';
import { type Finding, keepFindings, note, warn } from '../diagnostics/finding.ts';
import type { FailuresFacts } from './extract.ts';
import type { FailuresResult } from './result.ts';
import { wordPace } from './wording.ts';

type Unworded = Omit<FailuresResult, 'headline'>;

/** Says what failures do to other comparisons, and what cannot be told of them. */
export function auditFailures(result: Unworded, facts: readonly FailuresFacts[]): Warning[] {
  return keepFindings([
    diagnoseUnequalLoss(result),
    diagnoseWorkflows(result),
    diagnosePace(result),
    diagnoseUnplanned(facts),
    diagnoseUsage(result),
    diagnoseInvokedTwice(facts),
    diagnoseLostTasks(facts),
    diagnoseStartups(facts),
    ...diagnoseNotRecorded(facts),
  ]);
}

function diagnoseUnequalLoss({ contrasts, planners }: Unworded): Finding {
  const found = contrasts.filter(({ pAdjusted }) => pAdjusted < SIGNIFICANCE_LEVEL);
  if (found.length === 0) return false;
  const shorten = shortenPlanners(planners);
  const count = (planner: string, { measured, missing }: LossCount) =>
    `${shorten(planner)} ${missing} of ${measured + missing}`;
  const words = found.map(
    ({ baselinePlanner, candidatePlanner, baseline, candidate, pAdjusted }) =>
      `${count(baselinePlanner, baseline)} against ${count(candidatePlanner, candidate)} (Fisher's exact p ${wordP(pAdjusted)} after Holm)`,
  );
  return warn(
    'unequal-loss',
    `planners do not lose runs alike in the blocks that they share: ${words.join('; ')}: a comparison of the runs that are left may be one of the easy ones`,
    { pairs: found.map(({ baselinePlanner, candidatePlanner }) => [baselinePlanner, candidatePlanner]) },
  );
}

function diagnoseWorkflows({ workflows, runCount, failedCount }: Unworded): Finding {
  const found = workflows.filter(({ pAdjusted }) => pAdjusted !== null && pAdjusted < SIGNIFICANCE_LEVEL);
  if (found.length === 0) return false;
  const words = found.map(
    (own) =>
      `${own.workflow} ${own.failedCount} of ${own.runCount}, the others ${failedCount - own.failedCount} of ${runCount - own.runCount}`,
  );
  return warn(
    'failures-depend-on-workflow',
    `workflows do not fail alike: ${words.join('; ')}: what is averaged over the runs that are left is of another mix than what was run`,
    { workflows: found.map(({ workflow }) => workflow) },
  );
}

function diagnosePace({ pace, failedCount }: Unworded): Finding {
  if (pace?.outcome === 'different') {
    return warn(
      'failures-depend-on-pace',
      `${wordPace(pace)}: makespans of the runs that are left are those of ${pace.changeFraction > 0 ? 'quicker' : 'slower'} ones`,
      { changeFraction: pace.changeFraction, pValue: pace.pValue },
    );
  }
  return (
    pace === null &&
    failedCount > 0 &&
    note(
      'pace-not-comparable',
      'whether slow runs are the ones that fail cannot be told: no failed run finished a function that runs of the same workflow, structure and planner finished too',
    )
  );
}

function diagnoseUnplanned(facts: readonly FailuresFacts[]): Finding {
  const count = facts.filter(({ run, failure }) => failure !== null && !run.traits.planned).length;
  return (
    count > 0 &&
    note(
      'failed-without-plan',
      `${wordCount(count, 'failed run')} without a plan: counted in the rates, but planners are compared by runs that they planned (--include-unplanned takes all)`,
      { count },
    )
  );
}

function diagnoseUsage({ failedRuns }: Unworded): Finding {
  const unmeasured = failedRuns.filter(({ gbSeconds }) => gbSeconds === null);
  const seen = unmeasured.flatMap(({ gbSecondsSeen }) => gbSecondsSeen ?? []);
  const seenGbSeconds = seen.length === 0 ? null : seen.reduce((sum, own) => sum + own, 0);
  const least =
    seenGbSeconds === null
      ? 'no memory and instants are recorded that would tell what they used at least'
      : `start-ups and tasks that left instants amount to ${wordFigure(seenGbSeconds)} GB-s at least`;
  return (
    unmeasured.length > 0 &&
    note(
      'resource-usage-not-measured',
      `resource usage of ${wordCount(unmeasured.length, 'failed run')} was not measured; ${least}`,
      { count: unmeasured.length, gbSecondsSeen: seenGbSeconds },
    )
  );
}

/** Functions named at most. */
const MOST_NAMES = 4;

function diagnoseInvokedTwice(facts: readonly FailuresFacts[]): Finding {
  const twice = facts.flatMap(({ invokedTwice }) => invokedTwice);
  if (twice.length === 0) return false;
  const names = [...new Set(twice)].sort();
  const shown = names.slice(0, MOST_NAMES);
  const failedRunCount = facts.filter(
    ({ invokedTwice, failure }) => invokedTwice.length > 0 && failure !== null,
  ).length;
  return note(
    'invoked-twice',
    `${wordCount(twice.length, 'task')} invoked twice, by several start-ups of a worker (${wordList(names.length > shown.length ? [...shown, `${names.length - shown.length} more functions`] : shown)}), ${wordCount(failedRunCount, 'failed run')} among theirs: what the first invocation did is not recorded`,
    { count: twice.length, functions: names, failedRunCount },
  );
}

function diagnoseLostTasks(facts: readonly FailuresFacts[]): Finding {
  const lossy = facts.filter(({ run: { traits }, failure }) => failure === null && !traits.complete);
  return (
    lossy.length > 0 &&
    note(
      'tasks-lost-in-completed-runs',
      `${wordCount(lossy.length, 'run')} whose sink is done lacking metrics of other tasks: no failure (a duplicate may have done their work, or their record was lost)`,
      { count: lossy.length },
    )
  );
}

function diagnoseStartups(facts: readonly FailuresFacts[]): Finding {
  const completed = facts.filter(({ run, failure }) => failure === null && run.traits.unfinishedStartupCount > 0);
  const count = completed.reduce((sum, { run }) => sum + run.traits.unfinishedStartupCount, 0);
  return (
    count > 0 &&
    note(
      'startups-lost-in-completed-runs',
      `${wordCount(count, 'start-up')} that never ended in ${wordCount(completed.length, 'run')} that did not fail: not counted among the places where runs broke`,
      { count, runCount: completed.length },
    )
  );
}

function diagnoseNotRecorded(facts: readonly FailuresFacts[]): Finding[] {
  const failed = facts.filter(({ failure }) => failure !== null);
  const lacking = (kind: 'edges' | 'startups') => failed.filter(({ run }) => run.traits.lacks?.includes(kind)).length;
  const [edges, startups] = [lacking('edges'), lacking('startups')];
  return [
    edges > 0 &&
      note(
        'edges-not-recorded',
        `records of ${wordCount(edges, 'failed run')} do not say which task waits for which: no task of theirs is told to have had its inputs`,
        { count: edges },
      ),
    startups > 0 &&
      note(
        'startups-not-recorded',
        `records of ${wordCount(startups, 'failed run')} do not say when workers were started: start-ups that never ended are not seen`,
        { count: startups },
      ),
  ];
}
