import { studentTQuantile } from './special.ts';

/** A block holds the observations that share one intercept. */
export interface RegressionBlock {
  readonly responses: ArrayLike<number>;
  /** A column per predictor, each as long as `responses`; `null`: the predictor is 0 throughout the block. */
  readonly predictors: readonly (ArrayLike<number> | null)[];
}

/** A coefficient carries its 95 % interval, all in units of the response per unit of the predictor. */
export interface Coefficient {
  readonly estimate: number;
  readonly ciLow: number;
  readonly ciHigh: number;
  readonly degreesOfFreedom: number;
}

const CONFIDENCE_UPPER = 0.975;
/** Share of a predictor's sum of squares that earlier predictors must leave unexplained; with less it counts as collinear. */
const COLLINEAR = 1e-9;

/**
 * Fits least squares with an intercept of its own for every block: responses and predictors are centred in their block (Frisch &
 * Waugh 1933), degrees of freedom = observations − blocks − predictors kept, one variance for all. Returns one coefficient per
 * predictor: `null` where earlier predictors explain it, and everywhere when no degree of freedom is left or nothing varies.
 */
export function regressWithinBlocks(
  blocks: readonly RegressionBlock[],
  predictorCount: number,
): (Coefficient | null)[] {
  const centred = blocks.map((block) => centreBlock(block, predictorCount));
  const { products, moments, total } = multiplyOut(centred, predictorCount);
  const system = products.map((row, i) => [...row, ...products.map((_, j) => Number(i === j))]);
  const kept = invert(system, predictorCount);
  const inverseAt = (i: number, j: number) => system[i]?.[predictorCount + j] as number;
  const estimates = kept.map((isKept, i) => (isKept ? sumOfKept(moments, kept, (j) => inverseAt(i, j)) : 0));
  const count = centred.reduce((sum, { responses }) => sum + responses.length, 0);
  const degreesOfFreedom = count - blocks.length - kept.filter(Boolean).length;
  const variance = sumResiduals(centred, estimates) / degreesOfFreedom;
  if (degreesOfFreedom < 1 || !(variance * degreesOfFreedom > 1e-20 * total)) return kept.map(() => null);
  const t = studentTQuantile(CONFIDENCE_UPPER, degreesOfFreedom);
  return estimates.map((estimate, i) => {
    if (!kept[i]) return null;
    const halfWidth = t * Math.sqrt(variance * inverseAt(i, i));
    return { estimate, ciLow: estimate - halfWidth, ciHigh: estimate + halfWidth, degreesOfFreedom };
  });
}

interface CentredBlock {
  readonly responses: Float64Array;
  readonly columns: readonly CentredColumn[];
}

/** A column holds a predictor that is not 0 throughout the block. */
interface CentredColumn {
  readonly predictor: number;
  readonly numbers: Float64Array;
}

function centreBlock({ responses, predictors }: RegressionBlock, predictorCount: number): CentredBlock {
  const columns: CentredColumn[] = [];
  for (let predictor = 0; predictor < predictorCount; predictor++) {
    const column = predictors[predictor];
    if (column) columns.push({ predictor, numbers: centre(column) });
  }
  return { responses: centre(responses), columns };
}

function centre(numbers: ArrayLike<number>): Float64Array {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i] as number;
  const mean = sum / numbers.length;
  const centred = new Float64Array(numbers.length);
  for (let i = 0; i < centred.length; i++) centred[i] = (numbers[i] as number) - mean;
  return centred;
}

/** Sums XᵀX, Xᵀy and yᵀy over all blocks, observation by observation. */
function multiplyOut(blocks: readonly CentredBlock[], predictorCount: number) {
  const products = Array.from({ length: predictorCount }, () => new Float64Array(predictorCount));
  const moments = new Float64Array(predictorCount);
  let total = 0;
  for (const { responses, columns } of blocks) {
    for (const response of responses) total += response * response;
    for (const { predictor, numbers } of columns) {
      moments[predictor] = addProducts(moments[predictor] as number, numbers, responses);
      const row = products[predictor] as Float64Array;
      for (const other of columns)
        row[other.predictor] = addProducts(row[other.predictor] as number, numbers, other.numbers);
    }
  }
  return { products, moments, total };
}

function addProducts(sum: number, a: Float64Array, b: Float64Array): number {
  let total = sum;
  for (let i = 0; i < a.length; i++) total += (a[i] as number) * (b[i] as number);
  return total;
}

function sumOfKept(moments: Float64Array, kept: readonly boolean[], weight: (j: number) => number): number {
  let sum = 0;
  for (let j = 0; j < moments.length; j++) sum += kept[j] ? weight(j) * (moments[j] as number) : 0;
  return sum;
}

/** Sums the squared residuals of the estimates. */
function sumResiduals(blocks: readonly CentredBlock[], estimates: readonly number[]): number {
  let sum = 0;
  for (const { responses, columns } of blocks) {
    for (let i = 0; i < responses.length; i++) {
      let fitted = 0;
      for (const { predictor, numbers } of columns) fitted += (estimates[predictor] as number) * (numbers[i] as number);
      sum += ((responses[i] as number) - fitted) ** 2;
    }
  }
  return sum;
}

const at = (row: readonly number[], index: number): number => row[index] as number;

/**
 * Inverts a symmetric non-negative A by Gauss–Jordan on [A | I], in place. Predictors are taken in the order given, and one that
 * earlier ones explain is skipped. Returns, per predictor, whether it was kept.
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
