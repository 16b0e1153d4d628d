import { ABOUT } from './about.ts';
import { CHART_PADDING } from './chart-text.ts';
import { drawLegend } from './legend.ts';
import { MARK_SHAPES } from './mark-shapes.ts';
import type { ChartFrame } from './view.ts';
import { wordNumber, wordPercentChange } from './words.ts';

/** Every arm has its colour, its shape and its dashes, the same in every chart: by its place in the alphabet, not by its rank. */
export interface ArmLook {
  readonly label: string;
  readonly stroke: string;
  readonly shape: string;
  readonly dash: readonly number[];
}

/** From one round through the colours to the next, lines differ by their dashes. */
const DASHES: readonly (readonly number[])[] = [
  [1, 0],
  [6, 3],
  [2, 2],
];

/** Chooses the looks of the arms, by their labels. */
export function chooseLooks(
  { arms }: { readonly arms: readonly { readonly label: string }[] },
  { palette }: ChartFrame,
): ReadonlyMap<string, ArmLook> {
  const labels = arms.map(({ label }) => label).sort();
  return new Map(
    labels.map((label, i) => [
      label,
      {
        label,
        stroke: palette.categories[i % palette.categories.length] as string,
        shape: MARK_SHAPES[i % MARK_SHAPES.length] as string,
        dash: DASHES[Math.floor(i / palette.categories.length) % DASHES.length] as readonly number[],
      },
    ]),
  );
}

/** Draws the legend of arms with filled marks, as wide as the picture. */
export function drawArmLegend(looks: ReadonlyMap<string, ArmLook>, frame: ChartFrame) {
  const entries = [...looks.values()].map(({ label, stroke, shape }) => ({ name: label, shape, stroke, fill: stroke }));
  return drawLegend(entries, frame.width - 2 * CHART_PADDING, frame);
}

/** Encodes a look as it stands in the data. */
export const asGiven = (field: string) => ({ field, type: 'nominal', scale: null, legend: null });

/** Points of a line that hold a mark, so that lines can be told apart without colours. */
const MARKED_POINTS = 4;

/** Draws a stepped line with a few marks on it. `points`: shares `y` of all by ratios `x`, in order of x. */
export function drawSteps(
  points: readonly { readonly x: number; readonly y: number }[],
  { label, stroke, shape, dash }: ArmLook,
  encoding: { readonly x: Record<string, unknown>; readonly y: Record<string, unknown> },
): Record<string, unknown>[] {
  const step = Math.max(1, Math.floor(points.length / MARKED_POINTS));
  const marked = points
    .filter((_, i) => i % step === step >> 1)
    .map((point) => ({
      ...point,
      about: `${label}: ${wordPercentChange(point.x - 1)} %, ${wordNumber(100 * point.y, 0)} % of all`,
    }));
  return [
    {
      data: { values: points.map((point, order) => ({ ...point, order })) },
      mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.6, stroke, strokeDash: dash },
      encoding: { ...encoding, order: { field: 'order', type: 'quantitative' } },
    },
    {
      data: { values: marked },
      mark: { type: 'point', shape, size: 34, filled: true, fill: stroke, opacity: 1, ...ABOUT.mark },
      encoding: { ...encoding, ...ABOUT.encoding },
    },
  ];
}
