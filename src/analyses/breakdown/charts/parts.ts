import { listPathParts, type PathPart } from '../../../model/critical-path.ts';
import { groupBy } from '../../../model/group-by.ts';
import { shortenPlanners } from '../../../model/names.ts';
import { ABOUT } from '../../../view/about.ts';
import { CHART_PADDING, cutNames, titleOf } from '../../../view/chart-text.ts';
import { readableOn } from '../../../view/contrast.ts';
import { countFitting, wordFold } from '../../../view/fold.ts';
import { drawNothing } from '../../../view/panel-grid.ts';
import { PATH_PART_LABELS } from '../../../view/part-marks.ts';
import type { ChartFrame, Palette, VegaLiteSpec } from '../../../view/view.ts';
import { wordCount, wordFigure, wordList, wordNumber } from '../../../view/words.ts';
import type { BreakdownResult, PathBreakdown } from '../result.ts';
import { lowestOf, unrecordedParts } from '../wording.ts';

/**
 * A bar per planner, stacked by the parts of its critical path: in seconds, with the interval of the makespan, or as shares.
 * Positions are laid out here, so that negative parts stand left of zero and labels fit their bars.
 */
export function drawParts(result: BreakdownResult, kind: 'absolute' | 'share', frame: ChartFrame): VegaLiteSpec {
  const shorten = shortenPlanners(result.planners);
  const all = result.planners.flatMap(({ planner, criticalPath }) =>
    criticalPath ? [{ label: shorten(planner), path: criticalPath }] : [],
  );
  if (all.length === 0) return drawNothing([TITLES[kind]], 'no run has a critical path that can be followed', frame);
  const bars = all.slice(0, countFitting(all.length, frame.height === null ? ROW_HEIGHT : LOWEST_ROW, OVERHEAD, frame));
  const folded =
    bars.length < all.length
      ? [wordFold(`The first ${wordCount(bars.length, 'planner')} of ${all.length}`, 'all', frame)]
      : [];
  const layout = layOut(bars, kind, frame);
  const segments = bars.flatMap((bar, row) => stackParts(bar.path, row, kind));
  return {
    title: titleOf([TITLES[kind]], [...legendOf(result, bars, kind), ...folded], frame),
    width: layout.width,
    height: layout.height,
    // Names and legend stand in the frame too: only the bars' own width counts here.
    autosize: { type: 'pad', contains: 'content' },
    layer: [
      drawSegments(segments, kind, layout, frame.palette),
      drawNames(layout, frame.palette),
      drawShares(segments, layout, frame),
      ...(kind === 'absolute' ? drawTotals(bars, layout, frame) : []),
    ],
  };
}

const TITLES = {
  absolute: 'Critical path by part: mean seconds per run',
  share: 'Critical path by part: % of the makespan',
} as const;

interface Bar {
  readonly label: string;
  readonly path: PathBreakdown;
}

interface Layout {
  readonly width: number;
  readonly height: number;
  readonly rowHeight: number;
  /** In seconds, or per cent. */
  readonly domain: readonly [number, number];
  readonly labels: readonly string[];
  readonly labelWidth: number;
  readonly parts: readonly PathPart[];
  readonly legendColumns: number;
  readonly legendHeight: number;
  readonly title: string;
}

const ROW_HEIGHT = 30;
const LOWEST_ROW = 18;
/** Axis, legend, title and padding, roughly. */
const OVERHEAD = 150;
/** Space between a bar's name and the bar. */
const LABEL_GAP = 8;
/** A legend's symbol with the space around an entry. */
const SYMBOL_SPACE = 28;
const LEGEND_ROW = 18;

/** The parts that any bar has, in their order. */
function partsOf(bars: readonly Bar[]): readonly PathPart[] {
  const own = new Set(bars.flatMap(({ path }) => path.parts.flatMap(({ part, meanMs }) => (meanMs ? [part] : []))));
  return listPathParts(own.has('pending')).filter((part) => own.has(part));
}

/** Gives a part its colour: a wait that may be one part or another is grey, for their own colours stand beside it in other bars. */
const colourOf = (part: PathPart, { activities }: Palette): string => activities[part === 'pending' ? 'tail' : part];

function layOut(bars: readonly Bar[], kind: 'absolute' | 'share', frame: ChartFrame): Layout {
  const available = frame.width - 2 * CHART_PADDING;
  const widest = Math.max(0, ...bars.map(({ label }) => frame.textWidth(label, frame.fontSize)));
  const labelWidth = Math.ceil(Math.min(widest, available * 0.34));
  const parts = partsOf(bars);
  const entry =
    Math.max(...parts.map((part) => frame.textWidth(PATH_PART_LABELS[part], frame.fontSize))) + SYMBOL_SPACE;
  const legendColumns = Math.max(1, Math.min(parts.length, Math.floor(available / entry)));
  const rowHeight =
    frame.height === null ? ROW_HEIGHT : Math.max(LOWEST_ROW, (frame.height - OVERHEAD) / Math.max(1, bars.length));
  const ends = bars.flatMap(({ path }) => {
    const { left, right } = extentOf(path, kind);
    return [left, right, ...(kind === 'absolute' ? [(path.totalCiHigh ?? 0) / 1000] : [])];
  });
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends) || 1];
  // The last label of the axis is centred on its tick, and reaches beyond it.
  const width = Math.floor(available - labelWidth - LABEL_GAP - frame.textWidth('100', frame.fontSize) / 2);
  // Beside the longest bar there must be room for its total.
  const room = kind === 'absolute' ? (frame.textWidth('00.0 s', frame.fontSize, true) + LABEL_GAP) / width : 0;
  return {
    width,
    height: Math.round(rowHeight * Math.max(1, bars.length)),
    rowHeight,
    domain: [low, low + (high - low) / (1 - room)],
    labels: cutNames(
      bars.map(({ label }) => label),
      labelWidth,
      frame,
    ),
    labelWidth,
    parts,
    legendColumns,
    legendHeight: Math.ceil(parts.length / legendColumns) * LEGEND_ROW + LABEL_GAP,
    title: kind === 'absolute' ? 'seconds' : '% of the makespan',
  };
}

interface Segment {
  readonly row: number;
  readonly part: PathPart;
  readonly from: number;
  readonly to: number;
  readonly share: number;
}

/** Negative parts are stacked to the left of zero. */
function stackParts({ parts }: PathBreakdown, row: number, kind: 'absolute' | 'share'): Segment[] {
  let [left, right] = [0, 0];
  return parts.flatMap(({ part, meanMs, shareFraction }): Segment[] => {
    if (meanMs === null || shareFraction === null || meanMs === 0) return [];
    const length = kind === 'absolute' ? meanMs / 1000 : shareFraction * 100;
    const from = length < 0 ? left : right;
    if (length < 0) left += length;
    else right += length;
    return [{ row, part, from, to: from + length, share: shareFraction }];
  });
}

function extentOf(path: PathBreakdown, kind: 'absolute' | 'share'): { left: number; right: number } {
  const ends = stackParts(path, 0, kind).map(({ to }) => to);
  return { left: Math.min(0, ...ends), right: Math.max(0, ...ends) };
}

const horizontalOf = ({ domain, title, width }: Layout, field: string) => ({
  field,
  type: 'quantitative',
  scale: { domain, nice: false, zero: false },
  axis: { title, grid: true, tickCount: Math.max(3, Math.round(width / 80)) },
});

const verticalOf = (layout: Layout, field = 'row') => ({
  field,
  type: 'quantitative',
  scale: { domain: [-0.5, layout.labels.length - 0.5], reverse: true, nice: false, zero: false },
  axis: null,
});

/** Bar and interval lie here around the middle of their row, as fractions of it: the interval along the bar's lower edge. */
const BAR = { top: -0.4, middle: -0.1, bottom: 0.2, interval: 0.2 };

/** A part's length with its share. */
function wordSegment({ part, from, to, share }: Segment, kind: 'absolute' | 'share'): string {
  const seconds = kind === 'absolute' ? `${wordFigure(to - from)} s, ` : '';
  return `${PATH_PART_LABELS[part]}: ${seconds}${wordNumber(share * 100, 1)} %`;
}

function drawSegments(segments: readonly Segment[], kind: 'absolute' | 'share', layout: Layout, palette: Palette) {
  return {
    data: {
      values: segments.map((segment) => ({
        ...segment,
        label: PATH_PART_LABELS[segment.part],
        about: wordSegment(segment, kind),
        top: segment.row + BAR.top,
        bottom: segment.row + BAR.bottom,
      })),
    },
    mark: { type: 'rect', stroke: palette.background, strokeWidth: 0.75, opacity: 1, ...ABOUT.mark },
    encoding: {
      ...ABOUT.encoding,
      x: horizontalOf(layout, 'from'),
      x2: { field: 'to' },
      y: verticalOf(layout, 'top'),
      y2: { field: 'bottom' },
      color: {
        field: 'label',
        type: 'nominal',
        scale: {
          domain: layout.parts.map((part) => PATH_PART_LABELS[part]),
          range: layout.parts.map((part) => colourOf(part, palette)),
        },
        legend: {
          title: null,
          // From the left edge of the picture, above the bars: names may be wide.
          orient: 'none',
          legendX: -layout.labelWidth - LABEL_GAP,
          legendY: -layout.legendHeight,
          direction: 'horizontal',
          columns: layout.legendColumns,
          symbolType: 'square',
          symbolOpacity: 1,
          labelLimit: 0,
        },
      },
    },
  };
}

/** The planners' names, left of their bars. */
function drawNames(layout: Layout, palette: Palette) {
  return {
    data: { values: layout.labels.map((text, row) => ({ text, row: row + BAR.middle })) },
    mark: { type: 'text', align: 'right', baseline: 'middle', fill: palette.muted },
    encoding: { x: { value: -LABEL_GAP + 1 }, y: verticalOf(layout), text: { field: 'text' } },
  };
}

/** The share in per cent, in segments that hold it. */
function drawShares(segments: readonly Segment[], layout: Layout, frame: ChartFrame) {
  const [low, high] = layout.domain;
  const { palette } = frame;
  const texts = segments.flatMap(({ row, part, from, to, share }) => {
    const text = wordNumber(share * 100, 0);
    const pixels = (Math.abs(to - from) / (high - low)) * layout.width;
    const fits = frame.textWidth(text, frame.fontSize, true) + 6 <= pixels;
    const fill = readableOn(colourOf(part, palette), palette.background, palette.ink);
    return fits ? [{ row: row + BAR.middle, middle: (from + to) / 2, text, fill }] : [];
  });
  return {
    data: { values: texts },
    mark: { type: 'text', baseline: 'middle', fontWeight: 600 },
    encoding: {
      x: horizontalOf(layout, 'middle'),
      y: verticalOf(layout),
      text: { field: 'text' },
      fill: { field: 'fill', type: 'nominal', scale: null, legend: null },
    },
  };
}

/** Half the height of a whisker, as a fraction of a row. */
const WHISKER = 0.11;

/** The makespan at the end of each bar, with its interval across that end. */
function drawTotals(bars: readonly Bar[], layout: Layout, frame: ChartFrame) {
  const totals = bars.map(({ path }, row) => ({
    row: row + BAR.middle,
    end: Math.max(extentOf(path, 'absolute').right, (path.totalCiHigh ?? 0) / 1000),
    text: `${wordFigure(path.totalMs / 1000)} s`,
  }));
  const intervals = bars.flatMap(({ path: { totalCiLow, totalCiHigh } }, row) =>
    totalCiLow === null || totalCiHigh === null
      ? []
      : [{ row: row + BAR.interval, low: (lowestOf(totalCiLow) ?? 0) / 1000, high: totalCiHigh / 1000 }],
  );
  return [
    ...[
      { color: frame.palette.background, strokeWidth: 4.2 },
      { color: frame.palette.ink, strokeWidth: 1.6 },
    ].map((mark) => ({
      data: { values: intervals },
      mark: { type: 'rule', ...mark },
      encoding: { x: horizontalOf(layout, 'low'), x2: { field: 'high' }, y: verticalOf(layout) },
    })),
    // Whiskers on both ends.
    {
      data: {
        values: intervals.flatMap(({ row, low, high }) =>
          [low, high].map((end) => ({ end, top: row - WHISKER, bottom: row + WHISKER })),
        ),
      },
      mark: { type: 'rule', color: frame.palette.ink, strokeWidth: 1.6 },
      encoding: { x: horizontalOf(layout, 'end'), y: verticalOf(layout, 'top'), y2: { field: 'bottom' } },
    },
    {
      data: { values: totals },
      mark: { type: 'text', align: 'left', baseline: 'middle', dx: 4, fontWeight: 600 },
      encoding: { x: horizontalOf(layout, 'end'), y: verticalOf(layout), text: { field: 'text' } },
    },
  ];
}

function legendOf({ criticalPath }: BreakdownResult, bars: readonly Bar[], kind: 'absolute' | 'share'): string[] {
  const runs = wordCount(
    bars.reduce((sum, { path }) => sum + path.runCount, 0),
    'run',
  );
  const over =
    criticalPath.blocksUsed === 'common'
      ? `${runs}; equal weight to each of ${wordCount(criticalPath.blocks.length, 'block')} that every planner has.`
      : `${runs}; each planner over its own blocks: not to be compared with each other.`;
  const known = bars.filter(({ path }) => path.totalCiLow !== null).length;
  const few = known < bars.length ? ', where runs are enough for one' : '';
  const whiskers = known > 0 ? ` Whiskers: 95 % interval of the mean makespan${few}.` : '';
  const intervals = kind === 'absolute' ? `${whiskers} Figures in bars are %.` : '';
  const unrecorded = groupBy(
    bars.map(({ label, path }) => ({ label, parts: unrecordedParts(path) })).filter(({ parts }) => parts.length > 0),
    ({ parts }) => parts.join(),
  );
  return [
    over + intervals,
    ...unrecorded.map((own) =>
      wordUnrecorded(
        own[0]?.parts ?? [],
        own.map(({ label }) => label),
      ),
    ),
  ];
}

function wordUnrecorded(parts: readonly PathPart[], labels: readonly string[]): string {
  const names = wordList(parts.map((part) => PATH_PART_LABELS[part]));
  const verb = parts.length === 1 ? 'is' : 'are';
  return `${names.slice(0, 1).toUpperCase()}${names.slice(1)} ${verb} not recorded for ${wordList(labels)}.`;
}
