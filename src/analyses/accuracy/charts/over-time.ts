import { extent, median, min } from 'd3-array';
import { groupBy } from '../../../model/group-by.ts';
import { groupStructures } from '../../../model/group-structures.ts';
import { rollingQuartiles } from '../../../stats/rolling.ts';
import { ABOUT } from '../../../view/about.ts';
import { limitLines, titleOf, wrapText } from '../../../view/chart-text.ts';
import { countFitting, wordFold } from '../../../view/fold.ts';
import { drawNothing } from '../../../view/panel-grid.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { wordCount, wordInstant, wordNumber } from '../../../view/words.ts';
import type { AccuracyOptions } from '../options.ts';
import type { Quantity } from '../quantities.ts';
import type { AccuracyResult, SeriesPoint } from '../result.ts';
import { groupRuns } from '../series.ts';
import { isTelling, wordChanged } from '../wording.ts';
import { AXIS_WIDTH, availableWidth, LEGEND_GAP, markPlanners, type PlannerMarks, topOfErrors } from './planners.ts';

const GAP = 14;
const NARROWEST_PANEL = 210;
const MOST_COLUMNS = 3;
/** From this many workflows on, even a narrow picture gets two columns. */
const MANY_WORKFLOWS = 5;
const PANEL_HEIGHT = 128;
const LOWEST_PANEL = 60;
const PANEL_OVERHEAD = 46;
const OVERHEAD = 190;
/** More dots than this in one panel would be a smear: every n-th run stands for its neighbours. */
const MOST_DOTS = 1500;

/** One run's dot: `x` is epoch ms or the run's index, errors are in per cent. */
interface Dot {
  /** Its place among the planners. */
  readonly planner: number;
  readonly x: number;
  readonly error: number;
  readonly about: string;
}

/** Errors over time: a panel per workflow and structure, every run a dot, a rolling median with its quartile band per planner. */
export function drawOverTime(result: AccuracyResult, options: AccuracyOptions, frame: ChartFrame): VegaLiteSpec {
  const quantity = options.detailed[0] as Quantity;
  const points = result.series.filter((point) => point.quantity === quantity.key);
  if (points.length === 0) {
    const titles = result.headlines.slice(0, options.detailed.length);
    return drawNothing(titles, `no prediction of ${quantity.label} can be compared`, frame);
  }
  const planners = markPlanners(points, frame);
  const all = groupStructures(points);
  const shownCount = countPanels(all.length, frame);
  const panels = all.slice(0, shownCount).map((panel) => ({ ...panel, dots: dotsOf(panel.items, planners, options) }));
  const folded =
    shownCount < all.length
      ? [wordFold(`The first ${wordCount(shownCount, 'panel')} of ${all.length}`, 'all', frame)]
      : [];
  const dots = panels.flatMap((panel) => panel.dots);
  const longestMs = options.axis === 'index' ? Number.POSITIVE_INFINITY : longestGap(dots);
  const layout = layOut(panels.length, dots, options, frame);
  const changes =
    options.axis === 'index'
      ? []
      : result.changePoints.filter((c) => c.quantity === quantity.key && isTelling(c.ratio));
  const titles = [
    ...result.headlines.slice(0, options.detailed.length),
    // Changes of the other series stand in the tables.
    ...(changes.length > 0 ? [wordChanged(changes)] : []),
  ];
  return {
    title: titleOf(titles, [legendOf(quantity, options, dots, layout.top, changes.length > 0), ...folded], frame),
    spacing: LEGEND_GAP,
    vconcat: [
      {
        columns: layout.columnCount,
        spacing: GAP,
        concat: panels.map(({ workflow, structure, hash, dots: own }) => {
          const changedAtMs = new Set(
            changes.filter((c) => c.workflow === workflow && c.structure === structure).map(({ atMs }) => atMs),
          );
          return drawPanel({ text: workflow, hash }, own, changedAtMs, {
            layout,
            planners,
            options,
            longestMs,
            frame,
          });
        }),
      },
      planners.legend,
    ],
  };
}

/** A time without runs is a pause when it is as many times as long as the median one: campaigns are days apart, runs seconds. */
const PAUSE_FACTOR = 20;

/** The longest time between runs, in ms, that is no pause. */
function longestGap(dots: readonly Dot[]): number {
  const times = dots.map(({ x }) => x).sort((a, b) => a - b);
  const gaps = times.slice(1).map((x, i) => x - (times[i] as number));
  return PAUSE_FACTOR * (median(gaps) || Number.POSITIVE_INFINITY);
}

/** Numbers the stretches between pauses; the same number is one line. */
function numberStretches(dots: readonly Dot[], longestMs: number): ReadonlyMap<Dot, number> {
  let stretch = 0;
  return new Map(
    dots.map((dot, i) => {
      if (dot.x - (dots[i - 1]?.x ?? dot.x) > longestMs) stretch++;
      return [dot, stretch];
    }),
  );
}

interface Layout {
  readonly columnCount: number;
  readonly width: number;
  readonly height: number;
  readonly domain: readonly [number, number];
  /** Upper end of the error axis, in per cent. */
  readonly top: number;
}

function countColumns(panelCount: number, frame: ChartFrame): number {
  const fewest = panelCount >= MANY_WORKFLOWS ? 2 : 1;
  const fitting = Math.max(fewest, Math.floor(availableWidth(frame) / NARROWEST_PANEL));
  return Math.max(1, Math.min(panelCount, MOST_COLUMNS, fitting));
}

/** Counts the panels that are drawn: of all of them as many rows as fit. */
function countPanels(panelCount: number, frame: ChartFrame): number {
  const columnCount = countColumns(panelCount, frame);
  const rowHeight = (frame.height === null ? PANEL_HEIGHT : LOWEST_PANEL) + PANEL_OVERHEAD;
  const rowCount = countFitting(Math.ceil(panelCount / columnCount), rowHeight, OVERHEAD, frame);
  return Math.min(panelCount, rowCount * columnCount);
}

function layOut(panelCount: number, dots: readonly Dot[], options: AccuracyOptions, frame: ChartFrame): Layout {
  const available = availableWidth(frame);
  const columnCount = countColumns(panelCount, frame);
  const width = Math.floor((available - (columnCount - 1) * GAP) / columnCount - AXIS_WIDTH);
  const rowCount = Math.ceil(panelCount / columnCount);
  const forPanel = frame.height === null ? PANEL_HEIGHT : (frame.height - OVERHEAD) / rowCount - PANEL_OVERHEAD;
  const [first = 0, last = 1] = extent(dots, ({ x }) => x);
  const room = options.axis === 'index' ? 0.5 : Math.max(last - first, 60_000) * 0.03;
  return {
    columnCount,
    width,
    height: Math.max(LOWEST_PANEL, forPanel),
    domain: [(first ?? 0) - room, (last ?? 1) + room],
    top: topOfErrors(dots.map(({ error }) => error)),
  };
}

function dotsOf(points: readonly SeriesPoint[], planners: PlannerMarks, { axis }: AccuracyOptions): Dot[] {
  return groupRuns(points)
    .flatMap(({ point, points: own }): Dot[] => {
      const error = median(own, (each) => each.absolutePercentageError ?? Number.NaN);
      const x = axis === 'index' ? point.index : point.submittedAtMs;
      const about = `run ${point.runId}, ${point.planner}: error ${wordNumber((error ?? 0) * 100, 1)} %`;
      return error === undefined ? [] : [{ planner: planners.placeOf(point.planner), x, error: error * 100, about }];
    })
    .sort((a, b) => a.x - b.x);
}

/** Colours as they stand in the data. */
const FILL = { field: 'fill', type: 'nominal', scale: null, legend: null };

interface PanelContext {
  readonly layout: Layout;
  readonly planners: PlannerMarks;
  readonly options: AccuracyOptions;
  /** No line goes on after a time without runs longer than this. */
  readonly longestMs: number;
  readonly frame: ChartFrame;
}

interface Heading {
  readonly text: string;
  /** The structure's hash, in the other corner, where the workflow has several structures. */
  readonly hash: string | null;
}

function drawPanel(heading: Heading, dots: readonly Dot[], changedAtMs: ReadonlySet<number>, context: PanelContext) {
  const { layout, planners, options, frame } = context;
  const { top } = layout;
  const stretches = numberStretches(dots, context.longestMs);
  const rolled = groupBy(dots, ({ planner }) => planner).flatMap((own) => {
    const quartiles = rollingQuartiles(
      own.map(({ error }) => error),
      options.window,
    );
    // Several runs can share an index: the line goes through the last of them.
    return own.flatMap((dot, i) => {
      const { planner, x } = dot;
      const line = `${planner}/${stretches.get(dot)}`;
      return quartiles[i] && own[i + 1]?.x !== x
        ? [{ planner, line, fill: planners.colourOf(planner), x, ...quartiles[i] }]
        : [];
    });
  });
  const step = Math.ceil(dots.length / MOST_DOTS);
  const shown = dots.filter((_, i) => i % step === 0);
  const beyond = dots
    .filter(({ error }) => error > top)
    .map((dot) => ({ ...dot, fill: planners.colourOf(dot.planner), error: top }));
  const x = { field: 'x', ...encodeX(layout, options) };
  const y = { type: 'quantitative', scale: { domain: [0, top], nice: false, clamp: true }, axis: axisOf(layout) };
  return {
    width: layout.width,
    height: layout.height,
    layer: [
      ...drawHeading(heading, layout.width, frame),
      {
        data: { values: [...changedAtMs].map((atMs) => ({ x: atMs })) },
        mark: { type: 'rule', color: frame.palette.ink, strokeDash: [4, 3], strokeWidth: 1 },
        encoding: { x },
      },
      {
        data: { values: rolled },
        mark: { type: 'area', opacity: 0.14, clip: true },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, fill: FILL, detail: { field: 'line' } },
      },
      {
        data: { values: shown.filter(({ error }) => error <= top) },
        mark: { type: 'point', size: 20, strokeWidth: 1.1, filled: false, opacity: 0.9, ...ABOUT.mark },
        encoding: { x, y: { ...y, field: 'error' }, ...planners.marked, ...ABOUT.encoding },
      },
      {
        data: { values: beyond },
        mark: { type: 'text', text: '\u2191', baseline: 'top', fontWeight: 600 },
        encoding: { x, y: { ...y, field: 'error' }, fill: FILL },
      },
      {
        data: { values: rolled },
        mark: { type: 'line', strokeWidth: 1.8, clip: true },
        encoding: { x, y: { ...y, field: 'median' }, color: planners.color, detail: { field: 'line' } },
      },
    ],
  };
}

/** Lines of a heading's name at most. */
const MOST_HEAD_LINES = 3;

/** Marks, because Vega's own titles lose some names: `__proto__` is nothing to them. The hash stands behind the name, or below it. */
function drawHeading({ text, hash }: Heading, width: number, frame: ChartFrame): Record<string, unknown>[] {
  const { palette, fontSize } = frame;
  const lines = limitLines(wrapText(text, width, frame, true), MOST_HEAD_LINES);
  const lastWidth = frame.textWidth(lines.at(-1) ?? '', fontSize, true);
  const isBehind = hash !== null && lastWidth + frame.textWidth(` ${hash}`, fontSize) <= width;
  const below = hash !== null && !isBehind ? 1 : 0;
  const lineHeight = Math.round(fontSize * 1.3);
  const at = (content: string, x: number, line: number, mark: Record<string, unknown>) => ({
    data: { values: [{ text: content }] },
    mark: { type: 'text', baseline: 'bottom', ...mark },
    encoding: { x: { value: x }, y: { value: -6 - line * lineHeight }, text: { field: 'text' } },
  });
  const hashLook = { fill: palette.muted, align: isBehind ? 'right' : 'left' };
  return [
    ...lines.map((line, i) => at(line, 0, lines.length - 1 - i + below, { align: 'left', fontWeight: 600 })),
    ...(hash === null ? [] : [at(hash, isBehind ? width : 0, 0, hashLook)]),
  ];
}

const axisOf = ({ height }: Layout) => ({ title: 'error in %', tickCount: Math.max(2, Math.floor(height / 30)) });

const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];

function encodeX({ domain, width }: Layout, { axis }: AccuracyOptions) {
  const tickCount = Math.max(3, Math.floor(width / 45));
  const common = { title: null, tickCount, grid: false, labelOverlap: true, labelSeparation: 8 };
  if (axis === 'index') {
    const scale = { domain, nice: false, zero: false };
    return { type: 'quantitative', scale, axis: { ...common, tickMinStep: 1, format: 'd' } };
  }
  const span = domain[1] - domain[0];
  return {
    type: 'temporal',
    scale: { type: 'utc', domain, nice: false },
    axis: { ...common, format: formatOf(span, tickCount) },
  };
}

/** No two ticks have the same label. */
function formatOf(spanMs: number, tickCount: number): string {
  if (spanMs < tickCount * MINUTE_MS) return '%H:%M:%S';
  if (spanMs < 36 * HOUR_MS) return '%H:%M';
  return spanMs < 300 * DAY_MS ? '%d %b' : '%b %Y';
}

function legendOf(
  quantity: Quantity,
  options: AccuracyOptions,
  dots: readonly Dot[],
  top: number,
  changed: boolean,
): string {
  const across =
    options.axis === 'index'
      ? 'the k-th run of its workflow, planner and SLA'
      : `the time of submission (UTC, from ${wordInstant(min(dots, ({ x }) => x) ?? null)} on)`;
  const beyond = dots.filter(({ error }) => error > top).length;
  return [
    `Absolute error of the predicted ${quantity.label} against ${across}. Each mark is a run; line and band: median and quartiles of the last ${options.window} runs of the planner${options.axis === 'index' ? '' : ', not drawn over pauses'}.`,
    ...(beyond > 0 ? [`Arrows: ${beyond} beyond the axis.`] : []),
    ...(changed ? [`Dashed: a change point of the ${quantity.label} or of its prediction.`] : []),
  ].join(' ');
}
