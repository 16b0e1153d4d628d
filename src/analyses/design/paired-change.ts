import { contrastArms, type IntervalMethod } from '../../stats/contrast.ts';

/** A change of the same runs, each against itself. */
export interface PairedChange {
  /** Geometric mean of the ratios, equal weight to each block, − 1; `null`: there are none, or one is 0. */
  readonly changeFraction: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly intervalMethod: IntervalMethod;
}

/** Averages ratios, one for each run, over blocks; the interval is by the rule of every contrast, of cells that hold a run's ratio each. */
export function averageRatios(blocks: readonly (readonly number[])[]): PairedChange {
  const { difference, ciLow, ciHigh, method } = contrastArms(
    blocks.map((ratios) => [ratios.map(Math.log)]),
    [1],
  );
  if (!Number.isFinite(difference)) return { changeFraction: null, ciLow: null, ciHigh: null, intervalMethod: 'none' };
  return {
    changeFraction: Math.expm1(difference),
    ciLow: ciLow === null ? null : Math.expm1(ciLow),
    ciHigh: ciHigh === null ? null : Math.expm1(ciHigh),
    intervalMethod: ciLow === null ? 'none' : method,
  };
}
