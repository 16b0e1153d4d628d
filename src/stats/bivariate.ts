import { mean } from 'd3-array';
import { chooseMethod, isSpread } from './contrast.ts';
import { fQuantileTwo } from './special.ts';

/** A sample holds paired observations of one arm of one block: the same runs, measured twice. */
export interface PairedSample {
  readonly x: readonly number[];
  /** As many as `x`. */
  readonly y: readonly number[];
}

/** The estimate holds two differences of means with their joint uncertainty, in the units of the observations. */
export interface JointEstimate {
  /** Candidate − baseline of x and of y. */
  readonly difference: readonly [number, number];
  /** Covariance matrix of the two differences: [var x, cov, var y]. */
  readonly covariance: readonly [number, number, number];
  /** Correlation of the two estimates, −1…1. */
  readonly correlation: number;
  /** Degrees of freedom, at least 2. */
  readonly degreesOfFreedom: number;
  /** The 95 % region is {d : dᵀ Σ⁻¹ d ≤ radius²}: Hotelling's T² for two dimensions. */
  readonly radius: number;
}

interface PairedStratum {
  readonly baseline: PairedSample;
  readonly candidate: PairedSample;
}

/**
 * Estimates two contrasts of `contrastStrata` jointly, by the method that `chooseMethod` gives: covariances add up as variances do,
 * and ν is the smaller of the two degrees of freedom. No sample may be empty. `null` when there is no interval, a variance is zero
 * or ν < 2.
 */
export function contrastJointly(strata: readonly PairedStratum[]): JointEstimate | null {
  const method = chooseMethod(
    strata.map(({ baseline, candidate }) => ({ baseline: baseline.x, candidate: candidate.x })),
  );
  if (method === 'none') return null;
  const differences = { x: differencesAlong('x', strata), y: differencesAlong('y', strata) };
  const spread = method === 'paired-t' ? spreadOfBlocks(differences) : spreadOfCells(strata);
  const [varianceX, covariance, varianceY] = spread.covariance;
  const along = (axis: keyof PairedSample) =>
    strata.flatMap((stratum) => [stratum.baseline[axis], stratum.candidate[axis]]);
  if (!isSpread(varianceX, along('x')) || !isSpread(varianceY, along('y'))) return null;
  const { degreesOfFreedom } = spread;
  // Below two the region is so wide that drawing it says nothing (its radius grows without bound towards one).
  if (degreesOfFreedom < 2) return null;
  const factor = (2 * degreesOfFreedom) / (degreesOfFreedom - 1);
  return {
    difference: [meanOf(differences.x), meanOf(differences.y)],
    covariance: spread.covariance,
    correlation: covariance / Math.sqrt(varianceX * varianceY),
    degreesOfFreedom,
    radius: Math.sqrt(factor * fQuantileTwo(0.95, degreesOfFreedom - 1)),
  };
}

const differencesAlong = (axis: keyof PairedSample, strata: readonly PairedStratum[]): number[] =>
  strata.map(({ baseline, candidate }) => meanOf(candidate[axis]) - meanOf(baseline[axis]));

type Spread = Pick<JointEstimate, 'covariance' | 'degreesOfFreedom'>;

/** Spreads the means of the blocks' differences by how these differ among themselves: the paired t in two dimensions. */
function spreadOfBlocks(differences: PairedSample): Spread {
  const { count, sums } = scatterOf(differences);
  const degreesOfFreedom = count - 1;
  const [xx, xy, yy] = sums.map((sum) => sum / degreesOfFreedom / count) as [number, number, number];
  return { covariance: [xx, xy, yy], degreesOfFreedom };
}

/** Adds up the covariances of the cells' means; cells with one run share the pooled covariance (Satterthwaite 1946). */
function spreadOfCells(strata: readonly PairedStratum[]): Spread {
  const cells = strata.flatMap(({ baseline, candidate }) => [scatterOf(baseline), scatterOf(candidate)]);
  const pooledFreedom = cells.reduce((sum, cell) => sum + cell.count - 1, 0);
  const pooled = [0, 1, 2].map((i) => cells.reduce((sum, cell) => sum + (cell.sums[i] as number), 0) / pooledFreedom);
  const singleCount = cells.filter((cell) => cell.count === 1).length;
  const scale = strata.length ** -2;
  const components = (i: number) => [
    { amount: (pooled[i] as number) * singleCount * scale, freedom: pooledFreedom },
    ...cells
      .filter((cell) => cell.count > 1)
      .map((cell) => ({
        amount: ((cell.sums[i] as number) / (cell.count - 1) / cell.count) * scale,
        freedom: cell.count - 1,
      })),
  ];
  const total = (i: number) => components(i).reduce((sum, { amount }) => sum + amount, 0);
  const freedom = (i: number) =>
    total(i) ** 2 / components(i).reduce((sum, part) => sum + part.amount ** 2 / part.freedom, 0);
  return { covariance: [total(0), total(1), total(2)], degreesOfFreedom: Math.min(freedom(0), freedom(2)) };
}

/** Lists points on the edge of the 95 % region, counter-clockwise: `pointCount` of them, and the first again at the end. */
export function traceEllipse(joint: JointEstimate, pointCount = 72): [number, number][] {
  const [a, b, c] = joint.covariance;
  // Cholesky factor of the covariance maps the unit circle onto the ellipse.
  const l11 = Math.sqrt(a);
  const l21 = b / l11;
  const l22 = Math.sqrt(Math.max(0, c - l21 * l21));
  return Array.from({ length: pointCount + 1 }, (_, i) => {
    const angle = (2 * Math.PI * i) / pointCount;
    const [x, y] = [joint.radius * Math.cos(angle), joint.radius * Math.sin(angle)];
    return [joint.difference[0] + l11 * x, joint.difference[1] + l21 * x + l22 * y];
  });
}

const meanOf = (sample: readonly number[]): number => mean(sample) ?? Number.NaN;

/** Sums the squares and products around the cell's means: [xx, xy, yy]. */
function scatterOf({ x, y }: PairedSample): { count: number; sums: number[] } {
  const [meanX, meanY] = [meanOf(x), meanOf(y)];
  let [squaresX, products, squaresY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [(x[i] as number) - meanX, (y[i] as number) - meanY];
    squaresX += dx ** 2;
    products += dx * dy;
    squaresY += dy ** 2;
  }
  return { count: x.length, sums: [squaresX, products, squaresY] };
}
