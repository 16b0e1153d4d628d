/**
 * Replies in RESP, the protocol of Redis (https://redis.io/docs/latest/develop/reference/protocol-spec, version 2). Whatever the other
 * side sends, a reply is bounded: in length, in depth, in elements.
 */

/** A reply as the server means it; `ReplyError` is its refusal. */
export type Reply = number | null | Buffer | ReplyError | readonly Reply[];

/** The error is the server's own words of refusal, which begin with a code. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError';
}

/** The error tells that the other side does not answer as Redis does. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** Bytes of a line at most; the lines that Redis sends are numbers, states and errors. */
const MOST_LINE_BYTES = 1 << 16;
/** Bytes of a string at most: Redis holds none longer. */
const MOST_STRING_BYTES = 2 ** 29;
/** Bytes of all strings of one reply at most. */
const MOST_REPLY_BYTES = 2 ** 30;
/** Elements of an array at most, and arrays in arrays: SCAN gives some thousand, CLUSTER SLOTS has four levels. */
const MOST_ELEMENTS = 1e6;
const MOST_DEPTH = 16;

interface OpenArray {
  readonly elements: Reply[];
  readonly length: number;
}

/** Parses replies out of bytes as they come, cut anywhere. */
export class ReplyParser {
  readonly #emit: (reply: Reply) => void;
  /** Bytes that have come and are not parsed, which `#neededBytes` of are of use. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #neededBytes = 1;
  /** Length of the string that comes next; `null`: a line does. */
  #stringBytes: number | null = null;
  #replyBytes = 0;
  #open: OpenArray[] = [];

  constructor(emit: (reply: Reply) => void) {
    this.#emit = emit;
  }

  /** Takes the next bytes. Throws `ProtocolError` when they are none of Redis. */
  push(chunk: Buffer): void {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes < this.#neededBytes) return;
    const bytes = this.#held.length === 1 ? chunk : Buffer.concat(this.#held, this.#heldBytes);
    let at = 0;
    for (let length = this.#parse(bytes, at); length > 0; length = this.#parse(bytes, at)) at += length;
    this.#held = at < bytes.length ? [bytes.subarray(at)] : [];
    this.#heldBytes = bytes.length - at;
  }

  /** Parses one string or line; gives its length in bytes, or 0 when more have to come. */
  #parse(bytes: Buffer, from: number): number {
    return this.#stringBytes === null
      ? this.#parseLine(bytes, from)
      : this.#parseString(bytes, from, this.#stringBytes);
  }

  #parseString(bytes: Buffer, from: number, byteLength: number): number {
    this.#neededBytes = byteLength + 2;
    if (bytes.length - from < this.#neededBytes) return 0;
    const end = from + byteLength;
    if (bytes[end] !== 0x0d || bytes[end + 1] !== 0x0a) throw new ProtocolError('a string is longer than it says');
    this.#stringBytes = null;
    this.#add(bytes.subarray(from, end));
    return byteLength + 2;
  }

  #parseLine(bytes: Buffer, from: number): number {
    const type = bytes[from];
    if (type === undefined) {
      this.#neededBytes = 1;
      return 0;
    }
    if (!TYPES.has(type)) throw new ProtocolError('a reply begins with no type of Redis');
    const end = bytes.indexOf('\r\n', from, 'latin1');
    const lineBytes = (end === -1 ? bytes.length : end) - from;
    if (lineBytes > MOST_LINE_BYTES) throw new ProtocolError('a line does not end');
    if (end === -1) {
      this.#neededBytes = lineBytes + 1;
      return 0;
    }
    this.#takeLine(String.fromCharCode(type), bytes.toString('utf8', from + 1, end));
    return lineBytes + 2;
  }

  #takeLine(type: string, line: string): void {
    if (type === '-') this.#add(new ReplyError(line));
    else if (type === '+') this.#add(Buffer.from(line));
    else this.#takeNumber(type, line);
  }

  #takeNumber(type: string, line: string): void {
    if (!/^[+-]?\d{1,19}$/.test(line)) throw new ProtocolError('a number is none');
    const number = Number(line);
    if (type === ':') this.#add(number);
    else if (number === -1) this.#add(null);
    else if (type === '$') this.#beginString(number);
    else this.#beginArray(number);
  }

  #beginString(byteLength: number): void {
    this.#replyBytes += byteLength;
    if (byteLength < 0 || byteLength > MOST_STRING_BYTES || this.#replyBytes > MOST_REPLY_BYTES) {
      throw new ProtocolError('a string is longer than any of Redis');
    }
    this.#stringBytes = byteLength;
  }

  #beginArray(length: number): void {
    if (length < 0 || length > MOST_ELEMENTS) throw new ProtocolError('an array is longer than any that was asked for');
    if (this.#open.length === MOST_DEPTH) throw new ProtocolError('arrays lie too deep in one another');
    if (length === 0) this.#add([]);
    else this.#open.push({ elements: [], length });
  }

  /** Adds an element to the innermost array, and that to the next one where it is complete. */
  #add(element: Reply): void {
    let reply = element;
    for (let inner = this.#open.at(-1); inner; inner = this.#open.at(-1)) {
      inner.elements.push(reply);
      if (inner.elements.length < inner.length) return;
      this.#open.pop();
      reply = inner.elements;
    }
    this.#replyBytes = 0;
    this.#emit(reply);
  }
}

const TYPES: ReadonlySet<number> = new Set(Buffer.from('+-:$*'));
