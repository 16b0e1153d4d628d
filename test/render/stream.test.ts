import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pieceJson } from '../../src/render/stream.ts';
import { LazyList } from '../../src/view/lazy-list.ts';

/** JSON of any size in pieces: a string of Node's holds 512 MB at most, and results grow with the runs. */

test('the pieces are what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.anything({ maxDepth: 5, withDate: false }), (value) => {
      const written = [...pieceJson({ value })].join('');
      expect(written).toBe(JSON.stringify({ value }, null, 2));
    }),
    { numRuns: 300 },
  );
});

test('no piece holds more than one list or object of single values, however many there are', () => {
  const series = Array.from({ length: 20 }, (_, i) => ({
    id: i,
    points: Array.from({ length: 500 }, (_, j) => ({ j })),
  }));
  const pieces = [...pieceJson({ series, lazy: new LazyList(500, (j) => ({ j })) })];
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(100);
});
