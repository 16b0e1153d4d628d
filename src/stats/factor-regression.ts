/**
 * Factors are taken out of columns by least squares: the one with the most levels by the means of its groups, which costs nothing
 * however many there are, the others by columns of their own (Frisch & Waugh 1933).
 */
export interface Factors {
  /** The group of each observation under the largest factor, from 0, and the size of each group. */
  readonly groups: Int32Array;
  readonly groupSizes: Float64Array;
  /** A column per level of the other factors, centred in the groups. */
  readonly columns: readonly Float64Array[];
  /** A generalized inverse of the columns' XᵀX, row by row; rows and columns of dependent ones are 0. */
  readonly inverse: readonly Float64Array[];
  /** Number of independent effects, the constant with them. */
  readonly rank: number;
}

/** Degrees of freedom that must be left beside the factors for anything else to be judged. */
export const FEWEST_DEGREES_OF_FREEDOM = 5;
/** Levels of the smaller factors up to which each has a column; with more, every combination of levels is a group of its own. */
const MOST_COLUMNS = 50;
/** Share of a column's sum of squares that the others must leave unexplained; with less it counts as dependent. */
const DEPENDENT = 1e-9;

/** Numbers a factor's levels from 0, in the order in which they first occur. */
export function codeLevels(factor: Iterable<unknown>): Int32Array {
  const codes = new Map<unknown, number>();
  return Int32Array.from(factor, (level) => {
    const code = codes.get(level) ?? codes.size;
    codes.set(level, code);
    return code;
  });
}

/** Lays out factors of `count` observations; `factors[f][i]` is the level of factor f at observation i. None: the mean alone. */
export function layOutFactors(count: number, factors: readonly Int32Array[]): Factors {
  const coded = factors
    .map((factor) => codeLevels(factor))
    .map((codes) => ({ codes, levelCount: countLevels(codes) }))
    .sort((a, b) => b.levelCount - a.levelCount);
  const smaller = coded.slice(1);
  const columnCount = smaller.reduce((sum, { levelCount }) => sum + levelCount, 0);
  const combined = columnCount > MOST_COLUMNS;
  const groups = combined ? combineLevels(coded.map(({ codes }) => codes)) : (coded[0]?.codes ?? new Int32Array(count));
  const groupSizes = new Float64Array(countLevels(groups));
  for (const group of groups) groupSizes[group] = (groupSizes[group] as number) + 1;
  const indicators = combined ? [] : smaller.flatMap(({ codes, levelCount }) => indicate(codes, levelCount));
  const scales = indicators.map((column) => product(column, column));
  const columns = indicators.map((column) => centreInGroups(column, groups, groupSizes));
  const { inverse, rank } = invertGenerally(
    columns.map((column) => Float64Array.from(columns, (other) => product(column, other))),
    scales,
  );
  return { groups, groupSizes, columns, inverse, rank: groupSizes.length + rank };
}

const countLevels = (codes: Int32Array): number => codes.reduce((most, code) => Math.max(most, code + 1), 0);

const combineLevels = (factors: readonly Int32Array[]): Int32Array =>
  codeLevels(Array.from(factors[0] as Int32Array, (_, i) => factors.map((codes) => codes[i]).join(' ')));

const indicate = (codes: Int32Array, levelCount: number): Float64Array[] =>
  Array.from({ length: levelCount }, (_, level) => Float64Array.from(codes, (code) => Number(code === level)));

function centreInGroups(column: Float64Array, groups: Int32Array, sizes: Float64Array): Float64Array {
  const means = new Float64Array(sizes.length);
  for (let i = 0; i < column.length; i++) {
    const group = groups[i] as number;
    means[group] = (means[group] as number) + (column[i] as number) / (sizes[group] as number);
  }
  return column.map((entry, i) => entry - (means[groups[i] as number] as number));
}

/** Gives the residuals of a column without what the factors explain, in its unit. */
export function takeOutFactors({ groups, groupSizes, columns, inverse }: Factors, column: Float64Array): Float64Array {
  const residuals = centreInGroups(column, groups, groupSizes);
  const moments = Float64Array.from(columns, (own) => product(own, residuals));
  const effects = inverse.map((row) => product(row, moments));
  for (const [j, own] of columns.entries()) {
    const effect = effects[j] as number;
    for (let i = 0; i < residuals.length; i++) residuals[i] = (residuals[i] as number) - effect * (own[i] as number);
  }
  return residuals;
}

/** Sums the entries of the factors' hat matrix that stand beside its diagonal: how much residuals of neighbours have in common. */
export function sumNeighbourLeverages({ groups, groupSizes, columns, inverse }: Factors): number {
  let sum = 0;
  for (let i = 1; i < groups.length; i++) {
    const group = groups[i] as number;
    if (groups[i - 1] === group) sum += 1 / (groupSizes[group] as number);
    for (let j = 0; j < columns.length; j++) {
      const before = columns[j]?.[i - 1] as number;
      if (before === 0) continue;
      const row = inverse[j] as Float64Array;
      for (let k = 0; k < columns.length; k++) sum += before * (row[k] as number) * (columns[k]?.[i] as number);
    }
  }
  return sum;
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Computes a g₂-inverse by the sweep operator, which leaves columns out that depend on earlier ones (Goodnight 1979). */
function invertGenerally(matrix: readonly Float64Array[], scales: readonly number[]) {
  const swept = matrix.map((row) => Float64Array.from(row));
  const kept = new Set<number>();
  for (let k = 0; k < swept.length; k++) {
    const pivot = swept[k]?.[k] as number;
    if (pivot < DEPENDENT * (scales[k] as number)) continue;
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
