import { type Built, JsonBuilder, type Leaving } from './json-builder.ts';
import type { Batch, Decoder, Format, RawRecord, TextPosition } from './record.ts';
import { isWhite } from './white.ts';

/**
 * The format is JSON laid out over any lines: arrays of records, one after the other or alone, and objects, each a record, in any
 * order.
 */
export const createDocumentFormat = (leaving: Leaving): Format => ({
  detect: (head) => /^[[{]/.test(head),
  createDecoder: (uri) => new DocumentDecoder(uri, leaving),
});

/** A record of more bytes is built piece by piece: its text is never there as a whole. */
export const LARGE_RECORD_BYTES = 1 << 24;
/** A record of more bytes is given up: what is built of it may take as many. */
const LONGEST_RECORD_BYTES = 2 ** 30;

const [QUOTE, BACKSLASH, COMMA, NEWLINE] = [0x22, 0x5c, 0x2c, 0x0a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Finds where each record begins and ends by its brackets alone, so that no more than one record is held and a broken record
 * in the middle costs only itself, as long as its brackets close. A string that is not closed ends with its line.
 */
export class DocumentDecoder implements Decoder {
  readonly #uri: string;
  readonly #leaving: Leaving;
  /** The bracket depth at which records stand: 1 in an array, 0 outside. */
  #recordDepth: 0 | 1 = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #line = 1;
  #column = 0;
  #records: RawRecord[] = [];
  /** Position at which the current record began; `null` between records. */
  #start: TextPosition | null = null;
  /** The current record's bytes in earlier chunks, the current chunk, and where in it the record goes on. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  /** Takes the current record in place of `#parts`, once it is large. */
  #builder: JsonBuilder | null = null;
  #chunk: Buffer = Buffer.alloc(0);
  #from = 0;

  constructor(uri: string, leaving: Leaving) {
    this.#uri = uri;
    this.#leaving = leaving;
  }

  push(chunk: Uint8Array): Batch[] {
    this.#chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#from = 0;
    for (let i = 0; i < this.#chunk.length; i++) {
      const byte = this.#chunk[i] as number;
      this.#column++;
      if (this.#inString) this.#readString(byte, i);
      else this.#readStructure(byte, i);
      if (byte === NEWLINE) {
        this.#line++;
        this.#column = 0;
      }
    }
    if (this.#start !== null) this.#keep(this.#chunk.subarray(this.#from));
    return this.#take();
  }

  end(): Batch[] {
    this.#chunk = Buffer.alloc(0);
    this.#from = 0;
    if (this.#start !== null) this.#finish(0);
    else if (this.#recordDepth === 1) this.#complain('the array ends too early');
    return this.#take();
  }

  #take(): Batch[] {
    const records = this.#records;
    this.#records = [];
    // The lines of a document are counted from its beginning: there is nothing to add to them.
    return records.length === 0 ? [] : [{ records, lineCount: 0 }];
  }

  /** Keeps the bytes, or what is built of them; those of a record that is too long are only counted. */
  #keep(part: Buffer): void {
    this.#partBytes += part.length;
    if (this.#partBytes > LARGE_RECORD_BYTES) this.#builder ??= this.#beginBuilding();
    if (this.#builder === null) this.#parts.push(part);
    else if (this.#partBytes <= LONGEST_RECORD_BYTES) this.#builder.push(part);
    else this.#builder = new JsonBuilder();
  }

  #beginBuilding(): JsonBuilder {
    const builder = new JsonBuilder(this.#leaving);
    for (const part of this.#parts) builder.push(part);
    this.#parts = [];
    return builder;
  }

  #readString(byte: number, at: number): void {
    // No string holds a line feed: this one lost its end, and to read on in it would turn all that follows inside out.
    if (byte === NEWLINE) this.#finish(at);
    else if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inString = false;
  }

  #readStructure(byte: number, at: number): void {
    if (isWhite(byte)) {
      // Anything but a record, outside of arrays, ends with its line.
      if (byte === NEWLINE && this.#depth === 0) this.#finish(at);
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#open(at);
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) this.#close(at);
    else if (byte === COMMA && this.#depth === this.#recordDepth) this.#finish(at);
    else {
      this.#begin(at);
      this.#inString = byte === QUOTE;
    }
  }

  #open(at: number): void {
    // The first bracket of an array of records belongs to no record.
    if (this.#depth === 0 && this.#start === null && this.#chunk[at] === OPEN_ARRAY) this.#recordDepth = 1;
    else this.#begin(at);
    this.#depth++;
  }

  #close(at: number): void {
    this.#depth--;
    if (this.#depth === this.#recordDepth) this.#finish(at + 1);
    if (this.#depth >= this.#recordDepth) return;
    this.#finish(at);
    if (this.#recordDepth === 1 && this.#chunk[at] === CLOSE_ARRAY) this.#recordDepth = 0;
    else this.#complain('a bracket closes that was never opened');
    this.#depth = this.#recordDepth;
  }

  #begin(at: number): void {
    if (this.#start !== null) return;
    this.#start = { uri: this.#uri, line: this.#line, column: this.#column };
    this.#from = at;
  }

  #finish(to: number): void {
    if (this.#start === null) return;
    this.#records.push(this.#gather(this.#start, this.#chunk.subarray(this.#from, to)));
    this.#parts = [];
    this.#partBytes = 0;
    this.#builder = null;
    this.#start = null;
    this.#inString = false;
    this.#escaped = false;
    this.#depth = this.#recordDepth;
  }

  #gather(position: TextPosition, last: Buffer): RawRecord {
    if (this.#builder === null) return { text: Buffer.concat([...this.#parts, last]), position };
    const byteLength = this.#partBytes + last.length;
    const { uri, line } = position;
    if (byteLength > LONGEST_RECORD_BYTES)
      return { issue: { code: 'record-too-long', origin: { uri, line }, byteLength } };
    this.#builder.push(last);
    return toRecord(this.#builder.end(), position);
  }

  #complain(problem: string): void {
    const [origin, column] = [{ uri: this.#uri, line: this.#line }, this.#column];
    this.#records.push({ issue: { code: 'broken-json', origin, column: Math.max(1, column), problem } });
  }
}

/** Gives what was built as a record, or what is wrong with it and where. */
function toRecord(built: Built, position: TextPosition): RawRecord {
  if ('json' in built) {
    const { json, isRepaired } = built;
    return { line: position.line, json, ...(isRepaired ? { isRepaired } : {}) };
  }
  const { problem, isText } = built;
  const origin = { uri: position.uri, line: position.line + built.line - 1 };
  const column = built.line === 1 ? position.column + built.column - 1 : built.column;
  return { issue: isText ? { code: 'broken-json', origin, column, problem } : { code: 'not-utf-8', origin, column } };
}
