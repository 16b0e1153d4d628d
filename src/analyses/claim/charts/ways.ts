import { max } from 'd3-array';
import { findMetric } from '../../../model/metrics.ts';
import { CHART_PADDING, cutNames, titleOf } from '../../../view/chart-text.ts';
import { encodeRatioAxis, layOutRatioAxis, type RatioAxis } from '../../../view/ratio-axis.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { type ClaimResult, type JudgedClaim, listClaims } from '../result.ts';
import { wordClaimed, wordScope, wordWay } from '../wording.ts';

/** A row: a change, with its interval where it has one, against a claimed change. */
interface Row {
  readonly text: string;
  readonly ratio: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly claimedLow: number;
  readonly claimedHigh: number;
  readonly matches: boolean;
  /** Is true when it is the blocked change over all. */
  readonly blocked: boolean;
}

/**
 * Draws the claimed change, with all that rounds to it, against the blocked interval and every way of counting; of a list a row a
 * claim. Rows are laid out in pixels, changes on a logarithmic axis.
 */
export function drawClaims(result: ClaimResult, headlines: readonly string[], frame: ChartFrame): VegaLiteSpec {
  const rows = 'claims' in result ? result.claims.flatMap(rowOfClaim) : rowsOfWays(result);
  const available = frame.width - 2 * CHART_PADDING;
  const widest = max(rows, ({ text }) => frame.textWidth(text, frame.fontSize, true)) ?? 0;
  const labelWidth = Math.ceil(Math.min(widest, available * MOST_LABEL_SHARE));
  const panelWidth = Math.floor(available - labelWidth - GAP);
  const rowHeight =
    frame.height === null ? ROW_HEIGHT : Math.max(LOWEST_ROW, (frame.height - OVERHEAD) / Math.max(1, rows.length));
  const layout = { labelWidth, panelWidth, rowHeight, height: Math.max(1, rows.length) * rowHeight };
  return {
    title: titleOf(headlines, [wordLegend(result)], frame),
    hconcat: [drawLabels(rows, layout, frame), drawPanel(rows, layout, frame)],
    spacing: GAP,
    bounds: 'flush',
  };
}

const GAP = 12;
const ROW_HEIGHT = 19;
const LOWEST_ROW = 15;
/** Axis, title and padding, roughly: only used when a height was asked for. */
const OVERHEAD = 110;
const MOST_LABEL_SHARE = 0.5;

interface Layout {
  readonly labelWidth: number;
  readonly panelWidth: number;
  readonly rowHeight: number;
  readonly height: number;
}

const claimedOf = ({ claimedLow, claimedHigh }: JudgedClaim) => ({
  claimedLow: 1 + claimedLow,
  claimedHigh: 1 + claimedHigh,
});

const toRatio = (change: number | null): number | null => (change === null ? null : 1 + change);

function rowsOfWays(claim: JudgedClaim): Row[] {
  return claim.ways.flatMap((way): Row[] => {
    if (way.changeFraction === null || way.changeFraction <= -1) return [];
    const blocked = way.way === 'blocked' && way.scope === 'all';
    return [
      {
        text: blocked ? 'blocks, equal weight' : wordWay(way).replace(` (${wordScope({ ...way, scope: 'all' })})`, ''),
        ratio: 1 + way.changeFraction,
        low: blocked ? toRatio(claim.blocked.ciLow) : null,
        high: blocked ? toRatio(claim.blocked.ciHigh) : null,
        ...claimedOf(claim),
        matches: way.matches,
        blocked,
      },
    ];
  });
}

function rowOfClaim(claim: JudgedClaim): Row[] {
  const { ratio, ciLow, ciHigh } = claim.blocked;
  if (ratio === null) return [];
  const text = `${claim.line}: ${findMetric(claim.metric)?.label} ${wordClaimed(claim)} %, ${claim.candidateLabel} vs ${claim.baselineLabel}`;
  const matches = claim.verdict === 'supported';
  return [{ text, ratio, low: toRatio(ciLow), high: toRatio(ciHigh), ...claimedOf(claim), matches, blocked: true }];
}

const middleOf = (i: number, { rowHeight }: Layout): number => (i + 0.5) * rowHeight;

/** A vertical position in pixels from the top. */
const verticalOf = ({ height }: Layout, field = 'y') => ({
  field,
  type: 'quantitative',
  scale: { domain: [0, height], range: [0, height], nice: false, zero: false },
  axis: null,
});

function drawLabels(rows: readonly Row[], layout: Layout, frame: ChartFrame) {
  const texts = cutNames(
    rows.map(({ text }) => text),
    layout.labelWidth,
    frame,
    true,
  );
  const layer = (bold: boolean) => ({
    data: {
      values: rows.flatMap((row, i) => (isBold(row) === bold ? [{ y: middleOf(i, layout), text: texts[i] }] : [])),
    },
    mark: { type: 'text', align: 'left', baseline: 'middle', fontWeight: bold ? 600 : 400, clip: false },
    encoding: { y: verticalOf(layout), x: { value: 0 }, text: { field: 'text' } },
  });
  return { width: layout.labelWidth, height: layout.height, layer: [layer(false), layer(true)] };
}

/** The blocked change and whatever gives the number. */
const isBold = ({ blocked, matches }: Row): boolean => blocked || matches;

function drawPanel(rows: readonly Row[], layout: Layout, frame: ChartFrame) {
  const { palette } = frame;
  const ends = rows.flatMap(({ ratio, low, high, claimedLow, claimedHigh }) => [
    ratio,
    low ?? ratio,
    high ?? ratio,
    claimedLow,
    claimedHigh,
  ]);
  const axis = layOutRatioAxis(ends, layout.panelWidth, frame);
  const placed = rows.map((row, i) => {
    const y = middleOf(i, layout);
    return { ...row, y, top: y - layout.rowHeight / 2, bottom: y + layout.rowHeight / 2 };
  });
  const x = (field: string) => horizontalOf(axis, field);
  const y = verticalOf(layout);
  const points = (filled: boolean, blocked: boolean) => ({
    data: { values: placed.filter((row) => row.matches === filled && row.blocked === blocked) },
    mark: {
      type: 'point',
      shape: blocked ? 'diamond' : 'circle',
      size: blocked ? 70 : 42,
      strokeWidth: 1.6,
      opacity: 1,
      filled,
      color: blocked ? palette.ink : filled ? palette.loss : palette.uncertain,
      ...(filled ? {} : { fill: palette.background }),
    },
    encoding: { x: x('ratio'), y },
  });
  return {
    width: layout.panelWidth,
    height: layout.height,
    layer: [
      {
        data: { values: placed },
        mark: { type: 'rect', color: palette.pale, opacity: 1 },
        encoding: {
          x: x('claimedLow'),
          x2: { field: 'claimedHigh' },
          y: verticalOf(layout, 'top'),
          y2: { field: 'bottom' },
        },
      },
      drawRules(
        axis.ticks.map(({ ratio }) => ratio),
        axis,
        layout,
        { color: palette.faint, strokeWidth: 0.75 },
      ),
      drawRules([1], axis, layout, { color: palette.ink, strokeWidth: 1 }),
      {
        data: { values: placed.map((row) => ({ ...row, claimed: Math.sqrt(row.claimedLow * row.claimedHigh) })) },
        mark: { type: 'rule', color: palette.loss, strokeWidth: 1.2, strokeDash: [4, 3] },
        encoding: { x: x('claimed'), y: verticalOf(layout, 'top'), y2: { field: 'bottom' } },
      },
      {
        data: { values: placed.filter(({ low }) => low !== null) },
        mark: { type: 'rule', color: palette.ink, strokeWidth: 1.6 },
        encoding: { x: x('low'), x2: { field: 'high' }, y },
      },
      points(false, false),
      points(true, false),
      points(false, true),
      points(true, true),
    ],
  };
}

const horizontalOf = (axis: RatioAxis, field: string) => ({
  field,
  type: 'quantitative',
  ...encodeRatioAxis(axis, null),
});

const drawRules = (ratios: readonly number[], axis: RatioAxis, layout: Layout, mark: Record<string, unknown>) => ({
  data: { values: ratios.map((ratio) => ({ ratio, top: 0, bottom: layout.height })) },
  mark: { type: 'rule', ...mark },
  encoding: { x: horizontalOf(axis, 'ratio'), y: verticalOf(layout, 'top'), y2: { field: 'bottom' } },
});

function wordLegend(result: ClaimResult): string {
  const [first] = listClaims(result);
  const rest =
    'claims' in result
      ? 'filled: the claim is supported'
      : 'circles: ways of counting, filled where they give the number';
  const of = 'claims' in result ? '' : ` of ${findMetric(first?.metric ?? '')?.label}`;
  return `Change${of} in % (logarithmic). Dashed: the claimed change, shaded all that rounds to it. Diamond: blocks with 95 % interval; ${rest}.`;
}
