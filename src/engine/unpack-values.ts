import { KIND, LITERALS, splitSections } from './packed-values.ts';

/**
 * What was given to `packValues`. Made for speed: of other bytes it makes an error or nonsense, so whoever has them from a file has
 * to know by a checksum that they are whole.
 */
export const unpackValues = (bytes: Uint8Array): unknown[] => Array.from(new Unpacker(bytes).readColumn());

/** The values of a column, in order. */
type Column = ArrayLike<unknown> & Iterable<unknown>;

type BuildObjects = (columns: readonly Column[], count: number) => object[];

/** Objects with these keys in this order. */
class Shape {
  readonly keys: readonly string[];
  readonly #empty: Record<string, unknown>;
  #build: BuildObjects | null = null;

  constructor(keys: readonly string[]) {
    this.keys = keys;
    this.#empty = Object.fromEntries(keys.map((key) => [key, null]));
  }

  /** One object for each place in the columns, of which there is one a key. */
  build(columns: readonly Column[], count: number): object[] {
    if (this.#build === null && count >= WORTH_COMPILING) this.#build = compileBuilder(this.keys);
    return this.#build?.(columns, count) ?? this.#buildOneByOne(columns, count);
  }

  #buildOneByOne(columns: readonly Column[], count: number): object[] {
    return Array.from({ length: count }, (_, i) => {
      // A property that is there already is set whatever it is called, `__proto__` too.
      const object = { ...this.#empty };
      for (const [k, key] of this.keys.entries()) object[key] = columns[k]?.[i];
      return object;
    });
  }
}

/** So many objects of a shape take as long to build as their builder to compile. */
const WORTH_COMPILING = 50;

/**
 * An object literal with all keys: it takes a third of the time of setting them one by one, because the engine knows the outcome's
 * layout from the start.
 */
function compileBuilder(keys: readonly string[]): BuildObjects {
  const names = keys.map((_, k) => `c${k}`);
  const properties = keys.map(
    (key, k) => `${key === '__proto__' ? '["__proto__"]' : JSON.stringify(key)}: ${names[k]}[i]`,
  );
  return new Function(
    'columns',
    'count',
    `const [${names.join(', ')}] = columns;
    const objects = new Array(count);
    for (let i = 0; i < count; i++) objects[i] = { ${properties.join(', ')} };
    return objects;`,
  ) as BuildObjects;
}

/** Shapes come again in the next values; more of them than this are no few shapes. */
const MOST_SHAPES = 1000;
const shapesByKeys = new Map<string, Shape>();

function findShape(keys: readonly string[]): Shape {
  const name = JSON.stringify(keys);
  const known = shapesByKeys.get(name);
  if (known) return known;
  if (shapesByKeys.size >= MOST_SHAPES) shapesByKeys.clear();
  const shape = new Shape(keys);
  shapesByKeys.set(name, shape);
  return shape;
}

class Unpacker {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #strings: readonly string[];
  readonly #shapes: readonly Shape[];
  #wordAt = 0;
  #doubleAt = 0;

  constructor(bytes: Uint8Array) {
    const { words, doubles, shapes, stringLengths, text } = splitSections(bytes);
    this.#words = words;
    this.#doubles = doubles;
    this.#strings = cutText(text, stringLengths);
    this.#shapes = readShapes(shapes, this.#strings);
  }

  readColumn(): Column {
    const count = this.#takeWord();
    const partCount = this.#takeWord();
    if (partCount === 0 && count === 0) return [];
    if (partCount === 1) return this.#readPart(count);
    const places = this.#takeWords(count);
    const counts = new Int32Array(this.#checkCount(partCount));
    for (const place of places) counts[place] = (counts[place] as number) + 1;
    const parts = Array.from(counts, (ofPart) => this.#readPart(ofPart));
    return interleave(parts, places);
  }

  #readPart(count: number): Column {
    switch (this.#takeWord()) {
      case KIND.literal:
        return pick(LITERALS, this.#takeWords(count));
      case KIND.integer:
        return this.#takeWords(count);
      case KIND.double:
        return this.#takeDoubles(count);
      case KIND.string:
        return pick(this.#strings, this.#takeWords(count));
      case KIND.array: {
        const lengths = this.#takeWords(count);
        return cut(this.readColumn(), lengths);
      }
      case KIND.shared: {
        const places = this.#takeWords(count);
        return pick(this.#readPart(this.#checkCount(this.#takeWord())), places);
      }
      default: {
        const shape = this.#shapes[this.#takeWord()];
        if (shape === undefined) throw new RangeError('a packed shape that is none');
        const columns = shape.keys.map(() => this.readColumn());
        if (columns.length === 0) this.#takeWords(count);
        // A damaged count is not believed: the columns that were read tell how many there are.
        return shape.build(columns, columns[0]?.length ?? count);
      }
    }
  }

  #takeWord(): number {
    return this.#words[this.#wordAt++] as number;
  }

  #takeWords(count: number): Int32Array {
    const from = this.#wordAt;
    this.#wordAt += this.#checkCount(count);
    return this.#words.subarray(from, this.#wordAt);
  }

  #takeDoubles(count: number): Float64Array {
    const from = this.#doubleAt;
    this.#doubleAt += count;
    if (!(count >= 0) || this.#doubleAt > this.#doubles.length) throw tooLong();
    return this.#doubles.subarray(from, this.#doubleAt);
  }

  /** Of what takes a word each. */
  #checkCount(count: number): number {
    if (count >= 0 && count <= this.#words.length - this.#wordAt) return count;
    throw tooLong();
  }
}

const tooLong = () => new RangeError('a packed column is longer than what is left');

function pick<Value>(values: ArrayLike<Value>, places: Int32Array): Value[] {
  const picked = new Array<Value>(places.length);
  for (let i = 0; i < picked.length; i++) picked[i] = values[places[i] as number] as Value;
  return picked;
}

/** The next value of its part for each place. */
function interleave(parts: readonly Column[], places: Int32Array): unknown[] {
  const values = new Array<unknown>(places.length);
  const taken = new Int32Array(parts.length);
  for (let i = 0; i < values.length; i++) {
    const place = places[i] as number;
    const at = taken[place] as number;
    values[i] = parts[place]?.[at];
    taken[place] = at + 1;
  }
  return values;
}

/** The elements of one list after the other. */
function cut(elements: Column, lengths: Int32Array): unknown[][] {
  const lists = new Array<unknown[]>(lengths.length);
  let at = 0;
  for (let i = 0; i < lists.length; i++) {
    const length = lengths[i] as number;
    if (length < 0 || at + length > elements.length) throw tooLong();
    const list = new Array<unknown>(length);
    for (let k = 0; k < length; k++) list[k] = elements[at + k];
    lists[i] = list;
    at += length;
  }
  return lists;
}
/** Parts of a long string share its memory. */
function cutText(text: string, lengths: Int32Array): string[] {
  const strings = new Array<string>(lengths.length);
  let at = 0;
  for (let i = 0; i < lengths.length; i++) {
    const end = at + (lengths[i] as number);
    strings[i] = text.slice(at, end);
    at = end;
  }
  return strings;
}

function readShapes(integers: Int32Array, strings: readonly string[]): Shape[] {
  const shapes: Shape[] = [];
  for (let at = 0; at < integers.length; ) {
    const end = at + 1 + (integers[at] as number);
    if (end <= at) throw new RangeError('a packed shape of less than no keys');
    shapes.push(findShape(Array.from(integers.subarray(at + 1, end), (number) => strings[number] as string)));
    at = end;
  }
  return shapes;
}
