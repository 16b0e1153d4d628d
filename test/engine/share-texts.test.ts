import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTextRestoring, createTextShortening } from '../../src/engine/share-texts.ts';
import { draws } from '../property-draws.ts';

/** Writes values as lines of JSON with references, and reads them again. */
function writeAndRead(values: readonly object[]): { written: string[]; read: object[] } {
  const shorten = createTextShortening();
  const restore = createTextRestoring();
  const written = values.map((value) => JSON.stringify(shorten(value)));
  return { written, read: written.map((line) => restore(JSON.parse(line) as object)) };
}

const LONG = 'uploads of one and the same run';
const TEXT = fc.oneof(
  fc.constantFrom(LONG, `@${LONG}`, `@@${LONG}`, '@', '@0', '@@0', '@-1', 'sixteen letters.', 'fifteen letters', ''),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const LEAF = fc.oneof(TEXT, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null), fc.boolean());
const { json } = fc.letrec<{ json: object; value: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.oneof(TEXT, fc.constantFrom('__proto__', 'constructor', '1')), tie('value'), { maxKeys: 5 }),
  ),
  value: fc.oneof({ maxDepth: 4 }, LEAF, tie('json')),
}));

describe('references to texts that came before', () => {
  test('give back any JSON', () => {
    fc.assert(
      fc.property(fc.array(json, { maxLength: 6 }), (values) => {
        const before = JSON.stringify(values);
        expect(JSON.stringify(writeAndRead(values).read)).toBe(before);
        expect(JSON.stringify(values)).toBe(before);
      }),
      { numRuns: draws(2000) },
    );
  });

  test('stand for equal texts from the second on, and for a text that is long enough only', () => {
    const values = [
      { a: LONG, b: ['short', LONG] },
      { c: { d: LONG }, e: 'short', f: '@0' },
    ];
    const { written, read } = writeAndRead(values);
    expect(written).toEqual([`{"a":"${LONG}","b":["short","@0"]}`, '{"c":{"d":"@0"},"e":"short","f":"@@0"}']);
    expect(read).toEqual(values);
  });

  test('end where ten thousand texts are known: later ones stand as they are', () => {
    const texts = Array.from({ length: 10_002 }, (_, i) => `a text with number ${i}`);
    const values = [{ texts }, { last: texts[9_999], beyond: texts[10_000] }];
    const { written, read } = writeAndRead(values);
    expect(written[1]).toBe(`{"last":"@9999","beyond":"a text with number 10000"}`);
    expect(JSON.stringify(read)).toBe(JSON.stringify(values));
  });

  test.each(['@0', '@7', '@x', '@1.5'])('%s, to no text, is refused', (reference) => {
    expect(() => createTextRestoring()({ reference })).toThrow(RangeError);
  });
});
