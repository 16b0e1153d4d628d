import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { colourLevel, type Io } from '../../src/cli/io.ts';
import { askWfa } from '../ask-wfa.ts';
import { readSample } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';
import { BIN, ROOT, spawnToEnd, wfa } from '../spawn-wfa.ts';

const scratch = makeScratch();
const lines = readSample('newer').map((record) => JSON.stringify(record));
const [first, second] = lines as [string, string];

describe('a shard that cannot be read is an error under --strict, one that holds something else is not', () => {
  const pretty = JSON.stringify(JSON.parse(second), null, 2);
  const cases: readonly (readonly [string, string, string | Uint8Array, number])[] = [
    ['cut', 'b.ndjson', second.slice(0, 9000), 2],
    ['cut, over several lines', 'b.json', pretty.slice(0, 9000), 2],
    ['an array that was cut', 'b.json', `[${second.slice(0, 9000)}`, 2],
    ['its first half lost', 'b.ndjson', second.slice(9000), 2],
    ['zeros', 'b.ndjson', Buffer.alloc(5000), 2],
    ['cut behind something else', 'b.ndjson', `{"a": 1}\n${second.slice(0, 9000)}`, 2],
    ['cut, packed whole', 'b.ndjson.gz', gzipSync(second.slice(0, 9000)), 2],
    ['empty', 'b.ndjson', '', 0],
    ['something else', 'b.json', '{"name": "notes"}', 0],
    ['whole', 'b.ndjson', second, 0],
  ];

  test.each(cases)('%s', async (name, file, content, status) => {
    const folder = scratch.path(name);
    mkdirSync(folder);
    writeFileSync(`${folder}/a.ndjson`, `${first}\n`);
    writeFileSync(`${folder}/${file}`, content);
    for (const command of [['runs'], ['extract', 'runs'], ['convert']]) {
      const strict = await askWfa([...command, '-d', folder, '--strict']);
      expect({ command, status: strict.status }).toEqual({ command, status });
      if (name !== 'whole') expect(strict.stderr).toContain(`${folder}/${file}`);
      expect((await askWfa([...command, '-d', folder])).status).toBe(0);
    }
  });

  test('what is passed over is in the report too', async () => {
    const folder = scratch.path('report');
    mkdirSync(`${folder}/.hidden`, { recursive: true });
    for (const name of ['a.ndjson', '.hidden/b.ndjson', 'c.json'])
      writeFileSync(`${folder}/${name}`, name[0] === 'a' ? first : '{}');
    const { status, stdout, stderr } = await askWfa(['runs', '-d', folder, '-f', 'json', '--strict']);
    expect(JSON.parse(stdout).skippedInputs).toEqual([`${folder}/.hidden/b.ndjson`, `${folder}/c.json`]);
    expect(stderr).toBe(
      `wfa: skipped, hidden: ${folder}/.hidden/b.ndjson\nwfa: skipped, no run records: ${folder}/c.json\n`,
    );
    expect(status).toBe(0);
  });
});

test.skipIf(process.getuid?.() !== 0)(
  'a folder that may not be read is named below a directory and a glob',
  async () => {
    const folder = scratch.path('denied');
    mkdirSync(`${folder}/sub`, { recursive: true });
    writeFileSync(`${folder}/a.ndjson`, `${first}\n`);
    writeFileSync(`${folder}/sub/b.ndjson`, `${second}\n`);
    chmodSync(scratch.directory, 0o755);
    chmodSync(`${folder}/sub`, 0o000);
    for (const data of [folder, `${folder}/**/*.ndjson`, `${folder}/*/*.ndjson`]) {
      const args = [
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        process.execPath,
        BIN,
        'runs',
        '-d',
        data,
        '--strict',
      ];
      const { status, stderr } = await spawnToEnd('setpriv', args);
      expect(stderr).toContain(`${folder}/sub`);
      expect(stderr).toContain('permission denied');
      expect(status).toBe(2);
    }
    chmodSync(`${folder}/sub`, 0o755);
  },
);

test('a directory of Hive is data, with its whole name as label', async () => {
  mkdirSync(scratch.path('hive/workflow=gemm/day=2'), { recursive: true });
  writeFileSync(scratch.path('hive/workflow=gemm/day=2/a.ndjson'), `${first}\n`);
  writeFileSync(scratch.path('hive/plain.ndjson'), `${second}\n`);
  const label = async (data: string) => {
    const { stdout } = await askWfa(['runs', '-d', data, '-f', 'json'], { cwd: scratch.path('hive') });
    return JSON.parse(stdout).inputs[0].label;
  };
  expect(await label('workflow=gemm')).toBe('workflow=gemm');
  expect(await label('workflow=*/*/*.ndjson')).toBe('workflow=*/*/*.ndjson');
  expect(await label('mine=workflow=gemm/day=2')).toBe('mine');
  expect(await label('workflow=plain.ndjson')).toBe('workflow');
  expect(await label('workflow=*.ndjson')).toBe('workflow');
});

test('sixteen threads warn of nothing', async () => {
  const data = scratch.write('many.ndjson', Array(4).fill(lines.join('\n')).join('\n'));
  const { status, stderr } = await wfa(['runs', '-d', data, '--threads', '16', '-f', 'json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

describe('standard input that cannot be read', () => {
  test.each([
    [
      'open for writing only',
      () => openSync(scratch.path('written'), 'w'),
      /Cannot read standard input: it is not open for reading/,
    ],
    ['a directory', () => openSync(scratch.directory, 'r'), /Standard input is empty/],
  ])('%s', async (_, open, message) => {
    const child = spawn(process.execPath, [BIN, 'runs', '-d', '-'], { stdio: [open(), 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr?.on('data', (text) => {
      stderr += text;
    });
    const [status] = await once(child, 'close');
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});

test.skipIf(process.platform !== 'linux').each([19, 20, 22, 24, 26, 28, 30, 34, 40])(
  '%i file descriptors are enough, or too few in words',
  async (count) => {
    // Node 22 itself needs more than 20.
    const limited = (...args: string[]) =>
      spawnToEnd('bash', ['-c', `ulimit -n ${count}; exec "$@"`, 'bash', process.execPath, ...args]);
    if ((await limited('-e', '0')).status !== 0) return;
    const data = scratch.write('few.ndjson', lines.join('\n'));
    for (const args of [
      ['runs', '-d', data, '--threads', '3'],
      ['convert', data, '-o', scratch.path('few.parquet')],
      ['runs', '-d', scratch.directory],
    ]) {
      const { status, stderr } = await limited(BIN, ...args);
      expect([0, 2]).toContain(status);
      if (status === 2) expect(stderr).toMatch(/oo many (open files|files are open)/);
    }
  },
);

test.each<[string, Record<string, string>, number]>([
  ['nothing said', {}, 1],
  ['NO_COLOR', { NO_COLOR: '1' }, 0],
  ['NO_COLOR empty', { NO_COLOR: '' }, 1],
  ['FORCE_COLOR empty', { FORCE_COLOR: '' }, 1],
  ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, 0],
  ['NO_COLOR empty, FORCE_COLOR', { NO_COLOR: '', FORCE_COLOR: '1' }, 1],
  ['a dumb terminal', { TERM: 'dumb' }, 0],
])('colours on a terminal: %s', (_, env, level) => {
  // Decides as Node does, by what it is given.
  const hasColors = (given: Record<string, string>) => given['NO_COLOR'] === undefined && given['TERM'] !== 'dumb';
  const stdout = { isTTY: true, hasColors } as unknown as Io['stdout'];
  expect(colourLevel({ stdout, env } as Io)).toBe(level);
});

test('every package in the bundle has a licence text with a name in it', () => {
  const parts = readFileSync(join(ROOT, 'dist/third-party-licenses.txt'), 'utf8').split(`\n${'-'.repeat(80)}\n\n`);
  expect(parts.length).toBeGreaterThan(20);
  for (const part of parts) {
    const [packages = '', ...texts] = part.split('\n\n');
    expect(packages).toMatch(/^(\S+ \d\S* \(.+\)\n?)+$/);
    expect(texts.join('').length, packages).toBeGreaterThan(300);
    expect(texts.join('\n'), packages).toMatch(/copyright|licensor/i);
  }
});

test('the current folder may be gone', async () => {
  const folder = scratch.path('gone');
  mkdirSync(folder);
  const script = `rmdir '${folder}' && exec '${process.execPath}' '${BIN}' runs -d sample:`;
  const { status, stderr } = await spawnToEnd('sh', ['-c', script], { cwd: folder });
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: 'wfa: The current folder is not there any more.\n  Go to another: cd ~\n',
  });
});
