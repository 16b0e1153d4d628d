import { isAscii, isUtf8 } from 'node:buffer';
import { UserError } from '../errors.ts';
import { type Issue, wordIssue } from '../model/issue.ts';
import { type CsvLine, CsvLines, LINE_FEED, LONGEST_LINE_BYTES, withoutReturn } from './csv-lines.ts';
import { CsvRow } from './csv-row.ts';
import { CsvScanner } from './csv-scanner.ts';
import { locateBadByte } from './decode-text.ts';
import { wordInput } from './index.ts';
import { findColumn, type RawRow, type RowBatch, type RowDecoder, type WantedColumns } from './row.ts';

/**
 * Decodes CSV with a header row (RFC 4180, but lenient): comma, semicolon or tab, or what a first line `sep=…` says; quotes; lines
 * ended by line feed, carriage return or both. Rows may have fewer or more cells than the header. A row that cannot be read is one
 * issue, and the next line a new start. Throws `UserError` `unknown-column`, and `not-rows` when it is the header.
 */
export const decodeCsvRows: RowDecoder = async function* ({ uri, firstLine, bytes }, wanted) {
  const reader = new CsvReader(new CsvRows(uri, wanted, firstLine));
  for await (const chunk of bytes) yield* reader.push(chunk);
  yield* reader.end();
};

/** Has plain lines scanned as blocks, once the header is known, and every other line read by itself. */
class CsvReader {
  readonly #rows: CsvRows;
  readonly #lines = new CsvLines();
  /** `null`: all lines are read by themselves, as long as the header has not come or a line is too long. */
  #scanner: CsvScanner | null = null;
  /** The beginning of a line whose end has not come, and the lines before it, while there is a scanner. */
  #rest: Buffer = Buffer.alloc(0);
  #lineCount = 0;
  #room: Buffer = Buffer.alloc(0);

  constructor(rows: CsvRows) {
    this.#rows = rows;
  }

  *push(chunk: Uint8Array): Generator<RowBatch> {
    if (this.#scanner === null) {
      yield this.#rows.take(this.#lines.push(chunk));
      this.#startScanning();
      return;
    }
    const bytes = this.#append(chunk);
    const to = bytes.lastIndexOf(LINE_FEED) + 1;
    this.#rest = bytes.subarray(to);
    yield* isUtf8(bytes.subarray(0, to)) ? this.#scan(bytes.subarray(0, to)) : this.#readLines(bytes.subarray(0, to));
    if (this.#rest.length > LONGEST_LINE_BYTES) this.#stopScanning();
  }

  *end(): Generator<RowBatch> {
    if (this.#scanner !== null) this.#stopScanning();
    yield this.#rows.take(this.#lines.end());
    yield this.#rows.end();
  }

  /** Puts a chunk behind the rest of the one before, in memory that is used again and again. */
  #append(chunk: Uint8Array): Buffer {
    const { length } = this.#rest;
    const byteLength = length + chunk.length;
    const room = this.#room.length < byteLength ? Buffer.allocUnsafeSlow(2 * byteLength) : this.#room;
    room.set(this.#rest, 0);
    room.set(chunk, length);
    this.#room = room;
    return room.subarray(0, byteLength);
  }

  #startScanning(): void {
    const scanner = this.#rows.createScanner();
    const released = scanner === null ? null : this.#lines.release();
    if (released === null) return;
    this.#scanner = scanner;
    this.#rest = released.rest;
    this.#lineCount = released.lineCount;
  }

  #stopScanning(): void {
    this.#lines.resume({ rest: Buffer.from(this.#rest), lineCount: this.#lineCount });
    this.#scanner = null;
    this.#rest = Buffer.alloc(0);
  }

  *#scan(bytes: Buffer): Generator<RowBatch> {
    const scanner = this.#scanner as CsvScanner;
    for (let at = 0; at < bytes.length; ) {
      if (!this.#rows.isOpen) {
        const block = scanner.scan(bytes, at, this.#lineCount);
        if (block.rowCount > 0) yield block;
        at = scanner.at;
        this.#lineCount += scanner.lineCount;
      }
      if (at === bytes.length) break;
      const to = bytes.indexOf(LINE_FEED, at) + 1;
      yield* this.#readLines(bytes.subarray(at, to));
      at = to;
    }
  }

  /** Reads complete lines by themselves. */
  *#readLines(bytes: Buffer): Generator<RowBatch> {
    const lines: CsvLine[] = [];
    for (let from = 0; from < bytes.length; ) {
      const to = bytes.indexOf(LINE_FEED, from);
      this.#lineCount++;
      const byteLength = to - from;
      // A row that goes on keeps its lines, while the memory is used again.
      const line = byteLength > LONGEST_LINE_BYTES ? null : withoutReturn(Buffer.from(bytes.subarray(from, to)));
      if (byteLength > 0) lines.push({ line: this.#lineCount, bytes: line, byteLength });
      from = to + 1;
    }
    yield this.#rows.take(lines);
  }
}

const DELIMITERS = [',', ';', '\t', '|'];

/** The line by which Excel is told the delimiter. */
const SEPARATOR_LINE = /^"?sep=(.)"?\s*$/i;

/** Chooses the delimiter that the header has most of, outside quotes. */
export function chooseDelimiter(header: string): string {
  const unquoted = header.replaceAll(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => unquoted.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] as string;
}

/** Characters of a row over several lines at most: a quote that is never closed would take in all that follows. */
const LONGEST_ROW_CHARACTERS = 1 << 20;

/** A row that has begun and goes on, with all its lines. */
interface OpenRow {
  readonly row: CsvRow;
  readonly lines: CsvLine[];
  characterCount: number;
}

/** The reader takes lines and gives rows. */
class CsvRows {
  readonly #uri: string;
  readonly #wanted: WantedColumns;
  readonly #delimiter: string;
  /** Indices of the wanted columns, and how many there are of all; `null` before the header. */
  #header: { readonly places: readonly number[]; readonly columnCount: number } | null = null;
  #open: OpenRow | null = null;
  #rows: RawRow[] = [];

  constructor(uri: string, wanted: WantedColumns, firstLine: string) {
    this.#uri = uri;
    this.#wanted = wanted;
    this.#delimiter = SEPARATOR_LINE.exec(firstLine)?.[1] ?? chooseDelimiter(firstLine);
  }

  /** Is true while a row goes on in the next line. */
  get isOpen(): boolean {
    return this.#open !== null;
  }

  /** Creates what scans further lines in their bytes; `null`: the header has not come, or it takes more than bytes to part cells. */
  createScanner(): CsvScanner | null {
    const delimiter = this.#delimiter.charCodeAt(0);
    return this.#header === null || delimiter > LAST_ASCII ? null : new CsvScanner(this.#header.places, delimiter);
  }

  take(lines: readonly CsvLine[]): readonly RawRow[] {
    for (const line of lines) this.#readAll([line]);
    return this.#takeRows();
  }

  /** Gives the remaining rows, after the last line. */
  end(): readonly RawRow[] {
    while (this.#open !== null) this.#readAll(this.#giveUp(this.#open));
    return this.#takeRows();
  }

  #takeRows(): readonly RawRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  /** Reads lines, and those again that turn out to be no part of the row before. */
  #readAll(lines: readonly CsvLine[]): void {
    const waiting = lines.slice().reverse();
    for (let line = waiting.pop(); line !== undefined; line = waiting.pop()) {
      const again = this.#read(line);
      for (let i = again.length - 1; i >= 0; i--) waiting.push(again[i] as CsvLine);
    }
  }

  /** Reads a line; returns those to be read again. */
  #read(line: CsvLine): readonly CsvLine[] {
    if (line.bytes === null) return this.#open === null ? this.#complainOfLength(line) : this.#giveUp(this.#open, line);
    if (this.#open === null && this.#isPassedOver(line.bytes)) return [];
    const open = this.#open ?? { row: new CsvRow(this.#delimiter), lines: [], characterCount: 0 };
    const emptyLineCount = line.line - 1 - (open.lines.at(-1)?.line ?? line.line - 1);
    open.lines.push(line);
    open.characterCount += line.bytes.length + emptyLineCount;
    this.#open = open;
    if (open.characterCount > LONGEST_ROW_CHARACTERS) return this.#giveUp(open);
    const state = open.row.read(toText(line.bytes), emptyLineCount);
    if (state === 'broken') return this.#giveUp(open);
    return state === 'whole' ? this.#finish(open) : [];
  }

  #isPassedOver(bytes: Buffer): boolean {
    return bytes.length === 0 || (this.#header === null && SEPARATOR_LINE.test(toText(bytes)));
  }

  #complainOfLength({ line, byteLength }: CsvLine): readonly CsvLine[] {
    this.#add({ issue: { code: 'record-too-long', origin: { uri: this.#uri, line }, byteLength } });
    return [];
  }

  /** Gives a row up whose quote is not closed; the lines behind its first, and `next`, are to be read again. */
  #giveUp({ lines }: OpenRow, ...next: readonly CsvLine[]): readonly CsvLine[] {
    this.#open = null;
    this.#complain(lines[0] as CsvLine, 'a quote opens here that is not closed');
    return [...lines.slice(1), ...next];
  }

  /** Takes the row that is whole now. */
  #finish(open: OpenRow): readonly CsvLine[] {
    const { row, lines } = open;
    if (lines.length > 1 && this.#looksLikeRows(lines)) return this.#giveUp(open);
    this.#open = null;
    const first = lines[0] as CsvLine;
    if (row.isOdd && this.#header !== null && row.cells.length !== this.#header.columnCount) {
      this.#complain(first, 'text follows on a closing quote');
    } else this.#add({ line: first.line, cells: row.cells, foreign: lines.find(isForeign) ?? null });
    return [];
  }

  /** Judges whether lines that one quoted cell joins are rows by themselves: two stray quotes take in all between them. */
  #looksLikeRows(lines: readonly CsvLine[]): boolean {
    if (this.#header === null || this.#header.columnCount < LEAST_COLUMNS) return false;
    const { columnCount } = this.#header;
    return lines.every(({ bytes }) => toText(bytes as Buffer).split(this.#delimiter).length === columnCount);
  }

  #complain({ line }: CsvLine, problem: string): void {
    this.#add({ issue: { code: 'broken-csv', origin: { uri: this.#uri, line }, problem } });
  }

  /** Takes the first row for the header. */
  #add(row: FullRow | { readonly issue: Issue }): void {
    if (this.#header === null) this.#header = this.#readHeader(row);
    else this.#rows.push('issue' in row ? row : this.#select(row, this.#header.places));
  }

  /** Selects the wanted cells. Those of a line that is not UTF-8 have to be ASCII: other names could be any. */
  #select({ line, cells, foreign }: FullRow, places: readonly number[]): RawRow {
    const wanted = places.map((at) => cells[at]);
    if (foreign === null || wanted.every((cell) => cell === undefined || ASCII.test(cell)))
      return { line, cells: wanted };
    const position = { uri: this.#uri, line: foreign.line, column: 1 };
    return { issue: { code: 'not-utf-8', ...locateBadByte(foreign.bytes as Buffer, position) } };
  }

  #readHeader(row: FullRow | { readonly issue: Issue }) {
    if ('issue' in row) {
      throw new UserError('not-rows', `The header of ${wordInput(this.#uri)} cannot be read.`, {
        hint: `${wordIssue(row.issue)}.\nAn invocation log is CSV with a header row, or JSON objects.`,
      });
    }
    const names = row.cells.map((name) => name.trim());
    const { names: wanted, optional } = this.#wanted;
    const places = wanted.map((column) => findColumn(column, names, this.#uri, optional.has(column)));
    return { places, columnCount: names.length };
  }
}

/** A full row has all its cells, wanted or not, and the first of its lines that is not UTF-8, if there is one. */
interface FullRow {
  readonly line: number;
  readonly cells: readonly string[];
  readonly foreign: CsvLine | null;
}

/** Columns from which on lines that have as many cells each are taken for rows: with fewer, any text with a comma in each line would be. */
const LEAST_COLUMNS = 3;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are ASCII.
const ASCII = /^[\x00-\x7f]*$/;

const LAST_ASCII = 0x7f;

const isForeign = ({ bytes }: CsvLine): boolean => bytes !== null && !isUtf8(bytes);

/** Reads a line that is not UTF-8 one character a byte, which leaves quotes and delimiters what they are. */
const toText = (bytes: Buffer): string => bytes.toString(!isAscii(bytes) && isUtf8(bytes) ? 'utf8' : 'latin1');
