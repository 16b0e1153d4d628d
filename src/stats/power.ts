import { projectVariance, type Stratum } from './contrast.ts';
import { studentTQuantile } from './special.ts';

const CONFIDENCE_UPPER = 0.975;
const POWER = 0.8;
/** Beyond this, "more runs" is no advice any more. */
const MOST_EXTRA_RUNS = 100_000;

/**
 * The smallest true difference that a two-sided test at 5 % would find with 80 % power: (t_.975 + t_.80) √Var D.
 * Same unit as the observations.
 */
export function minimalDetectable(spread: { variance: number; degreesOfFreedom: number }): number {
  const { variance, degreesOfFreedom } = spread;
  const factor = studentTQuantile(CONFIDENCE_UPPER, degreesOfFreedom) + studentTQuantile(POWER, degreesOfFreedom);
  return factor * Math.sqrt(variance);
}

/**
 * How many more runs every cell needs until `target` is the minimal detectable difference, at the spread seen so far.
 * 0: it is already; `null`: no spread is known, or more than 100,000.
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
