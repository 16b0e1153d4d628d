/** A line is its bytes without what ends it; `null`: it was too long to be kept. Empty lines are counted only. */
export interface CsvLine {
  /** Line in the input, from 1. */
  readonly line: number;
  readonly bytes: Buffer | null;
  readonly byteLength: number;
}

/** Bytes of a line at most. */
export const LONGEST_LINE_BYTES = 1 << 20;
/** Bytes that end lines. */
export const [LINE_FEED, CARRIAGE_RETURN] = [0x0a, 0x0d];

/** The reader takes chunks and gives lines, ended by line feed with or without carriage return, or by carriage returns alone. */
export class CsvLines {
  /** The byte that ends lines; `null`: none has come yet. */
  #end: number | null = null;
  #parts: Buffer[] = [];
  #byteLength = 0;
  #lineCount = 0;

  push(chunk: Uint8Array): readonly CsvLine[] {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#end === null) {
      // The byte behind a carriage return tells whether that ends a line by itself.
      bytes = Buffer.concat([...this.#parts, bytes]);
      this.#forget();
      this.#end = findLineEnd(bytes);
    }
    return this.#end === null ? this.#keepHead(bytes) : this.#cut(bytes, this.#end);
  }

  /** Gives the last line, which nothing ends. */
  end(): readonly CsvLine[] {
    return this.#byteLength === 0 ? [] : [this.#finish()];
  }

  /** Keeps bytes without a line's end; from the longest line on, line feeds will end lines. */
  #keepHead(bytes: Buffer): readonly CsvLine[] {
    if (bytes.length > LONGEST_LINE_BYTES) this.#end = LINE_FEED;
    this.#keep(bytes);
    return [];
  }

  /** Hands over the beginning of a line whose end has not come, if line feeds end lines; `null`: this reader has to go on. */
  release(): { readonly rest: Buffer; readonly lineCount: number } | null {
    if (this.#end !== LINE_FEED || this.#byteLength > LONGEST_LINE_BYTES) return null;
    const released = { rest: join(this.#parts), lineCount: this.#lineCount };
    this.#forget();
    return released;
  }

  /** Goes on where another reader has stopped. */
  resume({ rest, lineCount }: { readonly rest: Buffer; readonly lineCount: number }): void {
    this.#keep(rest);
    this.#lineCount = lineCount;
  }

  #cut(bytes: Buffer, end: number): readonly CsvLine[] {
    const lines: CsvLine[] = [];
    let from = 0;
    while (from < bytes.length) {
      if (bytes[from] === end && this.#byteLength === 0) {
        this.#lineCount++;
        from++;
        continue;
      }
      const to = bytes.indexOf(end, from);
      this.#keep(bytes.subarray(from, to < 0 ? bytes.length : to));
      if (to < 0) break;
      lines.push(this.#finish());
      from = to + 1;
    }
    return lines;
  }

  /** Keeps a part of a line; those of a line that is too long are only counted. */
  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#byteLength += part.length;
    if (this.#byteLength <= LONGEST_LINE_BYTES) this.#parts.push(part);
    else this.#parts = [];
  }

  #finish(): CsvLine {
    const [line, byteLength] = [++this.#lineCount, this.#byteLength];
    const bytes = byteLength > LONGEST_LINE_BYTES ? null : withoutReturn(join(this.#parts));
    this.#forget();
    return { line, bytes, byteLength };
  }

  #forget(): void {
    this.#parts = [];
    this.#byteLength = 0;
  }
}

const join = ([first, ...others]: readonly Buffer[]): Buffer =>
  first === undefined ? Buffer.alloc(0) : others.length === 0 ? first : Buffer.concat([first, ...others]);

/** Takes a carriage return off the end of a line, if it has one. */
export const withoutReturn = (line: Buffer): Buffer => (line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line);

/** Finds the byte that ends lines, by the first line; `null`: it cannot be told yet. */
function findLineEnd(bytes: Buffer): number | null {
  const [feed, back] = [bytes.indexOf(LINE_FEED), bytes.indexOf(CARRIAGE_RETURN)];
  if (back < 0 || (feed >= 0 && feed < back)) return feed < 0 ? null : LINE_FEED;
  if (back === bytes.length - 1) return null;
  return feed === back + 1 ? LINE_FEED : CARRIAGE_RETURN;
}
