import { shortPlannerName } from '../../../model/names.ts';
import { cutText, titleOf } from '../../../view/chart-text.ts';
import { readableOn } from '../../../view/contrast.ts';
import { PART_LABELS } from '../../../view/part-marks.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { wordCount, wordFigure } from '../../../view/words.ts';
import type { RunResult } from '../result.ts';
import { type DrawnTask, type Item, isThin, type Layout, layOutGantt } from './gantt-layout.ts';
import { drawLegend } from './gantt-legend.ts';
import { type Box, boxOf, colourOf, PHASES, phaseLook, planLook, startupLook } from './gantt-looks.ts';
import { type Axes, drawBoxes, drawCrosses, drawLabels, drawLines, type Label, type Line } from './gantt-marks.ts';

/** Title, legend and axis, roughly: only used when a height was asked for. */
const OVERHEAD = 130;

/** One run: lanes of workers, their start-ups and tasks in phases, the critical path as a line along them. */
export function drawGantt(result: RunResult, withPlan: boolean, frame: ChartFrame): VegaLiteSpec {
  const height = frame.height === null ? null : Math.max(40, frame.height - OVERHEAD);
  const layout = layOutGantt(result, withPlan, height, frame);
  const axes = encodeAxes(layout, result.submittedAtMs !== null);
  const { palette } = frame;
  const drawn = boxItems(layout, frame);
  return {
    title: titleOf([titleText(result)], legendTexts(result, layout, drawn.leastSeconds), frame),
    // Without this every mark repeats in words what it encodes, and the picture grows fivefold.
    config: { aria: false },
    spacing: 8,
    vconcat: [
      drawLegend(result, withPlan, layout, frame),
      {
        width: layout.width,
        height: layout.height,
        layer: [
          ...drawLines([...drawLaneBorders(layout, frame), ...drawMakespans(result, withPlan, layout, frame)], axes),
          ...stack(drawPath(result, layout, axes, frame), drawBoxes(drawn.boxes, axes), layout),
          ...drawCrosses(crossNeverReady(layout), axes, palette),
          ...drawLabels(nameTasks(layout, frame), axes, { fontWeight: 600 }),
          ...drawLabels(nameLanes(layout, frame), axes, { align: 'right' }),
        ],
      },
    ],
  };
}

function titleText({ workflow, planner, sla, makespanMs }: RunResult): string {
  const names = [workflow, shortPlannerName(planner), ...(sla === 'none' ? ['no plan'] : [`SLA ${sla}`])];
  return `${names.join(', ')}: ${makespanMs === null ? 'no makespan' : `makespan ${wordFigure(makespanMs / 1000)}\u00a0s`}`;
}

/** Words the legend's remarks beside the signs. */
function legendTexts({ tasks, nodeCount, workers }: RunResult, layout: Layout, leastSeconds: number | null): string[] {
  const drawn = tasks.filter(({ recorded }) => recorded !== null).length;
  const known = workers.filter(({ workerId }) => workerId !== null).length;
  const several = workers.some(({ peakExecutingCount }) => peakExecutingCount > 1);
  return [
    [
      `${drawn < nodeCount ? `${drawn} of ${nodeCount} tasks` : wordCount(nodeCount, 'task')} on ${wordCount(known, 'worker')}.`,
      ...(several ? ['What a worker did at the same time stands in rows of its own.'] : []),
      ...(layout.shared ? ['Workers that follow each other share a lane.'] : []),
      ...(leastSeconds === null ? [] : [`Nothing shorter than ${wordFigure(leastSeconds)} s is drawn.`]),
      ...(layout.cutAtSeconds === null ? [] : ['Planned times beyond the right edge are cut.']),
    ].join(' '),
  ];
}

function encodeAxes(layout: Layout, submitted: boolean): Axes {
  const from = layout.labelWidth;
  const to = from + layout.pixelsPerSecond * (layout.domain[1] - layout.domain[0]);
  return {
    x: (field) => ({
      field,
      type: 'quantitative',
      scale: { domain: layout.domain, range: [from, to], nice: false, zero: false },
      axis: {
        title: submitted ? 'seconds from submission' : 'seconds from the first instant recorded',
        grid: true,
        labelFlush: false,
        tickCount: Math.max(3, Math.round((to - from) / 70)),
      },
    }),
    y: (field) => ({
      field,
      type: 'quantitative',
      scale: { domain: [0, layout.height], reverse: true, nice: false, zero: false },
      axis: null,
    }),
  };
}

/** An execution is never thinner than this many pixels: a task that ran is to be seen. Anything else below the least is not. */
const [THINNEST_EXECUTION, LEAST] = [0.75, 0.15];

/** A picture of more boxes than this is too large to be opened everywhere: the longest of them stay. */
const MOST_BOXES = 8000;

/** `leastSeconds`: what is shorter was left out; `null`: nothing was. */
function boxItems(layout: Layout, frame: ChartFrame): { boxes: Box[]; leastSeconds: number | null } {
  const boxes = layout.placed.flatMap(({ item, top }) => boxItem(item, top, layout, frame));
  if (boxes.length <= MOST_BOXES) return { boxes, leastSeconds: null };
  const lengths = boxes.map(({ x, x2 }) => x2 - x).sort((a, b) => b - a);
  const leastSeconds = lengths[MOST_BOXES] ?? 0;
  return { boxes: boxes.filter(({ x, x2 }) => x2 - x > leastSeconds), leastSeconds };
}

function boxItem(item: Item, top: number, layout: Layout, { palette }: ChartFrame): Box[] {
  const { strips, secondsOf } = layout;
  const strip = (name: 'main' | 'after') => ({ top: top + strips[name].top, height: strips[name].height });
  if ('startup' in item) {
    const { requestedAtMs, readyAtMs, state } = item.startup;
    if (readyAtMs === null) return [];
    return [
      boxOf(
        startupLook(state, palette, isThin(strips)),
        secondsOf(requestedAtMs),
        secondsOf(readyAtMs),
        strip('main'),
        `${state ?? 'start-up'} start-up of ${item.startup.worker}: ${wordFigure((readyAtMs - requestedAtMs) / 1000)} s`,
      ),
    ];
  }
  const phases = PHASES.flatMap((phase) => {
    const [from, to] = phase.span(item.task.recorded).map(secondsOf) as [number, number];
    const thinnest = phase.part === 'execution' ? THINNEST_EXECUTION / layout.pixelsPerSecond : 0;
    if (to - from < LEAST / layout.pixelsPerSecond && thinnest === 0) return [];
    return [
      boxOf(
        phaseLook(phase, palette),
        from,
        Math.max(to, from + thinnest),
        strip(phase.strip),
        `${item.task.functionName}, ${PART_LABELS[phase.part]}: ${wordFigure(to - from)} s`,
      ),
    ];
  });
  return [...phases, ...boxPlan(item.task, top, layout, palette)];
}

function boxPlan({ planned }: DrawnTask, top: number, layout: Layout, palette: ChartFrame['palette']): Box[] {
  const { strips, secondsOf, domain } = layout;
  if (!planned || !strips.plan) return [];
  const [from, to] = [secondsOf(planned.earliestStartAtMs), Math.min(domain[1], secondsOf(planned.completionAtMs))];
  if (from >= domain[1]) return [];
  return [
    boxOf(
      planLook(palette),
      from,
      to,
      { top: top + strips.plan.top, height: strips.plan.height },
      `planned: ${wordFigure((planned.completionAtMs - planned.earliestStartAtMs) / 1000)} s`,
    ),
  ];
}

const crossNeverReady = ({ placed, strips, secondsOf }: Layout) =>
  placed.flatMap(({ item, top }) =>
    'startup' in item && item.startup.readyAtMs === null
      ? [{ x: secondsOf(item.startup.requestedAtMs), y: top + strips.main.top + strips.main.height / 2 }]
      : [],
  );

/** Between lanes; none where there would be more border than lane. */
function drawLaneBorders({ lanes, strips, domain }: Layout, { palette }: ChartFrame): Line[] {
  if (isThin(strips)) return [];
  const [x, x2] = domain;
  return lanes.map(({ top }) => ({ x, x2, y: top, y2: top, dashed: false, strokeWidth: 0.75, stroke: palette.faint }));
}

function drawMakespans(result: RunResult, withPlan: boolean, layout: Layout, { palette }: ChartFrame): Line[] {
  const at = (ms: number | null, dashed: boolean): Line[] =>
    ms === null || ms / 1000 > layout.domain[1]
      ? []
      : [{ x: ms / 1000, x2: ms / 1000, y: 0, y2: layout.height, dashed, strokeWidth: 1, stroke: palette.ink }];
  return [...at(result.makespanMs, false), ...at(withPlan ? result.plannedMakespanMs : null, true)];
}

/**
 * The critical path runs along the task that the sink was waiting for at each instant: from the output that the task followed to
 * its own, then down or up to the next.
 */
function drawPath({ criticalPath }: RunResult, layout: Layout, { x, y }: Axes, { palette }: ChartFrame) {
  if ('missing' in criticalPath) return [];
  const tasks = new Map(
    layout.placed.flatMap(({ item, top }) => ('task' in item ? [[item.task.nodeId, { task: item.task, top }]] : [])),
  );
  let since = 0;
  const points = criticalPath.nodeIds.flatMap((nodeId) => {
    const found = tasks.get(nodeId);
    if (!found) return [];
    const height = found.top + layout.strips.path;
    const ends = [since, layout.secondsOf(found.task.recorded.outputAvailableAtMs)];
    since = ends[1] ?? since;
    return ends.map((seconds) => ({ x: seconds, y: height }));
  });
  const values = points.map((point, order) => ({ ...point, order }));
  return [
    {
      data: { values },
      mark: { type: 'line', stroke: palette.ink, strokeWidth: PATH_WIDTH, strokeJoin: 'round' },
      encoding: { x: x('x'), y: y('y'), order: { field: 'order', type: 'quantitative' } },
    },
  ];
}

const PATH_WIDTH = 1.75;

/** The path passes behind the bars of other workers; where rows are too thin for a strip of its own, it runs over them. */
const stack = <Drawn>(path: readonly Drawn[], boxes: readonly Drawn[], { strips }: Layout): Drawn[] =>
  2 * strips.path > PATH_WIDTH ? [...path, ...boxes] : [...boxes, ...path];

/** Room that a name needs: its height, and enough of it to be recognised. */
const [NAME_HEIGHT, SHORTEST_NAME, NAME_MARGIN] = [11, 7, 3];

function nameTasks(layout: Layout, frame: ChartFrame): Label[] {
  const { strips, pixelsPerSecond, secondsOf } = layout;
  if (strips.main.height < NAME_HEIGHT) return [];
  return layout.placed.flatMap(({ item, top }) => {
    const { text, fromAtMs, toAtMs, fill } = nameOf(item, frame);
    const room = ((toAtMs - fromAtMs) / 1000) * pixelsPerSecond - 2 * NAME_MARGIN;
    const shown = cutText(text, room, frame, true);
    if (shown !== text && [...shown].length < SHORTEST_NAME) return [];
    return [
      {
        x: secondsOf(fromAtMs) + NAME_MARGIN / pixelsPerSecond,
        y: top + strips.main.top + strips.main.height / 2,
        text: shown,
        fill,
      },
    ];
  });
}

function nameOf(item: Item, { palette }: ChartFrame) {
  if ('task' in item) {
    const { executionStartedAtMs: fromAtMs, executionEndedAtMs: toAtMs } = item.task.recorded;
    const fill = readableOn(colourOf('execution', palette), palette.background, palette.ink);
    return { text: item.task.functionName, fromAtMs, toAtMs, fill };
  }
  const { requestedAtMs, readyAtMs, state } = item.startup;
  return { text: state ?? 'start-up', fromAtMs: requestedAtMs, toAtMs: readyAtMs ?? requestedAtMs, fill: palette.ink };
}

/** Names the lanes; only every so many where lanes are thinner than their names. */
function nameLanes(layout: Layout, frame: ChartFrame): Label[] {
  const lineHeight = frame.fontSize * 1.15;
  const gap = layout.labelWidth - 6;
  let free = Number.NEGATIVE_INFINITY;
  return layout.lanes.flatMap(({ label, top, height }) => {
    const y = top + height / 2;
    if (label === '' || y - lineHeight / 2 < free) return [];
    free = y + lineHeight / 2;
    const x = layout.domain[0] - 6 / layout.pixelsPerSecond;
    return [{ x, y, text: cutText(label, gap, frame), fill: frame.palette.muted }];
  });
}
