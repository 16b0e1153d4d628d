import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { isLocalPath, listInputs } from '../../src/sources/index.ts';
import { parseGlob } from '../../src/sources/path-pattern.ts';
import { makeScratch } from '../scratch.ts';

const scratch = makeScratch();

/** A folder of its own with files in it, each of which holds its own name. */
function makeFolder(name: string, files: readonly string[]): string {
  for (const file of files) {
    const path = scratch.path(`${name}/${file}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file);
  }
  return scratch.path(name);
}

/** The names of what is read, and of what is not, with the reason. */
async function list(uri: string, below = scratch.directory) {
  const inputs = await listInputs(uri);
  const shorten = (path: string) => path.replace(`${below}/`, '');
  return {
    read: inputs.filter(({ passedOver }) => !passedOver).map((input) => shorten(input.uri)),
    passedOver: inputs.flatMap(({ uri: name, passedOver }) =>
      passedOver ? [`${shorten(name)}: ${passedOver.reason}${passedOver.isProblem ? '' : ', on purpose'}`] : [],
    ),
  };
}

describe('hidden names are passed over below a folder, and named', () => {
  const files = [
    'a.ndjson',
    '.a.ndjson.swp.json',
    '_b.ndjson',
    '._a.ndjson',
    '.ipynb_checkpoints/a-checkpoint.ndjson',
    '_temporary/0/part-0.json',
    '_delta_log/0.json',
    '__MACOSX/a.json',
    'day=1/b.ndjson',
    '_day=2/c.ndjson',
  ];
  const folder = makeFolder('hidden', files);
  const read = ['_day=2/c.ndjson', 'a.ndjson', 'day=1/b.ndjson'];

  test('of a directory', async () => {
    expect(await list(folder, folder)).toEqual({
      read,
      passedOver: [
        '._a.ndjson',
        '.a.ndjson.swp.json',
        '.ipynb_checkpoints/a-checkpoint.ndjson',
        '__MACOSX/a.json',
        '_b.ndjson',
        '_delta_log/0.json',
      ].map((name) => `${name}: hidden, on purpose`),
    });
  });

  test('of a glob', async () => {
    expect((await list(`${folder}/**`, folder)).read).toEqual(read);
    expect((await list(`${folder}/*/*.ndjson`, folder)).read).toEqual(['_day=2/c.ndjson', 'day=1/b.ndjson']);
    expect((await list(`${folder}/?b.nd*`, folder).catch(({ message }) => message)) as string).toMatch(
      /^No file matches/,
    );
  });

  test.each([
    ['_temporary', ['_temporary/0/part-0.json']],
    ['.ipynb_checkpoints', ['.ipynb_checkpoints/a-checkpoint.ndjson']],
    ['.ipynb_checkpoints/*', ['.ipynb_checkpoints/a-checkpoint.ndjson']],
    ['_b*', ['_b.ndjson']],
    ['._a.ndjson', ['._a.ndjson']],
  ])('%s, named by itself, is read', async (name, expected) => {
    expect((await list(`${folder}/${name}`, folder)).read).toEqual(expected);
  });

  test('where all is hidden, the error says so', async () => {
    const only = makeFolder('only-hidden', ['_x.ndjson', '.y.json']);
    await expect(listInputs(only)).rejects.toMatchObject({
      code: 'no-record-files',
      hint: expect.stringContaining('.y.json (hidden) and 1 more'),
    });
  });
});

describe('links', () => {
  test('to files and folders are followed, each file read once under its own name', async () => {
    const folder = makeFolder('links/data', ['a.ndjson', 'sub/b.ndjson']);
    makeFolder('links/elsewhere', ['c.ndjson', '.hidden/d.ndjson']);
    symlinkSync('a.ndjson', `${folder}/0-latest.ndjson`);
    symlinkSync('sub', `${folder}/0-sub`);
    symlinkSync('../elsewhere', `${folder}/other`);
    symlinkSync('../elsewhere', `${folder}/other-again.ndjson`);
    symlinkSync('../elsewhere/.hidden/d.ndjson', `${folder}/d.ndjson`);
    expect(await list(folder, folder)).toMatchObject({
      read: ['a.ndjson', 'd.ndjson', 'other/c.ndjson', 'sub/b.ndjson'],
    });
  });

  test('in circles end', async () => {
    const folder = makeFolder('circles/data', ['a.ndjson', 'sub/deep/b.ndjson']);
    makeFolder('circles/beside', ['c.ndjson']);
    symlinkSync('.', `${folder}/self`);
    symlinkSync('../..', `${folder}/sub/deep/up`);
    symlinkSync('../../beside', `${folder}/sub/beside`);
    symlinkSync('../data', scratch.path('circles/beside/back'));
    expect(await list(folder, folder)).toEqual({
      read: ['a.ndjson', 'sub/beside/c.ndjson', 'sub/deep/b.ndjson'],
      passedOver: [],
    });
    symlinkSync('..', `${folder}/around`);
    symlinkSync('loop.ndjson', `${folder}/loop.ndjson`);
    expect((await list(folder, folder)).passedOver).toEqual([
      'around: a link to a folder around it',
      'loop.ndjson: a link in a circle',
    ]);
    // Where a pattern has an end, so has the circle.
    expect((await list(`${folder}/self/self/*.ndjson`, folder)).read).toEqual(['self/self/a.ndjson']);
  });
});

describe('what is no file is named', () => {
  const folder = makeFolder('kinds', ['a.ndjson', 'sub/b.ndjson']);
  execFileSync('mkfifo', [`${folder}/pipe.ndjson`, `${folder}/pipe`]);
  symlinkSync('nowhere.ndjson', `${folder}/dangling.ndjson`);
  symlinkSync('pipe.ndjson', `${folder}/to-pipe.json`);
  symlinkSync('/dev/null', `${folder}/null.parquet`);
  const server = createServer().listen(`${folder}/socket.json`);
  afterAll(() => server.close());
  const expected = [
    'dangling.ndjson: a link to nothing',
    'null.parquet: a device',
    'pipe.ndjson: a named pipe',
    'socket.json: a socket',
    'to-pipe.json: a named pipe',
  ];

  test('of a directory', async () => {
    expect(await list(folder, folder)).toEqual({ read: ['a.ndjson', 'sub/b.ndjson'], passedOver: expected });
  });

  test('of a glob', async () => {
    expect(await list(`${folder}/**/*.*`, folder)).toEqual({
      read: ['a.ndjson', 'sub/b.ndjson'],
      passedOver: expected,
    });
  });

  test('a pipe that is named is read', async () => {
    expect(await listInputs(`${folder}/pipe`)).toMatchObject([{ byteLength: null, explicit: true }]);
  });
});

test.skipIf(process.getuid?.() === 0)('a folder that cannot be read is named', async () => {
  const folder = makeFolder('denied', ['a.ndjson', 'sub/b.ndjson', 'sub/b.txt']);
  chmodSync(`${folder}/sub`, 0o000);
  const found = { read: ['a.ndjson'], passedOver: ['sub: permission denied'] };
  expect(await list(folder, folder)).toEqual(found);
  expect(await list(`${folder}/**/*.ndjson`, folder)).toEqual(found);
  chmodSync(`${folder}/sub`, 0o700);
});

test.skipIf(process.platform !== 'linux')('names that are not UTF-8 are read', async () => {
  const folder = makeFolder('latin', ['a.ndjson']);
  const latin1 = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from('gr\xf6\xdfe', 'latin1')]);
  mkdirSync(latin1);
  writeFileSync(Buffer.concat([latin1, Buffer.from('/caf\xe9.ndjson', 'latin1')]), 'content');
  const read = ['a.ndjson', 'gr\\xF6\\xDFe/caf\\xE9.ndjson'];
  expect(await list(folder, folder)).toEqual({ read, passedOver: [] });
  expect(await list(`${folder}/**/*.ndjson`, folder)).toEqual({ read, passedOver: [] });
  const [, input] = await listInputs(folder);
  const chunks: Uint8Array[] = [];
  for await (const chunk of input?.open() ?? []) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe('content');
  expect(await input?.findChange?.()).toBeNull();
  const ranges = input?.openRanges?.(() => 0);
  expect(ranges?.ranges).toHaveLength(1);
  ranges?.close();
});

describe('globs', () => {
  const folder = makeFolder('globs', ['a1.x', 'a2.x', 'b/a3.x', 'b/c/a4.x', 'd/c/a5.y', '{odd}.x', 'b.x/a6.x']);

  test.each([
    ['*.x', ['a1.x', 'a2.x', '{odd}.x']],
    ['a?.x', ['a1.x', 'a2.x']],
    ['a[!1].x', ['a2.x']],
    ['**/a*.x', ['a1.x', 'a2.x', 'b.x/a6.x', 'b/a3.x', 'b/c/a4.x']],
    ['**/c/*', ['b/c/a4.x', 'd/c/a5.y']],
    ['{b,d}/c/*.{x,y}', ['b/c/a4.x', 'd/c/a5.y']],
    ['{b/c,d/c}/*', ['b/c/a4.x', 'd/c/a5.y']],
    ['{b/{a3,none},a1}.x', ['a1.x', 'b/a3.x']],
    ['{b,nowhere}/a*', ['b/a3.x']],
    ['*/../a1.x', null],
    ['a3.*', null],
    ['{odd}.x', ['{odd}.x']],
  ])('%s', async (pattern, expected) => {
    const found = await list(`${folder}/${pattern}`, folder).catch(({ code }) => code);
    expect(found === 'not-found' ? null : found.read).toEqual(expected);
  });

  test('one that only folders match says how to read them', async () => {
    await expect(listInputs(`${folder}/[d]`)).rejects.toMatchObject({ hint: expect.stringContaining('/[d]/**') });
  });

  test('begin where the first wildcard stands', () => {
    const rootOf = (glob: string) => parseGlob(glob).map(({ root }) => root);
    expect(rootOf('*.x')).toEqual(['']);
    expect(rootOf('/*.x')).toEqual(['/']);
    expect(rootOf('/data/runs/*/x')).toEqual(['/data/runs']);
    expect(rootOf('a/{b/c,d}/*.x')).toEqual(['a/b/c', 'a/d']);
  });
});

test('what exists under the whole text is a path, whatever stands before =', async () => {
  const folder = makeFolder('hive', ['workflow=gemm/a.ndjson', 'x']);
  expect(await isLocalPath(`${folder}/workflow=gemm`)).toBe(true);
  expect(await isLocalPath(`${folder}/workflow=*/*`)).toBe(true);
  expect(await isLocalPath(`${folder}/workflow=none*/*`)).toBe(false);
  expect(await isLocalPath(`x=${folder}`)).toBe(false);
});

test.each(['file:%', 'file://[', 'file://host/runs.ndjson', 'file:runs.ndjson', 'file:///%E0%A4%A'])(
  '%s is no URL of a local file',
  async (uri) => {
    await expect(listInputs(uri)).rejects.toMatchObject({ name: 'UserError', code: 'bad-uri' });
  },
);

test.each([
  ['appended to', (path: string) => writeFileSync(path, 'more', { flag: 'a' }), /it had 4 bytes and has 8/],
  ['truncated', (path: string) => writeFileSync(path, ''), /it had 4 bytes and has 0/],
  ['rewritten at the same length', (path: string) => writeFileSync(path, 'text', { flag: 'r+' }), /it was written to/],
  [
    'replaced',
    (path: string) => {
      writeFileSync(`${path}.new`, 'text');
      renameSync(`${path}.new`, path);
    },
    /another file has its name/,
  ],
  ['taken away', (path: string) => renameSync(path, `${path}.gone`), /it is gone/],
])('a file that was %s since it was listed is told', async (name, change, message) => {
  const path = scratch.write(`changed ${name}`, 'TEXT');
  const [input] = await listInputs(path);
  expect(await input?.findChange?.()).toBeNull();
  await new Promise((done) => setTimeout(done, 20));
  change(path);
  expect(await input?.findChange?.()).toMatchObject({ code: 'changed-input', message: expect.stringMatching(message) });
});
