import { CHART_PADDING, titleOf, wrapText } from './chart-text.ts';
import type { ChartFrame, VegaLiteSpec } from './view.ts';

/** Small multiples of equal size, laid out in pixels so that they fit every width. */

export interface PanelSize {
  readonly width: number;
  readonly height: number;
}

/** A line of a panel's heading; with a colour it serves as a legend. */
export interface HeadLine {
  readonly text: string;
  readonly bold?: boolean;
  readonly color?: string;
}

export interface Panel {
  readonly head: readonly HeadLine[];
  /** Vega-Lite layers. */
  readonly draw: (size: PanelSize) => readonly Record<string, unknown>[];
}

/** Room for an axis with its labels, left of every panel. */
const AXIS_WIDTH = 52;
const NARROWEST_PANEL = 100;
const WIDEST_PANEL = 300;
const PANEL_HEIGHT = 120;
const LOWEST_PANEL = 60;
/** Titles and horizontal axes, roughly: only used when a height was asked for. */
const [TITLE_HEIGHT, ROW_OVERHEAD] = [70, 60];

/** All panels in rows as full as the frame allows. */
export function drawPanels(
  panels: readonly Panel[],
  titles: readonly string[],
  legend: readonly string[],
  frame: ChartFrame,
): VegaLiteSpec {
  const available = frame.width - 2 * CHART_PADDING;
  const columnCount = Math.max(1, Math.min(panels.length, Math.floor(available / (AXIS_WIDTH + NARROWEST_PANEL))));
  const width = Math.floor(Math.min(WIDEST_PANEL, available / columnCount - AXIS_WIDTH - 4));
  const rowCount = Math.ceil(panels.length / columnCount);
  const height =
    frame.height === null
      ? PANEL_HEIGHT
      : Math.max(LOWEST_PANEL, (frame.height - TITLE_HEIGHT) / Math.max(1, rowCount) - ROW_OVERHEAD);
  const rows = Array.from({ length: rowCount }, (_, i) => {
    const inRow = panels
      .slice(i * columnCount, (i + 1) * columnCount)
      .map(({ head, draw }) => ({ draw, head: head.flatMap((line) => breakLine(line, width, frame)) }));
    const lineCount = Math.max(...inRow.map(({ head }) => head.length));
    return {
      hconcat: [spacer(height), ...inRow.map((panel) => drawPanel(panel, { width, height }, lineCount, frame))],
      spacing: AXIS_WIDTH,
      bounds: 'flush',
    };
  });
  const empty = { width: available, height: 20, layer: [{ ...NOTHING }] };
  return { title: titleOf(titles, legend, frame), vconcat: rows.length > 0 ? rows : [empty], spacing: 16 };
}

const breakLine = (line: HeadLine, width: number, frame: ChartFrame): HeadLine[] =>
  wrapText(line.text, width, frame, line.bold).map((text) => ({ ...line, text }));

const NOTHING = { data: { values: [{}] }, mark: { type: 'point', opacity: 0 } };
const spacer = (height: number) => ({ width: 1, height, ...NOTHING });

function drawPanel({ head, draw }: Panel, size: PanelSize, lineCount: number, frame: ChartFrame) {
  const lineHeight = Math.round(frame.fontSize * 1.3);
  const lines = head.map(({ text, bold = false, color = frame.palette.ink }, i) => ({
    data: { values: [{}] },
    mark: {
      type: 'text',
      text,
      align: 'left',
      baseline: 'middle',
      fontWeight: bold ? 600 : 400,
      fill: color,
    },
    encoding: { x: { value: 0 }, y: { value: (i - lineCount) * lineHeight } },
  }));
  return { ...size, layer: [...draw(size), ...lines] };
}
