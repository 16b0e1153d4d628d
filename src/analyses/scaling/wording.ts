import { shortenPlanners } from '../../model/names.ts';
import { wordCount, wordFigure } from '../../view/words.ts';
import { explain } from './fit.ts';
import type { DagScaling, PlannerFanouts, ScalingResult, Slope, UntoldSlope, WorkflowScaling } from './result.ts';

type Unworded = Omit<ScalingResult, 'headline' | 'headlines'>;

/** The answers in a sentence each: fan-outs, makespans, DAGs. */
export const wordHeadlines = ({ fanouts, makespans, dag }: Unworded): string[] => [
  wordFanouts(fanouts),
  wordMakespans(makespans),
  ...(dag ? [wordDag(dag)] : []),
];

const REASONS: Readonly<Record<UntoldSlope, string>> = {
  'does-not-vary': 'does not vary',
  'goes-with-new-workers': 'goes with the workers started',
  'few-runs-decide': 'few runs decide',
  'interval-holds-0': 'cannot tell',
};

export const wordReason = (reason: UntoldSlope): string => REASONS[reason];

/** `142 ms [120, 164]`. */
export function wordSlope({ estimate, ciLow, ciHigh }: Slope, unit: string): string {
  const figure = `${wordFigure(estimate)}${unit}`;
  return ciLow === null || ciHigh === null ? figure : `${figure} [${wordFigure(ciLow)}, ${wordFigure(ciHigh)}]`;
}

function wordFanouts(fanouts: readonly PlannerFanouts[]): string {
  if (fanouts.length === 0) return 'no fan-out: no task that two others wait for alone';
  const shorten = shortenPlanners(fanouts);
  const told = fanouts.flatMap(({ planner, last }) =>
    last.perWorker && last.perWorkerReason === null ? [`${shorten(planner)} ${wordSlope(last.perWorker, ' ms')}`] : [],
  );
  const count = wordCount(
    fanouts.reduce((sum, { fanoutCount }) => sum + fanoutCount, 0),
    'fan-out',
  );
  return told.length === 0
    ? `whether the last child starts later with each worker started, at equal width, cannot be told of ${count}`
    : `each worker started delays the last child's start, at equal width, by ${told.join(', ')} (${count})`;
}

function wordMakespans(makespans: readonly WorkflowScaling[]): string {
  const told = makespans.flatMap(({ workflow, widths, makespan, scaling }) => {
    if (makespan === null || explain(makespan) !== null) return [];
    const range = widths.length === 2 ? widths.join(' and ') : `${widths[0]} to ${widths.at(-1)}`;
    return [
      `${workflow}, widths ${range}: to the power of ${wordSlope(makespan, '')}${scaling === null ? '' : `, ${scaling} scaling`}`,
    ];
  });
  if (told.length > 0)
    return `makespan goes with width, or with what else was edited between structures: ${told.join('; ')}`;
  return makespans.some(({ makespan }) => makespan !== null)
    ? 'whether makespans grow with width cannot be told'
    : 'makespan against width: cannot tell, no workflow was run with several widths';
}

function wordDag({ bytesPerTask, bytesPerEdge, structureCount }: DagScaling): string {
  const structures = wordCount(structureCount, 'structure');
  const [task, edge] = [bytesPerTask, bytesPerEdge].map((slope) => (explain(slope) === null ? slope : null));
  const told = [
    ...(task ? [`${wordSlope(task, ' bytes')} a task`] : []),
    ...(edge ? [`${wordSlope(edge, ' bytes')} an edge`] : []),
  ];
  return told.length === 0
    ? `what a task or an edge adds to the bytes of a DAG cannot be told of ${structures}`
    : `a DAG takes ${told.join(' and ')} (${structures})`;
}
