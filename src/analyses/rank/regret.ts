import { max, min, variance } from 'd3-array';
import { createRandom } from '../../stats/random.ts';
import { studentTQuantile } from '../../stats/special.ts';
import { judgeBySplits } from '../../stats/split-choice.ts';
import { sampleMean } from '../../stats/summary.ts';
import type { MeasuredMetric } from './contrasts.ts';
import type { ArmMetric } from './result.ts';

/** Regret is what one pays for always taking this arm instead of the best of each block. */
export type Regret = Pick<
  ArmMetric,
  | 'regretMeanFraction'
  | 'regretWorstFraction'
  | 'regretCorrected'
  | 'regretCorrectedLow'
  | 'regretCorrectedHigh'
  | 'blocksWon'
>;

const NO_REGRET: Regret = {
  regretMeanFraction: null,
  regretWorstFraction: null,
  regretCorrected: null,
  regretCorrectedLow: null,
  regretCorrectedHigh: null,
  blocksWon: null,
};

/** Computes the regret of every arm, in their order. `logs`: logarithms by block and arm. */
export function computeRegrets({ logs }: Pick<MeasuredMetric, 'logs'>, armCount: number, seed: number): Regret[] {
  if (logs === null) return Array.from({ length: armCount }, () => NO_REGRET);
  const means = logs.map((cells) => cells.map((cell) => sampleMean(cell) as number));
  const least = means.map((block) => min(block) as number);
  const random = createRandom(seed);
  const splits = logs.map((cells) => judgeBySplits(cells, random));
  return Array.from({ length: armCount }, (_, arm) => {
    const regrets = means.map((block, i) => Math.expm1((block[arm] as number) - (least[i] as number)));
    return {
      regretMeanFraction: sampleMean(regrets),
      regretWorstFraction: max(regrets) ?? null,
      ...correct(splits.map((block) => block && Math.expm1(block[arm] as number))),
      blocksWon: regrets.filter((regret) => regret <= TIE).length,
    };
  });
}

/** Regret up to which a block counts as won: means of equal figures differ in the last bits. */
const TIE = 1e-12;

/** Blocks from which their spread is known. */
const FEWEST_BLOCKS = 3;

/** The mean over blocks, with its paired t interval; none where a block has none. No regret is negative. */
function correct(
  ofBlocks: readonly (number | null)[],
): Pick<Regret, 'regretCorrected' | 'regretCorrectedLow' | 'regretCorrectedHigh'> {
  const regrets = ofBlocks.flatMap((regret) => regret ?? []);
  const center = sampleMean(regrets);
  if (center === null || regrets.length < ofBlocks.length) {
    return { regretCorrected: null, regretCorrectedLow: null, regretCorrectedHigh: null };
  }
  const positive = (regret: number) => Math.max(0, regret);
  const deviation = Math.sqrt((variance(regrets) ?? 0) / regrets.length);
  const half = regrets.length < FEWEST_BLOCKS ? null : studentTQuantile(0.975, regrets.length - 1) * deviation;
  return {
    regretCorrected: positive(center),
    regretCorrectedLow: half === null ? null : positive(center - half),
    regretCorrectedHigh: half === null ? null : positive(center + half),
  };
}
