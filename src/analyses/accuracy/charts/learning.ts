import { shortPlannerName } from '../../../model/names.ts';
import { ABOUT } from '../../../view/about.ts';
import { titleOf } from '../../../view/chart-text.ts';
import { drawNothing } from '../../../view/panel-grid.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { wordCount, wordNumber } from '../../../view/words.ts';
import type { AccuracyOptions } from '../options.ts';
import type { Quantity } from '../quantities.ts';
import type { AccuracyResult } from '../result.ts';
import { wordLearning } from '../wording.ts';
import { AXIS_WIDTH, availableWidth, LEGEND_GAP, markPlanners, type PlannerMarks, topOfErrors } from './planners.ts';

const MOST_HEIGHT = 320;
const OVERHEAD = 150;
/** Planners stand side by side within this share of a bin. */
const SPREAD = 0.4;

/** The median error by the number of runs in the history, per planner. */
export function drawLearning(result: AccuracyResult, options: AccuracyOptions, frame: ChartFrame): VegaLiteSpec {
  const quantity = options.detailed[0] as Quantity;
  const curves = result.learning.filter(({ quantity: key }) => key === quantity.key);
  const title = wordLearning(result, quantity);
  if (curves.length === 0) return drawNothing([title], `no prediction of ${quantity.label} can be compared`, frame);
  const planners = markPlanners(curves, frame);
  const dots = curves.flatMap(({ planner, bins }, curve) =>
    bins.flatMap(({ mdape, mdapeLow, mdapeHigh, firstIndex, lastIndex, runCount }, bin) => {
      const own = planners.placeOf(planner);
      const place = planners.count < 2 ? 0 : own / (planners.count - 1) - 0.5;
      if (mdape === null) return [];
      const bounds = { low: 100 * (mdapeLow ?? mdape), high: 100 * (mdapeHigh ?? mdape) };
      const range = firstIndex === lastIndex ? String(firstIndex) : `${firstIndex}\u2013${lastIndex}`;
      const about = `${shortPlannerName(planner)}, run ${range}: error ${wordNumber(100 * mdape, 1)} %, ${wordCount(runCount, 'run')}`;
      return [{ planner: own, curve, bin: bin + place * SPREAD, error: 100 * mdape, about, ...bounds }];
    }),
  );
  const top = topOfErrors(dots.flatMap(({ error, high }) => [error, Math.min(high, 3 * error)]));
  const longest = Math.max(1, ...curves.map(({ bins }) => bins.length));
  const width = Math.floor(availableWidth(frame) - AXIS_WIDTH);
  const x = {
    field: 'bin',
    type: 'quantitative',
    scale: { domain: [-0.5, longest - 0.5], nice: false, zero: false },
    axis: {
      title: 'k-th planned run of a workflow',
      values: Array.from({ length: longest }, (_, bin) => bin),
      // Bins double: 1, 2–3, 4–7, …
      labelExpr: "datum.value < 1 ? '1' : pow(2, datum.value) + '\u2013' + (pow(2, datum.value + 1) - 1)",
      labelOverlap: true,
      grid: false,
    },
  };
  const y = {
    type: 'quantitative',
    scale: { domain: [0, top], nice: false, clamp: true },
    axis: { title: 'median error in %' },
  };
  return {
    title: titleOf(
      [title],
      [
        legendOf(
          quantity,
          dots.some(({ high }) => high > top),
        ),
      ],
      frame,
    ),
    spacing: LEGEND_GAP,
    vconcat: [
      {
        width,
        height: frame.height === null ? Math.min(width, MOST_HEIGHT) : Math.max(100, frame.height - OVERHEAD),
        layer: drawDots(dots, { x, y }, planners, frame),
      },
      planners.legend,
    ],
  };
}

interface Dot {
  readonly planner: number;
  readonly curve: number;
  readonly bin: number;
  readonly error: number;
  readonly about: string;
  readonly low: number;
  readonly high: number;
}

function drawDots(
  dots: readonly Dot[],
  { x, y }: Record<'x' | 'y', Record<string, unknown>>,
  planners: PlannerMarks,
  frame: ChartFrame,
): Record<string, unknown>[] {
  const detail = { field: 'curve' };
  return [
    {
      data: { values: dots },
      mark: { type: 'rule', strokeWidth: 1.2, opacity: 0.8 },
      encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color: planners.color },
    },
    {
      data: { values: dots },
      mark: { type: 'line', strokeWidth: 1.6 },
      encoding: { x, y: { ...y, field: 'error' }, color: planners.color, detail },
    },
    {
      data: { values: dots },
      mark: {
        type: 'point',
        size: 46,
        strokeWidth: 1.5,
        filled: false,
        fill: frame.palette.background,
        opacity: 1,
        ...ABOUT.mark,
      },
      encoding: { x, y: { ...y, field: 'error' }, ...planners.marked, ...ABOUT.encoding },
    },
  ];
}

const legendOf = ({ label }: Quantity, cut: boolean): string =>
  `${label}: median absolute error with its 95 % interval (none below six runs), by how many runs of the same workflow, structure and planner came before. Bins double.${cut ? ' Intervals that reach the upper edge end beyond it.' : ''}`;
