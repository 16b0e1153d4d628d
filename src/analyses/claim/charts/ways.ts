import { max, sum } from 'd3-array';
import { groupBy } from '../../../model/group-by.ts';
import { findMetric } from '../../../model/metrics.ts';
import { ABOUT } from '../../../view/about.ts';
import {
  type ChangeState,
  type ChangeTone,
  drawStateMarks,
  encodeTone,
  listStates,
} from '../../../view/change-states.ts';
import { CHART_PADDING, cutText, limitLines, titleOf, wrapText } from '../../../view/chart-text.ts';
import { countFitting, highestOf, wordFold } from '../../../view/fold.ts';
import { drawLegend, type LegendEntry } from '../../../view/legend.ts';
import { encodeRatioAxis, layOutRatioAxis, type RatioAxis } from '../../../view/ratio-axis.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { wordChange, wordCount, wordPercentChange } from '../../../view/words.ts';
import { stateOf, toneOf } from '../../design/change-state.ts';
import { type ClaimResult, type JudgedClaim, listClaims, type Way } from '../result.ts';
import { VERDICT_WORDS, wordClaimed, wordKind, wordScope, wordWay } from '../wording.ts';

/** A row: a change, with its interval where it has one, against a claimed change. */
interface Row {
  /** The name, and what is said of it in smaller print. */
  readonly name: string;
  readonly detail: string;
  readonly ratio: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly claimedLow: number;
  readonly claimedHigh: number;
  /** Whether it is a way of counting that gives the number. */
  readonly matches: boolean;
  /** How much the blocked change over all tells; `null`: it is another way of counting. */
  readonly state: ChangeState | null;
  readonly tone: ChangeTone;
  readonly about: string;
}

/** What stands in the picture: rows, below a heading where they have one. */
interface Group {
  readonly heading: string | null;
  readonly rows: readonly Row[];
}

/**
 * Draws the claimed change, with all that rounds to it, against the blocked interval and every way of counting; of a list a row a
 * claim. Rows are laid out in pixels, changes on a logarithmic axis. Where the picture would be higher than a page, or than asked
 * for, ways over parts of the runs are left out, or the last claims.
 */
export function drawClaims(result: ClaimResult, headlines: readonly string[], frame: ChartFrame): VegaLiteSpec {
  const { groups, folded } = chooseGroups(result, frame);
  const layout = layOut(groups, frame);
  const rows = groups.flatMap((group) => group.rows);
  return {
    title: titleOf(headlines, [wordLegend(result), ...folded], frame),
    vconcat: [
      {
        hconcat: [drawLabels(layout, frame), drawPanel(layout, frame)],
        spacing: GAP,
        bounds: 'flush',
      },
      drawLegend(listEntries(rows, frame), frame.width - 2 * CHART_PADDING, frame),
    ],
    spacing: 2 * GAP,
  };
}

const GAP = 12;
const ROW_HEIGHT = 19;
const LOWEST_ROW = 15;
/** Axis, title, legend and padding, roughly. */
const OVERHEAD = 190;
const MOST_LABEL_SHARE = 0.5;
/** Lines of a name and of its detail at most, each. */
const MOST_LABEL_LINES = 3;

interface Folded {
  readonly groups: readonly Group[];
  /** What is left out, in words. */
  readonly folded: readonly string[];
}

/** Chooses what is drawn: everything, else less of it. */
function chooseGroups(result: ClaimResult, frame: ChartFrame): Folded {
  const heightOf = (groups: readonly Group[]) => layOut(groups, { ...frame, height: frame.height && 1 }).height;
  const fits = (groups: readonly Group[]) => heightOf(groups) + OVERHEAD <= highestOf(frame);
  if ('claims' in result) {
    const rows = result.claims.flatMap(rowOfClaim);
    const all = [{ heading: null, rows }];
    if (fits(all)) return { groups: all, folded: [] };
    const count = countFitting(rows.length, heightOf(all) / rows.length, OVERHEAD, frame);
    const shown = `The first ${wordCount(count, 'claim')} of ${rows.length}`;
    return { groups: [{ heading: null, rows: rows.slice(0, count) }], folded: [wordFold(shown, 'all', frame)] };
  }
  const groups = groupWays(result, () => true);
  if (fits(groups)) return { groups, folded: [] };
  const telling = groupWays(result, (way) => isWhole(way) || way.matches);
  const fewer = fits(telling) ? telling : groupWays(result, (way) => way.scope === 'all');
  const only = fewer === telling ? 'Single workflows and SLAs only where they give the number' : 'Planned runs only';
  const count = sum(groups, ({ rows }) => rows.length);
  return { groups: fewer, folded: [wordFold(only, wordCount(count, 'way'), frame)] };
}

const isWhole = ({ scope }: Way): boolean => scope === 'all' || scope === 'every-run';

const claimedOf = ({ claimedLow, claimedHigh }: JudgedClaim) => ({
  claimedLow: 1 + claimedLow,
  claimedHigh: 1 + claimedHigh,
});

const toRatio = (change: number | null): number | null => (change === null ? null : 1 + change);

/** The blocked change over all first, then the ways of counting by the runs that they are over. */
function groupWays(claim: JudgedClaim, isShown: (way: Way) => boolean): Group[] {
  const drawn = claim.ways.filter((way) => isShown(way) && way.changeFraction !== null && way.changeFraction > -1);
  return groupBy(drawn, ({ scope }) => scope).map((ways) => ({
    heading: ways[0]?.scope === 'all' ? null : wordScope(ways[0] as Way),
    rows: ways.map((way) => rowOfWay(way, claim)),
  }));
}

function rowOfWay(way: Way, claim: JudgedClaim): Row {
  if (way.way === 'blocked' && way.scope === 'all')
    return { name: 'blocks, equal weight', detail: '', ...claimedOf(claim), ...rowOfBlocks(claim, wordKind(way)) };
  const change = way.changeFraction as number;
  return {
    name: wordKind(way),
    detail: '',
    ratio: 1 + change,
    low: null,
    high: null,
    ...claimedOf(claim),
    matches: way.matches,
    state: null,
    tone: 'uncertain',
    about: `${wordWay(way)}: ${wordPercentChange(change)} %${way.matches ? ', the number' : ''}`,
  };
}

function rowOfBlocks({ blocked }: JudgedClaim, name: string) {
  const { ratio, changeFraction, ciLow, ciHigh, outcome } = blocked;
  return {
    ratio: ratio as number,
    low: toRatio(ciLow),
    high: toRatio(ciHigh),
    matches: false,
    state: stateOf(blocked, outcome),
    tone: toneOf(ciLow, ciHigh),
    about: `${name}: ${wordChange(changeFraction ?? 0, ciLow, ciHigh)}`,
  };
}

function rowOfClaim(claim: JudgedClaim): Row[] {
  if (claim.blocked.ratio === null) return [];
  const name = `${claim.line}: ${findMetric(claim.metric)?.label} ${wordClaimed(claim)} %: ${VERDICT_WORDS[claim.verdict]}`;
  const detail = `${claim.candidateLabel} vs ${claim.baselineLabel}`;
  return [{ name, detail, ...claimedOf(claim), ...rowOfBlocks(claim, `${name}; ${detail}`) }];
}

/** A line of text left of the panel, or a heading over both. */
interface Label {
  readonly text: string;
  readonly y: number;
  readonly look: 'bold' | 'plain' | 'muted';
}

interface PlacedRow extends Row {
  readonly y: number;
  readonly top: number;
  readonly bottom: number;
}

interface Layout {
  readonly labelWidth: number;
  readonly panelWidth: number;
  readonly height: number;
  readonly labels: readonly Label[];
  readonly rows: readonly PlacedRow[];
}

/** Places rows with names in as many lines as they take. */
function layOut(groups: readonly Group[], frame: ChartFrame): Layout {
  const available = frame.width - 2 * CHART_PADDING;
  const texts = groups.flatMap(({ rows }) => rows.flatMap(({ name, detail }) => [name, detail]));
  const widest = max(texts, (text) => frame.textWidth(text, frame.fontSize, true)) ?? 0;
  const labelWidth = Math.ceil(Math.min(widest, available * MOST_LABEL_SHARE));
  const broken = groups.flatMap(({ heading, rows }): BrokenRow[] => [
    ...(heading === null ? [] : [{ row: null, lines: [headingLine(cutText(heading, available, frame, true))] }]),
    ...rows.map((row) => ({ row, lines: breakLabel(row, labelWidth, frame) })),
  ]);
  const lineHeight = Math.round(frame.fontSize * 1.3);
  const naturalOf = ({ lines }: BrokenRow) => ROW_HEIGHT + (lines.length - 1) * lineHeight;
  const asked = frame.height === null ? 1 : (frame.height - OVERHEAD) / Math.max(1, sum(broken, naturalOf));
  const stretch = Math.max(LOWEST_ROW / ROW_HEIGHT, asked);
  let top = 0;
  const placed = broken.map((own) => {
    const bottom = top + naturalOf(own) * stretch;
    const place = { y: (top + bottom) / 2, top, bottom };
    top = bottom;
    return { ...own, place };
  });
  return {
    labelWidth,
    panelWidth: Math.floor(available - labelWidth - GAP),
    height: Math.max(1, top),
    labels: placed.flatMap(({ lines, place }) =>
      lines.map((line, i) => ({ ...line, y: place.y + (i - (lines.length - 1) / 2) * lineHeight })),
    ),
    rows: placed.flatMap(({ row, place }) => (row === null ? [] : [{ ...row, ...place }])),
  };
}

type Line = Omit<Label, 'y'>;

/** A row with its label in lines; without a row, a heading. */
interface BrokenRow {
  readonly row: Row | null;
  readonly lines: readonly Line[];
}

const headingLine = (text: string): Line => ({ text, look: 'bold' });

/** Breaks the name, in bold for the blocked change and for what gives the number, and the detail below it. */
function breakLabel({ name, detail, state, matches }: Row, width: number, frame: ChartFrame): Line[] {
  const names = limitLines(wrapText(name, width, frame, true), MOST_LABEL_LINES);
  const details = detail === '' ? [] : limitLines(wrapText(detail, width, frame), MOST_LABEL_LINES);
  const look = state !== null || matches ? 'bold' : 'plain';
  return [
    ...names.map((text) => ({ text, look }) as const),
    ...details.map((text) => ({ text, look: 'muted' }) as const),
  ];
}

/** A vertical position in pixels from the top. */
const verticalOf = ({ height }: Layout, field = 'y') => ({
  field,
  type: 'quantitative',
  scale: { domain: [0, height], range: [0, height], nice: false, zero: false },
  axis: null,
});

function drawLabels(layout: Layout, { palette }: ChartFrame) {
  const layer = (look: Label['look'], mark: Record<string, unknown>) => ({
    data: { values: layout.labels.filter((label) => label.look === look) },
    mark: { type: 'text', align: 'left', baseline: 'middle', clip: false, ...mark },
    encoding: { y: verticalOf(layout), x: { value: 0 }, text: { field: 'text' } },
  });
  return {
    width: layout.labelWidth,
    height: layout.height,
    layer: [
      layer('plain', { fontWeight: 400 }),
      layer('bold', { fontWeight: 600 }),
      layer('muted', { fontWeight: 400, fill: palette.muted }),
    ],
  };
}

/** Looks of the ways of counting: squares, because circles and diamonds say how much an interval tells. */
const wayLook = (matches: boolean, { palette }: ChartFrame) =>
  matches
    ? { shape: 'square', stroke: palette.loss, fill: palette.loss }
    : { shape: 'square', stroke: palette.uncertain, fill: palette.background };

function listEntries(rows: readonly Row[], frame: ChartFrame): LegendEntry[] {
  const ways = rows.filter(({ state }) => state === null);
  return [
    ...listStates(
      rows.flatMap(({ state }) => state ?? []),
      frame.palette,
    ),
    ...(ways.some(({ matches }) => !matches) ? [{ name: 'another way of counting', ...wayLook(false, frame) }] : []),
    ...(ways.some(({ matches }) => matches) ? [{ name: 'a way that gives the number', ...wayLook(true, frame) }] : []),
  ];
}

function drawPanel(layout: Layout, frame: ChartFrame) {
  const { palette } = frame;
  const { rows } = layout;
  const ends = rows.flatMap(({ ratio, low, high, claimedLow, claimedHigh }) => [
    ratio,
    low ?? ratio,
    high ?? ratio,
    claimedLow,
    claimedHigh,
  ]);
  const axis = layOutRatioAxis(ends, layout.panelWidth, frame);
  const x = (field: string) => horizontalOf(axis, field);
  const y = verticalOf(layout);
  const ways = (matches: boolean) => ({
    data: { values: rows.filter((row) => row.state === null && row.matches === matches) },
    mark: { type: 'point', size: 36, strokeWidth: 1.6, opacity: 1, ...wayLook(matches, frame), ...ABOUT.mark },
    encoding: { x: x('ratio'), y, ...ABOUT.encoding },
  });
  const blocked = rows.flatMap((row) => (row.state === null ? [] : [{ ...row, state: row.state }]));
  return {
    width: layout.panelWidth,
    height: layout.height,
    layer: [
      {
        data: { values: rows },
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
        data: { values: rows.map((row) => ({ ...row, claimed: Math.sqrt(row.claimedLow * row.claimedHigh) })) },
        mark: { type: 'rule', color: palette.loss, strokeWidth: 1.2, strokeDash: [4, 3] },
        encoding: { x: x('claimed'), y: verticalOf(layout, 'top'), y2: { field: 'bottom' } },
      },
      {
        data: { values: blocked.filter(({ low }) => low !== null) },
        mark: { type: 'rule', strokeWidth: 1.6 },
        encoding: { x: x('low'), x2: { field: 'high' }, y, color: encodeTone(palette) },
      },
      ways(false),
      ways(true),
      ...drawStateMarks(blocked, { x: x('ratio'), y }, true, palette),
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
  const of = 'claims' in result ? '' : ` of ${findMetric(first?.metric ?? '')?.label}`;
  return `Change${of} in % (logarithmic). Dashed: the claimed change, shaded all that rounds to it. Diamond: blocks with 95 % interval.`;
}
