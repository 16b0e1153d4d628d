import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { SAMPLES } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';
import { ROOT } from '../spawn-wfa.ts';

const scratch = makeScratch();
const STORE = join(ROOT, 'test/fixtures/engine-store.rdb');
const parse = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const exported = parse(gunzipSync(readFileSync(join(ROOT, 'test/fixtures/engine-store.ndjson.gz'))).toString());
const inScratch = (args: readonly string[], input?: Uint8Array) =>
  askWfa(['import', ...args], { cwd: scratch.directory, ...(input ? { input } : {}) });

test('a snapshot of the store becomes its runs’ records: plain, packed, to standard output, from standard input', async () => {
  const [plain, packed, piped] = await Promise.all([
    inScratch([STORE, '-o', 'plain.ndjson']),
    inScratch(['-d', STORE, '-o', 'packed.ndjson.gz']),
    inScratch(['-', '-o', '-'], readFileSync(STORE)),
  ]);
  expect(plain).toEqual({ status: 0, stdout: '', stderr: 'wfa: 4 runs written to plain.ndjson\n' });
  expect(packed).toEqual({ status: 0, stdout: '', stderr: 'wfa: 4 runs written to packed.ndjson.gz\n' });
  expect(piped).toMatchObject({ status: 0, stderr: 'wfa: 4 runs written to standard output\n' });
  expect(parse(piped.stdout)).toEqual(exported);
  expect(readFileSync(scratch.path('plain.ndjson'), 'utf8')).toBe(piped.stdout);
  expect(gunzipSync(readFileSync(scratch.path('packed.ndjson.gz'))).toString()).toBe(piped.stdout);
  expect(scratch.list()).toEqual(['packed.ndjson.gz', 'plain.ndjson']);
});

test('a snapshot analyses like its export', async () => {
  const export_ = scratch.path('export.ndjson');
  await inScratch([STORE, '-o', export_]);
  const [fromStore, fromExport] = await Promise.all(
    [STORE, export_].map((uri) => askWfa(['runs', '-d', uri, '-f', 'csv'])),
  );
  expect(fromStore?.status).toBe(0);
  expect(fromStore).toEqual(fromExport);
});

test('run records pass through unchanged, each run once; what is no record is listed', async () => {
  const records = parse(gunzipSync(readFileSync(join(SAMPLES, 'older.ndjson.gz'))).toString()).slice(0, 3);
  const lines = records.map((record) => JSON.stringify(record));
  mkdirSync(scratch.path('shards'));
  writeFileSync(scratch.path('shards/a.ndjson'), `${lines[0]}\n{"a":\n${lines[1]}\n{"name": 1}\n`);
  writeFileSync(scratch.path('shards/b.json'), `[${lines[1]}, ${lines[2]}]`);
  writeFileSync(scratch.path('shards/c.json'), '{"name": 1}\n');
  const { status, stdout, stderr } = await inScratch(['shards']);
  expect(stdout).toBe(`${lines.join('\n')}\n`);
  expect(status).toBe(0);
  expect(stderr.trimEnd().split('\n')).toEqual([
    'wfa: shards/a.ndjson:2:6: broken JSON: the record ends too early',
    'wfa: shards/a.ndjson:4: not a run record of any kind that is read (wfa help formats lists them)',
    `wfa: shards/b.json:1: run ${records[1].master_dag_id} again: left out`,
    'wfa: skipped shards/c.json: no run records',
    'wfa: 3 runs written to standard output, 3 problems',
  ]);
  expect((await inScratch(['shards', '--strict'])).status).toBe(2);
});

test.each([
  ['a file that is none', ['missing.rdb'], /Cannot read missing.rdb: there is no such file/],
  ['no run records', [join(ROOT, 'package.json')], /holds no run records/],
  ['a cut snapshot', ['cut.rdb'], /Cannot read cut.rdb: the Redis snapshot ends too early/],
  ['a damaged snapshot', ['damaged.rdb'], /Cannot read damaged.rdb: it is a Redis snapshot, but/],
  ['an ending that wfa does not write', [STORE, '-o', 'runs.csv'], /wfa writes no .csv/],
  [
    'a directory that is missing',
    [STORE, '-o', 'missing/runs.ndjson'],
    /Cannot write missing\/runs.ndjson: its directory does not exist/,
  ],
  ['no input', [], /No data named/],
] as const)('%s: status 2, and a file that was there stays', async (_, args, problem) => {
  const store = readFileSync(STORE);
  writeFileSync(scratch.path('cut.rdb'), store.subarray(0, 100_000));
  writeFileSync(
    scratch.path('damaged.rdb'),
    store.map((byte, i) => (i === 5000 ? byte ^ 1 : byte)),
  );
  writeFileSync(scratch.path('there.ndjson'), 'before');
  const output = args.some((arg) => arg === '-o') ? [] : ['-o', 'there.ndjson'];
  const { status, stdout, stderr } = await inScratch([...args, ...output]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(problem);
  expect(readFileSync(scratch.path('there.ndjson'), 'utf8')).toBe('before');
  expect(scratch.list().filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
