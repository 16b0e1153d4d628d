/** A fit holds the residuals of a regression on factors, and the design with which other columns can be projected likewise. */
export interface FactorFit {
  /** Observations without the fitted effects, in their unit. */
  readonly residuals: Float64Array;
  /** The design: its columns are the constant, then every level of every factor. */
  readonly design: Design;
  /** A generalized inverse of XᵀX; rows and columns of dependent columns are 0. */
  readonly inverse: readonly Float64Array[];
  /** Number of independent columns. */
  readonly rank: number;
}

/** A design lists which of `width` columns are 1: `perRow` of them per observation, those of observation i from i × `perRow` on. */
export interface Design {
  readonly columns: Int32Array;
  readonly perRow: number;
  readonly width: number;
}

/** Numbers a factor's levels from 0, in the order in which they first occur. */
export function codeLevels(factor: readonly string[]): Int32Array {
  const codes = new Map<string, number>();
  const coded = new Int32Array(factor.length);
  for (const [i, level] of factor.entries()) {
    const code = codes.get(level) ?? codes.size;
    if (code === codes.size) codes.set(level, code);
    coded[i] = code;
  }
  return coded;
}

/**
 * Fits least squares on a constant and factors; `factors[f][i]` is the level of factor f at observation i, numbered by
 * `codeLevels`. Columns that depend on earlier ones are left out (Goodnight 1979).
 */
export function leastSquares(sample: ArrayLike<number>, factors: readonly Int32Array[]): FactorFit {
  const design = layOutDesign(sample.length, factors);
  const { cross, moments } = multiplyOut(sample, design);
  const { inverse, rank } = invertGenerally(cross);
  const effects = inverse.map((row) => row.reduce((sum, weight, j) => sum + weight * (moments[j] as number), 0));
  return { residuals: withoutEffects(sample, design, effects), design, inverse, rank };
}

/** Numbers the columns as their levels come in, observation by observation. */
function layOutDesign(count: number, factors: readonly Int32Array[]): Design {
  const perRow = factors.length + 1;
  const columns = new Int32Array(count * perRow);
  const columnsOf = factors.map(
    (factor) => new Int32Array(factor.reduce((most, level) => Math.max(most, level), 0) + 1),
  );
  let width = 1;
  for (let i = 0; i < count; i++) {
    for (let f = 0; f < factors.length; f++) {
      const known = columnsOf[f] as Int32Array;
      const level = (factors[f] as Int32Array)[i] as number;
      if (known[level] === 0) known[level] = width++;
      columns[i * perRow + f + 1] = known[level] as number;
    }
  }
  return { columns, perRow, width };
}

/** Sums XᵀX and Xᵀy. */
function multiplyOut(sample: ArrayLike<number>, { columns, perRow, width }: Design) {
  const cross = Array.from({ length: width }, () => new Float64Array(width));
  const moments = new Float64Array(width);
  for (let from = 0, i = 0; from < columns.length; from += perRow, i++) {
    for (let a = from; a < from + perRow; a++) {
      const column = columns[a] as number;
      moments[column] = (moments[column] as number) + (sample[i] as number);
      const row = cross[column] as Float64Array;
      for (let b = from; b < from + perRow; b++) {
        const other = columns[b] as number;
        row[other] = (row[other] as number) + 1;
      }
    }
  }
  return { cross, moments };
}

function withoutEffects(
  sample: ArrayLike<number>,
  { columns, perRow }: Design,
  effects: readonly number[],
): Float64Array {
  const residuals = new Float64Array(sample.length);
  for (let i = 0; i < sample.length; i++) {
    let rest = sample[i] as number;
    for (let at = i * perRow; at < (i + 1) * perRow; at++) rest -= effects[columns[at] as number] as number;
    residuals[i] = rest;
  }
  return residuals;
}

/** Computes a g₂-inverse by the sweep operator, which leaves columns out that depend on earlier ones (Goodnight 1979). */
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
