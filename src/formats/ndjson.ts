import type { Leaving } from './json-builder.ts';
import { DocumentDecoder, LARGE_RECORD_BYTES } from './json-document.ts';
import type { Batch, Decoder, Format, LineBlock, RawRecord, RecordText } from './record.ts';
import { isWhite } from './white.ts';

/**
 * Tells whether the first line ends amid a document that is laid out over several lines: with an open bracket, or with a comma that
 * does not stand behind a whole record.
 */
function beginsDocument(head: string): boolean {
  const [, line, end] = /^([^\r\n]*)([,[{:])[ \t]*[\r\n]/.exec(head) ?? [];
  return line !== undefined && !(end === ',' && isJson(line));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The format is NDJSON, one record a line. A line that cannot be read is one issue; the next line is a new start. */
export const createNdjsonFormat = (leaving: Leaving): Format => ({
  holdsLines: true,
  detect: (head) => /^\{(?!\s*[\r\n])/.test(head) && !beginsDocument(head),
  createDecoder: (uri) => new LineDecoder(uri, leaving),
});

/** Creates a decoder that gives the whole lines of each chunk at once and holds back the last, unfinished one only. */
export const createLineDecoder = (uri: string): LineDecoder => new LineDecoder(uri, {}, 0);

const NEWLINE = 0x0a;

/** Bytes of a block at least: it then costs nothing beside reading it, and the next one is unpacked meanwhile. */
const BLOCK_BYTES = 1 << 18;

/** Gathers whole lines into blocks, which are views of the chunks wherever that is possible. */
class LineDecoder implements Decoder {
  readonly #uri: string;
  /** Bytes below which lines are kept back for a longer block. */
  readonly #leastBytes: number;
  /** Chunks not yet given away, and their length together. */
  #parts: Uint8Array[] = [];
  #byteLength = 0;
  /** Takes all that is left, once a line is too long to be a record among many. */
  #document: DocumentDecoder | null = null;
  readonly #leaving: Leaving;

  constructor(uri: string, leaving: Leaving, leastBytes = BLOCK_BYTES) {
    this.#uri = uri;
    this.#leaving = leaving;
    this.#leastBytes = leastBytes;
  }

  push(chunk: Uint8Array): Batch[] {
    if (this.#document !== null) return this.#document.push(chunk);
    const to = chunk.lastIndexOf(NEWLINE) + 1;
    if (to === 0 || this.#byteLength + chunk.length < this.#leastBytes) {
      this.#keep(chunk);
      return to === 0 && this.#byteLength > LARGE_RECORD_BYTES ? this.#beginDocument() : [];
    }
    // Only the line that began in an earlier chunk has to be put together.
    const from = this.#byteLength === 0 ? 0 : chunk.indexOf(NEWLINE) + 1;
    this.#keep(chunk.subarray(0, from));
    const blocks = this.end();
    if (to > from) blocks.push({ lines: chunk.subarray(from, to) });
    this.#keep(chunk.subarray(to));
    return blocks;
  }

  end(): Batch[] {
    if (this.#document !== null) return this.#document.end();
    if (this.#byteLength === 0) return [];
    const lines = this.#join();
    this.#forget();
    return [{ lines }];
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#parts.push(bytes);
    this.#byteLength += bytes.length;
  }

  #join(): Uint8Array {
    const [first] = this.#parts;
    return first?.length === this.#byteLength ? first : Buffer.concat(this.#parts);
  }

  #forget(): void {
    this.#parts = [];
    this.#byteLength = 0;
  }

  /** The lines before the one that is too long are given away. */
  #beginDocument(): Batch[] {
    const text = this.#join();
    const from = text.lastIndexOf(NEWLINE) + 1;
    this.#forget();
    this.#document = new DocumentDecoder(this.#uri, this.#leaving);
    const before = from === 0 ? [] : [{ lines: text.subarray(0, from) }];
    return [...before, ...this.#document.push(text.subarray(from))];
  }
}

/** Hands the records of a block to `take`, one by one; their lines count from 1 in the block. Returns the number of lines. */
export function splitLines({ lines }: LineBlock, uri: string, take: (record: RecordText) => void): number {
  const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
  let lineCount = 0;
  for (let from = 0; from < bytes.length; ) {
    const blank = skipBlankLines(bytes, from);
    lineCount += blank.lineCount;
    if (blank.to === bytes.length) break;
    const found = bytes.indexOf(NEWLINE, blank.to);
    const to = found < 0 ? bytes.length : found;
    lineCount++;
    take({ text: bytes.subarray(blank.to, to), position: { uri, line: lineCount, column: 1 } });
    from = to + 1;
  }
  return lineCount;
}

/** Finds the line that is not blank from an offset on, at which one begins; the last one need not be ended. */
function skipBlankLines(bytes: Buffer, from: number): { readonly to: number; readonly lineCount: number } {
  let [to, lineCount, at] = [from, 0, from];
  for (; at < bytes.length && isWhite(bytes[at] as number); at++) {
    if (bytes[at] !== NEWLINE) continue;
    lineCount++;
    to = at + 1;
  }
  const isAllBlank = at === bytes.length;
  return { to: isAllBlank ? at : to, lineCount: isAllBlank && to < at ? lineCount + 1 : lineCount };
}

/** Hands the records of a batch to `take`, one by one. Returns the number of lines. */
export function takeRecords(batch: Batch, uri: string, take: (record: RawRecord) => void): number {
  if ('lines' in batch) return splitLines(batch, uri, take);
  for (const record of batch.records) take(record);
  return batch.lineCount;
}
