import { studentTQuantile } from './special.ts';

/** Observations of one block: what is to be explained, and a row of as many predictors for each. */
export interface RegressionBlock {
  readonly responses: readonly number[];
  readonly predictors: readonly (readonly number[])[];
}

/** A coefficient with its 95 % interval, in units of the response per unit of the predictor. */
export interface Coefficient {
  readonly estimate: number;
  readonly ciLow: number;
  readonly ciHigh: number;
  readonly degreesOfFreedom: number;
}

const CONFIDENCE_UPPER = 0.975;
/** A predictor of which less than this share is left beside the others cannot be told from them. */
const COLLINEAR = 1e-9;

/**
 * Least squares with an intercept of its own for every block: responses and predictors are centred in their block (Frisch &
 * Waugh 1933), degrees of freedom = observations − blocks − predictors, one variance for all. One coefficient per predictor;
 * `null` where a predictor cannot be told from the others, and everywhere when no degree of freedom is left or nothing varies.
 */
export function regressWithinBlocks(
  blocks: readonly RegressionBlock[],
  predictorCount: number,
): (Coefficient | null)[] {
  const rows = blocks.flatMap(centreBlock);
  const system = Array.from({ length: predictorCount }, (_, i) => [
    ...Array.from({ length: predictorCount }, (_, j) => sumOf(rows, (row) => at(row, i) * at(row, j))),
    ...Array.from({ length: predictorCount }, (_, j) => Number(i === j)),
  ]);
  const kept = invert(system, predictorCount);
  const moments = Array.from({ length: predictorCount }, (_, i) => sumOf(rows, (row) => at(row, i) * at(row, -1)));
  const inverseAt = (i: number, j: number) => system[i]?.[predictorCount + j] as number;
  const estimates = moments.map((_, i) =>
    kept[i] ? sumOf(moments, (moment, j) => (kept[j] ? inverseAt(i, j) * moment : 0)) : 0,
  );
  const residual = (row: readonly number[]) => at(row, -1) - sumOf(estimates, (estimate, i) => estimate * at(row, i));
  const degreesOfFreedom = rows.length - blocks.length - kept.filter(Boolean).length;
  const variance = sumOf(rows, (row) => residual(row) ** 2) / degreesOfFreedom;
  const total = sumOf(rows, (row) => at(row, -1) ** 2);
  if (degreesOfFreedom < 1 || !(variance * degreesOfFreedom > 1e-20 * total)) return kept.map(() => null);
  const t = studentTQuantile(CONFIDENCE_UPPER, degreesOfFreedom);
  return estimates.map((estimate, i) => {
    if (!kept[i]) return null;
    const halfWidth = t * Math.sqrt(variance * inverseAt(i, i));
    return { estimate, ciLow: estimate - halfWidth, ciHigh: estimate + halfWidth, degreesOfFreedom };
  });
}

/** Rows of predictors with the response last, each column minus its mean in the block. */
function centreBlock({ responses, predictors }: RegressionBlock): number[][] {
  const rows = responses.map((response, i) => [...(predictors[i] ?? []), response]);
  const means = (rows[0] ?? []).map((_, column) => sumOf(rows, (row) => at(row, column)) / rows.length);
  return rows.map((row) => row.map((x, column) => x - (means[column] as number)));
}

const at = (row: readonly number[], index: number): number => row.at(index) as number;

function sumOf<T>(items: readonly T[], amount: (item: T, index: number) => number): number {
  let sum = 0;
  for (const [index, item] of items.entries()) sum += amount(item, index);
  return sum;
}

/**
 * Gauss–Jordan on [A | I] in place, for a symmetric non-negative A, in the order given: earlier predictors go first, one that
 * earlier ones explain is skipped. Tells which were kept.
 */
function invert(system: number[][], size: number): boolean[] {
  const diagonal = system.map((row, i) => at(row, i));
  return system.map((pivotRow, pivot) => {
    const scale = at(pivotRow, pivot);
    if (!(scale > COLLINEAR * (diagonal[pivot] as number))) return false;
    for (let column = 0; column < 2 * size; column++) pivotRow[column] = at(pivotRow, column) / scale;
    for (const row of system) {
      if (row === pivotRow) continue;
      const factor = at(row, pivot);
      for (let column = 0; column < 2 * size; column++) row[column] = at(row, column) - factor * at(pivotRow, column);
    }
    return true;
  });
}
