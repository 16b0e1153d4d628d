import { ABOUT } from '../../../view/about.ts';
import type { Palette } from '../../../view/view.ts';
import type { Box } from './gantt-looks.ts';

/** Vega-Lite layers of the few kinds of marks that chart and legend are made of. */

type Layer = Record<string, unknown>;

/** The encoding of a field along one axis. */
export interface Axes {
  readonly x: (field: string) => Layer;
  readonly y: (field: string) => Layer;
}

/** A line of the chart, in the units of the axes. */
export interface Line {
  readonly x: number;
  readonly x2: number;
  readonly y: number;
  readonly y2: number;
  readonly dashed: boolean;
  readonly strokeWidth: number;
  readonly stroke: string;
}

const asGiven = (field: string) => ({ field, type: 'nominal', scale: null, legend: null });
const DASHES = [3, 2];

/** Solid and dashed apart: a pattern of dashes is no field. */
function byDashes<Mark extends { readonly dashed: boolean }>(
  marks: readonly Mark[],
  draw: (values: readonly Omit<Mark, 'dashed'>[], strokeDash: Layer) => Layer,
): Layer[] {
  return [false, true].flatMap((dashed) => {
    const values = marks.filter((mark) => mark.dashed === dashed).map(({ dashed: _, ...mark }) => mark);
    return values.length === 0 ? [] : [draw(values, dashed ? { strokeDash: DASHES } : {})];
  });
}

/** Draws boxes as Vega-Lite layers. */
export const drawBoxes = (boxes: readonly Box[], { x, y }: Axes): Layer[] =>
  byDashes(boxes, (values, strokeDash) => ({
    data: { values },
    mark: { type: 'rect', strokeWidth: 1, opacity: 1, ...ABOUT.mark, ...strokeDash },
    encoding: {
      ...ABOUT.encoding,
      x: x('x'),
      x2: { field: 'x2' },
      y: y('y'),
      y2: { field: 'y2' },
      fill: asGiven('fill'),
      stroke: asGiven('stroke'),
    },
  }));

/** Draws lines as Vega-Lite layers. */
export const drawLines = (lines: readonly Line[], { x, y }: Axes): Layer[] =>
  byDashes(lines, (values, strokeDash) => ({
    data: { values },
    mark: { type: 'rule', ...strokeDash },
    encoding: {
      x: x('x'),
      x2: { field: 'x2' },
      y: y('y'),
      y2: { field: 'y2' },
      stroke: asGiven('stroke'),
      strokeWidth: { field: 'strokeWidth', type: 'quantitative', scale: null, legend: null },
    },
  }));

/** Draws a cross at each point. */
export const drawCrosses = (
  points: readonly { readonly x: number; readonly y: number }[],
  { x, y }: Axes,
  palette: Palette,
): Layer[] =>
  points.length === 0
    ? []
    : [
        {
          data: { values: points },
          mark: { type: 'point', shape: 'cross', angle: 45, size: 45, filled: true, opacity: 1, fill: palette.ink },
          encoding: { x: x('x'), y: y('y') },
        },
      ];

/** A label stands at a point, in the units of the axes. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly fill: string;
}

/** Draws labels as Vega-Lite layers; none without labels. */
export const drawLabels = (labels: readonly Label[], { x, y }: Axes, mark: Layer = {}): Layer[] =>
  labels.length === 0
    ? []
    : [
        {
          data: { values: labels },
          mark: { type: 'text', align: 'left', baseline: 'middle', ...mark },
          encoding: { x: x('x'), y: y('y'), text: { field: 'text' }, fill: asGiven('fill') },
        },
      ];
