import { gzipSync } from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import type { ColumnSource } from 'hyparquet-writer';
import type { ColumnType, TableCell, TableColumn } from '../table-column.ts';

/** Bytes of a row group: enough to pack well and to be read in few pieces, few enough to be held several times over. */
const GROUP_BYTES = 16 << 20;
/** Rows of a group at most. */
const MOST_GROUP_ROWS = 50_000;

const INSTANT = {
  type: 'INT64',
  converted_type: 'TIMESTAMP_MICROS',
  logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
} as const;

const ELEMENTS: Readonly<Record<ColumnType, Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  document: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  count: { type: 'INT32' },
  number: { type: 'DOUBLE' },
  flag: { type: 'BOOLEAN' },
  instant: INSTANT,
};

/** Settings of documents, which are all different: neither a dictionary nor the smallest and largest would be of use. */
const DOCUMENT: Omit<ColumnSource, 'name' | 'data'> = { encoding: 'PLAIN', statistics: false };

/** Codec of the pages: every reader of Parquet unpacks gzip (measured on records: half the size of Snappy). */
const CODEC = 'GZIP';

/**
 * Encodes rows as a Parquet file, a row group at a time; every column can hold nulls. The cells are taken as the rows come, so that
 * the rows themselves need not be held. `createdBy`: the program and its version, for the file's footer.
 */
export async function* encodeParquet<Row>(
  columns: readonly TableColumn<Row>[],
  rows: AsyncIterable<Row>,
  createdBy: string,
): AsyncGenerator<Uint8Array> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const writer = new ByteWriter();
  const elements = columns.map(
    ({ name, type }): SchemaElement => ({ ...ELEMENTS[type], name, repetition_type: 'OPTIONAL' }),
  );
  const parquet = new ParquetWriter({
    writer,
    schema: [{ name: 'schema', num_children: columns.length }, ...elements],
    codec: CODEC,
    compressors: { GZIP: (bytes) => gzipSync(bytes) },
    createdBy,
  });
  const takeBytes = () => {
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    return bytes;
  };
  const group = new RowGroup(columns);
  const takeGroup = () => {
    parquet.write({ columnData: group.take(), rowGroupSize: MOST_GROUP_ROWS });
    return takeBytes();
  };
  for await (const row of rows) {
    group.add(row);
    if (group.isFull()) yield takeGroup();
  }
  if (group.rowCount > 0) yield takeGroup();
  parquet.finish();
  yield takeBytes();
}

/** Collects the cells of the rows that will be written together, column by column. */
class RowGroup<Row> {
  readonly #columns: readonly TableColumn<Row>[];
  #cells: (TableCell | bigint)[][];
  #byteLength = 0;
  rowCount = 0;

  constructor(columns: readonly TableColumn<Row>[]) {
    this.#columns = columns;
    this.#cells = columns.map(() => []);
  }

  isFull = (): boolean => this.#byteLength >= GROUP_BYTES || this.rowCount >= MOST_GROUP_ROWS;

  add(row: Row): void {
    this.#columns.forEach(({ type, cell }, index) => {
      const given = cell(row);
      const cells = this.#cells[index] as (TableCell | bigint)[];
      cells.push(type === 'instant' ? toMicroseconds(given as number | null) : given);
      this.#byteLength += typeof given === 'string' || given instanceof Uint8Array ? given.length : CELL_BYTES;
    });
    this.rowCount++;
  }

  take(): ColumnSource[] {
    const sources = this.#columns.map(({ name, type }, index) => ({
      name,
      data: this.#cells[index] as (TableCell | bigint)[],
      ...(type === 'document' ? DOCUMENT : {}),
    }));
    this.#cells = this.#columns.map(() => []);
    this.#byteLength = 0;
    this.rowCount = 0;
    return sources;
  }
}

const CELL_BYTES = 8;

/** Ms before or after 1970 up to which JavaScript, and most readers of Parquet, know a date (ECMA-262, time values). */
const LARGEST_INSTANT_MS = 8.64e15;

/** Rounds to the nearest microsecond, about as fine as a double of ms since 1970. `null` where no calendar reaches. */
function toMicroseconds(atMs: number | null): bigint | null {
  if (atMs === null || !(Math.abs(atMs) <= LARGEST_INSTANT_MS)) return null;
  const wholeMs = Math.floor(atMs);
  return BigInt(wholeMs) * 1000n + BigInt(Math.round((atMs - wholeMs) * 1000));
}
