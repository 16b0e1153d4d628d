// Speed and memory of reading: node test/bench/read.mjs FILE [--rounds 3], on a file of generate.mjs. The yardstick is a bare "split
// lines, JSON.parse each" loop in one thread; also DuckDB, told fields or types, and a Python script, which work out figures per
// planner from the same file. Status 1 when wfa misses what is asked of it.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureInterleaved, measureNode, median } from './child.mjs';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' } },
});
const [file] = positionals;
if (!file) throw new Error('Name a file of runs, as made by generate.mjs');
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const python = `import{spawnSync}from'node:child_process';process.exit(spawnSync('python3',${JSON.stringify([
  here('per-planner.py'),
  file,
])}).status)`;
const compare = [here('../../bin/wfa.js'), 'compare', 'uniform', 'non-uniform', '--data', file];
process.env.XDG_CACHE_HOME = await mkdtemp(join(tmpdir(), 'wfa-bench-'));

/** At least so many times the speed of the bare loop; `cpu`: by CPU time, which other programs disturb least. */
const LEAST_RATIOS = [
  ['wfa, one thread', 'cpuMs', 0.8],
  ['wfa', 'wallMs', 1.8],
];
const MOST_BYTES = 400e6;
/** A second look at the same file, above a bare node. */
const MOST_CACHED_MS = 500;

try {
  await measureNode(compare); // fills the cache
  const measured = await measureInterleaved(
    {
      'node -e 0': ['-e', '0'],
      'bare loop': [here('bare-loop.mjs'), file],
      'wfa, one thread': [...compare, '--no-cache', '--threads', '1'],
      wfa: [...compare, '--no-cache'],
      'wfa, cached': compare,
      'DuckDB, fields': [here('per-planner-duckdb.mjs'), file, 'fields'],
      'DuckDB, types': [here('per-planner-duckdb.mjs'), file, 'types'],
      Python: ['--input-type=module', '-e', python],
    },
    Number(flags.rounds),
  );
  report(measured, (await stat(file)).size / 1e6);
} finally {
  await rm(process.env.XDG_CACHE_HOME, { recursive: true, force: true });
}

function report(measured, megabytes) {
  process.stdout.write(`${megabytes.toFixed(0)} MB, medians of ${flags.rounds} interleaved rounds\n`);
  process.stdout.write('                 wall s   cpu s  peak MB  wall speed ÷ bare loop\n');
  for (const [name, runs] of Object.entries(measured)) {
    const [wallMs, cpuMs, peakBytes] = ['wallMs', 'cpuMs', 'peakBytes'].map((key) =>
      median(runs.map((run) => run[key])),
    );
    const ownProcess = name !== 'Python';
    const cells = [
      (wallMs / 1000).toFixed(2).padStart(8),
      (ownProcess ? (cpuMs / 1000).toFixed(2) : '').padStart(8),
      (ownProcess ? (peakBytes / 1e6).toFixed(0) : '').padStart(9),
      speedOf(measured, name, 'wallMs').toFixed(2).padStart(12),
    ];
    process.stdout.write(`${name.padEnd(15)}${cells.join('')}\n`);
  }
  const cachedMs = median(measured['wfa, cached'].map((run, i) => run.wallMs - measured['node -e 0'][i].wallMs));
  const peakBytes = Math.max(...measured.wfa.map((run) => run.peakBytes));
  const checks = [
    ...LEAST_RATIOS.map(([name, key, least]) => {
      const ratio = speedOf(measured, name, key);
      return [`${name} ÷ bare loop, ${key.slice(0, -2)}: ${ratio.toFixed(2)} (at least ${least})`, ratio >= least];
    }),
    ...['DuckDB, fields', 'DuckDB, types', 'Python'].map((other) => [
      `faster than ${other}`,
      speedOf(measured, 'wfa', 'wallMs') > speedOf(measured, other, 'wallMs'),
    ]),
    [`highest peak: ${(peakBytes / 1e6).toFixed(0)} MB (at most ${MOST_BYTES / 1e6})`, peakBytes <= MOST_BYTES],
    [`cached, above node: ${cachedMs.toFixed(0)} ms (at most ${MOST_CACHED_MS})`, cachedMs <= MOST_CACHED_MS],
  ];
  for (const [words, holds] of checks) process.stdout.write(`${holds ? 'holds ' : 'MISSED'} ${words}\n`);
  process.exitCode = checks.every(([, holds]) => holds) ? 0 : 1;
}

/** The median over rounds of how many times faster than the bare loop of the same round. */
function speedOf(measured, name, key) {
  return median(measured[name].map((run, i) => measured['bare loop'][i][key] / run[key]));
}
