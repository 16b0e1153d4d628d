import { describe, expect, it } from 'vitest';
import { chooseLevelTicks } from '../../src/view/level-axis.ts';
import type { ChartFrame } from '../../src/view/view.ts';

/** A font in which every character is six pixels wide. */
const frame = { fontSize: 11, textWidth: (text: string) => [...text].length * 6 } as unknown as ChartFrame;

describe('ticks of a logarithmic axis of levels', () => {
  it('are round levels, as many as have room for their labels', () => {
    expect(chooseLevelTicks([0.25, 120], 200, frame, 'across')).toEqual([0.5, 1, 2, 5, 10, 20, 50, 100]);
    expect(chooseLevelTicks([0.25, 120], 60, frame, 'across')).toEqual([1, 10, 100]);
  });

  it('are equally far apart in numbers where the domain is narrow: 6, 8 and 10 instead of 10 alone', () => {
    expect(chooseLevelTicks([5.5, 11], 100, frame, 'across')).toEqual([6, 8, 10]);
  });

  it.each([1.3, 2, 3.9, 4.1, 17, 1e3, 1e6].flatMap((to) => [60, 100, 400].map((length) => [to, length] as const)))(
    'all lie within 0.97 to %d, and no two labels touch on %d pixels',
    (to, length) => {
      const ticks = chooseLevelTicks([0.97, to], length, frame, 'up');
      const places = ticks.map((tick) => (Math.log(tick / 0.97) / Math.log(to / 0.97)) * length);
      const gaps = places.slice(1).map((place, i) => place - (places[i] as number));
      expect(ticks.length).toBeGreaterThan(0);
      expect(Math.min(...ticks)).toBeGreaterThanOrEqual(0.97);
      expect(Math.max(...ticks)).toBeLessThanOrEqual(to);
      expect(Math.min(...gaps, Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(11);
    },
  );
});
