import { NOT_RECORDED, type NotRecorded } from '../model/recorded.ts';
import { MOST_EPOCH_MS } from '../model/run.ts';
import type { RunPart } from '../model/run-parts.ts';
import * as shapes from '../scanner/shapes.ts';
import {
  type Fields,
  type FieldType,
  isMeasurable,
  type Json,
  type JsonFields,
  LEAST_AMOUNT,
  Mismatch,
  MOST_AMOUNT,
  NOT_PLAIN,
  readAmount,
  type Schema,
  type SlotFields,
  under,
} from './fields.ts';

/** The types that fields of a record have. */

export const TEXT: FieldType<string> = {
  parse: (found) => (typeof found === 'string' ? found : refuse('a string', found)),
  read: (slot, { slots }) => slots.text(slot),
  shape: () => shapes.TEXT,
  schema: { type: 'string' },
  sample: '',
};

/** A text that is one of these. */
export const oneOf = <Choice extends string>(...choices: readonly [Choice, ...Choice[]]): FieldType<Choice> => {
  const words = choices.map((choice) => `"${choice}"`).join(', ');
  const shape = shapes.oneOf(...choices);
  return {
    parse: (found) => (choices.includes(found as Choice) ? (found as Choice) : refuse(words, found)),
    read: (slot, { slots }) => slots.text(slot) as Choice,
    shape: () => shape,
    schema: { type: 'string', enum: choices },
    sample: choices[0],
  };
};

/** A number that can have been measured. */
export const numberIn = (unit?: string): FieldType<number> => ({
  parse: (found) => {
    if (!Number.isFinite(found)) return refuse('a number', found);
    const amount = found as number;
    return isMeasurable(amount) ? amount : refuse(`0 or a number from ${LEAST_AMOUNT} to ${MOST_AMOUNT}`, found);
  },
  read: (slot, { slots }) => readAmount(slot, slots),
  shape: () => shapes.NUMBER,
  schema: { type: 'number', ...(unit === undefined ? {} : { description: unit }) },
  sample: 0,
});

export const NUMBER = numberIn();

/** A number within bounds, multiplied by a factor. */
function bounded(least: number, most: number, expected: string, factor = 1, unit?: string): FieldType<number> {
  return {
    parse: (found) => {
      if (!Number.isFinite(found)) return refuse('a number', found);
      const amount = found as number;
      return amount >= least && amount <= most ? amount * factor : refuse(expected, found);
    },
    read: (slot, { slots }) => {
      const amount = slots.number(slot);
      if (amount >= least && amount <= most) return amount * factor;
      throw NOT_PLAIN;
    },
    shape: () => shapes.NUMBER,
    schema: { type: 'number', minimum: least, maximum: most, ...(unit === undefined ? {} : { description: unit }) },
    sample: 0,
  };
}

export const numberWithin = (least: number, most: number): FieldType<number> =>
  bounded(least, most, `a number from ${least} to ${most}`);

/**
 * A run's instants lie within this of each other, in ms: no function runs for more than an hour, and clocks that differ by a day
 * cannot be compared. Seconds taken for milliseconds, or the other way around, differ by decades.
 */
const MOST_SPAN_MS = 86_400_000;

/** An instant that a date can name, in ms since 1970, of one in units of so many ms. It lies near the first of its record. */
function instant(unitMs: number, unit: string): FieldType<number> {
  const most = MOST_EPOCH_MS / unitMs;
  const dated = bounded(-most, most, `an instant within ${most} of 1970`, unitMs, unit);
  const isPossible = (atMs: number, fields: JsonFields | SlotFields): boolean => {
    if (Number.isNaN(fields.firstAtMs)) fields.firstAtMs = atMs;
    return atMs >= 0 && Math.abs(atMs - fields.firstAtMs) <= MOST_SPAN_MS;
  };
  return {
    ...dated,
    parse: (found, fields) => {
      const atMs = dated.parse(found, fields);
      if (isPossible(atMs, fields)) return atMs;
      const first = new Date(fields.firstAtMs).toISOString();
      const expected = atMs < 0 ? 'after 1970' : `within a day of the record's first instant, ${first}`;
      throw new Mismatch(`an instant in ${unit} ${expected}`, found, 'impossible-instant');
    },
    read: (slot, fields) => {
      const atMs = dated.read(slot, fields);
      if (isPossible(atMs, fields)) return atMs;
      throw NOT_PLAIN;
    },
  };
}

export const EPOCH_MS = instant(1, 'epoch milliseconds');
export const EPOCH_SECONDS = instant(1000, 'epoch seconds');

export function nullable<Value>(type: FieldType<Value>, meaning?: string): FieldType<Value | null> {
  const { type: name, ...rest } = type.schema as Schema;
  const isPlain = typeof name === 'string' && Object.keys(rest).length === 0;
  return {
    parse: (found, fields) => {
      if (found === null) return null;
      try {
        return type.parse(found, fields);
      } catch (error) {
        if (error instanceof Mismatch && error.path.length === 0) error.expected += ' or null';
        throw error;
      }
    },
    read: (slot, fields) => (fields.slots.isNull(slot) ? null : type.read(slot, fields)),
    shape: (parts) => shapes.nullable(type.shape(parts)),
    schema: {
      ...(meaning === undefined ? {} : { description: meaning }),
      ...(isPlain ? { type: [name, 'null'] } : { anyOf: [type.schema, { type: 'null' }] }),
    },
    sample: null,
  };
}

/** Reads a field that may be absent or null, which is the same. */
export const optional = <Value>(type: FieldType<Value>): FieldType<Value | null> => ({
  ...nullable(type),
  parse: (found, fields) => (found == null ? null : type.parse(found, fields)),
  read: (slot, fields) => (fields.slots.isContainer(slot) ? type.read(slot, fields) : null),
  isOptional: true,
});

/** Reads a value that one record may lack, as null, without being less of a run. */
export const recorded = <Value>(type: FieldType<Value>): FieldType<Value | NotRecorded> => {
  const orNull = nullable(type);
  return {
    ...orNull,
    parse: (found, fields) => (found === null ? NOT_RECORDED : (orNull.parse(found, fields) as Value)),
    read: (slot, fields) => (fields.slots.isNull(slot) ? NOT_RECORDED : type.read(slot, fields)),
    sample: type.sample,
  };
};

/** Reads a value that belongs to a part of the run, or gives `unread` where that part is not asked for. */
export const partOf = <Value>(part: RunPart, type: FieldType<Value>, unread: Value): FieldType<Value> => ({
  ...type,
  read: (slot, fields) => (fields.parts.has(part) ? type.read(slot, fields) : unread),
  part,
});

export const always = <Value>(type: FieldType<Value>): FieldType<Value> => ({ ...type, part: null });

/** The items that are not read as `null`. */
export const listOf = <Item>(item: FieldType<Item | null>): FieldType<readonly Item[]> => ({
  parse: (found, fields) => {
    const items: Item[] = [];
    if (!Array.isArray(found)) return refuse('an array', found);
    let i = 0;
    try {
      for (; i < found.length; i++) {
        const parsed = item.parse(found[i], fields);
        if (parsed !== null) items.push(parsed);
      }
    } catch (error) {
      throw under(i, error);
    }
    return items;
  },
  read: (slot, fields) => {
    const { slots } = fields;
    const items: Item[] = [];
    for (let left = slots.count(slot), at = slots.content(slot); left > 0; left--) {
      const read = item.read(at, fields);
      if (read !== null) items.push(read);
      at = slots.behind(at);
    }
    return items;
  },
  shape: (parts) => shapes.listOf(item.shape(parts)),
  schema: { type: 'array', items: item.schema },
  sample: [],
});

/** A list of texts, which have no slots but their own. */
export const TEXTS: FieldType<readonly string[]> = {
  ...listOf(TEXT),
  read: (slot, { slots }) => {
    const texts: string[] = [];
    for (let left = slots.count(slot), at = slots.content(slot); left > 0; left--) texts.push(slots.text(at++));
    return texts;
  },
};

/** A key that no id is: as a field of an object it would be its prototype. */
const NO_ID = '__proto__';

/** A map by id; the ids are known to its items. */
function collected<Item, All>(
  item: FieldType<Item>,
  create: () => All,
  add: (all: All, id: string, item: Item) => void,
): FieldType<All> {
  return {
    parse: (found, fields) => {
      const all = create();
      const map = asObject(found);
      let id = '';
      try {
        for (id in map) {
          if (id === NO_ID) continue;
          fields.id = id;
          add(all, id, item.parse(map[id], fields));
        }
      } catch (error) {
        throw under(id, error);
      }
      return all;
    },
    read: (slot, fields) => {
      const all = create();
      const { slots } = fields;
      for (let left = slots.count(slot), key = slots.content(slot); left > 0; left--) {
        fields.idAt = key;
        add(all, slots.text(key), item.read(key + 1, fields));
        key = slots.behind(key + 1);
      }
      return all;
    },
    shape: (parts) => shapes.mapOf(item.shape(parts)),
    schema: { type: 'object', propertyNames: { type: 'string' }, additionalProperties: item.schema },
    sample: create(),
  };
}

export const mapOf = <Item>(item: FieldType<Item>): FieldType<ReadonlyMap<string, Item>> =>
  collected(
    item,
    () => new Map<string, Item>(),
    (map, id, value) => map.set(id, value),
  );

/** The values of a map. */
export const valuesOf = <Item>(item: FieldType<Item>): FieldType<readonly Item[]> =>
  collected(
    item,
    () => [] as Item[],
    (items, _, value) => items.push(value),
  );

interface Field {
  readonly key: string;
  readonly type: FieldType<unknown>;
}

export interface ObjectType<Value> extends FieldType<Value> {
  readonly construct: (fields: Fields) => Value;
  readonly fields: readonly Field[];
}

/**
 * Objects of which `construct` makes values. It asks for the same fields in the same order whatever it is given: what it asks for is
 * the list of the fields. Keys that nobody reads need not be told of, but a key that is expected is passed faster. Its fields belong
 * to `part`, unless their types say otherwise.
 */
export function objectOf<Value>(
  construct: (fields: Fields) => Value,
  { unread = [], part = null }: { unread?: readonly string[]; part?: RunPart | null } = {},
): ObjectType<Value> {
  const fields: Field[] = [];
  const note = <Asked>(key: string, type: FieldType<Asked>): Asked => {
    fields.push({ key, type: { ...type, part: type.part === undefined ? part : type.part } as FieldType<unknown> });
    return type.sample;
  };
  const sample = construct({
    get: note,
    number: note,
    numberOrNull: note,
    recordedNumber: note,
    text: note,
    id: '',
    idPlace: -1,
  });
  return {
    parse: (found, fields) => {
      const { json } = fields;
      fields.json = asObject(found);
      const value = construct(fields);
      fields.json = json;
      return value;
    },
    read: (slot, fields) => {
      const { next } = fields;
      fields.next = fields.slots.content(slot);
      const value = construct(fields);
      fields.next = next;
      return value;
    },
    // Those that nobody reads stand last, and take no slots.
    shape: (parts) => shapes.objectOf({ ...shapesOf(fields, parts), ...Object.fromEntries(unread.map(toUnread)) }),
    schema: schemaOf(fields),
    sample,
    construct,
    fields,
  };
}

const toUnread = (key: string) => [key, shapes.UNREAD] as const;

const shapesOf = (fields: readonly Field[], parts: ReadonlySet<RunPart>) =>
  Object.fromEntries(fields.map(({ key, type }) => [key, shapeOf(type, parts)]));

function shapeOf({ part, schema, shape, isOptional }: FieldType<unknown>, parts: ReadonlySet<RunPart>) {
  const isKept = part == null || parts.has(part);
  if (schema === null && !isKept) return shapes.UNREAD;
  const field = shapes.keptIf(isKept, shape(parts));
  return isOptional ? shapes.optional(field) : field;
}

function schemaOf(fields: readonly Field[]): Schema {
  const listed = fields.filter(({ type }) => type.schema !== null);
  return {
    type: 'object',
    properties: Object.fromEntries(listed.map(({ key, type }) => [key, type.schema])),
    required: listed.filter(({ type }) => !type.isOptional).map(({ key }) => key),
  };
}

/** This text as it is, or an object. */
export const textOr = <Text extends string, Value>(
  text: Text,
  object: ObjectType<Value>,
  expected: string,
): FieldType<Text | Value> => ({
  parse: (found, fields) => {
    if (found === text) return text;
    return isObject(found) ? object.parse(found, fields) : refuse(expected, found);
  },
  read: (slot, fields) => (fields.slots.isContainer(slot) ? object.read(slot, fields) : text),
  shape: (parts) => shapes.either(shapes.oneOf(text), object.shape(parts)),
  schema: { anyOf: [{ type: 'string', const: text }, object.schema] },
  sample: text,
});

/** Objects that the text under `key` tells apart; `null`: one of the others. */
export function byText<Value>(
  key: string,
  cases: Readonly<Record<string, ObjectType<Value>>>,
  others: string,
): FieldType<Value | null> {
  const known = new Map(Object.entries(cases));
  const all = [...known.values()].flatMap(({ fields }) => fields);
  const told = (schema: Schema): Field => ({ key, type: { ...TEXT, schema } });
  const head = objectOf((fields) => fields.get(key, TEXT));
  return {
    parse: (found, fields) => known.get(head.parse(found, fields))?.parse(found, fields) ?? null,
    read: (slot, fields) => {
      const chosen = known.get(head.read(slot, fields));
      return chosen === undefined
        ? null
        : readVariant(chosen, all.indexOf(chosen.fields[0] as Field) + 1, slot, fields);
    },
    shape: (parts) => shapes.objectOf({ [key]: shapes.TEXT, ...optionalShapesOf(all, parts) }),
    schema: {
      anyOf: [
        ...[...known].map(([text, { fields }]) => schemaOf([told({ type: 'string', const: text }), ...fields])),
        { ...schemaOf([told({ type: 'string' })]), description: others },
      ],
    },
    sample: null,
  };
}

/** An object whose fields begin at this place among those of a slot, if all of them are there. */
function readVariant<Value>(
  { construct, fields: own }: ObjectType<Value>,
  from: number,
  slot: number,
  fields: SlotFields,
) {
  const { slots, next } = fields;
  fields.next = slots.content(slot) + from;
  for (let i = 0; i < own.length; i++) if (slots.isAbsent(fields.next + i)) throw NOT_PLAIN;
  const value = construct(fields);
  fields.next = next;
  return value;
}

const optionalShapesOf = (fields: readonly Field[], parts: ReadonlySet<RunPart>) =>
  Object.fromEntries(fields.map(({ key, type }) => [key, shapeOf({ ...type, isOptional: true }, parts)]));

interface Alternative<Key extends string> {
  readonly key: Key;
  readonly unit?: string;
  readonly meaning: string;
}

/** An object with one more number under one of several keys; the first goes before the others. */
export function withNumber<Common, Key extends string, Value>(
  common: ObjectType<Common>,
  alternatives: readonly [Alternative<Key>, ...Alternative<Key>[]],
  convert: (common: Common, key: Key, amount: number) => Value,
): FieldType<Value> {
  const keys = alternatives.map(({ key }) => key);
  const fieldOf = ({ key, unit }: Alternative<Key>): Field => ({ key, type: numberIn(unit) });
  return {
    parse: (found, fields) => {
      const parsed = common.parse(found, fields);
      const json = found as Json;
      const key =
        keys.find((each) => Number.isFinite(json[each])) ??
        keys.findLast((each) => each in json) ??
        alternatives[0].key;
      return convert(parsed, key, objectOf((numbers) => numbers.get(key, NUMBER)).parse(found, fields));
    },
    read: (slot, fields) => {
      const { slots } = fields;
      const first = slots.content(slot) + common.fields.length;
      const i = keys.findIndex((_, each) => !slots.isAbsent(first + each));
      if (i < 0) throw NOT_PLAIN;
      return convert(common.read(slot, fields), keys[i] as Key, NUMBER.read(first + i, fields));
    },
    shape: (parts) => {
      const numbers = optionalShapesOf(alternatives.map(fieldOf), parts);
      return shapes.objectOf({ ...shapesOf(common.fields, parts), ...numbers });
    },
    schema: {
      anyOf: alternatives.map((each) => ({
        ...schemaOf([...common.fields, fieldOf(each)]),
        description: each.meaning,
      })),
    },
    sample: convert(common.sample, alternatives[0].key, 0),
  };
}

/** JSON of which nothing is demanded, as far as it is of the shape, or `undefined`. */
export const freeForm = (shape: shapes.Shape): FieldType<unknown> => ({
  parse: (found) => found,
  read: (slot, { slots }) => slots.json(slot, shape),
  shape: () => shape,
  schema: null,
  isOptional: true,
  sample: undefined,
});

/** A list whose items are read as a part of the run, and with it the different texts that all of them have under a key. */
export function withTextsOf<Item>(
  part: RunPart,
  item: ObjectType<Item>,
  key: string,
  unread: readonly Item[],
): FieldType<{ readonly count: number; readonly texts: readonly string[]; readonly items: readonly Item[] }> {
  const index = indexOf(item, key);
  const list = listOf(item);
  const read = partOf(part, list, unread).read;
  return {
    ...list,
    parse: (found, fields) => {
      const items = list.parse(found, fields);
      const texts = (found as Json[]).flatMap((each) => each[key] as string[]);
      return { count: items.length, texts: [...new Set(texts)], items };
    },
    read: (slot, fields) => {
      const { slots } = fields;
      const count = slots.count(slot);
      const texts = new Set<string>();
      for (let left = count, at = slots.content(slot); left > 0; left--) {
        const own = slots.content(at) + index;
        for (let more = slots.count(own), text = slots.content(own); more > 0; more--) texts.add(slots.text(text++));
        at = slots.behind(at);
      }
      return { count, texts: [...texts], items: read(slot, fields) };
    },
    sample: { count: 0, texts: [], items: [] },
  };
}

/** A list that makes known the ids of those items whose field `present` is not null, and with it how many different ones there are. */
export function withIds<Item>(
  item: ObjectType<Item | null>,
  id: string,
  present: string,
): FieldType<{ readonly idCount: number; readonly items: readonly Item[] }> {
  const [idIndex, presentIndex] = [indexOf(item, id), indexOf(item, present)];
  const list = listOf<Item>(item);
  return {
    ...list,
    parse: (found, fields) => {
      // Reading them tells whether they fit.
      const items = Array.isArray(found) ? found.filter((each) => isObject(each) && each[present] !== null) : [];
      for (const [i, each] of items.entries()) fields.idPlaces.set(each[id], i);
      return { idCount: fields.idPlaces.size, items: list.parse(found, fields) };
    },
    read: (slot, fields) => {
      const { slots } = fields;
      let idCount = 0;
      slots.startList();
      for (let left = slots.count(slot), at = slots.content(slot); left > 0; left--) {
        const first = slots.content(at);
        if (!slots.isNull(first + presentIndex) && slots.addToList(first + idIndex)) idCount++;
        at = slots.behind(at);
      }
      return { idCount, items: list.read(slot, fields) };
    },
    sample: { idCount: 0, items: [] },
  };
}

const indexOf = (object: ObjectType<unknown>, key: string): number =>
  object.fields.findIndex((field) => field.key === key);

export const isObject = (raw: unknown): raw is Json => typeof raw === 'object' && raw !== null && !Array.isArray(raw);

const asObject = (found: unknown): Json => (isObject(found) ? found : refuse('an object', found));

function refuse(expected: string, found: unknown): never {
  throw new Mismatch(expected, found);
}
