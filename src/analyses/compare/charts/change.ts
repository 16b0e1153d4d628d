import { extent, max } from 'd3-array';
import { findMetric } from '../../../model/metrics.ts';
import { ABOUT } from '../../../view/about.ts';
import {
  type ChangeState,
  type ChangeTone,
  drawStateMarks,
  encodeTone,
  listStates,
} from '../../../view/change-states.ts';
import { CHART_PADDING, cutNames, titleOf, wrapText } from '../../../view/chart-text.ts';
import { countFitting, roomBeside, wordFold } from '../../../view/fold.ts';
import { drawLegend } from '../../../view/legend.ts';
import { encodeRatioAxis, layOutRatioAxis, type RatioAxis } from '../../../view/ratio-axis.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import {
  readableUnit,
  wordChange,
  wordCount,
  wordFigure,
  wordPercentChange,
  wordPercentInterval,
} from '../../../view/words.ts';
import { stateOf, toneOf } from '../../design/change-state.ts';
import type { BlockChange, CellSummary, Comparison, OverallChange } from '../../design/comparison.ts';
import type { ContrastOutcome } from '../../design/outcome.ts';
import type { CompareResult } from '../result.ts';
import { labelOf, nameWorkflows } from '../wording.ts';
import { type ChartRow, LEVELS, type Level, layOutRows } from './rows.ts';

/**
 * The forest plot: a row per block and one for all, a column per metric, change on a logarithmic axis, with its interval and
 * every run's own dot. Positions are laid out here in pixels, so that the same picture comes out at every width. Where it would be
 * higher than a page, or than asked for, rows are folded to workflows, then to the overall changes.
 */
export function drawChange(result: CompareResult, frame: ChartFrame): VegaLiteSpec {
  return drawLevel(result, chooseLevel(result, frame), frame);
}

/** The summary, as papers print it: a row per candidate, all blocks together. */
export function drawSummary(result: CompareResult, frame: ChartFrame): VegaLiteSpec {
  return drawLevel(result, 'overall', frame, 'summary');
}

/** The first level that is no higher than asked for, or than a page. */
function chooseLevel(result: CompareResult, frame: ChartFrame): Level {
  const fits = (level: Level) => {
    const { height, lineCount } = layOut(layOutRows(result, level), metricsOf(result), {
      ...frame,
      height: frame.height && 1,
    });
    return lineCount * (height + AXIS_HEIGHT) <= roomBeside(TITLE_HEIGHT + LEGEND_HEIGHT, frame);
  };
  const hasWorkflows = result.comparisons.some(({ workflows }) => workflows.length > 0);
  return LEVELS.find((level) => (level !== 'workflows' || hasWorkflows) && fits(level)) ?? 'overall';
}

/** The metrics in as many lines of panels as fit. */
function chooseMetrics(result: CompareResult, rows: readonly ChartRow[], frame: ChartFrame): string[] {
  const metrics = metricsOf(result);
  const { lineCount, columnCount, height } = layOut(rows, metrics, { ...frame, height: frame.height && 1 });
  const lines = countFitting(lineCount, height + AXIS_HEIGHT, TITLE_HEIGHT + LEGEND_HEIGHT, frame);
  return lines < lineCount ? metrics.slice(0, lines * columnCount) : metrics;
}

/** The metrics that some block has figures of; all of them where no metric has any. */
function metricsOf({ comparisons }: CompareResult): string[] {
  const measured = comparisons.filter(({ overall }) => overall.blockCount > 0);
  return [...new Set((measured.length > 0 ? measured : comparisons).map(({ metric }) => metric))];
}

function drawLevel(result: CompareResult, level: Level, frame: ChartFrame, kind?: 'summary'): VegaLiteSpec {
  const rows = layOutRows(result, level);
  const metrics = chooseMetrics(result, rows, frame);
  const layout = layOut(rows, metrics, frame);
  const panels = metrics.map((metric) => placePanel(metric, rows, result, layout, frame));
  const wordings = chooseWordings(panels, layout.panelWidth, frame);
  const drawn = panels.map((panel, i) => drawPanel(panel, wordings[i] as Wording, rows, layout, frame));
  const lines = chunk(drawn, layout.columnCount).map((line) => ({
    hconcat: [drawLabels(rows, layout, frame), ...line],
    spacing: GAP,
    // Headings reach over the panels beside them; only the panels' own widths count.
    bounds: 'flush',
  }));
  const legend = drawLegend(
    listStates(
      panels.flatMap(({ marks }) => marks.map(({ state }) => state)),
      frame.palette,
    ),
    frame.width - 2 * CHART_PADDING,
    frame,
  );
  const metricCount = metricsOf(result).length;
  const folded = [
    ...(kind === 'summary' || level === 'blocks'
      ? []
      : [wordFolded(result, level, metrics.length < metricCount ? metricCount : null, frame)]),
    ...(metrics.length < metricCount
      ? [wordFold(`The first ${wordCount(metrics.length, 'metric')} of ${metricCount}`, 'all', frame)]
      : []),
  ];
  return {
    title: titleOf(result.headlines, [legendOf(result, level, panels), ...folded], frame),
    vconcat: [...lines, legend],
    spacing: 2 * GAP,
  };
}

/** Axis below each line of panels, and titles, roughly: for choosing a level. */
const [AXIS_HEIGHT, TITLE_HEIGHT] = [44, 110];
/** Pixels of the legend of states, and of the sentence about what is left out. */
const LEGEND_HEIGHT = 90;

/** `metricCount`: of all metrics, where not even the rows of one block have room for all of them. */
function wordFolded(result: CompareResult, level: Level, metricCount: number | null, frame: ChartFrame): string {
  const count = new Set(
    result.comparisons.flatMap(({ candidate, blocks }) =>
      blocks.map(({ label }) => JSON.stringify([candidate, label])),
    ),
  ).size;
  const by = level === 'workflows' ? 'workflow' : 'candidate';
  const all = wordCount(count, 'block') + (metricCount === null ? '' : ` in ${wordCount(metricCount, 'metric')}`);
  return wordFold(`A row per ${by}`, all, frame);
}

const GAP = 12;
const NARROWEST_PANEL = 68;
const MOST_COLUMNS = 5;
const ROW_HEIGHT = 19;
const LOWEST_ROW = 15;
/** Axis, title and padding, roughly: only used when a height was asked for. */
const OVERHEAD = 110;
/** Dots of runs lie this far above and below the interval. */
const DOT_OFFSET = 5;

interface Layout {
  readonly labelWidth: number;
  readonly columnCount: number;
  readonly panelWidth: number;
  readonly rowHeight: number;
  readonly headHeight: number;
  /** Is true when the two directions of every panel fit one line. */
  readonly directionsInLine: boolean;
  readonly lineHeight: number;
  readonly lineCount: number;
  readonly height: number;
  /** The vertical middle of each row, in pixels. */
  readonly middles: readonly number[];
}

function layOut(rows: readonly ChartRow[], metrics: readonly string[], frame: ChartFrame): Layout {
  const available = frame.width - 2 * CHART_PADDING;
  const labels = rows.filter((row) => row.kind !== 'heading' && row.kind !== 'figure');
  const widest = max(labels, (row) => frame.textWidth(row.label, frame.fontSize, row.kind === 'overall')) ?? 0;
  const labelWidth = Math.ceil(Math.min(widest + INDENT, available * 0.34));
  const fitting = Math.floor((available - labelWidth) / (NARROWEST_PANEL + GAP));
  const columnCount = Math.max(1, Math.min(metrics.length, MOST_COLUMNS, fitting));
  const panelWidth = Math.floor((available - labelWidth) / columnCount - GAP);
  const lineHeight = Math.round(frame.fontSize * 1.3);
  const nameLines = Math.max(...metrics.map((metric) => wrapText(labelOf(metric), panelWidth, frame, true).length));
  const directionsInLine = metrics.every((metric) => {
    const { less, more } = directionsOf(metric);
    return frame.textWidth(less, frame.fontSize) + frame.textWidth(more, frame.fontSize) + 8 <= panelWidth;
  });
  const headHeight = (nameLines + (directionsInLine ? 1 : 2)) * lineHeight + 4;
  const lineCount = Math.ceil(metrics.length / columnCount);
  const forRows = frame.height === null ? null : (frame.height - OVERHEAD) / lineCount - headHeight;
  const rowHeight = forRows === null ? ROW_HEIGHT : Math.max(LOWEST_ROW, forRows / rows.length);
  return {
    labelWidth,
    columnCount,
    panelWidth,
    rowHeight,
    headHeight,
    directionsInLine,
    lineHeight,
    lineCount,
    height: headHeight + rows.length * rowHeight,
    middles: rows.map((_, i) => headHeight + (i + 0.5) * rowHeight),
  };
}

const INDENT = 10;

const chunk = <Item>(items: readonly Item[], length: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / length) }, (_, i) => items.slice(i * length, (i + 1) * length));

/** A vertical position in pixels from the top of the panel. */
const verticalOf = (layout: Layout, field = 'y') => ({
  field,
  type: 'quantitative',
  scale: { domain: [0, layout.height], range: [0, layout.height], nice: false, zero: false },
  axis: null,
});

const isBold = (kind: ChartRow['kind']): boolean => kind === 'heading' || kind === 'overall';

function drawLabels(rows: readonly ChartRow[], layout: Layout, frame: ChartFrame) {
  const cut = (kind: ChartRow['kind'], width: number) => {
    const names = [...new Set(rows.flatMap((row) => (row.kind === kind ? [row.label] : [])))];
    const texts = cutNames(names, width, frame, isBold(kind));
    return new Map(names.map((name, i) => [name, texts[i] as string]));
  };
  const labelWidth = layout.labelWidth - (rows.some((row) => row.indented) ? INDENT : 0);
  const textsOf: Record<ChartRow['kind'], ReadonlyMap<string, string>> = {
    heading: cut('heading', frame.width - 2 * CHART_PADDING),
    block: cut('block', labelWidth),
    workflow: cut('workflow', labelWidth),
    figure: new Map([['', '']]),
    overall: cut('overall', layout.labelWidth),
  };
  const texts = rows.map((row, i) => ({
    y: layout.middles[i],
    x: row.indented ? INDENT : 0,
    bold: isBold(row.kind),
    text: textsOf[row.kind].get(row.label) as string,
  }));
  const layer = (bold: boolean) => ({
    data: { values: texts.filter((text) => text.bold === bold) },
    mark: { type: 'text', align: 'left', baseline: 'middle', fontWeight: bold ? 600 : 400, clip: false },
    encoding: {
      y: verticalOf(layout),
      x: { field: 'x', type: 'quantitative', scale: { domain: [0, layout.labelWidth], nice: false }, axis: null },
      text: { field: 'text' },
    },
  });
  return { width: layout.labelWidth, height: layout.height, layer: [layer(false), layer(true)] };
}

interface Mark {
  readonly y: number;
  readonly ratio: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly tone: ChangeTone;
  readonly state: ChangeState;
  readonly overall: boolean;
  readonly about: string;
}

interface Dot {
  readonly y: number;
  readonly about: string;
  readonly ratio: number;
  readonly arm: 'baseline' | 'candidate';
}

/** An overall change, to be worded in a row of its own. */
interface Change {
  readonly y: number;
  readonly change: OverallChange;
}

/** A panel holds the marks of one metric, and its axis. */
interface PlacedPanel {
  readonly metric: string;
  readonly marks: readonly Mark[];
  readonly dots: readonly Dot[];
  readonly changes: readonly Change[];
  readonly axis: RatioAxis;
}

function placePanel(
  metric: string,
  rows: readonly ChartRow[],
  result: CompareResult,
  layout: Layout,
  frame: ChartFrame,
): PlacedPanel {
  const placed = markRows(metric, rows, result, layout);
  return { metric, ...placed, axis: layOutRatioAxis(extentOf(placed.marks, placed.dots), layout.panelWidth, frame) };
}

function drawPanel(
  { metric, marks, dots, changes, axis }: PlacedPanel,
  word: Wording,
  rows: readonly ChartRow[],
  layout: Layout,
  frame: ChartFrame,
) {
  return {
    width: layout.panelWidth,
    height: layout.height,
    layer: [
      ...drawGrid(axis, rows, layout, frame),
      ...drawDots(dots, axis, layout, frame),
      ...drawMarks(marks, axis, layout, frame),
      ...drawHead(metric, layout, frame),
      ...changes.map(({ change, y }) => drawText(word(change), { align: 'center' }, layout.panelWidth / 2, y)),
      ...(marks.length === 0
        ? [drawText('no ratio', { align: 'center' }, layout.panelWidth / 2, layout.height - layout.rowHeight / 2)]
        : []),
    ],
  };
}

/** The marks, dots and overall changes of a metric, in the rows of those that have ratios. */
function markRows(metric: string, rows: readonly ChartRow[], { comparisons }: CompareResult, layout: Layout): RowMarks {
  const measured = comparisons.filter(({ metric: own, overall }) => own === metric && overall.ratio !== null);
  const found = new Map(
    measured.map((comparison) => [
      comparison.candidate,
      {
        comparison,
        partOf: partsOf(comparison),
      },
    ]),
  );
  const placed = rows.map(({ kind, candidate, part }, i): RowMarks => {
    const own = found.get(candidate);
    const y = layout.middles[i] as number;
    if (!own) return NO_MARKS;
    if (part === null) return markWhole(own.comparison, kind, y);
    const { block, workflow } = own.partOf(part);
    if (kind === 'block')
      return block
        ? { ...NO_MARKS, marks: toMark(block, y, null, part), dots: dotRuns(block, own.comparison.unit, y) }
        : NO_MARKS;
    return workflow ? { ...NO_MARKS, marks: toMark(workflow, y, null, part) } : NO_MARKS;
  });
  return {
    marks: placed.flatMap(({ marks }) => marks),
    dots: placed.flatMap(({ dots }) => dots),
    changes: placed.flatMap(({ changes }) => changes),
  };
}

/** What a row holds of one metric. */
type RowMarks = Pick<PlacedPanel, 'marks' | 'dots' | 'changes'>;

const NO_MARKS: RowMarks = { marks: [], dots: [], changes: [] };

function partsOf({ blocks, workflows }: Comparison) {
  const byLabel = new Map(blocks.map((block) => [block.label, block]));
  const byName = nameWorkflows(workflows);
  return (part: string) => ({ block: byLabel.get(part), workflow: byName.get(part) });
}

function markWhole({ overall }: Comparison, kind: ChartRow['kind'], y: number): RowMarks {
  if (kind === 'overall') return { ...NO_MARKS, marks: toMark(overall, y, overall.outcome, 'all blocks') };
  if (kind !== 'figure') return NO_MARKS;
  return { ...NO_MARKS, changes: [{ y, change: overall }] };
}

type Wording = (change: OverallChange) => string;

/**
 * Chooses the wording of each panel's overall changes, all of a panel alike: with their intervals, as long as there is room for all of
 * them. The sign % stands in every panel or in none.
 */
function chooseWordings(panels: readonly PlacedPanel[], width: number, frame: ChartFrame): Wording[] {
  const fits = (word: Wording, { changes }: PlacedPanel) =>
    changes.every(({ change }) => frame.textWidth(word(change), frame.fontSize) <= width + (2 / 3) * GAP);
  if (panels.every((panel) => fits(wordWhole, panel))) return panels.map(() => wordWhole);
  return panels.map((panel) => [wordNarrow, wordRounded].find((word) => fits(word, panel)) ?? wordBare);
}

/** The legend says that it is in %. */
const wordBare: Wording = ({ changeFraction }) => wordPercentChange(changeFraction);

const wordWhole: Wording = (change) =>
  [`${wordBare(change)} %`, ...(change.ciLow === null ? [] : [wordBounds(change, 1)])].join(' ');

const wordNarrow = (change: OverallChange, decimals = 1): string =>
  [wordBare(change), ...(change.ciLow === null ? [] : [wordBounds(change, decimals).replace(', ', ',\u2009')])].join(
    '\u2009',
  );

const wordBounds = ({ ciLow, ciHigh }: OverallChange, decimals: number): string =>
  wordPercentInterval(ciLow, ciHigh, decimals);

/** Bounds without decimals, unless one of them would read as no change. */
const wordRounded: Wording = (change) => wordNarrow(change, [change.ciLow, change.ciHigh].some(roundsToZero) ? 1 : 0);

const roundsToZero = (bound: number | null): boolean => bound !== null && bound !== 0 && Math.abs(bound) <= 0.005;

type AnyChange = Pick<OverallChange, 'changeFraction' | 'ciLow' | 'ciHigh' | 'allEqual'>;

/** `outcome`: of the overall change; `null`: of a part, which no test judges by itself. */
function toMark(change: AnyChange, y: number, outcome: ContrastOutcome | null, name: string): Mark[] {
  const { changeFraction, ciLow, ciHigh } = change;
  if (changeFraction === null) return [];
  const bound = (fraction: number | null) => (fraction === null ? null : 1 + fraction);
  const mark = { y, ratio: 1 + changeFraction, low: bound(ciLow), high: bound(ciHigh), tone: toneOf(ciLow, ciHigh) };
  const about = `${name}: ${wordChange(changeFraction, ciLow, ciHigh)}`;
  return [{ ...mark, state: stateOf(change, outcome), overall: outcome !== null, about }];
}

/** More dots than this in one cell would be a smear: evenly spaced order statistics stand for them. */
const MOST_DOTS = 30;

function dotRuns(block: BlockChange, unit: string, y: number): Dot[] {
  const center = block.baseline.geometricMean;
  if (center === null) return [];
  const { name, scale } = readableUnit(unit);
  const of = (cell: CellSummary, arm: Dot['arm'], offset: number) =>
    thinOut(cell.runs)
      .filter(({ amount }) => amount > 0)
      .map(({ runId, amount }): Dot => {
        const about = `run ${runId}, ${arm}: ${wordFigure(amount * scale)} ${name}`.trimEnd();
        return { y: y + offset, ratio: amount / center, arm, about };
      });
  return [...of(block.candidate, 'candidate', -DOT_OFFSET), ...of(block.baseline, 'baseline', DOT_OFFSET)];
}

function thinOut(runs: CellSummary['runs']): CellSummary['runs'] {
  const sorted = [...runs].sort((a, b) => a.amount - b.amount);
  if (sorted.length <= MOST_DOTS) return sorted;
  const step = (sorted.length - 1) / (MOST_DOTS - 1);
  return Array.from({ length: MOST_DOTS }, (_, i) => sorted[Math.round(i * step)] as (typeof sorted)[number]);
}

/** Estimates and dots in full; the intervals of blocks only as far as they leave those readable. */
function extentOf(marks: readonly Mark[], dots: readonly Dot[]): number[] {
  const shown = [
    ...dots.map((dot) => dot.ratio),
    ...marks.map((mark) => mark.ratio),
    ...marks.flatMap((mark) => (mark.overall ? [mark.low ?? 1, mark.high ?? 1] : [])),
    1,
  ];
  const [least = 0, most = 0] = extent(shown, Math.log);
  const reach = Math.max(most - least, 0.1) * 0.6;
  const ends = marks.flatMap((mark) => [mark.low, mark.high]).filter((end) => end !== null && end > 0) as number[];
  return [...shown, ...ends.map((end) => Math.exp(Math.min(most + reach, Math.max(least - reach, Math.log(end)))))];
}

/** The x encoding; only the first layer draws the axis. */
const horizontalOf = (axis: RatioAxis, field: string) => ({
  field,
  type: 'quantitative',
  ...encodeRatioAxis(axis, null),
});

function drawGrid(axis: RatioAxis, rows: readonly ChartRow[], layout: Layout, { palette }: ChartFrame) {
  // Headings reach into the panels: lines leave them out.
  const bands = rows.flatMap((row, i) => {
    const middle = layout.middles[i] as number;
    return row.kind === 'heading' || row.kind === 'figure'
      ? []
      : [{ top: middle - layout.rowHeight / 2, bottom: middle + layout.rowHeight / 2 }];
  });
  const vertical = { y: verticalOf(layout, 'top'), y2: { field: 'bottom' } };
  const inBands = (ratios: readonly number[]) => ratios.flatMap((ratio) => bands.map((band) => ({ ratio, ...band })));
  const separators = rows.flatMap((row, i) =>
    row.kind === 'overall' ? [{ y: (layout.middles[i] as number) - layout.rowHeight / 2 }] : [],
  );
  return [
    {
      data: { values: inBands(axis.ticks.map(({ ratio }) => ratio)) },
      mark: { type: 'rule', color: palette.faint, strokeWidth: 0.75 },
      encoding: { x: horizontalOf(axis, 'ratio'), ...vertical },
    },
    {
      data: { values: inBands([1]) },
      mark: { type: 'rule', color: palette.ink, strokeWidth: 1 },
      encoding: { x: horizontalOf(axis, 'ratio'), ...vertical },
    },
    {
      data: { values: separators },
      mark: { type: 'rule', color: palette.muted, strokeWidth: 0.75 },
      encoding: { y: verticalOf(layout), x: { value: 0 }, x2: { value: layout.panelWidth } },
    },
  ];
}

function drawDots(dots: readonly Dot[], axis: RatioAxis, layout: Layout, { palette }: ChartFrame) {
  const layer = (arm: Dot['arm'], mark: Record<string, unknown>) => ({
    data: { values: dots.filter((dot) => dot.arm === arm) },
    mark: { type: 'point', shape: 'circle', size: 12, strokeWidth: 0.9, ...ABOUT.mark, ...mark },
    encoding: { x: horizontalOf(axis, 'ratio'), y: verticalOf(layout), ...ABOUT.encoding },
  });
  return [
    layer('candidate', { filled: true, color: palette.muted, opacity: 0.8 }),
    layer('baseline', { filled: false, color: palette.muted, opacity: 0.9 }),
  ];
}

/** Intervals that leave the panel are cut there, and an arrowhead says so. */
function drawMarks(marks: readonly Mark[], axis: RatioAxis, layout: Layout, { palette }: ChartFrame) {
  const [from, to] = axis.domain;
  const inside = (ratio: number) => Math.min(to, Math.max(from, ratio));
  const intervals = marks.flatMap(({ y, low, high, tone, overall }) =>
    low === null || high === null ? [] : [{ y, low: inside(low), high: inside(high), tone, overall }],
  );
  const arrows = marks.flatMap(({ y, low, high, tone }) => [
    ...(low !== null && low < from ? [{ y, end: from, tone, angle: 270 }] : []),
    ...(high !== null && high > to ? [{ y, end: to, tone, angle: 90 }] : []),
  ]);
  const place = (field: string) => ({ x: horizontalOf(axis, field), y: verticalOf(layout) });
  const position = (field: string) => ({ ...place(field), color: encodeTone(palette) });
  return [
    {
      data: { values: intervals },
      mark: { type: 'rule', strokeWidth: 1.6, opacity: 1 },
      encoding: { ...position('low'), x2: { field: 'high' } },
    },
    {
      data: { values: arrows },
      mark: { type: 'point', shape: 'triangle-up', size: 30, filled: true, opacity: 1 },
      encoding: { ...position('end'), angle: { field: 'angle', type: 'quantitative', scale: null } },
    },
    ...[false, true].flatMap((overall) =>
      drawStateMarks(
        marks.filter((mark) => mark.overall === overall),
        place('ratio'),
        overall,
        palette,
      ),
    ),
  ];
}

function directionsOf(metric: string) {
  const { lessWord = 'less', moreWord = 'more' } = findMetric(metric) ?? {};
  return { less: `\u2190 ${lessWord}`, more: `${moreWord} \u2192` };
}

/** The metric's name, and which side is which in words: one below the other where they do not fit beside each other. */
function drawHead(metric: string, layout: Layout, frame: ChartFrame) {
  const { less, more } = directionsOf(metric);
  const names = wrapText(labelOf(metric), layout.panelWidth, frame, true);
  /** The middle of the n-th line from below. */
  const lineY = (n: number) => layout.headHeight - 4 - (n - 0.5) * layout.lineHeight;
  const lessLine = layout.directionsInLine ? 1 : 2;
  const quiet = { color: frame.palette.muted };
  return [
    ...names.map((name, i) =>
      drawText(name, { align: 'left', fontWeight: 600 }, 0, lineY(lessLine + names.length - i)),
    ),
    drawText(less, { align: 'left', ...quiet }, 0, lineY(lessLine)),
    drawText(more, { align: 'right', ...quiet }, layout.panelWidth, lineY(1)),
  ];
}

const drawText = (content: string, mark: Record<string, unknown>, x: number, y: number) => ({
  data: { values: [{ text: content }] },
  mark: { type: 'text', baseline: 'middle', ...mark },
  encoding: { x: { value: x }, y: { value: y }, text: { field: 'text' } },
});

const isCut = ({ low, high }: Mark, { domain: [from, to] }: RatioAxis): boolean =>
  (low !== null && low < from) || (high !== null && high > to);

function legendOf(result: CompareResult, level: Level, panels: readonly PlacedPanel[]): string {
  const { baseline, candidate } = result.comparisons[0] as Comparison;
  const several = new Set(result.comparisons.map((c) => c.candidate)).size > 1;
  const cells = result.comparisons.flatMap((c) => c.blocks.flatMap((b) => [b.baseline.n, b.candidate.n]));
  const thinned = cells.some((n) => n > MOST_DOTS) ? `, at most ${MOST_DOTS} a cell, evenly spaced in rank` : '';
  const dots = `Small dots: runs of ${several ? 'the candidate' : candidate} (filled, above) and ${baseline} (hollow, below)${thinned}.`;
  return [
    `Change against ${baseline} in % (logarithmic) with 95 % interval; diamonds: all blocks.`,
    ...(level === 'blocks' ? [dots] : []),
    ...(panels.some(({ marks, axis }) => marks.some((mark) => isCut(mark, axis)))
      ? ['Arrowheads: the interval goes on beyond the axis.']
      : []),
  ].join(' ');
}
