import { joinSections, KIND, LITERALS } from './packed-values.ts';

/**
 * Values → bytes that own their memory, for `unpackValues`. As in JSON, properties that are `undefined` are left out, and
 * elsewhere `undefined` is `null`; unlike there, what is one object in several places will be one again where the places are alike.
 * `TypeError` for what is no plain value.
 */
export function packValues(values: readonly unknown[]): Uint8Array<ArrayBuffer> {
  const packer = new Packer();
  packer.writeColumn(values);
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

/** What the values of a part have in common. */
type Kind = 'literal' | 'number' | 'string' | 'array' | Shape;

interface Part {
  readonly kind: Kind;
  readonly values: unknown[];
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

  writeColumn(values: readonly unknown[]): void {
    const parts: Part[] = [];
    const numbers = new Map<Kind, number>();
    const places = new Int32Array(values.length);
    let recent = -1;
    for (let i = 0; i < values.length; i++) {
      const kind = this.#kindOf(values[i]);
      // Most often it is the same as that of the value before.
      if (parts[recent]?.kind !== kind) {
        recent = numbers.get(kind) ?? parts.push({ kind, values: [] }) - 1;
        numbers.set(kind, recent);
      }
      places[i] = recent;
      parts[recent]?.values.push(values[i]);
    }
    this.#addWord(values.length);
    this.#addWord(parts.length);
    if (parts.length > 1) for (const place of places) this.#addWord(place);
    for (const part of parts) this.#writePart(part);
  }

  #kindOf(value: unknown): Kind {
    if (typeof value === 'string') return 'string';
    if (typeof value === 'number') return 'number';
    if (typeof value !== 'object' || value === null) return 'literal';
    if (Array.isArray(value)) return 'array';
    let shape = this.#noKeys;
    for (const key of Object.keys(value)) {
      if ((value as Record<string, unknown>)[key] !== undefined) shape = shape.with(key);
    }
    return shape;
  }

  #writePart({ kind, values }: Part): void {
    if (kind === 'literal') this.#writeWords(KIND.literal, values, literalOf);
    else if (kind === 'string') this.#writeWords(KIND.string, values as string[], (text) => this.#numberOf(text));
    else if (kind === 'number') this.#writeNumbers(values as number[]);
    else if (kind === 'array') {
      this.#writeWords(KIND.array, values as unknown[][], ({ length }) => length);
      this.writeColumn((values as unknown[][]).flat());
    } else this.#writeObjects(kind, values as Record<string, unknown>[]);
  }

  #writeWords<Value>(kind: number, values: readonly Value[], wordOf: (value: Value) => number): void {
    this.#addWord(kind);
    for (const value of values) this.#addWord(wordOf(value));
  }

  #writeNumbers(numbers: readonly number[]): void {
    if (numbers.every((number) => (number | 0) === number && !Object.is(number, -0))) {
      this.#writeWords(KIND.integer, numbers, (number) => number);
      return;
    }
    this.#addWord(KIND.double);
    for (const number of numbers) this.#addDouble(number);
  }

  #writeObjects(shape: Shape, objects: readonly Record<string, unknown>[]): void {
    const distinct = new Map<Record<string, unknown>, number>();
    for (const object of objects) if (!distinct.has(object)) distinct.set(object, distinct.size);
    if (distinct.size < objects.length) {
      this.#writeWords(KIND.shared, objects, (object) => distinct.get(object) as number);
      this.#addWord(distinct.size);
      this.#writeShape(shape, [...distinct.keys()]);
    } else this.#writeShape(shape, objects);
  }

  #writeShape(shape: Shape, objects: readonly Record<string, unknown>[]): void {
    shape.number ??= this.#shapes.push(shape) - 1;
    this.#addWord(KIND.object);
    this.#addWord(shape.number);
    const keys = shape.keys();
    for (const key of keys) this.writeColumn(objects.map((object) => object[key]));
    // Nothing else would tell a damaged length from a large one.
    if (keys.length === 0) for (const _ of objects) this.#addWord(0);
  }

  #numberOf(text: string): number {
    const known = this.#stringNumbers.get(text);
    if (known !== undefined) return known;
    const number = this.#strings.push(text) - 1;
    this.#stringNumbers.set(text, number);
    return number;
  }

  #addWord(word: number): void {
    if (this.#wordCount === this.#words.length) this.#words = enlarge(this.#words, Int32Array);
    this.#words[this.#wordCount++] = word;
  }

  #addDouble(number: number): void {
    if (this.#doubleCount === this.#doubles.length) this.#doubles = enlarge(this.#doubles, Float64Array);
    this.#doubles[this.#doubleCount++] = number;
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

function literalOf(value: unknown): number {
  const literal = LITERALS.indexOf((value ?? null) as null | boolean);
  if (literal < 0) throw new TypeError(`a ${typeof value} is no plain value`);
  return literal;
}

/** A copy with as much room again; `RangeError` beyond what there can be. */
function enlarge<Numbers extends Int32Array | Float64Array>(
  numbers: Numbers,
  NumbersOf: new (length: number) => Numbers,
): Numbers {
  const larger = new NumbersOf(numbers.length * 2);
  larger.set(numbers);
  return larger;
}
