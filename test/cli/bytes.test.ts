import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeScratch } from '../scratch.ts';
import { wfa } from '../spawn-wfa.ts';

const scratch = makeScratch();

const EXTRACT = ['extract', 'compare', 'uniform', 'non-uniform'];

test('an empty partition has facts of nothing, and facts of several files joined in one are all of them', async () => {
  const nothing = await wfa([...EXTRACT, '--data', '-', '-o', '-']);
  expect(nothing.status).toBe(0);
  const some = await wfa([...EXTRACT, '--data', 'sample:newer', '-o', '-']);
  const joined = scratch.path('joined.ndjson');
  writeFileSync(joined, nothing.stdout + some.stdout + nothing.stdout);
  const alone = scratch.path('alone.ndjson');
  writeFileSync(alone, some.stdout);
  const ask = (path: string) => wfa(['compare', 'uniform', 'non-uniform', '--facts', path, '-f', 'csv']);
  expect((await ask(joined)).stdout).toBe((await ask(alone)).stdout);
  writeFileSync(joined, some.stdout + some.stdout.replace('UniformPlanner', 'UniformPlannes'));
  expect(await ask(joined)).toMatchObject({ status: 2 });
});

test('300,000 short lines in a foreign file do not take the folder down', async () => {
  mkdirSync(scratch.path('folder'));
  await wfa(['convert', 'sample:newer', '-o', scratch.path('folder/a.ndjson')]);
  scratch.write('folder/b.ndjson', '{}\n'.repeat(300_000));
  const found = await wfa(['runs', '-d', scratch.path('folder')]);
  expect(found.status).toBe(0);
  expect(found.stdout).toMatch(/^100 runs/);
});

test('bytes that only begin like Parquet are refused', async () => {
  const found = await wfa(['runs', '-d', '-'], {
    input: Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(80_000_000)]),
  });
  expect(found).toMatchObject({ status: 2, stderr: expect.stringContaining('it was cut') });
});
