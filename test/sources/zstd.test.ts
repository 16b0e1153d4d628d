import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { decompress } from '../../src/sources/index.ts';
import { createRandom } from '../../src/stats/random.ts';
import { testWith } from '../need-program.ts';
import { draws } from '../property-draws.ts';
import { makeScratch } from '../scratch.ts';

/** The zstd program packs; what we unpack has to be what went in. */

const testZstd = testWith('zstd');
const scratch = makeScratch();

const pack = (plain: Uint8Array, ...args: string[]): Buffer =>
  execFileSync('zstd', ['-q', '-c', ...args], { input: plain, maxBuffer: 2 ** 30 });

async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length);
}

/** The SHA-256 and length of what is unpacked, which is let go of. */
async function digest(packed: Uint8Array, pieceLength = 65_536) {
  const hash = createHash('sha256');
  let byteLength = 0;
  for await (const chunk of decompress(inPieces(packed, pieceLength), 'input')) {
    hash.update(chunk);
    byteLength += chunk.length;
  }
  return { byteLength, sha256: hash.digest('hex') };
}

const digestOf = (plain: Uint8Array) => ({
  byteLength: plain.length,
  sha256: createHash('sha256').update(plain).digest('hex'),
});

const random = createRandom(20_261_130);

function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = random() * 256;
  return bytes;
}

/** Lines like records, with much and little that repeats, near and far. */
const RECORDS = Buffer.from(
  Array.from({ length: 6000 }, (_, i) =>
    JSON.stringify({ id: `run-${i}`, at: random() * 1e12, name: ['gemm', 'tree', 'text'][i % 3], pad: i % 7 }),
  ).join('\n'),
);
const KINDS = {
  nothing: Buffer.alloc(0),
  'one byte': Buffer.from('x'),
  'one byte repeated': Buffer.alloc(1_000_000, 10),
  noise: noise(300_000),
  records: RECORDS,
  'records, noise and records again': Buffer.concat([RECORDS, noise(200_000), RECORDS]),
};

const LEVELS = Array.from({ length: 19 }, (_, i) => [`-${i + 1}`]);
const FLAGS = [['--fast=1'], ['--fast=50'], ['--ultra', '-22'], ['--long'], ['--no-check'], ['--rsyncable']];

describe('what the zstd program packs is unpacked to the same', () => {
  testZstd.each([...LEVELS, ...FLAGS].map((flags) => [flags.join(' '), flags] as const))(
    '%s',
    async (_, flags) => {
      const plain = Buffer.concat(Object.values(KINDS));
      expect(await digest(pack(plain, ...flags))).toEqual(digestOf(plain));
    },
    120_000,
  );

  testZstd.each(Object.entries(KINDS))('%s', async (_, plain) => {
    expect(await digest(pack(plain), 1000)).toEqual(digestOf(plain));
  });

  testZstd.each([10, 12, 15, 20])('matches as far back as a window of 2^%i bytes', async (log) => {
    const far = noise(2 ** log - 40);
    const plain = Buffer.concat([far, far, far.subarray(1000), RECORDS, far]);
    const packed = pack(plain, '--ultra', '-20', `--zstd=wlog=${log},hlog=${Math.max(log, 10)}`, '--no-content-size');
    expect(await digest(packed, 999)).toEqual(digestOf(plain));
  });

  testZstd(
    'matches across 128 MB, the widest window',
    async () => {
      const far = Buffer.concat([RECORDS, ...Array.from({ length: 16 }, () => noise(1 << 12)), RECORDS]);
      const gap = Buffer.alloc(2 ** 27 - far.length - 5, 'a gap that is easily packed, ');
      const plain = Buffer.concat([far, gap, far, far]);
      expect(await digest(pack(plain, '--long=27'), 1 << 20)).toEqual(digestOf(plain));
    },
    60_000,
  );

  testZstd('many frames of all kinds, skippable ones among them', async () => {
    const skippable = (number: number, text: string) => {
      const head = Buffer.alloc(8);
      head.writeUInt32LE(0x184d2a50 + number);
      head.writeUInt32LE(text.length, 4);
      return Buffer.concat([head, Buffer.from(text)]);
    };
    const kinds = Object.values(KINDS);
    const frames = kinds.flatMap((plain, i) => [skippable(i * 3, 'x'.repeat(i)), pack(plain, `-${i + 1}`)]);
    const packed = Buffer.concat([...frames, ...frames, skippable(15, '')]);
    const plain = Buffer.concat([...kinds, ...kinds]);
    for (const length of [1 << 20, 777, 4]) expect(await digest(packed, length)).toEqual(digestOf(plain));
  });

  testZstd('10,000 small frames', async () => {
    const frame = pack(Buffer.from('{"n":1}\n'));
    const packed = Buffer.concat(Array.from({ length: 10_000 }, () => frame));
    expect((await digest(packed)).byteLength).toBe(80_000);
  });
});

describe('what cannot be unpacked is refused', () => {
  testZstd('a window of more than 128 MB, in whichever frame', async () => {
    const wide = pack(RECORDS, '--ultra', '-20', '--long=28', '--no-content-size');
    const streamed = execFileSync('sh', ['-c', 'zstd -q -c --long=28'], { input: RECORDS });
    for (const frame of [wide, streamed]) {
      await expect(digest(Buffer.concat([pack(RECORDS), frame]))).rejects.toMatchObject({ code: 'too-large' });
      await expect(digest(frame)).rejects.toMatchObject({ code: 'too-large' });
    }
  });

  testZstd('what was packed with a dictionary', async () => {
    const dictionary = scratch.path('dictionary');
    for (let i = 0; i < 200; i++) writeFileSync(scratch.path(`part-${i}`), RECORDS.subarray(i * 900, i * 900 + 900));
    const parts = Array.from({ length: 200 }, (_, i) => scratch.path(`part-${i}`));
    execFileSync('zstd', ['-q', '--train', ...parts, '-o', dictionary, '--maxdict=8192'], { stdio: 'ignore' });
    const packed = pack(RECORDS.subarray(0, 900), '-D', dictionary);
    await expect(digest(packed)).rejects.toMatchObject({ code: 'unreadable', message: /packed with a dictionary/ });
    await expect(digest(pack(RECORDS.subarray(0, 900), '-D', dictionary, '--no-dictID'))).rejects.toMatchObject({
      name: 'UserError',
    });
  });

  testZstd('a cut, wherever it is', async () => {
    const first = pack(RECORDS);
    const packed = Buffer.concat([first, pack(RECORDS.subarray(0, 5000))]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 4, max: packed.length - 1 }), async (length) => {
        if (length === first.length) return;
        await expect(digest(packed.subarray(0, length))).rejects.toMatchObject({ code: 'cut-short' });
      }),
    );
  });

  testZstd('any flipped bit, by the checksum if by nothing else', async () => {
    const plain = RECORDS.subarray(0, 20_000);
    const packed = pack(plain);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: packed.length * 8 - 1 }), async (bit) => {
        const flipped = Buffer.from(packed);
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        const found = await digest(flipped).catch((error) => error);
        // A header may lose its flag of a checksum, which then stands behind the frame; or the magic number is no more.
        if (found instanceof Error) expect(found.name).toBe('UserError');
        else if (bit >= 32) expect(found).toEqual(digestOf(plain));
      }),
      { numRuns: draws(500) },
    );
  });

  testZstd.each([
    ['zero bytes', Buffer.alloc(100)],
    ['text', Buffer.from('{"a":1}\n')],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])],
  ])('%s behind the last frame', async (_, behind) => {
    await expect(digest(Buffer.concat([pack(RECORDS), behind]))).rejects.toMatchObject({ code: 'cut-short' });
  });
});

describe('memory', () => {
  testZstd(
    'is bounded whatever the frames unpack to',
    async () => {
      const frame = pack(Buffer.alloc(2 ** 27, 10), '--long=27');
      const packed = Buffer.concat(Array.from({ length: 10 }, () => frame));
      const before = process.memoryUsage().rss;
      let most = 0;
      let byteLength = 0;
      for await (const chunk of decompress(inPieces(packed, 1 << 20), 'input')) {
        byteLength += chunk.length;
        if (byteLength % 2 ** 24 === 0) most = Math.max(most, process.memoryUsage().rss);
      }
      expect(byteLength).toBe(10 * 2 ** 27);
      expect(most - before).toBeLessThan(2 ** 28 + 2 ** 26);
    },
    60_000,
  );
});
