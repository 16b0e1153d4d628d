import { wordIssue } from '../../model/issue.ts';
import { isObject, type Json } from '../../model/json.ts';
import { parseRecords } from '../json-rows.ts';
import type { DecodedRecord } from '../record.ts';
import type { LoggedRow, PlatformRow } from './platform-row.ts';

type ReadObject = (object: Json) => Iterable<PlatformRow>;

/** Reads the rows of JSON objects, alone or in arrays, one a line or over many. `SyntaxError` for one that is broken. */
export async function readObjects(
  bytes: AsyncIterable<Uint8Array>,
  uri: string,
  read: ReadObject,
): Promise<readonly LoggedRow[]> {
  const rows: LoggedRow[] = [];
  for await (const records of parseRecords(bytes, uri))
    for (const record of records) for (const row of readRecord(record, read)) rows.push(row);
  return rows;
}

function* readRecord(record: DecodedRecord, read: ReadObject): Generator<LoggedRow> {
  if ('issue' in record) throw new SyntaxError(wordIssue(record.issue));
  const { line, json } = record;
  if (isObject(json)) for (const row of read(json)) yield { line, row };
}

/** Leaves out the lines that OpenWhisk's command writes above an activation: `ok: got activation …`. */
export async function* withoutWords(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = '';
  for await (const chunk of bytes) {
    const text = rest + Buffer.from(chunk).toString('latin1');
    const end = text.lastIndexOf('\n') + 1;
    rest = text.slice(end);
    yield Buffer.from(text.slice(0, end).replace(WORDS, '$1'), 'latin1');
  }
  yield Buffer.from(rest.replace(WORDS, '$1'), 'latin1');
}

const WORDS = /^ok:[^\r\n]*(\r?\n|$)/gm;
