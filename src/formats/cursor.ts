import { ARRAY, KEY, LONG_NUMBER, NULL, NUMBER, OBJECT, TEXT } from './assembly/layout.ts';
import { Tokenizer } from './tokenizer.ts';

/**
 * Reading a tokenized JSON record, knowing what to expect. Plain records only: ASCII, strings without escapes, finite numbers, every
 * key once. Whatever is not plain throws `NOT_PLAIN`, right or wrong: that is for `JSON.parse` and the schema to judge.
 */

/** Made once: the trace of a stack costs more than a record. */
export const NOT_PLAIN = new Error('not plain');

/** What `Cursor.key` gives instead of a field's index. */
export const END = -1;
const UNKNOWN = 31;

/** The names of all keys that some kind of object has; the tokenizer numbers them from 1. */
const NAMES: string[] = [];
const [KIND, KEY_SHIFT] = [0xff, 8];
const MOST_NAMES = 128;

function numberOf(name: string): number {
  const found = NAMES.indexOf(name);
  return found >= 0 ? found + 1 : NAMES.push(name);
}

/** The keys of one kind of object, at most 31. */
export class Keys {
  /** By the number of a key: its index in this kind of object. */
  readonly indices = new Uint8Array(MOST_NAMES).fill(UNKNOWN);
  readonly #count: number;
  readonly #required: number;

  constructor(required: readonly string[], optional: readonly string[] = []) {
    const all = [...required, ...optional];
    for (const [index, name] of all.entries()) this.indices[numberOf(name)] = index;
    this.#count = all.length;
    this.#required = 2 ** required.length - 1;
  }

  has(index: number): boolean {
    return index < this.#count;
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

const TEXT_CACHE_SIZE = 512;
const TEXT_CACHE_SHIFT = 32 - Math.log2(TEXT_CACHE_SIZE);

/** A place on the tape of a record. Every method that reads throws `NOT_PLAIN` when something else stands there. */
export class Cursor {
  readonly #tokenizer: Tokenizer;
  #words: Int32Array;
  #doubles: Float64Array;
  #bytes: Buffer;
  #view: DataView;
  #at = 0;
  #count = 0;
  /** Strings met in this record, by a hash of their last bytes, with where they stand; the length is -1 where there is none. */
  readonly #cached: string[] = new Array<string>(TEXT_CACHE_SIZE).fill('');
  readonly #cachedFrom = new Int32Array(TEXT_CACHE_SIZE);
  readonly #cachedLength = new Int32Array(TEXT_CACHE_SIZE);

  constructor(module: WebAssembly.Module) {
    this.#tokenizer = new Tokenizer(module, NAMES);
    const { words, doubles, bytes } = this.#tokenizer;
    this.#words = words;
    this.#doubles = doubles;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }

  /** To the first value of a record. */
  start(record: Uint8Array): void {
    this.#count = this.#tokenizer.tokenize(record);
    if (this.#count === 0) throw NOT_PLAIN;
    const { words, doubles, bytes } = this.#tokenizer;
    if (bytes !== this.#bytes) {
      this.#words = words;
      this.#doubles = doubles;
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer);
    }
    this.#at = 0;
    this.#cachedLength.fill(-1);
  }

  isAtEnd(): boolean {
    return this.#at === this.#count;
  }

  /** Into an object; gives where it ends. */
  object(): number {
    return this.#enter(OBJECT);
  }

  /** Into a list; gives where it ends. */
  list(): number {
    return this.#enter(ARRAY);
  }

  #enter(kind: number): number {
    const head = this.#at * 4;
    if (((this.#words[head] as number) & KIND) !== kind) throw NOT_PLAIN;
    this.#at++;
    return this.#words[head + 1] as number;
  }

  /** Whether a container that ends there has more. */
  isBefore(end: number): boolean {
    return this.#at < end;
  }

  /** The index of the next key of an object that ends there, after moving to its value; `END` when there is none. */
  key(keys: Keys, end: number): number {
    if (this.#at >= end) return END;
    const head = this.#words[this.#at * 4] as number;
    if ((head & KIND) !== KEY) return keys.indices[head >> KEY_SHIFT] as number;
    this.#at++;
    return UNKNOWN;
  }

  /** The next key of a map, after moving to its value. */
  entryKey(): string {
    const number = (this.#words[this.#at * 4] as number) >> KEY_SHIFT;
    return number > 0 ? (NAMES[number - 1] as string) : this.#text(KEY);
  }

  skipEntryKey(): void {
    if (this.#kind() === KEY) this.#at++;
  }

  /** Moves past `null` if it stands here. */
  isNull(): boolean {
    if (this.#kind() !== NULL) return false;
    this.#at++;
    return true;
  }

  isText(): boolean {
    return this.#kind() === TEXT;
  }

  text(): string {
    return this.#text(TEXT);
  }

  /** The ids of nodes come again and again in a record: one string for all of them, whose hash is worked out once. */
  #text(kind: number): string {
    const words = this.#words;
    const head = this.#at * 4;
    if (((words[head] as number) & KIND) !== kind) throw NOT_PLAIN;
    this.#at++;
    const from = words[head + 1] as number;
    const length = words[head + 2] as number;
    // Fibonacci hashing of the last four bytes: where ids differ.
    const place = Math.imul(words[head + 3] as number, 0x9e3779b1) >>> TEXT_CACHE_SHIFT;
    if (this.#cachedLength[place] === length && this.#sameText(this.#cachedFrom[place] as number, from, length)) {
      return this.#cached[place] as string;
    }
    const text = this.#bytes.toString('latin1', from, from + length);
    this.#cachedFrom[place] = from;
    this.#cachedLength[place] = length;
    this.#cached[place] = text;
    return text;
  }

  #sameText(from: number, otherFrom: number, length: number): boolean {
    const view = this.#view;
    let i = 0;
    for (; i + 4 <= length; i += 4) if (view.getInt32(from + i) !== view.getInt32(otherFrom + i)) return false;
    for (; i < length; i++) if (view.getUint8(from + i) !== view.getUint8(otherFrom + i)) return false;
    return true;
  }

  textOrNull(): string | null {
    return this.isNull() ? null : this.text();
  }

  /** A finite number. */
  number(): number {
    if (this.#kind() !== NUMBER) return this.#longNumber();
    return this.#doubles[this.#at++ * 2 + 1] as number;
  }

  numberOrNull(): number | null {
    return this.isNull() ? null : this.number();
  }

  #longNumber(): number {
    if (this.#kind() !== LONG_NUMBER) throw NOT_PLAIN;
    const head = this.#at++ * 4;
    const from = this.#words[head + 1] as number;
    const parsed = Number(this.#bytes.toString('latin1', from, from + (this.#words[head + 2] as number)));
    if (!Number.isFinite(parsed)) throw NOT_PLAIN;
    return parsed;
  }

  skipText(): void {
    if (this.#kind() !== TEXT) throw NOT_PLAIN;
    this.#at++;
  }

  /** Past any value. */
  skip(): void {
    const kind = this.#kind();
    this.#at = kind === OBJECT || kind === ARRAY ? (this.#words[this.#at * 4 + 1] as number) : this.#at + 1;
  }

  #kind(): number {
    return (this.#words[this.#at * 4] as number) & KIND;
  }
}
