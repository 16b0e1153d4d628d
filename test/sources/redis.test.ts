import { copyFileSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { testWith } from '../need-program.ts';
import { type RedisServer, startRedis } from '../redis/server.ts';
import { makeScratch } from '../scratch.ts';
import { ROOT, spawnToEnd, wfa } from '../spawn-wfa.ts';

const testWithRedis = testWith('redis-server');
const testWithTls = testWith('openssl', ['version']) === test ? testWithRedis : test.skip;

const scratch = makeScratch();
const FIXTURES = join(ROOT, 'test/fixtures');
const exported = gunzipSync(readFileSync(join(FIXTURES, 'engine-store.ndjson.gz'))).toString();
const runs: unknown[] = exported
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

let server: RedisServer;
beforeAll(async () => {
  if (testWithRedis === test.skip) return;
  copyFileSync(join(FIXTURES, 'engine-store.rdb'), scratch.path('dump.rdb'));
  server = await startRedis(scratch.directory, ['--dbfilename', 'dump.rdb', '--save', '']);
});
afterAll(() => server?.stop());

/** What `wfa import` of this URI ends with; the records parsed. */
async function importing(uri: string, env: Record<string, string> = {}) {
  // Node reads its certificates when a process starts.
  const ask = 'NODE_EXTRA_CA_CERTS' in env ? wfa : askWfa;
  const { status, stdout, stderr } = await ask(['import', uri], { env });
  const records: { master_dag_id: string; [field: string]: unknown }[] = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  return { status, records, stderr };
}

/** A server of the test's own with a copy of the store. */
async function startOwn(args: readonly string[] = []): Promise<RedisServer> {
  const own = await startRedis(scratch.directory, ['--dbfilename', 'dump.rdb', '--save', '', ...args]);
  onTestFinished(own.stop);
  return own;
}

describe('the live store', () => {
  testWithRedis('is exported like a snapshot of it, and wfa analyses it', async () => {
    const { status, records, stderr } = await importing(`redis://127.0.0.1:${server.port}`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'wfa: 4 runs written to standard output\n' });
    expect(records).toEqual(runs);
    const [live, dump] = await Promise.all(
      [`redis://127.0.0.1:${server.port}`, scratch.path('dump.rdb')].map((uri) =>
        askWfa(['runs', '-d', uri, '-f', 'csv']),
      ),
    );
    expect(live?.stdout.length).toBeGreaterThan(100);
    expect(live).toEqual(dump);
  });

  testWithRedis('is found among more keys than one SCAN gives, and is not written to', async () => {
    const own = await startOwn();
    own.cli([], Array.from({ length: 5000 }, (_, i) => `set other-${i} x`).join('\n'));
    const before = own.cli(['info', 'commandstats']);
    expect((await importing(`redis://127.0.0.1:${own.port}`)).records).toEqual(runs);
    const used = [...own.cli(['info', 'commandstats']).matchAll(/cmdstat_([a-z|]+):/g)].map(([, name]) => name);
    expect(before).not.toContain('mget');
    expect(used.filter((name) => !before.includes(`cmdstat_${name}:`)).sort()).toEqual(['info', 'mget', 'scan']);
  });

  testWithRedis('with many copies of its runs, each is given once', async () => {
    const own = await startOwn();
    const keys = own.cli(['--scan']).split('\n');
    const [first = ''] = (runs as { master_dag_id: string }[]).map((run) => run.master_dag_id);
    const copies = Array.from({ length: 60 }, (_, i) => `${1000 + i}.copy`);
    own.cli(
      [],
      copies
        .flatMap((id) =>
          keys.filter((key) => key.includes(first)).map((key) => `copy ${key} ${key.replace(first, id)}`),
        )
        .join('\n'),
    );
    const { records, stderr } = await importing(`redis://127.0.0.1:${own.port}`);
    expect(stderr).toBe('wfa: 64 runs written to standard output\n');
    expect(records.map((record) => record.master_dag_id).slice(0, 61)).toEqual([...copies, first]);
    expect(records.slice(60)).toEqual(runs);
    const { master_dag_id: _, tasks: __, ...copied } = records[0] ?? { master_dag_id: '' };
    const { master_dag_id: ___, tasks: ____, ...original } = runs[0] as Record<string, unknown>;
    expect(copied).toEqual(original);
  });

  testWithRedis('lies in the database that the address names', async () => {
    const own = await startOwn(['--databases', '4']);
    own.cli(
      [],
      own
        .cli(['--scan'])
        .split('\n')
        .map((key) => `move ${key} 3`)
        .join('\n'),
    );
    expect((await importing(`redis://127.0.0.1:${own.port}/3`)).records).toEqual(runs);
    const elsewhere = await importing(`redis://127.0.0.1:${own.port}/2`);
    expect(elsewhere).toMatchObject({ status: 2, stderr: expect.stringContaining('holds no runs of the engine') });
    const beyond = await importing(`redis://127.0.0.1:${own.port}/9`);
    expect(beyond).toMatchObject({ status: 2, stderr: expect.stringContaining('it has no database of this number') });
  });
});

describe('a damaged store', () => {
  testWithRedis('what cannot be read of a run is listed, and the rest given', async () => {
    const own = await startOwn();
    const id = (runs[0] as { master_dag_id: string }).master_dag_id;
    const [task = ''] = own.cli(['--scan', '--pattern', `md-storage-tasks+*+${id}`]).split('\n');
    own.cli(['del', task]);
    own.cli(['rpush', task, 'a']);
    own.set(`md-storage-user-dag-submission+${id}`, Buffer.from('cos\nsystem\n(S"touch /nowhere"\ntR.'));
    own.cli(['del', `md-storage-dag-resource-usage+${id}`]);
    own.cli(['set', 'md-storage-future+1', 'x']);
    const { status, records, stderr } = await importing(`redis://127.0.0.1:${own.port}`);
    expect(status).toBe(0);
    expect(records.slice(1)).toEqual(runs.slice(1));
    expect(records[0]).toMatchObject({ submission: null, resource_usage: null });
    const uri = `redis://127.0.0.1:${own.port}`;
    expect(stderr.trimEnd().split('\n')).toEqual([
      `wfa: ${uri}:1: md-storage-user-dag-submission+${id}: it is no object with fields`,
      `wfa: ${uri}:1: ${task}: it is a list, no string`,
      `wfa: ${uri}:1: run ${id} lacks the resource usage`,
      `wfa: ${uri}:5: 1 keys that the engine is not known to store, such as md-storage-future+1`,
      'wfa: 4 runs written to standard output, 4 problems',
    ]);
    own.cli(['del', `dag-${id}`]);
    const withoutDag = (await importing(uri)).records[0];
    expect(withoutDag?.['dag']).toBeNull();
    expect(withoutDag?.['tasks']).toHaveLength(42);
    expect((await askWfa(['import', uri, '--strict', '-o', scratch.path('strict.ndjson')])).status).toBe(2);
  });
});

/** A proxy that cuts the connection after so many bytes from the server, or tells the server something first. */
async function startProxy(
  port: number,
  mostBytes: number,
  onReply: (text: string) => void = () => {},
): Promise<number> {
  const proxy = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    let count = 0;
    upstream.on('data', (chunk) => {
      onReply(chunk.toString('latin1'));
      count += chunk.length;
      if (count > mostBytes) client.destroy();
      else client.write(chunk);
    });
    client
      .on('data', (chunk) => upstream.write(chunk))
      .on('close', () => upstream.destroy())
      .on('error', () => {});
    upstream.on('close', () => client.destroy()).on('error', () => {});
  });
  onTestFinished(() => void proxy.close());
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return (proxy.address() as { port: number }).port;
}

describe('while wfa reads', () => {
  testWithRedis('a lost connection is an error, and leaves no file', async () => {
    for (const mostBytes of [0, 10_000, 100_000]) {
      const port = await startProxy(server.port, mostBytes);
      const path = scratch.path('never.ndjson.gz');
      const ended = await askWfa(['import', `redis://127.0.0.1:${port}`, '-o', path]);
      expect(ended).toMatchObject({ status: 2, stderr: expect.stringContaining('the connection was lost') });
      expect(scratch.list().filter((name) => name.includes('never'))).toEqual([]);
    }
  });

  testWithRedis('a key that vanishes is listed', async () => {
    const own = await startOwn();
    const [key = ''] = own.cli(['--scan', '--pattern', 'md-storage-worker-startup+*']).split('\n');
    const port = await startProxy(own.port, Number.POSITIVE_INFINITY, (text) => {
      // The answer to SCAN is the first that names it.
      if (text.includes(key)) own.cli(['del', key]);
    });
    const { status, stderr } = await importing(`redis://127.0.0.1:${port}`);
    expect(status).toBe(0);
    expect(stderr).toContain(`${key}: it was deleted while wfa was reading`);
  });
});

describe('who may read', () => {
  const PASSWORD = 'p@ss/word:1';
  const encoded = encodeURIComponent(PASSWORD);

  testWithRedis('a password, in the address or in REDISCLI_AUTH, which nothing shows', async () => {
    const own = await startOwn(['--requirepass', PASSWORD]);
    const at = `127.0.0.1:${own.port}`;
    expect((await importing(`redis://:${encoded}@${at}`)).records).toEqual(runs);
    expect((await importing(`redis://${at}`, { REDISCLI_AUTH: PASSWORD })).records).toEqual(runs);
    const [none, wrong] = await Promise.all([importing(`redis://${at}`), importing(`redis://:secret@${at}`)]);
    expect(none).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`Cannot read redis://${at}: it wants a password`),
    });
    expect(wrong).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`Cannot read redis://${at}: it refuses this user and password`),
    });
    expect(wrong.stderr).not.toContain('secret');
    const { stdout } = await askWfa(['runs', '-d', `redis://:${encoded}@${at}`, '-f', 'json']);
    expect(stdout).toContain(`redis://${at}`);
    expect(stdout).not.toContain(encoded);
    const empty = await askWfa(['runs', '-d', `redis://:${encoded}@${at}/5`]);
    expect(empty.stderr).not.toContain(encoded);
  });

  testWithRedis('a user who may only read', async () => {
    const own = await startOwn();
    own.cli([
      'acl',
      'setuser',
      'reader',
      'on',
      '>secret',
      '~dag-*',
      '~md-storage-*',
      '+scan',
      '+mget',
      '+type',
      '+select',
    ]);
    own.cli(['acl', 'setuser', 'nobody', 'on', '>secret', '+scan']);
    const at = `127.0.0.1:${own.port}`;
    expect((await importing(`redis://reader:secret@${at}/0`)).records).toEqual(runs);
    const refused = await importing(`redis://nobody:secret@${at}`);
    expect(refused).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('this user may not do what reading takes'),
    });
  });

  testWithRedis('a password where none is wanted', async () => {
    const { status, stderr } = await importing(`redis://:secret@127.0.0.1:${server.port}`);
    expect({ status, stderr }).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('it has no password, and one was given'),
    });
  });
});

describe('TLS', () => {
  testWithTls('by an authority of one’s own; otherwise the error names the way', async () => {
    const files = { cert: scratch.path('server.crt'), key: scratch.path('server.key') };
    const made = await spawnToEnd('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...[
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=DNS:localhost',
        '-keyout',
        files.key,
        '-out',
        files.cert,
      ],
    ]);
    expect(made.status, made.stderr).toBe(0);
    const own = await startOwn([
      ...['--tls-port', 'PORT', '--tls-cert-file', files.cert, '--tls-key-file', files.key],
      ...['--tls-ca-cert-file', files.cert, '--tls-auth-clients', 'optional'],
    ]);
    const at = `localhost:${own.port}`;
    expect((await importing(`rediss://${at}?tls-ca=${files.cert}`)).records).toEqual(runs);
    expect((await importing(`rediss://${at}`, { NODE_EXTRA_CA_CERTS: files.cert })).records).toEqual(runs);
    const unknown = await importing(`rediss://${at}`);
    expect(unknown).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('an authority that is not known here'),
    });
    const plain = await importing(`redis://${at}`);
    expect(plain).toMatchObject({ status: 2, stderr: expect.stringContaining('rediss://') });
    const other = await importing(`rediss://127.0.0.1:${server.port}`);
    expect(other).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/does not answer in time[\s\S]*without TLS/),
    });
  });
});

describe('addresses', () => {
  test.each([
    ['redis://', 'it is no address of a Redis server'],
    ['redis://host/x', 'it is no address of a Redis server'],
    ['redis://user:%zz@host', 'a percent sign'],
    ['redis://user:pass@host?timeout=1', 'an option that wfa does not know, timeout'],
    ['redis://user:pass@host?tls-ca=x', 'is for rediss://'],
    ['rediss://user:pass@host?tls-ca=missing.pem', 'Cannot read missing.pem'],
    ['redis://user:pass@127.0.0.1:1', 'Cannot read redis://127.0.0.1:1: nothing answers at this address'],
    ['redis://user:pass@host.invalid', 'there is no host of this name'],
  ])('%s', async (uri, problem) => {
    const { status, stderr } = await importing(uri);
    expect(status).toBe(2);
    expect(stderr).toContain(problem);
    expect(stderr).not.toContain('pass@');
  });
});
