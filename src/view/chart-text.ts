import { showName, showText } from './show-text.ts';
import type { ChartFrame } from './view.ts';
import { type Measure, wrapPieces } from './wrap.ts';

/** Pixels that the theme leaves around a chart on each side. */
export const CHART_PADDING = 4;

const measureIn =
  ({ textWidth, fontSize }: ChartFrame, bold: boolean): Measure =>
  (text) =>
    textWidth(text, fontSize, bold);

/** Breaks a text into lines that fit a width in pixels: at spaces, and within words that are too long after a joint. */
export function wrapText(text: string, width: number, frame: ChartFrame, bold = false): string[] {
  return wrapPieces(showText(text), width, measureIn(frame, bold));
}

/** Lines of a title, of a legend and of a heading at most: more of them would be a page of text with a picture below. */
const MOST_LINES = 12;

/** Keeps as many lines as a picture takes, with an ellipsis where something is missing. */
export function limitLines(lines: readonly string[], most = MOST_LINES): string[] {
  return lines.length <= most ? [...lines] : [...lines.slice(0, most - 1), `${lines[most - 1]}\u2026`];
}

/** Creates a chart's title with the legend under it, both broken to the width of the frame. */
export function titleOf(
  titles: readonly string[],
  legend: readonly string[],
  frame: ChartFrame,
): Record<string, unknown> {
  // Edges of letters may reach a little beyond their advances.
  const width = frame.pictureWidth - 2 * CHART_PADDING - 2;
  return {
    text: limitLines(titles.flatMap((title) => wrapText(title, width, frame, true))),
    subtitle: limitLines(legend.flatMap((sentence) => wrapText(sentence, width, frame))),
  };
}

/** Cuts a name to a width in pixels, with an ellipsis where its end is missing. */
export function cutText(name: string, width: number, frame: ChartFrame, bold = false): string {
  return cutEnd(showName(name), width, measureIn(frame, bold));
}

const ELLIPSIS = '\u2026';

/** Cuts so that at least one character stays. */
function cutEnd(text: string, width: number, measure: Measure): string {
  return keepMost(text, (kept, characters) => characters.slice(0, kept).join('') + ELLIPSIS, width, measure);
}

function cutStart(text: string, width: number, measure: Measure): string {
  return keepMost(
    text,
    (kept, characters) => ELLIPSIS + characters.slice(characters.length - kept).join(''),
    width,
    measure,
  );
}

function cutMiddle(text: string, width: number, measure: Measure): string {
  const loseMiddle = (kept: number, characters: readonly string[]) => {
    const tail = Math.floor(kept / 2);
    return characters.slice(0, kept - tail).join('') + ELLIPSIS + characters.slice(characters.length - tail).join('');
  };
  return keepMost(text, loseMiddle, width, measure);
}

/** The text if it fits, else what `lose` makes of it with as many characters kept as fit: one at least. */
function keepMost(
  text: string,
  lose: (kept: number, characters: readonly string[]) => string,
  width: number,
  measure: Measure,
): string {
  if (measure(text) <= width) return text;
  const characters = [...text];
  let [least, most] = [1, characters.length - 1];
  while (least < most) {
    const kept = Math.ceil((least + most) / 2);
    if (measure(lose(kept, characters)) <= width) least = kept;
    else most = kept - 1;
  }
  return characters.length === 1 ? text : lose(least, characters);
}

/**
 * Cuts different names to a width so that they stay apart: their ends are lost, else their middles, else their beginnings. Where none
 * of that keeps them apart, they get numbers.
 */
export function cutNames(names: readonly string[], width: number, frame: ChartFrame, bold = false): string[] {
  const measure = measureIn(frame, bold);
  const shown = names.map(showName);
  const different = [...new Set(names)];
  for (const cut of [cutEnd, cutMiddle, cutStart]) {
    const texts = shown.map((name) => cut(name, width, measure));
    if (new Set(texts).size === different.length) return texts;
  }
  const numbers = new Map(different.map((name, i) => [name, ` #${i + 1}`]));
  return names.map((name, i) => {
    const number = numbers.get(name) ?? '';
    return cutEnd(shown[i] as string, width - measure(number), measure) + number;
  });
}
