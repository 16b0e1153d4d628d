import { studentTQuantile } from './special.ts';

/** Observations of one block: what is to be explained, and every predictor as a column of as many numbers; `null`: 0 throughout. */
export interface RegressionBlock {
  readonly responses: ArrayLike<number>;
  readonly predictors: readonly (ArrayLike<number> | null)[];
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

/** A predictor that is not 0 throughout the block. */
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

/** XᵀX, Xᵀy and yᵀy of all blocks, summed up observation by observation. */
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

/** The sum of squares that the estimates leave. */
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
