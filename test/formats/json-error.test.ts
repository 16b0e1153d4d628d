import fc from 'fast-check';
import { expect, test } from 'vitest';
import { locateJsonError } from '../../src/formats/json-error.ts';
import { draws } from '../property-draws.ts';

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON texts with a piece cut out, doubled or replaced. */
const anyText = fc
  .tuple(
    fc.json(),
    fc.nat(),
    fc.nat({ max: 4 }),
    fc.constantFrom(
      '',
      '"',
      '\\',
      ',',
      '{',
      '}',
      '[',
      ']',
      ':',
      '0',
      '-',
      'e',
      '.',
      'tru',
      '\n',
      '\u0001',
      'é',
      '\u2028',
    ),
  )
  .map(([json, at, cut, put]) => {
    const from = at % (json.length + 1);
    return json.slice(0, from) + put + json.slice(from + cut);
  });

test('finds an error exactly where JSON.parse does', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(locateJsonError(text) === null).toBe(parses(text));
    }),
    { numRuns: draws(5000) },
  );
});

test('what stands before the error could have gone on well', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const error = locateJsonError(text);
      if (!error) return;
      expect(error.offset).toBeGreaterThanOrEqual(0);
      expect(error.offset).toBeLessThanOrEqual(text.length);
      // The text up to the error is a beginning: its own error is that it ends too early, and no earlier.
      const beginning = locateJsonError(text.slice(0, error.offset));
      if (beginning) expect(beginning.offset).toBeLessThanOrEqual(error.offset);
    }),
    { numRuns: draws(2000) },
  );
});

test.each([
  ['{"a":1,}', 7],
  ['[1,]', 3],
  ['[1 2]', 3],
  ['{"a" 1}', 5],
  ['{a:1}', 1],
  ['nul', 0],
  ['{"a":1', 6],
  ['', 0],
  ['01', 1],
  ['{} x', 3],
  ['[}', 1],
])('%s goes wrong at %i', (text, offset) => {
  expect(locateJsonError(text)).toMatchObject({ offset });
});

test('a million open brackets are no danger', () => {
  expect(locateJsonError('['.repeat(1_000_000))).toMatchObject({ offset: 1_000_000 });
});
