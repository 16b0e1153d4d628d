import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrapPieces, wrapWords } from '../../src/view/wrap.ts';

const characters = (text: string) => [...text].length;

describe('wrapWords', () => {
  it('breaks at spaces only, and indents the lines after the first', () => {
    expect(wrapWords('one two three', 7, characters, '  ')).toEqual(['one two', '  three']);
    expect(wrapWords('one averylongword two', 7, characters)).toEqual(['one', 'averylongword', 'two']);
    expect(wrapWords('', 7, characters)).toEqual(['']);
  });
});

describe('wrapPieces', () => {
  it('loses no character and fills no line beyond its width', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '-', '_', ' ', '語'), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 12 }), (given, width) => {
        const measure = (part: string) => [...part].reduce((sum, sign) => sum + (sign === '語' ? 2 : 1), 0);
        const lines = wrapPieces(given, width, measure);
        expect(lines.join('').replaceAll(' ', '')).toBe(given.replaceAll(' ', ''));
        for (const line of lines) expect(measure(line.trim())).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('takes a word of a million characters in its stride', () => {
    expect(wrapPieces('x'.repeat(1_000_000), 10, characters).length).toBe(100_000);
  });
});
