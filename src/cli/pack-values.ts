import { joinSections, KIND, KIND_BITS, LITERALS, WORD_LIMIT } from './packed-values.ts';

/**
 * Values → bytes that own their memory, for `unpackValues`. As in JSON, properties that are `undefined` are left out, and
 * elsewhere `undefined` is `null`. `TypeError` for what is no plain value.
 */
export function packValues(values: readonly unknown[]): Uint8Array<ArrayBuffer> {
  const packer = new Packer();
  packer.writeArray(values);
  return packer.finish();
}

/** Keys in their order, found key by key from the shape without any. */
class Shape {
  readonly #last: Shape | null;
  readonly #key: string;
  /** `null`: no object had just these keys so far. */
  number: number | null = null;
  readonly #longer = new Map<string, Shape>();
  #recentKey: string | null = null;
  #recent: Shape | null = null;

  constructor(last: Shape | null, key: string) {
    this.#last = last;
    this.#key = key;
  }

  /** The shape with one key more. */
  with(key: string): Shape {
    // Most often it is the same as the last time, which takes a fraction of looking it up.
    if (key === this.#recentKey) return this.#recent as Shape;
    const longer = this.#longer.get(key) ?? new Shape(this, key);
    this.#longer.set(key, longer);
    this.#recentKey = key;
    this.#recent = longer;
    return longer;
  }

  keys(): string[] {
    const keys: string[] = [];
    for (let shape: Shape = this; shape.#last !== null; shape = shape.#last) keys.push(shape.#key);
    return keys.reverse();
  }
}

class Packer {
  #words = new Int32Array(1024);
  #wordCount = 0;
  #doubles = new Float64Array(256);
  #doubleCount = 0;
  readonly #strings: string[] = [];
  readonly #stringNumbers = new Map<string, number>();
  readonly #noKeys = new Shape(null, '');
  readonly #shapes: Shape[] = [];

  writeArray(elements: readonly unknown[]): void {
    this.#addWord(KIND.array, elements.length);
    for (let i = 0; i < elements.length; i++) this.#write(elements[i]);
  }

  #write(node: unknown): void {
    if (typeof node === 'string') this.#addWord(KIND.string, this.#numberOf(node));
    else if (typeof node === 'number') this.#writeNumber(node);
    else if (typeof node === 'object' && node !== null) {
      if (Array.isArray(node)) this.writeArray(node);
      else this.#writeObject(node as Record<string, unknown>);
    } else this.#writeLiteral(node);
  }

  #writeLiteral(node: unknown): void {
    const literal = LITERALS.indexOf((node ?? null) as null | boolean);
    if (literal < 0) throw new TypeError(`a ${typeof node} is no plain value`);
    this.#addWord(KIND.literal, literal);
  }

  #writeNumber(number: number): void {
    if ((number | 0) === number && number < WORD_LIMIT && number >= -WORD_LIMIT && !Object.is(number, -0)) {
      this.#addWord(KIND.integer, number);
      return;
    }
    this.#addWord(KIND.double, 0);
    if (this.#doubleCount === this.#doubles.length) this.#doubles = enlarge(this.#doubles, Float64Array);
    this.#doubles[this.#doubleCount++] = number;
  }

  #writeObject(object: Record<string, unknown>): void {
    // The shape is known when all keys have been seen; its word stands before theirs.
    const at = this.#wordCount;
    this.#addWord(KIND.object, 0);
    let shape = this.#noKeys;
    for (const key of Object.keys(object)) {
      const property = object[key];
      if (property === undefined) continue;
      shape = shape.with(key);
      this.#write(property);
    }
    this.#words[at] = (this.#numberOfShape(shape) << KIND_BITS) | KIND.object;
  }

  #numberOfShape(shape: Shape): number {
    shape.number ??= this.#shapes.push(shape) - 1;
    return shape.number;
  }

  #numberOf(text: string): number {
    const known = this.#stringNumbers.get(text);
    if (known !== undefined) return known;
    const number = this.#strings.push(text) - 1;
    this.#stringNumbers.set(text, number);
    return number;
  }

  #addWord(kind: number, content: number): void {
    if (this.#wordCount === this.#words.length) this.#words = enlarge(this.#words, Int32Array);
    this.#words[this.#wordCount++] = (content << KIND_BITS) | kind;
  }

  finish(): Uint8Array<ArrayBuffer> {
    const shapes = this.#shapes.flatMap((shape) => {
      const keys = shape.keys().map((key) => this.#numberOf(key));
      return [keys.length, ...keys];
    });
    return joinSections({
      doubles: this.#doubles.subarray(0, this.#doubleCount),
      words: this.#words.subarray(0, this.#wordCount),
      shapes: Int32Array.from(shapes),
      stringLengths: Int32Array.from(this.#strings, ({ length }) => length),
      text: this.#strings.join(''),
    });
  }
}

/** A copy with as much room again. */
function enlarge<Numbers extends Int32Array | Float64Array>(
  numbers: Numbers,
  NumbersOf: new (length: number) => Numbers,
): Numbers {
  // Above this, a length or number of a string might not fit into a word.
  if (numbers.length >= WORD_LIMIT) throw new RangeError('too many values to be packed at once');
  const larger = new NumbersOf(numbers.length * 2);
  larger.set(numbers);
  return larger;
}
