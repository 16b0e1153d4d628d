import { createHash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { S3Pace } from '../../src/sources/s3/connection.ts';
import { createS3Source, writeObjectStream } from '../../src/sources/s3.ts';
import type { S3Settings } from '../../src/sources/source.ts';
import { s3Environment } from '../s3/use-server.ts';
import { type FakeServer, startHttpServer } from './fake-http.ts';
import { startTcpServer } from './fake-tcp.ts';

/** Servers that answer as Amazon does where a server of the tests cannot, and as no server should. */

const HURRIED: S3Pace = {
  pageKeyCount: 7,
  partBytes: 1000,
  partsInFlightCount: 3,
  objectsAheadCount: 2,
  attemptCount: 2,
  backOffMs: 1,
  connectTimeoutMs: 1000,
  stallTimeoutMs: 2000,
};

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^aws_|_proxy$/i.test(name)) vi.stubEnv(name, undefined);
  for (const [name, text] of Object.entries(s3Environment(''))) vi.stubEnv(name, text);
});
afterEach(() => void vi.unstubAllEnvs());

const list = (uri: string, settings: S3Settings = {}) =>
  createS3Source(HURRIED).list(uri, { s3: { pathStyle: true, ...settings } });

async function read(uri: string, settings: S3Settings = {}): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (const input of await list(uri, settings))
    for await (const chunk of input.open()) chunks.push(Uint8Array.from(chunk));
  return Buffer.concat(chunks);
}

const md5 = (bytes: Uint8Array) => `"${createHash('md5').update(bytes).digest('hex')}"`;

interface FakeObject {
  readonly bytes: Buffer;
  /** Those of every answer about it. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Gives an object, whatever the key: its head, its parts, and a listing of it. */
function giveObject(
  { bytes, headers = {} }: FakeObject,
  request: FakeServer['requests'][number],
  answer: ServerResponse,
): void {
  const all = { ETag: md5(bytes), ...headers };
  if (request.url.includes('list-type')) {
    return void answer.end(
      listing(
        `<Contents><Key>a.json</Key><Size>${bytes.length}</Size><ETag>${all.ETag.replaceAll('"', '&quot;')}</ETag></Contents>`,
      ),
    );
  }
  const [, from = '0', to = String(bytes.length - 1)] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
  if (request.method === 'HEAD') return void answer.writeHead(200, { ...all, 'Content-Length': bytes.length }).end();
  answer.writeHead(206, { ...all, 'Content-Range': `bytes ${from}-${to}/${bytes.length}` });
  answer.end(bytes.subarray(Number(from), Number(to) + 1));
}

const listing = (body: string, more = '<IsTruncated>false</IsTruncated>') =>
  `<?xml version="1.0"?><ListBucketResult><Name>b</Name>${more}${body}</ListBucketResult>`;

const flipped = (bytes: Buffer): Buffer => {
  const other = Buffer.from(bytes);
  const at = Math.floor(bytes.length / 2);
  other[at] = (other[at] ?? 0) ^ 1;
  return other;
};

const BYTES = randomBytes(4321);
const crc = (bytes: Buffer) =>
  Buffer.of(...[24, 16, 8, 0].map((shift) => (crc32(bytes) >>> shift) & 255)).toString('base64');
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('base64');

describe('a bit that was flipped is found by', () => {
  const other = '"0123456789abcdef0123456789abcdef-3"';
  // Check values of "123456789": CRC-32C e3069283 (RFC 3720), CRC-64/NVME ae8b14860a799888 (NVM Express specification).
  const digits = Buffer.from('123456789');
  const cases: [string, Buffer, Record<string, string>][] = [
    ['the ETag', BYTES, { ETag: md5(BYTES) }],
    ['the ETag of an object encrypted by S3', BYTES, { ETag: md5(BYTES), 'x-amz-server-side-encryption': 'AES256' }],
    ['CRC32', BYTES, { ETag: other, 'x-amz-checksum-crc32': crc(BYTES) }],
    ['CRC32C', digits, { ETag: other, 'x-amz-checksum-crc32c': Buffer.from('e3069283', 'hex').toString('base64') }],
    [
      'CRC64NVME',
      digits,
      { ETag: other, 'x-amz-checksum-crc64nvme': Buffer.from('ae8b14860a799888', 'hex').toString('base64') },
    ],
    ['SHA-256', BYTES, { ETag: other, 'x-amz-checksum-sha256': sha256(BYTES) }],
    [
      'SHA-256 of an object encrypted by KMS',
      BYTES,
      { 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-checksum-sha256': sha256(BYTES) },
    ],
  ];
  test.each(cases)('%s', async (_, bytes, headers) => {
    const whole = await startHttpServer((request, answer) => giveObject({ bytes, headers }, request, answer));
    const damaged = await startHttpServer((request, answer) =>
      giveObject({ bytes: flipped(bytes), headers }, request, answer),
    );
    for (const uri of ['s3://b/a.json', 's3://b/']) {
      expect((await read(uri, { endpoint: whole.endpoint })).equals(bytes)).toBe(true);
      await expect(read(uri, { endpoint: damaged.endpoint })).rejects.toMatchObject({ code: 'damaged' });
    }
  });

  test.each([
    ['an ETag of parts', { ETag: other }],
    [
      'an ETag that is no MD5, because a key of KMS encrypts',
      { ETag: `"${'0'.repeat(32)}"`, 'x-amz-server-side-encryption': 'aws:kms' },
    ],
    [
      'the same, because a key of the client does',
      { ETag: `"${'0'.repeat(32)}"`, 'x-amz-server-side-encryption-customer-algorithm': 'AES256' },
    ],
    [
      'checksums of parts',
      { ETag: other, 'x-amz-checksum-sha256': `${sha256(Buffer.of(1))}-3`, 'x-amz-checksum-type': 'COMPOSITE' },
    ],
  ])('but not by %s', async (_, headers) => {
    const server = await startHttpServer((request, answer) => giveObject({ bytes: BYTES, headers }, request, answer));
    expect((await read('s3://b/a.json', { endpoint: server.endpoint })).equals(BYTES)).toBe(true);
  });
});

/** Patience for tests of servers that drip. */
const IMPATIENT: S3Pace = { ...HURRIED, stallTimeoutMs: 200 };

describe('a server that drips', () => {
  const drip = (answer: ServerResponse) => void setInterval(() => answer.write(' '), 20).unref();
  const read = async (endpoint: string) => {
    for (const input of await createS3Source(IMPATIENT).list('s3://b/a.json', { s3: { pathStyle: true, endpoint } }))
      for await (const _ of input.open());
  };

  test('its listing', async () => {
    const server = await startHttpServer((_, answer) => drip(answer.writeHead(200)));
    await expect(
      createS3Source(IMPATIENT).list('s3://b/', { s3: { pathStyle: true, endpoint: server.endpoint } }),
    ).rejects.toMatchObject({ code: 'no-answer' });
  });

  test('a body, below a kilobyte within the longest silence', async () => {
    const server = await startHttpServer((request, answer) => {
      if (request.method === 'HEAD') return giveObject({ bytes: BYTES }, request, answer);
      const range = (request.headers.range ?? '').replace('=', ' ');
      answer.writeHead(206, { ETag: md5(BYTES), 'Content-Range': `${range}/${BYTES.length}` });
      drip(answer);
    });
    await expect(read(server.endpoint)).rejects.toMatchObject({ code: 'cut-short' });
  });

  test('headers', async () => {
    const port = await startTcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nX: ');
      setInterval(() => socket.write('x'), 20).unref();
    });
    await expect(read(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'no-answer' });
  });
});

describe('an upload to a server that', () => {
  const BEGUN = '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>';
  const upload = (endpoint: string, bytes: number) => {
    const chunks = (async function* () {
      yield randomBytes(bytes);
    })();
    return writeObjectStream('s3://b/out.json', chunks, { pathStyle: true, endpoint }, IMPATIENT);
  };

  test.each([
    ['an object of one part', 1000],
    ['the beginning of parts', 9 * 2 ** 20],
  ])('stays silent: %s', async (_, bytes) => {
    const server = await startHttpServer(() => {});
    const startedAtMs = Date.now();
    await expect(upload(server.endpoint, bytes)).rejects.toMatchObject({
      code: 'no-answer',
      message: expect.stringContaining('silent'),
    });
    expect(Date.now() - startedAtMs).toBeLessThan(5000);
  });

  test('stays silent on a part: and on its taking back', async () => {
    const server = await startHttpServer((request, answer) => {
      if (request.method === 'POST') answer.end(BEGUN);
    });
    await expect(upload(server.endpoint, 9 * 2 ** 20)).rejects.toMatchObject({ code: 'no-answer' });
  });

  test('does not read what it is sent', async () => {
    const port = await startTcpServer((socket) => void socket.pause());
    await expect(upload(`http://127.0.0.1:${port}`, 7 * 2 ** 20)).rejects.toMatchObject({ code: 'no-answer' });
  });

  test('drips its headers', async () => {
    const port = await startTcpServer((socket) => {
      socket.resume().write('HTTP/1.1 200 OK\r\nX: ');
      setInterval(() => socket.write('x'), 20).unref();
    });
    await expect(upload(`http://127.0.0.1:${port}`, 1000)).rejects.toMatchObject({ code: 'no-answer' });
  });
});

describe('a listing that does not end', () => {
  const truncated = (token: string) =>
    `<IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>`;
  const cases: [string, (turn: number) => string][] = [
    ['the same token', () => listing('', truncated('t'))],
    ['two tokens in turns', (turn) => listing('', truncated(String(turn % 2)))],
    ['ever new tokens without objects', (turn) => listing('', truncated(String(turn)))],
    [
      'ever new tokens with the same objects',
      (turn) => listing('<Contents><Key>a.json</Key><Size>1</Size></Contents>', truncated(String(turn))),
    ],
    ['no token', () => listing('', '<IsTruncated>true</IsTruncated>')],
  ];
  test.each(cases)('%s', async (_, page) => {
    let turn = 0;
    const server = await startHttpServer((_request, answer) => void answer.end(page(turn++)));
    await expect(list('s3://b/', { endpoint: server.endpoint })).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining('does not end'),
    });
    expect(turn).toBeLessThan(200);
  });

  test('a page without end', async () => {
    const contents = '<Contents><Key>a.json</Key></Contents>'.repeat(5000);
    const server = await startHttpServer((_request, answer) => {
      const more = () => {
        while (answer.write(contents));
        answer.once('drain', more);
      };
      answer.write('<?xml version="1.0"?><ListBucketResult><Name>b</Name>');
      more();
    });
    await expect(list('s3://b/', { endpoint: server.endpoint })).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining('does not end'),
    });
  });

  test('pages without objects among others are pages', async () => {
    let turn = 0;
    const server = await startHttpServer((_request, answer) => {
      const contents = turn % 50 === 49 ? `<Contents><Key>${turn}.json</Key><Size>1</Size></Contents>` : '';
      answer.end(listing(contents, turn++ < 149 ? truncated(String(turn)) : undefined));
    });
    expect(await list('s3://b/', { endpoint: server.endpoint })).toHaveLength(3);
  });
});

describe('regions', () => {
  const regionOf = (request: FakeServer['requests'][number]) =>
    /\/\d{8}\/([^/]+)\/s3\//.exec(request.headers.authorization ?? '')?.[1];
  const refuse = (status: number, headers: Record<string, string>, body = '') =>
    startHttpServer((request, answer) => {
      if (regionOf(request) === 'eu-west-3') giveObject({ bytes: BYTES }, request, answer);
      else answer.writeHead(status, headers).end(request.method === 'HEAD' ? '' : body);
    });

  test.each([
    ['301 with a header', 301, { 'x-amz-bucket-region': 'eu-west-3' }, '<Error><Code>PermanentRedirect</Code></Error>'],
    ['307 with a header', 307, { 'x-amz-bucket-region': 'eu-west-3' }, '<Error><Code>TemporaryRedirect</Code></Error>'],
    [
      '400 with a header',
      400,
      { 'x-amz-bucket-region': 'eu-west-3' },
      '<Error><Code>IllegalLocationConstraintException</Code></Error>',
    ],
  ])('%s is followed, once for all', async (_, status, headers, body) => {
    const server = await refuse(status, headers, body);
    expect((await read('s3://b/a.json', { endpoint: server.endpoint })).equals(BYTES)).toBe(true);
    expect(server.requests.filter((request) => regionOf(request) === 'us-east-1')).toHaveLength(1);
  });

  test('a body that names it, for a listing', async () => {
    const server = await refuse(
      400,
      {},
      '<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-3</Region></Error>',
    );
    expect((await read('s3://b/', { endpoint: server.endpoint })).equals(BYTES)).toBe(true);
  });

  test('a server that sends on and on, or nowhere', async () => {
    let count = 0;
    const server = await startHttpServer(
      (_, answer) => void answer.writeHead(301, { 'x-amz-bucket-region': `r-${count++}` }).end(),
    );
    await expect(list('s3://b/', { endpoint: server.endpoint })).rejects.toMatchObject({ code: 'wrong-region' });
    expect(count).toBeLessThan(10);
    const evil = await refuse(301, { 'x-amz-bucket-region': 'evil.example.org/#' });
    const failed = await list('s3://b/', { endpoint: evil.endpoint }).catch((error: Error) => error);
    expect(failed).toMatchObject({ code: 'wrong-region', message: expect.not.stringContaining('evil') });
  });

  test.each([
    [{ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' }, 'eu-west-1'],
    [{ AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-2' }, 'eu-west-2'],
    [{ AWS_REGION: '' }, 'us-east-1'],
  ])('%j', async (environment, region) => {
    for (const [name, text] of Object.entries(environment)) vi.stubEnv(name, text);
    const server = await startHttpServer((request, answer) => giveObject({ bytes: BYTES }, request, answer));
    await list('s3://b/', { endpoint: server.endpoint });
    expect(server.requests.map(regionOf)).toEqual([region]);
  });
});

describe('settings', () => {
  test('requester pays', async () => {
    const server = await startHttpServer((request, answer) => giveObject({ bytes: BYTES }, request, answer));
    await read('s3://b/', { endpoint: server.endpoint, requesterPays: true });
    expect(server.requests.length).toBeGreaterThan(5);
    expect(server.requests.every(({ headers }) => headers['x-amz-request-payer'] === 'requester')).toBe(true);
    expect(server.requests.every(({ headers }) => headers.authorization?.includes('x-amz-request-payer'))).toBe(true);
  });

  test.each([
    [{ AWS_USE_FIPS_ENDPOINT: 'true' }, 'FIPS is asked for'],
    [{ AWS_USE_DUALSTACK_ENDPOINT: 'true' }, 'dual stack is asked for'],
  ])('%j beside an endpoint', async (environment, problem) => {
    for (const [name, text] of Object.entries(environment)) vi.stubEnv(name, text);
    await expect(list('s3://b/a.json', { endpoint: 'http://127.0.0.1:9' })).rejects.toMatchObject({
      code: 'bad-option',
      message: expect.stringContaining(problem),
    });
  });

  test('variables that are empty are not set', async () => {
    for (const name of ['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT', 'AWS_MAX_ATTEMPTS'])
      vi.stubEnv(name, '');
    const server = await startHttpServer((request, answer) => giveObject({ bytes: BYTES }, request, answer));
    expect(await list('s3://b/', { endpoint: server.endpoint })).toHaveLength(1);
  });
});

describe('access points', () => {
  /** Hosts that are asked for, by a proxy that lets nobody through. */
  async function askedFor(uri: string, environment: Record<string, string> = {}): Promise<string[]> {
    const proxy = await startHttpServer(
      (_, answer) => void answer.writeHead(403).end(),
      (_, socket) => void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'),
    );
    for (const [name, text] of Object.entries({ HTTPS_PROXY: proxy.endpoint, ...environment })) vi.stubEnv(name, text);
    await expect(list(uri, { pathStyle: false })).rejects.toMatchObject({ message: expect.stringContaining('proxy') });
    return [...new Set(proxy.requests.map(({ url }) => url))];
  }

  test.each([
    [
      's3://arn:aws:s3:us-west-2:123456789012:accesspoint/ap/runs/a.ndjson',
      'ap-123456789012.s3-accesspoint.us-west-2.amazonaws.com:443',
    ],
    [
      's3://arn:aws:s3:us-west-2:123456789012:accesspoint:ap/',
      'ap-123456789012.s3-accesspoint.us-west-2.amazonaws.com:443',
    ],
    [
      's3://arn:aws-cn:s3:cn-north-1:123456789012:accesspoint/ap',
      'ap-123456789012.s3-accesspoint.cn-north-1.amazonaws.com.cn:443',
    ],
    [
      's3://arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-01234567890123456/accesspoint/ap/runs/',
      'ap-123456789012.op-01234567890123456.s3-outposts.us-west-2.amazonaws.com:443',
    ],
    [
      's3://arn:aws:s3-object-lambda:us-west-2:123456789012:accesspoint/ap/a.json',
      'ap-123456789012.s3-object-lambda.us-west-2.amazonaws.com:443',
    ],
    ['s3://bucket/runs/*.json', 'bucket.s3.us-east-1.amazonaws.com:443'],
  ])('%s', async (uri, host) => {
    expect(await askedFor(uri)).toEqual([host]);
  });

  test.each([
    [{ AWS_USE_FIPS_ENDPOINT: 'true' }, 'bucket.s3-fips.us-east-1.amazonaws.com:443'],
    [{ AWS_USE_DUALSTACK_ENDPOINT: 'true' }, 'bucket.s3.dualstack.us-east-1.amazonaws.com:443'],
  ])('%j', async (environment, host) => {
    expect(await askedFor('s3://bucket/', environment)).toEqual([host]);
  });

  test.each([
    ['s3://arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap/a.json', 'multi-Region'],
    ['s3://arn:aws:s3:::bucket/a.json', 'names no access point'],
    ['s3://arn:aws:s3:us-west-2:123456789012:accesspoint', 'names no access point'],
    ['s3://KEY:s3cr3t@bucket/a.json', "'s3://bucket/a.json' names no bucket"],
    ['s3://KEY:s3/cr3t@bucket/a.json', "'s3://bucket/a.json' names no bucket"],
  ])('%s is refused', async (uri, problem) => {
    await expect(list(uri)).rejects.toMatchObject({ code: 'bad-uri', message: expect.stringContaining(problem) });
  });

  test.each([
    's3://arn:aws:s3:us-west-2:1234_5:accesspoint/ap/a.json',
    's3://arn:aws:s3:us_west:123456789012:accesspoint/ap/a.json',
    's3://arn:aws:s3:us-west-2:123456789012:accesspoint/a_p/a.json',
  ])('%s: what the SDK refuses is no bug', async (uri) => {
    await expect(list(uri, { pathStyle: false })).rejects.toMatchObject({ name: 'UserError' });
  });

  test('in the path, where they cannot stand', async () => {
    const uri = 's3://arn:aws:s3:us-west-2:123456789012:accesspoint/ap/a.json';
    await expect(list(uri)).rejects.toMatchObject({ code: 'bad-option', hint: expect.stringContaining('Path-style') });
  });
});

test("a server's own words are shown without control characters and keys", async () => {
  const words = '\u009b31mTESTKEY&#x1b;[2J with TESTSECRET is odd';
  const server = await startHttpServer(
    (_, answer) => void answer.writeHead(400).end(`<Error><Code>Odd</Code><Message>${words}</Message></Error>`),
  );
  const failed = await list('s3://b/', { endpoint: server.endpoint }).catch((error: { hint: string }) => error);
  expect(failed).toMatchObject({ code: 'unreadable', hint: expect.stringContaining('is odd') });
  expect((failed as { hint: string }).hint).not.toMatch(/TESTKEY|TESTSECRET|[\p{Cc}]/u);
});
