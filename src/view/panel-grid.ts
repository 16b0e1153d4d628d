import type { ChangeState } from './change-states.ts';
import { CHART_PADDING, limitLines, titleHeight, titleOf, wrapText } from './chart-text.ts';
import { highestOf, wordFold } from './fold.ts';
import type { ChartFrame, VegaLiteSpec } from './view.ts';
import { wordCount } from './words.ts';

/** The size of each panel, in pixels: small multiples are equal, and fit every width. */
export interface PanelSize {
  readonly width: number;
  readonly height: number;
}

/** A heading's line; with a colour it serves as a legend. */
export interface HeadLine {
  readonly text: string;
  readonly bold?: boolean;
  readonly color?: string;
  /** Shape of the mark that it explains, drawn before it. */
  readonly shape?: string;
}

/** A panel is one of several small charts: its heading, and how to draw it in the size that all have. */
export interface Panel {
  readonly head: readonly HeadLine[];
  /** Draws the panel as Vega-Lite layers. */
  readonly draw: (size: PanelSize) => readonly Record<string, unknown>[];
  /** States of its marks, for a legend. */
  readonly states?: readonly ChangeState[];
}

/** Pixels for an axis with its labels, left of every panel. */
const AXIS_WIDTH = 52;
/** Pixels of a panel's width at least: two of them fit 85 mm, with an axis label that reaches beyond the last. */
const NARROWEST_PANEL = 92;
/** Pixels of a panel's height, and height ÷ width: wide panels are higher too, or slopes would look flat. */
const [PANEL_HEIGHT, HIGHEST_PANEL, PANEL_ASPECT] = [120, 210, 0.36];
/** Pixels of a panel's height at least: where a height was asked for, and where none was. */
const [LOWEST_PANEL, LOWEST_UNASKED] = [60, 90];
/** Pixels between rows of panels, and of the axis below each with its title. */
const [ROW_GAP, AXIS_HEIGHT] = [16, 36];

/** The parts of a chart around its panels. */
export interface PanelSurroundings {
  readonly titles: readonly string[];
  /** Sentences below the titles, which explain the marks; nothing of them is said where there are no panels. */
  readonly legend: readonly string[];
  /** Says why there are no panels, where there are none: a clause without its full stop. */
  readonly whyEmpty: string;
  /** Draws a legend of the marks in those panels that are shown, below all of them. */
  readonly below?: (shown: readonly Panel[]) => VegaLiteSpec & { readonly height: number };
  /** Pixels for an axis left of each panel. */
  readonly axisWidth?: number;
  /** Pixels of a panel's height at least, where its rows need them. */
  readonly leastHeight?: number;
  /** Pixels of the axis below each panel, with its title. */
  readonly axisHeight?: number;
}

/**
 * Draws all panels in rows of as equal a length as the frame allows. The last ones are left out, and that is said, where the picture
 * would be higher than a page, or than asked for.
 */
export function drawPanels(
  panels: readonly Panel[],
  {
    titles,
    legend,
    whyEmpty,
    below,
    axisWidth = AXIS_WIDTH,
    leastHeight = LOWEST_PANEL,
    axisHeight = AXIS_HEIGHT,
  }: PanelSurroundings,
  frame: ChartFrame,
): VegaLiteSpec {
  if (panels.length === 0) return drawNothing(titles, whyEmpty, frame);
  const available = frame.width - 2 * CHART_PADDING;
  const fitting = Math.max(1, Math.floor(available / (axisWidth + NARROWEST_PANEL)));
  const columnCount = Math.ceil(panels.length / Math.ceil(panels.length / fitting));
  const width = Math.floor(available / columnCount - axisWidth - 4);
  const broken = panels.map(({ head, draw }) => ({
    draw,
    head: head.flatMap((line) => breakLine(line, width, frame)),
  }));
  const overhead = measureHeads(broken, columnCount, frame) + axisHeight + ROW_GAP;
  const natural = Math.max(leastHeight, Math.min(HIGHEST_PANEL, Math.max(PANEL_HEIGHT, width * PANEL_ASPECT)));
  const around = titleHeight(titleOf(titles, legend, frame), frame) + (below ? below(panels).height + ROW_GAP : 0);
  const rowCount = Math.ceil(panels.length / columnCount);
  const lowest = frame.height === null ? Math.max(leastHeight, LOWEST_UNASKED) : leastHeight;
  const countRows = (otherHeight: number) =>
    Math.min(rowCount, Math.max(1, Math.floor((highestOf(frame) - otherHeight) / (lowest + overhead))));
  const isFolded = countRows(around) < rowCount;
  // The sentence that says what is left out takes two lines.
  const otherHeight = around + (isFolded ? 2.6 * frame.fontSize : 0);
  const shownRows = countRows(otherHeight);
  const shown = broken.slice(0, shownRows * columnCount);
  const room = Math.max(lowest, (highestOf(frame) - otherHeight) / Math.max(1, shownRows) - overhead);
  // Panels become lower before any is left out.
  const height = Math.floor(frame.height === null ? Math.min(natural, room) : room);
  const rows = Array.from({ length: shownRows }, (_, i) => {
    const inRow = shown.slice(i * columnCount, (i + 1) * columnCount);
    const lineCount = Math.max(...inRow.map(({ head }) => head.length));
    return {
      hconcat: [spacer(height), ...inRow.map((panel) => drawPanel(panel, { width, height }, lineCount, frame))],
      spacing: axisWidth,
      bounds: 'flush',
    };
  });
  const folded = isFolded
    ? [wordFold(`The first ${wordCount(shown.length, 'panel')} of ${panels.length}`, 'all', frame)]
    : [];
  return {
    title: titleOf(titles, [...legend, ...folded], frame),
    vconcat: [...rows, ...(below ? [below(panels.slice(0, shown.length))] : [])],
    spacing: ROW_GAP,
  };
}

/** Draws the titles, and below them why there is nothing else: a clause. A page says so instead of showing the picture. */
export const drawNothing = (titles: readonly string[], whyEmpty: string, frame: ChartFrame): VegaLiteSpec => ({
  title: titleOf(titles, [`Nothing to draw: ${whyEmpty}.`], frame),
  usermeta: { whyEmpty },
  vconcat: [{ width: frame.width - 2 * CHART_PADDING, height: 20, layer: [{ ...NOTHING }] }],
});

/** Gives the clause that says why a specification draws nothing; `null` where it draws something. */
export const whyEmptyOf = ({ usermeta }: VegaLiteSpec): string | null =>
  (usermeta as { readonly whyEmpty?: string } | undefined)?.whyEmpty ?? null;

/** Computes the pixels of a row's headings, over all rows. */
function measureHeads(panels: readonly BrokenPanel[], columnCount: number, frame: ChartFrame): number {
  const rows = Math.max(1, Math.ceil(panels.length / columnCount));
  let lineCount = 0;
  for (let row = 0; row < rows; row++) {
    lineCount += Math.max(
      0,
      ...panels.slice(row * columnCount, (row + 1) * columnCount).map(({ head }) => head.length),
    );
  }
  return (lineCount / rows) * lineHeightOf(frame);
}

const lineHeightOf = ({ fontSize }: ChartFrame): number => Math.round(fontSize * 1.3);

/** Pixels for a mark before a line of a heading. */
const SHAPE_WIDTH = 12;

/** Lines of a heading's text at most, each. */
const MOST_HEAD_LINES = 6;

interface BrokenLine extends HeadLine {
  readonly indent: number;
}

function breakLine({ shape, ...line }: HeadLine, width: number, frame: ChartFrame): BrokenLine[] {
  const indent = shape === undefined ? 0 : SHAPE_WIDTH;
  return limitLines(wrapText(line.text, width - indent, frame, line.bold), MOST_HEAD_LINES).map((text, i) => ({
    ...line,
    ...(shape !== undefined && i === 0 ? { shape } : {}),
    text,
    indent,
  }));
}

const HEAD_SHAPE = { type: 'point', size: 40, filled: true, opacity: 1 };
const NOTHING = { data: { values: [{}] }, mark: { type: 'point', opacity: 0 } };
const spacer = (height: number) => ({ width: 1, height, ...NOTHING });

interface BrokenPanel {
  readonly head: readonly BrokenLine[];
  readonly draw: Panel['draw'];
}

function drawPanel({ head, draw }: BrokenPanel, size: PanelSize, lineCount: number, frame: ChartFrame) {
  const lineHeight = lineHeightOf(frame);
  const lines = head.flatMap(({ text, bold = false, color = frame.palette.ink, shape, indent }, i) => {
    const y = { value: (i - lineCount) * lineHeight };
    const fontWeight = bold ? 600 : 400;
    return [
      ...(shape === undefined
        ? []
        : [{ data: { values: [{}] }, mark: { ...HEAD_SHAPE, shape, color }, encoding: { x: { value: 4 }, y } }]),
      {
        data: { values: [{ text }] },
        mark: { type: 'text', align: 'left', baseline: 'middle', fontWeight, fill: color },
        encoding: { x: { value: indent }, y, text: { field: 'text' } },
      },
    ];
  });
  return { ...size, layer: [...draw(size), ...lines] };
}
