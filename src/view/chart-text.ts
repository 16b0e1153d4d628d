import type { ChartFrame } from './view.ts';

/** Space that the theme leaves around a chart, in pixels on each side. */
export const CHART_PADDING = 4;

/** Breaks a text into lines that fit a width in pixels; a single word that is too long keeps its line. */
export function wrapText(text: string, width: number, frame: ChartFrame, bold = false): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const next = line === '' ? word : `${line} ${word}`;
    if (line !== '' && frame.textWidth(next, frame.fontSize, bold) > width) {
      lines.push(line);
      line = word;
    } else line = next;
  }
  return [...lines, line];
}

/** A chart's title with what the reader must know to read it, both broken to the width of the frame. */
export function titleOf(
  titles: readonly string[],
  legend: readonly string[],
  frame: ChartFrame,
): Record<string, unknown> {
  const width = frame.width - 2 * CHART_PADDING;
  return {
    text: titles.flatMap((title) => wrapText(title, width, frame, true)),
    subtitle: legend.flatMap((sentence) => wrapText(sentence, width, frame)),
  };
}

/** Cuts a text to a width in pixels, with an ellipsis where something is missing. */
export function cutText(text: string, width: number, frame: ChartFrame, bold = false): string {
  if (frame.textWidth(text, frame.fontSize, bold) <= width) return text;
  const characters = [...text];
  while (characters.length > 1 && frame.textWidth(`${characters.join('')}\u2026`, frame.fontSize, bold) > width) {
    characters.pop();
  }
  return `${characters.join('')}\u2026`;
}
