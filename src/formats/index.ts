/**
 * Decode: unpacked bytes of one input come in; raw records (here) or rows of a table (`rows.ts`) go out, each with the line it
 * began on, or an `Issue` in its place. Layouts are told by content, never by a file's name. No engine's fields are known here:
 * whoever brings an engine appends the layouts of its own store to `FORMATS`.
 */
import { UserError } from '../errors.ts';
import { showUri } from '../sources/index.ts';
import { jsonArrayFormat, jsonObjectsFormat } from './json-document.ts';
import { isWhite, ndjsonFormat } from './ndjson.ts';
import { parquetFormat } from './parquet/read.ts';
import type { Batch, Decoder, Format } from './record.ts';

export { decodeText } from './decode-text.ts';
export { createLineDecoder, splitLines, takeRecords } from './ndjson.ts';
export { encodeParquet } from './parquet/write.ts';
export type { Batch, Format, RawRecord } from './record.ts';

/** The list holds the formats that any engine's records may come in, in the order in which they are tried. */
export const FORMATS: readonly Format[] = [ndjsonFormat, jsonArrayFormat, jsonObjectsFormat, parquetFormat];

/** Bytes at the beginning of an input, after white space, from which its format is told. */
const HEAD_BYTES = 256;

/**
 * Decodes the records of one input, in batches as its chunks arrive; `formats` are tried in order. A fault of a single record is
 * an issue in its place. Throws `UserError` `empty-input` without content and `not-run-records` for unknown binary content.
 */
export async function* decodeRecords(
  bytes: AsyncIterable<Uint8Array>,
  uri: string,
  formats: readonly Format[] = FORMATS,
): AsyncGenerator<Batch> {
  let decoder: Decoder | null = null;
  let waiting: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    if (decoder) {
      yield* decoder.push(chunk);
      continue;
    }
    waiting = Buffer.concat([waiting, chunk]);
    const head = headOf(waiting);
    if (head.length < 2 || (head.length < HEAD_BYTES && !/[\r\n]/.test(head))) continue;
    decoder = chooseDecoder(head, uri, formats);
    yield* decoder.push(withoutMark(waiting));
  }
  if (!decoder) {
    if (headOf(waiting).length === 0) throw emptyInput(uri);
    decoder = chooseDecoder(headOf(waiting), uri, formats);
    yield* decoder.push(withoutMark(waiting));
  }
  yield* decoder.end();
}

/** Takes the first bytes after a byte-order mark and white space, one character a byte. */
function headOf(bytes: Buffer): string {
  const text = withoutMark(bytes);
  let from = 0;
  while (from < text.length && isWhite(text[from] as number)) from++;
  return text.toString('latin1', from, from + HEAD_BYTES);
}

const hasMark = (bytes: Buffer) => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
const withoutMark = (bytes: Buffer): Buffer => (hasMark(bytes) ? bytes.subarray(3) : bytes);

/** Finds the offset of the first line in a file with these first bytes; `null`: the file holds no lines of JSON, or may not. */
export function findLines(bytes: Buffer): number | null {
  const head = headOf(bytes);
  if (!ndjsonFormat.detect(head) || isBinary(head)) return null;
  return bytes.length - withoutMark(bytes).length;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary from text.
const isBinary = (head: string) => /[\x00-\x08\x0e-\x1f]/.test(head);

/** Creates the error of an input without content. */
export const emptyInput = (uri: string): UserError =>
  new UserError('empty-input', `${wordInput(uri)} is empty.`, {
    hint: 'Was the export still running, or did it fail? To try wfa on the bundled runs: --data sample:',
  });

/** Names an input in messages, at the beginning of a sentence and without a password. */
export const wordInput = (uri: string) => (uri === '-' ? 'Standard input' : showUri(uri));

/** Chooses by the head. Text like no known format is read line by line: a file whose first line is broken still has the others. */
function chooseDecoder(head: string, uri: string, formats: readonly Format[]): Decoder {
  const format = formats.find((candidate) => candidate.detect(head)) ?? ndjsonFormat;
  if (format.binary || !isBinary(head)) return format.createDecoder(uri);
  throw new UserError('not-run-records', `${wordInput(uri)} holds no run records: it is binary.`, {
    hint: 'Run records are JSON objects, one per line (NDJSON) or in one array; gzip and zstd are unpacked by themselves.',
  });
}
