import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { readSample } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';
import { BIN, type Ended, spawnToEnd, wfa } from '../spawn-wfa.ts';

const scratch = makeScratch();
const records = readSample('newer');
const data = scratch.write('runs.ndjson', records.map((record) => `${JSON.stringify(record)}\n`).join(''));
const QUESTION = ['compare', 'uniform', 'non-uniform', '--metric', 'makespan', '-d', data];
const PRICES = '{"usdPerGbSecond": 0.00001, "usdPerMillionRequests": 0.2, "stepMs": 1, "billsStartup": true}';
const onLinux = test.skipIf(process.platform !== 'linux');

/** Runs a line of shell in which `wfa` is the program, in a folder of its own. */
function shell(line: string, cwd: string): Promise<Ended> {
  return spawnToEnd('bash', ['-c', `wfa() { "${process.execPath}" "${BIN}" "$@"; }; ${line}`], { cwd });
}

function makeFolder(name: string): string {
  const folder = scratch.path(name);
  mkdirSync(folder);
  return folder;
}

describe('what is open already is written to, never replaced', () => {
  const BEFORE = 'one\ntwo\n';

  onLinux.each([
    ['/dev/stdout, appended', 'wfa schema >schema; wfa convert "$D" -o /dev/stdout >>log'],
    ['/dev/fd/1, appended', 'wfa convert "$D" -o /dev/fd/1 >>log'],
    ['/proc/self/fd/1, appended', 'wfa convert "$D" -o /proc/self/fd/1 >>log'],
    ['a descriptor of its own', 'wfa convert "$D" -o /dev/fd/7 7>>log'],
    ['a link to /dev/stdout', 'ln -s /dev/stdout out; wfa convert "$D" -o out >>log'],
    ['the file behind standard output', 'wfa convert "$D" -o log >>log'],
    ['the file behind standard output, by a link', 'ln -s log other; wfa convert "$D" -o ./other >>log'],
    ['standard error', 'wfa convert "$D" -o /dev/stderr 2>>log'],
  ])('%s', async (name, line) => {
    const folder = makeFolder(name.replace(/\W/g, '-'));
    writeFileSync(`${folder}/log`, BEFORE);
    const ended = await shell(`D=${data}; ${line}`, folder);
    expect(ended.status, ended.stderr).toBe(0);
    const text = readFileSync(`${folder}/log`, 'utf8');
    expect(text.startsWith(BEFORE)).toBe(true);
    expect(text.split('\n').filter((one) => one.startsWith('{"'))).toHaveLength(records.length);
    expect(readdirSync(folder).filter((one) => one.endsWith('.tmp'))).toEqual([]);
  });

  onLinux('an analysis through /dev/stdout into a file that is appended to', async () => {
    const folder = makeFolder('analysis');
    writeFileSync(`${folder}/log`, BEFORE);
    const { stdout } = await wfa(QUESTION);
    await shell(`wfa ${QUESTION.join(' ')} -o /dev/stdout >>log`, folder);
    expect(readFileSync(`${folder}/log`, 'utf8')).toBe(BEFORE + stdout);
  });

  test('a link is followed, also to what is not there yet', async () => {
    const folder = makeFolder('links');
    mkdirSync(`${folder}/deep`);
    symlinkSync('deep/new.ndjson', `${folder}/link.ndjson`);
    expect((await askWfa(['convert', data, '-o', `${folder}/link.ndjson`])).status).toBe(0);
    expect(readlinkSync(`${folder}/link.ndjson`)).toBe('deep/new.ndjson');
    expect(lstatSync(`${folder}/deep/new.ndjson`).isFile()).toBe(true);
    expect(readdirSync(`${folder}/deep`)).toEqual(['new.ndjson']);
  });

  test('a named pipe', async () => {
    const folder = makeFolder('pipe');
    execFileSync('mkfifo', [`${folder}/pipe`]);
    const ended = await shell(`cat pipe >got & wfa convert ${data} -o pipe; wait`, folder);
    expect(ended.status, ended.stderr).toBe(0);
    expect(readFileSync(`${folder}/got`, 'utf8')).toBe(readFileSync(data, 'utf8'));
  });
});

describe('what cannot be written ends with a sentence', () => {
  test.each([
    ['/dev/full', /Cannot write \/dev\/full: no space left on the device/],
    [scratch.path('x'.repeat(256)), /the name is too long/],
    [scratch.path('none/x.ndjson'), /its directory does not exist/],
    ['', /--output '' names no file/],
  ])('-o %s', async (output, message) => {
    for (const args of [['convert', data], QUESTION, ['extract', 'runs', '-d', data]]) {
      const { status, stderr } = await askWfa([...args, '-o', output]);
      expect(stderr).toMatch(message);
      expect(status).toBe(2);
    }
  });

  onLinux.each([
    'runs -d sample:newer',
    'convert sample:newer',
    'schema',
    '--help',
    'extract runs -d sample:newer',
    'runs -d sample:newer -f json -o -',
  ])('standard output closed: %s', async (args) => {
    const closed = await shell(`wfa ${args} >&-`, scratch.directory);
    expect(closed).toEqual({ status: 2, stdout: '', stderr: 'wfa: Cannot write standard output: it is closed.\n' });
    const full = await shell(`wfa ${args} >/dev/full`, scratch.directory);
    expect(full).toMatchObject({ status: 2, stderr: expect.stringContaining('no space left') });
    expect((await shell(`wfa ${args} >/dev/null`, scratch.directory)).status).toBe(0);
    expect((await shell(`set -o pipefail; wfa ${args} | head -c 1 >/dev/null`, scratch.directory)).status).toBe(0);
  });

  test('nobody who wants no output is told that it is closed', async () => {
    const ignored = spawn(process.execPath, [BIN, 'schema'], { stdio: 'ignore' });
    expect(await once(ignored, 'close')).toEqual([0, null]);
    // Handed on by a shell that has none itself.
    const handedOn = spawn('sh', ['-c', '"$1" "$2" schema; exit $?', 'sh', process.execPath, BIN], { stdio: 'ignore' });
    expect(await once(handedOn, 'close')).toEqual([0, null]);
  });
});

test.each([238, 245, 255])('a name of %i bytes is written', async (length) => {
  const name = `${'a'.repeat(length - 7)}.ndjson`;
  expect((await askWfa(['convert', data, '-o', scratch.path(name)])).status).toBe(0);
  expect(existsSync(scratch.path(name))).toBe(true);
});

describe('one place for two outputs is refused before anything is read', () => {
  const x = scratch.path('x.svg');
  symlinkSync('x.svg', scratch.path('link.svg'));
  const own = scratch.path('own.ndjson');

  test.each([
    ['output and chart', [...QUESTION, '-o', x, '--chart', x]],
    ['two charts', [...QUESTION, '--chart', x, '--chart', x]],
    ['two ways to write one path', [...QUESTION, '-o', `${scratch.directory}/./x.svg`, '--chart', x]],
    ['a link', [...QUESTION, '-o', x, '--chart', scratch.path('link.svg')]],
    ['objects', [...QUESTION, '-o', 's3://bucket/x.svg', '--chart', 'S3://bucket/x.svg']],
    ['data', ['runs', '-d', `it=${own}`, '-o', own]],
    ['data of an extraction', ['extract', 'runs', '-d', own, '-o', own]],
    ['facts', ['runs', '--facts', own, '-o', own]],
    ['records to convert', ['convert', own, '-o', own]],
    ['one of the records to import', ['import', scratch.directory, '-o', own]],
    ['claims', ['claim', '--claims', own, '-d', data, '-o', own]],
    ['a font', [...QUESTION, '--font', own, '-o', own]],
    ['data of a report', ['report', '-d', own, '-o', own]],
  ])('%s', async (_, args) => {
    writeFileSync(own, 'own');
    const { status, stdout, stderr } = await askWfa(args);
    expect(stderr).toMatch(/ and .* are one place\n/);
    expect({ status, stdout, isThere: existsSync(x) }).toEqual({ status: 2, stdout: '', isThere: false });
    expect(readFileSync(own, 'utf8')).toBe('own');
  });

  test.each([
    [['rank', '-d', data, '--prices'], '', PRICES],
    [['runs', '-d', data, '--time-unit', 's', '--map'], '@', 'run=run,task=task,start=start,end=end'],
  ])('what %j reads', async (args, prefix, text) => {
    writeFileSync(own, text);
    const { status, stderr } = await askWfa([...args, `${prefix}${own}`, '-o', own]);
    expect(stderr).toMatch(/ and .* are one place\n/);
    expect({ status, text: readFileSync(own, 'utf8') }).toEqual({ status: 2, text });
  });

  test.each([['runs'], ['report'], ['extract', 'runs']])(
    'one of the files that %s reads from a folder',
    async (...args) => {
      const folder = mkdtempSync(`${scratch.directory}/folder-`);
      const path = `${folder}/runs.ndjson`;
      copyFileSync(data, path);
      const { status, stderr } = await askWfa([...args, '-d', folder, '-o', path]);
      expect(stderr).toMatch(/^wfa: the input '.*' and --output '.*' are one place\n/m);
      expect(status).toBe(2);
      expect(readFileSync(path).equals(readFileSync(data))).toBe(true);
    },
  );

  test('what standard input is', async () => {
    copyFileSync(data, scratch.path('stdin.ndjson'));
    const ended = await shell('wfa runs -d - -o stdin.ndjson < stdin.ndjson', scratch.directory);
    expect(ended).toMatchObject({ status: 2, stderr: expect.stringContaining('are one place') });
    expect(readFileSync(scratch.path('stdin.ndjson')).equals(readFileSync(data))).toBe(true);
  });

  test('a chart where standard output goes', async () => {
    const ended = await shell(`wfa ${QUESTION.join(' ')} --chart y.svg >y.svg`, scratch.directory);
    expect(ended).toMatchObject({ status: 2, stderr: expect.stringContaining('are one place') });
  });

  test('two places are none', async () => {
    const ended = await askWfa([...QUESTION, '-o', scratch.path('a.txt'), '--chart', scratch.path('b.svg')]);
    expect(ended).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('what a killed wfa has left', () => {
  /** Kills a conversion while it writes and gives the name of what it leaves. */
  async function leaveOne(folder: string): Promise<string> {
    const pipe = `${folder}/pipe`;
    if (!existsSync(pipe)) execFileSync('mkfifo', [pipe]);
    const child = spawn(process.execPath, [BIN, 'convert', pipe, '-o', `${folder}/out.ndjson`], { stdio: 'ignore' });
    const feeding = spawn('sh', ['-c', 'exec 3>"$1"; cat "$2" >&3; sleep 60', 'sh', pipe, data], { stdio: 'ignore' });
    const ended = once(child, 'close');
    const find = () => readdirSync(folder).find((name) => name.endsWith('.tmp'));
    while (find() === undefined) await delay(20);
    child.kill('SIGKILL');
    await ended;
    feeding.kill();
    return find() as string;
  }

  onLinux('goes with the next write into the folder; what others write there stays', async () => {
    const folder = makeFolder('left');
    const left = await leaveOne(folder);
    const [, scope, pid, start] = /^\.wfa-(\w+)-(\d+)-(\d+)-\w+\.tmp$/.exec(left) ?? [];
    const name = (one: { scope?: string; pid?: unknown; start?: unknown }) =>
      `.wfa-${one.scope ?? scope}-${one.pid ?? pid}-${one.start ?? start}-0123456789ab.tmp`;
    const self = readFileSync('/proc/self/stat', 'latin1')
      .replace(/^.*\) /, '')
      .split(' ')[19];
    const alive = name({ pid: process.pid, start: self });
    const reused = name({ pid: process.pid, start: Number(self) - 1 });
    const elsewhere = name({ scope: '0123456789ab' });
    const oldElsewhere = name({ scope: 'ba9876543210' });
    for (const one of [alive, reused, elsewhere, oldElsewhere, '.wfa-notes.tmp', '.out.ndjson.0123456789ab.tmp']) {
      writeFileSync(`${folder}/${one}`, 'part');
    }
    const eightDaysAgo = Date.now() / 1000 - 8 * 86_400;
    utimesSync(`${folder}/${oldElsewhere}`, eightDaysAgo, eightDaysAgo);
    expect((await wfa(['convert', data, '-o', `${folder}/other.ndjson`])).status).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(
      [alive, elsewhere, '.wfa-notes.tmp', '.out.ndjson.0123456789ab.tmp', 'other.ndjson', 'pipe'].sort(),
    );
  });
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s while a file is written removes it and ends by the signal',
  async (signal) => {
    const folder = makeFolder(signal);
    execFileSync('mkfifo', [`${folder}/pipe`]);
    writeFileSync(`${folder}/out.ndjson`, 'before');
    const child = spawn(process.execPath, [BIN, 'convert', `${folder}/pipe`, '-o', `${folder}/out.ndjson`], {
      stdio: 'ignore',
    });
    const ended = once(child, 'close');
    const feeding = openSync(`${folder}/pipe`, 'r+');
    appendFileSync(feeding, JSON.stringify(records[0]));
    while (!readdirSync(folder).some((name) => name.endsWith('.tmp'))) await delay(20);
    child.kill(signal);
    expect(await ended).toEqual([null, signal]);
    closeSync(feeding);
    expect(readdirSync(folder).sort()).toEqual(['out.ndjson', 'pipe']);
    expect(readFileSync(`${folder}/out.ndjson`, 'utf8')).toBe('before');
  },
);

test('the cache makes room by files of its own only', async () => {
  const cache = scratch.path('cache');
  mkdirSync(`${cache}/wfa`, { recursive: true });
  const large = scratch.write('large.ndjson', `${readFileSync(data, 'utf8')}${' '.repeat(8e6)}\n`);
  const old = (name: string, byteLength: number) => {
    writeFileSync(`${cache}/wfa/${name}`, '');
    truncateSync(`${cache}/wfa/${name}`, byteLength);
    utimesSync(`${cache}/wfa/${name}`, 1, 1);
    return name;
  };
  const foreign = [
    old('notes.txt', 9),
    old('other.bin', 1.1e9),
    old('runs-mine.facts', 9),
    old(`runs-${'0'.repeat(40)}.facts.bak`, 9),
    old(`RUNS-${'0'.repeat(40)}.facts`, 9),
  ];
  const own = [old(`runs-${'1'.repeat(40)}.facts`, 9e8), old(`compare-${'2'.repeat(40)}.ndjson`, 2e8)];
  await delay(20);
  expect((await askWfa(['runs', '-d', large], { env: { XDG_CACHE_HOME: cache } })).status).toBe(0);
  const names = readdirSync(`${cache}/wfa`);
  expect(names).toEqual(expect.arrayContaining(foreign));
  expect(names.filter((name) => own.includes(name))).toHaveLength(1);
  expect(names).toHaveLength(foreign.length + 2);
});
