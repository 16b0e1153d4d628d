import { type CsvError, type Parser, parse } from 'csv-parse';
import { findColumn, type RawRow, type RowDecoder } from './row.ts';

/** CSV with a header row (RFC 4180, and what else is called so): comma, semicolon or tab; quotes; line feeds or both. */
export const decodeCsvRows: RowDecoder = async function* ({ uri, firstLine, bytes }, columns) {
  const rows = new CsvRows(uri, columns, chooseDelimiter(firstLine));
  for await (const chunk of bytes) yield await rows.push(chunk);
  yield await rows.end();
};

const DELIMITERS = [',', ';', '\t'];
/** A quote that is never closed would take in all that follows. */
const LONGEST_ROW_CHARACTERS = 1 << 20;

/** The one that the header has most of, outside quotes. */
function chooseDelimiter(header: string): string {
  const unquoted = header.replaceAll(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => unquoted.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] as string;
}

/** Chunks in, rows out. */
class CsvRows {
  readonly #parser: Parser;
  readonly #uri: string;
  readonly #columns: readonly string[];
  /** Where the wanted columns stand; `null` before the header. */
  #places: readonly number[] | null = null;
  #rows: RawRow[] = [];
  #lastLine = 0;

  constructor(uri: string, columns: readonly string[], delimiter: string) {
    this.#uri = uri;
    this.#columns = columns;
    this.#parser = parse({
      delimiter,
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: LONGEST_ROW_CHARACTERS,
      on_record: (cells: readonly string[], { lines }) => {
        this.#take(cells, lines);
        return null;
      },
    });
    this.#parser.on('skip', (error: CsvError) => this.#complain(error));
  }

  push(chunk: Uint8Array): Promise<readonly RawRow[]> {
    return this.#gather((done) => this.#parser.write(chunk, done));
  }

  end(): Promise<readonly RawRow[]> {
    return this.#gather((done) => {
      this.#parser.once('end', done);
      this.#parser.end();
      this.#parser.resume();
    });
  }

  #gather(feed: (done: () => void) => void): Promise<readonly RawRow[]> {
    return new Promise((resolve, reject) => {
      this.#parser.once('error', reject);
      feed(() => {
        this.#parser.off('error', reject);
        resolve(this.#rows.splice(0));
      });
    });
  }

  #take(cells: readonly string[], line: number): void {
    this.#lastLine = line;
    if (this.#places === null) {
      const names = cells.map((name) => name.trim());
      this.#places = this.#columns.map((column) => findColumn(column, names, this.#uri));
    } else this.#rows.push({ line, cells: this.#places.map((place) => cells[place]) });
  }

  /** The parser tells where a broken row ends; it began after the one before. */
  #complain({ message }: CsvError): void {
    const line = this.#lastLine + 1;
    this.#rows.push({ issue: { code: 'broken-csv', origin: { uri: this.#uri, line }, problem: message } });
  }
}
