import { peek } from '../sources/index.ts';

/**
 * Turns text in UTF-16 into UTF-8, told by its byte-order mark or by every other byte being zero at the beginning; other bytes stay as
 * they are. Marks are left out. A lone surrogate or half a character becomes a byte that is no UTF-8, so that its record is an issue.
 */
export async function* toUtf8(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const [head, all] = await peek(bytes, ({ length }) => length >= HEAD_BYTES);
  const text = chooseText(head);
  let markLength = head.length - withoutMark(head).length;
  for await (const chunk of all) {
    const own = chunk.subarray(markLength);
    markLength = 0;
    yield text === null ? own : text.push(own);
  }
  if (text !== null) yield text.end();
}

/** Bytes by which the encoding is told: two characters of UTF-16. */
const HEAD_BYTES = 4;
const MARKS: readonly Buffer[] = [
  Buffer.from([0xef, 0xbb, 0xbf]),
  Buffer.from([0xff, 0xfe]),
  Buffer.from([0xfe, 0xff]),
];

/** Leaves out a byte-order mark at the beginning. */
export function withoutMark(bytes: Buffer): Buffer {
  const mark = MARKS.find((candidate) => bytes.subarray(0, candidate.length).equals(candidate));
  return mark ? bytes.subarray(mark.length) : bytes;
}

function chooseText(head: Buffer): Utf16Text | null {
  const [a, b, c, d] = head;
  const isLittle = (a === 0xff && b === 0xfe) || (isCharacter(a) && b === 0 && isCharacter(c) && d === 0);
  const isBig = (a === 0xfe && b === 0xff) || (a === 0 && isCharacter(b) && c === 0 && isCharacter(d));
  return isLittle || isBig ? new Utf16Text(isBig) : null;
}

/** Recognizes a character that text in ASCII may begin with. */
const isCharacter = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x09 && byte < 0x7f;

/** A byte that stands nowhere in UTF-8. */
const NO_CHARACTER = Buffer.from([0xff]);
const LONE_SURROGATE = /[\ud800-\udfff]/u;

class Utf16Text {
  readonly #isBig: boolean;
  /** Bytes of a character that is not complete. */
  #rest: Buffer = Buffer.alloc(0);

  /** `isBig`: the more significant byte comes first. */
  constructor(isBig: boolean) {
    this.#isBig = isBig;
  }

  push(chunk: Uint8Array): Uint8Array {
    const bytes = Buffer.concat([this.#rest, chunk]);
    const to = this.#findEnd(bytes);
    this.#rest = bytes.subarray(to);
    const whole = bytes.subarray(0, to);
    return encode((this.#isBig ? whole.swap16() : whole).toString('utf16le'));
  }

  end(): Uint8Array {
    return this.#rest.length === 0 ? this.#rest : NO_CHARACTER;
  }

  /** Finds the end of the last whole character. */
  #findEnd(bytes: Buffer): number {
    const even = bytes.length - (bytes.length % 2);
    const high = bytes[even - (this.#isBig ? 2 : 1)] ?? 0;
    return high >= 0xd8 && high < 0xdc ? even - 2 : even;
  }
}

function encode(text: string): Uint8Array {
  if (!LONE_SURROGATE.test(text)) return Buffer.from(text);
  const parts = text
    .split(LONE_SURROGATE)
    .flatMap((part, i) => (i === 0 ? [Buffer.from(part)] : [NO_CHARACTER, Buffer.from(part)]));
  return Buffer.concat(parts);
}
