import { expect, test } from 'vitest';
import { prepareExtractions } from '../../src/engine/extract-runs.ts';
import { UserError } from '../../src/errors.ts';
import { decodeRecords } from '../../src/formats/index.ts';
import { METRICS } from '../../src/model/metrics.ts';
import { RUN_PARTS } from '../../src/model/run-parts.ts';
import { recordFormats } from '../../src/octoflows/index.ts';
import { decompress } from '../../src/sources/index.ts';
import { createRandom } from '../../src/stats/random.ts';
import { type FuzzInput, makeInput } from './inputs.ts';

/** A quarter of a minute in CI, which draws the same inputs each time; `WFA_FUZZ_SECONDS=3600 npx vitest run … test/fuzz` by hand. */
const SECONDS = Number(process.env['WFA_FUZZ_SECONDS'] ?? (process.env['CI'] ? 15 : 5));
/** CI is to say the same twice; by hand each run is another. */
const SEED = Number(process.env['WFA_FUZZ_SEED'] ?? (process.env['CI'] ? 448_507_444 : Date.now() % 1e9));
/** Of one input. The largest are read in two seconds. */
const MOST_MS = 30_000;
const MOST_BYTES = 2e9;

const { whole: extract } = prepareExtractions({
  filter: { clauses: [], sinceAtMs: null, untilAtMs: null },
  parts: RUN_PARTS,
  extract: (run, facts) => ({ run: facts, figures: METRICS.map((metric) => metric.measure(run)) }),
});

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

/** How many records became runs or issues; `null`: the input as a whole was refused, in words for the user. */
async function readAll({ bytes }: FuzzInput, chunkBytes: number): Promise<number | null> {
  let count = 0;
  try {
    for await (const batch of decodeRecords(
      decompress(inChunks(bytes, chunkBytes), 'input'),
      'input',
      recordFormats(),
    )) {
      count += extract(batch, 'input', 'input').records.length;
    }
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
  return count;
}

test(
  `whatever is read becomes a run or an issue (seed ${SEED}, ${SECONDS} s)`,
  async () => {
    const random = createRandom(SEED);
    const below = (end: number) => Math.floor(random() * end);
    const endsAtMs = performance.now() + SECONDS * 1000;
    const counts = new Map<string, number>();
    for (let i = 0; performance.now() < endsAtMs; i++) {
      const input = makeInput(below);
      const startedAtMs = performance.now();
      const words = `input ${i} (${input.kind}) of seed ${SEED}`;
      // No source hands over megabytes byte by byte.
      const leastBytes = Math.ceil(input.bytes.length / 10_000);
      const count = await readAll(input, leastBytes + below(1 << (1 + below(20)))).catch((error) => {
        throw new Error(words, { cause: error });
      });
      // What begins with a bracket, or a lone brace, is a document rather than lines.
      const isLines = !/^\s*(\[|\{\s*[\r\n])/.test(input.bytes.toString('latin1', 0, 100));
      if (count !== null && input.recordCount !== null && isLines) expect(count, words).toBe(input.recordCount);
      expect(performance.now() - startedAtMs, words).toBeLessThan(MOST_MS);
      expect(process.memoryUsage().rss, words).toBeLessThan(MOST_BYTES);
      counts.set(input.kind, (counts.get(input.kind) ?? 0) + 1);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect([...counts.values()].reduce((sum, count) => sum + count)).toBeGreaterThan(SECONDS);
  },
  SECONDS * 1000 + 60_000,
);
