import type { BlockChange, Comparison } from '../design/comparison.ts';
import { SIDES, type Side } from '../design/pairs.ts';

/** A run ÷ its block's level, with its share of its arm: every block has equal weight, whatever its runs. */
export interface RelativeRun {
  readonly ratio: number;
  /** Share of the arm's runs up to and including this one, in (0, 1]. */
  readonly share: number;
}

/**
 * Divides each run by its block's level, the geometric mean of both cells' geometric means, so that runs of all blocks can be looked
 * at together; ascending. Empty where a figure is not positive.
 */
export function compareToLevels({
  blocks,
}: Pick<Comparison, 'blocks'>): Readonly<Record<Side, readonly RelativeRun[]>> {
  const levels = blocks.map(levelOf);
  const [baseline, candidate] = SIDES.map((side): RelativeRun[] => {
    if (levels.includes(null)) return [];
    const runs = blocks.flatMap((block, i) =>
      block[side].runs.map(({ amount }) => ({
        ratio: amount / (levels[i] as number),
        weight: 1 / block[side].n / blocks.length,
      })),
    );
    let share = 0;
    return runs
      .sort((a, b) => a.ratio - b.ratio)
      .map(({ ratio, weight }) => {
        share += weight;
        return { ratio, share: Math.min(1, share) };
      });
  });
  return { baseline: baseline ?? [], candidate: candidate ?? [] };
}

function levelOf({ baseline, candidate }: BlockChange): number | null {
  if (baseline.geometricMean === null || candidate.geometricMean === null) return null;
  return Math.sqrt(baseline.geometricMean * candidate.geometricMean);
}

/** The run up to which `share` of the arm lies; there is one at least. */
export const ratioAt = (runs: readonly RelativeRun[], share: number): number =>
  (runs.find((run) => run.share >= share - 1e-9) ?? (runs.at(-1) as RelativeRun)).ratio;
