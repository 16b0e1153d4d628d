import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPickle } from '../../src/formats/pickle/read.ts';
import {
  PickledName,
  PickledObject,
  PickledOpaque,
  type PickledValue,
  PickleError,
} from '../../src/formats/pickle/values.ts';
import { testWith } from '../need-program.ts';
import { draws } from '../property-draws.ts';

const PICKLES = join(import.meta.dirname, '../fixtures/pickles');

/** Every pickle dropped into this folder is tested; what it is read as stands beside it in `pickles-decoded/`. */
test.each(readdirSync(PICKLES).sort())('%s', async (name) => {
  const read = readPickle(readFileSync(join(PICKLES, name)));
  const path = join(PICKLES, '../pickles-decoded', `${name}.txt`);
  await expect(`${inspect(read, { depth: 9, maxStringLength: 200, breakLength: 120 })}\n`).toMatchFileSnapshot(path);
});

/** What Python itself pickles: one process for all expressions and protocols. */
const testWithPython = testWith('python3');
const PROTOCOLS = [0, 1, 2, 3, 4, 5];

const PYTHON = `
import base64, collections, dataclasses, enum, json, pickle, sys
try:
  import numpy as np
except ImportError:
  pass
P = dataclasses.make_dataclass("P", ["x", "y"])
P.__module__ = "__main__"
class E(enum.IntEnum):
  A = 7
shared = [1]
circle = []
circle.append(circle)
given = json.load(sys.stdin)
json.dump([[base64.b64encode(pickle.dumps(eval(e), p)).decode() for e in given] for p in range(6)], sys.stdout)
`;

function pickleAll(expressions: readonly string[]): (protocol: number, expression: string) => PickledValue {
  const printed = execFileSync('python3', ['-c', PYTHON], { input: JSON.stringify(expressions), maxBuffer: 1 << 27 });
  const pickles: string[][] = JSON.parse(printed.toString());
  return (protocol, expression) =>
    readPickle(Buffer.from(pickles[protocol]?.[expressions.indexOf(expression)] ?? '', 'base64'));
}

const PICKLE_JSON = `
import base64, json, pickle, sys
values, protocols = json.loads(sys.stdin.buffer.read())
print(json.dumps([base64.b64encode(pickle.dumps(values, protocol)).decode() for protocol in protocols]))
`;

const VALUES = [
  ['None', null],
  ['[True, False]', [true, false]],
  [
    '[0, 1, -1, 255, 256, 65536, 2**31, -2**31, 2**53 - 1]',
    [0, 1, -1, 255, 256, 65536, 2 ** 31, -(2 ** 31), 2 ** 53 - 1],
  ],
  ['[2**53, -2**80, 10**400]', [2n ** 53n, -(2n ** 80n), 10n ** 400n]],
  ['[0.1, -0.0, 1e308, float("inf"), float("-inf")]', [0.1, -0, 1e308, Infinity, -Infinity]],
  ['float("nan")', Number.NaN],
  ['["", "a\\n\\\\b\\u005c", "é\\u2028\\U0001f600"]', ['', 'a\n\\b\\', 'é\u2028😀']],
  ['b"\\x00\\xff"', Buffer.from([0, 255])],
  ['[(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)]', [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]],
  [
    '{"a": {"b": []}, 1: (2,)}',
    new Map<PickledValue, PickledValue>([
      ['a', new Map([['b', []]])],
      [1, [2]],
    ]),
  ],
  ['{1, 2}', new Set([1, 2])],
  ['frozenset(["x"])', new Set(['x'])],
  ['__import__("collections").OrderedDict(a=1)', new Map([['a', 1]])],
  ['list(range(3000))', Array.from({ length: 3000 }, (_, i) => i)],
] as const;
const OBJECT = '[P(1, [2]), E.A]';
const SHARED = '[shared, shared, circle]';
const SCALARS = '[np.float64(1.5), np.float32(.5), np.int64(-3), np.uint64(2**63), np.bool_(True)]';
const ARRAY = 'np.arange(6.).reshape(2, 3)';
const COLUMNS = 'np.asfortranarray(np.array([[1, 2], [3, 4], [5, 6]], dtype=">i2"))';

describe.each(PROTOCOLS)('protocol %i as Python writes it', (protocol) => {
  let all: ReturnType<typeof pickleAll> | null = null;
  const dump = (expression: string): PickledValue => {
    all ??= pickleAll([...VALUES.map(([value]) => value), OBJECT, SHARED, SCALARS, ARRAY, COLUMNS]);
    return all(protocol, expression);
  };

  testWithPython.each(VALUES)('%s', (expression, wanted) => {
    const read = dump(expression);
    if (wanted instanceof Uint8Array) expect(Buffer.from(read as Uint8Array)).toEqual(wanted);
    else expect(read).toEqual(wanted);
  });

  testWithPython('a dataclass is its name and its fields, an enum its name and its value', () => {
    const [object, member] = dump(OBJECT) as [PickledObject, PickledValue];
    expect(object).toMatchObject({
      type: { module: '__main__', name: 'P' },
      state: new Map<string, unknown>([
        ['x', 1],
        ['y', [2]],
      ]),
    });
    // Python 3.11 writes getattr(E, 'A') into some protocols, others write E(7).
    if (member instanceof PickledName) expect(member.name).toBe('E.A');
    else expect(member).toMatchObject({ type: { name: 'E' }, args: [7] });
  });

  testWithPython('what is shared stays shared, and a circle closes', () => {
    const [a, b, circle] = dump(SHARED) as [PickledValue, PickledValue, PickledValue[]];
    expect(a).toBe(b);
    expect(circle[0]).toBe(circle);
  });

  testWithPython('numpy scalars and arrays are numbers', () => {
    expect(dump(SCALARS)).toEqual([1.5, 0.5, -3, 2n ** 63n, true]);
    expect(dump(ARRAY)).toEqual({ shape: [2, 3], values: [0, 1, 2, 3, 4, 5] });
    expect(dump(COLUMNS)).toEqual({
      shape: [3, 2],
      values: [1, 2, 3, 4, 5, 6],
    });
  });
});

testWithPython('any plain value comes back as Python had it', () => {
  const anyValue = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      fc.double({ noNaN: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
      fc.string({ unit: 'grapheme' }),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(fc.string({ unit: 'grapheme' }), tie('value'), { maxKeys: 5 }),
    ),
  })).value;
  const values = fc.sample(anyValue, { numRuns: 300, seed: 1 });
  const printed = execFileSync('python3', ['-c', PICKLE_JSON], {
    input: JSON.stringify([values, PROTOCOLS]),
    maxBuffer: 1 << 27,
  });
  for (const base64 of JSON.parse(printed.toString()) as string[]) {
    const pickled = Buffer.from(base64, 'base64');
    expect(JSON.parse(JSON.stringify(toJson(readPickle(pickled))))).toEqual(JSON.parse(JSON.stringify(values)));
  }
});

function toJson(read: PickledValue): unknown {
  if (read instanceof Map) return Object.fromEntries([...read].map(([key, value]) => [key, toJson(value)]));
  return Array.isArray(read) ? read.map(toJson) : read;
}

const bytes = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));
const uint64 = (length: bigint): number[] => [...new Uint8Array(new BigUint64Array([length]).buffer)];

describe('hostile pickles', () => {
  test('a call of os.system is a symbolic object, and nothing is called', () => {
    const read = readPickle(bytes('cos\nsystem\n(S"touch /nowhere"\ntR.')) as PickledObject;
    expect(read.type).toEqual(new PickledName('os', 'system'));
    expect(read.args).toEqual(['touch /nowhere']);
    expect(readPickle(bytes('cbuiltins\neval\n(S"1+1"\ntR.'))).toBeInstanceOf(PickledObject);
    expect(readPickle(bytes('(S"touch /nowhere"\nios\nsystem\n.'))).toBeInstanceOf(PickledObject);
  });

  test('names of JavaScript mean nothing', () => {
    const read = readPickle(
      bytes('c__proto__\nconstructor\n(t\x81}S"__proto__"\n}S"polluted"\nI1\nssb.'),
    ) as PickledObject;
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect((read.state as Map<string, unknown>).has('__proto__')).toBe(true);
  });

  test('extensions and persistent ids stay opaque', () => {
    expect(readPickle(bytes('\x82\x07.'))).toEqual(new PickledOpaque('the extension 7'));
    expect(readPickle(bytes('Pabc\n.'))).toEqual(new PickledOpaque('the persistent id abc'));
  });

  test('a million nested lists are read without recursion', () => {
    let read = readPickle(bytes('('.repeat(500_000), 'l'.repeat(500_000), '.')) as PickledValue[];
    let depth = 1;
    while (read.length > 0) [read, depth] = [read[0] as PickledValue[], depth + 1];
    expect(depth).toBe(500_000);
  });

  test('a memo bomb is as small as its bytes', () => {
    // Each list holds the one before ten times: 10^30 strings when written out.
    const level = `(${'h\x00'.repeat(10)}lq\x00`;
    expect(readPickle(bytes('S"lol"\nq\x00', level.repeat(30), '.'))).toHaveLength(10);
  });
});

describe('what is no sensible pickle is an error', () => {
  const names = 'c__builtin__\nset\nq\x00';
  const thousand = `(${'K\x01'.repeat(1000)}lq\x01`;
  test.each([
    ['nothing', bytes(''), 'ends too early'],
    ['only a protocol', bytes('\x80\x05'), 'ends too early'],
    ['an unknown operation', bytes('\xff.'), '0xff is no operation'],
    ['a newer protocol', bytes('\x80\x06N.'), 'protocol is 6'],
    ['a text of 2^60 bytes', bytes('\x8d', uint64(2n ** 60n), 'abc.'), 'ends too early'],
    ['a text of 2^64 - 1 bytes', bytes('\x8d', uint64(2n ** 64n - 1n), 'abc.'), 'ends too early'],
    ['bytes of 2^60', bytes('\x8e', uint64(2n ** 60n), '.'), 'ends too early'],
    ['a frame that promises more than there is', bytes('\x80\x04\x95', uint64(1000n), 'N.'), 'ends too early'],
    ['an integer of 4 GB', bytes('\x8b\xff\xff\xff\xffabc.'), 'more than 1786'],
    ['an integer of 5000 digits', bytes(`L${'9'.repeat(5000)}L\n.`), 'more than 4300 digits'],
    ['an integer that is none', bytes('Iabc\n.'), 'is none'],
    ['a float that is none', bytes('F0x1\n.'), 'is none'],
    ['a line without an end', bytes('Labc'), 'inside a line'],
    ['no value at all', bytes('.'), 'lacks its operand'],
    ['an item for nothing', bytes('Na.'), 'lacks its operand'],
    ['an item for no list', bytes('NNa.'), 'no list'],
    ['a key for no dictionary', bytes('NNNs.'), 'no dictionary'],
    ['a key without a value', bytes('}(Nu.'), 'lacks its value'],
    ['a mark that is missing', bytes('Nt.'), 'mark is missing'],
    ['a pop through a mark', bytes('N(R.'), 'lacks its operand'],
    ['a memo that was never written', bytes('h\x05.'), 'never written'],
    ['a text that is not UTF-8', bytes('\x8c\x01\xff.'), 'not UTF-8'],
    ['a global without a name', bytes('NN\x93.'), 'no name'],
    ['a buffer that is elsewhere', bytes('\x97.'), 'stored elsewhere'],
    ['more operations than eight million', bytes('N0'.repeat(4_000_001), 'N.'), 'operations'],
    ['more containers than a million', bytes('}0'.repeat(1_000_001), 'N.'), 'containers'],
    [
      'the same thousand items copied again and again',
      bytes(names, thousand, 'h\x00h\x01\x85R0'.repeat(9000), '.'),
      'operations',
    ],
  ] as const)('%s', (_, pickle, problem) => {
    expect(() => readPickle(pickle)).toThrow(PickleError);
    expect(() => readPickle(pickle)).toThrow(problem);
  });
});

describe('damaged pickles', () => {
  test('every beginning of a real pickle is an error, and every mutation is data or an error', () => {
    const real = readFileSync(join(PICKLES, 'cloudpickle-2.1-by-value.pickle'));
    for (let length = 0; length < real.length; length++) {
      expect(() => readPickle(real.subarray(0, length))).toThrow(PickleError);
    }
    const mutation = fc.record({ at: fc.nat({ max: real.length - 1 }), to: fc.nat({ max: 255 }) });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 6 }), (mutations) => {
        const mutated = Buffer.from(real);
        for (const { at, to } of mutations) mutated[at] = to;
        expectDataOrError(mutated);
      }),
      { numRuns: draws(3000) },
    );
  });

  test('any bytes are data or an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (random) => expectDataOrError(Buffer.from([...random, 0x2e]))),
      { numRuns: draws(5000) },
    );
  });
});

function expectDataOrError(pickle: Uint8Array): void {
  try {
    readPickle(pickle);
  } catch (error) {
    if (!(error instanceof PickleError)) throw error;
  }
}
