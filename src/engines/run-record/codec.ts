import { isObject } from '../../model/json.ts';
import type { JsonSchema } from './json-schema.ts';

/** A part of a record is described once: how it is read, how it is written, and its JSON Schema. */
export interface Codec<Value> {
  /** Checks and converts; throws `Misfit`. */
  readonly read: (json: unknown, path: string) => Value;
  readonly write: (value: Value) => unknown;
  readonly schema: JsonSchema;
}

/** Is thrown where a record does not fit: the path of the field, what belongs there, and what is there. */
export class Misfit {
  readonly path: string;
  readonly expected: string;
  readonly found: string;

  constructor(path: string, expected: string, found: unknown) {
    this.path = path === '' ? '(record)' : path;
    this.expected = expected;
    this.found = wordJson(found);
  }
}

const LONGEST_QUOTE = 40;

function wordJson(json: unknown): string {
  if (json === undefined) return 'nothing';
  if (Array.isArray(json)) return 'an array';
  if (typeof json === 'object' && json !== null) return 'an object';
  const text = JSON.stringify(json);
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE - 1)}…` : text;
}

/** A value that JSON has as it is. */
function plain<Value>(expected: string, schema: JsonSchema, accepts: (json: unknown) => json is Value): Codec<Value> {
  return {
    read: (json, path) => {
      if (accepts(json)) return json;
      throw new Misfit(path, expected, json);
    },
    write: (value) => value,
    schema,
  };
}

/** Reads any text. */
export const text = plain('a text', { type: 'string' }, (json): json is string => typeof json === 'string');

/** Reads a number that is finite and lies within bounds. */
export const numberFrom = (least: number, most: number, expected: string): Codec<number> =>
  plain(
    expected,
    { type: 'number', minimum: least, maximum: most },
    (json): json is number => typeof json === 'number' && json >= least && json <= most,
  );

/** Reads one of these words. */
export const oneOf = <const Word extends string>(...words: readonly Word[]): Codec<Word> =>
  plain(words.join(' or '), { enum: words }, (json): json is Word => (words as readonly unknown[]).includes(json));

/** Reads true, which is the only value there is. */
export const yes = plain('true', { const: true }, (json): json is true => json === true);

/** Reads null, too: it did not happen. */
export const orNull = <Value>({ read, write, schema }: Codec<Value>): Codec<Value | null> => ({
  read: (json, path) => (json === null ? null : read(json, path)),
  write: (value) => (value === null ? null : write(value)),
  schema: { anyOf: [schema, { type: 'null' }] },
});

/** Reads an array. */
export const listOf = <Item>({ read, write, schema }: Codec<Item>): Codec<readonly Item[]> => ({
  read: (json, path) => {
    if (!Array.isArray(json)) throw new Misfit(path, 'an array', json);
    return json.map((item, i) => read(item, `${path}[${i}]`));
  },
  write: (items) => items.map(write),
  schema: { type: 'array', items: schema },
});

/** Reads what `inner` reads, as another type. */
export const converted = <Inner, Value>(
  { read, write, schema }: Codec<Inner>,
  from: (inner: Inner) => Value,
  to: (value: Value) => Inner,
): Codec<Value> => ({
  read: (json, path) => from(read(json, path)),
  write: (value) => write(to(value)),
  schema,
});

/** A field of an object; one that is optional may be missing, and is not written where there is nothing to say. */
interface Field<Value> extends Codec<Value> {
  readonly isOptional?: true;
  /** Stands for it where it is missing; without one the key is left out of what is read. */
  readonly missing?: symbol;
  readonly isDerived?: true;
  /** Nothing is written where it is empty. */
  readonly isMany?: true;
}

/** Makes a field optional: without it the key is left out of what is read. */
export const optional = <Value>(codec: Codec<Value>): Field<Value> => ({ ...codec, isOptional: true });

/** Makes a list or a map optional that is empty where it is missing. */
export const optionalMany = <Value extends readonly unknown[] | ReadonlyMap<unknown, unknown>>(
  codec: Codec<Value>,
): Field<Value> => ({ ...codec, isOptional: true, isMany: true });

/** Makes a field optional, for which a symbol stands where it is missing. */
export const optionalAs = <Value>(codec: Codec<Value>, missing: symbol): Field<Value> => ({
  ...codec,
  isOptional: true,
  missing,
});

/** Stands for a field that is neither read nor written, since the others tell it. */
export const derived = <Value>(value: Value): Field<Value> => ({
  isDerived: true,
  read: () => value,
  write: () => value,
  schema: {},
});

type FieldsOf<Value> = {
  readonly [Key in keyof Value]-?: Field<Exclude<Value[Key], undefined | symbol>>;
};

/** Reads an object with these fields and no others: a misspelt one would pass for one that is not recorded. */
export function object<Value extends object>(fields: FieldsOf<Value>): Codec<Value> {
  const all = Object.entries<Field<unknown>>(fields as Record<string, Field<unknown>>);
  const entries = all.filter(([, { isDerived }]) => !isDerived);
  const constants = Object.fromEntries(
    all.flatMap(([name, { isDerived, missing, read }]) =>
      isDerived ? [[name, read(null, name)]] : missing === undefined ? [] : [[name, missing]],
    ),
  );
  const names = entries.map(([name]) => name);
  return {
    read: (json, path) => {
      if (!isObject(json)) throw new Misfit(path, 'an object', json);
      const step = (name: string) => (path === '' ? name : `${path}.${name}`);
      const stranger = Object.keys(json).find((name) => !names.includes(name));
      if (stranger !== undefined) throw new Misfit(step(stranger), `one of the fields ${names.join(', ')}`, stranger);
      const given = entries.filter(([name, field]) => !(field.isOptional && json[name] === undefined));
      const read = given.map(([name, field]) => [name, field.read(json[name], step(name))]);
      return { ...constants, ...Object.fromEntries(read) } as Value;
    },
    write: (value) => {
      const own = value as Readonly<Record<string, unknown>>;
      const told = entries.filter(
        ([name, { isOptional, isMany }]) => !(isOptional && (saysNothing(own[name]) || (isMany && isEmpty(own[name])))),
      );
      return Object.fromEntries(told.map(([name, field]) => [name, field.write(own[name])]));
    },
    schema: {
      type: 'object',
      properties: Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])),
      required: entries.filter(([, { isOptional }]) => !isOptional).map(([name]) => name),
      additionalProperties: false,
    },
  };
}

const isEmpty = (many: unknown): boolean =>
  (many instanceof Map ? many.size : (many as readonly unknown[]).length) === 0;

/** Is true for what is not recorded, whose value is a symbol, and for what is left out. */
const saysNothing = (value: unknown): boolean => value === undefined || typeof value === 'symbol';
