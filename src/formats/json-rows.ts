import { isObject } from '../model/json.ts';
import { decodeRecords, decodeText, takeRecords } from './index.ts';
import type { DecodedRecord, RawRecord, RecordText } from './record.ts';
import { type RawRow, type RowDecoder, unknownColumn } from './row.ts';

/**
 * Decodes JSON objects, one a line or in an array, as rows. A column is a field, or the path to a nested one with dots. A cell is
 * `undefined` where its object lacks the field. Throws `UserError` `unknown-column`, after the last row, for a field that no object
 * has.
 */
export const decodeJsonRows: RowDecoder = async function* ({ uri, bytes }, { names: columns, optional }) {
  const paths = columns.map((column) => column.split('.'));
  const seen = columns.map(() => false);
  let first: unknown = null;
  const readRow = (record: DecodedRecord): RawRow => {
    const decoded = decode(record, uri);
    if ('issue' in decoded) return decoded;
    first ??= decoded.json;
    const cells = columns.map((column, i) => cellAt(decoded.json, column, paths[i] as readonly string[]));
    for (const [i, cell] of cells.entries()) if (cell !== undefined) seen[i] = true;
    return { line: decoded.line, cells };
  };
  for await (const records of parseRecords(bytes, uri)) yield records.map(readRow);
  // A field may be missing here and there; one that is nowhere is misspelt.
  const missing = first === null ? [] : columns.filter((_, i) => !seen[i]);
  const misspelt = missing.find((column) => !optional.has(column));
  if (misspelt !== undefined) throw unknownColumn(misspelt, listPaths(first), uri);
};

/** Parses objects and the elements of arrays, one after the other however they are laid out, each with its line. */
export async function* parseRecords(bytes: AsyncIterable<Uint8Array>, uri: string): AsyncGenerator<DecodedRecord[]> {
  let lineCount = 0;
  for await (const batch of decodeRecords(bytes, uri)) {
    const records: DecodedRecord[] = [];
    const take = (record: RawRecord) => records.push('text' in record ? parseText(record, lineCount) : record);
    const own = takeRecords(batch, uri, take);
    yield records;
    lineCount += own;
  }
}

/** Parses a text whose position counts lines in its batch; `linesBefore` of the input precede the batch. */
function parseText({ text, position }: RecordText, linesBefore: number): DecodedRecord {
  const line = position.line + linesBefore;
  const decoded = decodeText(text, { ...position, line });
  return 'issue' in decoded ? decoded : { line, ...decoded };
}

/** Refuses a record that is no object. */
function decode(record: DecodedRecord, uri: string): DecodedRecord {
  if ('issue' in record || isObject(record.json)) return record;
  const origin = { uri, line: record.line };
  const found = JSON.stringify(record.json).slice(0, 20);
  return { issue: { code: 'wrong-field', origin, path: 'the row', expected: 'an object', found } };
}

/** Finds the cell of a column; a field whose own name has dots precedes a nested one. */
function cellAt(json: unknown, column: string, path: readonly string[]): unknown {
  if (isObject(json) && Object.hasOwn(json, column)) return json[column];
  return path.reduce(stepInto, json);
}

/** Steps into an object by its field, into a list of `{key, value}`, such as annotations, by the key. */
function stepInto(json: unknown, name: string): unknown {
  if (Array.isArray(json)) return json.find((entry) => isObject(entry) && entry['key'] === name)?.value;
  return isObject(json) && Object.hasOwn(json, name) ? json[name] : undefined;
}

/** Levels of nesting that are listed in an error. */
const DEEPEST = 4;

/** Lists the columns of a record, as they can be asked for. */
function listPaths(json: unknown, prefix = '', depth = 0): string[] {
  const nested = Array.isArray(json)
    ? json.flatMap((entry) => (isObject(entry) && 'key' in entry ? [[String(entry['key']), entry['value']]] : []))
    : isObject(json)
      ? Object.entries(json)
      : [];
  if (nested.length === 0 || depth > DEEPEST) return [prefix.slice(0, -1)];
  return nested.flatMap(([name, inner]) => listPaths(inner, `${prefix}${name}.`, depth + 1));
}
