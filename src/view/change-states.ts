import { ABOUT } from './about.ts';
import type { LegendEntry } from './legend.ts';
import type { Palette } from './view.ts';

/** States say how much a change tells; each has a mark of its own, which does not need colour. */
export const CHANGE_STATES = ['certain', 'hint', 'cannot-tell', 'no-change', 'no-interval'] as const;
export type ChangeState = (typeof CHANGE_STATES)[number];

/** Which side a change lies on: less, more, or neither for certain. */
export const CHANGE_TONES = ['gain', 'loss', 'uncertain'] as const;
export type ChangeTone = (typeof CHANGE_TONES)[number];

/** Encodes the tone of a mark, from the field `tone` of its data. */
export const encodeTone = (palette: Palette) => ({
  field: 'tone',
  type: 'nominal',
  scale: { domain: CHANGE_TONES, range: CHANGE_TONES.map((tone) => palette[tone]) },
  legend: null,
});

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

/** A change as it is marked, with what it says of itself. */
interface StateMark {
  readonly state: ChangeState;
  readonly tone: ChangeTone;
  readonly about: string;
}

/** Draws marks in their states and tones. `overall`: of the whole, as diamonds. */
export function drawStateMarks(
  marks: readonly StateMark[],
  encoding: Readonly<Record<string, unknown>>,
  overall: boolean,
  palette: Palette,
): Record<string, unknown>[] {
  return CHANGE_STATES.map((state) => ({
    data: { values: marks.filter((mark) => mark.state === state) },
    mark: { type: 'point', opacity: 1, ...ABOUT.mark, ...lookOfState(state, overall, palette) },
    encoding: { ...encoding, color: encodeTone(palette), ...ABOUT.encoding },
  }));
}

/** Gives the properties of a state's mark but its colour: filled, hollow, or a cross where there is no interval. */
function lookOfState(state: ChangeState, overall: boolean, palette: Palette): Record<string, unknown> {
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
