import type { LegendEntry } from './legend.ts';
import type { Palette } from './view.ts';

/** States say how much a change tells; each has a mark of its own, which does not need colour. */
export const CHANGE_STATES = ['certain', 'hint', 'cannot-tell', 'no-change', 'no-interval'] as const;
export type ChangeState = (typeof CHANGE_STATES)[number];

const STATE_WORDS: Readonly<Record<ChangeState, string>> = {
  certain: 'a change, confirmed by the test',
  hint: 'a hint: no test confirms it',
  'cannot-tell': 'cannot tell: the interval holds no change',
  'no-change': 'no change: within the margin, or all equal',
  'no-interval': 'no interval: too few runs',
};

/** Pixels² of the marks of parts and of the whole, and of crosses. */
const [PART_AREA, OVERALL_AREA, CROSS_AREA] = [42, 70, 34];
/** Two strokes, as a path within ±1. */
const CROSS = 'M-1,-1L1,1M-1,1L1,-1';

/** Gives the properties of a state's mark but its colour: filled, hollow, or a cross where there is no interval. */
export function lookOfState(state: ChangeState, overall: boolean, palette: Palette): Record<string, unknown> {
  const size = overall ? OVERALL_AREA : PART_AREA;
  const shape = overall ? 'diamond' : 'circle';
  if (state === 'no-interval') return { shape: CROSS, size: CROSS_AREA, strokeWidth: 1.8, filled: false };
  const isFilled = state === 'certain' || state === 'no-change';
  return { shape, size, strokeWidth: 1.6, filled: isFilled, ...(isFilled ? {} : { fill: palette.background }) };
}

/** Lists the legend's entries of those states that occur. */
export function listStates(states: readonly ChangeState[], { ink, uncertain }: Palette): LegendEntry[] {
  const looks: Readonly<Record<ChangeState, Omit<LegendEntry, 'name'>>> = {
    certain: { shape: 'circle', stroke: ink, fill: ink },
    hint: { shape: 'circle', stroke: ink, fill: 'transparent' },
    'cannot-tell': { shape: 'circle', stroke: uncertain, fill: 'transparent' },
    'no-change': { shape: 'circle', stroke: uncertain, fill: uncertain },
    'no-interval': { shape: CROSS, stroke: uncertain, fill: 'transparent' },
  };
  return CHANGE_STATES.filter((state) => states.includes(state)).map((state) => ({
    name: STATE_WORDS[state],
    ...looks[state],
  }));
}
