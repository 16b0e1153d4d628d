/** How a quantile lies between observations: `linear` in between, `step` on the first one that is enough. */
export type QuantileMethod = 'linear' | 'step';

/** Observations ascending, each with a weight above 0. */
export interface WeightedSample {
  readonly values: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
}

/** Sorts observations with their weights, ascending; ties keep their order. */
export function sortWeighted(values: readonly number[], weights: readonly number[]): WeightedSample {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  return { values: order.map((i) => values[i] as number), weights: order.map((i) => weights[i] as number) };
}

/**
 * Computes the quantile at p (0…1) of weighted observations; `null` without any. `linear`: observation k stands at
 * (W_k − w_k)/(W − w_k), W_k the sum of the first k of all weights W, and the quantile is linear in between, which with equal weights
 * is R-7. `step`: the least observation with W_k ≥ pW.
 */
export function weightedQuantile(sample: WeightedSample, p: number, method: QuantileMethod = 'linear'): number | null {
  if (sample.values.length === 0) return null;
  return method === 'linear' ? linearQuantile(sample, p) : stepQuantile(sample, p);
}

function linearQuantile({ values, weights }: WeightedSample, p: number): number {
  const total = sum(weights);
  let cumulated = 0;
  let [placeBefore, before] = [0, values[0] as number];
  for (let k = 0; k < values.length - 1; k++) {
    const [own, weight] = [values[k] as number, weights[k] as number];
    const place = cumulated / (total - weight);
    if (place >= p) return between(before, own, p, [placeBefore, place]);
    [placeBefore, before] = [place, own];
    cumulated += weight;
  }
  // The last stands at 1, whatever rounding makes of it.
  return between(before, values[values.length - 1] as number, p, [placeBefore, 1]);
}

function between(low: number, high: number, p: number, [from, to]: readonly [number, number]): number {
  return to > from ? low + (high - low) * ((p - from) / (to - from)) : high;
}

function stepQuantile({ values, weights }: WeightedSample, p: number): number {
  const enough = p * sum(weights) * (1 - ROUNDING);
  let cumulated = 0;
  for (let k = 0; k < values.length; k++) {
    cumulated += weights[k] as number;
    if (cumulated >= enough) return values[k] as number;
  }
  return values[values.length - 1] as number;
}

/** A sum of weights falls short by so much at most. */
const ROUNDING = 1e-12;

function sum(weights: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i] as number;
  return total;
}
