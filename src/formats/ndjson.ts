import { LONGEST_RECORD_BYTES } from './decode-text.ts';
import type { Batch, Decoder, Format, LineBlock, RecordText } from './record.ts';

/** One record per line. A line that cannot be read is one issue; the next line is a new start. */
export const ndjsonFormat: Format = {
  // A lone brace on the first line is a document laid out over several lines.
  detect: (head) => /^\{(?!\s*[\r\n])/.test(head),
  createDecoder: (uri) => new LineDecoder(uri),
};

/** For lines that stay in this thread: blocks may be parts of the chunks that were given. */
export const createLineDecoder = (uri: string) => new LineDecoder(uri, false);

const NEWLINE = 0x0a;

/** Long enough that handing a block to another thread costs nothing beside reading it. */
const BLOCK_BYTES = 1 << 20;

/** Gathers whole lines into blocks. */
class LineDecoder implements Decoder {
  readonly #uri: string;
  /** Whether a block must be in memory of its own, which can be handed over: what was given may be part of something larger. */
  readonly #copies: boolean;
  /** What has not yet been given away, and its length. */
  #parts: Uint8Array[] = [];
  #byteLength = 0;
  /** The length so far of a line that is too long to be kept; 0: no such line. */
  #lostBytes = 0;

  constructor(uri: string, copies = true) {
    this.#uri = uri;
    this.#copies = copies;
  }

  push(chunk: Uint8Array): Batch[] {
    if (this.#lostBytes > 0) return this.#skipLine(chunk);
    this.#keep(chunk);
    if (this.#byteLength < BLOCK_BYTES) return [];
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > 0) return [this.#cut(this.#byteLength - chunk.length + end)];
    if (this.#byteLength > LONGEST_RECORD_BYTES) return this.#lose();
    return [];
  }

  end(): Batch[] {
    if (this.#lostBytes > 0) return [this.#complain()];
    return this.#byteLength === 0 ? [] : [this.#cut(this.#byteLength)];
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#parts.push(bytes);
    this.#byteLength += bytes.length;
  }

  /** A block of the first bytes. */
  #cut(byteLength: number): LineBlock {
    const [first] = this.#parts;
    if (!this.#copies && first?.length === byteLength) {
      this.#parts.shift();
      this.#byteLength -= byteLength;
      return { lines: first };
    }
    const lines = new Uint8Array(Buffer.allocUnsafeSlow(byteLength).buffer);
    let at = 0;
    let rest: Uint8Array | null = null;
    for (const part of this.#parts) {
      const fitting = part.subarray(0, byteLength - at);
      lines.set(fitting, at);
      at += fitting.length;
      if (fitting.length < part.length) rest = part.subarray(fitting.length);
    }
    this.#forget();
    if (rest !== null) this.#keep(rest);
    return { lines };
  }

  #forget(): void {
    this.#parts = [];
    this.#byteLength = 0;
  }

  /** Gives up a line that no string could hold; the lines before it are kept. */
  #lose(): Batch[] {
    const text = Buffer.concat(this.#parts);
    const lineFrom = text.lastIndexOf(NEWLINE) + 1;
    const before = lineFrom === 0 ? [] : [this.#cut(lineFrom)];
    this.#forget();
    this.#lostBytes = text.length - lineFrom;
    return before;
  }

  #skipLine(chunk: Uint8Array): Batch[] {
    const end = chunk.indexOf(NEWLINE);
    this.#lostBytes += end < 0 ? chunk.length : end;
    if (end < 0) return [];
    const batch = this.#complain();
    return [batch, ...this.push(chunk.subarray(end + 1))];
  }

  #complain(): Batch {
    const issue = {
      code: 'record-too-long',
      origin: { uri: this.#uri, line: 1 },
      byteLength: this.#lostBytes,
    } as const;
    this.#lostBytes = 0;
    return { records: [{ issue }], lineCount: 1 };
  }
}

/** Hands over the records of a block one by one; lines count from 1 in it. Gives the number of lines. */
export function splitLines({ lines }: LineBlock, uri: string, take: (record: RecordText) => void): number {
  const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
  let lineCount = 0;
  for (let from = 0; from < bytes.length; ) {
    const found = bytes.indexOf(NEWLINE, from);
    const to = found < 0 ? bytes.length : found;
    const text = bytes.subarray(from, to);
    lineCount++;
    if (!isBlank(text)) take({ text, position: { uri, line: lineCount, column: 1 } });
    from = to + 1;
  }
  return lineCount;
}

/** Space, tab, carriage return and (in JSON documents) line feed. */
export const isWhite = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

function isBlank(line: Buffer): boolean {
  for (const byte of line) if (!isWhite(byte)) return false;
  return true;
}
