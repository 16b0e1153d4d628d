// Speed and memory of reading: node test/bench/read.mjs FILE [--rounds 3], on a file of generate.mjs. Status 1 when wfa reads at
// less than 0.8 × the speed (CPU time) of a bare "split lines, JSON.parse each" loop, or holds 500 MB or more.
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureInterleaved, median } from './child.mjs';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' } },
});
const [file] = positionals;
if (!file) throw new Error('Name a file of runs, as made by generate.mjs');
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const [LEAST_RATIO, MOST_BYTES] = [0.8, 500e6];

const measured = await measureInterleaved(
  {
    'bare loop': [here('bare-loop.mjs'), file],
    'wfa compare': [here('../../bin/wfa.js'), 'compare', 'uniform', 'non-uniform', '--data', file, '-f', 'json'],
  },
  Number(flags.rounds),
);
const megabytes = (await stat(file)).size / 1e6;
process.stdout.write(`${megabytes.toFixed(0)} MB, medians of ${flags.rounds} interleaved rounds\n`);
process.stdout.write('              wall s   cpu s  MB/cpu-s  peak MB\n');
for (const [name, runs] of Object.entries(measured)) {
  const [wallMs, cpuMs, peakBytes] = ['wallMs', 'cpuMs', 'peakBytes'].map((key) => median(runs.map((run) => run[key])));
  const cells = [
    [(wallMs / 1000).toFixed(1), 8],
    [(cpuMs / 1000).toFixed(1), 8],
    [(megabytes / (cpuMs / 1000)).toFixed(0), 10],
    [(peakBytes / 1e6).toFixed(0), 9],
  ];
  process.stdout.write(`${name.padEnd(12)}${cells.map(([text, width]) => text.padStart(width)).join('')}\n`);
}
const [bare, wfa] = [measured['bare loop'], measured['wfa compare']];
const speed = (key) => median(wfa.map((run, i) => bare[i][key] / run[key]));
const [cpuRatio, wallRatio] = [speed('cpuMs'), speed('wallMs')];
const peakBytes = Math.max(...wfa.map((run) => run.peakBytes));
process.stdout.write(`speed of wfa ÷ bare loop: ${cpuRatio.toFixed(2)} by CPU time (at least ${LEAST_RATIO}), `);
process.stdout.write(`${wallRatio.toFixed(2)} by wall clock\n`);
process.stdout.write(`highest peak of wfa: ${(peakBytes / 1e6).toFixed(0)} MB (below ${MOST_BYTES / 1e6})\n`);
process.exitCode = cpuRatio >= LEAST_RATIO && peakBytes < MOST_BYTES ? 0 : 1;
