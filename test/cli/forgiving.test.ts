import { mkdirSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { compareDefinition } from '../../src/analyses/compare/index.ts';
import { parseArm } from '../../src/analyses/design/arms.ts';
import { preloadDefinition } from '../../src/analyses/preload/index.ts';
import { prewarmDefinition } from '../../src/analyses/prewarm/index.ts';
import { runDefinition } from '../../src/analyses/run/index.ts';
import { completeFlags } from '../../src/cli/complete-flags.ts';
import { readConfig } from '../../src/cli/config.ts';
import type { Io } from '../../src/cli/io.ts';
import { sortArguments } from '../../src/cli/name-data.ts';
import { outputFormat, parseData } from '../../src/cli/options.ts';
import { askWfa } from '../ask-wfa.ts';
import { makeScratch } from '../scratch.ts';

const scratch = makeScratch();
const spaced = scratch.path('two words.ndjson');
scratch.write('two words.ndjson', '');
scratch.write('plain.ndjson', '');
mkdirSync(scratch.path('uniform'));
const plain = scratch.path('plain.ndjson');
const IO = { env: {} } as unknown as Io;

describe('arguments', () => {
  test.each([
    ['a file that exists', [plain], []],
    ['a file that ought to exist', ['missing.ndjson.gz'], []],
    ['a folder with its path', [scratch.path('uniform')], []],
    ['a pattern', ['runs/*.gz'], []],
    ['a bundled sample', ['sample:newer'], []],
    ['places elsewhere', ['s3://bucket/key', 'https://host/runs', 'redis://host', '-'], []],
    ['data with a label', [`old=${plain}`], []],
    ['planners and arms', [], ['uniform', 'WUKONGPlanner-opt', 'planner=uniform,sla=p50']],
  ])('%s', async (_, data, names) => {
    expect(await sortArguments(['uniform', 'non-uniform', ...data, ...names], 2)).toEqual({
      names: ['uniform', 'non-uniform', ...names],
      data,
    });
  });
});

describe('what was given', () => {
  const complete = (definition: typeof compareDefinition, args: readonly string[], flags = {}, options = {}) =>
    completeFlags(definition, { arguments: args, options }, flags, IO);

  it('has data where they belong, also what the shell made of a pattern behind -d or --facts', async () => {
    const { raw, flags } = await complete(compareDefinition, [plain, 'a', 'b'], { data: ['first.gz'] });
    expect({ raw, flags }).toMatchObject({ raw: { arguments: ['a', 'b'] }, flags: { data: ['first.gz', plain] } });
    expect((await complete(compareDefinition, ['a', 'b', plain], { facts: ['f.ndjson'] })).flags).toEqual({
      facts: ['f.ndjson', plain],
    });
  });

  it('takes planners by position everywhere', async () => {
    expect((await complete(prewarmDefinition, ['uniform', 'sla=p50'])).flags).toMatchObject({
      planner: ['uniform'],
      where: ['sla=p50'],
    });
    expect((await complete(preloadDefinition, ['uniform-opt'])).raw.options).toEqual({ planner: 'uniform-opt' });
  });

  it('refuses what is one too many', async () => {
    await expect(complete(runDefinition, ['17', '18'])).rejects.toThrow("wfa run takes one name: '18' is one too many");
    await expect(complete(preloadDefinition, ['a', 'b'])).rejects.toMatchObject({
      message: 'wfa preload looks at one planner: a and b are two',
      hint: 'As in: wfa preload a --against b',
    });
  });
});

describe('an output', () => {
  test.each([
    ['x.json', 'json'],
    ['x.NDJSON', 'ndjson'],
    ['x.csv', 'csv'],
    ['x.md', 'markdown'],
    ['x.svg', 'svg'],
    ['x.vl.json', 'vega-lite'],
    ['x', 'table'],
    ['x.txt', 'table'],
    [null, 'table'],
  ])('%s is written as %s', (path, format) => {
    expect(outputFormat(path)).toBe(format);
  });

  test.each(['x.parquet', 'x.csv.gz', 'x.html', 'x.xlsx'])('%s is refused, and the hint leads on', (path) => {
    expect(() => outputFormat(path)).toThrow(
      expect.objectContaining({ code: 'bad-option', hint: expect.stringMatching(/FILE\.\w+/) }),
    );
  });
});

describe('WFA_DATA', () => {
  test.each([
    ['sample:newer,sample:older', ['sample:newer', 'sample:older']],
    [spaced, [spaced]],
    [`"${spaced}" 'b c' d`, [spaced, 'b c', 'd']],
  ])('%s', async (text, uris) => {
    expect((await parseData(undefined, { WFA_DATA: text })).map(({ uri }) => uri)).toEqual(uris);
  });
});

describe('an arm', () => {
  it('has several values of a key: a part without = is one more', () => {
    expect(parseArm('planner=uniform,uniform-opt,sla=p50').clauses).toEqual([
      { key: 'planner', asked: 'uniform', negated: false },
      { key: 'planner', asked: 'uniform-opt', negated: false },
      { key: 'sla', asked: 'p50', negated: false },
    ]);
    expect(() => parseArm('sla=p50,')).toThrow('is not of the form key=value');
  });
});

describe('a configuration', () => {
  const folder = (name: string, files: Record<string, unknown>) => {
    mkdirSync(scratch.path(`${name}/deep`), { recursive: true });
    for (const [file, json] of Object.entries(files)) {
      scratch.write(`${name}/${file}`, typeof json === 'string' ? json : JSON.stringify(json));
    }
    return scratch.path(name);
  };

  it('is found upwards; its paths are seen from its own folder', async () => {
    const root = folder('own', { 'wfa.config.json': { data: 'runs.gz', planner: ['a'], theme: 'paper' } });
    expect(await readConfig(`${root}/deep`)).toEqual({ data: [`${root}/runs.gz`], planner: ['a'], theme: 'paper' });
    const packaged = folder('packaged', { 'package.json': { name: 'x', wfa: { data: ['new=sample:newer'] } } });
    expect(await readConfig(packaged)).toEqual({ data: ['new=sample:newer'] });
  });

  it('is passed over where a package.json is none of its business', async () => {
    expect(await readConfig(folder('other', { 'package.json': '{ broken' }))).toEqual({});
  });

  it('names the prices of costs that are asked for, which --prices goes before, and asks for none', async () => {
    const root = folder('priced', {
      'wfa.config.json': { data: 'sample:newer', prices: 'own.json' },
      'own.json': { name: 'own prices', usdPerGbSecond: 2, usdPerMillionRequests: 0, stepMs: 1, billsStartup: false },
    });
    const ask = async (...args: string[]) => (await askWfa(args, { cwd: root })).stdout;
    const arms = ['compare', 'uniform', 'non-uniform'];
    const [costs, given, none] = await Promise.all([
      ask(...arms, '--metric', 'cost'),
      ask(...arms, '--metric', 'cost', '--prices', 'gcp-functions'),
      ask(...arms),
    ]);
    expect(costs).toContain('own prices');
    expect(given).not.toContain('own prices');
    expect(none).not.toMatch(/own prices|the prices of/);
  });

  test.each([
    ['unknown', { plannr: 'a' }, /plannr/],
    ['mistyped', { theme: 'blue' }, /theme: /],
    ['broken', '{', /is no JSON/],
  ])('that is %s is refused with its path and its keys', async (name, json, message) => {
    await expect(readConfig(folder(name, { 'wfa.config.json': json }))).rejects.toThrow(message);
  });
});
