import { projectVariance, type Stratum } from './contrast.ts';
import { studentTQuantile } from './special.ts';

const CONFIDENCE_UPPER = 0.975;
const POWER = 0.8;
/** Runs per cell beyond which "more runs" is no advice any more. */
const MOST_EXTRA_RUNS = 100_000;

/**
 * Computes the smallest true difference that a two-sided test at 5 % finds with 80 % power, (t_.975 + t_.80) √Var D, in the unit
 * of the observations.
 */
export function minimalDetectable(spread: { variance: number; degreesOfFreedom: number }): number {
  const { variance, degreesOfFreedom } = spread;
  const factor = studentTQuantile(CONFIDENCE_UPPER, degreesOfFreedom) + studentTQuantile(POWER, degreesOfFreedom);
  return factor * Math.sqrt(variance);
}

/**
 * Computes the runs that every cell still needs until the minimal detectable difference is at most `target` (in the unit of the
 * observations), at the spread seen so far. 0: it is already; `null`: no spread is known, or more than 65,536 would be needed.
 */
export function additionalRunsFor(strata: readonly Stratum[], target: number): number | null {
  const project = projectVariance(strata);
  const enough = (extra: number) => {
    const projected = project(extra);
    return projected !== null && minimalDetectable(projected) <= target;
  };
  let high = 1;
  if (enough(0)) return 0;
  while (!enough(high)) {
    high *= 2;
    if (high > MOST_EXTRA_RUNS) return null;
  }
  let low = high >> 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
