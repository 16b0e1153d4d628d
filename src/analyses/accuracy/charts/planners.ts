import { max, quantile } from 'd3-array';
import { shortenPlanners } from '../../../model/names.ts';
import { CHART_PADDING } from '../../../view/chart-text.ts';
import { drawLegend } from '../../../view/legend.ts';
import { MARK_SHAPES } from '../../../view/mark-shapes.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';

// The charts share a colour and a shape for each planner, and axes in per cent.

/** Space for the labels and the title of a vertical axis. */
export const AXIS_WIDTH = 52;

/** Pixels between a chart and the legend below it. */
export const LEGEND_GAP = 10;

/** Computes the pixels between the paddings of a chart. */
export const availableWidth = (frame: ChartFrame): number => frame.width - 2 * CHART_PADDING;

/** Planners in a chart have a place each: marks name it in the field `planner`, and only the legend knows names. */
export interface PlannerMarks {
  readonly count: number;
  /** From 0, in alphabetical order of the names as people see them. */
  readonly placeOf: (planner: string) => number;
  /** The colour itself: areas have no part in the legend, because marks are hollow and so are its symbols. */
  readonly colourOf: (place: number) => string;
  /** Encodes lines. */
  readonly color: Record<string, unknown>;
  /** Encodes points, as colour and shape. */
  readonly marked: Record<string, unknown>;
  readonly legend: VegaLiteSpec;
}

/** Gives each planner of the rows a place, a colour and a shape, with one legend below the picture. */
export function markPlanners(rows: readonly { readonly planner: string }[], frame: ChartFrame): PlannerMarks {
  const shorten = shortenPlanners(rows);
  const planners = [...new Set(rows.map(({ planner }) => planner))]
    .map((planner) => ({ planner, name: shorten(planner) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const places = new Map(planners.map(({ planner }, place) => [planner, place]));
  const domain = planners.map((_, place) => place);
  const cycle = (items: readonly string[]) => domain.map((place) => items[place % items.length] as string);
  const [colours, shapes] = [cycle(frame.palette.categories), cycle(MARK_SHAPES)];
  const encode = (range: readonly string[]) => ({
    field: 'planner',
    type: 'nominal',
    scale: { domain, range },
    legend: null,
  });
  const entries = planners.map(({ name }, place) => ({
    name,
    shape: shapes[place] as string,
    stroke: colours[place] as string,
    fill: 'transparent',
  }));
  return {
    count: planners.length,
    placeOf: (planner) => places.get(planner) ?? 0,
    colourOf: (place) => colours[place] as string,
    color: encode(colours),
    marked: { color: encode(colours), shape: encode(shapes) },
    legend: drawLegend(entries, availableWidth(frame) - AXIS_WIDTH, frame),
  };
}

/** Top of an axis of errors in per cent: most of them, so that one absurd prediction does not flatten all others. */
export function topOfErrors(percents: readonly number[]): number {
  const [most, nearlyMost] = [Math.max(10, max(percents) ?? 0), quantile(percents, 0.95) ?? 0];
  return most > 2 * nearlyMost ? Math.max(10, 1.5 * nearlyMost) : 1.08 * most;
}
