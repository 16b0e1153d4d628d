// What every analysis takes beside `wfa compare` on the same file: node test/bench/commands.mjs FILE [--rounds 7], on a file of
// generate.mjs. Status 1 when one takes more than 1.3 times as long.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureInterleaved, median } from './child.mjs';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '7' } },
});
const [file] = positionals;
if (!file) throw new Error('Name a file of runs, as made by generate.mjs');

const MOST_RATIO = 1.3;
const YARDSTICK = 'compare uniform non-uniform';
const COMMANDS = ['preload --planner uniform-opt', 'accuracy', 'sla', 'breakdown', 'prewarm', 'taskdup'];
const bin = fileURLToPath(new URL('../../bin/wfa.js', import.meta.url));
process.env.XDG_CACHE_HOME = await mkdtemp(join(tmpdir(), 'wfa-bench-'));

try {
  const programs = [YARDSTICK, ...COMMANDS].map((command) => [
    command,
    [bin, ...command.split(' '), '--data', file, '--no-cache'],
  ]);
  report(await measureInterleaved(Object.fromEntries(programs), Number(flags.rounds)));
} finally {
  await rm(process.env.XDG_CACHE_HOME, { recursive: true, force: true });
}

/** Ratios are of runs in the same round. */
function report(measured) {
  process.stdout.write(`medians of ${flags.rounds} interleaved rounds\n`);
  process.stdout.write('                                wall s   cpu s  peak MB  wall ÷ compare\n');
  const ratios = Object.entries(measured).map(([name, runs]) => {
    const [wallMs, cpuMs, peakBytes] = ['wallMs', 'cpuMs', 'peakBytes'].map((key) =>
      median(runs.map((run) => run[key])),
    );
    const ratio = median(runs.map((run, i) => run.wallMs / measured[YARDSTICK][i].wallMs));
    const cells = [
      (wallMs / 1000).toFixed(2).padStart(8),
      (cpuMs / 1000).toFixed(2).padStart(8),
      (peakBytes / 1e6).toFixed(0).padStart(9),
      ratio.toFixed(2).padStart(16),
    ];
    process.stdout.write(`${name.padEnd(30)}${cells.join('')}\n`);
    return ratio;
  });
  const holds = Math.max(...ratios) <= MOST_RATIO;
  process.stdout.write(`${holds ? 'holds ' : 'MISSED'} at most ${MOST_RATIO} times compare\n`);
  process.exitCode = holds ? 0 : 1;
}
