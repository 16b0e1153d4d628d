import { least, sum } from 'd3-array';
import { groupBy } from '../../model/group-by.ts';
import { geometricMean, sampleMean } from '../../stats/summary.ts';
import { figureOf } from '../design/cells.ts';
import type { RankFacts } from './extract.ts';
import type { Decisions, WorkflowDecision } from './result.ts';

/** A planner in a workflow: geometric means of its runs, in ms. */
interface Planner {
  readonly name: string;
  readonly predicted: number;
  readonly actual: number;
}

/** Runs that a planner needs in a workflow. */
const FEWEST_RUNS = 2;

/**
 * Judges how well plans choose: whether the makespans that they predict order the planners of a workflow and structure as their runs
 * came out, and what it costs to take the planner whose plans promise most. `null` when no workflow has two planners with two
 * predicted runs or more.
 */
export function judgeDecisions(ranked: readonly RankFacts[]): Decisions | null {
  const workflows = groupBy(
    ranked.filter((fact) => predictedOf(fact) !== null),
    ({ run }) => run.traits.workflow,
    ({ run }) => run.traits.structure,
  );
  const byWorkflow = workflows.flatMap(judgeWorkflow).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const regretMeanFraction = sampleMean(byWorkflow.map(({ regretFraction }) => regretFraction));
  if (regretMeanFraction === null) return null;
  return {
    pairCount: sum(byWorkflow, ({ pairCount }) => pairCount),
    orderedRightCount: sum(byWorkflow, ({ orderedRightCount }) => orderedRightCount),
    regretMeanFraction,
    byWorkflow,
  };
}

const keyOf = ({ workflow, structure }: WorkflowDecision): string => `${workflow}\n${structure}`;

/** Both makespans of a run in ms; `null` where one is missing or not positive. */
function predictedOf(fact: RankFacts): { readonly predicted: number; readonly actual: number } | null {
  const [predicted, actual] = [fact.predictedMakespanMs, figureOf(fact, 'makespan')];
  return predicted !== null && actual !== null && predicted > 0 && actual > 0 ? { predicted, actual } : null;
}

function judgeWorkflow(facts: readonly RankFacts[]): WorkflowDecision[] {
  const planners = groupBy(facts, ({ run }) => run.traits.planner)
    .filter((runs) => runs.length >= FEWEST_RUNS)
    .map(describePlanner)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (planners.length < 2) return [];
  const pairs = planners.flatMap((one, i) => planners.slice(i + 1).map((other) => [one, other] as const));
  const isRight = ([one, other]: (typeof pairs)[number]) =>
    (one.predicted - other.predicted) * (one.actual - other.actual) > 0;
  const chosen = least(planners, ({ predicted }) => predicted) as Planner;
  const best = least(planners, ({ actual }) => actual) as Planner;
  const { workflow, structure } = (facts[0] as RankFacts).run.traits;
  return [
    {
      workflow,
      structure,
      pairCount: pairs.length,
      orderedRightCount: pairs.filter(isRight).length,
      regretFraction: chosen.actual / best.actual - 1,
      chosen: chosen.name,
      best: best.name,
    },
  ];
}

function describePlanner(runs: readonly RankFacts[]): Planner {
  const pairs = runs.flatMap((fact) => predictedOf(fact) ?? []);
  return {
    name: (runs[0] as RankFacts).run.traits.planner,
    predicted: geometricMean(pairs.map(({ predicted }) => predicted)) as number,
    actual: geometricMean(pairs.map(({ actual }) => actual)) as number,
  };
}
