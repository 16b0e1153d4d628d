import fc from 'fast-check';
import type { Stratum } from '../../src/stats/contrast.ts';

/** Small experiments: up to `mostBlocks` blocks of one to `mostRuns` runs an arm, in thousandths so that sums are nearly exact. */
export function anyStrata(mostBlocks = 4, mostRuns = 4): fc.Arbitrary<Stratum[]> {
  const observation = fc.integer({ min: -5000, max: 5000 }).map((thousandths) => thousandths / 1000);
  const sample = fc.array(observation, { minLength: 1, maxLength: mostRuns });
  return fc.array(fc.record({ baseline: sample, candidate: sample }), { minLength: 1, maxLength: mostBlocks });
}

/** The block with a function applied to every observation. */
export const relabel = ({ baseline, candidate }: Stratum, convert: (x: number) => number): Stratum => ({
  baseline: baseline.map(convert),
  candidate: candidate.map(convert),
});

/** The block with every observation moved. */
export const shift = (stratum: Stratum, by: number): Stratum => relabel(stratum, (x) => x + by);
