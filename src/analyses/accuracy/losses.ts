import { mean } from 'd3-array';
import { ExpandingQuantile } from '../../stats/expanding-quantile.ts';
import { pinballLoss } from '../../stats/pinball.ts';
import { askedLevelOf, quantityOf } from './quantities.ts';
import type { SeriesPoint } from './result.ts';
import { groupBy, groupRuns } from './series.ts';

/** Pinball losses of a prediction and of its reference, in parts of the workload's mean. */
export interface Loss {
  readonly loss: number;
  /** Of the quantile at the asked level of earlier runs; `null` with fewer than six of them. */
  readonly referenceLoss: number | null;
}

const FEWEST_EARLIER_RUNS = 6;

/**
 * The loss of each prediction that was asked for at a percentile. The reference is what needs no model: the expanding empirical
 * quantile of the same quantity over earlier runs of the same workflow, structure and planner, the history the engine draws on.
 */
export function scoreLosses(series: readonly SeriesPoint[]): Map<SeriesPoint, Loss> {
  const losses = new Map<SeriesPoint, Loss>();
  for (const workload of groupBy(series, ...WORKLOAD_KEYS)) {
    const meanActual = mean(workload, ({ actual }) => actual) ?? 0;
    if (!(meanActual > 0)) continue;
    for (const history of groupBy(workload, ({ planner }) => planner)) scoreHistory(history, meanActual, losses);
  }
  return losses;
}

/** Everything that makes figures comparable but the planner and the SLA. */
export const WORKLOAD_KEYS: readonly ((point: SeriesPoint) => unknown)[] = [
  ({ quantity }) => quantity,
  ({ workflow }) => workflow,
  ({ structure }) => structure,
  ({ functionName }) => functionName,
];

function scoreHistory(history: readonly SeriesPoint[], meanActual: number, losses: Map<SeriesPoint, Loss>): void {
  const earlier = new ExpandingQuantile();
  for (const [earlierRunCount, { points }] of groupRuns(history).entries()) {
    const known = earlierRunCount < FEWEST_EARLIER_RUNS ? null : earlier;
    for (const point of points) {
      const loss = scorePoint(point, known, meanActual);
      if (loss) losses.set(point, loss);
    }
    for (const { actual } of points) earlier.add(actual);
  }
}

function scorePoint(point: SeriesPoint, earlier: ExpandingQuantile | null, meanActual: number): Loss | null {
  const level = askedLevelOf(point.sla, quantityOf(point.quantity));
  if (level === null) return null;
  const reference = earlier?.at(level) ?? null;
  return {
    loss: pinballLoss(level, point.predicted, point.actual) / meanActual,
    referenceLoss: reference === null ? null : pinballLoss(level, reference, point.actual) / meanActual,
  };
}
