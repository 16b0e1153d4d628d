import { gunzipSync } from 'node:zlib';
import type { AsyncBuffer, ParquetScan, RowGroup, SchemaTree } from 'hyparquet';
import { UserError } from '../../errors.ts';
import { Spool } from '../../sources/index.ts';
import { isWhite } from '../ndjson.ts';
import type { Batch, Decoder, Format, LineBlock } from '../record.ts';
import { RECORD_COLUMN } from '../table-column.ts';

/** The format is a Parquet table of runs. Only its column of native records is read: the other columns follow from them. */
export const parquetFormat: Format = {
  detect: (head) => head.startsWith(MAGIC),
  binary: true,
  createDecoder: (uri) => new ParquetDecoder(uri),
};

const MAGIC = 'PAR1';

/** Keeps a Parquet file's bytes, packed as they are, until its end, where the footer says where everything lies. */
class ParquetDecoder implements Decoder {
  readonly #uri: string;
  readonly #file: Spool;

  constructor(uri: string) {
    this.#uri = uri;
    this.#file = new Spool(uri);
  }

  push(chunk: Uint8Array): Batch[] {
    this.#file.push(chunk);
    return [];
  }

  async *end(): AsyncGenerator<LineBlock> {
    try {
      yield* this.#readRecords(this.#file);
    } finally {
      this.#file.close();
    }
  }

  async *#readRecords(file: AsyncBuffer): AsyncGenerator<LineBlock> {
    if (!(await endsWithMagic(file))) throw cutShort(this.#uri);
    await this.#guard(() => checkFooter(file));
    const { parquetMetadataAsync, parquetSchema, parquetScan } = await import('hyparquet');
    const metadata = await this.#guard(() => parquetMetadataAsync(file, { geoparquet: false }));
    const { children } = await this.#guard(() => parquetSchema(metadata));
    if (!children.some(holdsRecords)) throw lacksRecords(this.#uri, children);
    const [{ compressors }, { checkPages }, { unpackZstd }] = await Promise.all([
      import('hyparquet-compressors'),
      import('./check-pages.ts'),
      import('../../sources/zstd.ts'),
    ]);
    const scan = await this.#guard(() =>
      parquetScan({
        file,
        metadata,
        columns: [RECORD_COLUMN],
        compressors: {
          ...compressors,
          GZIP: (packed, length) => gunzipSync(packed, { maxOutputLength: length || 1 }),
          ZSTD: unpackZstd,
        },
        // The bytes are parsed elsewhere.
        parsers: { stringFromBytes: (bytes) => bytes, jsonFromBytes: (bytes) => bytes },
        useOffsetIndex: false,
      }),
    );
    let groupStart = 0;
    for (const group of metadata.row_groups) {
      const rowCount = Number(group.num_rows);
      const ends = await this.#guard(async () => checkPages(await sliceColumn(file, group), rowCount));
      let rowStart = groupStart;
      for (const end of ends) {
        const [from, to] = [rowStart, groupStart + end];
        yield* toBlocks(await this.#guard(() => readCells(scan, from, to)));
        rowStart = to;
      }
      groupStart += rowCount;
    }
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
async function sliceColumn(file: AsyncBuffer, group: RowGroup): Promise<ArrayBuffer> {
  const column = group.columns.find(
    ({ meta_data }) => meta_data?.path_in_schema.join('.') === RECORD_COLUMN,
  )?.meta_data;
  if (!column) throw new Error('a group of rows lacks the column');
  if (column.total_compressed_size > MOST_GROUP_BYTES) throw new Error('a group of rows of more than 256 MB, packed');
  const from = Number(column.dictionary_page_offset || column.data_page_offset);
  return file.slice(from, from + Number(column.total_compressed_size));
}

async function readCells(scan: ParquetScan, rowStart: number, rowEnd: number): Promise<ArrayLike<unknown>> {
  const cells = await scan.readColumn({ column: RECORD_COLUMN, rowStart, rowEnd });
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

function lacksRecords(uri: string, columns: readonly SchemaTree[]): UserError {
  const names = columns.slice(0, MOST_SHOWN).map(({ element }) => element.name);
  const more = columns.length > MOST_SHOWN ? `, and ${columns.length - MOST_SHOWN} more` : '';
  return new UserError('not-run-records', `${uri} holds no run records: the Parquet table has no column of records.`, {
    hint: [
      `Its columns are ${names.join(', ')}${more}.`,
      'wfa reads tables of runs with their records: wfa convert … --table runs, without --no-records.',
    ],
  });
}
