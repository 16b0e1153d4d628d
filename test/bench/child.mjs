// Runs one node process and measures it from inside, at its very end.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** No module of ES: to load those would cost every process that is measured more than it need take itself. */
const REPORT = fileURLToPath(new URL('report-usage.cjs', import.meta.url));

/** Wall and CPU (user and system) in ms, peak resident memory in bytes; its output is thrown away. Rejects on a bad status. */
export async function measureNode(args) {
  const { wallMs, report } = await runNode(['--require', REPORT, ...args]);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(report);
  return { wallMs, cpuMs: (userCPUTime + systemCPUTime) / 1000, peakBytes: maxRSS * 1024 };
}

/** Wall time in ms and nothing else: looking inside takes a module more, which would count as start-up. */
export const timeNode = async (args) => ({ wallMs: (await runNode(args)).wallMs });

/** `report`: what it wrote to its fourth stream. */
function runNode(args) {
  return new Promise((resolve, reject) => {
    const startedAtMs = performance.now();
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', WFA_DATA: '' },
    });
    let report = '';
    child.stdio[3].on('data', (chunk) => {
      report += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve({ wallMs: performance.now() - startedAtMs, report });
      else reject(new Error(`status ${status}: node ${args.join(' ')}`));
    });
  });
}

/** Measures each command once per round, in turn, so that a slow moment of the machine meets them all. */
export async function measureInterleaved(commands, rounds, measure = measureNode) {
  const measured = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, args] of Object.entries(commands)) measured[name].push(await measure(args));
  }
  return measured;
}

export function median(sample) {
  const sorted = [...sample].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
