// Multiplies real runs: node test/bench/generate.mjs --out FILE [--runs 20000] [--first 0] [--seed 1] [--from FILE ...]
// Every copy has ids of its own, consistent inside the record, a later submission, and jittered numbers. Plain NDJSON.
// --first N begins with the submission of the N-th copy: with seeds of their own, files continue one another.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '20000' },
    first: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', multiple: true },
    out: { type: 'string' },
  },
});
if (!flags.out) throw new Error('Name the file to write: --out FILE');

const FIRST_SUBMISSION_AT_MS = 1_795_336_000_000;
const BETWEEN_RUNS_MS = 30_000;
/** A number of ms from here on is an instant, not a duration. */
const EARLIEST_INSTANT_MS = 1e11;
const [RUN_SIGMA, NUMBER_SIGMA] = [0.1, 0.02];

const random = mulberry32(Number(flags.seed));
const templates = (await readLines(flags.from ?? (await sampleFiles()))).flatMap(compileTemplate);
const out = createWriteStream(flags.out, { highWaterMark: 1 << 20 });
let byteLength = 0;
for (let i = 0; i < Number(flags.runs); i++) {
  // A new order in every round, so that neither planner comes first.
  if (i % templates.length === 0) shuffle(templates);
  const submittedAtMs = FIRST_SUBMISSION_AT_MS + (Number(flags.first) + i) * BETWEEN_RUNS_MS;
  const line = `${fillTemplate(templates[i % templates.length], submittedAtMs)}\n`;
  byteLength += line.length;
  if (!out.write(line)) await once(out, 'drain');
}
out.end();
await once(out, 'finish');
process.stdout.write(`${flags.out}: ${flags.runs} runs, ${(byteLength / 1e6).toFixed(0)} MB\n`);

async function sampleFiles() {
  const folder = new URL('../../samples/', import.meta.url);
  return (await readdir(folder)).filter((name) => name.endsWith('.gz')).map((name) => new URL(name, folder));
}

async function readLines(files) {
  const texts = await Promise.all(files.map(async (file) => readText(await readFile(file))));
  return texts.flatMap((text) => text.split('\n')).filter((line) => line.trim() !== '');
}

function readText(bytes) {
  return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** Cuts a record's text at everything that a copy changes; runs that were never submitted are left out. */
function compileTemplate(text) {
  const submittedAtMs = JSON.parse(text).submission?.dag_submission_time_ms;
  if (submittedAtMs == null) return [];
  const slots = new RegExp(
    [
      `(?<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=")[0-9a-f]{32}(?="))`,
      String.raw`(?<="master_dag_id": ?")(?<clientMs>\d+)(?=\.)`,
      String.raw`(?<="\w*(?<unit>_ms|_s|_bytes|_size|_seconds)": ?)(?<number>-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)`,
    ].join('|'),
    'g',
  );
  const parts = [];
  const ids = new Map();
  let from = 0;
  for (const match of text.matchAll(slots)) {
    parts.push(text.slice(from, match.index), slotOf(match.groups, ids));
    from = match.index + match[0].length;
  }
  return [{ submittedAtMs, idCount: ids.size, parts: [...parts, text.slice(from)] }];
}

function slotOf({ id, clientMs, unit, number }, ids) {
  if (id !== undefined) {
    if (!ids.has(id)) ids.set(id, ids.size);
    return { kind: 'id', index: ids.get(id), dashed: id.includes('-') };
  }
  if (clientMs !== undefined) return { kind: 'instant', perMs: 1, digits: 0, original: Number(clientMs) };
  const original = Number(number);
  if (unit === '_s') return { kind: 'instant', perMs: 1e-3, digits: 6, original };
  if (unit === '_ms' && original > EARLIEST_INSTANT_MS) return { kind: 'instant', perMs: 1, digits: 3, original };
  const whole = unit === '_bytes' || unit === '_size';
  return { kind: 'amount', digits: whole ? 0 : 4, scales: !whole, original };
}

/** All times of one copy are stretched alike, and each number jitters a little by itself. */
function fillTemplate({ submittedAtMs, idCount, parts }, newSubmittedAtMs) {
  const stretch = Math.exp(RUN_SIGMA * normal());
  const ids = Array.from({ length: idCount }, randomHex);
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      if (part.kind === 'id') return part.dashed ? dash(ids[part.index]) : ids[part.index];
      if (part.kind === 'instant') {
        const sinceMs = part.original / part.perMs - submittedAtMs;
        return ((newSubmittedAtMs + sinceMs * stretch) * part.perMs).toFixed(part.digits);
      }
      const amount = part.original * (part.scales ? stretch : 1) * Math.exp(NUMBER_SIGMA * normal());
      return String(Number(amount.toFixed(part.digits)));
    })
    .join('');
}

function randomHex() {
  let hex = '';
  for (let i = 0; i < 4; i++)
    hex += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return hex;
}

function dash(hex) {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function normal() {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function shuffle(items) {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j], items[i]];
  }
}

function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
