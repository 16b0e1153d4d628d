import { ExpandingQuantile } from '../../stats/expanding-quantile.ts';
import { pinballLoss } from '../../stats/pinball.ts';
import { askedLevelOf } from './quantities.ts';
import {
  allMembers,
  attributesAt,
  endOfRun,
  groupMembers,
  type Members,
  type RunAttributes,
  type Series,
} from './series.ts';

/** Pinball losses of the predictions of a series and of their references, in parts of the workload's mean; `NaN`: none. */
export interface Losses {
  readonly losses: Float64Array;
  /** Losses of the reference, the quantile at the asked level of earlier runs; none with fewer than six of them. */
  readonly references: Float64Array;
}

const FEWEST_EARLIER_RUNS = 6;

/**
 * The loss of each prediction that was asked for at a percentile. The reference is what needs no model: the expanding empirical
 * quantile of the same quantity over earlier runs of the same workflow, structure and planner, the history the engine draws on.
 */
export function scoreLosses(series: Series): Losses {
  const none = new Float64Array(series.actual.length).fill(Number.NaN);
  const losses = { losses: none, references: none.slice() };
  for (const workload of groupMembers(series, allMembers(series), ({ workload }) => workload)) {
    const meanActual = workload.reduce((sum, i) => sum + (series.actual[i] as number), 0) / workload.length;
    if (!(meanActual > 0)) continue;
    for (const history of groupMembers(series, workload, ({ plannerGroup }) => plannerGroup)) {
      scoreHistory(series, history, meanActual, losses);
    }
  }
  return losses;
}

function scoreHistory(series: Series, history: Members, meanActual: number, { losses, references }: Losses): void {
  const { actual, predicted } = series;
  const levelOf = memoizeLevels(series);
  const earlier = new ExpandingQuantile(history.map((i) => actual[i] as number));
  let earlierRunCount = 0;
  for (let from = 0, to = 0; from < history.length; from = to, earlierRunCount++) {
    to = endOfRun(series, history, from);
    for (let k = from; k < to; k++) {
      const i = history[k] as number;
      const level = levelOf(attributesAt(series, i));
      if (level === null) continue;
      const figure = actual[i] as number;
      losses[i] = pinballLoss(level, predicted[i] as number, figure) / meanActual;
      if (earlierRunCount < FEWEST_EARLIER_RUNS) continue;
      references[i] = pinballLoss(level, earlier.at(level) as number, figure) / meanActual;
    }
    for (let k = from; k < to; k++) earlier.add(actual[history[k] as number] as number);
  }
}

/** Few SLAs are asked for, again and again. */
function memoizeLevels({ quantity }: Series): (head: RunAttributes) => number | null {
  const levels: (number | null)[] = [];
  return ({ sla, slaGroup }) => {
    const known = levels[slaGroup];
    if (known !== undefined) return known;
    const level = askedLevelOf(sla, quantity);
    levels[slaGroup] = level;
    return level;
  };
}
