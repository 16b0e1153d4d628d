// How well containers are reconstructed, against the pool's own log of what happened to each:
// node test/bench/score-containers.mjs RUNS POOL_EVENTS [--keep-alive 7.5] [--exit-lag 0.6] [--json]
// RUNS: run records; POOL_EVENTS: NDJSON of launch_begin, launch_ready, acquire, release, expire, prewarm. Both may be gzipped.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { readTruth, scoreObservation } from './container-score.mjs';
import { importSource } from './import-source.mjs';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'keep-alive': { type: 'string' },
    'exit-lag': { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
if (positionals.length !== 2) throw new Error('Name the file of runs and the file of pool events');

const source = await importSource(
  'model/parse-run.ts',
  'model/run-facts.ts',
  'analyses/workers/extract.ts',
  'analyses/workers/options.ts',
  'analyses/workers/observe.ts',
  'analyses/workers/bounds.ts',
  'model/container-periods.ts',
);
const [records, events] = await Promise.all(positionals.map(readLines));
const runs = records.map((record, i) => source.parseRun(record, { uri: 'runs', line: i + 1 }, 'runs').run);
const truth = readTruth(events);
const hideStates = (run) => ({
  ...run,
  workerStartups: run.workerStartups.map((startup) => ({ ...startup, state: null })),
});

// Without states nothing tells the keep-alive, nor the exit lag: what is not given is what the code takes to be usual.
const KNOWN_KEEP_ALIVE_S = '7.5';
const given = { keepAlive: flags['keep-alive'], exitLag: flags['exit-lag'] };
const hidden = runs.map(hideStates);
const keepAlive = given.keepAlive ?? KNOWN_KEEP_ALIVE_S;
for (const [title, known, calibration] of [
  ['states recorded', runs, given],
  [`states hidden, keep-alive ${keepAlive} s given`, hidden, { ...given, keepAlive }],
  ['states hidden, nothing given', hidden, {}],
]) {
  const options = source.parseWorkers({ arguments: [], options: calibration });
  const facts = known
    .map((run) => source.extractWorkers(run, source.describeRun(run), options))
    .sort(source.bySubmission);
  const score = scoreObservation(source, source.observe(facts, options), truth);
  if (flags.json) process.stdout.write(`${JSON.stringify({ title, ...score })}\n`);
  else {
    process.stdout.write(`${title}\n`);
    for (const [name, figure] of Object.entries(score)) process.stdout.write(`  ${name.padEnd(34)} ${word(figure)}\n`);
  }
}

async function readLines(path) {
  const bytes = await readFile(path);
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function word(figure) {
  return typeof figure === 'number' ? String(Math.round(figure * 1e4) / 1e4) : JSON.stringify(figure);
}
