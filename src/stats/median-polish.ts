import { median } from 'd3-array';

/**
 * Computes the residuals of a median polish, in the unit of the observations: the additive effect of each factor is taken out by
 * medians in turn (Tukey 1977, for cells of any number of observations), so that a minority of shifted or wild observations does
 * not move the effects. `factors[f][i]` is the level of factor f at observation i, numbered by `codeLevels`. Stops when nothing
 * moves by more than 1e-12, or after 50 rounds.
 */
export function polishMedians(sample: readonly number[], factors: readonly Int32Array[]): number[] {
  const residuals = [...sample];
  for (let round = 0; round < 50; round++) {
    let moved = 0;
    for (const factor of factors) moved = Math.max(moved, sweep(residuals, factor));
    if (moved <= 1e-12) break;
  }
  return residuals;
}

/** Subtracts the median of each level from its observations; returns the largest |median|. */
function sweep(residuals: number[], factor: Int32Array): number {
  const members = new Map<number, number[]>();
  for (const [i, level] of factor.entries()) {
    const known = members.get(level);
    if (known) known.push(i);
    else members.set(level, [i]);
  }
  let largest = 0;
  for (const indices of members.values()) {
    const middle = median(indices, (i) => residuals[i]) ?? 0;
    largest = Math.max(largest, Math.abs(middle));
    for (const i of indices) residuals[i] = (residuals[i] as number) - middle;
  }
  return largest;
}
