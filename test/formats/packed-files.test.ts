import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { readSample } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';

/** Files that hold runs only after something has been done to them: each is named, with what to do. */

const scratch = makeScratch();
const [run] = readSample('older');
const RUN = JSON.stringify(run);

/** The magic numbers are those of the file program's database. */
const MAGIC: readonly (readonly [name: string, bytes: string, what: string, wayOn: string])[] = [
  ['runs.zip', 'PK\x03\x04\x14\0\0\0\x08\0', 'a zip archive', 'unzip '],
  ['none.zip', `PK\x05\x06${'\0'.repeat(18)}`, 'a zip archive', 'unzip '],
  ['book.xlsx', 'PK\x03\x04\x14\0\0\0\x08\0____xl/workbook.xml', 'an Excel workbook', 'as CSV'],
  ['runs.7z', '7z\xbc\xaf\x27\x1c\0\x04', 'a 7z archive', '7z x '],
  ['runs.bz2', 'BZh91AY&SY\x12\x34', 'packed with bzip2', 'bzcat '],
  ['runs.xz', '\xfd7zXZ\0\0\x04', 'packed with xz', 'xzcat '],
  ['runs.lz4', '\x04\x22\x4d\x18\x64\x40', 'packed with lz4', 'lz4cat '],
  ['runs.sz', '\xff\x06\0\0sNaPpY\x01', 'packed with snappy', 'snzip -dc '],
  ['runs.orc', 'ORC\x0a\x03\0\0', 'a table in ORC', 'read_orc('],
  ['runs.arrow', 'ARROW1\0\0\xff', 'a table in Arrow', 'read_feather('],
  ['runs.avro', 'Obj\x01\x04\x16', 'a table in Avro', 'tojson '],
  ['runs.h5', '\x89HDF\r\n\x1a\n\0', 'a file in HDF5', 'read_hdf('],
  ['paper.pdf', '%PDF-1.7\n%\xe2\xe3', 'a PDF', 'the data that it was made of'],
  [
    'runs.ndjson',
    'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n',
    'a pointer of Git LFS',
    'git lfs pull',
  ],
  ['runs.json', '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', 'of an object store', 'fetch the'],
];

test.each(MAGIC)('%s is named, as runs and as a log, with what to do', async (name, bytes, what, wayOn) => {
  const path = scratch.write(name, Buffer.from(bytes, 'latin1'));
  const log = ['workers', '--map', 'pool=p,start=s,end=e', '--time-unit', 's'];
  for (const command of [['runs'], log]) {
    const { status, stdout, stderr } = await askWfa([...command, '-d', path]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    const [first, ...hint] = stderr.split('\n');
    expect(first).toContain(`${path} is `);
    expect(first).toContain(what);
    expect(hint.join('\n')).toContain(wayOn);
  }
});

test('a real tar archive is named, packed with gzip too', async () => {
  const path = scratch.write('run.ndjson', RUN);
  for (const [flags, name] of [
    ['-cf', 'runs.tar'],
    ['-czf', 'runs.tar.gz'],
  ] as const) {
    execFileSync('tar', [flags, name, 'run.ndjson'], { cwd: dirname(path) });
    const { status, stderr } = await askWfa(['runs', '-d', path.replace('run.ndjson', name)]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(/is a tar archive\.\n.*tar -xf /) });
  }
});

test('text that begins with the letters of a magic number is text', async () => {
  const { stderr } = await askWfa(['runs', '-d', scratch.write('runs.txt', 'ORCHESTRATOR started\n')]);
  expect(stderr).toContain('broken JSON');
});

test.each([
  ['a list under a key', { runs: [run] }, '.runs[]'],
  ['a record under a key', { run }, '.run'],
  ['records by their ids', { 'id-1': run }, '.[]?'],
  ['a record as the text of a key, as dumps of a store have it', { key: 'k', value: RUN }, '.value | fromjson'],
  ['a record as a text', RUN, 'fromjson'],
])('%s: the program that takes records out is given', async (_, json, filter) => {
  const path = scratch.write('wrapped.json', JSON.stringify(json));
  const { status, stderr } = await askWfa(['runs', '-d', path]);
  expect(status).toBe(2);
  expect(stderr).toContain(`not a run record, but it holds some: jq -c '${filter}' FILE`);
});

test('other JSON is said to be no run record', async () => {
  const { stderr } = await askWfa(['runs', '-d', scratch.write('other.json', '{"value":"{","list":[{}],"text":"{}"}')]);
  expect(stderr).toContain('not a run record of any kind that is read');
});
