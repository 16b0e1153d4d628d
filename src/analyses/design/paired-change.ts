import { contrastArms, type IntervalMethod } from '../../stats/contrast.ts';

/** A change of the same runs, each against itself. */
export interface PairedChange {
  /** Geometric mean of the ratios, equal weight to each block, − 1; `null`: there are none, or one has no logarithm. */
  readonly changeFraction: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly intervalMethod: IntervalMethod;
}

const NO_CHANGE: PairedChange = { changeFraction: null, ciLow: null, ciHigh: null, intervalMethod: 'none' };

/** Averages ratios, one for each run, over blocks; the interval is by the rule of every contrast, of cells that hold a run's ratio each. */
export function averageRatios(blocks: readonly (readonly number[])[]): PairedChange {
  const cells = blocks.map((ratios) => ratios.map(Math.log));
  // A ratio to 0 or of 0 has no logarithm, and neither has one of figures beyond all numbers.
  if (cells.length === 0 || !cells.flat().every(Number.isFinite)) return NO_CHANGE;
  const { difference, ciLow, ciHigh, method } = contrastArms(
    cells.map((cell) => [cell]),
    [1],
  );
  return {
    changeFraction: Math.expm1(difference),
    ciLow: ciLow === null ? null : Math.expm1(ciLow),
    ciHigh: ciHigh === null ? null : Math.expm1(ciHigh),
    intervalMethod: ciLow === null ? 'none' : method,
  };
}
