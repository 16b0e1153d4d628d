// Speed of the container pass: node test/bench/containers.mjs [--invocations 1000000] [--pools 50] [--seed 1]
// Places that many invocations and traces their periods, under every reuse policy, each in a process of its own: what one leaves
// behind is not the next one's to clear. Status 1 when one takes more than 3 s of CPU time.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { importSource } from './import-source.mjs';

const { values: flags } = parseArgs({
  options: {
    invocations: { type: 'string', default: '1000000' },
    pools: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    // One policy, in this process: prints its time in ms.
    reuse: { type: 'string' },
  },
});
const MOST_MS = 3000;
const { placeInvocations, tracePeriods, createRandom, REUSE_POLICIES } = await importSource(
  'model/container-periods.ts',
  'model/container-pool.ts',
  'stats/random.ts',
);

if (flags.reuse) measure(flags.reuse);
else process.exitCode = Math.max(...REUSE_POLICIES.map(measureApart)) <= MOST_MS ? 0 : 1;

function measureApart(reuse) {
  const args = ['--expose-gc', process.argv[1], ...process.argv.slice(2), '--reuse', reuse];
  const { stdout, status } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${reuse}: status ${status}`);
  const { containerCount, periodCount, placedMs, totalMs } = JSON.parse(stdout);
  const figures = [`${containerCount} containers`, `${periodCount} periods`, `placed in ${placedMs} ms of CPU time`];
  const verdict = totalMs <= MOST_MS ? '' : `: more than ${MOST_MS}`;
  process.stdout.write(`${reuse.padEnd(7)} ${figures.join(', ')}, with periods ${totalMs} ms${verdict}\n`);
  return totalMs;
}

function measure(reuse) {
  const invocations = invent(Number(flags.invocations), Number(flags.pools), createRandom(Number(flags.seed)));
  const horizonAtMs = invocations.at(-1).requestedAtMs;
  const lag = { keepAliveMs: 60_000, exitLagMs: 600, launchIntervalMs: 0, simultaneousMs: 5 };
  const settings = { ...lag, concurrency: 1, reuse };
  // What inventing them left behind is not part of the pass either.
  globalThis.gc();
  const before = process.cpuUsage();
  const { containers } = placeInvocations(invocations, [], settings);
  const placedMs = cpuMs(before);
  let periodCount = 0;
  for (const container of containers) {
    periodCount += tracePeriods(container, invocations, settings, horizonAtMs).length;
  }
  const totalMs = cpuMs(before);
  process.stdout.write(JSON.stringify({ containerCount: containers.length, periodCount, placedMs, totalMs }));
}

function invent(count, poolCount, random) {
  const exponential = (mean) => -mean * Math.log(1 - random());
  let atMs = 1_795_336_000_000;
  return Array.from({ length: count }, () => {
    // Bursts of about four, so that requests queue up and containers pile up.
    atMs += random() < 0.75 ? 0 : exponential(40);
    const readyAtMs = atMs + exponential(400);
    const poolKey = `pool ${Math.floor(random() ** 3 * poolCount)}`;
    return { poolKey, requestedAtMs: atMs, readyAtMs, endAtMs: readyAtMs + exponential(2000), state: null };
  });
}

function cpuMs(before) {
  const { user, system } = process.cpuUsage(before);
  return Math.round((user + system) / 1000);
}
