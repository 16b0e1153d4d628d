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

/** Lines of a legend and of a heading at most: more of them would be a page of text with a picture below. */
export const MOST_LINES = 12;
/** Lines of a title at most: the tables hold the rest of it. */
const MOST_TITLE_LINES = 5;

/** Keeps as many lines as a picture takes, with an ellipsis where something is missing. */
export function limitLines(lines: readonly string[], most = MOST_LINES): string[] {
  return lines.length <= most ? [...lines] : [...lines.slice(0, most - 1), `${lines[most - 1]}\u2026`];
}

/** Creates a chart's title with the legend under it, both broken to the width of the frame. */
export function titleOf(
  titles: readonly string[],
  legend: readonly string[],
  frame: ChartFrame,
  mostLines = MOST_TITLE_LINES,
): Record<string, unknown> {
  // Edges of letters may reach a little beyond their advances.
  const width = frame.pictureWidth - 2 * CHART_PADDING - 2;
  return {
    text: wrapTitles(titles, width, mostLines, frame),
    subtitle: limitLines(legend.flatMap((sentence) => wrapText(sentence, width, frame))),
  };
}

/** Computes the pixels that a title takes with what is below it. */
export function titleHeight(title: Record<string, unknown>, { fontSize }: ChartFrame): number {
  const { text, subtitle } = title as { readonly text: readonly string[]; readonly subtitle: readonly string[] };
  return (text.length + subtitle.length) * fontSize * 1.3 + 2 * CHART_PADDING;
}

/** Breaks titles into as many lines as a picture takes: what is left out is whole clauses, so that no figure loses its interval. */
function wrapTitles(titles: readonly string[], width: number, mostLines: number, frame: ChartFrame): string[] {
  const wrap = (title: string) => wrapText(title, width, frame, true);
  const lines: string[] = [];
  for (const [i, title] of titles.entries()) {
    const own = wrap(title);
    const room = mostLines - lines.length;
    const isLast = i === titles.length - 1;
    // Behind the title that fills the room stands that others follow.
    if (own.length < room || (own.length === room && isLast)) lines.push(...own);
    else return endWithCut(lines, own, room, wrap);
  }
  return lines;
}

/** Where a clause ends: not within brackets, in which intervals stand. */
const CLAUSE_END = /[;,.](?= (?![^[(]*[\])]))/g;

/** A figure at the end whose interval is not closed, as in ` −3.0 % [−7.2,`. */
const OPEN_INTERVAL = /\s+\S+(?:\s%)?\s+\[[^\]]*$/;

type Wrap = (title: string) => string[];

/** Adds what fits of a title: whole clauses; of one that is not the first, nothing but an ellipsis where no clause fits. */
function endWithCut(lines: readonly string[], title: readonly string[], room: number, wrap: Wrap): string[] {
  const cut = cutClauses(title, room, wrap);
  if (cut !== null) return [...lines, ...cut];
  const last = lines.at(-1);
  if (last === undefined) return cutWords(title, room);
  return [...lines.slice(0, -1), ...wrap(`${last}\u00a0${ELLIPSIS}`)];
}

/** Cuts behind the last clause that fits; `null`: none does. */
function cutClauses(lines: readonly string[], room: number, wrap: Wrap): string[] | null {
  const text = lines.slice(0, room + 1).join(' ');
  const ends = [...text.matchAll(CLAUSE_END)].map(({ index }) => index).reverse();
  return ends.map((end) => wrap(`${text.slice(0, end)} ${ELLIPSIS}`)).find((cut) => cut.length <= room) ?? null;
}

/** Cuts a word before the end, so that the ellipsis is not taken for more decimals; and no figure loses the end of its interval. */
function cutWords(lines: readonly string[], room: number): string[] {
  const cut = (lines[room - 1] ?? '').replace(/\s+\S*$/, '').replace(OPEN_INTERVAL, '');
  return [...lines.slice(0, room - 1), `${cut}\u00a0${ELLIPSIS}`];
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
