import { mean } from 'd3-array';
import { type ClusteredSlope, FEWEST_EFFECTIVE_CLUSTERS, regressClustered } from '../../stats/clustered-regression.ts';
import type { Slope, UntoldSlope } from './result.ts';

/** Responses against two predictors; observations of a cluster hang together, those of a group share an intercept. */
export interface Growth {
  readonly responses: readonly number[];
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly clusters: readonly unknown[];
}

/** `response = intercept + first + second`. */
export interface FittedGrowth {
  readonly intercept: number;
  readonly first: Slope | null;
  readonly firstReason: UntoldSlope | null;
  readonly second: Slope | null;
  readonly secondReason: UntoldSlope | null;
}

/**
 * Fits growth in two amounts. Where the second goes with the first, the first alone is fitted: its slope then holds what the second may
 * add. What does not vary has no slope, and is in the intercept.
 */
export function fitGrowth({ responses, first, second, clusters }: Growth): FittedGrowth {
  const groups = responses.map(() => 0);
  const regress = (predictors: readonly (readonly number[])[]) =>
    regressClustered({ responses, predictors, clusters, groups }).slopes;
  const [firstVaries, secondVaries] = [varies(first), varies(second)];
  const [own = null, other = null] = regress([first, second]);
  const isMixed = firstVaries && secondVaries && own === null;
  const alone = (column: readonly number[]) => regress([column])[0] ?? null;
  const firstSlope = secondVaries && !isMixed ? own : alone(first);
  const secondSlope = !secondVaries ? null : firstVaries ? other : alone(second);
  const level = (column: readonly number[], slope: Slope | null) => (slope?.estimate ?? 0) * (mean(column) ?? 0);
  return {
    intercept: (mean(responses) ?? 0) - level(first, firstSlope) - level(second, secondSlope),
    first: firstSlope,
    firstReason: explain(firstSlope),
    second: secondSlope,
    secondReason: isMixed ? 'goes-with-new-workers' : explain(secondSlope),
  };
}

const varies = (column: readonly number[]): boolean => column.some((x) => x !== column[0]);

/** Why nothing rests on a slope; `null`: it is told. */
export function explain(slope: ClusteredSlope | Slope | null): UntoldSlope | null {
  if (slope === null) return 'does-not-vary';
  const { ciLow, ciHigh, effectiveClusterCount } = slope;
  if (ciLow === null || ciHigh === null || effectiveClusterCount < FEWEST_EFFECTIVE_CLUSTERS) return 'few-runs-decide';
  return ciLow <= 0 && ciHigh >= 0 ? 'interval-holds-0' : null;
}
