import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadScanner } from '../../src/engine/scanner.ts';
import {
  ACCEPTS_MAP,
  ACCEPTS_TEXT,
  FEW_PLACES,
  MOST_RECORD_BYTES,
  MOST_SLOTS,
  MOST_TEXT_BYTES,
  MOST_TEXTS,
  NO_ROOM,
  NOT_PLAIN,
} from '../../src/scanner/assembly/layout.ts';
import { Scanner } from '../../src/scanner/scanner.ts';
import {
  either,
  keptIf,
  listOf,
  mapOf,
  NUMBER,
  nullable,
  objectOf,
  oneOf,
  optional,
  type Shape,
  TEXT,
  UNREAD,
} from '../../src/scanner/shapes.ts';
import { Slots } from '../../src/scanner/slots.ts';
import { draws } from '../property-draws.ts';

const instance = loadScanner();
/** One at a time. */
const scannerOf = (shape: Shape) => new Scanner(instance, shape);

/** What the scanner keeps of the text; `undefined`: not plain. */
function scanned(text: string, shape: Shape, scanner = scannerOf(shape)): unknown {
  const slot = scanner.scan(Buffer.from(text));
  const slots = new Slots(scanner.take());
  return slot < 0 ? undefined : readSlot(slots, slot, shape);
}

function readSlot(slots: Slots, slot: number, shape: Shape): unknown {
  if (slots.isNull(slot)) return null;
  if (slots.isContainer(slot)) return readContent(slots, slot, shape);
  return (shape.accepts & ACCEPTS_TEXT) !== 0 ? slots.text(slot) : slots.number(slot);
}

function readContent(slots: Slots, slot: number, { fields, item, accepts }: Shape): unknown {
  const content = slots.content(slot);
  if (fields) {
    // Behind the last that is kept there is nothing to ask for.
    return Object.fromEntries(
      fields.flatMap(({ key, shape, kept }, i) =>
        !kept || slots.isAbsent(content + i) ? [] : [[key, readSlot(slots, content + i, shape)]],
      ),
    );
  }
  const isMap = (accepts & ACCEPTS_MAP) !== 0;
  const keys: string[] = [];
  const items: unknown[] = [];
  for (let at = content; items.length < slots.count(slot); ) {
    if (isMap) keys.push(slots.text(at++));
    items.push(readSlot(slots, at, item as Shape));
    at = slots.behind(at);
  }
  return isMap ? Object.fromEntries(items.map((value, i) => [keys[i], value])) : items;
}

/** The document without what the shape does not keep. */
function keptOf(value: unknown, { fields, item }: Shape): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((each) => keptOf(each, item as Shape));
  if (item) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, keptOf(each, item)]));
  return Object.fromEntries(
    (fields ?? []).flatMap(({ key, shape, kept }) =>
      kept && key in value ? [[key, keptOf((value as Record<string, unknown>)[key], shape)]] : [],
    ),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whatever the scanner takes, it takes as JSON.parse does. Gives whether it took it. */
function expectAgreement(text: string, shape: Shape, scanner?: Scanner): boolean {
  const value = scanned(text, shape, scanner);
  if (value !== undefined) expect(value, text).toStrictEqual(keptOf(parsed(text), shape));
  return value !== undefined;
}

const KEYS = ['id', 'a', 'abc', 'tasks', 'sixteen_bytes_is', 'a_key_longer_than_sixteen_bytes', 'x'.repeat(62)];
const plainText = fc.string({ unit: fc.constantFrom(...' abcxyz+-_.{}[]:,0189'), maxLength: 70 });
/** Whole numbers and what begins with two underscores are no keys of plain maps. */
const mapKey = plainText.filter((key) => !/^(?:\d+$|__)/.test(key));
const anything = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false),
    fc.integer(),
    plainText,
    fc.array(tie('node'), { maxLength: 6 }),
    fc.dictionary(plainText, tie('node'), { maxKeys: 6, noNullPrototype: true }),
  ),
})).node;

/** A shape, and values that have it. */
interface Kind {
  readonly shape: Shape;
  readonly value: fc.Arbitrary<unknown>;
}
const KINDS: readonly Kind[] = [
  { shape: TEXT, value: plainText },
  // Where it is not kept, no other one is plain: nobody looks at its range.
  { shape: NUMBER, value: fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((it) => (Math.abs(it) < 1e-9 ? 0 : it)) },
  { shape: NUMBER, value: fc.integer() },
  { shape: oneOf('cold', 'a much longer choice'), value: fc.constantFrom('cold', 'a much longer choice') },
];
const kind: fc.Arbitrary<Kind> = fc.letrec<{ node: Kind }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(...KINDS),
    tie('node').map(({ shape, value }) => ({ shape: nullable(shape), value: fc.option(value) })),
    tie('node').map(({ shape, value }) => ({ shape: listOf(shape), value: fc.array(value, { maxLength: 5 }) })),
    tie('node').map(({ shape, value }) => ({
      shape: mapOf(shape),
      value: fc.dictionary(mapKey, value, { maxKeys: 5, noNullPrototype: true }),
    })),
    fc
      .dictionary(fc.constantFrom(...KEYS), fc.tuple(tie('node'), fc.boolean(), fc.boolean()), { maxKeys: 6 })
      .map(objectKind),
  ),
})).node;

function objectKind(fields: Record<string, [Kind, boolean, boolean]>): Kind {
  const entries = Object.entries(fields);
  const shapes = entries.map(([key, [{ shape }, required, kept]]) => {
    const field = keptIf(kept, shape);
    return [key, required ? field : optional(field)] as const;
  });
  const requiredKeys = entries.flatMap(([key, [, required]]) => (required ? [key] : []));
  const values = Object.fromEntries(entries.map(([key, [{ value }]]) => [key, value]));
  return {
    shape: objectOf({ ...Object.fromEntries(shapes), unread: UNREAD }),
    value: fc
      .tuple(
        fc.record(values, { requiredKeys, noNullPrototype: true }),
        fc.record({ unread: anything, unknown: anything }, { requiredKeys: [], noNullPrototype: true }),
      )
      .map(([known, others]) => ({ ...known, ...others })),
  };
}

/** A shape and documents of it, in the layouts that programs write. */
const documents = kind.chain(({ shape, value }) =>
  fc.record({
    shape: fc.constant(shape),
    texts: fc.array(
      fc
        .tuple(
          value,
          fc.constantFrom(
            (json: unknown) => JSON.stringify(json),
            (json: unknown) => JSON.stringify(json, null, 1).replace(/\n */g, ' '),
            (json: unknown) => `\r\n${JSON.stringify(json, null, '\t')} \n`,
          ),
        )
        .map(([json, write]) => write(json)),
      { minLength: 1, maxLength: 4 },
    ),
  }),
);
/** What plain texts never hold: numbers with exponents of three digits. */
const isPlain = (text: string) => !/\de[+-]?\d{3}/.test(text);

describe('what is scanned is what JSON.parse makes of it', () => {
  test('plain documents of the shape are all taken, one after the other', () => {
    fc.assert(
      fc.property(documents, ({ shape, texts }) => {
        const scanner = scannerOf(shape);
        for (const text of texts.filter(isPlain)) expect(expectAgreement(text, shape, scanner), text).toBe(true);
      }),
      { numRuns: draws(1500) },
    );
  });

  test('spoiled documents', () => {
    const piece = fc.constantFrom(
      ...'"\\{}[]:,-.eE+0 1n\u0000\u0001\n\té\u2028',
      '""',
      '1e9',
      'nul',
      'null',
      'true',
      '\\u0041',
      '"id":1,',
    );
    fc.assert(
      fc.property(documents, fc.nat(), fc.nat({ max: 3 }), piece, ({ shape, texts }, place, left, put) => {
        const scanner = scannerOf(shape);
        for (const text of texts) {
          const at = place % (text.length + 1);
          expectAgreement(text.slice(0, at) + put + text.slice(at + left), shape, scanner);
          expectAgreement(text.slice(0, at), shape, scanner);
        }
      }),
      { numRuns: draws(3000) },
    );
  });

  test('a byte that is not plain, at every place of a text of any length', () => {
    const scanner = scannerOf(TEXT);
    for (let length = 0; length < 40; length++) {
      const text = 'x'.repeat(length);
      expect(scanned(`"${text}"`, TEXT, scanner)).toBe(text);
      for (let at = 0; at <= length; at++) {
        for (const odd of ['\\', '\u0000', '\n', '\u001f', 'é', '\u0080']) {
          expect(scanned(`"${text.slice(0, at)}${odd}${text.slice(at)}"`, TEXT, scanner)).toBeUndefined();
        }
      }
    }
  });

  test('what nobody reads is checked all the same', () => {
    const shape = objectOf({ a: NUMBER, unread: UNREAD });
    const scanner = scannerOf(shape);
    for (const key of ['unread', 'unknown']) {
      for (const text of ['[', '{"x" 1}', '{"x":1,}', '[1,]', 'tru', 'fals', 'nul', '01', '"', '{1:1}', '[1}', '']) {
        expect(scanned(`{"a":1,"${key}":${text}}`, shape, scanner), text).toBeUndefined();
      }
      for (const text of ['true', 'false', 'null', '[[],{}]', '{"x":{"y":[1,-2.5e-3]}}', '"text"', '{"":0}']) {
        expect(scanned(`{"${key}":${text},"a":1}`, shape, scanner), text).toStrictEqual({ a: 1 });
      }
    }
  });
});

describe('texts', () => {
  const shape = listOf(TEXT);

  test('alike at both ends, and in the records before', () => {
    const scanner = scannerOf(shape);
    const middles = Array.from({ length: 50 }, (_, i) => `beginning-${i % 25}${i}-the same end`);
    for (let from = 0; from < 40; from++) {
      const texts = [...middles.slice(from, from + 10), ...middles.slice(from, from + 5)];
      expect(scanned(JSON.stringify(texts), shape, scanner)).toStrictEqual(texts);
    }
  });

  test('short ones of the same bytes', () => {
    const texts = ['', 'a', 'aa', 'aaa', 'aaaa', 'aaaaa', 'aaaaaa', 'aaaaaaa', 'aaaaaaaa', 'aaaaaaaaa', 'a', ''];
    expect(scanned(JSON.stringify(texts), shape)).toStrictEqual(texts);
  });

  test('that are the only ones', () => {
    const choice = oneOf('cold', 'warm');
    expect(scanned('"warm"', choice)).toBe('warm');
    for (const text of ['"war"', '"warmer"', '"Warm"', '""', 'null', '1']) {
      expect(scanned(text, choice)).toBeUndefined();
      expect(scanned(`{"a":${text}}`, objectOf({ a: keptIf(false, choice) }))).toBeUndefined();
    }
  });
});

describe('objects', () => {
  const shape = objectOf({ a: NUMBER, b: optional(TEXT), c: keptIf(false, nullable(TEXT)) });

  test.each([
    ['a required key is missing', '{"b":"x","c":null}'],
    ['a required key that is not kept is missing', '{"a":1}'],
    ['a key comes twice', '{"a":1,"c":"","a":1}'],
    ['a key that is not kept comes twice', '{"a":1,"c":"","c":""}'],
    ['what is not kept is of another kind', '{"a":1,"c":2}'],
    ['another kind', '[1]'],
  ])('not plain: %s', (_, text) => {
    expect(scanned(text, shape)).toBeUndefined();
  });

  test('keys in any order, and unknown ones', () => {
    const scanner = scannerOf(shape);
    for (const text of ['{"a":1,"c":null}', '{"c":"","x":2,"b":"","a":1}', '{"b":"y","ab":0,"c":null,"a":-1}']) {
      expect(expectAgreement(text, shape, scanner)).toBe(true);
    }
  });

  test('either of two kinds', () => {
    const worker = objectOf({ memory: NUMBER });
    expect(scanned('[1,{"memory":2}]', listOf(either(NUMBER, worker)))).toStrictEqual([1, { memory: 2 }]);
  });
});

describe('maps', () => {
  const shape = mapOf(NUMBER);

  test.each([
    ['a key comes twice', '{"b":1,"a":1,"b":1}'],
    ['a whole number would come first', '{"b":1,"10":1}'],
    ['the prototype is no key', '{"__proto__":1}'],
  ])('not plain: %s', (_, text) => {
    expect(scanned(text, shape)).toBeUndefined();
  });

  test('the same key in several maps', () => {
    const text = '[{"a":1,"1b":2},{"a":3},{},{"":4}]';
    expect(scanned(text, listOf(shape))).toStrictEqual(JSON.parse(text));
  });
});

describe('numbers', () => {
  const both = either(NUMBER, listOf(NUMBER));
  const scanner = scannerOf(both);
  const unkept = objectOf({ a: keptIf(false, NUMBER) });
  const checker = scannerOf(unkept);
  const check = (text: string) => {
    expectAgreement(text, both, scanner);
    expectAgreement(`[${text},-${text}]`, both, scanner);
    // One that is checked only must be finite as well.
    if (scanned(`{"a":${text}}`, unkept, checker) !== undefined) expect(parsed(text)).toSatisfy(Number.isFinite);
  };

  test.each([
    '0',
    '-0',
    '00',
    '01',
    '-',
    '1.',
    '.1',
    '1.e1',
    '1e',
    '1e+',
    '1E5',
    '1e-05',
    '1e-400',
    '1e99',
    '1e400',
    '1e309',
    `${'9'.repeat(125)}e99`,
    '9'.repeat(128),
    '9'.repeat(400),
    '+1',
    '0x1',
    '1_0',
  ])('of the form %s', check);

  test('that engines write are all taken', () => {
    for (const text of ['0', '-1.5', '1e-05', '2.5e+16', '1795335999590.123', '0.30000000000000004']) {
      expect(expectAgreement(text, NUMBER)).toBe(true);
    }
  });

  test('digits and decimals of any count are rounded as JSON.parse rounds them', () => {
    const digit = fc.constantFrom(...'0123456789');
    const whole = fc.string({ unit: digit, minLength: 1, maxLength: 21 }).map((text) => text.replace(/^0+(?=.)/, ''));
    fc.assert(
      fc.property(whole, fc.string({ unit: digit, maxLength: 21 }), (before, after) => {
        check(after === '' ? before : `${before}.${after}`);
      }),
      { numRuns: draws(10_000) },
    );
  });

  test('half way between two doubles, and next to it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n - 1n }), fc.nat({ max: 9 }), (mantissa, power) => {
        const half = 2n * mantissa + 1n;
        for (const by of [-1n, 0n, 1n]) check(`${half * 10n ** BigInt(power > 2 ? 1 : power) + by}.${'0'.repeat(1)}`);
        check(`${half}.${'0'.repeat((power % 2) + 1)}`);
        check(`${half}.${'0'.repeat(power % 2)}1`);
      }),
      { numRuns: draws(4000) },
    );
  });
});

describe('limits', () => {
  test('nesting of what nobody reads', () => {
    const shape = objectOf({});
    const nested = (depth: number) => `{"x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(scanned(nested(64), shape)).toStrictEqual({});
    expect(scanned(nested(65), shape)).toBeUndefined();
  });

  test('as many values as there are slots', () => {
    const shape = listOf(NUMBER);
    const list = (count: number) => `[${new Array(count).fill(0).join()}]`;
    expect(scanned(list(MOST_SLOTS - 2), shape)).toHaveLength(MOST_SLOTS - 2);
    expect(scanned(list(MOST_SLOTS - 1), shape)).toBeUndefined();
  });

  test('as many texts as have numbers', () => {
    const shape = listOf(TEXT);
    const list = (count: number) => JSON.stringify(Array.from({ length: count }, (_, i) => `text ${i}`));
    expect(expectAgreement(list(MOST_TEXTS), shape)).toBe(true);
    expect(scanned(list(MOST_TEXTS + 1), shape)).toBeUndefined();
  });

  test('a key that comes twice among many, whose places have changed meanwhile', () => {
    const shape = mapOf(NUMBER);
    const map = (...keys: string[]) => `{${keys.map((key) => `"${key}":1`).join()}}`;
    const keys = Array.from({ length: FEW_PLACES }, (_, i) => `key ${i}`);
    expect(expectAgreement(map(...keys), shape)).toBe(true);
    for (const i of [0, FEW_PLACES / 2 - 1, FEW_PLACES / 2, FEW_PLACES - 1]) {
      expect(scanned(map(...keys, `key ${i}`), shape)).toBeUndefined();
    }
  });

  test('as many bytes of texts as are kept', () => {
    const shape = listOf(TEXT);
    const list = (length: number) => `["${'x'.repeat(length - 1)}","y"]`;
    expect(expectAgreement(list(MOST_TEXT_BYTES), shape)).toBe(true);
    expect(scanned(list(MOST_TEXT_BYTES + 1), shape)).toBeUndefined();
  });

  test('as long a record as there is memory for', () => {
    const shape = objectOf({});
    const scanner = scannerOf(shape);
    const record = (length: number) => `{"x":"${'x'.repeat(length - 8)}"}`;
    for (const length of [10, MOST_RECORD_BYTES, 20]) expect(scanned(record(length), shape, scanner)).toStrictEqual({});
    expect(scanned(record(MOST_RECORD_BYTES + 1), shape, scanner)).toBeUndefined();
  });
});

describe('several records, before what was kept is taken', () => {
  const shape = objectOf({ texts: listOf(TEXT), numbers: listOf(NUMBER) });
  const bytes = (record: unknown) => Buffer.from(JSON.stringify(record));

  test('each is as if it were alone, whatever was wrong with the others', () => {
    const anyRecord = fc.record(
      {
        texts: fc.array(fc.oneof(fc.constantFrom('a', 'b', 'a longer text that many share'), plainText), {
          maxLength: 8,
        }),
        numbers: fc.array(fc.integer(), { maxLength: 4 }),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(anyRecord, fc.nat({ max: 3 })), { maxLength: 12 }), (records) => {
        const scanner = scannerOf(shape);
        const found = records.map(([record, cut]) => {
          const text = bytes(record);
          return scanner.scan(cut === 0 ? text.subarray(0, -1) : text);
        });
        const slots = new Slots(scanner.take());
        const outcomes = found.map((slot) => (slot < 0 ? slot : readSlot(slots, slot, shape)));
        expect(outcomes).toStrictEqual(records.map(([record, cut]) => (cut === 0 ? NOT_PLAIN : record)));
      }),
      { numRuns: draws(500) },
    );
  });

  test('a key may come again in another record, and not in the same', () => {
    const scanner = scannerOf(mapOf(NUMBER));
    const outcomes = ['{"a":1}', '{"a":1,"a":2}', '{"b":1,"a":2}'].map((text) => scanner.scan(Buffer.from(text)));
    expect(outcomes.map((slot) => slot >= 0)).toStrictEqual([true, false, true]);
  });

  test.each([
    ['slots', listOf(NUMBER), () => new Array(MOST_SLOTS / 2).fill(0)],
    ['texts', listOf(TEXT), (i: number) => Array.from({ length: MOST_TEXTS / 2 + 1 }, (_, j) => `${i} ${j}`)],
    ['bytes of texts', listOf(TEXT), (i: number) => [`${i}${'x'.repeat(MOST_TEXT_BYTES / 2)}`]],
  ])('no room for all their %s, until what was kept is taken', (_, list, record) => {
    const scanner = scannerOf(list);
    for (const i of [1, 2, 3]) {
      expect(scanner.scan(bytes(record(i)))).toBe(0);
      expect(scanner.scan(bytes(record(i + 1)))).toBe(NO_ROOM);
      expect(readSlot(new Slots(scanner.take()), 0, list)).toStrictEqual(record(i));
    }
  });

  test('in the room for them, and elsewhere', () => {
    const scanner = scannerOf(shape);
    const record = { texts: ['here'], numbers: [1] };
    const line = `${JSON.stringify(record)}\n`;
    const lines = scanner.room.subarray(0, scanner.room.write(line.repeat(3)));
    const found = [0, 1, 2].map((i) => scanner.scan(lines.subarray(i * line.length, (i + 1) * line.length - 1)));
    const other = { texts: ['there'], numbers: [2] };
    const elsewhere = scanner.scan(bytes(other));
    expect(lines.toString()).toBe(line.repeat(3));
    const slots = new Slots(scanner.take());
    for (const slot of found) expect(readSlot(slots, slot, shape)).toStrictEqual(record);
    expect(readSlot(slots, elsewhere, shape)).toStrictEqual(other);
  });
});
