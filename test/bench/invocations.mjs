// Speed of reading an invocation log: npm run build && node test/bench/invocations.mjs [--rows 1000000] [--pools 50] [--seed 1]
// Writes a log of that many rows, plain and gzip, CSV and NDJSON, and has wfa reconstruct its containers; time, CPU time and memory of each.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { importSource } from './import-source.mjs';

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    pools: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
  },
});
const { createRandom } = await importSource('stats/random.ts');
const random = createRandom(Number(flags.seed));
const exponential = (mean) => -mean * Math.log(1 - random());

let atMs = 1_795_336_000_000;
const csv = ['start,end,func,memory_mb'];
const ndjson = [];
for (let row = 0; row < Number(flags.rows); row++) {
  atMs += exponential(40);
  const [start, end] = [Math.round(atMs), Math.round(atMs + exponential(2000))];
  const func = `function-${Math.floor(random() ** 3 * Number(flags.pools))}`;
  csv.push(`${start},${end},${func},512`);
  ndjson.push(`{"start":${start},"end":${end},"func":"${func}","memory_mb":512}`);
}

const folder = mkdtempSync(join(tmpdir(), 'wfa-bench-'));
const bin = fileURLToPath(new URL('../../bin/wfa.js', import.meta.url));
const question = ['--map', 'start=start,end=end,pool=func,memory=memory_mb', '--time-unit', 'ms', '--keep-alive', '60'];
for (const [name, text] of [
  ['log.csv', csv],
  ['log.ndjson', ndjson],
]) {
  const bytes = `${text.join('\n')}\n`;
  for (const [path, stored] of [
    [join(folder, name), bytes],
    [join(folder, `${name}.gz`), gzipSync(bytes, { level: 1 })],
  ]) {
    writeFileSync(path, stored);
    const beganAtMs = performance.now();
    const program = `process.on('exit', () => console.error(JSON.stringify(process.resourceUsage())));
      process.argv.splice(1, 1, ${JSON.stringify(bin)}); await import(${JSON.stringify(bin)});`;
    const args = ['--input-type=module', '-e', program, '--', 'x', 'workers', ...question, '--data', path];
    const { stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1e9 });
    if (status !== 0) throw new Error(stderr);
    const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(stderr.trim().split('\n').at(-1));
    const figures = [
      `${(statSync(path).size / 1e6).toFixed(0)} MB`,
      `${((performance.now() - beganAtMs) / 1000).toFixed(1)} s`,
      `${((userCPUTime + systemCPUTime) / 1e6).toFixed(1)} s of CPU time`,
      `${(maxRSS / 1024).toFixed(0)} MiB of memory`,
    ];
    process.stdout.write(`${path.slice(folder.length + 1).padEnd(14)} ${figures.join(', ')}\n`);
  }
}
rmSync(folder, { recursive: true });
