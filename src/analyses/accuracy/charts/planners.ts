import { max, quantile } from 'd3-array';
import { shortPlannerName } from '../../../model/names.ts';
import { CHART_PADDING, cutNames } from '../../../view/chart-text.ts';
import { MARK_SHAPES } from '../../../view/mark-shapes.ts';
import type { ChartFrame } from '../../../view/view.ts';

// The charts share a colour and a shape for each planner, and axes in per cent.

/** Symbol, gaps and padding of a legend entry. */
const LEGEND_SYMBOL = 34;
/** Space for the labels and the title of a vertical axis. */
export const AXIS_WIDTH = 52;

/** Computes the pixels between the paddings of a chart. */
export const availableWidth = (frame: ChartFrame): number => frame.width - 2 * CHART_PADDING;

/** Planners as the legend names them, each once, in alphabetical order. */
export const plannersOf = (rows: readonly { readonly planner: string }[]): string[] =>
  [...new Set(rows.map(({ planner }) => shortPlannerName(planner)))].sort();

/** Colour and shape by the field `planner`, with one legend below the picture. */
export function encodePlanners(planners: readonly string[], frame: ChartFrame) {
  const cycle = <Item>(items: readonly Item[]) => planners.map((_, i) => items[i % items.length]);
  const width = availableWidth(frame);
  const widest = Math.max(0, ...planners.map((name) => frame.textWidth(name, frame.fontSize))) + LEGEND_SYMBOL;
  const labels = cutNames(planners, width - AXIS_WIDTH - LEGEND_SYMBOL, frame);
  const legend = {
    title: null,
    orient: 'bottom',
    direction: 'horizontal',
    columns: Math.max(1, Math.min(planners.length, Math.floor(width / widest))),
    labelExpr: `(${JSON.stringify(Object.fromEntries(planners.map((name, i) => [name, labels[i]])))})[datum.label]`,
    labelLimit: 0,
    symbolFillColor: 'transparent',
    symbolOpacity: 1,
  };
  const scale = { domain: planners, range: cycle(frame.palette.categories) };
  return {
    color: { field: 'planner', type: 'nominal', scale, legend },
    /** The colour itself: areas have no part in the legend, because marks are hollow and so are its symbols. */
    colourOf: (planner: string) => scale.range[planners.indexOf(planner)],
    marked: {
      color: { field: 'planner', type: 'nominal', scale, legend },
      shape: { field: 'planner', type: 'nominal', scale: { domain: planners, range: cycle(MARK_SHAPES) }, legend },
    },
  };
}

/** Top of an axis of errors in per cent: most of them, so that one absurd prediction does not flatten all others. */
export function topOfErrors(percents: readonly number[]): number {
  const [most, nearlyMost] = [Math.max(10, max(percents) ?? 0), quantile(percents, 0.95) ?? 0];
  return most > 2 * nearlyMost ? Math.max(10, 1.5 * nearlyMost) : 1.08 * most;
}
