// How the time of each command grows: node test/bench/growth.mjs [--size 8000] [--kinds workflows,planners] [--commands rank,run]
// [--timeout 120]. Each kind of input is made at one size and at twice that. A ratio of more than 2.6 (n log n stays below 2.3),
// in what a command takes beyond its start, is marked, and the status is 1 then. After `npm run build`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FIRST_RUN_ID, KINDS, PLANNERS, writeRuns } from './growth-runs.mjs';

const { values: flags } = parseArgs({
  options: {
    size: { type: 'string', default: '8000' },
    kinds: { type: 'string' },
    commands: { type: 'string' },
    timeout: { type: 'string', default: '120' },
  },
});

const MOST_RATIO = 2.6;
/** Below this a difference is noise of the machine. */
const LEAST_MS = 400;
const bin = fileURLToPath(new URL('../../bin/wfa.js', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'wfa-growth-'));

const COMMANDS = {
  runs: ['runs'],
  list: ['runs', '--list'],
  run: ['run', FIRST_RUN_ID],
  gantt: ['run', FIRST_RUN_ID, '--chart', join(folder, 'gantt.svg')],
  compare: ['compare', ...PLANNERS],
  rank: ['rank'],
  claim: ['claim', `${PLANNERS[0]} < ${PLANNERS[1]}`],
  preload: ['preload'],
  accuracy: ['accuracy'],
  backtest: ['backtest'],
  sla: ['sla'],
  breakdown: ['breakdown'],
  memory: ['memory'],
  scaling: ['scaling'],
  prewarm: ['prewarm'],
  taskdup: ['taskdup'],
  conflicts: ['conflicts'],
  failures: ['failures'],
  whatif: ['whatif'],
  workers: ['workers'],
  'workers-plan': ['workers', '--plan'],
  'plan-campaign': ['plan-campaign', ...PLANNERS],
  report: ['report', '-o', join(folder, 'report.html')],
};

try {
  const chosen = (given, all) => (given ? given.split(',') : Object.keys(all));
  process.stdout.write('input       command            n s     2n s  ratio  peak MB\n');
  for (const kind of chosen(flags.kinds, KINDS)) {
    const size = Number(flags.size);
    const files = [join(folder, 'small.ndjson'), join(folder, 'large.ndjson')];
    await writeRuns(kind, size, files[0]);
    await writeRuns(kind, 2 * size, files[1]);
    for (const command of chosen(flags.commands, COMMANDS)) await judge(kind, command, files);
    for (const file of files) await rm(file);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function judge(kind, command, files) {
  const floorMs = (await measure(['--version'])).cpuMs;
  const [small, large] = [];
  const measured = [small, large];
  for (const [i, file] of files.entries()) {
    measured[i] = await measure([...COMMANDS[command], '--data', file, '--no-cache']);
    if (measured[i].isStopped) break;
  }
  const [first, second] = measured;
  const seconds = (one) =>
    one === undefined ? '-' : one.isStopped ? `>${flags.timeout}` : (one.cpuMs / 1000).toFixed(1);
  const ratio =
    first.isStopped || second.isStopped ? Infinity : (second.cpuMs - floorMs) / Math.max(first.cpuMs - floorMs, 1);
  const isSteep = ratio > MOST_RATIO && (second ?? first).cpuMs - floorMs > LEAST_MS;
  if (isSteep) process.exitCode = 1;
  const peakMb = Math.round(((second ?? first).peakBytes ?? 0) / 1e6);
  const status = [first, second].filter((one) => one && one.status > 1 && one.status !== 3).map(({ status }) => status);
  process.stdout.write(
    `${kind.padEnd(11)} ${command.padEnd(14)} ${seconds(first).padStart(7)} ${seconds(second).padStart(8)} ${ratio.toFixed(2).padStart(6)} ${String(peakMb).padStart(8)}${isSteep ? '  STEEP' : ''}${status.length ? `  status ${status}` : ''}\n`,
  );
}

/** CPU time in ms (that of a busy machine is the same), peak memory in bytes and status of one command; stopped when it takes too long. */
async function measure(args) {
  const usage = fileURLToPath(new URL('report-usage.cjs', import.meta.url));
  const child = spawn(process.execPath, ['--require', usage, bin, ...args], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', WFA_DATA: '' },
    timeout: Number(flags.timeout) * 1000,
    killSignal: 'SIGKILL',
  });
  let report = '';
  child.stdio[3].on('data', (chunk) => {
    report += chunk;
  });
  const [status, signal] = await once(child, 'close');
  if (signal !== null) return { isStopped: true };
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(report);
  return { status, cpuMs: (userCPUTime + systemCPUTime) / 1000, peakBytes: maxRSS * 1024 };
}
