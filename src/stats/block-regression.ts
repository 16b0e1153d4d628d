import { studentTCdf, studentTQuantile } from './special.ts';

/** A block holds the observations that share one intercept. */
export interface RegressionBlock {
  readonly responses: ArrayLike<number>;
  /** A column per predictor, each as long as `responses`. */
  readonly predictors: readonly ArrayLike<number>[];
  /** A predictor whose slope is the same in all blocks of its group, and another in every other group. */
  readonly covariate?: { readonly group: string; readonly numbers: ArrayLike<number> };
}

/** A coefficient carries its 95 % interval, all in units of the response per unit of the predictor. */
export interface Coefficient {
  readonly estimate: number;
  /** `null`, like `ciHigh` and `pValue`: no degree of freedom is left, or nothing varies beside the predictors. */
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  /** Two-sided p of the coefficient's t. */
  readonly pValue: number | null;
  readonly degreesOfFreedom: number;
}

const CONFIDENCE_UPPER = 0.975;
/** Share of a predictor's sum of squares that other predictors must leave unexplained; with less it counts as collinear. */
const COLLINEAR = 1e-9;
/** Weight, in standard deviations of both, from which on a left-out predictor counts as part of one that was kept. */
const ALIASED = 1e-6;
/** Shares of a sum of squares that rounding leaves: of the observations themselves, and of what varies in them. */
const [ROUNDING_OF_SUM, ROUNDING_OF_REST] = [1e-24, 1e-20];

/**
 * Fits least squares with an intercept of its own for every block and a slope of the covariate for every group. Both are taken out
 * of responses and predictors first (Frisch & Waugh 1933), so that their number costs nothing; degrees of freedom = observations −
 * blocks − groups whose covariate varies − independent predictors, one variance for all. Blocks that tell nothing of a predictor
 * add to the variance. Gives one coefficient per predictor: `null` where the data cannot tell it from the other predictors.
 */
export function regressWithinBlocks(blocks: readonly RegressionBlock[]): (Coefficient | null)[] {
  const centred = blocks.map(centreBlock);
  const scales = multiplyOut(centred).products.map((row, i) => row[i] as number);
  const total = sumSquares(centred.map(({ responses }) => responses));
  const slopeCount = takeOutCovariates(centred);
  const { products, moments } = multiplyOut(centred);
  const size = scales.length;
  const system = products.map((row, i) => [...row, ...row.map((_, j) => Number(i === j))]);
  const kept = invert(system, scales);
  const inverseAt = (i: number, j: number) => system[i]?.[size + j] as number;
  const estimates = kept.map((isKept, i) => (isKept ? sumOfKept(moments, kept, (j) => inverseAt(i, j)) : 0));
  const count = blocks.reduce((sum, { responses }) => sum + responses.length, 0);
  const degreesOfFreedom = count - blocks.length - slopeCount - kept.filter(Boolean).length;
  const rest = sumResiduals(centred, estimates);
  const varies =
    total > ROUNDING_OF_SUM * sumSquares(blocks.map((block) => block.responses)) && rest > ROUNDING_OF_REST * total;
  const judge = varies && degreesOfFreedom > 0 ? judgeByT(rest / degreesOfFreedom, degreesOfFreedom) : () => UNJUDGED;
  return estimates.map((estimate, i) =>
    kept[i] && isDistinct(system, kept, scales, i)
      ? { estimate, ...judge(estimate, inverseAt(i, i)), degreesOfFreedom }
      : null,
  );
}

const UNJUDGED = { ciLow: null, ciHigh: null, pValue: null };

function judgeByT(variance: number, degreesOfFreedom: number) {
  const quantile = studentTQuantile(CONFIDENCE_UPPER, degreesOfFreedom);
  return (estimate: number, inverse: number) => {
    const standardError = Math.sqrt(variance * inverse);
    return {
      ciLow: estimate - quantile * standardError,
      ciHigh: estimate + quantile * standardError,
      pValue: 2 * studentTCdf(-Math.abs(estimate) / standardError, degreesOfFreedom),
    };
  };
}

interface CentredBlock {
  readonly responses: Float64Array;
  readonly predictors: readonly Float64Array[];
  readonly covariate: { readonly group: string; readonly numbers: Float64Array } | null;
}

const centreBlock = ({ responses, predictors, covariate }: RegressionBlock): CentredBlock => ({
  responses: centre(responses),
  predictors: predictors.map(centre),
  covariate: covariate ? { group: covariate.group, numbers: centre(covariate.numbers) } : null,
});

function centre(numbers: ArrayLike<number>): Float64Array {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i] as number;
  const mean = sum / numbers.length;
  const centred = new Float64Array(numbers.length);
  for (let i = 0; i < centred.length; i++) centred[i] = (numbers[i] as number) - mean;
  return centred;
}

/** Takes what each group's covariate explains out of responses and predictors, in place; gives the number of slopes that took. */
function takeOutCovariates(blocks: readonly CentredBlock[]): number {
  const groups = new Map<string, CentredBlock[]>();
  for (const block of blocks) {
    if (!block.covariate) continue;
    const { group } = block.covariate;
    const members = groups.get(group);
    if (members) members.push(block);
    else groups.set(group, [block]);
  }
  let slopeCount = 0;
  for (const members of groups.values()) if (takeOutCovariate(members)) slopeCount++;
  return slopeCount;
}

/** Takes the covariate out of every column; is false when it varies within no block of the group. */
function takeOutCovariate(members: readonly CentredBlock[]): boolean {
  const covariates = members.map(({ covariate }) => covariate?.numbers as Float64Array);
  const square = sumProducts(covariates, covariates);
  if (square === 0) return false;
  const columns = [
    members.map(({ responses }) => responses),
    ...(members[0]?.predictors ?? []).map((_, j) => members.map(({ predictors }) => predictors[j] as Float64Array)),
  ];
  for (const column of columns) {
    const slope = sumProducts(covariates, column) / square;
    for (const [b, numbers] of column.entries()) {
      const covariate = covariates[b] as Float64Array;
      for (let i = 0; i < numbers.length; i++) numbers[i] = (numbers[i] as number) - slope * (covariate[i] as number);
    }
  }
  return true;
}

/** Sums XᵀX and Xᵀy over all blocks, observation by observation. */
function multiplyOut(blocks: readonly CentredBlock[]) {
  const predictorCount = blocks[0]?.predictors.length ?? 0;
  const products = Array.from({ length: predictorCount }, () => new Float64Array(predictorCount));
  const moments = new Float64Array(predictorCount);
  for (const { responses, predictors } of blocks) {
    for (const [i, numbers] of predictors.entries()) {
      moments[i] = addProducts(moments[i] as number, numbers, responses);
      const row = products[i] as Float64Array;
      for (const [j, other] of predictors.entries()) row[j] = addProducts(row[j] as number, numbers, other);
    }
  }
  return { products, moments };
}

function addProducts(sum: number, a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = sum;
  for (let i = 0; i < a.length; i++) total += (a[i] as number) * (b[i] as number);
  return total;
}

const sumProducts = (as: readonly ArrayLike<number>[], bs: readonly ArrayLike<number>[]): number =>
  as.reduce((sum, a, i) => addProducts(sum, a, bs[i] as ArrayLike<number>), 0);

const sumSquares = (columns: readonly ArrayLike<number>[]): number => sumProducts(columns, columns);

function sumOfKept(moments: Float64Array, kept: readonly boolean[], weight: (j: number) => number): number {
  let sum = 0;
  for (let j = 0; j < moments.length; j++) sum += kept[j] ? weight(j) * (moments[j] as number) : 0;
  return sum;
}

/** Sums the squared residuals of the estimates. */
function sumResiduals(blocks: readonly CentredBlock[], estimates: readonly number[]): number {
  let sum = 0;
  for (const { responses, predictors } of blocks) {
    for (let i = 0; i < responses.length; i++) {
      let fitted = 0;
      for (const [j, numbers] of predictors.entries()) fitted += (estimates[j] as number) * (numbers[i] as number);
      sum += ((responses[i] as number) - fitted) ** 2;
    }
  }
  return sum;
}

const at = (row: readonly number[], index: number): number => row[index] as number;

/**
 * Inverts a symmetric non-negative A by Gauss–Jordan on [A | I], in place. Predictors are taken in the order given, and one that
 * earlier ones explain, all but `COLLINEAR` of its scale (its sum of squares), is skipped. Gives, per predictor, whether it was kept.
 */
function invert(system: number[][], scales: readonly number[]): boolean[] {
  const size = scales.length;
  return system.map((pivotRow, pivot) => {
    const scale = at(pivotRow, pivot);
    if (!(scale > COLLINEAR * at(scales, pivot))) return false;
    for (let column = 0; column < 2 * size; column++) pivotRow[column] = at(pivotRow, column) / scale;
    for (const row of system) {
      if (row === pivotRow) continue;
      const factor = at(row, pivot);
      for (let column = 0; column < 2 * size; column++) row[column] = at(row, column) - factor * at(pivotRow, column);
    }
    return true;
  });
}

/** Is true when this predictor shares no part with a skipped one, whose effect its coefficient would else include. */
const isDistinct = (system: readonly number[][], kept: readonly boolean[], scales: readonly number[], i: number) =>
  kept.every(
    (isKept, j) =>
      isKept ||
      at(scales, j) === 0 ||
      Math.abs(system[i]?.[j] as number) * Math.sqrt(at(scales, i) / at(scales, j)) < ALIASED,
  );
