import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createHttpSource } from '../../src/sources/http.ts';
import { decompress, listInputs } from '../../src/sources/index.ts';
import { type FakeServer, startHttpServer } from './fake-http.ts';
import { startTcpServer } from './fake-tcp.ts';

/** Data at http:// addresses, from servers that do what web servers do. */

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/_proxy$/i.test(name)) vi.stubEnv(name, undefined);
});
afterEach(() => void vi.unstubAllEnvs());

const list = (uri: string) => createHttpSource({ attemptCount: 3, backOffMs: 1, stallTimeoutMs: 500 }).list(uri, {});

async function read(uri: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (const input of await list(uri)) for await (const chunk of input.open()) chunks.push(Uint8Array.from(chunk));
  return Buffer.concat(chunks);
}

const BYTES = randomBytes(300_000);
const ETAG = '"one"';

interface Giving {
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes after which each answer but that of one byte breaks off. */
  readonly breakAfterBytes?: number;
  readonly knowsRanges?: boolean;
}

type Serve = Parameters<typeof startHttpServer>[0];

/** Reads the range that a request asks for, as first and last byte; `null`: it asks for everything. */
function readRange(
  { range = '', 'if-range': condition = ETAG }: FakeServer['requests'][number]['headers'],
  byteLength: number,
) {
  const [, from, to] = /bytes=(\d+)-(\d+)?/.exec(range) ?? [];
  return from === undefined || condition !== ETAG ? null : { from: Number(from), to: Number(to ?? byteLength - 1) };
}

/** Gives bytes by ranges, as web servers do. */
const give =
  (
    bytes: Buffer,
    { headers = {}, breakAfterBytes = Number.POSITIVE_INFINITY, knowsRanges = true }: Giving = {},
  ): Serve =>
  (request, answer) => {
    const range = knowsRanges ? readRange(request.headers, bytes.length) : null;
    const body = range ? bytes.subarray(range.from, range.to + 1) : bytes;
    const more = range ? { 'Content-Range': `bytes ${range.from}-${range.to}/${bytes.length}` } : {};
    answer.writeHead(range ? 206 : 200, { ETag: ETAG, 'Content-Length': body.length, ...more, ...headers });
    if (body.length <= breakAfterBytes) answer.end(body);
    else answer.write(body.subarray(0, breakAfterBytes), () => setTimeout(() => answer.destroy(), 20));
  };

const start = (bytes: Buffer, giving?: Giving): Promise<FakeServer> => startHttpServer(give(bytes, giving));

describe('what is read is what is there', () => {
  test('its length and version are known before', async () => {
    const { endpoint } = await start(BYTES);
    const [input] = await list(`${endpoint}/runs.ndjson`);
    expect(input).toMatchObject({ uri: `${endpoint}/runs.ndjson`, byteLength: BYTES.length, explicit: true });
    const [other] = await list(`${endpoint}/runs.ndjson?part=2`);
    expect(input?.version).toContain(ETAG);
    expect(other?.version).not.toBe(input?.version);
    expect((await read(`${endpoint}/runs.ndjson`)).equals(BYTES)).toBe(true);
  });

  test('from a server that knows no ranges, gives no length, or nothing', async () => {
    const plain = await start(BYTES, { knowsRanges: false });
    expect((await read(plain.endpoint)).equals(BYTES)).toBe(true);
    const chunked = await startHttpServer((_, answer) => void answer.write(BYTES, () => answer.end()));
    expect((await list(chunked.endpoint))[0]).toMatchObject({ byteLength: null, version: null });
    expect((await read(chunked.endpoint)).equals(BYTES)).toBe(true);
    const empty = await start(Buffer.alloc(0), { knowsRanges: false });
    expect(await read(empty.endpoint)).toHaveLength(0);
  });

  test('gzip by its content, whatever it is called', async () => {
    const packed = gzipSync('{"a":1}\n');
    for (const headers of [{}, { 'Content-Encoding': 'gzip' }]) {
      const { endpoint } = await start(packed, { headers });
      const [input] = await listInputs(`${endpoint}/data`);
      const chunks: Uint8Array[] = [];
      for await (const chunk of decompress(input?.open() ?? (async function* () {})(), 'data')) chunks.push(chunk);
      expect(Buffer.concat(chunks).toString()).toBe('{"a":1}\n');
    }
    const { endpoint } = await start(BYTES, { headers: { 'Content-Encoding': 'br' } });
    await expect(read(endpoint)).rejects.toMatchObject({ code: 'unreadable', message: expect.stringContaining('br') });
  });

  test('where redirects lead, without the password at another server', async () => {
    const there = await start(BYTES);
    const here = await startHttpServer((request, answer) =>
      request.url === '/a'
        ? answer.writeHead(302, { Location: '/b' }).end()
        : answer.writeHead(307, { Location: `${there.endpoint}/c` }).end(),
    );
    expect((await read(`${here.endpoint.replace('//', '//bob:s3cr3t@')}/a`)).equals(BYTES)).toBe(true);
    expect(here.requests.every(({ headers }) => headers.authorization === `Basic ${btoa('bob:s3cr3t')}`)).toBe(true);
    expect(there.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    const round = await startHttpServer((_, answer) => void answer.writeHead(301, { Location: '/' }).end());
    await expect(read(round.endpoint)).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining('from one address to the next'),
    });
    const out = await startHttpServer(
      (_, answer) => void answer.writeHead(301, { Location: 'file:///etc/passwd' }).end(),
    );
    await expect(read(out.endpoint)).rejects.toMatchObject({ code: 'unreadable' });
  });
});

describe('a connection that breaks', () => {
  test('is resumed where it broke', async () => {
    const { endpoint, requests } = await start(BYTES, { breakAfterBytes: 120_000 });
    expect((await read(endpoint)).equals(BYTES)).toBe(true);
    const resumed = requests.filter(({ headers }) => headers['if-range'] !== undefined);
    expect(resumed.map(({ headers }) => headers.range)).toEqual(['bytes=120000-', 'bytes=240000-']);
  });

  test('without an ETag, or again and again: an error', async () => {
    const weak = await start(BYTES, { breakAfterBytes: 120_000, headers: { ETag: 'W/"one"' } });
    await expect(read(weak.endpoint)).rejects.toMatchObject({
      code: 'cut-short',
      hint: expect.stringContaining('no ETag'),
    });
    const again = await start(BYTES, { breakAfterBytes: 1000 });
    await expect(read(again.endpoint)).rejects.toMatchObject({
      code: 'cut-short',
      message: expect.stringContaining('3000 of 300000 bytes'),
    });
  });

  test('a body without a length that is cut', async () => {
    const { endpoint } = await startHttpServer((_, answer) => void answer.write(BYTES, () => answer.destroy()));
    await expect(read(endpoint)).rejects.toMatchObject({ code: 'cut-short' });
  });

  test('silence', async () => {
    const { endpoint } = await startHttpServer(() => {});
    await expect(read(endpoint)).rejects.toMatchObject({
      code: 'no-answer',
      message: expect.stringContaining('stays silent'),
    });
  });

  test('bytes that drip, of the body or of the headers', { timeout: 30_000 }, async () => {
    const drip = (send: () => void) => void setInterval(send, 20).unref();
    const body = await startHttpServer((_, answer) => {
      answer.writeHead(200);
      drip(() => answer.write('x'));
    });
    await expect(read(body.endpoint)).rejects.toMatchObject({ code: 'cut-short' });
    const headers = await startTcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nX: ');
      drip(() => socket.write('x'));
    });
    await expect(read(`http://127.0.0.1:${headers}/`)).rejects.toMatchObject({ code: 'no-answer' });
  });

  test('replaced meanwhile, or before it is opened', async () => {
    let version = 0;
    const { endpoint } = await startHttpServer((request, answer) => {
      const etag = request.headers['if-range'] === undefined ? ETAG : '"two"';
      give(BYTES, { breakAfterBytes: 120_000, headers: { ETag: etag } })(request, answer);
    });
    await expect(read(endpoint)).rejects.toMatchObject({ code: 'replaced' });
    const other = await startHttpServer((request, answer) =>
      give(BYTES, { headers: { ETag: `"${version++}"` } })(request, answer),
    );
    await expect(read(other.endpoint)).rejects.toMatchObject({ code: 'replaced' });
  });
});

describe('a bit that was flipped is found by', () => {
  const sha256 = createHash('sha256').update(BYTES).digest('base64');
  const md5 = createHash('md5').update(BYTES).digest();
  const flipped = Buffer.from(BYTES);
  flipped[7] = (flipped[7] ?? 0) ^ 4;
  test.each([
    ['Repr-Digest', { 'Repr-Digest': `sha-256=:${sha256}:` }],
    ['Digest', { Digest: `SHA-256=${sha256}` }],
    ['Content-MD5', { 'Content-MD5': md5.toString('base64') }],
    ['x-goog-hash', { 'x-goog-hash': `crc32c=AAAAAA==,md5=${md5.toString('base64')}` }],
    ['the ETag of S3', { ETag: `"${md5.toString('hex')}"`, 'x-amz-request-id': '1' }],
  ])('%s', async (_, headers) => {
    expect((await read((await start(BYTES, { headers })).endpoint)).equals(BYTES)).toBe(true);
    await expect(read((await start(flipped, { headers })).endpoint)).rejects.toMatchObject({ code: 'damaged' });
  });
});

describe('refusals', () => {
  test.each([
    [401, 'no-credentials', 'wants a user and password'],
    [403, 'access-denied', 'access denied'],
    [404, 'not-found', 'there is no such thing'],
    [410, 'not-found', 'there is no such thing'],
    [418, 'unreadable', 'answers 418'],
    [503, 'no-answer', 'answers 503'],
  ])('%i', async (status, code, problem) => {
    const { endpoint, requests } = await startHttpServer(
      (_, answer) => void answer.writeHead(status).end('\u001b[31mno'),
    );
    const failed = await read(`${endpoint}/a?X-Amz-Signature=s3cr3t#s3cr3t`).catch((error: Error) => error);
    expect(failed).toMatchObject({ code, message: expect.stringContaining(problem) });
    expect(JSON.stringify(failed) + (failed as Error).message).not.toContain('s3cr3t');
    expect(requests).toHaveLength(status === 503 ? 3 : 1);
  });

  test('a password that is refused, and no secret in any name', async () => {
    const { endpoint } = await startHttpServer((_, answer) => void answer.writeHead(401).end());
    const failed = await read(`${endpoint.replace('//', '//bob:s3cr3t@')}/a`).catch((error: Error) => error);
    expect(failed).toMatchObject({
      code: 'wrong-credentials',
      message: expect.stringContaining(`Cannot read ${endpoint}/a: `),
    });
    const { endpoint: open } = await start(BYTES);
    const [input] = await list(`${open.replace('//', '//bob:s3cr3t@')}/a?sig=s3cr3t`);
    expect(input?.uri).toBe(`${open}/a?…`);
  });

  test('busy at first', async () => {
    let busy = 2;
    const { endpoint } = await startHttpServer((request, answer) =>
      busy-- > 0 ? void answer.writeHead(429).end() : give(BYTES)(request, answer),
    );
    expect((await read(endpoint)).equals(BYTES)).toBe(true);
  });

  test.each(['http://', 'https:host/path', 'http://bob:s3/cr3t@host/x'])('%s is no address', async (uri) => {
    const failed = await list(uri).catch((error: Error) => error);
    expect(failed).toMatchObject({ code: 'bad-uri' });
    expect((failed as Error).message).not.toContain('cr3t');
  });
});

describe('through a proxy', () => {
  test('http:// by its whole URL, but not to hosts that NO_PROXY names', async () => {
    const { endpoint, port, requests } = await start(BYTES);
    const proxy = await startHttpServer(give(BYTES));
    vi.stubEnv('HTTP_PROXY', proxy.endpoint.replace('//', '//bob:s3cr3t@'));
    expect((await read('http://data.invalid/runs?a=1')).equals(BYTES)).toBe(true);
    expect(proxy.requests[0]).toMatchObject({
      url: 'http://data.invalid:80/runs?a=1',
      headers: { host: 'data.invalid', 'proxy-authorization': `Basic ${btoa('bob:s3cr3t')}` },
    });
    for (const exception of ['*', '127.0.0.1', 'x, 127.0.0.0/8', `127.0.0.1:${port}`]) {
      vi.stubEnv('NO_PROXY', exception);
      expect((await read(endpoint)).equals(BYTES)).toBe(true);
    }
    expect(proxy.requests).toHaveLength(2);
    expect(requests).toHaveLength(8);
  });

  test("https:// by a tunnel; its refusals are the proxy's", async () => {
    for (const [status, words] of [
      [407, 'it wants a user and password'],
      [403, 'answers 403'],
    ] as const) {
      const proxy = await startHttpServer(
        () => {},
        (_, socket) => void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`),
      );
      vi.stubEnv('https_proxy', `127.0.0.1:${proxy.port}`);
      await expect(read('https://data.invalid/runs')).rejects.toMatchObject({
        code: 'no-answer',
        message: expect.stringMatching(new RegExp(`the proxy 127\\.0\\.0\\.1:${proxy.port} .*${words}`)),
      });
      expect(proxy.requests[0]).toMatchObject({ method: 'CONNECT', url: 'data.invalid:443' });
    }
  });

  test('that is not there, or none', async () => {
    vi.stubEnv('ALL_PROXY', 'http://bob:s3cr3t@127.0.0.1:9');
    for (const uri of ['http://data.invalid/', 'https://data.invalid/']) {
      await expect(read(uri)).rejects.toMatchObject({
        code: 'no-answer',
        message: expect.stringContaining('the proxy 127.0.0.1:9: nothing listens there'),
      });
    }
    vi.stubEnv('ALL_PROXY', 'socks5://bob:s3cr3t@127.0.0.1:9');
    await expect(read('http://data.invalid/')).rejects.toMatchObject({
      code: 'bad-option',
      message: expect.not.stringContaining('s3cr3t'),
    });
  });
});
