import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DeleteObjectCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { decompress, type Input } from '../../src/sources/index.ts';
import type { S3Pace } from '../../src/sources/s3/connection.ts';
import { choosePartBytes } from '../../src/sources/s3/write-object.ts';
import { createS3Source, writeObjectStream } from '../../src/sources/s3.ts';
import { type FaultProxy, startFaultProxy } from '../s3/fault-proxy.ts';
import { missingS3Server, s3Environment, useS3Bucket } from '../s3/use-server.ts';

/** Against a real S3 server, through a proxy that can spoil the connection: byte-identical, or an error. */

const missing = missingS3Server();
const PART_BYTES = 64 * 1024;
/** Small pages and parts, little patience: what takes a gigabyte and minutes in earnest happens here at once. */
const HURRIED: S3Pace = {
  pageKeyCount: 7,
  partBytes: PART_BYTES,
  partsInFlightCount: 4,
  objectsAheadCount: 3,
  attemptCount: 4,
  backOffMs: 1,
  connectTimeoutMs: 1000,
  stallTimeoutMs: 300,
};

let bucket: Awaited<ReturnType<typeof useS3Bucket>>;
let proxy: FaultProxy;

beforeAll(async () => {
  if (missing) return;
  bucket = await useS3Bucket('runs');
  proxy = await startFaultProxy(bucket.port);
  for (const [name, text] of Object.entries(s3Environment(bucket.endpoint))) vi.stubEnv(name, text);
}, 120_000);

afterAll(() => {
  proxy?.close();
  vi.unstubAllEnvs();
});

beforeEach(({ skip }) => {
  if (missing) return skip(missing);
  proxy.fault = () => undefined;
  proxy.requests.length = 0;
});

const list = (uri: string): Promise<Input[]> => createS3Source(HURRIED).list(uri, { s3: { endpoint: proxy.endpoint } });

async function open(uri: string): Promise<Input> {
  const [input] = await list(uri);
  if (!input) throw new Error(`nothing at ${uri}`);
  return input;
}

async function readAll(chunks: AsyncIterable<Uint8Array> | readonly Uint8Array[]): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(Uint8Array.from(chunk));
  return Buffer.concat(parts);
}

const read = async (uri: string): Promise<Buffer> => readAll((await open(uri)).open());

const isGet = (line: string) => line.startsWith('GET') && !line.includes('list-type');

const urisOf = async (uri: string) => (await list(uri)).map((input) => input.uri.replace('s3://runs/', ''));

describe('what an address stands for', () => {
  beforeAll(async () => {
    if (missing) return;
    const many = Array.from({ length: 40 }, (_, i) => `many/${i}.ndjson`);
    const keys = [...many, 'a/b.ndjson', 'a/a.JSONL.gz', 'a/deep/c.json.zst', 'a/notes.txt', 'a/', 'odd', 'x[1].json'];
    for (const key of keys) await bucket.put(key, key);
  });

  test('a key, whatever its name', async () => {
    const [input, ...others] = await list('s3://runs/odd');
    expect(others).toEqual([]);
    expect(input).toMatchObject({ uri: 's3://runs/odd', explicit: true, byteLength: 3 });
    expect(await read('s3://runs/odd')).toEqual(Buffer.from('odd'));
  });

  test('a prefix: all record files below it, in a stable order', async () => {
    expect(await urisOf('s3://runs/a/')).toEqual(['a/a.JSONL.gz', 'a/b.ndjson', 'a/deep/c.json.zst']);
    expect((await list('s3://runs/a/')).every((input) => !input.explicit)).toBe(true);
  });

  test('a glob', async () => {
    expect(await urisOf('s3://runs/a/*.ndjson')).toEqual(['a/b.ndjson']);
    expect(await urisOf('s3://runs/a/**/*.json*')).toEqual(['a/deep/c.json.zst']);
    expect(await urisOf('s3://runs/{a,many}/{b,39}*')).toEqual(['a/b.ndjson', 'many/39.ndjson']);
    expect(await urisOf('s3://runs/many/?.ndjson')).toHaveLength(10);
  });

  test('a key that looks like a glob is that key', async () => {
    expect(await urisOf('s3://runs/x[1].json')).toEqual(['x[1].json']);
  });

  test('all pages of a listing', async () => {
    expect(await urisOf('s3://runs/many/')).toHaveLength(40);
    expect(proxy.requests.filter(({ line }) => line.includes('list-type')).length).toBe(Math.ceil(40 / 7));
  });

  test('the bucket', async () => {
    expect(await urisOf('s3://runs')).toEqual(await urisOf('s3://runs/'));
    expect((await urisOf('s3://runs')).length).toBeGreaterThanOrEqual(44);
  });

  test.each([
    'a b.json',
    'plus+and&.json',
    'ünïcödé.json',
    'per%20cent.json',
    'quote\'".json',
    'a//b.json',
    'q?x=1#f.json',
  ])('the key %s', async (key) => {
    await bucket.put(`keys/${key}`, key);
    const found = (await list('s3://runs/keys/')).find((input) => input.uri === `s3://runs/keys/${key}`);
    expect((await readAll(found?.open() ?? [])).toString()).toBe(key);
    expect((await read(`s3://runs/keys/${key}`)).toString()).toBe(key);
  });

  test('the version changes with the content, and only with it', async () => {
    await bucket.put('version.json', 'one');
    const [one] = await list('s3://runs/version.json');
    const [same] = await list('s3://runs/version.*');
    await bucket.put('version.json', 'two');
    const [two] = await list('s3://runs/version.json');
    expect(same?.version).toBe(one?.version);
    expect(one?.version).toMatch(/^"[0-9a-f]{32}"$/);
    expect(two?.version).not.toBe(one?.version);
  });
});

test('a prefix or a glob without hidden and temporary names, which are named', async () => {
  const keys = ['part/0.json', 'part/_SUCCESS.json', 'part/_temporary/0/1.json', 'part/.a.json', 'part/_d=1/2.json'];
  for (const key of keys) await bucket.put(`h/${key}`, key);
  for (const uri of ['s3://runs/h/', 's3://runs/h/**/*.json', 's3://runs/h/part/']) {
    const inputs = await list(uri);
    const read = inputs.filter(({ passedOver }) => !passedOver).map((input) => input.uri);
    expect(read).toEqual(['s3://runs/h/part/0.json', 's3://runs/h/part/_d=1/2.json']);
    for (const { passedOver } of inputs) expect(passedOver?.reason ?? 'hidden').toBe('hidden');
  }
  expect(await urisOf('s3://runs/h/part/_temporary/')).toEqual(['h/part/_temporary/0/1.json']);
  expect(await urisOf('s3://runs/h/part/_S*')).toEqual(['h/part/_SUCCESS.json']);
  expect(await urisOf('s3://runs/h/part/.a.json')).toEqual(['h/part/.a.json']);
  await expect(list('s3://runs/h/part/_temp')).rejects.toThrow(/_temp/);
});

describe('what is read is what was stored', () => {
  test.each([0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 9 * PART_BYTES + 17])('%i bytes', async (length) => {
    const bytes = randomBytes(length);
    await bucket.put('bytes', bytes);
    expect((await read('s3://runs/bytes')).equals(bytes)).toBe(true);
    const ranges = proxy.requests.filter(({ line }) => isGet(line)).map(({ range }) => range);
    expect(ranges).toHaveLength(Math.ceil(length / PART_BYTES));
    expect(ranges.every((range) => /^bytes=\d+-\d+$/.test(range))).toBe(true);
  });

  test('gzip and zstd', async () => {
    const text = readFileSync(join(import.meta.dirname, '../../package.json'));
    await bucket.put('packed.gz', gzipSync(text));
    await bucket.put('packed.zst', readFileSync(join(import.meta.dirname, '../fixtures/two-frames.zst')));
    const unpack = async (uri: string) => readAll(decompress((await open(uri)).open(), uri));
    expect((await unpack('s3://runs/packed.gz')).equals(text)).toBe(true);
    expect((await unpack('s3://runs/packed.zst')).toString()).toBe('first\nsecond\n');
  });

  test('no more parts are fetched ahead than memory is meant for', async () => {
    await bucket.put('long', randomBytes(40 * PART_BYTES));
    for await (const chunk of (await open('s3://runs/long')).open()) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    // The one that was read, and four that were on their way.
    expect(proxy.requests.filter(({ line }) => isGet(line)).length).toBeLessThanOrEqual(5);
  });
});

describe('many objects', () => {
  const gets = () => proxy.requests.filter(({ line }) => isGet(line)).length;

  test('the next ones are fetched while one is read, and nothing twice', async () => {
    const inputs = await list('s3://runs/many/');
    const [first, ...others] = inputs;
    expect((await readAll(first?.open() ?? [])).toString()).toBe('many/0.ndjson');
    await expect.poll(gets).toBe(1 + HURRIED.objectsAheadCount);
    for (const input of others) expect(`s3://runs/${await readAll(input.open())}`).toBe(input.uri);
    expect(gets()).toBe(inputs.length);
  });

  test('in any order, and twice', async () => {
    const inputs = await list('s3://runs/many/');
    for (const input of [...inputs.reverse(), ...inputs]) {
      expect(`s3://runs/${await readAll(input.open())}`).toBe(input.uri);
    }
  });

  test('one that is replaced meanwhile is an error', async () => {
    await bucket.put('two/1.json', randomBytes(100));
    await bucket.put('two/2.json', randomBytes(5 * PART_BYTES));
    const [one, two] = await list('s3://runs/two/');
    await readAll(one?.open() ?? []);
    await expect.poll(gets).toBe(2);
    await bucket.put('two/2.json', randomBytes(5 * PART_BYTES));
    await expect(readAll(two?.open() ?? [])).rejects.toMatchObject({ code: 'replaced' });
  });
});

describe('an object that changes while it is read', () => {
  const half = async (change: () => Promise<unknown>) => {
    await bucket.put('changing', randomBytes(20 * PART_BYTES));
    const chunks = (await open('s3://runs/changing')).open()[Symbol.asyncIterator]();
    await chunks.next();
    await change();
    for (let next = await chunks.next(); !next.done; next = await chunks.next());
  };

  test('replaced by one of the same length', async () => {
    await expect(half(() => bucket.put('changing', randomBytes(20 * PART_BYTES)))).rejects.toMatchObject({
      code: 'replaced',
    });
  });

  test('replaced by a shorter one', async () => {
    await expect(half(() => bucket.put('changing', 'short'))).rejects.toMatchObject({ code: 'replaced' });
  });

  test('deleted', async () => {
    const remove = () => bucket.client.send(new DeleteObjectCommand({ Bucket: 'runs', Key: 'changing' }));
    await expect(half(remove)).rejects.toMatchObject({ code: 'replaced' });
  });

  test('replaced before it is opened', async () => {
    await bucket.put('changing', 'one');
    const input = await open('s3://runs/changing');
    await bucket.put('changing', 'two');
    await expect(readAll(input.open())).rejects.toMatchObject({ code: 'replaced' });
  });
});

describe('a bad connection', () => {
  const bytes = randomBytes(3 * PART_BYTES + 123);

  beforeEach(async () => {
    if (!missing) await bucket.put('far', bytes);
    proxy.requests.length = 0;
  });

  test('cut anywhere, once per request: the rest is asked for', async () => {
    const cutAt = fc.integer({ min: 0, max: PART_BYTES + 1000 });
    await fc.assert(
      fc.asyncProperty(fc.array(cutAt, { minLength: 1, maxLength: 3 }), async (cuts) => {
        const left = [...cuts];
        proxy.fault = ({ line }) => {
          const afterBytes = isGet(line) ? left.shift() : undefined;
          return afterBytes === undefined ? undefined : { cutAfterBytes: afterBytes };
        };
        expect((await read('s3://runs/far')).equals(bytes)).toBe(true);
      }),
      { numRuns: 30, seed: 1 },
    );
  });

  test('what had arrived is not asked for again', async () => {
    let cuts = 1;
    proxy.fault = ({ range }) => (range.startsWith('bytes=0-') && cuts-- > 0 ? { cutAfterBytes: 40_000 } : undefined);
    expect((await read('s3://runs/far')).equals(bytes)).toBe(true);
    const resumed = proxy.requests.map(({ range }) => /^bytes=(\d+)-65535$/.exec(range)?.[1]).filter(Boolean);
    expect(resumed).toHaveLength(2);
    expect(Number(resumed[1])).toBeGreaterThan(30_000);
  });

  test('cut again and again: an error', async () => {
    proxy.fault = ({ line }) => (isGet(line) ? { cutAfterBytes: 2000 } : undefined);
    await expect(read('s3://runs/far')).rejects.toMatchObject({ name: 'UserError', code: 'cut-short' });
  });

  test('stalled once: the rest is asked for', async () => {
    let stalls = 2;
    proxy.fault = ({ line }) => (isGet(line) && stalls-- > 0 ? { stallAfterBytes: 10_000 } : undefined);
    expect((await read('s3://runs/far')).equals(bytes)).toBe(true);
  });

  test('stalled for good: an error', async () => {
    proxy.fault = ({ line }) => (isGet(line) ? { stallAfterBytes: 10_000 } : undefined);
    await expect(read('s3://runs/far')).rejects.toMatchObject({ name: 'UserError', code: 'cut-short' });
  });

  test('silent from the beginning: an error', async () => {
    proxy.fault = () => ({ stallAfterBytes: 0 });
    await expect(read('s3://runs/far')).rejects.toMatchObject({ name: 'UserError', code: 'no-answer' });
  });

  test('slow: only slow', async () => {
    proxy.fault = () => ({ portionBytes: 3000 });
    expect((await read('s3://runs/far')).equals(bytes)).toBe(true);
  });

  const BUSY = 'HTTP/1.1 503 Slow Down\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n';

  test('503 with Retry-After: asked again, not before', async () => {
    let busy = 1;
    proxy.fault = ({ line }) => (isGet(line) && busy-- > 0 ? { answer: BUSY } : undefined);
    expect((await read('s3://runs/far')).equals(bytes)).toBe(true);
    const [first, ...later] = proxy.requests.filter(({ line, range }) => isGet(line) && range.startsWith('bytes=0-'));
    expect(later).toHaveLength(1);
    // Retry-After counts whole seconds from a clock; a timer may be a few milliseconds early.
    expect((later[0]?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(950);
  });

  test('503 for ever: an error', async () => {
    proxy.fault = () => ({ answer: BUSY.replace('Retry-After: 1\r\n', '') });
    await expect(read('s3://runs/far')).rejects.toMatchObject({ name: 'UserError', code: 'no-answer' });
  });
});

describe('a server that answers something else', () => {
  const answer = (head: string, body: string) =>
    `HTTP/1.1 ${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const readThrough = async (head: string, body: string) => {
    await bucket.put('asked', 'asked for');
    proxy.fault = ({ line }) => (isGet(line) ? { answer: answer(head, body) } : undefined);
    const { version } = await open('s3://runs/asked');
    proxy.fault = ({ line }) =>
      isGet(line) ? { answer: answer(head.replace('ETAG', version ?? ''), body) } : undefined;
    return read('s3://runs/asked');
  };

  test('another object', async () => {
    const reading = readThrough('206 Partial Content\r\nETag: "0"\r\nContent-Range: bytes 0-8/9', 'something');
    await expect(reading).rejects.toMatchObject({ code: 'replaced' });
  });

  test('another part', async () => {
    const reading = readThrough('206 Partial Content\r\nETag: ETAG\r\nContent-Range: bytes 1-8/9', 'omething');
    await expect(reading).rejects.toMatchObject({ code: 'unreadable' });
  });

  test('no parts at all', async () => {
    await expect(readThrough('200 OK\r\nETag: ETAG', 'something')).rejects.toMatchObject({ code: 'unreadable' });
  });

  test('a page for people', async () => {
    const reading = readThrough('200 OK\r\nContent-Type: text/html', '<html>Welcome</html>');
    await expect(reading).rejects.toMatchObject({ name: 'UserError' });
  });
});

describe('writing what comes bit by bit', () => {
  const MEBIBYTE = 2 ** 20;
  const write = (chunks: AsyncIterable<string | Uint8Array>) =>
    writeObjectStream('s3://runs/out/long', chunks, { endpoint: proxy.endpoint });
  const left = async () => {
    const { Uploads } = await bucket.client.send(new ListMultipartUploadsCommand({ Bucket: 'runs' }));
    return Uploads?.length ?? 0;
  };

  async function* inChunks(bytes: Uint8Array, chunkBytes: number) {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }

  test.each([0, 1, MEBIBYTE, 8 * MEBIBYTE, 8 * MEBIBYTE + 1, 17 * MEBIBYTE])('%i bytes', async (length) => {
    const bytes = randomBytes(length);
    await write(inChunks(bytes, 700_000));
    expect((await bucket.get('out/long')).equals(bytes)).toBe(true);
    expect(await left()).toBe(0);
  });

  test('10,000 parts hold hundreds of gigabytes', () => {
    const sizes = Array.from({ length: 10_000 }, (_, partCount) => choosePartBytes(partCount));
    expect(sizes.reduce((sum, bytes) => sum + bytes)).toBeGreaterThan(400e9);
    expect(Math.max(...sizes)).toBeLessThan(100e6);
  });

  test('text in UTF-8', async () => {
    await write(
      (async function* () {
        yield '{"a":"ä"}\n';
        yield '{"b":"✓"}\n';
      })(),
    );
    expect((await bucket.get('out/long')).toString()).toBe('{"a":"ä"}\n{"b":"✓"}\n');
  });

  test('an error of whom it comes from: what was there stays, and no part is left', async () => {
    await bucket.put('out/long', 'before');
    const wrong = new Error('of the caller');
    const chunks = (async function* () {
      yield* inChunks(randomBytes(17 * MEBIBYTE), MEBIBYTE);
      throw wrong;
    })();
    await expect(write(chunks)).rejects.toBe(wrong);
    expect(proxy.requests.some(({ line }) => line.includes('partNumber=2'))).toBe(true);
    expect((await bucket.get('out/long')).toString()).toBe('before');
    expect(await left()).toBe(0);
  });

  test('a connection that breaks off for good: the same', async () => {
    await bucket.put('out/long', 'before');
    proxy.fault = ({ line }) => (line.includes('partNumber=2') ? { cutRequestAfterBytes: 100_000 } : undefined);
    await expect(write(inChunks(randomBytes(17 * MEBIBYTE), MEBIBYTE))).rejects.toMatchObject({ code: 'no-answer' });
    expect((await bucket.get('out/long')).toString()).toBe('before');
    expect(await left()).toBe(0);
  });

  test('a connection that breaks off once: the part is sent again', async () => {
    const bytes = randomBytes(17 * MEBIBYTE);
    let cuts = 1;
    proxy.fault = ({ line }) =>
      line.includes('partNumber=2') && cuts-- > 0 ? { cutRequestAfterBytes: 100_000 } : undefined;
    await write(inChunks(bytes, MEBIBYTE));
    expect((await bucket.get('out/long')).equals(bytes)).toBe(true);
  });
});
