/**
 * Decode: unpacked bytes of one input come in; raw records (here) or rows of a table (`rows.ts`) go out, each with the line it
 * began on, or an `Issue` in its place. Layouts are told by content, never by a file's name. No engine's fields are known here:
 * whoever brings an engine appends the layouts of its own store to those of `createFormats`.
 */
import { UserError } from '../errors.ts';
import type { Leaving } from './json-builder.ts';
import { createDocumentFormat } from './json-document.ts';
import { createNdjsonFormat } from './ndjson.ts';
import { refusePacked } from './packed-files.ts';
import { parquetFormat } from './parquet/read.ts';
import type { Batch, Format } from './record.ts';
import { toUtf8, withoutMark } from './unicode.ts';
import { isWhite } from './white.ts';
import { wordInput } from './word-input.ts';

export { decodeText } from './decode-text.ts';
export { createLineDecoder, splitLines, takeRecords } from './ndjson.ts';
export { encodeParquet } from './parquet/write.ts';
export type { Batch, Format, RawRecord } from './record.ts';
export { toUtf8 } from './unicode.ts';
export { wordInput } from './word-input.ts';

/** Gives the formats that any engine's records may come in, in the order in which they are tried. `leaving`: what of large ones is not wanted. */
export const createFormats = (leaving: Leaving = {}): readonly Format[] => [
  createNdjsonFormat(leaving),
  createDocumentFormat(leaving),
  parquetFormat,
];

const FORMATS = createFormats();
/** Text that is like no known format is read line by line. */
const LINES = createNdjsonFormat({});

/** Bytes at the beginning of an input, after white space, from which its format is told: a first row and more. */
const HEAD_BYTES = 1 << 14;

/**
 * Decodes the records of one input, in batches as its chunks arrive; `formats` are tried in order. A fault of a single record is
 * an issue in its place. Throws `UserError` `empty-input` without content and `damaged-records` for unknown binary content
 * and for what has to be unpacked first.
 */
export async function* decodeRecords(
  bytes: AsyncIterable<Uint8Array>,
  uri: string,
  formats: readonly Format[] = FORMATS,
): AsyncGenerator<Batch> {
  const chunks = toUtf8(bytes);
  let waiting: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    waiting = Buffer.concat([waiting, chunk]);
    const head = headOf(waiting);
    if (head.length === 0 && waiting.length > MOST_BLANK_BYTES) {
      yield { records: [], lineCount: countLines(waiting) };
      waiting = Buffer.alloc(0);
    }
    if (head.length < HEAD_BYTES) continue;
    yield* decodeWith(chooseFormat(head, uri, formats), waiting, chunks, uri);
    return;
  }
  const head = headOf(waiting);
  if (head.length === 0) throw emptyInput(uri);
  yield* decodeWith(chooseFormat(head, uri, formats), waiting, chunks, uri);
}

/** Decodes the first bytes and the chunks behind them. */
async function* decodeWith(
  format: Format,
  first: Uint8Array,
  chunks: AsyncIterable<Uint8Array>,
  uri: string,
): AsyncGenerator<Batch> {
  if ('decode' in format) {
    yield* format.decode(prepend(first, chunks), uri);
    return;
  }
  const decoder = format.createDecoder(uri);
  yield* decoder.push(first);
  for await (const chunk of chunks) yield* decoder.push(chunk);
  yield* decoder.end();
}

async function* prepend(first: Uint8Array, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* chunks;
}

/** Bytes of white space that are kept at most before the first record, which begins in the column where it stands. */
const MOST_BLANK_BYTES = 1 << 16;

function countLines(bytes: Buffer): number {
  let count = 0;
  // Searching for one line feed after the other takes ten times as long where there is nothing else.
  for (const byte of bytes) if (byte === LINE_FEED) count++;
  return count;
}

const LINE_FEED = 0x0a;

/** Takes the first bytes after white space, one character a byte. */
function headOf(bytes: Buffer): string {
  let from = 0;
  while (from < bytes.length && isWhite(bytes[from] as number)) from++;
  return bytes.toString('latin1', from, from + HEAD_BYTES);
}

/** Finds the offset of the first line in a file with these first bytes; `null`: the file holds no lines of JSON, or may not. */
export function findLines(bytes: Buffer, formats: readonly Format[] = FORMATS): number | null {
  const text = withoutMark(bytes);
  const head = headOf(text);
  return findFormat(head, formats)?.holdsLines && !isBinary(head) ? bytes.length - text.length : null;
}

const findFormat = (head: string, formats: readonly Format[]): Format | undefined =>
  formats.find((candidate) => candidate.detect(head));

/** Bytes that are looked through for control characters: a stray one further on is its record's own fault. */
const BINARY_HEAD_BYTES = 256;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary from text.
const isBinary = (head: string) => /[\x00-\x08\x0e-\x1f]/.test(head.slice(0, BINARY_HEAD_BYTES));

/** Creates the error of an input without content. */
export const emptyInput = (uri: string): UserError =>
  new UserError('empty-input', `${wordInput(uri)} is empty.`, {
    hint: 'Was the export still running, or did it fail? To try wfa on the bundled runs: --data sample:',
  });

/** Chooses by the head. Text like no known format is read line by line: a file whose first line is broken still has the others. */
function chooseFormat(head: string, uri: string, formats: readonly Format[]): Format {
  const known = findFormat(head, formats);
  if (!known) refusePacked(head, uri);
  const format = known ?? LINES;
  if (format.binary || !isBinary(head)) return format;
  throw new UserError('damaged-records', `${wordInput(uri)} holds no run records: it is binary.`, {
    hint: 'Run records are JSON objects, one per line (NDJSON) or in arrays; gzip and zstd are unpacked by themselves.',
  });
}
