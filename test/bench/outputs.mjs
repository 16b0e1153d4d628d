// Keeps what wfa answers, to be compared before and after a change that must not move a figure:
//   node test/bench/outputs.mjs CHECKOUT FOLDER [--data FOLDER-OF-RUNS] [--only WORD]
// runs every command in CHECKOUT (built) on the samples, and on the runs and logs in the data folder, and writes status, standard
// output, standard error and files to FOLDER, a file a command. Then: diff -r BEFORE AFTER.
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string' }, only: { type: 'string' } },
});
const [checkout, folder] = positionals;
if (!checkout || !folder) throw new Error('Name a checkout that is built, and a folder to write to');
const bin = resolve(checkout, 'bin/wfa.js');

/** The same names everywhere, so that they may stand in outputs. */
const scratch = mkdtempSync(join(tmpdir(), 'wfa-outputs-'));
mkdirSync(join(scratch, 'data'));
if (flags.data)
  for (const name of readdirSync(flags.data)) copyFileSync(join(flags.data, name), join(scratch, 'data', name));
writeFileSync(join(scratch, 'white.txt'), '\n\n');
writeFileSync(join(scratch, 'plain.txt'), 'hello\nworld\n');
writeFileSync(join(scratch, 'empty.ndjson'), '');
writeFileSync(join(scratch, 'array.json'), '[{"a": 1}]');
const sample = readFileSync(resolve(checkout, 'samples/newer.ndjson.gz'));
writeFileSync(join(scratch, 'half.ndjson.gz'), sample.subarray(0, sample.length / 2));
const lines = (await import('node:zlib')).gunzipSync(sample).toString().trim().split('\n');
const broken = [
  ...lines.slice(0, 9),
  lines[9].slice(0, 400),
  ...lines.slice(10, 20),
  lines[20].replace('"tasks":', '"tusks":'),
];
writeFileSync(join(scratch, 'broken.ndjson'), [...broken, ...lines.slice(21), lines[3]].join('\n'));
writeFileSync(join(scratch, 'broken.ndjson.gz'), gzipSync(broken.join('\n')));

const data = (name) => (existsSync(join(scratch, 'data', name)) ? [`data/${name}`] : []);
const runFiles = [
  'sample:',
  'sample:older',
  ...data('runs.ndjson.gz'),
  ...data('newer.runs.ndjson.gz'),
  ...data('metrics.rdb'),
];
const ASKED = [
  'runs',
  'runs --list',
  'compare uniform non-uniform',
  'compare uniform non-uniform --metric all',
  'compare wukong uniform --metric makespan',
  'compare uniform uniform-opt non-uniform',
  'compare planner=uniform,sla=p50 planner=uniform,sla=p90 --block workflow',
  'compare uniform non-uniform --include-unplanned --equivalence 10 --seed 7',
  'preload --planner non-uniform-opt',
  'preload --planner uniform-opt --against uniform',
  'accuracy',
  'accuracy --level task',
  'accuracy --x index',
  'sla',
  'breakdown',
  'prewarm',
  'taskdup',
  'workers',
  'workers --plan',
];
const CHARTS = {
  compare: ['change', 'tradeoff'],
  preload: ['slopes', 'ecdf'],
  accuracy: ['over-time', 'calibration', 'learning', 'planners'],
};
const commands = [];
for (const uri of runFiles) {
  for (const asked of ASKED) {
    const base = [...asked.split(' '), '--data', uri];
    for (const format of ['table', 'csv', 'json']) commands.push([...base, '--format', format]);
    if (/^runs/.test(asked)) continue;
    const kinds = CHARTS[base[0]] ?? [null];
    for (const kind of kinds) commands.push([...base, '--format', 'svg', ...(kind ? ['--chart-kind', kind] : [])]);
  }
  for (const format of ['markdown', 'ndjson', 'vega', 'vega-lite', 'png']) {
    commands.push(['compare', 'uniform', 'non-uniform', '--data', uri, '--format', format]);
  }
  for (const asked of [
    'compare uniform non-uniform',
    'preload --planner non-uniform-opt',
    'accuracy',
    'sla',
    'breakdown',
    'prewarm',
    'taskdup',
    'workers',
    'runs',
  ]) {
    commands.push(['extract', ...asked.split(' '), '--data', uri]);
  }
  commands.push(['breakdown', '--data', uri, '--format', 'svg', '--theme', 'dark', '--width', '85mm']);
  commands.push(
    ['import', uri],
    ['convert', uri, '-o', 'out.parquet'],
    ['convert', uri, '--table', 'tasks', '-o', 'out.parquet'],
  );
  commands.push(['convert', uri, '-o', 'out.ndjson.gz'], ['workers', '--data', uri, '--workflow', 'gemm', '-f', 'svg']);
}
for (const id of ['1795340906110', '1795341014188']) {
  for (const format of ['table', 'json', 'csv', 'svg']) {
    commands.push(
      ['run', id, '--data', 'sample:newer', '--format', format],
      ['run', id, '--plan', '--data', 'sample:newer', '-f', format],
    );
  }
}
for (const choice of ['--slowest', '--fastest', '--median']) commands.push(['run', choice, '--data', 'sample:']);
commands.push(
  ['run', '1795336084853', '--data', 'sample:older', '-f', 'json'],
  ['run', '1795336084853', '--data', 'sample:older', '-f', 'svg'],
);
const LOG = ['workers', '--data', 'sample:invocations', '--map', 'start=start,end=end'];
commands.push(LOG, ['schema'], ['--help'], ['--version'], ['extract', '--help'], ['nosuch']);
for (const pool of data('pool_events.ndjson.gz'))
  commands.push(['workers', '--data', pool, '--map', 'start=at_ms,end=at_ms', '-f', 'json']);
for (const name of [
  'runs',
  'run',
  'compare',
  'preload',
  'accuracy',
  'sla',
  'breakdown',
  'prewarm',
  'taskdup',
  'workers',
  'import',
  'convert',
  'schema',
]) {
  commands.push([name, '--help'], [name, '--nonsense']);
}
const COMPARE = ['compare', 'uniform', 'non-uniform'];
for (const path of [
  'missing.ndjson',
  'data',
  '.',
  'white.txt',
  'plain.txt',
  'empty.ndjson',
  'array.json',
  'half.ndjson.gz',
  'broken.ndjson',
  'broken.ndjson.gz',
  '*.ndjson',
  '*.gz',
  's3://',
  'ftp://x',
  'sample:none',
  '/dev/null',
]) {
  commands.push(
    [...COMPARE, '--data', path],
    ['runs', '--data', path, '-f', 'json'],
    ['import', path],
    ['breakdown', '--data', path, '--strict'],
  );
  commands.push(
    ['workers', '--data', path, '--map', 'start=start,end=end'],
    [...COMPARE, '--facts', path],
    ['extract', ...COMPARE, '--data', path],
  );
  commands.push(['convert', path, '-o', 'out.parquet']);
}
for (const more of [
  ['-o', '/dev/full'],
  ['-o', 'no/such/folder.json'],
  ['-o', 'data'],
  ['-f', 'png', '-o', '/dev/full'],
  ['-f', 'nonsense'],
  ['--chart', 'x.bmp'],
  ['--chart-kind', 'pie', '-f', 'svg'],
  ['--fail-on', 'makespan>+5%'],
  ['--fail-on', 'makespan<-50%'],
  ['--fail-on', 'makespan>-1%', '--fail-on', 'resource-usage>+1%'],
  ['--fail-on', 'nonsense'],
  ['--fail-on', 'cost>5%'],
  ['--metric', 'nonsense'],
  ['--block', 'nonsense'],
  ['--width', '1'],
  ['--seed', '-1'],
  ['--scale', '99'],
  ['--threads', '0'],
  ['--threads', '2'],
  ['--threads', '3', '-f', 'json'],
  ['--since', 'yesterday'],
  ['--until', '2020-01-01'],
  ['--where', 'x'],
  ['--workflow', 'gem'],
  ['--planner', 'unifrm'],
  ['--theme', 'paper', '-f', 'svg'],
  ['--chart', 'a.svg', '--chart', 'b.png', '--chart', 'c.vl.json', '-o', 'out.txt'],
  ['--s3-endpoint', 'nonsense'],
  ['--facts', 'x', '--data', 'y'],
])
  commands.push([...COMPARE, '--data', 'sample:', ...more]);
for (const arms of [
  ['uniform'],
  ['uniform', 'uniform'],
  ['uniform', 'nonsense'],
  ['uniform', 'planner=uniform,sla=p50'],
  ['a=b', 'c'],
])
  commands.push(['compare', ...arms, '--data', 'sample:']);
commands.push(
  [...COMPARE],
  ['convert', 'sample:', '-o', 'x.csv'],
  ['convert', 'sample:', '--table', 'x'],
  ['convert', 'sample:', '--table', 'runs'],
  ['convert', 'sample:', '-o', 'x.parquet', '--no-records'],
);

const asked = flags.only ? commands.filter((args) => args.join(' ').includes(flags.only)) : commands;
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
let next = 0;
await Promise.all(
  Array.from({ length: availableParallelism() }, async (_, worker) => {
    const cwd = mkdtempSync(join(scratch, `cwd-${worker}-`));
    for (const name of readdirSync(scratch))
      if (!name.startsWith('cwd-')) await link(join('..', name), join(cwd, name));
    while (next < asked.length) {
      const args = asked[next++];
      writeFileSync(join(folder, nameOf(args)), await answerOf(args, cwd));
    }
  }),
);
rmSync(scratch, { recursive: true, force: true });
process.stdout.write(`${asked.length} commands\n`);

function link(target, path) {
  return import('node:fs/promises').then(({ symlink }) => symlink(target, path));
}

/** A file name that can be read: what cannot stand in one is told by a number. */
function nameOf(args) {
  const text = args.join(' ').replace(/[^\w.=:+-]+/g, '_');
  let hash = 0;
  for (const character of args.join('\0')) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  return `${text.slice(0, 120)}.${hash.toString(36)}.txt`;
}

function answerOf(args, cwd) {
  const before = new Set(readdirSync(cwd));
  return new Promise((done) => {
    const child = spawn(process.execPath, [bin, ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', COLUMNS: '120', WFA_DATA: '', XDG_CACHE_HOME: '/dev/null', TZ: 'UTC' },
    });
    const [stdout, stderr] = [[], []];
    // What hangs must not keep the others from being compared.
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
    child.stdout.on('data', (chunk) => stdout.push(chunk));
    child.stderr.on('data', (chunk) => stderr.push(chunk));
    child.on('close', (status) => {
      clearTimeout(timer);
      const parts = [`$ wfa ${args.join(' ')}\nstatus ${status}\n--- stderr\n`, ...stderr, '--- stdout\n', ...stdout];
      for (const name of readdirSync(cwd).sort()) {
        if (before.has(name)) continue;
        parts.push(`\n--- ${name}\n`, readFileSync(join(cwd, name)));
        rmSync(join(cwd, name));
      }
      done(Buffer.concat(parts.map((part) => Buffer.from(part))));
    });
  });
}
