import { groupBy } from '../../model/group-by.ts';
import { Ledger } from '../../model/ledger.ts';
import { bySubmission } from '../../model/run-facts.ts';
import { regressClustered } from '../../stats/clustered-regression.ts';
import type { Outcome } from '../analysis.ts';
import { auditScaling } from './diagnostics.ts';
import type { Fanout, ScalingFacts } from './extract.ts';
import { explain, fitGrowth } from './fit.ts';
import type { DagScaling, DelayGrowth, PlannerFanouts, ScalingResult, Slope, WorkflowScaling } from './result.ts';
import { wordHeadlines } from './wording.ts';

/** All facts → how delays, makespans and DAGs grow. */
export function analyzeScaling(unordered: readonly ScalingFacts[]): Outcome<ScalingResult> {
  const facts = [...unordered].sort(bySubmission);
  const ledger = new Ledger();
  for (const { run, leftOut } of facts) {
    for (const reason of leftOut) ledger.add(reason, 'part', run.origin);
    if (run.traits.sinkWaitMissing) ledger.add('sink-wait-not-recorded', 'metric', run.origin, 'makespan');
  }
  const result = {
    runCount: facts.length,
    fanouts: groupBy(facts, ({ run }) => run.traits.planner)
      .flatMap((own) => describePlanner(own) ?? [])
      .sort((a, b) => (a.planner < b.planner ? -1 : 1)),
    makespans: groupBy(facts, ({ run }) => run.traits.workflow)
      .flatMap((own) => scaleWorkflow(own) ?? [])
      .sort((a, b) => (a.workflow < b.workflow ? -1 : 1)),
    dag: scaleDag(facts),
  };
  const headlines = wordHeadlines(result);
  return {
    result: { headline: headlines[0] as string, headlines, ...result },
    ledger: ledger.entries(),
    warnings: auditScaling(result, facts),
  };
}

const MOST_POINTS = 120;

const distinct = (amounts: readonly number[]): number[] => [...new Set(amounts)].sort((a, b) => a - b);

/** `null`: no fan-out of the planner was measured. */
function describePlanner(own: readonly ScalingFacts[]): PlannerFanouts | null {
  const all = own.flatMap(({ run, fanouts }) => fanouts.map((fanout) => ({ runId: run.runId, fanout })));
  if (all.length === 0) return null;
  const clusters = all.map(({ runId }) => runId);
  const column = (place: 0 | 1 | 2 | 3) => all.map(({ fanout }: { fanout: Fanout }) => fanout[place]);
  const [widths, newWorkerCounts, lastDelaysMs] = [column(0), column(1), column(3)];
  const grow = (responses: readonly number[]): DelayGrowth => {
    const fit = fitGrowth({ responses, first: newWorkerCounts, second: widths, clusters });
    return {
      interceptMs: fit.intercept,
      perWorker: fit.first,
      perWorkerReason: fit.firstReason,
      perChild: fit.second,
      perChildReason: fit.secondReason,
    };
  };
  const step = Math.max(1, all.length / MOST_POINTS);
  const kept = Array.from({ length: Math.min(all.length, MOST_POINTS) }, (_, i) => Math.floor(i * step));
  return {
    planner: own[0]?.run.traits.planner ?? '',
    runCount: new Set(clusters).size,
    fanoutCount: all.length,
    widths: distinct(widths),
    newWorkerCounts: distinct(newWorkerCounts),
    first: grow(column(2)),
    last: grow(lastDelaysMs),
    points: kept.map((i) => [newWorkerCounts[i] as number, lastDelaysMs[i] as number]),
  };
}

/** Planners have intercepts of their own: their mix may differ between structures. `null`: one structure, or no makespan. */
function scaleWorkflow(own: readonly ScalingFacts[]): WorkflowScaling | null {
  const measured = own.flatMap(({ run, makespanMs, executionMs, width }) =>
    makespanMs !== null && makespanMs > 0 && executionMs !== null && executionMs > 0
      ? [{ run, makespanMs, executionMs, width }]
      : [],
  );
  const structureCount = new Set(measured.map(({ run }) => run.traits.structure)).size;
  if (structureCount < 2) return null;
  const slopeOf = (amountOf: (one: (typeof measured)[number]) => number): Slope | null =>
    regressClustered({
      responses: measured.map((one) => Math.log(amountOf(one))),
      predictors: [measured.map(({ width }) => Math.log(width))],
      clusters: measured.map(({ run }) => run.runId),
      groups: measured.map(({ run }) => run.traits.planner),
    }).slopes[0] ?? null;
  const execution = slopeOf(({ executionMs }) => executionMs);
  return {
    workflow: own[0]?.run.traits.workflow ?? '',
    structureCount,
    runCount: measured.length,
    widths: distinct(measured.map(({ width }) => width)),
    makespan: slopeOf(({ makespanMs }) => makespanMs),
    execution,
    scaling: judgeWork(execution),
  };
}

/** Between work that does not grow with the width (0) and work that is proportional to it (1). */
const HALFWAY = 0.5;

/** By the interval alone; `null`: it holds both, or few runs decide it. */
function judgeWork(execution: Slope | null): WorkflowScaling['scaling'] {
  if (execution?.ciLow == null || execution.ciHigh === null || explain(execution) === 'few-runs-decide') return null;
  if (execution.ciLow > 0) return 'weak';
  return execution.ciHigh < HALFWAY ? 'strong' : null;
}

function scaleDag(facts: readonly ScalingFacts[]): DagScaling | null {
  const fetched = facts.flatMap(({ run, edgeCount, dagBytes }) =>
    dagBytes === null || dagBytes <= 0 ? [] : [{ run, edgeCount, dagBytes }],
  );
  if (fetched.length === 0) return null;
  const fit = fitGrowth({
    responses: fetched.map(({ dagBytes }) => dagBytes),
    first: fetched.map(({ run }) => run.traits.nodeCount),
    second: fetched.map(({ edgeCount }) => edgeCount),
    clusters: fetched.map(({ run }) => run.traits.structure),
  });
  return {
    runCount: fetched.length,
    structureCount: new Set(fetched.map(({ run }) => run.traits.structure)).size,
    interceptBytes: fit.intercept,
    bytesPerTask: fit.first,
    bytesPerEdge: fit.second,
  };
}
