import { isUtf8 } from 'node:buffer';

/** Bytes of one JSON text, in pieces → its value, without the text ever being there as a whole. */

/** How a text is read whose value is not wanted as a whole. */
export interface Leaving {
  /** Is true of a key whose texts, or whose objects and lists, nobody looks at: `null` stands for them. */
  readonly isIdle?: (key: string, isText: boolean) => boolean;
  /** Takes an element of a list that is the text, or that stands under a key of its object; true: it is kept nowhere else. */
  readonly takeElement?: (key: string, element: unknown) => boolean;
}

/** The value; or what is wrong first, at which line and column from 1. */
export type Built =
  | { readonly json: unknown; readonly isRepaired: boolean }
  | { readonly problem: string; readonly line: number; readonly column: number; readonly isText: boolean };

/** An object or a list that is not closed yet. */
interface Open {
  readonly fields: Record<string, unknown> | null;
  readonly items: unknown[] | null;
  /** The key whose value comes next. */
  key: string;
  /** The value of that key, and all in it, is left. */
  readonly isLeft: boolean;
}

type Expected = 'value' | 'first value' | 'first key' | 'key' | 'colon' | 'comma' | 'nothing';

const [QUOTE, BACKSLASH, COMMA, COLON, NEWLINE] = [0x22, 0x5c, 0x2c, 0x3a, 0x0a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Longer words are no numbers that anybody writes. */
const LONGEST_WORD = 1000;

/** Bytes that stand between words. */
const ENDS_WORD = new Uint8Array(256);
for (const byte of [0x20, 0x09, 0x0d, NEWLINE, QUOTE, COMMA, COLON, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT])
  ENDS_WORD[byte] = 1;

/** Thrown at the first fault. */
class Fault {
  readonly problem: string;
  readonly isText: boolean;

  constructor(problem: string, isText = true) {
    this.problem = problem;
    this.isText = isText;
  }
}

/** Builds the value of one JSON text. O(bytes). */
export class JsonBuilder {
  readonly #leaving: Leaving;
  readonly #open: Open[] = [];
  #expected: Expected = 'value';
  #root: unknown = null;
  #isRepaired = false;
  /** The bytes so far of a string that began in an earlier chunk; `null`: no string is open. */
  #string: Buffer[] | null = null;
  #isEscaped = false;
  #hasEscapes = false;
  /** Bits of all its bytes. */
  #bits = 0;
  #word = '';
  #wordOffset = 0;
  #line = 1;
  /** Bytes before the chunk, and before the line. */
  #offset = 0;
  #lineOffset = 0;
  #at = 0;
  #built: Built | null = null;

  constructor(leaving: Leaving = {}) {
    this.#leaving = leaving;
  }

  /** Takes the next bytes; behind a fault, nothing more is looked at. */
  push(chunk: Buffer): void {
    if (this.#built !== null) return;
    try {
      this.#read(chunk);
      this.#offset += chunk.length;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Gives the value, or the first fault, which may be that the text ends too early. */
  end(): Built {
    if (this.#built !== null) return this.#built;
    this.#at = 0;
    try {
      if (this.#string !== null) throw new Fault('the text ends in a string');
      this.#endWord();
      if (this.#expected !== 'nothing') throw new Fault('the text ends too early');
    } catch (error) {
      return this.#fail(error);
    }
    return { json: this.#root, isRepaired: this.#isRepaired };
  }

  #fail(error: unknown): Built {
    if (!(error instanceof Fault)) throw error;
    const { problem, isText } = error;
    this.#built = { problem, isText, line: this.#line, column: this.#offset + this.#at - this.#lineOffset + 1 };
    return this.#built;
  }

  #read(chunk: Buffer): void {
    this.#at = 0;
    while (this.#at < chunk.length) {
      if (this.#string !== null) this.#readString(chunk);
      else this.#readStructure(chunk);
    }
  }

  #readStructure(chunk: Buffer): void {
    const byte = chunk[this.#at] as number;
    if (ENDS_WORD[byte] === 0) {
      this.#readWord(chunk);
      return;
    }
    this.#endWord();
    if (byte === NEWLINE) {
      this.#line++;
      this.#lineOffset = this.#offset + this.#at + 1;
    } else if (byte === QUOTE) this.#beginString();
    else if (byte === COMMA) this.#passComma();
    else if (byte === COLON) this.#passColon();
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#openContainer(byte === OPEN_OBJECT);
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) this.#closeContainer(byte === CLOSE_OBJECT);
    this.#at++;
  }

  #readWord(chunk: Buffer): void {
    const from = this.#at;
    let to = from;
    while (to < chunk.length && ENDS_WORD[chunk[to] as number] === 0) to++;
    if (this.#word === '') this.#wordOffset = this.#offset + from;
    this.#word += chunk.toString('latin1', from, Math.min(to, from + LONGEST_WORD));
    this.#at = to;
    if (this.#word.length > LONGEST_WORD) throw new Fault('expected a value');
  }

  #endWord(): void {
    if (this.#word === '') return;
    const word = this.#word;
    this.#word = '';
    const at = this.#at;
    // A fault is where the word began.
    this.#at = this.#wordOffset - this.#offset;
    this.#put(this.#parseWord(word));
    this.#at = at;
  }

  #parseWord(word: string): unknown {
    if (NUMBER.test(word)) return Number(word);
    if (word === 'true') return true;
    if (word === 'false') return false;
    if (word === 'null') return null;
    if (!/^(?:NaN|-?Infinity)$/.test(word))
      throw new Fault(`expected a value, found ${JSON.stringify(word.slice(0, 20))}`);
    this.#isRepaired = true;
    return null;
  }

  #beginString(): void {
    const { length } = this.#open;
    const isWanted = this.#expected !== 'comma' && this.#expected !== 'colon' && this.#expected !== 'nothing';
    if (!isWanted) throw new Fault(length === 0 ? 'something stands behind the value' : `expected a ${this.#expected}`);
    this.#string = [];
    this.#isEscaped = false;
    this.#hasEscapes = false;
    this.#bits = 0;
  }

  #readString(chunk: Buffer): void {
    const from = this.#at;
    const to = this.#scanString(chunk);
    const part = chunk.subarray(from, to);
    const parts = this.#string as Buffer[];
    this.#at = to + 1;
    if (to < chunk.length) this.#endString(parts.length === 0 ? part : Buffer.concat([...parts, part]));
    // The chunk is its owner's, who may use its bytes again.
    else if (!this.#isLeft(true)) parts.push(Buffer.from(part));
  }

  /** Finds the quotation mark that ends the string; the length of the chunk: it does not end here. */
  #scanString(chunk: Buffer): number {
    let [at, bits, isEscaped] = [this.#at, this.#bits, this.#isEscaped];
    for (; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      bits |= byte;
      if (byte < 0x20) {
        this.#at = at;
        throw new Fault('a string is not closed in its line');
      }
      if (isEscaped) isEscaped = false;
      else if (byte === BACKSLASH) {
        isEscaped = true;
        this.#hasEscapes = true;
      } else if (byte === QUOTE) break;
    }
    [this.#bits, this.#isEscaped] = [bits, isEscaped];
    return at;
  }

  #endString(bytes: Buffer): void {
    this.#string = null;
    if (this.#expected === 'key' || this.#expected === 'first key') {
      this.#top.key = this.#decode(bytes);
      this.#expected = 'colon';
    } else this.#put(this.#isLeft(true) ? null : this.#decode(bytes));
  }

  #decode(bytes: Buffer): string {
    if (this.#bits < 0x80 && !this.#hasEscapes) return bytes.toString('latin1');
    if (this.#bits >= 0x80 && !isUtf8(bytes)) throw new Fault('not UTF-8', false);
    const text = bytes.toString('utf8');
    if (!this.#hasEscapes) return text;
    try {
      return JSON.parse(`"${text}"`);
    } catch {
      throw new Fault('a string holds an escape that there is none of');
    }
  }

  get #top(): Open {
    return this.#open.at(-1) as Open;
  }

  /** Is true of what nobody looks at, and of all in it. */
  #isLeft(isText: boolean): boolean {
    const top = this.#open.at(-1);
    if (top === undefined) return false;
    return (
      top.isLeft ||
      (top.fields !== null && this.#expected === 'value' && (this.#leaving.isIdle?.(top.key, isText) ?? false))
    );
  }

  #passComma(): void {
    const top = this.#open.at(-1);
    if (this.#expected !== 'comma' || top === undefined) throw new Fault("found ','");
    this.#expected = top.fields === null ? 'value' : 'key';
  }

  #passColon(): void {
    if (this.#expected !== 'colon') throw new Fault("found ':'");
    this.#expected = 'value';
  }

  #openContainer(isObject: boolean): void {
    if (this.#expected !== 'value' && this.#expected !== 'first value')
      throw new Fault(`found '${isObject ? '{' : '['}'`);
    const isLeft = this.#isLeft(false);
    this.#open.push({ fields: isObject ? {} : null, items: isObject ? null : [], key: '', isLeft });
    this.#expected = isObject ? 'first key' : 'first value';
  }

  #closeContainer(isObject: boolean): void {
    const top = this.#open.at(-1);
    const closes = this.#expected === 'comma' || this.#expected === (isObject ? 'first key' : 'first value');
    if (top === undefined || !closes || (top.fields !== null) !== isObject)
      throw new Fault(`found '${isObject ? '}' : ']'}'`);
    this.#open.pop();
    this.#expected = 'value';
    this.#put(top.isLeft ? null : (top.fields ?? top.items));
  }

  /** Puts a value where it belongs. */
  #put(value: unknown): void {
    if (this.#expected !== 'value' && this.#expected !== 'first value') throw new Fault('found a value');
    const top = this.#open.at(-1);
    if (top === undefined) {
      this.#root = value;
      this.#expected = 'nothing';
      return;
    }
    this.#expected = 'comma';
    if (top.isLeft) return;
    if (top.items !== null) {
      if (!this.#isTaken(value)) top.items.push(value);
    } else setField(top.fields as Record<string, unknown>, top.key, value);
  }

  #isTaken(value: unknown): boolean {
    const { takeElement } = this.#leaving;
    const [root] = this.#open;
    if (takeElement === undefined || this.#open.length > 2 || (this.#open.length === 2 && root?.fields === null))
      return false;
    return takeElement(this.#open.length === 2 ? (root?.key ?? '') : '', value);
  }
}

/** As JSON.parse does: a field of this name is a field. */
function setField(fields: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') fields[key] = value;
  else Object.defineProperty(fields, key, { value, configurable: true, enumerable: true, writable: true });
}
