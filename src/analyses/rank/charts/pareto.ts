import { groupBy } from '../../../model/group-by.ts';
import { findMetric } from '../../../model/metrics.ts';
import { ABOUT } from '../../../view/about.ts';
import { type ArmLook, asGiven, chooseLooks, drawArmLegend } from '../../../view/arm-looks.ts';
import { chooseLevelTicks, LEVEL_FORMAT } from '../../../view/level-axis.ts';
import { drawPanels, type Panel, type PanelSize } from '../../../view/panel-grid.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { readableUnit, withUnit, wordFigure } from '../../../view/words.ts';
import type { ParetoPoint, RankResult } from '../result.ts';
import { labelOf } from '../wording.ts';

/** Pixels of a panel at least: its vertical title holds metric and unit. */
const LEAST_HEIGHT = 130;

/** Draws makespan against cost, a panel for all blocks and one a workflow, with the front as a stepped line. */
export function drawFronts(result: RankResult, frame: ChartFrame): VegaLiteSpec {
  const looks = chooseLooks(result, frame);
  const panels = groupBy(result.pareto, ({ scope }) => scope).map((points) => drawScope(points, result, looks, frame));
  const legend = [
    'Left and down is better. Line: the front; hollow: dominated; faint and hollow: dominated for certain. Logarithmic axes, which differ between panels.',
  ];
  return drawPanels(
    panels,
    {
      titles: result.headlines.slice(-1),
      legend,
      whyEmpty: `no block has ${labelOf(result.costMetric)} of all arms`,
      below: () => drawArmLegend(looks, frame),
      leastHeight: LEAST_HEIGHT,
    },
    frame,
  );
}

function drawScope(
  points: readonly ParetoPoint[],
  { costMetric }: RankResult,
  looks: ReadonlyMap<string, ArmLook>,
  frame: ChartFrame,
): Panel {
  const { palette } = frame;
  const unit = findMetric(costMetric)?.unit ?? '';
  const [seconds, money] = [readableUnit('ms'), readableUnit(unit)];
  const marks = points.map(({ label, makespan, cost, status }) => {
    const { stroke, shape } = looks.get(label) as ArmLook;
    return {
      x: makespan * seconds.scale,
      y: cost * money.scale,
      stroke,
      shape,
      fill: status === 'front' ? stroke : palette.background,
      opacity: status === 'dominated-for-certain' ? 0.45 : 1,
      isFront: status === 'front',
      about:
        `${label}: ${wordFigure(makespan * seconds.scale)} s, ${wordFigure(cost * money.scale)} ${money.name}`.trimEnd(),
    };
  });
  const axis = (field: 'x' | 'y', title: string, length: number) => {
    const figures = marks.map((mark) => mark[field]);
    const [least, most] = [Math.min(...figures), Math.max(...figures)];
    const margin = Math.max(0.03, 0.12 * Math.log(most / least));
    const domain = [least * Math.exp(-margin), most * Math.exp(margin)] as const;
    const values = chooseLevelTicks(domain, length, frame, field === 'x' ? 'across' : 'up');
    return {
      field,
      type: 'quantitative',
      scale: { type: 'log', domain, nice: false },
      axis: { title, grid: false, values, format: LEVEL_FORMAT, labelOverlap: false },
    };
  };
  const encode = ({ width, height }: PanelSize) => ({
    x: axis('x', 'makespan (s)', width),
    y: axis('y', withUnit(labelOf(costMetric), unit), height),
  });
  const front = marks.filter(({ isFront }) => isFront).sort((a, b) => a.x - b.x);
  return {
    head: [{ text: points[0]?.scope === 'overall' ? 'all blocks' : (points[0]?.scope ?? ''), bold: true }],
    draw: (size) => [
      {
        data: { values: front.map(({ x, y }, order) => ({ x, y, order })) },
        mark: { type: 'line', interpolate: 'step-after', stroke: palette.muted, strokeWidth: 1.2 },
        encoding: { ...encode(size), order: { field: 'order', type: 'quantitative' } },
      },
      {
        data: { values: marks },
        mark: { type: 'point', size: 58, strokeWidth: 1.6, ...ABOUT.mark },
        encoding: {
          ...ABOUT.encoding,
          ...encode(size),
          stroke: asGiven('stroke'),
          fill: asGiven('fill'),
          shape: asGiven('shape'),
          opacity: { field: 'opacity', type: 'quantitative', scale: null, legend: null },
        },
      },
    ],
  };
}
