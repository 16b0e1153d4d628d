const QUOTE = '"';

/** The state is that of a row after a line: complete, to be continued inside a quoted cell, or no row at all. */
export type CsvRowState = 'whole' | 'open' | 'broken';

/** The row takes one line after the other until its last quote is closed. */
export class CsvRow {
  readonly #delimiter: string;
  readonly cells: string[] = [];
  /** Is true when text stands behind a closing quote: the cell is then kept as it stands, with its quotes. */
  isOdd = false;
  /** Pieces of a quoted cell that has begun in an earlier line; `null`: none. */
  #quoted: string[] | null = null;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  /** Reads a line, before which so many empty ones stood. */
  read(line: string, emptyLineCount: number): CsvRowState {
    if (this.#quoted !== null) {
      this.#quoted.push('\n'.repeat(emptyLineCount + 1));
      return this.#continue(line, this.#quoted);
    }
    if (line.includes(QUOTE)) return this.#readCells(line, 0);
    for (const cell of line.split(this.#delimiter)) this.cells.push(cell);
    return 'whole';
  }

  /** Goes on inside a quoted cell. Text behind its end makes it likely that the quote which opened it was a stray one. */
  #continue(line: string, pieces: string[]): CsvRowState {
    const to = readQuoted(line, 0, pieces);
    if (to === null) return 'open';
    if (this.#findEnd(line, to) !== to) return 'broken';
    this.#quoted = null;
    this.cells.push(pieces.join(''));
    return to < line.length ? this.#readCells(line, to + 1) : 'whole';
  }

  /** Reads cells from an offset on, at which one begins. */
  #readCells(line: string, from: number): CsvRowState {
    for (let at = from; at <= line.length; ) {
      const to = line[at] === QUOTE ? this.#readQuotedCell(line, at) : this.#readPlainCell(line, at);
      if (to === null) return 'open';
      at = to + 1;
    }
    return 'whole';
  }

  /** Reads a cell; returns the offset at which it ends. */
  #readPlainCell(line: string, from: number): number {
    const to = this.#findEnd(line, from);
    this.cells.push(line.slice(from, to));
    return to;
  }

  /** Reads a cell that begins with a quote; returns the offset at which it ends, or `null`: in another line. */
  #readQuotedCell(line: string, from: number): number | null {
    const pieces: string[] = [];
    const to = readQuoted(line, from + 1, pieces);
    if (to === null) {
      this.#quoted = pieces;
      return null;
    }
    if (this.#findEnd(line, to) !== to) {
      this.isOdd = true;
      return this.#readPlainCell(line, from);
    }
    this.cells.push(pieces.join(''));
    return to;
  }

  /** Finds the next delimiter, or the end of the line. */
  #findEnd(line: string, from: number): number {
    const found = line.indexOf(this.#delimiter, from);
    return found < 0 ? line.length : found;
  }
}

/** Reads a quoted cell's text; returns the offset behind its closing quote, or `null` when the line ends before. */
function readQuoted(line: string, from: number, pieces: string[]): number | null {
  for (let at = from; ; ) {
    const to = line.indexOf(QUOTE, at);
    if (to < 0) {
      pieces.push(line.slice(at));
      return null;
    }
    if (line[to + 1] !== QUOTE) {
      pieces.push(line.slice(at, to));
      return to + 1;
    }
    pieces.push(line.slice(at, to + 1));
    at = to + 2;
  }
}
