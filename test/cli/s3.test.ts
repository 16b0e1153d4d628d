import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { type Fault, type FaultProxy, type ProxiedRequest, startFaultProxy } from '../s3/fault-proxy.ts';
import { missingS3Server, s3Environment, useS3Bucket } from '../s3/use-server.ts';
import { makeScratch } from '../scratch.ts';
import { BIN, type Ended, ROOT } from '../spawn-wfa.ts';

/** The real wfa against a real S3 server. */

const GOLDEN = join(ROOT, 'test/golden/s3');
const missing = missingS3Server();
const scratch = makeScratch();
const OLDER = readFileSync(join(ROOT, 'samples/older.ndjson.gz'));
const NEWER = readFileSync(join(ROOT, 'samples/newer.ndjson.gz'));

let bucket: Awaited<ReturnType<typeof useS3Bucket>>;
let proxy: FaultProxy;

beforeAll(async () => {
  if (missing) return;
  bucket = await useS3Bucket('campaign');
  await useS3Bucket('empty');
  proxy = await startFaultProxy(bucket.port);
  await bucket.put('november/older.ndjson.gz', OLDER);
  await bucket.put('november/newer.ndjson.gz', NEWER);
  await bucket.put('public/older.ndjson.gz', OLDER, { ACL: 'public-read' });
  await bucket.put('notes/read.me', 'no runs');
  await bucket.put('notes/todo.txt', 'no runs either');
  await bucket.put('zero.ndjson', Buffer.alloc(0));
}, 120_000);

afterAll(() => proxy?.close());

beforeEach(({ skip }) => {
  if (missing) return skip(missing);
  proxy.fault = () => undefined;
  proxy.requests.length = 0;
});

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  askWfa(args, { cwd: scratch.directory, env: { ...s3Environment(bucket.endpoint), ...env } });

describe('reading', () => {
  test('a prefix gives what the same files give', async () => {
    const [remote, local] = await Promise.all([
      run(['compare', 'uniform', 'non-uniform', '-d', 's3://campaign/november/']),
      run(['compare', 'uniform', 'non-uniform', '-d', join(ROOT, 'samples/*.ndjson.gz')]),
    ]);
    expect(remote.status).toBe(0);
    expect(remote).toEqual(local);
  });

  test('mixed with local data', async () => {
    const local = join(ROOT, 'samples/newer.ndjson.gz');
    const { status, stdout } = await run(['runs', '-f', 'json', '-d', 's3://campaign/**/older*', '-d', local]);
    expect(status).toBe(0);
    const { inputs } = JSON.parse(stdout);
    // The same file twice: its runs count once.
    expect(inputs.map(({ uri }: { uri: string }) => uri)).toEqual([
      's3://campaign/november/older.ndjson.gz',
      's3://campaign/public/older.ndjson.gz',
      local,
    ]);
    expect(inputs[0].byteLength).toBe(OLDER.length);
    expect(inputs[0].sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('a public object without credentials', async () => {
    const nobody = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    const ended = await run(['runs', '-d', 's3://campaign/public/older.ndjson.gz', '--no-sign-request'], nobody);
    expect(ended).toMatchObject({ status: 0, stderr: '' });
  });

  test('flags rather than the environment', async () => {
    const elsewhere = { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' };
    const flags = ['--s3-endpoint', bucket.endpoint.replace('127.0.0.1', 'localhost'), '--s3-path-style'];
    const ended = await run(['runs', '-d', 's3://campaign/november/', ...flags], elsewhere);
    expect(ended).toMatchObject({ status: 0, stderr: '' });
  });

  test('WFA_DATA and AWS_ENDPOINT_URL', async () => {
    const env = { WFA_DATA: 's3://campaign/november/', AWS_ENDPOINT_URL_S3: '', AWS_ENDPOINT_URL: bucket.endpoint };
    expect(await run(['runs'], env)).toMatchObject({ status: 0, stderr: '' });
  });
});

/** Answers as Amazon gives them, of which radosgw has none. */
const AMAZON = {
  redirect: `HTTP/1.1 301 Moved Permanently\r\nx-amz-bucket-region: eu-west-1\r\nContent-Length: 0\r\n\r\n`,
  malformed: withBody(
    '400 Bad Request',
    '<Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; the region ' +
      "'us-east-1' is wrong; expecting 'eu-west-1'</Message><Region>eu-west-1</Region></Error>",
  ),
  expired: withBody('400 Bad Request', '<Error><Code>ExpiredToken</Code><Message>expired</Message></Error>'),
  page: withBody('200 OK', '<html><body>Welcome</body></html>'),
  nothingOfS3: withBody('404 Not Found', '<html><body>Not found</body></html>'),
  replaced: withBody('412 Precondition Failed', '<Error><Code>PreconditionFailed</Code></Error>'),
  busy: 'HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n',
};

function withBody(head: string, body: string): string {
  return `HTTP/1.1 ${head}\r\nContent-Type: application/xml\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

interface WrongCase {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly fault?: FaultProxy['fault'];
}

const read = (uri: string, more: Omit<WrongCase, 'args'> & { flags?: readonly string[] } = {}): WrongCase => ({
  ...more,
  args: ['runs', '-d', uri, ...(more.flags ?? [])],
});
const always = (answer: string) => () => ({ answer });
const toGet = (fault: Fault) => (request: ProxiedRequest) => (request.line.startsWith('GET') ? fault : undefined);
const OBJECT = 's3://campaign/november/older.ndjson.gz';
const PREFIX = 's3://campaign/november/';
const NOBODY = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
const STRANGER = { AWS_ACCESS_KEY_ID: 'STRANGER', AWS_SECRET_ACCESS_KEY: 'STRANGERSECRET' };

const CASES: Record<string, WrongCase> = {
  'no-such-bucket': read('s3://campain/november/'),
  'no-such-bucket-for-a-key': read('s3://campain/november/older.ndjson.gz'),
  'no-such-key': read('s3://campaign/november/oldest.ndjson.gz'),
  'no-such-key-nor-prefix': read('s3://campaign/october/a/b.ndjson'),
  'key-that-is-a-prefix': read('s3://campaign/november'),
  'key-that-is-cut': read('s3://campaign/november/older'),
  'empty-prefix': read('s3://campaign/october/'),
  'empty-bucket': read('s3://empty'),
  'prefix-without-records': read('s3://campaign/notes/'),
  'glob-without-match': read('s3://campaign/november/*.json'),
  'empty-object': read('s3://campaign/zero.ndjson'),
  'foreign-object': read('s3://campaign/notes/read.me'),
  'no-bucket-named': read('s3:///november'),
  'wrong-key-id': read(OBJECT, { env: { AWS_ACCESS_KEY_ID: 'NOBODY' } }),
  'wrong-key-id-for-a-prefix': read(PREFIX, { env: { AWS_ACCESS_KEY_ID: 'NOBODY' } }),
  'wrong-secret': read(OBJECT, { env: { AWS_SECRET_ACCESS_KEY: 'WRONGSECRET' } }),
  'no-credentials': read(OBJECT, { env: NOBODY }),
  'no-such-profile': read(OBJECT, { env: { ...NOBODY, AWS_PROFILE: 'lab' } }),
  'access-denied': read(OBJECT, { env: STRANGER }),
  'access-denied-for-a-prefix': read(PREFIX, { env: STRANGER }),
  'access-denied-unsigned': read(PREFIX, { flags: ['--no-sign-request'] }),
  'wrong-region': read(OBJECT, { fault: always(AMAZON.redirect) }),
  'wrong-region-for-a-prefix': read(PREFIX, { fault: always(AMAZON.malformed) }),
  'region-that-is-none': read(PREFIX, { env: { AWS_REGION: 'eu west' } }),
  'key-id-with-a-line-break': read(PREFIX, { env: { AWS_ACCESS_KEY_ID: 'TEST\nKEY' } }),
  'session-ended': read(PREFIX, { fault: always(AMAZON.expired) }),
  'endpoint-that-does-not-answer': read(PREFIX, { flags: ['--s3-endpoint', 'http://127.0.0.1:9'] }),
  'endpoint-of-no-host': read(PREFIX, { flags: ['--s3-endpoint', 'http://s3.invalid', '--s3-path-style'] }),
  'endpoint-without-bucket-hosts': read(PREFIX, { flags: ['--s3-endpoint', 'http://s3.invalid'] }),
  'endpoint-that-is-no-url': read(PREFIX, { flags: ['--s3-endpoint', 'localhost:9000'] }),
  'endpoint-that-is-no-url-in-the-environment': read(PREFIX, { env: { AWS_ENDPOINT_URL_S3: 'localhost:9000' } }),
  'endpoint-that-is-half-a-url-in-the-environment': read(OBJECT, { env: { AWS_ENDPOINT_URL_S3: '127.0.0.1:9000' } }),
  'endpoint-that-is-no-s3': read(PREFIX, { fault: always(AMAZON.page) }),
  'endpoint-that-is-no-s3-for-a-key': read(OBJECT, { fault: always(AMAZON.nothingOfS3) }),
  'object-replaced': read(OBJECT, { fault: toGet({ answer: AMAZON.replaced }) }),
  'connection-broken-off': read(OBJECT, { fault: toGet({ cutAfterBytes: 2000 }) }),
  'server-too-busy': read(PREFIX, { fault: always(AMAZON.busy) }),
  'output-into-no-bucket': { args: ['runs', '-d', 'sample:', '-o', 's3://campain/report.txt'] },
  'output-without-a-name': { args: ['runs', '-d', 'missing', '-o', 's3://campaign/reports/'] },
  'output-denied': { args: ['runs', '-d', 'sample:', '-o', 's3://campaign/report.txt'], env: STRANGER },
  'output-with-wrong-secret': {
    args: ['runs', '-d', 'sample:', '-o', 's3://campaign/report.txt'],
    env: { AWS_SECRET_ACCESS_KEY: 'WRONGSECRET' },
  },
  'chart-without-ending': {
    args: ['compare', 'uniform', 'non-uniform', '-d', 'missing', '--chart', 's3://campaign/chart'],
  },
};

describe('what goes wrong: a clear error, status 2, no secret', () => {
  test.each(Object.entries(CASES))('%s', async (name, { args, env, fault }) => {
    if (fault) proxy.fault = fault;
    const through = fault ? { AWS_ENDPOINT_URL_S3: proxy.endpoint } : {};
    const { status, stdout, stderr } = await run(args, { ...through, ...env });
    expect(status).toBe(2);
    expect(stderr).not.toMatch(/SECRET(?!_ACCESS_KEY)|^\s+at |node:internal|\.js:\d/m);
    // The port is any; so is the length of an answer's head.
    const steady = stderr.replace(/127\.0\.0\.1:\d{2,}/g, '127.0.0.1:PORT').replace(/Byte \d+/, 'Byte N');
    // Golden: the whole of both streams, reviewed like code.
    await expect(`status ${status}\n--- stdout\n${stdout}--- stderr\n${steady}`).toMatchFileSnapshot(
      join(GOLDEN, `${name}.txt`),
    );
  });
});

test('writing a table of runs, which is then read from there', async () => {
  const records = ['convert', '-d', 's3://campaign/november/'];
  expect(await run([...records, '-o', 's3://campaign/tables/runs.parquet'])).toEqual({
    status: 0,
    stdout: '',
    stderr: 'wfa: 167 runs written to s3://campaign/tables/runs.parquet\n',
  });
  expect((await run(['convert', 's3://campaign/tables/'])).stdout).toBe((await run(records)).stdout);
});

describe('writing', () => {
  const compare = ['compare', 'uniform', 'non-uniform', '-d', 'sample:'];

  test('a table and charts, the same as in files', async () => {
    const names = ['table.txt', 'chart.svg', 'chart.png'] as const;
    const outputs = (place: string) => [
      '-o',
      `${place}table.txt`,
      '--chart',
      `${place}chart.svg`,
      '--chart',
      `${place}chart.png`,
    ];
    expect(await run([...compare, ...outputs('s3://campaign/reports/')])).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
    expect((await run([...compare, ...outputs('')])).status).toBe(0);
    for (const name of names) {
      expect((await bucket.get(`reports/${name}`)).equals(readFileSync(scratch.path(name)))).toBe(true);
    }
  });

  test('replaces an object, and is read back', async () => {
    await bucket.put('report.json', 'what was there before');
    const json = ['runs', '-d', 'sample:', '-f', 'json'];
    expect((await run([...json, '-o', 's3://campaign/report.json'])).status).toBe(0);
    expect((await bucket.get('report.json')).toString()).toBe((await run(json)).stdout);
  });

  const toPut = (fault: Fault) => (request: ProxiedRequest) => (request.line.startsWith('PUT') ? fault : undefined);

  test('broken off on the way: what was there stays, and the error says so', async () => {
    const before = randomBytes(100);
    await bucket.put('kept.txt', before);
    proxy.fault = toPut({ cutRequestAfterBytes: 20_000 });
    const args = [...compare, '-f', 'json', '-o', 's3://campaign/kept.txt'];
    const { status, stderr } = await run(args, { AWS_ENDPOINT_URL_S3: proxy.endpoint });
    expect({ status, stderr: stderr.replace(/\d+: it/, 'PORT: it') }).toEqual({
      status: 2,
      stderr:
        'wfa: Cannot write s3://campaign/kept.txt: no answer from 127.0.0.1:PORT: it breaks the connection off.\n' +
        '  The server is what --s3-endpoint says, else AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL.\n',
    });
    expect(proxy.requests.length).toBeGreaterThan(1);
    expect((await bucket.get('kept.txt')).equals(before)).toBe(true);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s in the middle: what was there stays', async (signal) => {
    const before = randomBytes(100);
    await bucket.put('kept.txt', before);
    proxy.fault = toPut({ holdAfterBytes: 20_000 });
    const env = { ...process.env, ...s3Environment(proxy.endpoint) };
    const args = [BIN, ...compare, '-f', 'json', '-o', 's3://campaign/kept.txt'];
    const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
    await expect
      .poll(() => proxy.requests.some(({ line }) => line.includes('kept.txt')), { timeout: 20_000 })
      .toBe(true);
    child.kill(signal);
    await new Promise((resolve) => child.once('close', resolve));
    expect((await bucket.get('kept.txt')).equals(before)).toBe(true);
  });
});
