import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { readSample } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';
import type { SpawnOptions } from '../spawn-wfa.ts';

const scratch = makeScratch();
const QUESTION = ['compare', 'uniform', 'uniform-opt', '--metric', 'cost'];
const OWN = { usdPerGbSecond: 2, usdPerMillionRequests: 0, stepMs: 1, billsStartup: false };

const writeTable = (name: string, over: object): string =>
  scratch.write(`${name}.json`, JSON.stringify({ ...OWN, ...over }));

/** What `wfa compare` says of the cost, and by which table. */
async function compare(more: readonly string[], options?: SpawnOptions) {
  const { status, stdout, stderr } = await askWfa([...QUESTION, ...more, '-f', 'json'], options);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { result } = JSON.parse(stdout);
  const [comparison] = result.comparisons;
  return { prices: result.prices.name as string, unit: comparison.unit, overall: comparison.overall, stdout };
}

test.each([
  ['an unknown key', JSON.stringify({ ...OWN, usdPerGb: 2 }), "unknown key 'usdPerGb'"],
  [
    'a negative price',
    JSON.stringify({ ...OWN, usdPerGbSecond: -1 }),
    'usdPerGbSecond: a number of 0 or more is expected',
  ],
  ['a step of 0', JSON.stringify({ ...OWN, stepMs: 0 }), 'stepMs: a number above 0 is expected'],
  ['a text for a number', JSON.stringify({ ...OWN, stepMs: '1' }), 'stepMs: a number is expected'],
  [
    'no price',
    JSON.stringify({ ...OWN, usdPerGbSecond: null }),
    'it needs either usdPerGbSecond or sizes, and has neither',
  ],
  [
    'two kinds of price',
    JSON.stringify({ ...OWN, sizes: [{ memoryMb: 512, usdPerSecond: 1 }] }),
    'it needs either usdPerGbSecond or sizes, and has both',
  ],
  [
    'a size twice',
    JSON.stringify({
      ...OWN,
      usdPerGbSecond: null,
      sizes: [512, 512].map((memoryMb) => ({ memoryMb, usdPerSecond: 1 })),
    }),
    'sizes has 512 MB twice',
  ],
  ['a missing key', '{"usdPerGbSecond": 2, "usdPerMillionRequests": 0, "stepMs": 1}', 'billsStartup: it is missing'],
  ['a list', '[]', 'an object is expected'],
  ['no JSON', 'hello', 'it is no JSON'],
  ['nothing', '', 'it is no JSON'],
])('a price file with %s is refused in one sentence', async (_, text, problem) => {
  const path = scratch.write('bad-prices.json', text);
  const { status, stdout, stderr } = await askWfa([...QUESTION, '--prices', path, '-d', 'sample:']);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr.split('\n')[0]).toBe(`wfa: --prices '${path}' is no price table: ${problem}`);
});

test('a size without a price, a missing file, a directory and prices for nothing are refused in one sentence', async () => {
  const first = async (...args: string[]) => {
    const { status, stdout, stderr } = await askWfa([...args, '-d', 'sample:']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    return stderr
      .split('\n')
      .slice(0, 2)
      .map((line) => line.trim());
  };
  const sizes = writeTable('sizes', { usdPerGbSecond: null, sizes: [{ memoryMb: 513, usdPerSecond: 1 }] });
  expect(await first(...QUESTION, '--prices', sizes)).toEqual([
    expect.stringMatching(/^wfa: --prices: .*sizes\.json has no price for workers of \d+ MB$/),
    'It has 513 MB.',
  ]);
  expect(await first(...QUESTION, '--prices', 'gcp-function')).toEqual([
    "wfa: --prices 'gcp-function': there is neither a table nor a file of that name",
    expect.stringMatching(/^Did you mean gcp-functions\? The tables are aws-lambda-x86, /),
  ]);
  const folder = scratch.path('folder.json');
  mkdirSync(folder);
  expect((await first(...QUESTION, '--prices', folder))[0]).toBe(
    `wfa: --prices '${folder}' cannot be read: it is a directory`,
  );
  expect(await first('compare', 'uniform', 'uniform-opt', '--prices', 'gcp-functions')).toEqual([
    'wfa: --prices is given, but no metric is a cost',
    'Add --metric cost.',
  ]);
});

test('gates are set on the cost', async () => {
  const asked = [...QUESTION, '-d', 'sample:newer'];
  const { overall } = await compare(['-d', 'sample:newer']);
  const [low, high] = [overall.ciLow * 100, overall.ciHigh * 100];
  const gate = (bound: number) => askWfa([...asked, '--fail-on', `cost>${bound < 0 ? '' : '+'}${bound.toFixed(2)}%`]);
  expect((await gate(high + 1)).status).toBe(0);
  expect((await gate((low + high) / 2)).status).toBe(3);
});

test('facts are taken from runs once, and priced by any table', async () => {
  const facts = scratch.path('facts.ndjson.gz');
  const own = writeTable('own', { name: 'mine' });
  expect((await askWfa(['extract', ...QUESTION, '-d', 'sample:newer', '-o', facts])).status).toBe(0);
  for (const prices of ['gcp-functions', 'azure-functions-consumption', own]) {
    const direct = await compare(['-d', 'sample:newer', '--prices', prices]);
    const fromFacts = await compare(['--facts', facts, '--prices', prices]);
    expect(fromFacts.overall).toEqual(direct.overall);
    expect(fromFacts.prices).toBe(prices === own ? 'mine' : prices);
  }
});

/** Writes the newer sample with blanks behind it: only large inputs are remembered. */
const writeLarge = (): string => {
  const records = readSample('newer').map((record) => `${JSON.stringify(record)}\n`);
  return scratch.write('large.ndjson', `${records.join('')}${' '.repeat(2e6)}\n`);
};

test('the cache answers for another table with its own figures, as does a table whose file has changed', async () => {
  const data = writeLarge();
  const env = { XDG_CACHE_HOME: scratch.path('cache') };
  const ask = (prices: string, ...more: string[]) => compare(['-d', data, '--prices', prices, ...more], { env });
  const table = writeTable('changing', { usdPerGbSecond: 2 });
  const first = await ask(table);
  writeTable('changing', { usdPerGbSecond: 2, usdPerMillionRequests: 1e6 });
  const second = await ask(table);
  expect(second.overall).toEqual((await ask(table, '--no-cache')).overall);
  expect(second.overall).not.toEqual(first.overall);
  expect((await ask('gcp-functions')).overall).toEqual((await ask('gcp-functions', '--no-cache')).overall);
  expect(first.unit).toBe('usd');
});

test('a ranking is asked for a front of costs by --prices, also where facts of recorded usage are kept', async () => {
  const data = writeLarge();
  const env = { XDG_CACHE_HOME: scratch.path('rank-cache') };
  const front = async (more: readonly string[]) => {
    const { stdout } = await askWfa(['rank', '--data', data, '-f', 'json', ...more], { env });
    const { costMetric, pareto, prices } = JSON.parse(stdout).result;
    return { costMetric, prices: prices?.name ?? null, costs: pareto.map(({ cost }: { cost: number }) => cost) };
  };
  const recorded = await front([]);
  const [arm, x86] = [await front(['--prices', 'aws-lambda-arm']), await front(['--prices', 'aws-lambda-x86'])];
  expect([recorded.costMetric, arm.costMetric, x86.costMetric]).toEqual(['resource-usage', 'cost', 'cost']);
  expect([recorded.prices, arm.prices]).toEqual([null, 'aws-lambda-arm']);
  expect(x86.costs[0]).toBeGreaterThan(arm.costs[0]);
  expect(x86.costs[0]).toBeLessThan(recorded.costs[0]);
});

test('facts of a ranking without prices do not answer for a front of costs', async () => {
  const facts = scratch.path('rank-facts.ndjson');
  await askWfa(['extract', 'rank', '--data', 'sample:newer', '-o', facts]);
  const { status, stderr } = await askWfa(['rank', '--facts', facts, '--prices', 'aws-lambda-arm']);
  expect(status).toBe(2);
  expect(stderr).toContain('answer another question');
});
