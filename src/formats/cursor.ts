/**
 * Reading JSON text byte by byte, knowing what to expect. Plain text only: ASCII, strings without escapes, finite numbers, every
 * key once. Whatever is not plain throws `NOT_PLAIN`, right or wrong: that is for `JSON.parse` and the schema to judge.
 */

/** Made once: the trace of a stack costs more than a record. */
export const NOT_PLAIN = new Error('not plain');

const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c];
const [MINUS, PLUS, POINT, ZERO, NINE, SMALL_E, LARGE_E] = [0x2d, 0x2b, 0x2e, 0x30, 0x39, 0x65, 0x45];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];
const [SPACE, TAB, LINE_FEED, CARRIAGE_RETURN] = [0x20, 0x09, 0x0a, 0x0d];
const [LETTER_N, LETTER_T, LETTER_F] = [0x6e, 0x74, 0x66];

/** 1 for what can stand in a plain string: ASCII without control characters, quote and backslash. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= SPACE && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH),
);

/** Whether any of four bytes is no plain one. Subtracting 1 (or 0x20) borrows into the high bit of a byte that is 0 (or less). */
function holdsOdd(word: number): boolean {
  const quote = word ^ 0x22222222;
  const backslash = word ^ 0x5c5c5c5c;
  const odd =
    word | ((word - 0x20202020) & ~word) | ((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash);
  return (odd & 0x80808080) !== 0;
}

/** Whole numbers up to 2^53 and the powers of ten up to 10^22 are exact doubles, so that their quotient is rounded once. */
const MOST_EXACT_DIGITS = 16;
const POWERS_OF_TEN = Float64Array.from({ length: MOST_EXACT_DIGITS + 1 }, (_, power) => 10 ** power);
/** The largest double has 309 digits before its point. */
const FINITE_DIGITS = 308;
/** Deeper nesting in unknown fields is left to `JSON.parse`. */
const DEEPEST = 32;

const TEXT_CACHE_SIZE = 512;
const TEXT_CACHE_SHIFT = 32 - Math.log2(TEXT_CACHE_SIZE);

/** What `Cursor.key` gives instead of a field's index. */
export const END = -1;
const UNKNOWN = 31;

/** Bytes to be compared four at a time. */
class Lead {
  readonly length: number;
  readonly #words: Int32Array;
  readonly #rest: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.length = bytes.length;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#words = Int32Array.from({ length: bytes.length >> 2 }, (_, i) => view.getInt32(i * 4, true));
    this.#rest = bytes.slice(this.#words.length * 4);
  }

  stands(view: DataView, from: number): boolean {
    if (from + this.length > view.byteLength) return false;
    const words = this.#words;
    let at = from;
    for (let i = 0; i < words.length; i++, at += 4) if (view.getInt32(at, true) !== words[i]) return false;
    const rest = this.#rest;
    for (let i = 0; i < rest.length; i++) if (view.getUint8(at + i) !== rest[i]) return false;
    return true;
  }
}

/** What stood at one place of the last object: the bytes between two values, with the key in them, and the key's index. */
interface Slot {
  readonly lead: Lead;
  readonly index: number;
}

/** More unknown keys than this in an object come from odd data only, and their places are not remembered. */
const MOST_UNKNOWN_KEYS = 64;

/** The keys of one kind of object, at most 31, and their order in the object before: programs write all of a kind alike. */
export class Keys {
  readonly #indices: ReadonlyMap<string, number>;
  readonly #required: number;
  readonly slots: Slot[] = [];
  /** What stood there before that: the files of two engine versions read at once would otherwise chase each other. */
  readonly #earlier: Slot[] = [];

  constructor(required: readonly string[], optional: readonly string[] = []) {
    this.#indices = new Map([...required, ...optional].map((name, index) => [name, index]));
    this.#required = 2 ** required.length - 1;
  }

  indexOf(name: string): number {
    return this.#indices.get(name) ?? UNKNOWN;
  }

  has(index: number): boolean {
    return index < this.#indices.size;
  }

  remember(place: number, slot: Slot): void {
    if (place >= this.#indices.size + MOST_UNKNOWN_KEYS) return;
    const last = this.slots[place];
    if (last !== undefined) this.#earlier[place] = last;
    this.slots[place] = slot;
  }

  /** The slot before the last one, which changes places with it if it stands here. */
  recall(place: number, view: DataView, at: number): Slot | null {
    const slot = this.#earlier[place];
    if (slot === undefined || !slot.lead.stands(view, at)) return null;
    this.remember(place, slot);
    return slot;
  }

  /** One more key of an object in which those of the bits `seen` have been; JSON.parse would keep the last of two. */
  see(seen: number, index: number): number {
    if (index === UNKNOWN) return seen;
    const bit = 1 << index;
    if ((seen & bit) !== 0) throw NOT_PLAIN;
    return seen | bit;
  }

  /** No required key may be missing. */
  expectAll(seen: number): void {
    if ((seen & this.#required) !== this.#required) throw NOT_PLAIN;
  }
}

/** A place in the text of a JSON record. Every method but `isAtEnd` throws `NOT_PLAIN` when something else stands there. */
export class Cursor {
  #record: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #at = 0;
  /** Strings met in this record, by a hash of their last bytes, with where they stand; `#cachedTo` is -1 where there is none. */
  readonly #cached: string[] = new Array<string>(TEXT_CACHE_SIZE).fill('');
  readonly #cachedFrom = new Int32Array(TEXT_CACHE_SIZE);
  readonly #cachedTo = new Int32Array(TEXT_CACHE_SIZE).fill(-1);

  start(record: Buffer): void {
    this.#record = record;
    this.#view = new DataView(record.buffer, record.byteOffset, record.length);
    this.#at = 0;
    this.#cachedFrom.fill(0);
    this.#cachedTo.fill(-1);
  }

  isAtEnd(): boolean {
    this.#peek();
    return this.#at >= this.#record.length;
  }

  /** The index of the key at this place of an object, after moving to its value; `END` after moving past the object. */
  key(keys: Keys, place: number): number {
    const slot = keys.slots[place];
    if (slot?.lead.stands(this.#view, this.#at)) return this.#follow(slot);
    const earlier = keys.recall(place, this.#view, this.#at);
    return earlier === null ? this.#readKey(keys, place) : this.#follow(earlier);
  }

  #follow(slot: Slot): number {
    this.#at += slot.lead.length;
    return slot.index;
  }

  #readKey(keys: Keys, place: number): number {
    const from = this.#at;
    if (place === 0) this.#expect(OPEN_OBJECT);
    if (this.#takes(CLOSE_OBJECT)) return END;
    if (place > 0) this.#expect(COMMA);
    const index = keys.indexOf(this.text());
    this.#expect(COLON);
    this.#peek();
    keys.remember(place, { lead: new Lead(Uint8Array.from(this.#record.subarray(from, this.#at))), index });
    return index;
  }

  /** Whether a list has an item at this place, after moving to it, or else past the list. */
  item(place: number): boolean {
    return this.#next(place, OPEN_ARRAY, CLOSE_ARRAY);
  }

  /** Whether a map has an entry at this place, after moving to its key, or else past the map. */
  entry(place: number): boolean {
    return this.#next(place, OPEN_OBJECT, CLOSE_OBJECT);
  }

  #next(place: number, open: number, close: number): boolean {
    if (place === 0) {
      this.#expect(open);
      return !this.#takes(close);
    }
    if (this.#takes(COMMA)) return true;
    this.#expect(close);
    return false;
  }

  /** From an entry's key to its value. */
  colon(): void {
    this.#expect(COLON);
  }

  /** Moves past `null` if it stands here. */
  isNull(): boolean {
    if (this.#peek() !== LETTER_N) return false;
    this.#word('null');
    return true;
  }

  isText(): boolean {
    return this.#peek() === QUOTE;
  }

  /** The ids of nodes come again and again in a record: one string for all of them, whose hash is worked out once. */
  text(): string {
    const from = this.#skipText();
    const to = this.#at - 1;
    // Fibonacci hashing of the last four bytes: where ids differ.
    const place = to - from < 4 ? 0 : Math.imul(this.#view.getInt32(to - 4), 0x9e3779b1) >>> TEXT_CACHE_SHIFT;
    if (this.#sameText(this.#cachedFrom[place] as number, this.#cachedTo[place] as number, from, to)) {
      return this.#cached[place] as string;
    }
    const text = this.#record.toString('latin1', from, to);
    this.#cachedFrom[place] = from;
    this.#cachedTo[place] = to;
    this.#cached[place] = text;
    return text;
  }

  #sameText(from: number, to: number, otherFrom: number, otherTo: number): boolean {
    const length = to - from;
    if (length !== otherTo - otherFrom) return false;
    const view = this.#view;
    let i = 0;
    for (; i + 4 <= length; i += 4) if (view.getInt32(from + i) !== view.getInt32(otherFrom + i)) return false;
    for (; i < length; i++) if (view.getUint8(from + i) !== view.getUint8(otherFrom + i)) return false;
    return true;
  }

  textOrNull(): string | null {
    return this.isNull() ? null : this.text();
  }

  number(): number {
    return this.#number(true);
  }

  numberOrNull(): number | null {
    return this.isNull() ? null : this.#number(true);
  }

  skipText(): void {
    this.#skipText();
  }

  skipNumber(): void {
    this.#number(false);
  }

  /** Past any value. */
  skip(depth = 0): void {
    const first = this.#peek();
    if (depth > DEEPEST) throw NOT_PLAIN;
    if (first === QUOTE) this.#skipText();
    else if (first === OPEN_ARRAY) for (let place = 0; this.item(place); place++) this.skip(depth + 1);
    else if (first === OPEN_OBJECT) this.#skipEntries(depth + 1);
    else if (first === LETTER_N) this.#word('null');
    else if (first === LETTER_T) this.#word('true');
    else if (first === LETTER_F) this.#word('false');
    else this.#number(false);
  }

  #skipEntries(depth: number): void {
    for (let place = 0; this.entry(place); place++) {
      this.#skipText();
      this.colon();
      this.skip(depth);
    }
  }

  /** The next byte that is no white space, after moving there; -1 at the end. */
  #peek(): number {
    const record = this.#record;
    for (; this.#at < record.length; this.#at++) {
      const byte = record[this.#at] as number;
      if (byte > SPACE || !(byte === SPACE || byte === LINE_FEED || byte === TAB || byte === CARRIAGE_RETURN))
        return byte;
    }
    return -1;
  }

  #takes(byte: number): boolean {
    if (this.#peek() !== byte) return false;
    this.#at++;
    return true;
  }

  #expect(byte: number): void {
    if (!this.#takes(byte)) throw NOT_PLAIN;
  }

  #word(word: string): void {
    for (let i = 0; i < word.length; i++) if (this.#record[this.#at++] !== word.charCodeAt(i)) throw NOT_PLAIN;
  }

  /** Past a string; gives where its content begins. */
  #skipText(): number {
    this.#expect(QUOTE);
    const record = this.#record;
    const from = this.#at;
    let at = from;
    const view = this.#view;
    for (const last = record.length - 4; at <= last; at += 4) if (holdsOdd(view.getInt32(at))) break;
    while (at < record.length && PLAIN[record[at] as number] === 1) at++;
    if (record[at] !== QUOTE) throw NOT_PLAIN;
    this.#at = at + 1;
    return from;
  }

  /** A finite number; when it is not wanted, only checked. */
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: in one piece, because this is where most of the bytes are read.
  #number(wanted: boolean): number {
    const negative = this.#peek() === MINUS;
    const record = this.#record;
    const from = this.#at;
    let at = negative ? from + 1 : from;
    const wholeFrom = at;
    let digits = 0;
    let byte = record[at] as number;
    while (byte >= ZERO && byte <= NINE) {
      digits = digits * 10 + (byte - ZERO);
      byte = record[++at] as number;
    }
    const wholeCount = at - wholeFrom;
    if (wholeCount === 0 || (wholeCount > 1 && record[wholeFrom] === ZERO)) throw NOT_PLAIN;
    let decimalCount = 0;
    if (byte === POINT) {
      const decimalsFrom = ++at;
      byte = record[at] as number;
      while (byte >= ZERO && byte <= NINE) {
        digits = digits * 10 + (byte - ZERO);
        byte = record[++at] as number;
      }
      decimalCount = at - decimalsFrom;
      if (decimalCount === 0) throw NOT_PLAIN;
    }
    if (byte === SMALL_E || byte === LARGE_E) return this.#scientific(from, at);
    this.#at = at;
    if (!wanted && wholeCount <= FINITE_DIGITS) return 0;
    const exact = wholeCount + decimalCount <= MOST_EXACT_DIGITS && digits <= Number.MAX_SAFE_INTEGER;
    if (!exact) return this.#parseNumber(from);
    const magnitude = digits / (POWERS_OF_TEN[decimalCount] as number);
    return negative ? -magnitude : magnitude;
  }

  /** The rest of a number whose exponent begins at `at`. */
  #scientific(from: number, at: number): number {
    const record = this.#record;
    let end = at + 1;
    if (record[end] === MINUS || record[end] === PLUS) end++;
    const exponentFrom = end;
    while ((record[end] as number) >= ZERO && (record[end] as number) <= NINE) end++;
    if (end === exponentFrom) throw NOT_PLAIN;
    this.#at = end;
    return this.#parseNumber(from);
  }

  #parseNumber(from: number): number {
    const parsed = Number(this.#record.toString('latin1', from, this.#at));
    if (!Number.isFinite(parsed)) throw NOT_PLAIN;
    return parsed;
  }
}
