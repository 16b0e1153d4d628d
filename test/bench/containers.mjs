// Speed of the container pass: node test/bench/containers.mjs [--invocations 1000000] [--pools 50] [--seed 1]
// Places that many invocations and traces their periods, under every reuse policy; status 1 when one takes more than 3 s of CPU time.
import { parseArgs } from 'node:util';
import { importSource } from './import-source.mjs';

const { values: flags } = parseArgs({
  options: {
    invocations: { type: 'string', default: '1000000' },
    pools: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
  },
});
const MOST_MS = 3000;
const { placeInvocations, tracePeriods, createRandom, REUSE_POLICIES } = await importSource(
  'model/container-periods.ts',
  'model/container-pool.ts',
  'stats/random.ts',
);

const random = createRandom(Number(flags.seed));
const exponential = (mean) => -mean * Math.log(1 - random());
const count = Number(flags.invocations);
let atMs = 1_795_336_000_000;
const invocations = Array.from({ length: count }, () => {
  // Bursts of about four, so that requests queue up and containers pile up.
  atMs += random() < 0.75 ? 0 : exponential(40);
  const readyAtMs = atMs + exponential(400);
  const poolKey = `pool ${Math.floor(random() ** 3 * Number(flags.pools))}`;
  return { poolKey, requestedAtMs: atMs, readyAtMs, endAtMs: readyAtMs + exponential(2000), state: null };
});

let slowest = 0;
for (const reuse of REUSE_POLICIES) {
  const settings = {
    keepAliveMs: 60_000,
    exitLagMs: 600,
    concurrency: 1,
    launchIntervalMs: 0,
    simultaneousMs: 5,
    reuse,
  };
  const before = process.cpuUsage();
  const { containers } = placeInvocations(invocations, [], settings);
  const placedMs = cpuMs(before);
  let periodCount = 0;
  for (const container of containers) periodCount += tracePeriods(container, invocations, settings, atMs).length;
  const totalMs = cpuMs(before);
  slowest = Math.max(slowest, totalMs);
  const figures = [`${containers.length} containers`, `${periodCount} periods`, `placed in ${placedMs} ms of CPU time`];
  process.stdout.write(`${reuse.padEnd(7)} ${figures.join(', ')}, with periods ${totalMs} ms\n`);
}
process.stdout.write(`slowest: ${slowest} ms (at most ${MOST_MS})\n`);
process.exitCode = slowest <= MOST_MS ? 0 : 1;

function cpuMs(before) {
  const { user, system } = process.cpuUsage(before);
  return Math.round((user + system) / 1000);
}
