import { max } from 'd3-array';
import { shortPlannerName } from '../../../model/names.ts';
import { ABOUT } from '../../../view/about.ts';
import { CHART_PADDING, cutText, titleOf } from '../../../view/chart-text.ts';
import { readableOn } from '../../../view/contrast.ts';
import { drawLegend } from '../../../view/legend.ts';
import { PART_LABELS } from '../../../view/part-marks.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { wordFigure, wordPercentChange } from '../../../view/words.ts';
import type { Gantt, GanttSide, GanttTask, GanttWorker } from '../result.ts';

/** Pixels of a row at full size; of the two sides together at most, unless more was asked for. */
const [ROW_HEIGHT, HIGHEST, LOWEST_ROW] = [13, 620, 2.5];
/** Titles, legend and axes, roughly: only used when a height was asked for. */
const OVERHEAD = 170;
const LABEL_GAP = 6;
/** Pixels that a name in a bar needs. */
const NAME_HEIGHT = 11;

const PHASES = ['startup', 'input-wait', 'execution', 'upload', 'invocation'] as const;
type Phase = (typeof PHASES)[number];

/** Handing on holds the update of dependencies as well. */
const labelOf = (phase: Phase): string => (phase === 'invocation' ? 'handing on' : PART_LABELS[phase]);

interface Bar {
  readonly phase: Phase;
  readonly row: number;
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

interface Side {
  readonly bars: readonly Bar[];
  readonly labels: readonly { readonly row: number; readonly text: string }[];
  readonly rowCount: number;
  readonly makespanSeconds: number;
}

/** Draws one run twice on the same axis of time: as recorded, and with the change. */
export function drawBeforeAfter(gantt: Gantt, frame: ChartFrame): VegaLiteSpec {
  const sides = [layOutSide(gantt.recorded), layOutSide(gantt.replayed)] as const;
  const available = frame.width - 2 * CHART_PADDING;
  const labelWidth = Math.ceil(
    (max(sides.flatMap(({ labels }) => labels.map(({ text }) => frame.textWidth(text, frame.fontSize)))) ?? 0) +
      LABEL_GAP,
  );
  const rowCount = sides[0].rowCount + sides[1].rowCount;
  const room = frame.height === null ? HIGHEST : Math.max(60, frame.height - OVERHEAD);
  const wanted = frame.height === null ? Math.min(ROW_HEIGHT, room / rowCount) : room / rowCount;
  const rowHeight = Math.max(LOWEST_ROW, wanted);
  const width = Math.floor(available - labelWidth);
  const end = Math.max(max(sides.flatMap(({ bars }) => bars.map(({ to }) => to))) ?? 0, 0.001);
  const { recorded, replayed, scenario } = gantt;
  const change = wordPercentChange(replayed.makespanMs / recorded.makespanMs - 1);
  const title = `${gantt.workflow}, ${shortPlannerName(gantt.planner)}: makespan ${wordFigure(recorded.makespanMs / 1000)}\u00a0s as recorded, ${wordFigure(replayed.makespanMs / 1000)}\u00a0s (${change}\u00a0%) with ${scenario}`;
  const draw = (side: Side, head: string, isLast: boolean) =>
    drawSide(side, head, { labelWidth, width, rowHeight, end, isLast }, frame);
  return {
    title: titleOf(
      [title],
      ['A row per worker, more where it did several things at once. Lines: the makespan.'],
      frame,
    ),
    config: { aria: false },
    spacing: 10,
    vconcat: [
      drawLegend(
        PHASES.map((phase) => ({
          name: labelOf(phase),
          shape: 'square',
          stroke: frame.palette.activities[phase],
          fill: frame.palette.activities[phase],
        })),
        available,
        frame,
      ),
      draw(sides[0], 'as recorded', false),
      draw(sides[1], `with ${scenario}`, true),
    ],
  };
}

/** Places what a worker did at one time in rows of its own. */
function layOutSide({ workers, makespanMs }: GanttSide): Side {
  const bars: Bar[] = [];
  const labels: { row: number; text: string }[] = [];
  let rowCount = 0;
  for (const worker of workers) {
    const ends: number[] = [];
    labels.push({ row: rowCount, text: worker.label });
    const place = (fromMs: number, toMs: number): number => {
      const free = ends.findIndex((endMs) => endMs <= fromMs + 1e-6);
      const row = free === -1 ? ends.length : free;
      ends[row] = toMs;
      return rowCount + row;
    };
    const row = place(worker.requestedMs, worker.readyMs);
    bars.push({
      phase: 'startup',
      row,
      from: worker.requestedMs / 1000,
      to: worker.readyMs / 1000,
      name: startupName(worker),
    });
    for (const task of [...worker.tasks].sort((a, b) => a.startedMs - b.startedMs))
      bars.push(...splitTask(task, place(task.startedMs, task.finishedMs)));
    rowCount += ends.length;
  }
  return { bars, labels, rowCount, makespanSeconds: makespanMs / 1000 };
}

const startupName = ({ memoryMb }: GanttWorker): string =>
  memoryMb === null ? 'start-up' : `start-up, ${memoryMb} MB`;

const splitTask = (task: GanttTask, row: number): Bar[] => {
  const instants: readonly (readonly [Phase, number, number])[] = [
    ['input-wait', task.startedMs, task.executionStartedMs],
    ['execution', task.executionStartedMs, task.executionEndedMs],
    ['upload', task.executionEndedMs, task.outputMs],
    ['invocation', task.outputMs, task.finishedMs],
  ];
  return instants
    .filter(([phase, from, to]) => to > from || phase === 'execution')
    .map(([phase, from, to]) => ({ phase, row, from: from / 1000, to: to / 1000, name: task.function }));
};

interface Layout {
  readonly labelWidth: number;
  readonly width: number;
  readonly rowHeight: number;
  /** In seconds. */
  readonly end: number;
  readonly isLast: boolean;
}

/** A position in pixels from the top of the rows. */
const verticalOf = (field: string, height: number) => ({
  field,
  type: 'quantitative',
  scale: { domain: [0, height], range: [0, height], nice: false, zero: false },
  axis: null,
});

const asGiven = (field: string) => ({ field, type: 'nominal', scale: null, legend: null });

function drawSide(side: Side, head: string, layout: Layout, frame: ChartFrame): Record<string, unknown> {
  const { labelWidth, width, rowHeight, end, isLast } = layout;
  const { palette } = frame;
  const height = Math.max(1, side.rowCount * rowHeight);
  const x = (field: string) => ({
    field,
    type: 'quantitative',
    scale: { domain: [0, end], range: [labelWidth, labelWidth + width], nice: false, zero: false },
    axis: {
      title: isLast ? 'seconds from submission' : null,
      grid: true,
      tickCount: Math.max(3, Math.round(width / 70)),
      labelFlush: false,
    },
  });
  const y = (field: string) => verticalOf(field, height);
  return {
    width: labelWidth + width,
    height,
    layer: [
      {
        data: { values: side.labels.slice(1).map(({ row }) => ({ y: row * rowHeight })) },
        mark: { type: 'rule', color: palette.faint, strokeWidth: 0.75 },
        encoding: { y: y('y'), x: { value: labelWidth }, x2: { value: labelWidth + width } },
      },
      {
        data: { values: boxBars(side.bars, rowHeight, frame) },
        mark: { type: 'rect', opacity: 1, ...ABOUT.mark },
        encoding: {
          x: x('x'),
          x2: { field: 'x2' },
          y: y('y'),
          y2: { field: 'y2' },
          fill: asGiven('fill'),
          ...ABOUT.encoding,
        },
      },
      {
        data: { values: [{ at: side.makespanSeconds }] },
        mark: { type: 'rule', color: palette.ink, strokeWidth: 1 },
        encoding: { x: x('at') },
      },
      {
        data: { values: rowHeight < NAME_HEIGHT ? [] : nameBars(side.bars, layout, frame) },
        mark: { type: 'text', align: 'left', baseline: 'middle' },
        encoding: { x: x('x'), y: y('y'), text: { field: 'text' }, fill: asGiven('fill') },
      },
      {
        data: { values: labelRows(side.labels, layout, frame) },
        mark: { type: 'text', align: 'right', baseline: 'middle', fill: palette.muted },
        encoding: { x: { value: labelWidth - LABEL_GAP }, y: y('y'), text: { field: 'text' } },
      },
      {
        data: { values: [{ text: head }] },
        mark: { type: 'text', align: 'left', baseline: 'bottom', fontWeight: 600, fill: palette.ink },
        encoding: { x: { value: 0 }, y: { value: -4 }, text: { field: 'text' } },
      },
    ],
  };
}

function boxBars(bars: readonly Bar[], rowHeight: number, { palette }: ChartFrame) {
  const gap = Math.min(1, rowHeight * 0.12);
  return bars.map(({ phase, row, from, to, name }) => ({
    x: from,
    x2: to,
    y: row * rowHeight + gap,
    y2: (row + 1) * rowHeight - gap,
    fill: palette.activities[phase],
    about: `${name}, ${labelOf(phase)}: ${wordFigure(to - from)} s`,
  }));
}

/** Labels as many rows as have room for it. */
function labelRows(labels: Side['labels'], { labelWidth, rowHeight }: Layout, frame: ChartFrame) {
  let free = Number.NEGATIVE_INFINITY;
  return labels.flatMap(({ row, text }) => {
    const y = (row + 0.5) * rowHeight;
    if (y < free) return [];
    free = y + frame.fontSize * 1.1;
    return [{ y, text: cutText(text, labelWidth - LABEL_GAP, frame) }];
  });
}

/** Enough of a name to be recognised. */
const SHORTEST_NAME = 6;

function nameBars(bars: readonly Bar[], { width, rowHeight, end }: Layout, frame: ChartFrame) {
  const { palette } = frame;
  return bars.flatMap(({ phase, row, from, to, name }) => {
    if (phase !== 'execution') return [];
    const text = cutText(name, ((to - from) / end) * width - 6, frame);
    if (text !== name && [...text].length < SHORTEST_NAME) return [];
    const fill = readableOn(palette.activities[phase], palette.background, palette.ink);
    return [{ x: from + (3 * end) / width, y: (row + 0.5) * rowHeight, text, fill }];
  });
}
