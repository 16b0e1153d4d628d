import { type CsvError, type Parser, parse } from 'csv-parse';
import type { Issue } from '../model/issue.ts';
import { findColumn, type RawRow, type RowDecoder, type WantedColumns } from './row.ts';

/**
 * Decodes CSV with a header row (RFC 4180, but lenient): comma, semicolon or tab, quotes, lines ended by line feed with or without
 * carriage return. Rows may have fewer or more cells than the header. Throws `UserError` `unknown-column`.
 */
export const decodeCsvRows: RowDecoder = async function* ({ uri, firstLine, bytes }, wanted) {
  const rows = new CsvRows(uri, wanted, chooseDelimiter(firstLine));
  for await (const chunk of bytes) yield await rows.push(chunk);
  yield await rows.end();
};

const DELIMITERS = [',', ';', '\t'];
/** Characters of a row at most: a quote that is never closed would take in all that follows. */
const LONGEST_ROW_CHARACTERS = 1 << 20;

/** Chooses the delimiter that the header has most of, outside quotes. */
function chooseDelimiter(header: string): string {
  const unquoted = header.replaceAll(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => unquoted.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] as string;
}

/** A full row has all its cells, wanted or not. */
interface FullRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** The reader takes chunks and gives rows. */
class CsvRows {
  readonly #parser: Parser;
  readonly #uri: string;
  readonly #wanted: WantedColumns;
  /** Indices of the wanted columns; `null` before the header. */
  #columnIndices: readonly number[] | null = null;
  #parsed: (FullRow | { readonly issue: Issue })[] = [];
  #lastLine = 0;

  constructor(uri: string, wanted: WantedColumns, delimiter: string) {
    this.#uri = uri;
    this.#wanted = wanted;
    this.#parser = parse({
      delimiter,
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: LONGEST_ROW_CHARACTERS,
      // Rows are kept and worked on later: nobody would catch an error thrown in here.
      on_record: (cells: readonly string[], { lines }) => {
        this.#lastLine = lines;
        this.#parsed.push({ line: lines, cells });
        return null;
      },
    });
    this.#parser.on('skip', (error: CsvError) => this.#complain(error));
  }

  async push(chunk: Uint8Array): Promise<readonly RawRow[]> {
    await this.#feed((done) => this.#parser.write(chunk, done));
    return this.#takeRows();
  }

  async end(): Promise<readonly RawRow[]> {
    await this.#feed((done) => {
      this.#parser.once('end', done);
      this.#parser.end();
      this.#parser.resume();
    });
    return this.#takeRows();
  }

  #feed(start: (done: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#parser.once('error', reject);
      start(() => {
        this.#parser.off('error', reject);
        resolve();
      });
    });
  }

  #takeRows(): RawRow[] {
    const parsed = this.#parsed;
    this.#parsed = [];
    const places = this.#columnIndices ?? this.#readHeader(parsed);
    if (places === null) return [];
    return parsed.map((row) => ('issue' in row ? row : { line: row.line, cells: places.map((at) => row.cells[at]) }));
  }

  /** Takes the first row for the header; `null`: it is not there yet. */
  #readHeader(parsed: (FullRow | { readonly issue: Issue })[]): readonly number[] | null {
    const header = parsed.shift();
    if (header === undefined) return null;
    const names = 'issue' in header ? [] : header.cells.map((name) => name.trim());
    this.#columnIndices = this.#wanted.names.map((column) =>
      findColumn(column, names, this.#uri, this.#wanted.optional.has(column)),
    );
    return this.#columnIndices;
  }

  /** The parser tells where a broken row ends; it began after the one before. */
  #complain({ message }: CsvError): void {
    const line = this.#lastLine + 1;
    this.#parsed.push({ issue: { code: 'broken-csv', origin: { uri: this.#uri, line }, problem: message } });
  }
}
