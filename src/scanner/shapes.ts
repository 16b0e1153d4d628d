import {
  ACCEPTS_ANY,
  ACCEPTS_LIST,
  ACCEPTS_MAP,
  ACCEPTS_NULL,
  ACCEPTS_NUMBER,
  ACCEPTS_OBJECT,
  ACCEPTS_TEXT,
  EXPECTED,
  MOST_NAME_BYTES,
  NAME_BYTES,
  NAME_INDEX,
  NAME_LENGTH,
  NAME_SHAPE,
  NAME_TEXT,
  SHAPE_ACCEPTS,
  SHAPE_BYTES,
  SHAPE_CHOICE_COUNT,
  SHAPE_CHOICES,
  SHAPE_ITEM,
  SHAPE_KEPT,
  SHAPE_KEY_COUNT,
  SHAPE_KEYS,
  SHAPE_REQUIRED,
  SHAPES_AT,
  TEXTS_AT,
} from './assembly/layout.ts';

/** A shape says how a JSON value must look for the scanner to take it, and which of it is kept. */
export interface Shape {
  /** Bits of `ACCEPTS_…`. */
  readonly accepts: number;
  readonly fields?: readonly Field[];
  readonly item?: Shape;
  readonly choices?: readonly string[];
}

export interface Field {
  readonly key: string;
  readonly shape: Shape;
  readonly required: boolean;
  readonly kept: boolean;
}

type Unnamed = Omit<Field, 'key'>;

const MOST_KEYS = 31;

export const TEXT: Shape = { accepts: ACCEPTS_TEXT };
export const NUMBER: Shape = { accepts: ACCEPTS_NUMBER };
const ANYTHING: Shape = { accepts: ACCEPTS_ANY };

/** A text that is one of these. */
export const oneOf = (...choices: readonly string[]): Shape => ({ accepts: ACCEPTS_TEXT, choices });
export const listOf = (item: Shape): Shape => ({ accepts: ACCEPTS_LIST, item });
/** An object with any keys. */
export const mapOf = (item: Shape): Shape => ({ accepts: ACCEPTS_MAP, item });
export const nullable = (shape: Shape): Shape => ({ ...shape, accepts: shape.accepts | ACCEPTS_NULL });
/** Accepts the values of both shapes, which have no kind in common. */
export const either = (one: Shape, other: Shape): Shape => ({ ...one, ...other, accepts: one.accepts | other.accepts });

/** An object with these keys, at most 31, and any others, which are not kept. The first field's slot is the first of the content. */
export const objectOf = (fields: Readonly<Record<string, Shape | Unnamed>>): Shape => ({
  accepts: ACCEPTS_OBJECT,
  fields: Object.entries(fields).map(([key, field]) => ({ key, ...asField(field) })),
});

const asField = (field: Shape | Unnamed): Unnamed =>
  'shape' in field ? field : { shape: field, required: true, kept: true };

export const optional = (field: Shape | Unnamed): Unnamed => ({ ...asField(field), required: false });
/** Kept if so, and only checked otherwise. */
export const keptIf = (wanted: boolean, field: Shape | Unnamed): Unnamed => ({ ...asField(field), kept: wanted });
/** A key that nobody reads. It need not be told of, but a key that is expected is passed faster. */
export const UNREAD: Unnamed = { shape: ANYTHING, required: false, kept: false };

/** Writes the shape, and all that it is made of, to where the scanner looks for it; gives the address of the first. */
export const writeShape = (root: Shape, memory: DataView): number => new ShapeWriter(memory).write(root);

class ShapeWriter {
  readonly #memory: DataView;
  readonly #addresses = new Map<Shape, number>();
  #free = SHAPES_AT;

  constructor(memory: DataView) {
    this.#memory = memory;
  }

  write(shape: Shape): number {
    const known = this.#addresses.get(shape);
    if (known !== undefined) return known;
    const at = this.#take(SHAPE_BYTES);
    this.#addresses.set(shape, at);
    this.#set(at + SHAPE_ACCEPTS, shape.accepts);
    this.#writeFields(at, shape.fields ?? []);
    this.#set(at + SHAPE_ITEM, shape.item ? this.write(shape.item) : 0);
    this.#set(at + SHAPE_CHOICES, shape.choices ? this.#writeNames(shape.choices) : 0);
    this.#set(at + SHAPE_CHOICE_COUNT, shape.choices?.length ?? 0);
    return at;
  }

  #writeFields(at: number, fields: readonly Field[]): void {
    if (fields.length > MOST_KEYS) throw new Error('more keys than a word has bits for');
    const keysAt = this.#writeNames(fields.map(({ key }) => key));
    this.#set(at + SHAPE_KEYS, keysAt);
    this.#set(at + SHAPE_KEY_COUNT, fields.length);
    this.#set(at + EXPECTED, fields.length > 0 ? keysAt : 0);
    this.#set(at + SHAPE_REQUIRED, bitsOf(fields.map(({ required }) => required)));
    this.#set(at + SHAPE_KEPT, bitsOf(fields.map(({ kept }) => kept)));
    for (const [i, { shape }] of fields.entries()) this.#set(keysAt + i * NAME_BYTES + NAME_SHAPE, this.write(shape));
  }

  #writeNames(names: readonly string[]): number {
    const first = this.#take(names.length * NAME_BYTES);
    for (const [i, name] of names.entries()) {
      if (name.length > MOST_NAME_BYTES) throw new Error(`${name} is too long`);
      const at = first + i * NAME_BYTES;
      const text = `"${name}"`;
      this.#set(at + EXPECTED, 0);
      this.#set(at + NAME_INDEX, i);
      this.#set(at + NAME_LENGTH, text.length);
      for (let j = 0; j < text.length; j++) this.#memory.setUint8(at + NAME_TEXT + j, text.charCodeAt(j));
    }
    return first;
  }

  #take(byteLength: number): number {
    const at = this.#free;
    this.#free += byteLength;
    if (this.#free > TEXTS_AT) throw new Error('the shapes are too large');
    return at;
  }

  #set(at: number, word: number): void {
    this.#memory.setUint32(at, word, true);
  }
}

const bitsOf = (flags: readonly boolean[]): number => flags.reduce((bits, flag, i) => (flag ? bits + 2 ** i : bits), 0);
