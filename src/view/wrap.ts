import { splitWords } from './words.ts';

// Lines of text by the width of its characters, in whatever unit the measure has: terminal columns or pixels.

/** The measure of a text is the sum of those of its characters. */
export type Measure = (text: string) => number;

/** Breaks a text at spaces into lines of at most `width`; a longer word has a line of its own. Lines after the first are indented. */
export function wrapWords(text: string, width: number, measure: Measure, indent = ''): string[] {
  const lines = new Lines(width, measure, indent);
  for (const word of splitWords(text)) lines.add(word);
  return lines.end();
}

/** Breaks a text at spaces into lines of at most `width`, and words that are longer than a line at their joints or anywhere. */
export function wrapPieces(text: string, width: number, measure: Measure): string[] {
  const lines = new Lines(width, measure);
  for (const word of splitWords(text)) {
    if (measure(word) <= width) lines.add(word);
    else for (const piece of breakWord(word, width, measure)) lines.begin(piece);
  }
  return lines.end();
}

/** Lines that are filled word by word. */
class Lines {
  readonly #lines: string[] = [];
  #line: string | null = null;
  #lineWidth = 0;

  constructor(
    readonly width: number,
    readonly measure: Measure,
    readonly indent = '',
  ) {}

  /** Adds a word to the line if it fits, else to the next one. */
  add(word: string): void {
    const added = this.measure(` ${word}`);
    if (this.#line === null || this.#lineWidth + added > this.width) this.begin(word);
    else {
      this.#line += ` ${word}`;
      this.#lineWidth += added;
    }
  }

  begin(word: string): void {
    if (this.#line !== null) this.#lines.push(this.#line);
    this.#line = this.#line === null ? word : this.indent + word;
    this.#lineWidth = this.measure(this.#line);
  }

  end(): string[] {
    return [...this.#lines, this.#line ?? ''];
  }
}

/** Signs that join the parts of a name, after which it may break. */
const JOINT = /[-_+./]/;

/** Breaks a word into pieces of at most `width`: after a joint, or anywhere where there is none, so that two long names still differ. */
function breakWord(word: string, width: number, measure: Measure): string[] {
  const characters = [...word];
  const pieces: string[] = [];
  let from = 0;
  while (from < characters.length) {
    const end = findBreak(characters, from, width, measure);
    pieces.push(characters.slice(from, end).join(''));
    from = end;
  }
  return pieces.length > 0 ? pieces : [word];
}

/** Gives the end of the piece that begins at `from`: all that is left where that fits, else the last joint that is not too near. */
function findBreak(characters: readonly string[], from: number, width: number, measure: Measure): number {
  let [end, pieceWidth, joint] = [from, 0, from];
  while (end < characters.length) {
    const character = characters[end] as string;
    pieceWidth += measure(character);
    if (pieceWidth > width && end > from) break;
    end++;
    if (JOINT.test(character)) joint = end;
  }
  if (end === characters.length) return end;
  return joint - from > (end - from) / 3 ? joint : end;
}
