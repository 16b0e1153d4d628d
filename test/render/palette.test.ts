import { describe, expect, test } from 'vitest';
import { PALETTES } from '../../src/render/chart/theme.ts';
import type { ThemeName } from '../../src/render/report.ts';
import { PART_LABELS } from '../../src/view/part-marks.ts';
import type { Palette } from '../../src/view/view.ts';
import { differenceOf, type Lab, seeColour, VISIONS } from './colour-vision.ts';

/** Pairs 1, 4, 7, 10, 17, 20, 25 and 34 of the test data that Sharma, Wu and Dalal published with their paper of 2005. */
const PUBLISHED: readonly (readonly [Lab, Lab, number])[] = [
  [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
  [[50, -1.3802, -84.2814], [50, 0, -82.7485], 1.0],
  [[50, 0, 0], [50, -1, 2], 2.3669],
  [[50, 2.49, -0.001], [50, -2.49, 0.0009], 7.1792],
  [[50, 2.5, 0], [73, 25, -18], 27.1492],
  [[50, 2.5, 0], [58, 24, 15], 19.4535],
  [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
  [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
];

test.each(PUBLISHED)('differences of colours are those published: %j, %j', (one, other, expected) => {
  expect(differenceOf(one, other)).toBeCloseTo(expected, 4);
  expect(differenceOf(other, one)).toBeCloseTo(expected, 4);
});

/** Two colours of one chart at least this far apart: about four times what is just seen side by side, and without colour three times. */
const LEAST_DIFFERENCE = { colour: 9, grey: 6 };
/** Planners and positions have shapes too, which printers without colour keep. */
const LEAST_GREY_OF_CATEGORIES = 4;

const PARTS = Object.keys(PART_LABELS) as (keyof typeof PART_LABELS)[];

/** Colours that can touch in one chart, by the chart. */
const TOUCHING: Record<string, (palette: Palette) => { colours: readonly string[]; leastGrey: number }> = {
  'parts of a run, on the background': ({ activities, background }) => ({
    colours: [background, ...PARTS.map((part) => activities[part])],
    leastGrey: LEAST_DIFFERENCE.grey,
  }),
  'parts of a critical path, one of them start-up or queueing, on the background': ({ activities, background }) => ({
    colours: [background, activities.tail, ...PARTS.map((part) => activities[part])],
    // Without colour it is as pale as queueing, which no bar has beside it.
    leastGrey: 0,
  }),
  'states of containers, on the background': ({ activities, background }) => ({
    colours: [background, activities.startup, activities.execution, activities.idle, activities.tail],
    leastGrey: LEAST_DIFFERENCE.grey,
  }),
  'planners, workflows and positions': ({ categories, background }) => ({
    colours: [background, ...categories],
    leastGrey: LEAST_GREY_OF_CATEGORIES,
  }),
  'gain and loss, with ink': ({ gain, loss, ink, background }) => ({
    colours: [background, gain, loss, ink],
    leastGrey: LEAST_DIFFERENCE.grey,
  }),
  'gain and loss, with what is neither': ({ gain, loss, uncertain, background }) => ({
    colours: [background, gain, loss, uncertain],
    // What is neither is hollow.
    leastGrey: 0,
  }),
};

const pairsOf = (colours: readonly string[]) =>
  colours.flatMap((one, i) => colours.slice(i + 1).map((other) => [one, other] as const));

describe.each(Object.keys(PALETTES) as ThemeName[])('theme %s', (theme) => {
  describe.each(Object.keys(TOUCHING))('%s', (chart) => {
    test.each(Object.keys(VISIONS) as (keyof typeof VISIONS)[])('are told apart: %s', (vision) => {
      const { colours, leastGrey } = (TOUCHING[chart] as (typeof TOUCHING)[string])(PALETTES[theme]);
      const least = vision === 'grey' ? leastGrey : LEAST_DIFFERENCE.colour;
      const close = pairsOf(colours).flatMap(([one, other]) => {
        const difference = differenceOf(seeColour(one, vision), seeColour(other, vision));
        return difference < least ? [`${one} ${other} ${difference.toFixed(1)}`] : [];
      });
      expect(close).toEqual([]);
    });
  });
});

test('the colours of an earlier version are found too close', () => {
  const [execution, upload] = ['#d55e00', '#b38600'].map((colour) => seeColour(colour, 'deuteranopia')) as [Lab, Lab];
  expect(differenceOf(execution, upload)).toBeLessThan(3);
});
