import { min } from 'd3-array';
import { groupBy } from '../../../model/group-by.ts';
import { type ArmLook, chooseLooks, drawArmLegend, drawSteps } from '../../../view/arm-looks.ts';
import { drawPanels, type Panel, type PanelSize } from '../../../view/panel-grid.ts';
import { encodeRatioAxis, layOutRatioAxis } from '../../../view/ratio-axis.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import type { Comparison } from '../../design/comparison.ts';
import { compareToLevels, type RelativeRun, ratioAt } from '../relative.ts';
import type { CompareResult } from '../result.ts';
import { labelOf } from '../wording.ts';

/** Charts of how the runs of each arm lie about their blocks' levels: a panel for each metric and candidate. */

/** Draws the share of runs up to each ratio, by arm. */
export const drawEcdf = (result: CompareResult, frame: ChartFrame): VegaLiteSpec =>
  drawDistributions(result, frame, 'Share of runs with at most that change', drawCurves);

/** Draws a box for each arm: quartiles with the median, and lines to the runs at 5 and 95 %. */
export const drawBoxes = (result: CompareResult, frame: ChartFrame): VegaLiteSpec =>
  drawDistributions(
    result,
    frame,
    'Half of the runs, with the median, lines to 5 and 95 % and the runs beyond: change',
    drawArmBoxes,
  );

/** The runs of one arm, as it looks. */
interface ArmRuns {
  readonly look: ArmLook;
  readonly runs: readonly RelativeRun[];
}

type DrawArms = (arms: readonly ArmRuns[], size: PanelSize, frame: ChartFrame) => Record<string, unknown>[];

function drawDistributions(result: CompareResult, frame: ChartFrame, words: string, draw: DrawArms): VegaLiteSpec {
  const { comparisons } = result;
  const labels = [...new Set(comparisons.flatMap(({ baseline, candidate }) => [baseline, candidate]))];
  const looks = chooseLooks({ arms: labels.map((label) => ({ label })) }, frame);
  const several = groupBy(comparisons, ({ candidate }) => candidate).length > 1;
  const labelsOf = new Map<Panel, readonly string[]>();
  const looksOf = (shown: readonly Panel[]) => {
    const named = new Set(shown.flatMap((panel) => labelsOf.get(panel) ?? []));
    return new Map([...looks].filter(([label]) => named.has(label)));
  };
  const panels = comparisons.flatMap((comparison): Panel[] => {
    const runs = compareToLevels(comparison);
    const arms = (['baseline', 'candidate'] as const).map((side) => ({
      look: looks.get(comparison[side]) as ArmLook,
      runs: runs[side],
    }));
    if (arms.some((arm) => arm.runs.length === 0)) return [];
    const panel: Panel = {
      head: [
        { text: labelOf(comparison.metric), bold: true },
        ...(several ? [{ text: `${comparison.candidate} vs ${comparison.baseline}` }] : []),
      ],
      draw: (size) => draw(arms, size, frame),
    };
    labelsOf.set(panel, [comparison.baseline, comparison.candidate]);
    return [panel];
  });
  const legend = [
    `${words} against their block's geometric mean over both arms, each block with equal weight (logarithmic). ${warnOfShallowCells(comparisons)}`.trim(),
  ];
  return drawPanels(
    panels,
    {
      titles: result.headlines,
      legend,
      whyEmpty: 'no metric has ratios',
      below: (shown) => drawArmLegend(looksOf(shown), frame),
    },
    frame,
  );
}

/** Runs of a cell from which on its level hardly follows one of them. */
const DEEP_CELL = 5;

function warnOfShallowCells(comparisons: readonly Comparison[]): string {
  const counts = comparisons.flatMap(({ blocks }) =>
    blocks.flatMap(({ baseline, candidate }) => [baseline.n, candidate.n]),
  );
  const least = min(counts) ?? 0;
  if (least >= DEEP_CELL) return '';
  return `Some cells have ${least} ${least === 1 ? 'run' : 'runs'}: their mean follows them, and runs lie farther apart than drawn.`;
}

function xOf(arms: readonly ArmRuns[], { width }: PanelSize, frame: ChartFrame) {
  const ratios = arms.flatMap(({ runs }) => [(runs[0] as RelativeRun).ratio, (runs.at(-1) as RelativeRun).ratio]);
  const axis = encodeRatioAxis(layOutRatioAxis(ratios, width, frame), 'change, %');
  return { field: 'x', type: 'quantitative', ...axis };
}

/** Points of a curve at most. */
const MOST_POINTS = 200;

function drawCurves(arms: readonly ArmRuns[], size: PanelSize, frame: ChartFrame) {
  const y = {
    field: 'y',
    type: 'quantitative',
    scale: { domain: [0, 1] },
    axis: { values: [0, 0.25, 0.5, 0.75, 1], format: '.0%', grid: true, title: 'share of runs' },
  };
  const most = Math.max(...arms.map(({ runs }) => (runs.at(-1) as RelativeRun).ratio));
  return arms.flatMap(({ look, runs }) => {
    const step = Math.max(1, runs.length / MOST_POINTS);
    const shown = runs.filter((_, i) => i === runs.length - 1 || Math.floor(i / step) !== Math.floor((i - 1) / step));
    const points = [
      { x: (runs[0] as RelativeRun).ratio, y: 0 },
      ...shown.map(({ ratio, share }) => ({ x: ratio, y: share })),
      { x: most, y: 1 },
    ];
    return drawSteps(points, look, { x: xOf(arms, size, frame), y });
  });
}

/** Runs beyond the lines that are drawn by themselves, on each side. */
const MOST_BEYOND = 25;

function drawArmBoxes(arms: readonly ArmRuns[], size: PanelSize, frame: ChartFrame) {
  const x = xOf(arms, size, frame);
  const y = { field: 'y', type: 'quantitative', scale: { domain: [0, arms.length] }, axis: null };
  const noChange = {
    data: { values: [{ x: 1 }] },
    mark: { type: 'rule', color: frame.palette.muted },
    encoding: { x },
  };
  return [
    noChange,
    ...arms.flatMap(({ look, runs }, i) => {
      const [from, low, middle, high, to] = [0.05, 0.25, 0.5, 0.75, 0.95].map((share) => ratioAt(runs, share)) as [
        number,
        number,
        number,
        number,
        number,
      ];
      const at = arms.length - i - 0.5;
      const line = (start: number, end: number) => ({
        data: { values: [{ x: start, end, y: at }] },
        mark: { type: 'rule', strokeWidth: 1.6, stroke: look.stroke },
        encoding: { x, x2: { field: 'end' }, y },
      });
      return [
        line(from, low),
        line(high, to),
        {
          data: { values: [{ x: low, end: high, y: at - 0.25, top: at + 0.25 }] },
          mark: { type: 'rect', fill: look.stroke, fillOpacity: 0.25, stroke: look.stroke, strokeWidth: 1.4 },
          encoding: { x, x2: { field: 'end' }, y, y2: { field: 'top' } },
        },
        {
          data: { values: [{ x: middle, y: at - 0.25, top: at + 0.25 }] },
          mark: { type: 'rule', stroke: look.stroke, strokeWidth: 2.4 },
          encoding: { x, y, y2: { field: 'top' } },
        },
        {
          data: { values: beyond(runs, from, to).map((ratio) => ({ x: ratio, y: at })) },
          mark: { type: 'point', shape: look.shape, size: 16, filled: true, fill: look.stroke, opacity: 0.8 },
          encoding: { x, y },
        },
      ];
    }),
  ];
}

/** The outermost runs beyond the lines. */
function beyond(runs: readonly RelativeRun[], from: number, to: number): number[] {
  const ratios = runs.map(({ ratio }) => ratio);
  return [
    ...ratios.filter((ratio) => ratio < from).slice(0, MOST_BEYOND),
    ...ratios.filter((ratio) => ratio > to).slice(-MOST_BEYOND),
  ];
}
