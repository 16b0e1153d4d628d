import fc from 'fast-check';
import { expect, test } from 'vitest';
import { argsort } from '../../src/model/argsort.ts';

const byComparison = (numbers: readonly number[]) =>
  numbers.map((_, i) => i).sort((a, b) => (numbers[a] as number) - (numbers[b] as number) || a - b);

test('gives the positions in ascending order, equal numbers in theirs', () => {
  expect([...argsort(Float64Array.of(3, -1, 3, 0, -0, Number.POSITIVE_INFINITY))]).toEqual([1, 3, 4, 0, 2, 5]);
});

test('few and many numbers are sorted alike', () => {
  const numbers = fc.array(fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: -3, max: 3 })), { maxLength: 50 });
  fc.assert(
    fc.property(numbers, (some) => {
      // 5,000 numbers go through the radix sort, 50 through the comparison sort.
      const many = Array.from({ length: 5000 }, (_, i) => some[i % Math.max(1, some.length)] ?? 0);
      for (const list of [some, many]) expect([...argsort(Float64Array.from(list))]).toEqual(byComparison(list));
    }),
    { numRuns: 20 },
  );
});
