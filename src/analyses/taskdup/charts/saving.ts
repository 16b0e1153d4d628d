import { ascending, max, min } from 'd3-array';
import { groupBy } from '../../../model/group-by.ts';
import { shortenPlanners } from '../../../model/names.ts';
import { ABOUT } from '../../../view/about.ts';
import { drawPanels, type Panel, type PanelSize } from '../../../view/panel-grid.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { wordFigure } from '../../../view/words.ts';
import type { TaskdupPoint, TaskdupResult } from '../result.ts';

/** More points than this would be a smear: evenly spaced ones by predicted saving stand for them. */
const MOST_POINTS = 300;
/** Beyond the outermost mark, as a share of the axis. */
const ROOM = 0.06;

interface Mark {
  readonly predicted: number;
  readonly ahead: number;
  readonly used: boolean;
  readonly about: string;
}

/** Predicted saving against how long the duplicate was ahead, in seconds: a panel per planner and workflow. */
export function drawSavings(result: TaskdupResult, frame: ChartFrame): VegaLiteSpec {
  const shorten = shortenPlanners(result.planners);
  const groups = groupBy(
    result.duplications,
    ({ planner }) => planner,
    ({ workflow }) => workflow,
  ).map((points) => ({ planner: shorten(points[0]?.planner ?? ''), workflow: points[0]?.workflow ?? '', points }));
  const inOrder = groups.sort((a, b) => ascending(a.planner, b.planner) || ascending(a.workflow, b.workflow));
  const panels = inOrder.flatMap(({ planner, workflow, points }): Panel[] => {
    const marks = toMarks(points);
    if (marks.length === 0) return [];
    const head = [{ text: planner, bold: true }, { text: workflow }];
    return [{ head, draw: (size) => drawPanel(marks, size, frame) }];
  });
  const legend = [
    "A point per duplication. Ahead: how long before the original's output the task began; below 0 the original had been there already. Dashed: ahead by as much as predicted. Filled: the duplicate's result was used; hollow: the original's. Scales differ between panels.",
  ];
  return drawPanels(panels, { titles: [result.headline], legend, whyEmpty: 'no duplication has both figures' }, frame);
}

/** Those of which both are known. */
function toMarks(points: readonly TaskdupPoint[]): Mark[] {
  const marks = points
    .flatMap((point): Mark[] => {
      const { predictedSavingMs, headStartMs, outcome } = point;
      if (predictedSavingMs === null || headStartMs === null) return [];
      const [predicted, ahead] = [predictedSavingMs / 1000, headStartMs / 1000];
      const figures = `ahead by ${wordFigure(ahead)} s, predicted saving ${wordFigure(predicted)} s`;
      const about = `run ${point.runId}, ${point.duplicatedFunction} for ${point.dependentFunction}: ${figures}`;
      return [{ predicted, ahead, used: outcome === 'duplicate', about }];
    })
    .sort((a, b) => a.predicted - b.predicted);
  const step = Math.max(1, marks.length / MOST_POINTS);
  return Array.from({ length: Math.min(marks.length, MOST_POINTS) }, (_, i) => marks[Math.floor(i * step)] as Mark);
}

function drawPanel(marks: readonly Mark[], { width }: PanelSize, { palette }: ChartFrame): Record<string, unknown>[] {
  const spanOf = (field: 'predicted' | 'ahead') => {
    const all = marks.map((mark) => mark[field]);
    const [low, high] = [Math.min(0, min(all) ?? 0), Math.max(0.1, max(all) ?? 0)];
    // No mark is cut by the edge of its panel.
    const room = (high - low) * ROOM;
    return [low < 0 ? low - room : 0, high + room];
  };
  const axis = (title: string, tickCount: number) => ({ title, tickCount, grid: true, labelOverlap: true });
  const x = {
    field: 'predicted',
    type: 'quantitative',
    scale: { domain: spanOf('predicted'), nice: true },
    axis: axis('predicted saving (s)', Math.max(2, Math.round(width / 50))),
  };
  const y = {
    field: 'ahead',
    type: 'quantitative',
    scale: { domain: spanOf('ahead'), nice: true },
    axis: axis('ahead by (s)', 4),
  };
  const [low, high] = spanOf('predicted') as [number, number];
  const points = (used: boolean) => ({
    data: { values: marks.filter((mark) => mark.used === used) },
    mark: {
      type: 'point',
      size: 34,
      strokeWidth: 1.3,
      opacity: 0.8,
      filled: used,
      ...ABOUT.mark,
      color: used ? palette.gain : palette.loss,
    },
    encoding: { x, y, ...ABOUT.encoding },
  });
  return [
    {
      data: { values: [{ ahead: 0 }] },
      mark: { type: 'rule', color: palette.ink, strokeWidth: 1 },
      encoding: { y },
    },
    {
      data: { values: [low, high].map((end) => ({ predicted: end, ahead: end })) },
      mark: { type: 'line', clip: true, color: palette.muted, strokeDash: [4, 3], strokeWidth: 1 },
      encoding: { x, y },
    },
    points(true),
    points(false),
  ];
}
