import { describe, expect, test } from 'vitest';
import { createBiller } from '../../src/cost/bill.ts';
import { findPrices } from '../../src/cost/built-in-prices.ts';
import { parsePriceTable } from '../../src/cost/parse-price-table.ts';
import { type PricedRun, priceRuns } from '../../src/cost/price-runs.ts';
import type { PriceTable } from '../../src/cost/price-table.ts';

const OWN = { usdPerGbSecond: 2, usdPerMillionRequests: 0, stepMs: 1, billsStartup: false };
const parse = (over: object) => parsePriceTable(JSON.stringify({ ...OWN, ...over }), 'own.json');
const sizes = (...own: object[]) => ({ usdPerGbSecond: null, sizes: own });

describe('a price table', () => {
  test('has what is left out by default, and may begin with a byte order mark', () => {
    expect(parsePriceTable(`\uFEFF${JSON.stringify(OWN)}`, 'own.json')).toEqual({
      ...OWN,
      name: 'own.json',
      source: null,
      date: null,
      region: null,
      sizes: null,
      memoryStepMb: 1,
      mostMemoryMb: null,
      leastMs: 0,
    });
  });

  test.each([
    [{ usdPerGbSecond: -1 }, 'usdPerGbSecond: a number of 0 or more is expected'],
    [{ usdPerMillionRequests: -1 }, 'usdPerMillionRequests: a number of 0 or more is expected'],
    [{ leastMs: -1 }, 'leastMs: a number of 0 or more is expected'],
    [{ stepMs: 0 }, 'stepMs: a number above 0 is expected'],
    [{ memoryStepMb: 0 }, 'memoryStepMb: a number above 0 is expected'],
    [{ mostMemoryMb: -1 }, 'mostMemoryMb: a number above 0 is expected'],
    [{ billsStartup: undefined }, 'billsStartup: it is missing'],
    [sizes(), 'sizes: it is empty'],
    [sizes({ memoryMb: 0, usdPerSecond: 1 }), 'sizes[0].memoryMb: a number above 0 is expected'],
    [sizes({ memoryMb: 1, usdPerSecond: -1 }), 'sizes[0].usdPerSecond: a number of 0 or more is expected'],
    [sizes({ memoryMb: 1, usdPerSecond: null }), 'sizes[0].usdPerSecond: a number is expected'],
    [{ usdPerGbSecond: 1e308 }, 'usdPerGbSecond: a number of 1000000000 at most is expected'],
    [{ leastMs: 1e300 }, 'leastMs: a number of 1000000000 at most is expected'],
  ])('of %j is refused', (over, problem) => {
    expect(() => parse(over)).toThrow(`--prices 'own.json' is no price table: ${problem}`);
  });

  test.each(['{"usdPerGbSecond": NaN}', '', ' \n', '\u0000'])('of %j is no JSON', (text) => {
    expect(() => parsePriceTable(text, 'own.json')).toThrow('it is no JSON');
  });
});

describe('a bill', () => {
  test('of Azure is for memory in steps of 128 MB', () => {
    const bill = createBiller(findPrices('azure-functions-consumption') as PriceTable, []);
    const of = (memoryMb: number) => bill({ sessions: [[memoryMb, 1000, null]], prewarmsMb: [] });
    expect(of(129)).toEqual(of(256));
    expect(of(129)).toMatchObject({ executionUsd: 0.25 * 0.000016 });
  });

  test('of a prewarm is by the median of all cold starts of its size, those of 0 ms too', () => {
    const sessions = [0, 0, 300].map((coldMs): [number, number, number] => [1024, 1000, coldMs]);
    const bill = createBiller({ ...parse({}), billsStartup: true }, [{ sessions, prewarmsMb: [] }]);
    expect(bill({ sessions: [], prewarmsMb: [1024] })).toMatchObject({ prewarmUsd: 0 });
  });

  test('is not made of a run that tells nothing of what it used', () => {
    const run = { measurements: {} } as unknown as PricedRun;
    expect(priceRuns([run], parse({}))).toEqual([{ measurements: { cost: 'not-priced' } }]);
    expect(priceRuns([run], null)).toEqual([run]);
  });
});
