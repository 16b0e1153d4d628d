// Writes a made-up invocation log as CSV: node test/bench/generate-invocations.mjs FILE [--rows 2000000] [--pools 50] [--seed 1]
// Some 150 bytes a row: 2 million rows are 300 MB. Containers are true: each request takes the idle container of its function that
// was used last, or a new one.
import { createWriteStream } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { importSource } from './import-source.mjs';

const { createRandom } = await importSource('stats/random.ts');
const KEEP_ALIVE_MS = 600_000;
const COLUMNS = 'request_id,region,app,function,memory_mb,is_cold,start_ms,ready_ms,end_ms,container_id,status';

/** Writes the log; the same arguments give the same bytes. */
export async function generateInvocations(path, { rowCount, poolCount, seed }) {
  const random = createRandom(seed);
  const output = createWriteStream(path);
  let lines = [COLUMNS];
  for (const line of inventRows(rowCount, poolCount, random)) {
    lines.push(line);
    if (lines.length < 10_000) continue;
    if (!output.write(`${lines.join('\n')}\n`)) await new Promise((resolve) => output.once('drain', resolve));
    lines = [];
  }
  output.end(lines.length > 0 ? `${lines.join('\n')}\n` : '');
  await new Promise((resolve, reject) => output.on('finish', resolve).on('error', reject));
}

function* inventRows(rowCount, poolCount, random) {
  const exponential = (mean) => -mean * Math.log(1 - random());
  const pools = Array.from({ length: poolCount }, () => []);
  let containerCount = 0;
  let atMs = 1_795_336_000_000;
  for (let row = 0; row < rowCount; row++) {
    atMs += exponential(40);
    const number = Math.floor(random() ** 3 * poolCount);
    const startMs = Math.round(atMs);
    const { container, cold } = takeContainer(pools[number], startMs, () => containerCount++);
    const readyMs = startMs + (cold ? 200 + Math.round(exponential(300)) : 2);
    const endMs = readyMs + Math.round(exponential(2000));
    container.endMs = endMs;
    const memory = 256 << (number % 3);
    const ids = [wordId(row, random), 'eu-central-1', `app-${number % 7}`, `function-${number}`];
    yield [...ids, memory, cold, startMs, readyMs, endMs, container.id, 'succeeded'].join(',');
  }
}

/** Takes the idle container that was used last. Those that are gone are dropped when they are met. */
function takeContainer(pool, nowMs, number) {
  let best = null;
  for (let i = pool.length - 1; i >= 0; i--) {
    const container = pool[i];
    if (container.endMs + KEEP_ALIVE_MS <= nowMs) pool.splice(i, 1);
    else if (container.endMs <= nowMs && container.endMs > (best?.endMs ?? 0)) best = container;
  }
  if (best !== null) return { container: best, cold: false };
  const container = { id: wordId(number(), () => 0.5), endMs: 0 };
  pool.push(container);
  return { container, cold: true };
}

/** The form of a UUID, unique by its number. */
function wordId(number, random) {
  const hex = (value, digits) => Math.floor(value).toString(16).padStart(digits, '0');
  const tail = hex(random() * 2 ** 32, 8);
  return `${hex(number, 8)}-${tail.slice(0, 4)}-4${tail.slice(5)}-8${tail.slice(1, 4)}-${tail}${tail.slice(0, 4)}`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rows: { type: 'string', default: '2000000' },
      pools: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
    },
  });
  if (positionals.length !== 1) throw new Error('Give one file to write.');
  const counts = { rowCount: Number(values.rows), poolCount: Number(values.pools), seed: Number(values.seed) };
  await generateInvocations(positionals[0], counts);
}
