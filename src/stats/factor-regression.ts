/** What is left of observations without the additive effects of factors, and the means to project anything else likewise. */
export interface FactorFit {
  readonly residuals: readonly number[];
  /** The columns of the design (constant first, then every level of every factor) that are 1 at an observation. */
  readonly columnsOf: (observation: number) => readonly number[];
  /** A generalized inverse of XᵀX. */
  readonly inverse: readonly Float64Array[];
  readonly rank: number;
}

/** Least squares on a constant and factors; `factors[f][i]` is the level of factor f at observation i. */
export function leastSquares(sample: readonly number[], factors: readonly (readonly string[])[]): FactorFit {
  let width = 1;
  const columns = factors.map(() => new Map<string | undefined, number>());
  const design = sample.map((_, i) => [
    0,
    ...factors.map((factor, f) => {
      const known = columns[f]?.get(factor[i]);
      if (known !== undefined) return known;
      columns[f]?.set(factor[i], width);
      return width++;
    }),
  ]);
  const cross = Array.from({ length: width }, () => new Float64Array(width));
  const moments = new Float64Array(width);
  for (const [i, own] of design.entries()) {
    for (const a of own) {
      moments[a] = (moments[a] as number) + (sample[i] as number);
      const row = cross[a] as Float64Array;
      for (const b of own) row[b] = (row[b] as number) + 1;
    }
  }
  const { inverse, rank } = invertGenerally(cross);
  const effects = inverse.map((row) => row.reduce((sum, weight, j) => sum + weight * (moments[j] as number), 0));
  const residuals = sample.map((observation, i) =>
    (design[i] as number[]).reduce((rest, column) => rest - (effects[column] as number), observation),
  );
  return { residuals, columnsOf: (i) => design[i] as number[], inverse, rank };
}

/** A g₂-inverse by the sweep operator, which leaves columns out that depend on earlier ones (Goodnight 1979). */
function invertGenerally(matrix: readonly Float64Array[]): { inverse: Float64Array[]; rank: number } {
  const swept = matrix.map((row) => Float64Array.from(row));
  const kept = new Set<number>();
  for (let k = 0; k < swept.length; k++) {
    const pivotRow = swept[k] as Float64Array;
    const pivot = pivotRow[k] as number;
    if (pivot < 1e-9 * (matrix[k]?.[k] as number)) continue;
    kept.add(k);
    sweep(swept, k, pivot);
  }
  return {
    inverse: swept.map((row, i) => row.map((entry, j) => (kept.has(i) && kept.has(j) ? entry : 0))),
    rank: kept.size,
  };
}

function sweep(matrix: Float64Array[], k: number, pivot: number): void {
  const pivotRow = (matrix[k] as Float64Array).map((entry) => entry / pivot);
  for (const [i, row] of matrix.entries()) {
    if (i === k) continue;
    const factor = row[k] as number;
    for (let j = 0; j < row.length; j++) row[j] = (row[j] as number) - factor * (pivotRow[j] as number);
    row[k] = -factor / pivot;
  }
  pivotRow[k] = 1 / pivot;
  matrix[k] = pivotRow;
}
