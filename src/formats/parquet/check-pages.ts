import type { DataPageHeaderV2, DataReader, PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';

/** Nobody packs more into one group of rows; it has to fit into memory whole. */
const MOST_GROUP_BYTES = 2 ** 31;
/** More rows would be void ones: nulls take no place in a file, but in memory they do. */
const MOST_GROUP_ROWS = 2 ** 24;

/**
 * Throws unless the pages of a flat column, one after the other, fill their bytes and hold as many values as there are rows. The
 * reader itself believes what page headers say: it may never end, or ask for all memory, when that is wrong.
 */
export function checkPages(bytes: ArrayBuffer, rowCount: number): void {
  demand(isCount(rowCount, MOST_GROUP_ROWS), `${rowCount} rows in one group`);
  const reader: DataReader = { view: new DataView(bytes), offset: 0 };
  let [valueCount, plainBytes] = [0, 0];
  while (valueCount < rowCount) {
    const header = parquetHeader(reader);
    demand(isCount(header.compressed_page_size, bytes.byteLength - reader.offset), 'a page longer than its column');
    reader.offset += header.compressed_page_size;
    demand(isCount(header.uncompressed_page_size, MOST_GROUP_BYTES), 'a page of no possible length');
    plainBytes += header.uncompressed_page_size;
    valueCount += countValues(header, rowCount - valueCount);
  }
  demand(plainBytes <= MOST_GROUP_BYTES, `${plainBytes} bytes in one group of rows`);
}

/** How many rows the page adds. */
function countValues(header: PageHeader, most: number): number {
  const { data_page_header: first, data_page_header_v2: second, dictionary_page_header: dictionary } = header;
  const page = header.type === 'DATA_PAGE' ? first : header.type === 'DATA_PAGE_V2' ? second : dictionary;
  demand(page !== undefined && isCount(page.num_values, MOST_GROUP_ROWS), 'a page that does not say how much it holds');
  if (header.type === 'DICTIONARY_PAGE') return 0;
  const count = (page as { num_values: number }).num_values;
  demand(count <= most, 'more values than rows');
  if (header.type === 'DATA_PAGE_V2') checkSecond(second as DataPageHeaderV2, header.compressed_page_size);
  return count;
}

/** The second version of pages says more, and all of it is believed. */
function checkSecond(page: DataPageHeaderV2, packedBytes: number): void {
  const levelBytes = [page.definition_levels_byte_length, page.repetition_levels_byte_length];
  demand(page.num_rows === page.num_values, 'a page of more or fewer values than rows');
  demand(isCount(page.num_nulls, page.num_values), 'a page with more nulls than values');
  demand(levelBytes.every((bytes) => isCount(bytes, packedBytes)), 'levels longer than their page');
}

const isCount = (found: unknown, most: number): boolean =>
  typeof found === 'number' && Number.isInteger(found) && found >= 0 && found <= most;

function demand(holds: boolean, problem: string): void {
  if (!holds) throw new Error(problem);
}
