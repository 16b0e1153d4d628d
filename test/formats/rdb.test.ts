import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Crc64 } from '../../src/formats/rdb/crc64.ts';
import { unpackLzf } from '../../src/formats/rdb/lzf.ts';
import { RdbReader, unpackString } from '../../src/formats/rdb/read.ts';
import { testWith } from '../need-program.ts';
import { draws } from '../property-draws.ts';
import { startRedis } from '../redis/server.ts';
import { makeScratch } from '../scratch.ts';
import { decodeAll } from './decode.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures');

/** Four runs of an older engine, cut out of a real store with redis-server 7.0.15, and what a faithful export of them is. */
const store = readFileSync(join(FIXTURES, 'engine-store.rdb'));
const exported = gunzipSync(readFileSync(join(FIXTURES, 'engine-store.ndjson.gz')))
  .toString()
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

/** What the bytes hold as strings, other types and notes. */
function readAll(bytes: Uint8Array, cuts: readonly number[] = []) {
  const strings = new Map<string, string>();
  const others: string[] = [];
  const reader = new RdbReader('input', () => true);
  let from = 0;
  for (const to of [...[...cuts].sort((a, b) => a - b), bytes.length]) {
    for (const event of reader.push(bytes.subarray(from, to))) {
      if (event.kind === 'string')
        strings.set(`${event.database} ${event.key}`, unpackString(event.stored, Error).toString('latin1'));
      if (event.kind === 'other-type') others.push(`${event.database} ${event.key} ${event.type}`);
    }
    from = to;
  }
  reader.end();
  return { strings, others };
}

describe('the engine’s store', () => {
  test('is its faithful export, record by record', async () => {
    const decoded = await decodeAll(store);
    expect(decoded).toEqual(exported.map((json, i) => ({ line: i + 1, json })));
  });

  test('is the same wherever its bytes are split', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: store.length }), { maxLength: 8 }), async (cuts) => {
        expect((await decodeAll(store, cuts)).length).toBe(exported.length);
      }),
      { numRuns: 20 },
    );
    const everyTwenty = Array.from({ length: store.length / 20 }, (_, i) => i * 20);
    expect(await decodeAll(store, everyTwenty)).toEqual(await decodeAll(store));
  });

  test('cut anywhere it is an error, never fewer runs', async () => {
    const lengths = fc.sample(fc.integer({ min: 9, max: store.length - 1 }), { numRuns: 30, seed: 1 });
    for (const length of [9, 10, store.length - 8, store.length - 1, ...lengths]) {
      await expect(decodeAll(store.subarray(0, length)), `${length} bytes`).rejects.toMatchObject({
        code: 'cut-short',
      });
    }
  });

  test('with any bit turned it is an error', async () => {
    const bits = fc.sample(fc.nat({ max: (store.length - 17) * 8 }), { numRuns: 40, seed: 2 });
    for (const bit of bits) {
      const damaged = Buffer.from(store);
      const at = 9 + (bit >> 3);
      damaged[at] = (damaged[at] as number) ^ (1 << (bit & 7));
      await expect(decodeAll(damaged), `bit ${bit}`).rejects.toMatchObject({ name: 'UserError' });
    }
  });

  test('without a checksum it is read', async () => {
    const without = Buffer.concat([store.subarray(0, -8), Buffer.alloc(8)]);
    expect((await decodeAll(without)).length).toBe(exported.length);
  });

  test('the mark by which a transfer ends is passed over, nothing else', async () => {
    const mark = '2739aea6fc9e2a969660ff1d6e686c6d10113906';
    for (const end of [mark, `${mark}\n`, `\r\n${mark}\r\n`, '\n']) {
      const bytes = Buffer.concat([store, Buffer.from(end)]);
      expect(await decodeAll(bytes)).toEqual(await decodeAll(store));
      const cuts = Array.from({ length: 60 }, (_, i) => bytes.length - i);
      expect(await decodeAll(bytes, cuts)).toEqual(await decodeAll(store));
    }
    for (const end of [mark.slice(1), `${mark}0`, `${mark}${mark}`, 'x', '\0', `${mark.slice(1)}g`]) {
      await expect(decodeAll(Buffer.concat([store, Buffer.from(end)]))).rejects.toMatchObject({
        code: 'not-run-records',
      });
    }
  });

  test('what goes on after its end is no snapshot', async () => {
    await expect(decodeAll(Buffer.concat([store, Buffer.from('*1\r\n')]))).rejects.toMatchObject({
      code: 'not-run-records',
    });
  });

  test.each(['0004', '0014', '0080', 'abcd'])('version %s is not read', async (version) => {
    const other = Buffer.concat([Buffer.from(`REDIS${version}`), store.subarray(9)]);
    await expect(decodeAll(other)).rejects.toMatchObject({
      code: 'damaged-dump',
      message: expect.stringContaining(version),
    });
  });

  test.each(['REDIS0009', 'REDIS0012', 'REDIS0013', 'VALKEY080'])('%s is read', async (head) => {
    const other = Buffer.concat([Buffer.from(head), store.subarray(9, -8), Buffer.alloc(8)]);
    expect((await decodeAll(other)).length).toBe(exported.length);
  });
});

/** A snapshot of these bytes without a checksum. */
const snapshot = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(
    ['REDIS0012', ...parts, [0xff, 0, 0, 0, 0, 0, 0, 0, 0]].map((part) =>
      typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part),
    ),
  );

describe('hostile snapshots', () => {
  test.each([
    ['a string of 2^60 bytes', snapshot([0, 1], 'k', [0x81, 0x10, 0, 0, 0, 0, 0, 0, 0]), /is said to have/],
    [
      'a string that unpacks to 2^60 bytes',
      snapshot([0, 0xc3, 1, 0x81, 0x10, 0, 0, 0, 0, 0, 0, 0, 0]),
      /does not unpack/,
    ],
    ['a list of 2^60 strings', snapshot([1, 1], 'k', [0x81, 0x10, 0, 0, 0, 0, 0, 0, 0]), /too early|is none|packed/],
    ['a type of the future', snapshot([99, 1], 'k', [1, 0]), /type 99/],
    ['an old module’s value', snapshot([6, 1], 'k', [1, 0]), /type 6/],
    ['an instruction of the future', snapshot([0xf6, 0]), /instruction/],
    ['a length that is none', snapshot([0, 0x82]), /length/],
  ])('%s', (_, bytes, problem) => {
    expect(() => readAll(bytes)).toThrow(problem);
  });

  test('hashes whose fields expire (types 24 and 25, Redis 7.4) are passed over', () => {
    const eight = [0, 0, 0, 0, 0, 0, 0, 0];
    const bytes = snapshot(
      [24, 1],
      'a',
      eight,
      [1, 5, 1],
      'f',
      [1],
      'v',
      [25, 1],
      'b',
      eight,
      [2],
      'xy',
      [0, 1],
      'k',
      [1],
      'v',
    );
    expect(readAll(bytes)).toEqual({ strings: new Map([['0 k', 'v']]), others: ['0 a hash', '0 b hash'] });
  });

  test('any bytes are data or a UserError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (random) => {
        try {
          readAll(snapshot([...random]));
        } catch (error) {
          expect(error).toMatchObject({ name: 'UserError' });
        }
      }),
      { numRuns: draws(3000) },
    );
  });
});

test('what Redis 13 and Valkey 80 have of their own is passed over', () => {
  const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  const file = (head: string, ...parts: readonly (Buffer | readonly number[])[]) =>
    Buffer.concat([Buffer.from(head), ...parts.map((part) => Buffer.from(part)), Buffer.from([0xff]), Buffer.alloc(8)]);
  const last = [0, ...text('k'), ...text('v')];
  // Metadata of a key: a class with its number, a text of it and the end; a stream without entries, groups and producers.
  const metadata = [0xf3, 1, 1, 2, 3, 4, 5, ...text('m'), 0];
  const stream = [26, ...text('s'), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 9, 0, 0, 0];
  expect(readAll(file('REDIS0013', metadata, stream, last))).toEqual({
    strings: new Map([['0 k', 'v']]),
    others: ['0 s stream'],
  });
  const producers = [26, ...text('s'), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 9, 1];
  expect(() => readAll(file('REDIS0013', producers, last))).toThrow('wfa cannot pass over');
  // Slots on the move, and a hash whose fields expire.
  const slots = [0xf3, ...text('job'), 2, 1, 2, 3, 4];
  const hash = [22, ...text('h'), 1, ...text('field'), ...text('value'), 1, 2, 3, 4, 5, 6, 7, 8];
  expect(readAll(file('VALKEY080', slots, hash, last))).toEqual({
    strings: new Map([['0 k', 'v']]),
    others: ['0 h hash'],
  });
});

test('CRC-64 of 123456789 is what Redis’ own test says (src/crc64.c)', () => {
  const crc = new Crc64();
  crc.update(Buffer.from('1234'));
  crc.update(Buffer.from('56789'));
  expect(crc.digest()).toBe(0xe9c6d914c4b8d9can);
});

test('LZF: any bytes unpack to the length asked for, or not at all', () => {
  expect(unpackLzf(Buffer.from([0, 97, 0xe0, 1, 0]), 11)?.toString()).toBe('a'.repeat(11));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat({ max: 500 }), (packed, length) => {
      expect(unpackLzf(packed, length)?.length ?? length).toBe(length);
    }),
    { numRuns: draws(3000) },
  );
});

const scratch = makeScratch();

/** Small values are packed one way, large ones another; numbers and long repetitive strings are packed too. */
const COMMANDS = [
  ['small', 3],
  ['large', 700],
].flatMap(([name, count]) =>
  Array.from({ length: count as number }, (_, i) => [
    `rpush ${name}-list item${i}${'x'.repeat(i % 90)}`,
    `sadd ${name}-set member${i}`,
    `sadd ${name}-numbers ${i}`,
    `sadd ${name}-wide-numbers ${i}00000000000`,
    `zadd ${name}-scores ${i}.5 member${i}`,
    `hset ${name}-hash field${i} content${i}`,
    `xadd ${name}-stream * field${i % 3} ${i}`,
  ]).flat(),
);
COMMANDS.push(
  'xgroup create large-stream group 0',
  'xreadgroup group group consumer count 9 streams large-stream >',
  'pfadd counter a b c',
  'geoadd places 13.4 52.5 here',
  'set int8 -5',
  'set int16 1234',
  'set int32 -123456789',
  'set int64 12345678901234',
  `set packed ${'abc'.repeat(1000)}`,
  'set expiring soon ex 1000',
  'zadd limits inf high -inf low',
  'eval "return 1" 0',
  'select 3',
  'set elsewhere 1',
);

testWith('redis-server')('every type that redis-server writes is read or passed over', async () => {
  const server = await startRedis(scratch.directory, ['--dbfilename', 'types.rdb']);
  onTestFinished(server.stop);
  server.cli([], COMMANDS.join('\n'));
  server.cli(['function', 'load', '#!lua name=lib\nredis.register_function("f", function() return 1 end)']);
  expect(server.cli(['save'])).toBe('OK');
  const bytes = readFileSync(scratch.path('types.rdb'));
  const { strings, others } = readAll(bytes);
  expect(Object.fromEntries(strings)).toMatchObject({
    '0 int8': '-5',
    '0 int16': '1234',
    '0 int32': '-123456789',
    '0 int64': '12345678901234',
    '0 packed': 'abc'.repeat(1000),
    '0 expiring': 'soon',
    '3 elsewhere': '1',
  });
  expect(others.length).toBe(16);
  expect(strings.size + others.length).toBe(Number(server.cli(['dbsize'])) + 1);
  expect(
    readAll(
      bytes,
      Array.from({ length: bytes.length }, (_, i) => i),
    ),
  ).toEqual({ strings, others });
  expect(execFileSync('redis-check-rdb', [scratch.path('types.rdb')]).toString()).toContain('RDB looks OK');
});
