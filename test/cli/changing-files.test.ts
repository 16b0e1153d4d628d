import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readSample } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';
import { BIN, type Ended } from '../spawn-wfa.ts';

const scratch = makeScratch();
const lines = readSample('newer').map((record) => `${JSON.stringify(record)}\n`);
const [first, ...others] = lines as [string, ...string[]];
const again = (number: number) => others.map((line) => line.replace('"master_dag_id":"', `$&${number}.`)).join('');
// Large enough to be kept in the cache.
const LARGE = Array.from({ length: 4 }, (_, i) => again(i)).join('');
const ROWS = `start,end,func\n${Array.from({ length: 500 }, (_, i) => {
  const at = (second: number) => new Date(Date.UTC(2026, 10, 20) + (i * 60 + second) * 1000).toISOString();
  return `${at(0)},${at(1)},f\n`;
}).join('')}`;

interface Meanwhile {
  readonly file: string;
  /** Goes through the pipe. */
  readonly head: string;
  readonly change: () => void;
  /** Whether the file is given as standard input. */
  readonly isStdin?: boolean;
}

/**
 * Runs wfa on a pipe and then the file, which is changed when both have been listed and the pipe is being read: at a moment that is no
 * matter of chance.
 */
async function changeMeanwhile(
  args: readonly string[],
  { file, head, change, isStdin = false }: Meanwhile,
): Promise<Ended> {
  const pipe = `${file}.pipe`;
  execFileSync('mkfifo', [pipe]);
  const child = spawn(process.execPath, [BIN, ...args, '-d', pipe, '-d', isStdin ? '-' : file], {
    stdio: [isStdin ? openSync(file, 'r') : 'ignore', 'pipe', 'pipe'],
    env: { ...process.env, XDG_CACHE_HOME: scratch.path('cache') },
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  const ended = new Promise<number | null>((done) => child.on('close', done));
  // Opens when wfa reads from it; a program of its own waits for that.
  const feeding = spawn('sh', ['-c', 'exec 3>"$1"; echo open; cat >&3', 'sh', pipe]);
  await new Promise((done) => feeding.stdout.once('data', done));
  change();
  feeding.stdin.end(head);
  return { status: await ended, ...texts };
}

const COMMANDS: readonly (readonly [string, readonly string[], string, string, string | Uint8Array])[] = [
  ['an analysis', ['runs', '--threads', '1'], 'one.ndjson', first, LARGE],
  ['an analysis in threads', ['compare', 'uniform', 'non-uniform', '--threads', '3'], 'threads.ndjson', first, LARGE],
  ['an analysis with digests', ['runs', '--threads', '3', '-f', 'json'], 'json.ndjson', first, LARGE],
  ['an analysis of packed records', ['runs'], 'packed.ndjson.gz', first, gzipSync(LARGE)],
  ['a conversion', ['convert', '-o', scratch.path('out.ndjson')], 'convert.ndjson', first, LARGE],
  ['an extraction', ['extract', 'sla', '-o', scratch.path('out.facts')], 'extract.ndjson', first, LARGE],
  [
    'an invocation log',
    ['workers', '--map', 'start=start,end=end,pool=func', '--time-unit', 'iso'],
    'log.csv',
    ROWS,
    ROWS,
  ],
];

const CHANGES = {
  'cut off': (path: string) => truncateSync(path, 5000),
  'appended to': (path: string) => writeFileSync(path, first, { flag: 'a' }),
  replaced: (path: string) => {
    writeFileSync(`${path}.new`, first);
    renameSync(`${path}.new`, path);
  },
  'written to in place': (path: string) => {
    const file = openSync(path, 'r+');
    writeSync(file, '  ', 0);
    closeSync(file);
  },
};

const cases = COMMANDS.flatMap(([title, args, name, head, content], i) =>
  Object.entries(CHANGES)
    .filter((_, kind) => i < 2 || (kind + i) % 2 === 0)
    .map(([what, change]) => ({ title, args, name: `${what}-${name}`, head, content, what, change })),
);

test.each(cases)(
  '$title refuses a file that was $what while it is read',
  async ({ args, name, head, content, change }) => {
    const file = scratch.write(name, content);
    const { status, stderr } = await changeMeanwhile(args, { file, head, change: () => change(file) });
    expect(stderr).toContain(`${file} was changed while it was read: `);
    expect(status).toBe(2);
    expect(scratch.list().filter((path) => /^out\.|\.facts$|\.tmp$/.test(path))).toEqual([]);
  },
);

test('a file that stays as it is is read', async () => {
  const file = scratch.write('same.ndjson', LARGE);
  const { status, stdout } = await changeMeanwhile(['runs', '-f', 'json'], { file, head: first, change: () => {} });
  expect(status).toBe(0);
  expect(JSON.parse(stdout).runCount).toBe(1 + 4 * others.length);
});

test('standard input that is a file is held to the same', async () => {
  const file = scratch.write('stdin.ndjson', LARGE);
  const change = () => CHANGES['appended to'](file);
  const { status, stderr } = await changeMeanwhile(['runs'], { file, head: first, change, isStdin: true });
  expect(stderr).toContain('standard input was changed while it was read: it had ');
  expect(status).toBe(2);
});
