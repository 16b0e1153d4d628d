import type { Stratum } from '../../stats/contrast.ts';
import type { PermutationTest } from '../../stats/permutation.ts';
import {
  type ArmQuantile,
  contrastQuantiles,
  permuteQuantile,
  type QuantileContrast,
} from '../../stats/quantile-contrast.ts';
import type { QuantileChange, QuantileOfArm } from './comparison.ts';

/** A quantile of two arms as a change, with the contrast and its test where there is one. */
export interface FoundQuantile {
  readonly quantile: QuantileChange;
  /** `null`: refused. */
  readonly contrast: QuantileContrast | null;
  readonly test: PermutationTest | null;
}

/** Contrasts a quantile of the logarithms of two arms, and tests it. */
export function contrastQuantile(logs: readonly Stratum[], probability: number, seed: number): FoundQuantile {
  const contrast = contrastQuantiles(logs, probability);
  if ('reason' in contrast) {
    const quantile = { probability, blockCount: 0, baseline: null, candidate: null, refusal: contrast };
    return { quantile, contrast: null, test: null };
  }
  const counted = contrast.places.map((place) => logs[place] as Stratum);
  return {
    quantile: {
      probability,
      blockCount: counted.length,
      baseline: describeArm(contrast.baseline),
      candidate: describeArm(contrast.candidate),
      refusal: null,
    },
    contrast,
    test: permuteQuantile(counted, probability, seed),
  };
}

const describeArm = ({ count, quantile }: ArmQuantile): QuantileOfArm => ({
  runCount: count,
  ratio: Math.exp(quantile),
});
