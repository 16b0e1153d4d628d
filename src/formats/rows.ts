import { UserError } from '../errors.ts';
import { peek } from '../sources/index.ts';
import { emptyInput, wordInput } from './index.ts';
import { refusePacked } from './packed-files.ts';
import { arePlatformColumns, decodePlatformLog, findPlatformLog, PLATFORM_HEAD_BYTES } from './platform-logs/index.ts';
import type { RowBatch, RowText } from './row.ts';
import { toUtf8 } from './unicode.ts';

export type { RawRow, RowBatch } from './row.ts';

/**
 * Decodes the wanted columns of a table, in batches as its chunks arrive; CSV and JSON are told apart by content. A fault of a
 * single row is an issue in its place. Throws `UserError` `empty-input` without content, `not-rows` for binary content and
 * `unknown-column` when a column is not there.
 */
export async function* decodeRows(
  bytes: AsyncIterable<Uint8Array>,
  uri: string,
  names: readonly string[],
  optional: readonly string[] = [],
): AsyncGenerator<RowBatch> {
  if (arePlatformColumns(names)) {
    const [head, all] = await peek(toUtf8(bytes), (read) => read.length >= PLATFORM_HEAD_BYTES);
    const log = findPlatformLog(head.toString('latin1', 0, PLATFORM_HEAD_BYTES));
    if (log !== null) return yield* decodePlatformLog(log, all, uri, names);
    bytes = all;
  }
  const text = await lookAhead(toUtf8(bytes), uri);
  const { firstLine } = text;
  if (firstLine === '') throw emptyInput(uri);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary from text.
  if (/[\x00-\x08\x0e-\x1f]/.test(firstLine)) {
    throw new UserError('not-rows', `${wordInput(uri)} holds no rows: it is binary.`, {
      hint: 'An invocation log is CSV with a header row, or JSON objects; gzip and zstd are unpacked by themselves.',
    });
  }
  const decode = /^[{[]/.test(firstLine)
    ? (await import('./json-rows.ts')).decodeJsonRows
    : (await import('./csv-rows.ts')).decodeCsvRows;
  yield* decode(text, { names, optional: new Set(optional) });
}

/** Bytes looked through for the end of the first line. */
const LONGEST_FIRST_LINE_BYTES = 1 << 16;

/** Reads up to the end of the first line that is not blank; the bytes returned begin at the start nevertheless. */
async function lookAhead(bytes: AsyncIterable<Uint8Array>, uri: string): Promise<RowText> {
  const isEnough = (read: Buffer) => read.length > LONGEST_FIRST_LINE_BYTES || /\S.*[\r\n]/.test(beginningOf(read));
  const [read, all] = await peek(bytes, isEnough);
  const beginning = beginningOf(read);
  refusePacked(beginning, uri);
  return { uri, firstLine: /\S.*/.exec(beginning)?.[0] ?? '', bytes: all };
}

/** Takes the beginning, one character a byte. */
const beginningOf = (bytes: Buffer): string => bytes.toString('latin1', 0, LONGEST_FIRST_LINE_BYTES);
