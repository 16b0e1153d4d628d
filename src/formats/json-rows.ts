import type { Issue } from '../model/issue.ts';
import { type Batch, decodeRecords, decodeText, type RawRecord, splitLines } from './index.ts';
import { type RawRow, type RowDecoder, unknownColumn } from './row.ts';

/** JSON objects, one a line or in an array; a column is a field, or a path to a nested one with dots. */
export const decodeJsonRows: RowDecoder = async function* ({ uri, bytes }, columns) {
  const paths = columns.map((column) => column.split('.'));
  const seen = columns.map(() => false);
  let first: unknown = null;
  let lineCount = 0;
  const readRow = (record: RawRecord): RawRow => {
    const decoded = decode(record, uri);
    if ('issue' in decoded) return { issue: moveDown(decoded.issue, lineCount) };
    first ??= decoded.json;
    const cells = columns.map((column, i) => cellAt(decoded.json, column, paths[i] as readonly string[]));
    for (const [i, cell] of cells.entries()) if (cell !== undefined) seen[i] = true;
    return { line: decoded.line + lineCount, cells };
  };
  for await (const batch of decodeRecords(bytes, uri)) {
    const { records, lines } = recordsOf(batch, uri);
    yield records.map(readRow);
    lineCount += lines;
  }
  // A field may be missing here and there; one that is nowhere is misspelt.
  const missing = first === null ? -1 : seen.indexOf(false);
  if (missing !== -1) throw unknownColumn(columns[missing] as string, listPaths(first), uri);
};

function recordsOf(batch: Batch, uri: string): { readonly records: readonly RawRecord[]; readonly lines: number } {
  if ('records' in batch) return { records: batch.records, lines: batch.lineCount };
  const records: RawRecord[] = [];
  const lines = splitLines(batch, uri, (record) => records.push(record));
  return { records, lines };
}

type Decoded = { readonly line: number; readonly json: unknown } | { readonly issue: Issue };

function decode(record: RawRecord, uri: string): Decoded {
  if ('issue' in record) return record;
  const decoded =
    'json' in record ? record : { line: record.position.line, ...decodeText(record.text, record.position) };
  if ('issue' in decoded) return { issue: decoded.issue };
  if (isObject(decoded.json)) return decoded;
  const origin = { uri, line: decoded.line };
  const found = JSON.stringify(decoded.json).slice(0, 20);
  return { issue: { code: 'wrong-field', origin, path: 'the row', expected: 'an object', found } };
}

const moveDown = (issue: Issue, lines: number): Issue => ({
  ...issue,
  origin: { ...issue.origin, line: issue.origin.line + lines },
});

const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** A field whose name has dots itself comes before a nested one. */
function cellAt(json: unknown, column: string, path: readonly string[]): unknown {
  if (isObject(json) && Object.hasOwn(json, column)) return json[column];
  return path.reduce(stepInto, json);
}

/** Into an object by its field; into a list of `{key, value}`, as of annotations, by the key. */
function stepInto(json: unknown, name: string): unknown {
  if (Array.isArray(json)) return json.find((entry) => isObject(entry) && entry['key'] === name)?.value;
  return isObject(json) && Object.hasOwn(json, name) ? json[name] : undefined;
}

const DEEPEST = 4;

/** The columns that a record has, as they can be asked for. */
function listPaths(json: unknown, prefix = '', depth = 0): string[] {
  const nested = Array.isArray(json)
    ? json.flatMap((entry) => (isObject(entry) && 'key' in entry ? [[String(entry['key']), entry['value']]] : []))
    : isObject(json)
      ? Object.entries(json)
      : [];
  if (nested.length === 0 || depth > DEEPEST) return [prefix.slice(0, -1)];
  return nested.flatMap(([name, inner]) => listPaths(inner, `${prefix}${name}.`, depth + 1));
}
