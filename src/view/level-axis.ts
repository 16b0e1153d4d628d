import { ticks as linearTicks } from 'd3-array';
import type { ChartFrame } from './view.ts';

/** Levels worth a tick in every decade, the most that fit are taken. */
const LADDERS = [[1], [1, 3], [1, 2, 5], [1, 2, 3, 5, 7], [1, 1.5, 2, 3, 4, 5, 7]];
/** Below this ratio of ends, ticks at equal distances in numbers are rounder than those of decades. */
const NARROW_RATIO = 4;
/** Ticks at equal distances at most: more are a ruler. */
const MOST_LINEAR = 6;
/** Pixels between two labels at least, and by which a label may reach beyond the axis. */
const [SPACE, OVERHANG] = [7, 10];

/** Chooses round levels within the domain of a logarithmic axis of `length` pixels: as many as have room for their labels. */
export function chooseLevelTicks(
  [from, to]: readonly [number, number],
  length: number,
  frame: ChartFrame,
  direction: 'across' | 'up',
): number[] {
  const sizeOf = (level: number) =>
    direction === 'up' ? frame.fontSize : frame.textWidth(String(level), frame.fontSize);
  const placeOf = (level: number) => (Math.log(level / from) / Math.log(to / from)) * length;
  const reachesOut = (level: number) => {
    const [at, half] = [placeOf(level), sizeOf(level) / 2];
    return direction === 'across' && (at - half < -OVERHANG || at + half > length + OVERHANG);
  };
  const fits = (levels: readonly number[]) =>
    levels.every((level, i) => {
      const next = levels[i + 1];
      return next === undefined || placeOf(next) - placeOf(level) >= (sizeOf(level) + sizeOf(next)) / 2 + SPACE;
    });
  const candidates = [...listSparse(from, to), ...listDecades(from, to), ...listLinear(from, to)]
    .map((levels) => levels.filter((level) => !reachesOut(level)))
    .filter(fits);
  return candidates.reduce((most, levels) => (levels.length > most.length ? levels : most), []);
}

function listDecades(from: number, to: number): number[][] {
  const [first, last] = [Math.floor(Math.log10(from)), Math.floor(Math.log10(to))];
  return LADDERS.map((steps) =>
    Array.from({ length: last - first + 1 }, (_, i) =>
      // Digits instead of products: 3 × 0.1 is no tick of 0.3.
      steps.map((step) => Number(`${step}e${first + i}`)),
    )
      .flat()
      .filter((level) => level >= from && level <= to),
  );
}

/** Every second decade, every third, and so on: for axes over many of them. */
function listSparse(from: number, to: number): number[][] {
  const [first, last] = [Math.ceil(Math.log10(from)), Math.floor(Math.log10(to))];
  return Array.from({ length: Math.max(0, last - first) }, (_, i) =>
    Array.from({ length: Math.floor((last - first) / (i + 2)) + 1 }, (_, k) => Number(`1e${first + k * (i + 2)}`)),
  );
}

function listLinear(from: number, to: number): number[][] {
  if (to / from > NARROW_RATIO) return [];
  return Array.from({ length: MOST_LINEAR }, (_, i) => linearTicks(from, to, i + 1)).filter(
    ({ length }) => length <= MOST_LINEAR,
  );
}

/** Format of a tick's label: all digits, no zeros at the end. */
export const LEVEL_FORMAT = '~r';
