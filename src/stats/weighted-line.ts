/** A fit y = intercept + Σ slope × x. */
export interface WeightedFit {
  readonly intercept: number;
  /** In the order of the columns; 0 for one that cannot be told: it does not vary, or follows from those before it. */
  readonly slopes: readonly number[];
}

/** A column varies by less than this share of its square only by rounding. */
const ROUNDING = 1e-10;

/**
 * Fits y on columns by weighted least squares: columns are made orthogonal one after another about their weighted means (Gram & Schmidt).
 * `null` without observations.
 */
export function fitWeighted(
  columns: readonly (readonly number[])[],
  y: readonly number[],
  weights: readonly number[],
): WeightedFit | null {
  if (y.length === 0) return null;
  const meanOf = (xs: readonly number[]) => dot(xs, null, weights) / dot(weights, null, null);
  const means = columns.map(meanOf);
  const meanY = meanOf(y);
  const residual = y.map((own) => own - meanY);
  const orthogonal: number[][] = [];
  // coefficients[i][j]: how much of orthogonal column j stands in column i.
  const coefficients: number[][] = [];
  const alongs = columns.map((column, i) => {
    const own = column.map((x) => x - (means[i] as number));
    const before = dot(own, own, weights);
    coefficients.push(
      orthogonal.map((other) => {
        const square = dot(other, other, weights);
        const share = square > 0 ? dot(own, other, weights) / square : 0;
        for (let k = 0; k < own.length; k++) own[k] = (own[k] as number) - share * (other[k] as number);
        return share;
      }),
    );
    const square = dot(own, own, weights);
    const varies = square > ROUNDING * before && before > ROUNDING * dot(column, column, weights);
    orthogonal.push(varies ? own : own.map(() => 0));
    return varies ? dot(residual, own, weights) / square : 0;
  });
  const slopes = solveBackward(alongs, coefficients);
  const intercept = slopes.reduce((rest, slope, i) => rest - slope * (means[i] as number), meanY);
  return { intercept, slopes };
}

/** Turns slopes along orthogonal columns into those along the columns themselves. */
function solveBackward(alongs: readonly number[], coefficients: readonly (readonly number[])[]): number[] {
  const slopes = [...alongs];
  for (let i = slopes.length - 1; i >= 0; i--) {
    for (let j = 0; j < i; j++) slopes[j] = (slopes[j] as number) - (slopes[i] as number) * (coefficients[i]?.[j] ?? 0);
  }
  return slopes;
}

function dot(a: readonly number[], b: readonly number[] | null, weights: readonly number[] | null): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b?.[i] ?? 1) * (weights?.[i] ?? 1);
  return sum;
}
