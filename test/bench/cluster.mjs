// The two halves of an analysis on many machines: npm run build && node test/bench/cluster.mjs [--runs 200000] [--folder FOLDER]
// First time against shards: as many wfa extract at once, and the answer of their facts, which has to be the same bytes each time.
// Then the second half of each analysis on all runs, which are generated shard by shard and deleted again: facts alone stay.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureNode } from './child.mjs';

const { values: flags } = parseArgs({
  options: { runs: { type: 'string', default: '200000' }, folder: { type: 'string', default: tmpdir() } },
});
const SHARD_RUNS = 1000;
const SHARD_COUNTS = [1, 2, 4, 8];
const LARGE_SHARD_RUNS = 10_000;
const QUESTIONS = [
  ['compare', 'uniform', 'non-uniform'],
  ['preload', '--planner', 'uniform-opt'],
  ['breakdown'],
  ['accuracy'],
];
const [FIRST_QUESTION] = QUESTIONS;
const bin = fileURLToPath(new URL('../../bin/wfa.js', import.meta.url));
const generator = fileURLToPath(new URL('generate.mjs', import.meta.url));
const folder = mkdtempSync(join(flags.folder, 'wfa-bench-'));
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
const megabytes = (byteLength) => `${(byteLength / 1e6).toFixed(0)} MB`;
const print = (line) => process.stdout.write(`${line}\n`);

process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
/** Writes the records of so many runs, the first of them being copy `first`. */
function generate(path, runCount, first) {
  execFileSync(process.execPath, [generator, '--out', path, '--runs', runCount, '--first', first, '--seed', first + 1]);
  return path;
}

/** One thread reads one shard after the other, as on a machine that is given them. */
const extract = (question, shards, facts) =>
  measureNode([bin, 'extract', ...question, ...dataOf(shards), '--threads', '1', '--no-cache', '-o', facts]);

const dataOf = (shards) => shards.flatMap((shard) => ['--data', shard]);

const answer = (question, facts, output) =>
  measureNode([bin, ...question, ...facts.flatMap((file) => ['--facts', file]), '-f', 'json', '-o', output]);

async function measureShards() {
  const most = Math.max(...SHARD_COUNTS);
  const shards = Array.from({ length: most }, (_, i) =>
    generate(join(folder, `shard-${i}.ndjson`), SHARD_RUNS, i * SHARD_RUNS),
  );
  print(`${most * SHARD_RUNS} runs, ${megabytes(shards.reduce((sum, path) => sum + statSync(path).size, 0))}`);
  const digests = new Set();
  for (const count of SHARD_COUNTS) {
    const groups = Array.from({ length: count }, (_, i) => shards.filter((_, j) => j % count === i));
    const facts = groups.map((_, i) => join(folder, `facts-${count}-${i}.ndjson`));
    const beganAtMs = performance.now();
    const extracted = await Promise.all(groups.map((group, i) => extract(FIRST_QUESTION, group, facts[i])));
    const mapMs = performance.now() - beganAtMs;
    const output = join(folder, 'answer.json');
    const reduced = await answer(FIRST_QUESTION, facts, output);
    digests.add(digestOf(output));
    const cpuMs = extracted.map((one) => one.cpuMs);
    const each = `CPU time ${seconds(Math.max(...cpuMs))} at most a shard, ${seconds(sum(cpuMs))} in all`;
    print(`${count} shards: ${seconds(mapMs)} together, ${each}; second half ${wordMeasured(reduced)}`);
  }
  if (digests.size !== 1) throw new Error('the answers differ');
  for (const shard of shards) rmSync(shard);
}

async function measureSecondHalves() {
  const [runCount, extractedMs] = [Number(flags.runs), QUESTIONS.map(() => 0)];
  const facts = QUESTIONS.map(() => []);
  for (const [analysis] of QUESTIONS) mkdirSync(join(folder, analysis));
  let byteLength = 0;
  for (let first = 0; first < runCount; first += LARGE_SHARD_RUNS) {
    const shard = generate(join(folder, 'shard.ndjson'), Math.min(LARGE_SHARD_RUNS, runCount - first), first);
    byteLength += statSync(shard).size;
    for (const [i, question] of QUESTIONS.entries()) {
      const path = join(folder, question[0], `${first}.ndjson`);
      extractedMs[i] += (await extract(question, [shard], path)).cpuMs;
      facts[i].push(path);
    }
  }
  print(`${runCount} runs, ${megabytes(byteLength)}`);
  for (const [i, question] of QUESTIONS.entries()) {
    const stored = sum(facts[i].map((path) => statSync(path).size));
    const measured = await answer(question, facts[i], join(folder, 'answer.json'));
    const first = `first half ${seconds(extractedMs[i])} of CPU time in all, ${megabytes(stored)} of facts`;
    print(`${question[0].padEnd(9)} ${first}; second half ${wordMeasured(measured)}`);
  }
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

const wordMeasured = ({ wallMs, cpuMs, peakBytes }) =>
  `${seconds(wallMs)}, ${seconds(cpuMs)} of CPU time, ${megabytes(peakBytes)}`;

function digestOf(path) {
  // The facts' names and places differ with the shards, and are no part of the answer.
  const { result, ledger, warnings } = JSON.parse(readFileSync(path, 'utf8'));
  return createHash('sha256').update(JSON.stringify({ result, ledger, warnings })).digest('hex');
}

await measureShards();
await measureSecondHalves();
