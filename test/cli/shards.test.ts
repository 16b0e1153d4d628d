import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { RdbReader, unpackString } from '../../src/formats/rdb/read.ts';
import { snapshotEnd, snapshotEntry, snapshotHead } from '../../src/sources/redis/snapshot.ts';
import { askWfa } from '../ask-wfa.ts';
import { makeScratch } from '../scratch.ts';
import { ROOT } from '../spawn-wfa.ts';

/** The dumps of a Redis Cluster's shards, each with the keys whose hash is its own: read together, they are the store. */

const scratch = makeScratch();
const WHOLE = join(ROOT, 'test/fixtures/engine-store.rdb');
const SLOTS = 16_384;
const SHARD_COUNT = 3;

/** CRC16-CCITT (XModem), as the Redis Cluster specification has it. */
function hashSlot(key: string): number {
  let crc = 0;
  for (const byte of Buffer.from(key)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc % SLOTS;
}

function splitStore(): Buffer[] {
  const shards: Buffer[][] = Array.from({ length: SHARD_COUNT }, () => []);
  const reader = new RdbReader('store', () => true);
  for (const event of reader.push(readFileSync(WHOLE))) {
    if (event.kind !== 'string') continue;
    const plain = unpackString(event.stored, (problem) => new Error(problem));
    shards[Math.floor((hashSlot(event.key) * SHARD_COUNT) / SLOTS)]?.push(snapshotEntry(event.key, plain));
  }
  return shards.map((entries) => Buffer.concat([snapshotHead(), ...entries, snapshotEnd()]));
}

const FILES = ['shards/a.rdb', 'shards/b.rdb', 'shards/c.rdb.gz'];
/** The same under names that do not say what they are. */
const NAMELESS = ['shard-1', 'shard-2', 'shard-3'];
const given = (files: readonly string[]) => files.flatMap((file) => ['-d', file]);
const ask = (args: readonly string[], data: readonly string[]) =>
  askWfa([...args, ...data], { cwd: scratch.directory });

beforeAll(() => {
  mkdirSync(scratch.path('shards'));
  splitStore().forEach((bytes, i) => {
    scratch.write(FILES[i] as string, (FILES[i] as string).endsWith('.gz') ? gzipSync(bytes) : bytes);
    scratch.write(NAMELESS[i] as string, i === 1 ? gzipSync(bytes) : bytes);
  });
});

test('the hash is the one of Redis', () => expect(hashSlot('123456789')).toBe(0x31c3));

const RUNS = ['runs', '--list', '--format', 'csv'];

/** The lines of runs in the order of their texts, without the input that each is from. */
const withoutPlaces = (csv: string): string[] =>
  csv
    .replaceAll(/[^,]*(\.rdb(\.gz)?|shard-\d)(?=,)|(?<=,)(shards|store)(?=,)/g, '')
    .split('\n')
    .sort();

describe('dumps of shards', () => {
  const FIGURES = [...RUNS, '--strict'];

  test.each([
    ['one by one', given(FILES)],
    ['in another order', given([...FILES].reverse())],
    ['as a folder', given(['shards'])],
    ['by their content, whatever they are called', given(NAMELESS)],
    ['with one that is called a snapshot', given([FILES[0] as string, ...NAMELESS.slice(1)])],
    ['under one label', given(FILES.map((file) => `store=${file}`))],
  ])('%s: the same runs as in the store', async (_, data) => {
    const whole = await ask(FIGURES, given([WHOLE]));
    expect(whole.status).toBe(0);
    const joined = await ask(FIGURES, data);
    expect(joined).toMatchObject({ status: 0, stderr: whole.stderr });
    expect(withoutPlaces(joined.stdout)).toEqual(withoutPlaces(whole.stdout));
  });

  test('converted: the same records', async () => {
    const [whole, joined] = await Promise.all([
      ask(['convert', '--strict'], given([WHOLE])),
      ask(['convert', '--strict'], given(FILES)),
    ]);
    expect(joined.status).toBe(0);
    expect(joined.stdout.split('\n').sort()).toEqual(whole.stdout.split('\n').sort());
  });

  test('without one of them, or under different labels: an issue that says what to do, and an error with --strict', async () => {
    for (const data of [given(FILES.slice(0, 2)), given(FILES.map((file, i) => `s${i}=${file}`))]) {
      const { status, stderr } = await ask(FIGURES, data);
      expect(status).toBe(2);
      expect(stderr).toContain('of a Redis Cluster, give the dumps of all shards together');
    }
  });
});

test('two snapshots of one store stay two sources: their runs are not joined', async () => {
  scratch.write('monday.rdb', readFileSync(WHOLE));
  scratch.write('tuesday.rdb', readFileSync(WHOLE));
  const [once, twice] = await Promise.all([ask(RUNS, given([WHOLE])), ask(RUNS, given(['monday.rdb', 'tuesday.rdb']))]);
  expect(withoutPlaces(twice.stdout)).toEqual(withoutPlaces(once.stdout));
});
