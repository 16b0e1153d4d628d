import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { FactsEvent } from '../../src/engine/extract-runs.ts';
import { FactsCache } from '../../src/engine/facts-cache.ts';
import type { Issue } from '../../src/model/issue.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { sampleRuns } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';

const scratch = makeScratch();
const runs = sampleRuns().map((run) => describeRun(run));
const issue: Issue = { code: 'not-a-run-record', origin: { uri: 'input', line: 3 } };
const records = [
  ...runs.map((run) => ({ run, facts: { run, measurements: { makespan: 0.1, cost: null } } })),
  ...runs.slice(0, 2).map((run) => ({ run, facts: null })),
  { issue },
];

const question = {
  analysis: 'compare',
  raw: { arguments: ['a', 'b'], options: {} },
  filter: { clauses: [], sinceAtMs: null, untilAtMs: null },
};
const input = { uri: 'input', byteLength: 1e9, explicit: true, version: '1', open: () => neverOpened() };

// biome-ignore lint/correctness/useYield: it is not to be read.
async function* neverOpened(): AsyncGenerator<Uint8Array> {
  throw new Error('read again');
}

async function* inBatches(events: readonly FactsEvent<unknown>[]) {
  for (let from = 0; from < events.length; from += 7) yield events.slice(from, from + 7);
}

/** A cache that holds the events, and where it holds them. */
async function keep(name: string, events: readonly FactsEvent<unknown>[]) {
  const directory = scratch.path(name);
  const cache = new FactsCache(directory, question);
  for await (const _ of cache.record(input, 'label', inBatches(events)));
  return { cache, path: `${directory}/${readdirSync(directory)[0]}` };
}

test('the cache gives back what it was given, in as many blocks as it takes', async () => {
  const events = Array.from({ length: 30 }, () => records).flat();
  const { cache } = await keep('many', events);
  const recalled = await cache.recall(input, 'label', false);
  expect(recalled).toStrictEqual(events);
  for (const event of recalled ?? []) {
    if (!('run' in event)) continue;
    if (event.facts !== null) expect((event.facts as { run: unknown }).run).toBe(event.run);
  }
});

test('nothing is recalled from a file that was cut or damaged anywhere', { timeout: 120_000 }, async () => {
  const { cache, path } = await keep('damaged', records.slice(-4));
  const whole = readFileSync(path);
  const recall = (bytes: Uint8Array) => {
    writeFileSync(path, bytes);
    return cache.recall(input, 'label', false);
  };
  expect(await recall(whole)).toHaveLength(4);
  for (let at = 0; at < whole.length; at++) {
    expect(await recall(whole.subarray(0, at))).toBeNull();
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] as number) ^ (1 << (at % 8));
    expect(await recall(damaged)).toBeNull();
  }
  expect(await recall(Buffer.concat([whole, Buffer.alloc(8)]))).toBeNull();
  expect(await recall(Buffer.concat([whole, whole]))).toBeNull();
});
