import { RowBlock } from '../model/row-block.ts';
import { CARRIAGE_RETURN, LINE_FEED, LONGEST_LINE_BYTES } from './csv-lines.ts';

const QUOTE = 0x22;

/**
 * Finds the wanted cells of plain lines in their bytes: lines ended by line feed, whose quoted cells hold no quote and no line's end.
 * Any other line is left to `CsvRow`, which also words what is wrong with it.
 */
export class CsvScanner {
  readonly #delimiter: number;
  /** Wanted columns by their index in the line; the last one that is wanted ends the search. */
  readonly #slotsOf: readonly (readonly number[])[];
  readonly #columnCount: number;
  #bounds = new Int32Array(1 << 16);
  #lines = new Uint32Array(1 << 12);
  /** Where the last scan stopped, and how many lines it had passed. */
  at = 0;
  lineCount = 0;

  /** `places`: indices of the wanted columns in a line; −1 of one that the input lacks. */
  constructor(places: readonly number[], delimiter: number) {
    this.#delimiter = delimiter;
    this.#columnCount = places.length;
    this.#slotsOf = Array.from({ length: Math.max(-1, ...places) + 1 }, (_, column) =>
      places.flatMap((place, slot) => (place === column ? [slot] : [])),
    );
  }

  /** Scans complete lines from an offset on, up to the first that is not plain. `linesBefore` of the input precede it. */
  scan(bytes: Buffer, from: number, linesBefore: number): RowBlock {
    let [at, row, line] = [from, 0, linesBefore];
    while (at < bytes.length) {
      if (bytes[at] === LINE_FEED) {
        line++;
        at++;
        continue;
      }
      this.#makeRoom(row);
      const end = this.#scanLine(bytes, at, 2 * row * this.#columnCount);
      if (end < 0 || end - at > LONGEST_LINE_BYTES) break;
      line++;
      // A line that holds a carriage return alone is empty.
      if (end > at + 1 || bytes[at] !== CARRIAGE_RETURN) this.#lines[row++] = line;
      at = end + 1;
    }
    this.at = at;
    this.lineCount = line - linesBefore;
    return new RowBlock(bytes, row, this.#lines, this.#bounds, this.#columnCount);
  }

  #makeRoom(row: number): void {
    if (row === this.#lines.length) this.#lines = doubled(this.#lines, new Uint32Array(2 * row));
    const needed = 2 * (row + 1) * this.#columnCount;
    if (needed > this.#bounds.length) this.#bounds = doubled(this.#bounds, new Int32Array(2 * needed));
  }

  /** Scans one line; gives the offset of its end, −1 when it is not plain. */
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one pass over the bytes of a line; calls for each would take longer than they do.
  #scanLine(bytes: Buffer, begin: number, place: number): number {
    const bounds = this.#bounds;
    bounds.fill(-1, place, place + 2 * this.#columnCount);
    const delimiter = this.#delimiter;
    const slotsOf = this.#slotsOf;
    let at = begin;
    for (let column = 0; column < slotsOf.length; column++) {
      let from = at;
      let to: number;
      let byte = bytes[at] as number;
      if (byte === QUOTE) {
        from = at + 1;
        to = findQuote(bytes, from);
        if (to < 0) return -1;
        at = to + 1;
        byte = bytes[at] as number;
        if (byte === CARRIAGE_RETURN && bytes[at + 1] === LINE_FEED) byte = bytes[++at] as number;
        if (byte !== delimiter && byte !== LINE_FEED) return -1;
      } else {
        while (byte !== delimiter && byte !== LINE_FEED) byte = bytes[++at] as number;
        to = byte === LINE_FEED && at > from && bytes[at - 1] === CARRIAGE_RETURN ? at - 1 : at;
      }
      const slots = slotsOf[column] as readonly number[];
      for (let i = 0; i < slots.length; i++) {
        const slot = place + 2 * (slots[i] as number);
        bounds[slot] = from;
        bounds[slot + 1] = to;
      }
      if (byte === LINE_FEED) return at;
      at++;
    }
    return this.#skipRest(bytes, at);
  }

  /** Finds the end of a line whose further cells nobody wants, from the beginning of one of them on. */
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: the same.
  #skipRest(bytes: Buffer, from: number): number {
    let before = this.#delimiter;
    for (let at = from; ; at++) {
      const byte = bytes[at] as number;
      if (byte === LINE_FEED) return at;
      // What a quote opens can go on in the next line.
      if (byte === QUOTE && before === this.#delimiter) {
        at = findQuote(bytes, at + 1);
        if (at < 0) return -1;
        const next = bytes[at + 1] as number;
        const ends = next === LINE_FEED || (next === CARRIAGE_RETURN && bytes[at + 2] === LINE_FEED);
        if (next !== this.#delimiter && !ends) return -1;
      }
      before = byte;
    }
  }
}

/** Finds the next quote in the line; −1: the line ends before. */
function findQuote(bytes: Buffer, from: number): number {
  for (let at = from; ; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return at;
    if (byte === LINE_FEED) return -1;
  }
}

function doubled<Numbers extends Uint32Array | Int32Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
