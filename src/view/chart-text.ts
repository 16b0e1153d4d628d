import type { ChartFrame } from './view.ts';
import { splitWords } from './words.ts';

/** Pixels that the theme leaves around a chart on each side. */
export const CHART_PADDING = 4;

/** Breaks a text into lines that fit a width in pixels: at spaces, and within words that are too long after a joint. */
export function wrapText(text: string, width: number, frame: ChartFrame, bold = false): string[] {
  const fits = (line: string) => frame.textWidth(line, frame.fontSize, bold) <= width;
  const lines: string[] = [];
  let line = '';
  for (const word of splitWords(text)) {
    const next = line === '' ? word : `${line} ${word}`;
    if (fits(next)) {
      line = next;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = breakWord(word, fits);
    for (const piece of pieces.slice(0, -1)) lines.push(piece);
    line = pieces.at(-1) ?? '';
  }
  return [...lines, line];
}

/** Signs that join the parts of a name, after which it may break. */
const JOINT = /[-_+./]/;

/** Names have no spaces: they break after a joint, or anywhere where there is none, so that two long ones still differ. */
function breakWord(word: string, fits: (line: string) => boolean): string[] {
  const pieces: string[] = [];
  let rest = [...word];
  while (rest.length > 1 && !fits(rest.join(''))) {
    let length = 1;
    while (length < rest.length && fits(rest.slice(0, length + 1).join(''))) length++;
    let joint = length;
    while (joint > 0 && !JOINT.test(rest[joint - 1] as string)) joint--;
    const end = joint > length / 3 ? joint : length;
    pieces.push(rest.slice(0, end).join(''));
    rest = rest.slice(end);
  }
  return [...pieces, rest.join('')];
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

/** Cuts names to a width so that they stay apart: their ends are lost, else their middles, else their beginnings. */
export function cutNames(names: readonly string[], width: number, frame: ChartFrame, bold = false): string[] {
  const reverse = (text: string) => [...text].reverse().join('');
  const fits = (text: string) => frame.textWidth(text, frame.fontSize, bold) <= width;
  const loseMiddle = (name: string) => {
    const characters = [...name];
    let cut = name;
    for (let kept = characters.length - 1; kept > 1 && !fits(cut); kept--) {
      const tail = Math.floor(kept / 2);
      cut = `${characters.slice(0, kept - tail).join('')}\u2026${characters.slice(characters.length - tail).join('')}`;
    }
    return cut;
  };
  const ways = [
    (name: string) => cutText(name, width, frame, bold),
    loseMiddle,
    (name: string) => reverse(cutText(reverse(name), width, frame, bold)),
  ].map((cut) => names.map(cut));
  const distinct = ways.find((cut) => new Set(cut).size === new Set(names).size);
  return distinct ?? (ways.at(-1) as string[]);
}
