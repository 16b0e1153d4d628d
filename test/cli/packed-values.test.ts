import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packValues } from '../../src/engine/pack-values.ts';
import { unpackValues } from '../../src/engine/unpack-values.ts';

const again = (values: readonly unknown[]) => unpackValues(packValues(values));
/** Enough of a shape for its reader to be compiled. */
const many = <T>(one: T): T[] => Array.from({ length: 120 }, () => structuredClone(one));

const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));

test('gives back any values of JSON', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue({ maxDepth: 5, noUnicodeString: false } as object)), (values) => {
      expect(again(values)).toStrictEqual(values);
      expect(JSON.stringify(again(values))).toBe(JSON.stringify(values));
    }),
    { numRuns: 500 },
  );
});

test('gives back objects with any keys, however often they occur', () => {
  const anyKey = fc.oneof(
    anyText,
    fc.constantFrom('__proto__', 'constructor', 'unpacker', '1', '"', '\u2028', '', 'é'),
  );
  fc.assert(
    fc.property(fc.dictionary(anyKey, fc.oneof(fc.double(), anyText, fc.integer())), (object) => {
      const copies = again(many(object)) as object[];
      for (const copy of copies) expect(copy).toStrictEqual({ ...object });
      expect(JSON.stringify(copies)).toBe(JSON.stringify(many(object)));
    }),
  );
});

test('a key called __proto__ is a key', () => {
  const object = JSON.parse('{"a": 1, "__proto__": {"b": 2}}');
  for (const copy of again(many(object)) as object[]) {
    expect(Object.keys(copy)).toEqual(['a', '__proto__']);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  }
});

test('gives back numbers to the bit', () => {
  const limit = 2 ** 28;
  const numbers = [0, -0, 1, -1, limit - 1, limit, -limit, -limit - 1, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53 + 2, 0.1];
  const extreme = [5e-324, -5e-324, Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
  expect(again([...numbers, ...extreme])).toStrictEqual([...numbers, ...extreme]);
  fc.assert(fc.property(fc.array(fc.double()), (some) => void expect(again(some)).toStrictEqual(some)));
});

test('gives back any text, also with half a surrogate pair at its end', () => {
  expect(again(['\ud83d', '\ude00', 'é', '😀', '', 'ÿĀ'])).toStrictEqual(['\ud83d', '\ude00', 'é', '😀', '', 'ÿĀ']);
  fc.assert(fc.property(fc.array(anyText), (texts) => void expect(again(texts)).toStrictEqual(texts)));
});

test('what was one object is one again, and what was equal only is not', () => {
  const [one, other, equal] = [{ a: 1 }, { a: 2 }, { a: 1 }];
  const values = [{ own: one }, { own: other }, { own: one }, { own: equal }, { own: null }];
  const owns = (again(values) as { own: unknown }[]).map(({ own }) => own);
  expect(owns).toStrictEqual([{ a: 1 }, { a: 2 }, { a: 1 }, { a: 1 }, null]);
  expect(owns.map((own) => owns.indexOf(own))).toStrictEqual([0, 1, 0, 3, 4]);
});

test('leaves out what is undefined, as JSON does', () => {
  expect(again([{ a: undefined, b: 1 }, [undefined], undefined])).toStrictEqual([{ b: 1 }, [null], null]);
});

test('refuses what is no plain value', () => {
  for (const node of [1n, Symbol('s'), () => 1]) expect(() => packValues([[node]])).toThrow(TypeError);
});

test('is read wherever the bytes lie', () => {
  const packed = packValues([{ a: 0.5 }]);
  for (let offset = 0; offset < 9; offset++) {
    const moved = new Uint8Array(packed.length + offset);
    moved.set(packed, offset);
    expect(unpackValues(moved.subarray(offset))).toStrictEqual([{ a: 0.5 }]);
  }
});

test('bytes of another length are an error', () => {
  const packed = packValues([{ a: 0.5 }, 'text', [1, 2, 3]]);
  for (let length = 0; length < packed.length; length++) {
    expect(() => unpackValues(packed.subarray(0, length))).toThrow(RangeError);
  }
});

test('a damaged byte is an error or another value, at once', () => {
  const packed = packValues(many({ a: 0.5, b: ['text', { c: 3 }] }));
  fc.assert(
    fc.property(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), (at, flipped) => {
      const damaged = packed.slice();
      damaged[at] = (damaged[at] as number) ^ flipped;
      try {
        unpackValues(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
    { numRuns: 2000 },
  );
});
