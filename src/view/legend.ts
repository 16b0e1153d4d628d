import { cutNames } from './chart-text.ts';
import type { ChartFrame, VegaLiteSpec } from './view.ts';

/** An entry of a legend: a mark as it stands in the picture, and what it stands for. */
export interface LegendEntry {
  readonly name: string;
  readonly shape: string;
  readonly stroke: string;
  /** `transparent`: hollow. */
  readonly fill: string;
}

/** Pixels of a mark with the space before its name, of the space behind an entry, and of a row. */
const [SYMBOL_WIDTH, ENTRY_GAP, ROW_HEIGHT] = [18, 14, 18];
const SYMBOL_AREA = 52;
/** Rows at most: nobody looks a mark up among more. */
const MOST_ROWS = 12;

/**
 * Draws a legend as a view of its own, `width` pixels wide, in columns. Its names are data: the legends of Vega look names up in
 * objects and expressions, in which some of them mean something else.
 */
export function drawLegend(
  entries: readonly LegendEntry[],
  width: number,
  frame: ChartFrame,
): VegaLiteSpec & { readonly height: number } {
  const names = cutNames(
    entries.map(({ name }) => name),
    width - SYMBOL_WIDTH,
    frame,
  );
  const widest = names.reduce((most, name) => Math.max(most, frame.textWidth(name, frame.fontSize)), 0);
  const columnWidth = SYMBOL_WIDTH + widest + ENTRY_GAP;
  const columnCount = Math.max(1, Math.min(entries.length, Math.floor((width + ENTRY_GAP) / columnWidth)));
  const shownCount = Math.min(entries.length, MOST_ROWS * columnCount);
  const hiddenCount = entries.length - shownCount;
  const placed = entries.slice(0, shownCount).map((entry, i) => ({
    x: (i % columnCount) * columnWidth,
    y: (Math.floor(i / columnCount) + 0.5) * ROW_HEIGHT,
    text: names[i] as string,
    shape: entry.shape,
    stroke: entry.stroke,
    fill: entry.fill,
  }));
  const rowCount = Math.ceil(shownCount / columnCount) + (hiddenCount > 0 ? 1 : 0);
  const height = rowCount * ROW_HEIGHT;
  const more = { x: 0, y: height - ROW_HEIGHT / 2, text: `and ${hiddenCount} more` };
  const texts = placed.map(({ x, y, text }) => ({ x: x + SYMBOL_WIDTH, y, text }));
  const at = (field: string, length: number) => ({
    field,
    type: 'quantitative',
    scale: { domain: [0, length], range: [0, length], nice: false, zero: false },
    axis: null,
  });
  const position = { x: at('x', width), y: at('y', Math.max(1, height)) };
  const asGiven = (field: string) => ({ field, type: 'nominal', scale: null, legend: null });
  return {
    width,
    height: Math.max(1, height),
    layer: [
      {
        data: { values: placed.map((entry) => ({ ...entry, x: entry.x + SYMBOL_WIDTH / 3 })) },
        mark: { type: 'point', size: SYMBOL_AREA, strokeWidth: 1.5, opacity: 1 },
        encoding: { ...position, shape: asGiven('shape'), stroke: asGiven('stroke'), fill: asGiven('fill') },
      },
      {
        data: { values: hiddenCount > 0 ? [...texts, more] : texts },
        mark: { type: 'text', align: 'left', baseline: 'middle' },
        encoding: { ...position, text: { field: 'text' } },
      },
    ],
  };
}
