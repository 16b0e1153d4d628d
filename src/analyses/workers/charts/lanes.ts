import { median, min } from 'd3-array';
import { CONTAINER_STATES, type ContainerState } from '../../../containers/periods.ts';
import { ABOUT } from '../../../view/about.ts';
import { CHART_PADDING, titleOf } from '../../../view/chart-text.ts';
import type { ChartFrame, Palette, VegaLiteSpec } from '../../../view/view.ts';
import { wordCount, wordFigure, wordInstant } from '../../../view/words.ts';
import {
  assignLanes,
  type Band,
  bandLanes,
  countMostAlive,
  countStates,
  type StateCount,
  type Swimmer,
} from '../lanes.ts';
import type { WorkersResult } from '../result.ts';
import { layOutTimeAxis, type TimeAxis } from '../time-axis.ts';

/** The input of the chart; a log has no runs to mark. */
export interface Drawn extends Pick<WorkersResult, 'headline' | 'runCount'> {
  readonly settings: Pick<WorkersResult['settings'], 'reuse'>;
  readonly containers: readonly Swimmer[];
  readonly sessions: readonly Pick<WorkersResult['sessions'][number], 'runId' | 'requestedAtMs'>[];
}

/**
 * Swim lanes: one container a lane at a time, in four states, below a step line of the containers alive. Where lanes or bands would be
 * thinner than can be seen, states are counted instead.
 */
export function drawLanes(result: Drawn, frame: ChartFrame): VegaLiteSpec {
  const layout = layOut(result.containers, frame);
  const { lanes, laneCount } = assignLanes(result.containers);
  const height =
    frame.height === null ? Math.min(MOST_HEIGHT, Math.max(laneCount * LANE_HEIGHT, LOWEST)) : frame.height - OVERHEAD;
  const bands =
    laneCount * THINNEST_LANE <= height ? bandLanes(result.containers, lanes, layout.axis, layout.width) : [];
  if (bands.length === 0 || bands.length > MOST_BANDS || isSmear(bands, layout)) return drawCounts(result, frame, true);
  const packed = laneCount < result.containers.length;
  const legend = packed
    ? `A lane holds one container at a time; ${wordCount(result.containers.length, 'container')} took turns in ${laneCount} lanes.`
    : 'A lane for each container.';
  const marked = result.runCount > 0 && marksRuns(result.runCount, layout) ? ' Thin lines: runs begin.' : '';
  return compose(
    result,
    layout,
    frame,
    [`${legend}${marked} Alive: the most at one time.`],
    [
      drawStep(result.containers, layout, frame),
      {
        width: layout.width,
        height: Math.max(LOWEST, height),
        layer: [
          ...drawCuts(layout, frame),
          drawBands(bands, packed, laneCount, layout, frame),
          ...drawRuns(result, layout, frame),
        ],
      },
    ],
  );
}

/** Pixels of half the bands at least: of narrower ones nobody tells the colours. */
const NARROWEST_BAND = 2.5;

function isSmear(bands: readonly Band[], { axis, width }: Layout): boolean {
  const typical = median(bands, ({ from, to }) => to - from) ?? 0;
  return (typical / axis.lengthMs) * width < NARROWEST_BAND;
}

const marksRuns = (count: number, layout: Layout): boolean => count * RUN_DISTANCE <= layout.width;

/** Marks the request for each run's first worker; many runs would hatch the picture. */
function drawRuns({ sessions }: Drawn, layout: Layout, frame: ChartFrame): VegaLiteSpec[] {
  const begins = new Map<string, number>();
  for (const { runId, requestedAtMs } of sessions) if (!begins.has(runId)) begins.set(runId, requestedAtMs);
  if (!marksRuns(begins.size, layout)) return [];
  return [
    {
      data: { values: [...begins.values()].map((atMs) => ({ position: layout.axis.place(atMs) })) },
      mark: { type: 'rule', color: frame.palette.muted, strokeWidth: 0.75, opacity: 0.7 },
      encoding: { x: xOf(layout, 'position') },
    },
  ];
}

/** Containers alive over time, stacked by what they are doing. */
export const drawAlive = (result: Drawn, frame: ChartFrame): VegaLiteSpec => drawCounts(result, frame, false);

function drawCounts(result: Drawn, frame: ChartFrame, isFolded: boolean): VegaLiteSpec {
  const layout = layOut(result.containers, frame);
  const height = frame.height === null ? ALIVE_HEIGHT : Math.max(LOWEST, frame.height - OVERHEAD);
  return compose(
    result,
    layout,
    frame,
    [
      'Alive: the most containers at one time. Below: their mean number in each column, stacked by what they were doing.',
      ...(isFolded && result.runCount > 0
        ? ['Too many for lanes: --since, --until and --where draw those of fewer runs.']
        : []),
    ],
    [
      drawStep(result.containers, layout, frame, countColumns(layout)),
      {
        width: layout.width,
        height,
        layer: [...drawCuts(layout, frame), drawStates(result.containers, layout, frame)],
      },
    ],
  );
}

const LEFT_MARGIN = 46;
const LANE_HEIGHT = 11;
const THINNEST_LANE = 3;
const [LOWEST, MOST_HEIGHT, ALIVE_HEIGHT, STEP_HEIGHT] = [40, 460, 220, 56];
/** Titles, legend, step line and axes, roughly: only used when a height was asked for. */
const OVERHEAD = 190;
/** About 150 bytes of SVG each: more would make the picture larger than 2 MB. */
const MOST_BANDS = 9000;
/** Runs are marked where their lines stand that far apart, in pixels. */
const RUN_DISTANCE = 24;

interface Layout {
  readonly width: number;
  readonly axis: TimeAxis;
  /** The first instant shown; `null` when nothing was alive. */
  readonly fromMs: number | null;
}

function layOut(containers: readonly Swimmer[], frame: ChartFrame): Layout {
  const width = Math.floor(frame.width - 2 * CHART_PADDING - LEFT_MARGIN - 16);
  const spans = containers.flatMap(({ periods }) => {
    const [first, last] = [periods[0], periods.at(-1)];
    return first && last ? [{ fromMs: first.startAtMs, toMs: last.endAtMs }] : [];
  });
  const axis = layOutTimeAxis(spans.length > 0 ? spans : [{ fromMs: 0, toMs: 1 }], width, frame);
  return { width, axis, fromMs: min(spans, ({ fromMs }) => fromMs) ?? null };
}

function compose(
  { headline, settings }: Drawn,
  layout: Layout,
  frame: ChartFrame,
  legend: readonly string[],
  panels: readonly VegaLiteSpec[],
): VegaLiteSpec {
  const cut = layout.axis.cuts.length > 0 ? ' Dashed: time left out, when nothing was alive.' : '';
  const notes = `UTC, from ${wordInstant(layout.fromMs)} on.${cut} Reuse: ${settings.reuse}.`;
  return {
    title: titleOf(headline.split('; ').slice(0, 2), [...legend, notes], frame),
    vconcat: panels,
    spacing: 10,
  };
}

const xOf = ({ axis }: Layout, field: string, labels = true) => ({
  field,
  type: 'quantitative',
  scale: { domain: [0, axis.lengthMs], nice: false, zero: false },
  axis: {
    title: null,
    values: axis.ticks.map(({ position }) => position),
    labels,
    ticks: labels,
    labelExpr: `(${JSON.stringify(Object.fromEntries(axis.ticks.map(({ position, label }) => [String(position), label])))})[datum.value]`,
    labelOverlap: false,
    labelFlush: false,
    grid: false,
  },
});

/** Colours as in `wfa breakdown` and `wfa run`: a busy worker executes. */
const colourOf = ({ activities }: Palette): Readonly<Record<ContainerState, string>> => ({
  starting: activities.startup,
  busy: activities.execution,
  idle: activities.idle,
  tail: activities.tail,
});

/** Encodes states by colour; the legend names those that occur. */
const encodeState = (occurring: ReadonlySet<ContainerState>, frame: ChartFrame) => ({
  field: 'state',
  type: 'nominal',
  sort: CONTAINER_STATES,
  scale: { domain: CONTAINER_STATES, range: CONTAINER_STATES.map((state) => colourOf(frame.palette)[state]) },
  legend: {
    title: null,
    values: CONTAINER_STATES.filter((state) => occurring.has(state)),
    orient: 'top',
    direction: 'horizontal',
    symbolType: 'square',
    symbolOpacity: 1,
    symbolStrokeWidth: 0,
  },
});

function drawBands(bands: readonly Band[], packed: boolean, laneCount: number, layout: Layout, frame: ChartFrame) {
  const gap = laneCount * LANE_HEIGHT > MOST_HEIGHT ? 0.05 : 0.12;
  const y = {
    type: 'quantitative',
    scale: { domain: [0, laneCount], reverse: true, nice: false },
    axis: { title: packed ? 'lane' : 'container', tickMinStep: 1, tickCount: Math.min(laneCount, 5), grid: false },
  };
  return {
    data: {
      values: bands.map(({ lane, ...band }) => ({
        ...band,
        top: lane + gap,
        bottom: lane + 1 - gap,
        about: `lane ${lane + 1}, ${band.state}: ${wordFigure((band.to - band.from) / 1000)} s`,
      })),
    },
    mark: { type: 'rect', opacity: 1, strokeWidth: 0, ...ABOUT.mark },
    encoding: {
      ...ABOUT.encoding,
      x: xOf(layout, 'from'),
      x2: { field: 'to' },
      y: { ...y, field: 'top' },
      y2: { field: 'bottom' },
      color: encodeState(new Set(bands.map(({ state }) => state)), frame),
    },
  };
}

function drawStep(
  containers: readonly Swimmer[],
  layout: Layout,
  frame: ChartFrame,
  columnCount = layout.width,
): VegaLiteSpec {
  const alive = countMostAlive(containers, layout.axis, columnCount).map((count, column) => ({
    position: (column * layout.axis.lengthMs) / columnCount,
    alive: count,
  }));
  const changed = alive.filter(({ alive: count }, i) => i === 0 || count !== alive[i - 1]?.alive);
  return {
    width: layout.width,
    height: STEP_HEIGHT,
    data: { values: [...changed, { position: layout.axis.lengthMs, alive: 0 }] },
    mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.2, color: frame.palette.ink },
    encoding: {
      x: xOf(layout, 'position', false),
      y: {
        field: 'alive',
        type: 'quantitative',
        axis: { title: 'alive', tickCount: 3, tickMinStep: 1, grid: true },
      },
    },
  };
}

/** Pixels of a column in which states are counted: narrower ones are a thicket. */
const COLUMN_WIDTH = 4;

const countColumns = ({ width }: Layout): number => Math.max(1, Math.floor(width / COLUMN_WIDTH));

function drawStates(containers: readonly Swimmer[], layout: Layout, frame: ChartFrame) {
  const counts = countStates(containers, layout.axis, countColumns(layout));
  const occurring = new Set(CONTAINER_STATES.filter((state) => counts.some((count) => count[state] > 0)));
  return {
    data: { values: counts.flatMap((count) => spreadStates(count)) },
    mark: { type: 'area', interpolate: 'step-after', opacity: 1, line: false },
    encoding: {
      x: xOf(layout, 'position'),
      y: {
        field: 'count',
        type: 'quantitative',
        stack: 'zero',
        axis: { title: 'mean containers', tickCount: 5, tickMinStep: 1, grid: true },
      },
      color: encodeState(occurring, frame),
      order: { field: 'order', type: 'quantitative' },
    },
  };
}

/** Work at the bottom, where its height is easiest to read. */
const STACKING: Readonly<Record<ContainerState, number>> = { busy: 0, starting: 1, idle: 2, tail: 3 };

const spreadStates = ({ position, ...states }: StateCount) =>
  CONTAINER_STATES.map((state) => ({ position, state, count: states[state], order: STACKING[state] }));

function drawCuts(layout: Layout, frame: ChartFrame) {
  if (layout.axis.cuts.length === 0) return [];
  return [
    {
      data: { values: layout.axis.cuts.map((position) => ({ position })) },
      mark: { type: 'rule', color: frame.palette.muted, strokeDash: [3, 3], strokeWidth: 1 },
      encoding: { x: xOf(layout, 'position') },
    },
  ];
}
