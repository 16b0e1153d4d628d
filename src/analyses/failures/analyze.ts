import { countPoints } from '../../model/frontier.ts';
import { groupBy } from '../../model/group-by.ts';
import { Ledger } from '../../model/ledger.ts';
import { bySubmission } from '../../model/run-facts.ts';
import { wilsonInterval } from '../../stats/binomial.ts';
import { fisherExactP } from '../../stats/fisher.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import { sampleMedian } from '../../stats/summary.ts';
import type { Outcome } from '../analysis.ts';
import { contrastLosses } from './contrasts.ts';
import { auditFailures } from './diagnostics.ts';
import type { Failure, FailuresFacts } from './extract.ts';
import type { FailuresOptions } from './options.ts';
import { judgePace } from './pace.ts';
import type { FailedRun, FailuresResult, FrontierCount, PlannerFailures, WorkflowFailures } from './result.ts';
import { wordHeadline } from './wording.ts';

/** A run that failed. */
type FailedFacts = FailuresFacts & { readonly failure: Failure };
const hasFailed = (fact: FailuresFacts): fact is FailedFacts => fact.failure !== null;

/** All facts → which runs failed, where, and what that cost. */
export function analyzeFailures(
  unordered: readonly FailuresFacts[],
  options: FailuresOptions,
  seed: number,
): Outcome<FailuresResult> {
  const facts = [...unordered].sort(bySubmission);
  const failed = facts.filter(hasFailed);
  const ledger = new Ledger();
  const interval = wilsonInterval(failed.length, facts.length);
  const result = {
    blockKeys: options.blockKeys,
    runCount: facts.length,
    failedCount: failed.length,
    ciLow: interval?.low ?? null,
    ciHigh: interval?.high ?? null,
    invokedTwiceCount: countInvokedTwice(facts),
    planners: groupBy(facts, ({ run }) => run.traits.planner)
      .map(summarizePlanner)
      .sort((a, b) => (a.planner < b.planner ? -1 : 1)),
    workflows: summarizeWorkflows(facts),
    frontier: countFrontier(failed),
    contrasts: contrastLosses(facts, options, ledger),
    pace: judgePace(facts, seed),
    failedRuns: failed.map(describeFailed),
  };
  return {
    result: { headline: wordHeadline(result), ...result },
    ledger: ledger.entries(),
    warnings: auditFailures(result, facts),
  };
}

const countInvokedTwice = (facts: readonly FailuresFacts[]): number =>
  facts.reduce((sum, { invokedTwice }) => sum + invokedTwice.length, 0);

const known = (amounts: readonly (number | null)[]): number[] => amounts.filter((amount) => amount !== null);

const addUp = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);

function summarizePlanner(own: readonly FailuresFacts[]): PlannerFailures {
  const failed = own.filter(hasFailed);
  const interval = wilsonInterval(failed.length, own.length);
  const measured = known(failed.map(({ failure }) => failure.gbSeconds));
  const seen = known(failed.map(({ failure }) => failure.seenGbSeconds));
  const orNull = (amounts: readonly number[]) => (failed.length > 0 && amounts.length === 0 ? null : addUp(amounts));
  return {
    planner: own[0]?.run.traits.planner ?? '',
    runCount: own.length,
    failedCount: failed.length,
    ciLow: interval?.low ?? null,
    ciHigh: interval?.high ?? null,
    gbSecondsLost: orNull(measured),
    gbSecondsRunCount: measured.length,
    gbSecondsSeen: orNull(seen),
    invokedTwiceCount: countInvokedTwice(own),
    medianLastSignMs: sampleMedian(known(failed.map(lastSignAfterMs))),
  };
}

/** Each workflow against all others: where one fails more than they do, the runs that are left are of another mix. */
function summarizeWorkflows(facts: readonly FailuresFacts[]): WorkflowFailures[] {
  const failedCount = facts.filter(hasFailed).length;
  const workflows = groupBy(facts, ({ run }) => run.traits.workflow).map((own) => {
    const tally = { yes: own.filter(hasFailed).length, no: own.length - own.filter(hasFailed).length };
    const others = { yes: failedCount - tally.yes, no: facts.length - failedCount - tally.no };
    const interval = wilsonInterval(tally.yes, own.length);
    return {
      workflow: own[0]?.run.traits.workflow ?? '',
      runCount: own.length,
      failedCount: tally.yes,
      ciLow: interval?.low ?? null,
      ciHigh: interval?.high ?? null,
      pValue: own.length === facts.length ? null : fisherExactP(tally, others),
    };
  });
  const adjusted = adjustHolm(workflows.map(({ pValue }) => pValue));
  return workflows
    .map(({ pValue: _, ...own }, i) => ({ ...own, pAdjusted: adjusted[i] ?? null }))
    .sort((a, b) => (a.workflow < b.workflow ? -1 : 1));
}

function lastSignAfterMs({ run, failure: { lastSign, firstSignAtMs } }: FailedFacts): number | null {
  const sinceAtMs = run.submittedAtMs ?? firstSignAtMs;
  return lastSign === null || sinceAtMs === null ? null : lastSign.atMs - sinceAtMs;
}

/** The most frequent first, ties by name. */
function countFrontier(failed: readonly FailedFacts[]): FrontierCount[] {
  const points = failed.flatMap(({ run, failure }) =>
    failure.frontier.map((point) => ({ ...point, workflow: run.traits.workflow, runId: run.runId })),
  );
  const counts = groupBy(
    points,
    ({ workflow }) => workflow,
    ({ functionName }) => functionName,
    ({ kind }) => kind,
  ).map((own): FrontierCount => {
    const { workflow, functionName, kind } = own[0] as (typeof points)[number];
    const runCount = new Set(own.map(({ runId }) => runId)).size;
    return { workflow, function: functionName, count: own.length, kind, runCount };
  });
  const nameOf = (point: FrontierCount) => `${point.workflow}\n${point.function}\n${point.kind}`;
  return counts.sort((a, b) => b.count - a.count || (nameOf(a) < nameOf(b) ? -1 : 1));
}

function describeFailed(fact: FailedFacts): FailedRun {
  const { run, failure } = fact;
  const { workflow, structure, planner, sla, taskCount, nodeCount } = run.traits;
  return {
    runId: run.runId,
    workflow,
    structure,
    planner,
    sla,
    submittedAtMs: run.submittedAtMs,
    taskCount,
    nodeCount,
    lastSign: failure.lastSign,
    lastSignAfterMs: lastSignAfterMs(fact),
    lastSignSince: run.submittedAtMs === null ? 'first-instant' : 'submission',
    gbSeconds: failure.gbSeconds,
    gbSecondsSeen: failure.seenGbSeconds,
    frontier: countPoints(failure.frontier),
  };
}
