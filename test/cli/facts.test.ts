import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { readSample } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';

const scratch = makeScratch();
const lines = [...readSample('older'), ...readSample('newer')].map((record) => `${JSON.stringify(record)}\n`);

/** One of the files is broken in the middle, and one run is in two of them. */
const SHARDS = [0, 1, 2, 3].map((shard) => {
  const own = lines.filter((_, i) => i % 4 === shard);
  const odd = shard === 1 ? ['{"broken\n', lines[0] as string] : [];
  return scratch.write(`shard-${shard}.ndjson`, [...own.slice(0, 3), ...odd, ...own.slice(3)].join(''));
});

const QUESTIONS = [
  ['compare', 'uniform', 'non-uniform', '--metric', 'all', '--workflow', 'gemm'],
  ['accuracy'],
  ['preload', '--planner', 'uniform-opt', '--since', '2026-11-01'],
  ['breakdown', '--include-unplanned'],
  ['runs', '--list'],
];

const dataOf = (paths: readonly string[]) => paths.flatMap((path) => ['-d', path]);

describe('facts extracted file by file give the same bytes as the data', () => {
  test.each(QUESTIONS)('%s', { timeout: 60_000 }, async (...question) => {
    const extract = (paths: readonly string[], path: string) =>
      askWfa(['extract', ...question, ...dataOf(paths), '-o', scratch.path(path)]);
    const direct = await askWfa([...question, ...dataOf(SHARDS), '-f', 'json']);
    expect(direct.status, direct.stderr).toBe(0);

    await Promise.all(SHARDS.map((shard, i) => extract([shard], `${question[0]}-${i}.ndjson`)));
    const apart = [0, 1, 2, 3].flatMap((i) => ['--facts', scratch.path(`${question[0]}-${i}.ndjson`)]);
    expect(await askWfa([...question, ...apart, '-f', 'json'])).toEqual(direct);

    // References of a file are to its own texts, whichever files stand before it.
    const texts = [3, 0, 2, 1].map((i) => readFileSync(scratch.path(`${question[0]}-${i}.ndjson`), 'utf8'));
    const turned = await askWfa([...question, ...dataOf([3, 0, 2, 1].map((i) => SHARDS[i] as string)), '-f', 'json']);
    const joined = scratch.write(`${question[0]}-joined.ndjson`, texts.join(''));
    expect(await askWfa([...question, '--facts', joined, '-f', 'json'])).toEqual(turned);

    const packed = await extract(SHARDS, `${question[0]}.ndjson.gz`);
    expect(packed).toMatchObject({ status: 0, stdout: '' });
    expect(packed.stderr).toContain('broken JSON');
    expect(await askWfa([...question, '--facts', scratch.path(`${question[0]}.ndjson.gz`), '-f', 'json'])).toEqual(
      direct,
    );
  });
});

describe('facts that cannot be used', () => {
  const COMPARE = ['compare', 'uniform', 'non-uniform'];
  const facts = scratch.path('facts.ndjson');
  const made = askWfa(['extract', ...COMPARE, '-d', 'sample:', '-o', facts]).then(() => readFileSync(facts, 'utf8'));

  test.each([
    ['other arguments', ['compare', 'uniform', 'wukong'], 'answer another question'],
    ['other filters', [...COMPARE, '--workflow', 'gemm'], 'answer another question'],
    ['another analysis', ['sla'], 'They are for wfa compare'],
    ['data beside them', [...COMPARE, '-d', 'sample:'], 'exclude each other'],
  ])('%s', async (_, question, words) => {
    await made;
    const { status, stdout, stderr } = await askWfa([...question, '--facts', facts]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(words);
  });

  test.each([
    ['cut at the end of a line', (text: string) => text.slice(0, text.indexOf('\n', text.length / 2) + 1), 'was cut'],
    ['cut in a line', (text: string) => text.slice(0, text.length / 2), 'is damaged'],
    ['with a figure changed', (text: string) => text.replace(/"makespan":\d/, '"makespan":9'), 'were changed'],
    [
      'with a figure that is none',
      (text: string) => text.replace(/"makespan":[\d.]+/, '"makespan":{}'),
      'were changed',
    ],
    ['with traits that no line told of', (text: string) => text.replace(/"traits":0/, '"traits":999'), 'is damaged'],
    [
      'with a run that is none',
      (text: string) => text.replace(/\n\{"run":.*/, '\n{"run":null,"facts":1}'),
      'is damaged',
    ],
    [
      'with a reference to no text',
      (text: string) => text.replace(/"origin":\{"uri":"[^"]*"/, '"origin":{"uri":"@9"'),
      'is damaged',
    ],
    ['without one of the runs', (text: string) => text.replace(/\n\{"run":.*/, ''), 'were changed'],
    ['of another wfa', (text: string) => text.replace('"wfa":"', '"wfa":"9.'), 'were extracted by wfa 9.'],
    ['run records', () => lines.join(''), 'holds no facts'],
    ['a text', () => 'hello\n', 'holds no facts'],
  ])('%s', async (name, spoil, words) => {
    const path = scratch.write(`${name}.ndjson`, spoil(await made));
    const { status, stdout, stderr } = await askWfa([...COMPARE, '--facts', path]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(words);
  });
});
