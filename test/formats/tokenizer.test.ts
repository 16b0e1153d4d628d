import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadTokenizer } from '../../src/cli/tokenizer.ts';
import {
  ARRAY,
  FALSE,
  KEY,
  LONG_NUMBER,
  MOST_ENTRIES,
  NULL,
  NUMBER,
  OBJECT,
  TEXT,
  TRUE,
} from '../../src/formats/assembly/layout.ts';
import { Tokenizer } from '../../src/formats/tokenizer.ts';

const KEYS = ['id', 'a', 'abc', 'tasks', 'sixteen_bytes_is', 'a_key_longer_than_sixteen_bytes', 'x'.repeat(62)];
const tokenizer = new Tokenizer(loadTokenizer(), KEYS);

/** The document as the tape tells it; `undefined`: not plain. */
function tokenized(text: string): unknown {
  const count = tokenizer.tokenize(Buffer.from(text));
  if (count === 0) return undefined;
  const { value, next } = readEntry(0);
  expect(next, 'the tape ends with its first value').toBe(count);
  return value;
}

function readEntry(at: number): { value: unknown; next: number } {
  const [head, second] = [...tokenizer.words.subarray(at * 4, at * 4 + 2)] as [number, number];
  const kind = head & 0xff;
  if (kind === ARRAY || kind === OBJECT) {
    return { value: kind === ARRAY ? readItems(at + 1, second) : readFields(at + 1, second), next: second };
  }
  return { value: SCALARS[kind]?.(at), next: at + 1 };
}

const textAt = (at: number): string => {
  const [from, length] = [...tokenizer.words.subarray(at * 4 + 1, at * 4 + 3)] as [number, number];
  return tokenizer.bytes.toString('latin1', from, from + length);
};

const SCALARS: Record<number, (at: number) => unknown> = {
  [NULL]: () => null,
  [FALSE]: () => false,
  [TRUE]: () => true,
  [NUMBER]: (at) => tokenizer.doubles[at * 2 + 1],
  [LONG_NUMBER]: (at) => Number(textAt(at)),
  [TEXT]: textAt,
};

function readItems(from: number, to: number): unknown[] {
  const items: unknown[] = [];
  for (let at = from; at < to; ) {
    const { value, next } = readEntry(at);
    items.push(value);
    at = next;
  }
  return items;
}

function readFields(from: number, to: number): unknown {
  const fields: [string, unknown][] = [];
  for (let at = from; at < to; ) {
    const head = tokenizer.words[at * 4] as number;
    const numbered = (head & 0xff) !== KEY;
    const key = numbered ? (KEYS[(head >> 8) - 1] as string) : textAt(at);
    const { value, next } = readEntry(numbered ? at : at + 1);
    fields.push([key, value]);
    at = next;
  }
  return Object.fromEntries(fields);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whatever the tokenizer takes, it takes as JSON.parse does. */
function expectAgreement(text: string): void {
  const value = tokenized(text);
  if (value !== undefined) expect(value).toStrictEqual(parsed(text));
}

const plainText = fc.string({ unit: fc.constantFrom(...' abcxyz+-_.{}[]:,0189'), maxLength: 70 });
const key = fc.oneof(fc.constantFrom(...KEYS), plainText);
const plainValue = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    plainText,
    fc.array(tie('node'), { maxLength: 6 }),
    fc.dictionary(key, tie('node'), { maxKeys: 6, noNullPrototype: true }),
  ),
})).node;
const layOut = fc.constantFrom(
  (value: unknown) => JSON.stringify(value),
  (value: unknown) => JSON.stringify(value, null, 1).replace(/\n */g, ' '),
  (value: unknown) => `\r\n${JSON.stringify(value, null, '\t')} \n`,
);

describe('what is tokenized is what JSON.parse makes of it', () => {
  test('plain documents are all taken', () => {
    fc.assert(
      fc.property(plainValue, layOut, (value, write) => {
        const text = write(value);
        expect(tokenized(text)).toStrictEqual(JSON.parse(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('spoiled documents', () => {
    const piece = fc.constantFrom(
      ...'"\\{}[]:,-.eE+0 1n\u0000\u0001\n\té\u2028',
      '""',
      '1e9',
      'nul',
      'true',
      '\\u0041',
    );
    fc.assert(
      fc.property(plainValue, layOut, fc.nat(), fc.nat({ max: 3 }), piece, (value, write, place, left, put) => {
        const text = write(value);
        const at = place % (text.length + 1);
        expectAgreement(text.slice(0, at) + put + text.slice(at + left));
        expectAgreement(text.slice(0, at));
      }),
      { numRuns: 5000 },
    );
  });

  test('a byte that is not plain, at every place of a text of any length', () => {
    for (let length = 0; length < 40; length++) {
      const text = 'x'.repeat(length);
      expect(tokenized(`"${text}"`)).toBe(text);
      for (let at = 0; at <= length; at++) {
        for (const odd of ['\\', '\u0000', '\n', '\u001f', 'é', '\u0080']) {
          expect(tokenized(`"${text.slice(0, at)}${odd}${text.slice(at)}"`)).toBeUndefined();
        }
      }
    }
  });
});

describe('numbers', () => {
  const check = (text: string) => {
    expectAgreement(text);
    expectAgreement(`[${text},-${text}]`);
  };

  test('of every form', () => {
    for (const text of [
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
      '1e-400',
      '1e400',
      '+1',
      '0x1',
      '1_0',
    ]) {
      check(text);
    }
  });

  test('digits and decimals of any count are rounded as JSON.parse rounds them', () => {
    const digit = fc.constantFrom(...'0123456789');
    const whole = fc.string({ unit: digit, minLength: 1, maxLength: 21 }).map((text) => text.replace(/^0+(?=.)/, ''));
    fc.assert(
      fc.property(whole, fc.string({ unit: digit, maxLength: 21 }), (before, after) => {
        check(after === '' ? before : `${before}.${after}`);
      }),
      { numRuns: 10_000 },
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
      { numRuns: 4000 },
    );
  });
});

describe('limits', () => {
  test('nesting', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(tokenized(nested(64))).toStrictEqual(JSON.parse(nested(64)));
    expect(tokenized(nested(65))).toBeUndefined();
  });

  test('as many values as the tape holds', () => {
    const list = (count: number) => `[${new Array(count).fill(0).join()}]`;
    expect(tokenized(list(MOST_ENTRIES - 10))).toHaveLength(MOST_ENTRIES - 10);
    for (const more of [-3, -2, -1, 0, 1]) expectAgreement(list(MOST_ENTRIES + more));
    expect(tokenized(list(MOST_ENTRIES))).toBeUndefined();
  });

  test('memory grows with the record', () => {
    const text = `["${'x'.repeat(5_000_000)}"]`;
    expect(tokenized(text)).toStrictEqual(JSON.parse(text));
  });
});
