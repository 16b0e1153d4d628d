import { decodeText } from './decode-text.ts';
import type { DecodedRecord, Decoder, Format } from './record.ts';

/** One record per line. A line that cannot be read is one issue; the next line is a new start. */
export const ndjsonFormat: Format = {
  // A lone brace on the first line is a document laid out over several lines.
  detect: (head) => /^\{(?!\s*[\r\n])/.test(head),
  createDecoder: (uri) => new LineDecoder(uri),
};

const NEWLINE = 0x0a;

class LineDecoder implements Decoder {
  readonly #uri: string;
  #line = 1;
  /** The parts of a line whose end has not come yet. */
  #parts: Uint8Array[] = [];

  constructor(uri: string) {
    this.#uri = uri;
  }

  /** One record at a time, so that the one before can be forgotten when the next is parsed: garbage that dies young is cheap. */
  *push(chunk: Uint8Array): Generator<DecodedRecord> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let to = bytes.indexOf(NEWLINE); to >= 0; to = bytes.indexOf(NEWLINE, from)) {
      yield* this.#finishLine(bytes.subarray(from, to));
      this.#line++;
      from = to + 1;
    }
    if (from < bytes.length) this.#parts.push(bytes.subarray(from));
  }

  end(): Iterable<DecodedRecord> {
    return this.#finishLine(Buffer.alloc(0));
  }

  *#finishLine(rest: Buffer): Generator<DecodedRecord> {
    const line = this.#parts.length === 0 ? rest : Buffer.concat([...this.#parts, rest]);
    this.#parts = [];
    if (!isBlank(line)) yield decodeText(line, { uri: this.#uri, line: this.#line, column: 1 });
  }
}

/** Space, tab, carriage return and (in JSON documents) line feed. */
export const isWhite = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

function isBlank(line: Buffer): boolean {
  for (const byte of line) if (!isWhite(byte)) return false;
  return true;
}
