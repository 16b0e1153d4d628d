import type { Stratum } from './contrast.ts';
import { type PermutationTest, permuteStrata } from './permutation.ts';
import { contrastRanks, fewestForContrast } from './quantile-interval.ts';
import { sampleMean } from './summary.ts';

/**
 * The contrast of two arms' quantiles over blocks, for observations whose block levels add to them (logarithms of times). A cell by
 * itself is too small for a quantile, so that each observation is taken from its block's level, the mean of the two cells' means, and
 * the observations of all blocks are put together, every block with equal weight.
 */
export interface QuantileDifference {
  /** Mean over the blocks of the block's level. */
  readonly level: number;
  readonly baseline: ArmQuantile;
  readonly candidate: ArmQuantile;
  /** Candidate − baseline, with an interval of 95 % or more. */
  readonly difference: number;
  readonly ciLow: number;
  readonly ciHigh: number;
}

/** Places of the blocks that count, by their numbers of observations alone. */
export interface ChosenBlocks {
  readonly places: readonly number[];
}

/** A contrast with the blocks that were chosen for it. */
export interface QuantileContrast extends QuantileDifference, ChosenBlocks {}

/**
 * One arm's quantile of observation − block level. It has no interval of its own: the levels are made of both arms' observations, and
 * an interval that takes them as known held the truth in as few as 10 % of simulated cases. In the
 * difference of arms their error cancels.
 */
export interface ArmQuantile {
  /** Observations that the contrast rests on: blocks × the arm's smallest cell, as unequal cells say no more than that for sure. */
  readonly count: number;
  readonly quantile: number;
}

/**
 * The reason why a contrast of quantiles would be a guess.
 * @unit observations: count, fewest
 */
export interface QuantileRefusal {
  /** `shallow-cells`: there are enough observations, and too few in each cell to know the blocks' levels. */
  readonly reason: 'too-few' | 'shallow-cells';
  /** Observations of the arm that has fewer, or in the smallest cell. */
  readonly count: number;
  /** Observations that it takes. */
  readonly fewest: number;
}

/**
 * Blocks to one run of the smallest cell at most. A level of few runs follows them and draws their tails towards it: this bias falls
 * with the runs of a cell and the interval with all runs, so that it matters with many shallow cells. At p90 the interval of
 * 23 blocks holds the truth in 86, 90, 93, 95 and 97 % with 2, 3, 5, 8 and 12 runs a cell where shapes and spreads of the arms
 * differ most (test/simulation/quantile-contrast.mjs); a median is hardly drawn.
 */
const MOST_BLOCKS_PER_RUN = { median: 24, tail: 2 };

/** Contrasts the quantile p (0…1) of two arms in the blocks that count; a refusal where the design is too small. */
export function contrastQuantiles(strata: readonly Stratum[], p: number): QuantileContrast | QuantileRefusal {
  const chosen = chooseQuantileBlocks(
    strata.map(({ baseline, candidate }) => [baseline, candidate]),
    p,
  );
  if ('reason' in chosen) return chosen;
  const counted = chosen.places.map((place) => strata[place] as Stratum);
  return { places: chosen.places, ...contrastChosen(counted, p) };
}

/** Contrasts the quantile p (0…1) of two arms in blocks that `chooseQuantileBlocks` chose of theirs, or of theirs and other arms'. */
export function contrastChosen(strata: readonly Stratum[], p: number): QuantileDifference {
  const levels = strata.map(levelOf);
  const baseline = poolArm(strata, levels, 'baseline');
  const candidate = poolArm(strata, levels, 'candidate');
  const ranks = [contrastRanks(candidate.count, baseline.count, p), contrastRanks(baseline.count, candidate.count, p)];
  const [atLow, atHigh] = ranks as [{ low: number; high: number }, { low: number; high: number }];
  const [ofBaseline, ofCandidate] = [describeArm(baseline, p), describeArm(candidate, p)];
  return {
    level: sampleMean(levels) as number,
    baseline: ofBaseline,
    candidate: ofCandidate,
    difference: ofCandidate.quantile - ofBaseline.quantile,
    ciLow: lowEnd(candidate, atLow.low) - highEnd(baseline, atLow.high),
    ciHigh: highEnd(candidate, atHigh.high) - lowEnd(baseline, atHigh.low),
  };
}

/**
 * Permutes the labels within blocks on the share of an arm's observations beyond the quantile p of both arms together, taken from the
 * block's mean over both arms (the quantile test of Johnson, Verrill & Moore 1987, in strata; at p = ½ Mood's median test).
 */
export function permuteQuantile(strata: readonly Stratum[], p: number, seed: number): PermutationTest {
  const centered = strata.map(({ baseline, candidate }) => {
    const center = sampleMean([...baseline, ...candidate]) as number;
    const minus = (cell: readonly number[]) => cell.map((y) => y - center);
    return { baseline: minus(baseline), candidate: minus(candidate) };
  });
  const together = weigh(centered.map(({ baseline, candidate }) => [...baseline, ...candidate]));
  const cut = quantileOf(together, p);
  const score = (cell: readonly number[]) => cell.map((y) => (y > cut ? 1 : 0));
  return permuteStrata(
    centered.map(({ baseline, candidate }) => ({ baseline: score(baseline), candidate: score(candidate) })),
    seed,
  );
}

/** The level of a block is the mean of its two cells' means. */
const levelOf = ({ baseline, candidate }: Stratum): number =>
  ((sampleMean(baseline) as number) + (sampleMean(candidate) as number)) / 2;

/**
 * Chooses the blocks whose cells all have some number of observations or more: the number for which blocks × number is largest
 * among those that keep the levels known. It looks at numbers of observations only, by block and arm; no cell may be empty.
 */
export function chooseQuantileBlocks(
  blocks: readonly (readonly (readonly number[])[])[],
  p: number,
): ChosenBlocks | QuantileRefusal {
  const fewest = fewestForContrast(p);
  const mostBlocks = p === 0.5 ? MOST_BLOCKS_PER_RUN.median : MOST_BLOCKS_PER_RUN.tail;
  const sizes = blocks.map((cells) => Math.min(...cells.map(({ length }) => length)));
  const choices = [...new Set(sizes)]
    .sort((a, b) => a - b)
    .map((size) => ({ size, places: sizes.flatMap((own, i) => (own >= size ? [i] : [])) }));
  const most = (some: typeof choices) =>
    some.reduce<(typeof choices)[number]>(
      (best, choice) => (choice.size * choice.places.length > best.size * best.places.length ? choice : best),
      { size: 0, places: [] },
    );
  const best = most(choices);
  if (best.size * best.places.length < fewest) {
    return { reason: 'too-few', count: best.size * best.places.length, fewest };
  }
  const deep = most(choices.filter(({ size, places }) => places.length <= mostBlocks * size));
  if (deep.size * deep.places.length >= fewest) return deep;
  return { reason: 'shallow-cells', count: best.size, fewest: Math.ceil(best.places.length / mostBlocks) };
}

/** Observations in ascending order, each with the weight of all up to and including it; all weights add up to 1. */
interface Weighed {
  readonly sorted: readonly number[];
  readonly upTo: readonly number[];
}

interface PooledArm extends Weighed {
  readonly count: number;
}

function poolArm(strata: readonly Stratum[], levels: readonly number[], arm: keyof Stratum): PooledArm {
  const cells = strata.map((stratum, i) => stratum[arm].map((y) => y - (levels[i] as number)));
  return { ...weigh(cells), count: cells.length * Math.min(...cells.map(({ length }) => length)) };
}

/** Gives every cell the same weight, divided among its observations. */
function weigh(cells: readonly (readonly number[])[]): Weighed {
  const all = cells.flatMap((cell) => cell.map((y) => ({ y, weight: 1 / cell.length / cells.length })));
  all.sort((a, b) => a.y - b.y);
  let sum = 0;
  return {
    sorted: all.map(({ y }) => y),
    upTo: all.map(({ weight }) => {
      sum += weight;
      return sum;
    }),
  };
}

/** Sums of weights differ from what they should be in the last bits. */
const ROUNDING = 1e-9;

/** The smallest observation up to which `share` of the weight lies. */
function atShare({ sorted, upTo }: Weighed, share: number): number {
  const place = upTo.findIndex((weight) => weight >= share - ROUNDING);
  return sorted[place < 0 ? sorted.length - 1 : place] as number;
}

/** The inverse of the weighed distribution, averaged at its steps. */
const quantileOf = (pooled: Weighed, p: number): number => (atShare(pooled, p) + atShare(pooled, p + 2 * ROUNDING)) / 2;

/** The observation of that rank among `count` of equal weight; of unequal ones the next outside. */
const highEnd = (pooled: PooledArm, rank: number): number => atShare(pooled, rank / pooled.count);
function lowEnd({ sorted, upTo, count }: PooledArm, rank: number): number {
  const next = upTo.findIndex((weight) => weight > (rank - 1) / count + ROUNDING);
  return sorted[next] as number;
}

const describeArm = (pooled: PooledArm, p: number): ArmQuantile => ({
  count: pooled.count,
  quantile: quantileOf(pooled, p),
});
