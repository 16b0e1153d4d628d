import type { DataReader, PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { readVarInt } from 'hyparquet/src/thrift.js';

/** Bytes of a page at most, unpacked: it has to fit into memory whole. Writers make pages of a megabyte. */
const MOST_PAGE_BYTES = 2 ** 27;
/** Bytes of the pages that are unpacked at once, at least one of them. */
const MOST_RANGE_BYTES = 2 ** 25;
/** Rows of a group at most: more would be nulls, which take no room in a file, but in memory they do. */
const MOST_GROUP_ROWS = 2 ** 24;

/**
 * Throws unless the pages of a flat column, one after the other, fill their bytes and hold as many values as there are rows. The
 * reader itself believes what page headers say: it may never end, or ask for all memory, when that is wrong. Gives the rows, counted
 * from the group's beginning, at which pages end that are to be read together: all of them would take too much memory.
 */
export function checkPages(bytes: ArrayBuffer, rowCount: number): readonly number[] {
  demand(isCount(rowCount, MOST_GROUP_ROWS), `${rowCount} rows in one group`);
  const reader: DataReader = { view: new DataView(bytes), offset: 0 };
  const ends: number[] = [];
  let [valueCount, plainBytes] = [0, 0];
  while (valueCount < rowCount) {
    const header = parquetHeader(reader);
    demand(isCount(header.compressed_page_size, bytes.byteLength - reader.offset), 'a page longer than its column');
    const from = reader.offset;
    reader.offset += header.compressed_page_size;
    const pageBytes = header.uncompressed_page_size;
    demand(isCount(pageBytes, MOST_PAGE_BYTES), `a page of ${pageBytes} bytes`);
    if (plainBytes > 0 && plainBytes + pageBytes > MOST_RANGE_BYTES && valueCount > (ends.at(-1) ?? 0)) {
      ends.push(valueCount);
      plainBytes = 0;
    }
    plainBytes += pageBytes;
    valueCount += countValues(header, rowCount - valueCount);
    if (header.data_page_header_v2)
      checkSecond(header.data_page_header_v2, new DataView(bytes, from, header.compressed_page_size));
  }
  return rowCount === 0 ? [] : [...ends, rowCount];
}

/** Counts the rows that the page adds. */
function countValues(header: PageHeader, most: number): number {
  const { data_page_header: first, data_page_header_v2: second, dictionary_page_header: dictionary } = header;
  const page = header.type === 'DATA_PAGE' ? first : header.type === 'DATA_PAGE_V2' ? second : dictionary;
  demand(page !== undefined && isCount(page.num_values, MOST_GROUP_ROWS), 'a page that does not say how much it holds');
  if (header.type === 'DICTIONARY_PAGE') return 0;
  const count = (page as { num_values: number }).num_values;
  demand(count <= most, 'more values than rows');
  return count;
}

/** Checks a page of version 2, which says more and keeps its levels outside of the bytes that gzip's checksum protects. */
function checkSecond(page: NonNullable<PageHeader['data_page_header_v2']>, packed: DataView): void {
  const levelBytes = page.definition_levels_byte_length;
  demand(page.num_rows === page.num_values, 'a page of more or fewer values than rows');
  demand(isCount(page.num_nulls, page.num_values), 'a page with more nulls than values');
  demand(isCount(levelBytes, packed.byteLength), 'levels longer than their page');
  demand(page.repetition_levels_byte_length === 0, 'several records in a row');
  if (levelBytes > 0) checkLevels(new DataView(packed.buffer, packed.byteOffset, levelBytes), page.num_values);
}

/** Checks the definition levels, one bit a row in repeated or packed runs, which must not go beyond the rows. */
function checkLevels(levels: DataView, count: number): void {
  const reader: DataReader = { view: levels, offset: 0 };
  for (let seen = 0; seen < count; ) {
    const run = readVarInt(reader);
    const [length, byteLength] = run & 1 ? [(run >>> 1) * 8, run >>> 1] : [run >>> 1, 1];
    demand(length > 0 && seen + length < count + 8, 'levels beyond the rows');
    seen += length;
    reader.offset += byteLength;
    demand(reader.offset <= levels.byteLength, 'levels that end too early');
  }
}

const isCount = (found: unknown, most: number): boolean =>
  typeof found === 'number' && Number.isInteger(found) && found >= 0 && found <= most;

function demand(holds: boolean, problem: string): void {
  if (!holds) throw new Error(problem);
}
