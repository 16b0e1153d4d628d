import { KIND, KIND_BITS, KIND_MASK, LITERALS, splitSections } from './packed-values.ts';

/**
 * What was given to `packValues`. Made for speed: of other bytes it makes an error or nonsense, so whoever has them from a file has
 * to know by a checksum that they are whole.
 */
export function unpackValues(bytes: Uint8Array): unknown[] {
  const values = new Unpacker(bytes).read();
  if (Array.isArray(values)) return values;
  throw new RangeError('packed values without a list of them');
}

type ReadObject = (unpacker: Unpacker) => object;

/** Objects with these keys in this order. */
class Shape {
  readonly #keys: readonly string[];
  readonly #empty: Record<string, unknown>;
  #count = 0;
  #read: ReadObject | null = null;

  constructor(keys: readonly string[]) {
    this.#keys = keys;
    this.#empty = Object.fromEntries(keys.map((key) => [key, null]));
  }

  read(unpacker: Unpacker): object {
    if (this.#read !== null) return this.#read(unpacker);
    if (++this.#count === WORTH_COMPILING) this.#read = compileReader(this.#keys);
    // A property that is there already is set whatever it is called, `__proto__` too.
    const object = { ...this.#empty };
    for (const key of this.#keys) object[key] = unpacker.read();
    return object;
  }
}

/** So many objects of a shape take as long to read as their reader to compile. */
const WORTH_COMPILING = 50;

/**
 * An object literal with all keys: it takes a third of the time of setting them one by one, because the engine knows the outcome's
 * layout from the start.
 */
function compileReader(keys: readonly string[]): ReadObject {
  const properties = keys.map(
    (key) => `${key === '__proto__' ? '["__proto__"]' : JSON.stringify(key)}: unpacker.read()`,
  );
  return new Function('unpacker', `return { ${properties.join(', ')} };`) as ReadObject;
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

  read(): unknown {
    const word = this.#words[this.#wordAt++] as number;
    const content = word >> KIND_BITS;
    switch (word & KIND_MASK) {
      case KIND.literal:
        return LITERALS[content];
      case KIND.integer:
        return content;
      case KIND.double:
        return this.#doubles[this.#doubleAt++];
      case KIND.string:
        return this.#strings[content];
      case KIND.array:
        return this.#readArray(content);
      default:
        return (this.#shapes[content] as Shape).read(this);
    }
  }

  #readArray(length: number): unknown[] {
    // Each element takes a word: what is longer than the rest of the words is none.
    if (length > this.#words.length - this.#wordAt) throw new RangeError('a packed list is longer than the rest');
    const elements = new Array(length);
    for (let i = 0; i < length; i++) elements[i] = this.read();
    return elements;
  }
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
