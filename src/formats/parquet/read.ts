import { gunzipSync } from 'node:zlib';
import type { AsyncBuffer, FileMetaData, ParquetScan, RowGroup, SchemaTree } from 'hyparquet';
import { UserError } from '../../errors.ts';
import { Spool } from '../../sources/index.ts';
import type { Batch, Decoder, Format, LineBlock } from '../record.ts';
import { findColumn, type RawRow, type RowBatch } from '../row.ts';
import { RECORD_COLUMN } from '../table-column.ts';
import { isWhite } from '../white.ts';

/** A table without records: the columns that are wanted of it and what is made of its rows, or why it is refused. */
export type ParquetRows =
  | {
      readonly columns: readonly string[];
      readonly read: (rows: AsyncIterable<RowBatch>, uri: string) => AsyncIterable<Batch>;
    }
  | { readonly refuse: (uri: string, columns: readonly string[]) => UserError };

/**
 * Makes the format of Parquet tables: of runs, of which the column of native records alone is read, since the others follow from it,
 * and of any other rows.
 */
export const createParquetFormat = (rows: ParquetRows): Format => ({
  detect: (head) => head.startsWith(MAGIC),
  binary: true,
  createDecoder: (uri) => new ParquetDecoder(uri, rows),
});

/** The format is a Parquet table of runs. */
export const parquetFormat = createParquetFormat({ refuse: (uri, columns) => lacksRecords(uri, columns) });

const MAGIC = 'PAR1';

/** Keeps a Parquet file's bytes, packed as they are, until its end, where the footer says where everything lies. */
class ParquetDecoder implements Decoder {
  readonly #uri: string;
  readonly #rows: ParquetRows;
  readonly #file: Spool;

  constructor(uri: string, rows: ParquetRows) {
    this.#uri = uri;
    this.#rows = rows;
    this.#file = new Spool(uri);
  }

  push(chunk: Uint8Array): Batch[] {
    this.#file.push(chunk);
    return [];
  }

  async *end(): AsyncGenerator<Batch> {
    try {
      yield* this.#read(this.#file);
    } finally {
      this.#file.close();
    }
  }

  async *#read(file: AsyncBuffer): AsyncGenerator<Batch> {
    if (!(await endsWithMagic(file))) throw cutShort(this.#uri);
    await this.#guard(() => checkFooter(file));
    const { parquetMetadataAsync, parquetSchema } = await import('hyparquet');
    const metadata = await this.#guard(() => parquetMetadataAsync(file, { geoparquet: false }));
    const { children } = await this.#guard(() => parquetSchema(metadata));
    if (children.some(holdsRecords)) yield* this.#readRecords({ file, metadata });
    else if ('refuse' in this.#rows) throw this.#rows.refuse(this.#uri, namesOf(children));
    else yield* this.#rows.read(this.#readRows({ file, metadata }, children, this.#rows.columns), this.#uri);
  }

  async *#readRecords(table: Table): AsyncGenerator<LineBlock> {
    // The bytes are parsed elsewhere.
    const parsers = { stringFromBytes: (bytes: Uint8Array) => bytes, jsonFromBytes: (bytes: Uint8Array) => bytes };
    const scan = await this.#scan(table, [RECORD_COLUMN], parsers);
    let groupStart = 0;
    for (const group of table.metadata.row_groups) {
      const ends = await this.#checkColumn(table, group, RECORD_COLUMN);
      let rowStart = groupStart;
      for (const end of ends) {
        const [from, to] = [rowStart, groupStart + end];
        yield* toBlocks(await this.#guard(() => readCells(scan, RECORD_COLUMN, from, to)));
        rowStart = to;
      }
      groupStart += Number(group.num_rows);
    }
  }

  /** Reads the wanted columns of rows, whose line is their place in the table. */
  async *#readRows(table: Table, children: readonly SchemaTree[], wanted: readonly string[]): AsyncGenerator<RowBatch> {
    const names = namesOf(children);
    const columns = wanted.map((name) => names[findColumn(name, names, this.#uri, false)] as string);
    const nested = children.find((child) => columns.includes(child.element.name) && !isFlat(child));
    if (nested) throw holdsLists(this.#uri, nested.element.name);
    const scan = await this.#scan(table, columns, ROW_PARSERS);
    let groupStart = 0;
    for (const group of table.metadata.row_groups) {
      const [from, to] = [groupStart, groupStart + Number(group.num_rows)];
      const cells: ArrayLike<unknown>[] = [];
      for (const column of columns) {
        await this.#checkColumn(table, group, column);
        cells.push(await this.#guard(() => readCells(scan, column, from, to)));
      }
      for (let row = from; row < to; row += BATCH_ROWS) yield toRows(cells, from, row, Math.min(to, row + BATCH_ROWS));
      groupStart = to;
    }
  }

  async #scan({ file, metadata }: Table, columns: readonly string[], parsers: Parsers): Promise<ParquetScan> {
    const [{ parquetScan }, { compressors }, { unpackZstd }] = await Promise.all([
      import('hyparquet'),
      import('hyparquet-compressors'),
      import('../../sources/zstd.ts'),
    ]);
    return this.#guard(() =>
      parquetScan({
        file,
        metadata,
        columns: [...columns],
        compressors: {
          ...compressors,
          GZIP: (packed, length) => gunzipSync(packed, { maxOutputLength: length || 1 }),
          ZSTD: unpackZstd,
        },
        parsers,
        useOffsetIndex: false,
      }),
    );
  }

  /** Gives the rows of the group at which pages end that are to be read together. */
  async #checkColumn({ file }: Table, group: RowGroup, column: string): Promise<readonly number[]> {
    const { checkPages } = await import('./check-pages.ts');
    return this.#guard(async () => checkPages(await sliceColumn(file, group, column), Number(group.num_rows)));
  }

  /** Turns any error of reading into the file's fault. */
  async #guard<Result>(read: () => Result | Promise<Result>): Promise<Result> {
    try {
      return await read();
    } catch (error) {
      throw new UserError('cut-short', `Cannot read ${this.#uri}: the Parquet file is damaged.`, {
        hint: [
          'Copy or convert the file again; wfa does not report on a part of the runs.',
          `The reader says: ${(error as Error).message}`,
        ],
        cause: error,
      });
    }
  }
}

/** A file and its footer. */
interface Table {
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
}

type Parsers = NonNullable<Parameters<typeof import('hyparquet').parquetScan>[0]['parsers']>;

/** Instants become text in ISO 8601 with all their decimals, as they would be in other tables. */
const ROW_PARSERS: Parsers = {
  timestampFromMilliseconds: (count) => wordInstant(count, 3),
  timestampFromMicroseconds: (count) => wordInstant(count, 6),
  timestampFromNanoseconds: (count) => wordInstant(count, 9),
};

function wordInstant(count: bigint, decimals: number): string {
  const perSecond = 10n ** BigInt(decimals);
  const rest = ((count % perSecond) + perSecond) % perSecond;
  const at = new Date(Number((count - rest) / perSecond) * 1000);
  if (Number.isNaN(at.getTime())) return `${count}`;
  return at.toISOString().replace('.000Z', `.${String(rest).padStart(decimals, '0')}Z`);
}

/** Rows that are handed on together. */
const BATCH_ROWS = 1 << 13;

function toRows(columns: readonly ArrayLike<unknown>[], groupStart: number, from: number, to: number): RawRow[] {
  const rows: RawRow[] = [];
  for (let row = from; row < to; row++) {
    rows.push({ line: row + 1, cells: columns.map((cells) => toCell(cells[row - groupStart])) });
  }
  return rows;
}

/** Whole numbers come as bigint where they have 64 bits. */
const toCell = (cell: unknown): unknown =>
  typeof cell !== 'bigint' ? cell : BigInt.asIntN(53, cell) === cell ? Number(cell) : String(cell);

const namesOf = (columns: readonly SchemaTree[]): readonly string[] => columns.map(({ element }) => element.name);

const isFlat = ({ element, children }: SchemaTree): boolean =>
  children.length === 0 && element.repetition_type !== 'REPEATED';

const holdsLists = (uri: string, column: string): UserError =>
  new UserError('not-rows', `Cannot read ${uri}: its column '${column}' holds lists, or objects.`, {
    hint: 'Write it as text, with pandas as in: df["parents"] = df["parents"].map(" ".join)',
  });

/** Bytes of the shortest file: magic at both ends and the footer's length between them. */
const LEAST_BYTES = 12;

/** Bytes of a footer, and of one group's packed records, at most: each is held whole. */
const MOST_FOOTER_BYTES = 2 ** 26;
const MOST_GROUP_BYTES = 2 ** 28;

/** Checks how long the footer is said to be, in the four bytes before the last. */
async function checkFooter(file: AsyncBuffer): Promise<void> {
  const end = Buffer.from(await file.slice(file.byteLength - MAGIC.length - 4));
  if (end.readUInt32LE() > MOST_FOOTER_BYTES) throw new Error('a footer of no possible length');
}

async function endsWithMagic(file: AsyncBuffer): Promise<boolean> {
  const end = Buffer.from(await file.slice(file.byteLength - MAGIC.length)).toString('latin1');
  return file.byteLength >= LEAST_BYTES && end === MAGIC;
}

/** Recognizes a column with one text a row. */
const holdsRecords = ({ element, children }: SchemaTree): boolean =>
  element.name === RECORD_COLUMN &&
  element.type === 'BYTE_ARRAY' &&
  element.repetition_type !== 'REPEATED' &&
  children.length === 0;

/** Locates the packed records of one group of rows. */
async function sliceColumn(file: AsyncBuffer, group: RowGroup, name: string): Promise<ArrayBuffer> {
  const column = group.columns.find(
    ({ meta_data }) => meta_data?.path_in_schema.length === 1 && meta_data.path_in_schema[0] === name,
  )?.meta_data;
  if (!column) throw new Error('a group of rows lacks the column');
  if (column.total_compressed_size > MOST_GROUP_BYTES) throw new Error('a group of rows of more than 256 MB, packed');
  const from = Number(column.dictionary_page_offset || column.data_page_offset);
  return file.slice(from, from + Number(column.total_compressed_size));
}

async function readCells(
  scan: ParquetScan,
  column: string,
  rowStart: number,
  rowEnd: number,
): Promise<ArrayLike<unknown>> {
  const cells = await scan.readColumn({ column, rowStart, rowEnd });
  if (cells.length === rowEnd - rowStart) return cells;
  throw new Error(`${cells.length} instead of ${rowEnd - rowStart} rows`);
}

const BLOCK_BYTES = 1 << 20;
const [NEWLINE, SPACE] = [0x0a, 0x20];
/** Text that stands for a row without a record: the row has to be reported. */
const NO_RECORD = Buffer.from('null');

/** Writes one line a row, so that an issue's line is its row. */
function* toBlocks(cells: ArrayLike<unknown>): Generator<LineBlock> {
  let texts: Uint8Array[] = [];
  let byteLength = 0;
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    const text = cell instanceof Uint8Array && !cell.every(isWhite) ? cell : NO_RECORD;
    texts.push(text);
    byteLength += text.length + 1;
    if (byteLength < BLOCK_BYTES && row < cells.length - 1) continue;
    yield { lines: joinLines(texts, byteLength) };
    texts = [];
    byteLength = 0;
  }
}

function joinLines(texts: readonly Uint8Array[], byteLength: number): Uint8Array<ArrayBuffer> {
  const lines = new Uint8Array(byteLength);
  let at = 0;
  for (const text of texts) {
    lines.set(text, at);
    // JSON has line feeds between its tokens only, where a space means the same.
    for (let found = text.indexOf(NEWLINE); found >= 0; found = text.indexOf(NEWLINE, found + 1)) {
      lines[at + found] = SPACE;
    }
    at += text.length;
    lines[at++] = NEWLINE;
  }
  return lines;
}

const cutShort = (uri: string): UserError =>
  new UserError('cut-short', `Cannot read ${uri}: the Parquet file ends too early: it was cut.`, {
    hint: 'Copy or convert the file again; wfa does not report on a part of the runs.',
  });

const MOST_SHOWN = 6;

function lacksRecords(uri: string, columns: readonly string[]): UserError {
  const names = columns.slice(0, MOST_SHOWN);
  const more = columns.length > MOST_SHOWN ? `, and ${columns.length - MOST_SHOWN} more` : '';
  return new UserError('not-run-records', `${uri} holds no run records: the Parquet table has no column of records.`, {
    hint: [
      `Its columns are ${names.join(', ')}${more}.`,
      'wfa reads tables of runs with their records: wfa convert … --table runs, without --no-records.',
    ],
  });
}
