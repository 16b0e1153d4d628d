import { expect, test } from 'vitest';
import { parseSourceSettings } from '../../src/cli/options.ts';
import { FactsCache } from '../../src/engine/facts-cache.ts';
import { loadFacts } from '../../src/engine/load.ts';
import { type JointFacts, prepareExtracting, type Question, splitFacts } from '../../src/engine/question.ts';
import { readSample } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';

const scratch = makeScratch();
const NOTHING = { arguments: [], options: {} };
const QUESTION: Question = {
  analysis: 'report',
  raw: NOTHING,
  filter: { clauses: [], sinceAtMs: null, untilAtMs: null },
  joint: [
    { analysis: 'failures', raw: NOTHING },
    { analysis: 'scaling', raw: NOTHING, isLimited: true },
  ],
  mostRuns: 100,
};

/** Smaller inputs are not remembered. */
const PADDING = `${' '.repeat(8e6)}\n`;
const records = readSample('newer');
const write = (name: string, from: number, to: number, copies = 1) =>
  scratch.write(
    `${name}.ndjson`,
    Array.from({ length: copies }, (_, copy) =>
      records
        .slice(from, to)
        .map(
          (record) => `${JSON.stringify({ ...record, master_dag_id: `${name}.${record['master_dag_id']}.${copy}` })}\n`,
        ),
    )
      .flat()
      .concat(PADDING)
      .join(''),
  );
const MANY = write('many', 0, 100, 3);
const FEW = write('few', 0, 60);
const OTHERS = write('others', 40, 100);

interface Way {
  readonly threadCount?: number;
  /** The directory of a cache; left out: there is none. */
  readonly cache?: string;
}

async function load(uris: readonly string[], { threadCount = 1, cache }: Way = {}): Promise<readonly JointFacts[]> {
  const request = {
    data: uris.map((uri) => ({ label: uri, uri })),
    facts: [],
    settings: parseSourceSettings({}),
    filter: QUESTION.filter,
    table: null,
    digest: false,
    question: QUESTION,
    threadCount,
    leastBytesForThreads: 0,
    cache: cache === undefined ? null : new FactsCache(scratch.path(cache), QUESTION),
    progress: { start: () => {}, advance: () => {}, stop: () => {} },
  };
  return (await loadFacts(request, prepareExtracting(QUESTION))).facts as readonly JointFacts[];
}

test.each([
  ['more runs than a question is asked of', [MANY], 300, null],
  ['fewer', [FEW], 60, 60],
  ['more in two inputs of fewer', [FEW, OTHERS], 120, null],
  ['an input behind one of more', [MANY, FEW], 360, null],
] as const)('facts of %s are the same from threads and from the cache', async (name, uris, runCount, limitedCount) => {
  const facts = await load(uris);
  const expected = JSON.stringify(facts);
  expect([facts.length, splitFacts(facts, 'scaling')?.length ?? null]).toEqual([runCount, limitedCount]);
  const cache = `cache ${name}`;
  for (const way of [{ threadCount: 2 }, { cache }, { cache }, { cache, threadCount: 2 }])
    expect(JSON.stringify(await load(uris, way)) === expected, JSON.stringify(way)).toBe(true);
});

test.each([
  ['behind one of more', [MANY, FEW]],
  ['beside one of fewer', [OTHERS, FEW]],
] as const)('the cache holds no half truth of an input that was read %s', async (name, uris) => {
  const cache = `half ${name}`;
  await load(uris, { cache });
  expect(JSON.stringify(await load([FEW], { cache })) === JSON.stringify(await load([FEW]))).toBe(true);
});

test('a run that comes twice counts once', async () => {
  expect(splitFacts(await load([FEW, FEW]), 'scaling')).toHaveLength(60);
});
