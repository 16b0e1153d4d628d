import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRangeBuffer, readLineRange } from '../../src/sources/index.ts';
import { openRanges } from '../../src/sources/line-ranges.ts';
import { draws } from '../property-draws.ts';
import { makeScratch } from '../scratch.ts';

const scratch = makeScratch();
const FILE_START = '\uFEFF';

/** What each range of a file gives, in order. */
function readInRanges(text: string, start: number, rangeBytes: number, bufferBytes: number): string[] {
  const path = scratch.write('lines', text);
  const opened = openRanges(path, Buffer.byteLength(text), () => start, rangeBytes);
  const buffer = createRangeBuffer(bufferBytes);
  try {
    return (opened?.ranges ?? []).map((range) => Array.from(readLineRange(range, buffer), String).join(''));
  } finally {
    opened?.close();
  }
}

const line = fc.string({ unit: fc.constantFrom('a', 'b', '{'), maxLength: 30 });
const text = fc
  .tuple(fc.array(line, { maxLength: 20 }), fc.constantFrom('', '\n', '\r\n\n'))
  .map(([lines, end]) => lines.join('\n') + end);

test('every line is in one range, the one it begins in, whole', () => {
  fc.assert(
    fc.property(
      text,
      fc.boolean(),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      (body, marked, rangeBytes, bufferBytes) => {
        const start = marked ? Buffer.byteLength(FILE_START) : 0;
        const parts = readInRanges((marked ? FILE_START : '') + body, start, rangeBytes, bufferBytes);
        expect(parts.join('')).toBe(body);
        for (const part of parts.filter((part) => part !== '').slice(0, -1)) expect(part.endsWith('\n')).toBe(true);
        let from = 0;
        for (const [i, part] of parts.entries()) {
          if (part !== '') expect(Math.floor(from / rangeBytes)).toBe(i);
          from += part.length;
        }
      },
    ),
    { numRuns: draws(2000) },
  );
});

test('a file that holds no lines is closed again', () => {
  expect(openRanges(scratch.write('other', 'x'), 1, () => null)).toBeNull();
});

test('what the file lost since it was listed is not waited for', () => {
  const path = scratch.write('shorter', 'a\nb\n');
  const opened = openRanges(path, 4_000_000_000, () => 0, 1 << 30);
  const read = (opened?.ranges ?? []).map((range) =>
    Array.from(readLineRange(range, createRangeBuffer(16)), String).join(''),
  );
  opened?.close();
  expect(read.join('')).toBe('a\nb\n');
});
