/** A row holds the wanted cells in the order in which they were asked for, as text. */
interface TextRow {
  /** Line in the input, from 1. */
  readonly line: number;
  /** `undefined`: the row has no such cell. */
  readonly cells: readonly (string | undefined)[];
}

/**
 * The block holds rows as places of their cells in bytes, so that whoever needs a number need not make a text of it. It is good until
 * the next one is asked for: its arrays are used again.
 */
export class RowBlock implements Iterable<TextRow> {
  /** Complete lines of UTF-8. */
  readonly bytes: Buffer;
  readonly rowCount: number;
  /** Lines of the rows in the input, from 1. */
  readonly lines: Uint32Array;
  /** Offsets at which each cell begins and ends, row by row; −1: the row has no such cell. */
  readonly bounds: Int32Array;
  readonly columnCount: number;

  constructor(bytes: Buffer, rowCount: number, lines: Uint32Array, bounds: Int32Array, columnCount: number) {
    this.bytes = bytes;
    this.rowCount = rowCount;
    this.lines = lines;
    this.bounds = bounds;
    this.columnCount = columnCount;
  }

  /** Gives the offset at which a cell begins; −1: there is no such cell. */
  from(row: number, column: number): number {
    return this.bounds[2 * (row * this.columnCount + column)] as number;
  }

  to(row: number, column: number): number {
    return this.bounds[2 * (row * this.columnCount + column) + 1] as number;
  }

  textOf(row: number, column: number): string | undefined {
    const from = this.from(row, column);
    return from < 0 ? undefined : this.bytes.toString('utf8', from, this.to(row, column));
  }

  at(row: number): TextRow {
    const cells = Array.from({ length: this.columnCount }, (_, column) => this.textOf(row, column));
    return { line: this.lines[row] as number, cells };
  }

  *[Symbol.iterator](): Generator<TextRow> {
    for (let row = 0; row < this.rowCount; row++) yield this.at(row);
  }
}
