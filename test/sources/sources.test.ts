import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decompress, listInputs } from '../../src/sources/index.ts';
import { makeScratch } from '../scratch.ts';

const scratch = makeScratch();

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(Uint8Array.from(chunk));
  return Buffer.concat(parts);
}

async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length);
}

const unpack = (bytes: Uint8Array, pieceLength = 65_536): Promise<Buffer> =>
  readAll(decompress(inPieces(bytes, pieceLength), 'input'));

// Enough that packing has several blocks to say, and little enough to be quick.
const TEXT = Buffer.from(Array.from({ length: 20_000 }, (_, i) => `{"n":${(i * 7919) % 100_003}}\n`).join(''));
const [FIRST, SECOND] = [TEXT.subarray(0, 70_000), TEXT.subarray(70_000)];

// Made by zstd 1.5.4, level 3, from "first\n" and "second\n": two frames one after the other.
const ZSTD_FRAMES = readFileSync(join(import.meta.dirname, '../fixtures/two-frames.zst'));
const ZSTD_LONG = readFileSync(join(import.meta.dirname, '../fixtures/twenty-thousand-lines.zst'));

describe('packing is told by content', () => {
  test.each([1, 3, 1000, 1 << 20])('plain, gzip and zstd in pieces of %i bytes', async (length) => {
    const short = FIRST.subarray(0, 3000);
    expect(await unpack(short, length)).toEqual(short);
    expect(await unpack(gzipSync(short), length)).toEqual(short);
    expect((await unpack(ZSTD_FRAMES, length)).toString()).toBe('first\nsecond\n');
  });

  test('gzip of several members is all of them', async () => {
    expect((await unpack(Buffer.concat([gzipSync(FIRST), gzipSync(SECOND)]))).equals(TEXT)).toBe(true);
  });

  test('a long zstd stream', async () => {
    expect((await unpack(ZSTD_LONG, 777)).equals(TEXT)).toBe(true);
  });

  // Headers by RFC 8878: the window is 2^(10 + exponent) bytes, and eighths of that; a single segment gives its size.
  test.each([
    ['a window of 128 MB', [0x00, 17 << 3], 'cut-short'],
    ['a window of 144 MB', [0x00, (17 << 3) | 1], 'too-large'],
    ['a window of 1.75 TB', [0x00, 0xfe], 'too-large'],
    ['a segment of 128 MB', [0xa0, 0, 0, 0, 8], 'cut-short'],
    ['a segment of 2 GB', [0xa0, 0, 0, 0, 0x80], 'too-large'],
    ['a segment of 2 GB, with a dictionary', [0xa1, 9, 0, 0, 0, 0x80], 'unreadable'],
    ['a segment of 2^56 bytes', [0xe0, 0, 0, 0, 0, 0, 0, 0, 1], 'too-large'],
  ] as const)('zstd of few bytes that asks for %s', async (_, header, code) => {
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...header]);
    await expect(unpack(frame)).rejects.toMatchObject({ name: 'UserError', code });
  });

  test('nothing stays nothing', async () => {
    expect(await unpack(Buffer.alloc(0))).toHaveLength(0);
  });

  test('plain bytes of any kind come through', async () => {
    const plain = fc.uint8Array({ maxLength: 64 }).filter(([a, b]) => !((a === 0x1f && b === 0x8b) || a === 0x28));
    await fc.assert(
      fc.asyncProperty(plain, fc.integer({ min: 1, max: 9 }), async (bytes, length) => {
        expect(Uint8Array.from(await unpack(bytes, length))).toEqual(bytes);
      }),
    );
  });
});

describe('behind a member of gzip', () => {
  test.each([1, 2, 7, 40, 512, 65_536, 1 << 20])('zero bytes between members, pieces of %i bytes', async (length) => {
    const zeros = Buffer.alloc(600);
    const [first, second] = [FIRST.subarray(0, 5000), SECOND.subarray(0, 3000)];
    const bytes = Buffer.concat([gzipSync(first), zeros, gzipSync(second), gzipSync(first), zeros]);
    expect((await unpack(bytes, length)).equals(Buffer.concat([first, second, first]))).toBe(true);
  });

  test('many members, each in a block of a tape', async () => {
    const block = Buffer.alloc(512);
    gzipSync('{"n":1}\n').copy(block);
    const tape = Buffer.concat(Array.from({ length: 50 }, () => block));
    expect((await unpack(tape, 10_000)).toString()).toBe('{"n":1}\n'.repeat(50));
  });

  test.each([
    ['text', Buffer.from('more')],
    ['zero bytes and text', Buffer.from('\0\0\0more')],
    ['zero bytes and half a member', Buffer.concat([Buffer.alloc(9), gzipSync(SECOND).subarray(0, 5000)])],
    ['half a member', gzipSync(SECOND).subarray(0, 5000)],
    ['the first byte of a member', gzipSync(SECOND).subarray(0, 1)],
    ['zero bytes and the first byte of a member', Buffer.from([0, 0, 0x1f])],
  ])('%s behind the last member is an error', async (_, behind) => {
    for (const length of [1, 100, 1 << 20]) {
      const bytes = Buffer.concat([gzipSync(FIRST.subarray(0, 900)), behind]);
      await expect(unpack(bytes, length)).rejects.toMatchObject({ name: 'UserError', code: 'cut-short' });
    }
  });

  test('a reader that stops early is not kept waiting by a source that gives nothing more', async () => {
    const silent = async function* () {
      yield gzipSync(FIRST);
      await new Promise(() => {});
    };
    for await (const chunk of decompress(silent(), 'input')) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  });

  test("a source's own error comes through", async () => {
    const failing = async function* () {
      yield gzipSync(FIRST).subarray(0, 3000);
      throw new TypeError('gone');
    };
    await expect(readAll(decompress(failing(), 'input'))).rejects.toThrow('gone');
  });
});

describe('what was cut is an error, wherever it was cut', () => {
  const packed = { gzip: gzipSync(FIRST), zstd: ZSTD_LONG };
  const cuts = [0.02, 0.25, 0.5, 0.75, 0.99].flatMap((share) =>
    (['gzip', 'zstd'] as const).map((kind) => ({ kind, share })),
  );

  test.each(cuts)('$kind at $share of its length', async ({ kind, share }) => {
    const cut = packed[kind].subarray(0, Math.floor(packed[kind].length * share));
    await expect(unpack(cut)).rejects.toMatchObject({ name: 'UserError', code: 'cut-short' });
  });

  test.each(['gzip', 'zstd'] as const)('%s one byte short', async (kind) => {
    await expect(unpack(packed[kind].subarray(0, -1))).rejects.toMatchObject({ code: 'cut-short' });
  });

  test('gzip with a flipped byte', async () => {
    const flipped = Buffer.from(packed.gzip);
    flipped[flipped.length - 6] = (flipped[flipped.length - 6] as number) ^ 0xff;
    await expect(unpack(flipped)).rejects.toMatchObject({ code: 'cut-short' });
  });
});

describe('what a URI stands for', () => {
  mkdirSync(scratch.path('runs/deep'), { recursive: true });
  for (const name of ['runs/b.ndjson', 'runs/a.JSONL.gz', 'runs/deep/c.json.zst', 'runs/notes.txt', 'odd.name']) {
    scratch.write(name, name);
  }
  mkdirSync(scratch.path('none'));
  const uris = async (uri: string) =>
    (await listInputs(uri)).map((input) => input.uri.replace(`${scratch.directory}/`, ''));

  test('a file, whatever its name', async () => {
    const [input] = await listInputs(scratch.path('odd.name'));
    expect(input).toMatchObject({ explicit: true, byteLength: 8 });
    expect((await readAll(input?.open() ?? inPieces(Buffer.alloc(0), 1))).toString()).toBe('odd.name');
  });

  test('a file: URL', async () => {
    expect(await uris(`file://${scratch.path('odd.name')}`)).toEqual(['odd.name']);
  });

  test('a directory: all record files below it, in a stable order', async () => {
    expect(await uris(scratch.path('runs'))).toEqual(['runs/a.JSONL.gz', 'runs/b.ndjson', 'runs/deep/c.json.zst']);
    expect((await listInputs(scratch.path('runs'))).every((input) => !input.explicit)).toBe(true);
  });

  test('a glob', async () => {
    expect(await uris(scratch.path('runs/**/*.json*'))).toEqual(['runs/deep/c.json.zst']);
    expect(await uris(scratch.path('runs/{a,b}*'))).toEqual(['runs/a.JSONL.gz', 'runs/b.ndjson']);
  });

  test('sample: is all bundled files, sample:NAME one', async () => {
    expect(await uris('sample:')).toEqual(['sample:newer', 'sample:older']);
    expect(await uris('sample:older')).toEqual(['sample:older']);
  });

  test('sample: leaves out the files in other engines layouts, which have names of their own', async () => {
    expect(await uris('sample:lithops')).toEqual(['sample:lithops']);
    expect(await uris('sample:nextflow/local')).toEqual(
      [1, 2, 3, 4, 5, 6].map((i) => `sample:nextflow/local/local-${i}`),
    );
    expect(await uris('sample:nextflow')).toHaveLength(12);
    const tables = (await listInputs('sample:', { tables: true })).map(({ uri }) => uri);
    expect(tables).toEqual(['sample:invocations', 'sample:newer', 'sample:older']);
  });

  test.each([
    ['missing.ndjson', 'not-found'],
    ['odd.name/inside', 'not-found'],
    ['none', 'no-record-files'],
    ['runs/*.csv', 'not-found'],
  ])('%s: %s', async (name, code) => {
    await expect(listInputs(scratch.path(name))).rejects.toMatchObject({ name: 'UserError', code });
  });

  test.each([
    ['sample:nothing', 'not-found'],
    ['sample:next', 'not-found'],
    ['sample:nextflow/none', 'not-found'],
    ['sample:engines', 'not-found'],
    ['ftp://host/file', 'unknown-scheme'],
  ])('%s: %s', async (uri, code) => {
    await expect(listInputs(uri)).rejects.toMatchObject({ name: 'UserError', code });
  });
});
