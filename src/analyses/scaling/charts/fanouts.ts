import { max, min } from 'd3-array';
import { shortenPlanners } from '../../../model/names.ts';
import { ABOUT } from '../../../view/about.ts';
import { drawPanels, type Panel } from '../../../view/panel-grid.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { wordCount, wordFigure } from '../../../view/words.ts';
import type { PlannerFanouts, ScalingResult, Slope } from '../result.ts';
import { wordReason, wordSlope } from '../wording.ts';

/**
 * Draws the delay of the last child against the workers started for its fan-out, with the fitted line: a panel a planner. Points have a
 * width too, which the line holds equal: where both grow together, its slope is not that of the points.
 */
export function drawFanouts(result: ScalingResult, frame: ChartFrame): VegaLiteSpec {
  const shorten = shortenPlanners(result.fanouts);
  const points = result.fanouts.flatMap((own) => own.points);
  const mostWorkers = max(points, ([workers]) => workers) ?? 1;
  // A line that leaves the range of the points says nothing there: it is cut, at no delay among others.
  const seconds = points.map(([, ms]) => ms / 1000);
  const domain = [Math.min(0, min(seconds) ?? 0), max(seconds) ?? 1] as const;
  const panels = result.fanouts.map((own): Panel => {
    const { perWorker, perWorkerReason } = own.last;
    const fit = perWorker === null ? 'workers do not vary' : wordFit(perWorker, own);
    return {
      head: [
        { text: shorten(own.planner), bold: true },
        {
          text: perWorkerReason === null || perWorker === null ? fit : `${fit}: ${wordReason(perWorkerReason)}`,
          color: perWorkerReason === null ? frame.palette.ink : frame.palette.uncertain,
        },
      ],
      draw: ({ width }) => drawPanel(own, domain, mostWorkers, width, frame),
    };
  });
  const legend = [
    "A point per fan-out: from the parent's output to the last child's start. Line: fitted, at the mean width; dashed: cannot tell.",
    ...(result.fanouts.some(holdsWidth)
      ? ['At equal width: where wider fan-outs start more workers, points do not follow the line.']
      : []),
    'Scales are the same in all panels.',
  ].join(' ');
  return drawPanels(
    panels,
    { titles: [result.headline], legend: [legend], whyEmpty: 'no run started workers for a fan-out' },
    frame,
  );
}

/** Is true where the slope is that of fan-outs of equal width. */
const holdsWidth = ({ last }: PlannerFanouts): boolean => last.perWorker !== null && last.perChild !== null;

const wordFit = (perWorker: Slope, own: PlannerFanouts): string =>
  `${wordSlope(perWorker, ' ms')} a worker${holdsWidth(own) ? ' at equal width' : ''}`;

/** Gives both ends of the fitted line, at the mean width. */
function fitLine({ last, newWorkerCounts, points }: PlannerFanouts): { workers: number; seconds: number }[] {
  const mean = (place: 0 | 1) => points.reduce((sum, point) => sum + point[place], 0) / points.length;
  const slope = last.perWorker?.estimate ?? 0;
  return [newWorkerCounts[0] as number, newWorkerCounts.at(-1) as number].map((workers) => ({
    workers,
    seconds: (mean(1) + slope * (workers - mean(0))) / 1000,
  }));
}

function drawPanel(
  own: PlannerFanouts,
  seconds: readonly [number, number],
  mostWorkers: number,
  width: number,
  { palette }: ChartFrame,
): Record<string, unknown>[] {
  const { last, points } = own;
  const x = {
    field: 'workers',
    type: 'quantitative',
    scale: { domain: [-0.5, mostWorkers + 0.5], nice: false, zero: false },
    axis: { title: 'workers started', grid: false, tickMinStep: 1, tickCount: Math.max(2, Math.round(width / 40)) },
  };
  const y = {
    field: 'seconds',
    type: 'quantitative',
    scale: { domain: seconds, nice: true },
    axis: { title: 'delay (s)', grid: true, tickCount: 4, labelOverlap: true },
  };
  return [
    {
      data: {
        values: points.map(([workers, ms]) => ({
          workers,
          seconds: ms / 1000,
          about: `${wordCount(workers, 'worker')} started: last child after ${wordFigure(ms / 1000)} s`,
        })),
      },
      mark: {
        type: 'point',
        size: 18,
        strokeWidth: 1,
        opacity: 0.6,
        filled: false,
        color: palette.muted,
        ...ABOUT.mark,
      },
      encoding: { x, y, ...ABOUT.encoding },
    },
    {
      data: {
        values: fitLine(own),
      },
      mark: {
        type: 'line',
        clip: true,
        strokeWidth: 1.8,
        color: last.perWorkerReason === null ? palette.ink : palette.uncertain,
        ...(last.perWorkerReason === null ? {} : { strokeDash: [4, 3] }),
      },
      encoding: { x, y },
    },
  ];
}
