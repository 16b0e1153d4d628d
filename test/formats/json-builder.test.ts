import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Built, JsonBuilder, type Leaving } from '../../src/formats/json-builder.ts';

function build(bytes: Buffer, chunkBytes: number, leaving: Leaving = {}): Built {
  const builder = new JsonBuilder(leaving);
  for (let from = 0; from < bytes.length; from += chunkBytes)
    builder.push(Buffer.from(bytes.subarray(from, from + chunkBytes)));
  return builder.end();
}
const buildText = (text: string, chunkBytes = 7, leaving: Leaving = {}) =>
  build(Buffer.from(text), chunkBytes, leaving);

describe('a text in pieces has the value that it has as a whole', () => {
  test('whatever it holds, and wherever it is cut', () => {
    const texts = fc.tuple(fc.json({ maxDepth: 6 }), fc.constantFrom(null, 2, '\t'));
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 40 }), ([json, indent], chunkBytes) => {
        const text = JSON.stringify(JSON.parse(json), null, indent ?? undefined);
        const built = buildText(text, chunkBytes);
        expect('json' in built && Object.is(JSON.stringify(built.json), JSON.stringify(JSON.parse(text)))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ' {"a" : [1 , -2.5e3,true,null , "x\\u00e9\\n\\"y"]}\n',
    '"é🙂"',
    '[]',
    '{"":{"__proto__":{"x":1}}}',
    '0',
    '[[],{}]',
  ])('%s', (text) => {
    for (const chunkBytes of [1, 2, 3, 100]) {
      expect(buildText(text, chunkBytes)).toEqual({ json: JSON.parse(text), isRepaired: false });
    }
  });

  test('a text that JSON.parse refuses is refused', () => {
    const damaged = fc.tuple(
      fc.json({ maxDepth: 4 }),
      fc.nat(),
      fc.constantFrom('', ',', ']', '}', '"', ':', '1', 'x', '{', '['),
    );
    fc.assert(
      fc.property(damaged, fc.integer({ min: 1, max: 9 }), ([text, at, sign], chunkBytes) => {
        const place = at % (text.length + 1);
        const own = text.slice(0, place) + sign + text.slice(place + 1);
        let isJson = true;
        try {
          JSON.parse(own);
        } catch {
          isJson = false;
        }
        expect('json' in buildText(own, chunkBytes)).toBe(isJson);
      }),
      { numRuns: 3000 },
    );
  });
});

test.each([
  ['{"a": 1,\n "b": x}', 2, 7],
  ['[1,\n\n2', 3, 2],
  ['{"a" 1}', 1, 6],
])('a fault in %s is named with its line and column', (text, line, column) => {
  expect(buildText(text)).toMatchObject({ line, column, isText: true });
});

test('bytes that are no UTF-8 are told apart', () => {
  expect(build(Buffer.from([0x22, 0xff, 0x22]), 2)).toMatchObject({ isText: false });
});

test('numbers that are not finite are read as null', () => {
  expect(buildText('[NaN, -Infinity, "NaN"]')).toEqual({ json: [null, null, 'NaN'], isRepaired: true });
});

test('what nobody looks at is null, wherever it stands', () => {
  const leaving = { isIdle: (key: string) => key === 'input' };
  expect(buildText('{"input":"x\\"y","a":[{"input":{"b":[1,{"input":2}]},"c":3}],"d":4}', 3, leaving)).toEqual({
    json: { input: null, a: [{ input: null, c: 3 }], d: 4 },
    isRepaired: false,
  });
});

test('elements of lists are handed out as they come, and are kept nowhere', () => {
  const taken: unknown[] = [];
  const leaving = { takeElement: (key: string, element: unknown) => key !== 'other' && taken.push([key, element]) > 0 };
  expect(buildText('{"events":[{"a":[1]},2],"group":"g","other":[3]}', 5, leaving)).toMatchObject({
    json: { events: [], group: 'g', other: [3] },
  });
  expect(buildText('[[4],5]', 5, leaving)).toMatchObject({ json: [] });
  expect(taken).toEqual([
    ['events', { a: [1] }],
    ['events', 2],
    ['', [4]],
    ['', 5],
  ]);
});
