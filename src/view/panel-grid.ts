import { CHART_PADDING, limitLines, titleOf, wrapText } from './chart-text.ts';
import type { ChartFrame, VegaLiteSpec } from './view.ts';

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
}

/** Pixels for an axis with its labels, left of every panel. */
const AXIS_WIDTH = 52;
/** Pixels of a panel's width at least: two of them fit 85 mm, with an axis label that reaches beyond the last. */
const NARROWEST_PANEL = 92;
/** Pixels of a panel's height, and height ÷ width: wide panels are higher too, or slopes would look flat. */
const [PANEL_HEIGHT, HIGHEST_PANEL, PANEL_ASPECT] = [120, 210, 0.36];
const LOWEST_PANEL = 60;
/** Pixels of titles and horizontal axes, roughly: only used when a height was asked for. */
const [TITLE_HEIGHT, ROW_OVERHEAD] = [70, 60];

/** Draws all panels in rows of as equal a length as the frame allows. `axisWidth`: pixels for an axis left of each panel. */
export function drawPanels(
  panels: readonly Panel[],
  titles: readonly string[],
  legend: readonly string[],
  frame: ChartFrame,
  axisWidth = AXIS_WIDTH,
): VegaLiteSpec {
  const available = frame.width - 2 * CHART_PADDING;
  const fitting = Math.max(1, Math.floor(available / (axisWidth + NARROWEST_PANEL)));
  const rowCount = Math.ceil(panels.length / fitting);
  const columnCount = Math.max(1, Math.ceil(panels.length / Math.max(1, rowCount)));
  const width = Math.floor(available / columnCount - axisWidth - 4);
  const height =
    frame.height === null
      ? Math.min(HIGHEST_PANEL, Math.max(PANEL_HEIGHT, width * PANEL_ASPECT))
      : Math.max(LOWEST_PANEL, (frame.height - TITLE_HEIGHT) / Math.max(1, rowCount) - ROW_OVERHEAD);
  const rows = Array.from({ length: rowCount }, (_, i) => {
    const inRow = panels
      .slice(i * columnCount, (i + 1) * columnCount)
      .map(({ head, draw }) => ({ draw, head: head.flatMap((line) => breakLine(line, width, frame)) }));
    const lineCount = Math.max(...inRow.map(({ head }) => head.length));
    return {
      hconcat: [spacer(height), ...inRow.map((panel) => drawPanel(panel, { width, height }, lineCount, frame))],
      spacing: axisWidth,
      bounds: 'flush',
    };
  });
  const empty = { width: available, height: 20, layer: [{ ...NOTHING }] };
  return { title: titleOf(titles, legend, frame), vconcat: rows.length > 0 ? rows : [empty], spacing: 16 };
}

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
  const lineHeight = Math.round(frame.fontSize * 1.3);
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
