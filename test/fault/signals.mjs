// Ends wfa by signals at random moments while it writes, and looks at what it leaves. By hand:
//   node test/fault/signals.mjs [ROUNDS] [WFA_BIN]
// Each round must end within ten seconds, by the signal or because it was done, with the old output or the whole new one, and with no
// temporary file left beside it or in the cache. Prints what was seen; status 1 when a round did anything else.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const rounds = Number(process.argv[2] ?? 1000);
const bin = resolve(process.argv[3] ?? join(import.meta.dirname, '../../bin/wfa.js'));
const DEADLINE_MS = 10_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const scratch = mkdtempSync(join(tmpdir(), 'wfa-signals-'));
const data = join(scratch, 'runs.ndjson');
const env = { ...process.env, XDG_CACHE_HOME: join(scratch, 'cache') };
spawnSync(process.execPath, [bin, 'convert', 'sample:', '-o', data]);
writeFileSync(
  data,
  Array(4)
    .fill(readFileSync(data, 'utf8'))
    .map((text, i) => text.replaceAll('"master_dag_id":"', `$&${i}.`))
    .join(''),
);

const out = join(scratch, 'out');
mkdirSync(out);
const COMMANDS = [
  ['convert', data, '-o', join(out, 'runs.parquet')],
  ['convert', data, '-o', join(out, 'runs.ndjson.gz')],
  ['runs', '-d', data, '-f', 'json', '--threads', '4', '-o', join(out, 'runs.json')],
  ['compare', 'uniform', 'non-uniform', '-d', data, '--threads', '3', '-o', join(out, 'compare.txt')],
  ['extract', 'sla', '-d', data, '--threads', '2', '-o', join(out, 'sla.ndjson')],
];
const outputOf = (args) => args.at(-1);

const run = (args) => spawn(process.execPath, [bin, ...args], { env, stdio: 'ignore' });
const toEnd = (child) => new Promise((done) => child.on('close', (status, signal) => done(signal ?? status)));
const leftovers = () =>
  [out, join(scratch, 'cache/wfa')].flatMap((folder) =>
    (read(() => readdirSync(folder)) ?? []).filter((name) => name.endsWith('.tmp')),
  );
const read = (what) => {
  try {
    return what();
  } catch {
    return null;
  }
};

const durations = [];
const whole = [];
for (const args of COMMANDS) {
  rmSync(join(scratch, 'cache'), { recursive: true, force: true });
  const startedAtMs = performance.now();
  const ended = await toEnd(run(args));
  if (ended !== 0) throw new Error(`${args.join(' ')} ends with ${ended}`);
  durations.push(performance.now() - startedAtMs);
  whole.push(readFileSync(outputOf(args)));
}

const seen = {};
const bad = [];
for (let round = 0; round < rounds; round++) {
  const which = round % COMMANDS.length;
  const args = COMMANDS[which];
  const signal = SIGNALS[Math.floor(Math.random() * SIGNALS.length)];
  rmSync(join(scratch, 'cache'), { recursive: true, force: true });
  writeFileSync(outputOf(args), 'old');
  const child = run(args);
  const ending = toEnd(child);
  await delay(Math.random() * 1.1 * durations[which]);
  child.kill(signal);
  const ended = await Promise.race([ending, delay(DEADLINE_MS, 'hangs')]);
  if (ended === 'hangs') {
    child.kill('SIGKILL');
    await ending;
  }
  const now = readFileSync(outputOf(args));
  const state = now.equals(Buffer.from('old')) ? 'old' : now.equals(whole[which]) ? 'new' : 'neither';
  const left = leftovers();
  const key = `${args[0]}: ${ended === signal ? 'by the signal' : ended}, output ${state}`;
  seen[key] = (seen[key] ?? 0) + 1;
  if (![signal, 0].includes(ended) || state === 'neither' || left.length > 0)
    bad.push({ round, args: args.join(' '), signal, ended, state, left });
  for (const name of left) rmSync(join(out, name), { force: true });
}
rmSync(scratch, { recursive: true, force: true });
const lines = [
  ...Object.entries(seen).map(([what, count]) => `${count}\t${what}`),
  ...bad.map((one) => JSON.stringify(one)),
  `${rounds} rounds, ${bad.length} bad`,
];
process.stdout.write(`${lines.join('\n')}\n`);
process.exitCode = bad.length > 0 ? 1 : 0;
