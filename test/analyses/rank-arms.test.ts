import { expect, test } from 'vitest';
import { rankArms } from '../../src/analyses/rank/contrasts.ts';
import { arrangeField } from '../../src/analyses/rank/design.ts';

test('more arms than can be held against each other are refused', () => {
  const ask = (count: number) => arrangeField({} as never, Array(count).fill({}), {} as never);
  expect(() => ask(201)).toThrowError(expect.objectContaining({ code: 'too-large' }));
  expect(() => ask(200)).not.toThrowError(expect.objectContaining({ code: 'too-large' }));
});

test('an arm lies behind those that are told better and before those that are told worse', () => {
  const pairs = [
    { first: 0, second: 1, better: 1 },
    { first: 0, second: 2, better: 2 },
    { first: 1, second: 2, better: null },
  ];
  expect(rankArms(3, pairs as never)).toEqual([
    { low: 3, high: 3 },
    { low: 1, high: 2 },
    { low: 1, high: 2 },
  ]);
});
