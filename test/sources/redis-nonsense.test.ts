import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { RedisClient } from '../../src/sources/redis/client.ts';
import { redisSource } from '../../src/sources/redis/redis.ts';
import { ReplyParser } from '../../src/sources/redis/reply-parser.ts';
import { parseRedisUri } from '../../src/sources/redis/uri.ts';
import { testWith } from '../need-program.ts';
import { type RedisServer, startRedis } from '../redis/server.ts';
import { makeScratch } from '../scratch.ts';
import { startTcpServer } from './fake-tcp.ts';

/** Servers that answer what Redis does not: a sentence, never a wait without end. */

async function read(uri: string): Promise<Buffer> {
  const [input] = await redisSource.list(uri, {});
  const chunks: Uint8Array[] = [];
  for await (const chunk of input?.open() ?? []) chunks.push(chunk);
  return Buffer.concat(chunks);
}

type Answer = (command: string, cursor: string, turn: number) => string;

/** A server that answers each command, which it is told by its name and first argument, and the number of commands before. */
async function startFake(answer: Answer): Promise<string> {
  const port = await startTcpServer((socket) => {
    let turn = 0;
    socket.on('data', (chunk) => {
      for (const [, name = '', first = ''] of chunk
        .toString('latin1')
        .matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n(?:\$\d+\r\n(.*)\r\n)?/g)) {
        socket.write(answer(name, first, turn++));
      }
    });
  });
  return `redis://127.0.0.1:${port}`;
}

const TWO_NILS = '*2\r\n$-1\r\n$-1\r\n';
/** A server of which only the answer to SCAN is nonsense. */
const scanning = (answer: (cursor: string, turn: number) => string) =>
  startFake((command, cursor, turn) => (command === 'SCAN' ? answer(cursor, turn) : TWO_NILS));
const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`;

describe('bytes that are no Redis protocol', () => {
  test.each([
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['a page', '<html>Welcome</html>'],
    ['SMTP', '220 mail.example.org ESMTP\r\n'],
    ['TLS', '\x15\x03\x01\x00\x02\x02\x46'],
    ['nothing of text', '\x00\x01\x02\x03'],
    ['a number that is none', ':one\r\n'],
    ['a length that is none', '$many\r\n'],
    ['a negative length', '$-7\r\n'],
    ['a string beyond all memory', '$99999999999999\r\n'],
    ['an array beyond all memory', '*4294967295\r\n'],
    ['a string longer than it says', '$3\r\nabcdef\r\n'],
    ['a line without end', `+${'x'.repeat(100_000)}`],
    ['a million arrays in one another', '*1\r\n'.repeat(1e6)],
    ['a million arrays, cut oddly', '*2\r\n:1\r\n'.repeat(1e6)],
  ])('%s', async (_, said) => {
    const uri = await startFake(() => said);
    await expect(read(uri)).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining('does not answer as Redis does'),
    });
  });

  test('said before anything is asked', async () => {
    const port = await startTcpServer((socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
    await expect(read(`redis://127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'unreadable' });
  });

  test('a refusal of everybody is told as one', async () => {
    const port = await startTcpServer((socket) => void socket.end('-ERR max number of clients reached\r\n'));
    await expect(read(`redis://127.0.0.1:${port}`)).rejects.toMatchObject({
      message: expect.stringContaining('max number of clients reached'),
    });
  });
});

describe('replies of another type', () => {
  test.each([
    ['SCAN: a number', ':5\r\n'],
    ['SCAN: a state', '+OK\r\n'],
    ['SCAN: a string', bulk('0')],
    ['SCAN: nothing', '$-1\r\n'],
    ['SCAN: an empty array', '*0\r\n'],
    ['SCAN: a cursor that is no number', `*2\r\n${bulk('next')}*0\r\n`],
    ['SCAN: a cursor that is an array', '*2\r\n*0\r\n*0\r\n'],
    ['SCAN: keys that are a string', `*2\r\n${bulk('7')}${bulk('dag-1')}`],
    ['SCAN: keys that are numbers', `*2\r\n${bulk('0')}*1\r\n:7\r\n`],
    ['SCAN: keys that were not asked for', `*2\r\n${bulk('0')}*1\r\n${bulk('other')}`],
  ])('%s', async (_, said) => {
    await expect(read(await scanning(() => said))).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining('SCAN is answered with something else'),
    });
  });

  test.each([
    ['MGET', ':7\r\n', '+string\r\n'],
    ['MGET', '*2\r\n$-1\r\n$-1\r\n', '+string\r\n'],
    ['MGET', '*1\r\n:1\r\n', '+string\r\n'],
    ['TYPE', '*1\r\n$-1\r\n', '*0\r\n'],
  ])('%s: %j', async (command, found, type) => {
    const scans = [`*2\r\n${bulk('0')}*1\r\n${bulk('dag-1')}`];
    const finds = [TWO_NILS];
    const answers: Record<string, () => string> = {
      SCAN: () => scans.shift() ?? `*2\r\n${bulk('0')}*0\r\n`,
      MGET: () => finds.shift() ?? found,
    };
    const uri = await startFake((name) => answers[name]?.() ?? type);
    await expect(read(uri)).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining(`${command} is answered`),
    });
  });
});

describe('a SCAN without end', () => {
  test.each([
    ['the same cursor', () => '7'],
    ['cursors that go round', (turn: number) => String((turn % 5) + 1)],
    ['cursors that go round after a while', (turn: number) => String(turn < 100 ? turn + 1000 : (turn % 7) + 1)],
  ])('%s', async (_, next) => {
    const uri = await scanning((_cursor, turn) => `*2\r\n${bulk(next(turn))}*1\r\n${bulk('dag-1.a')}`);
    await expect(read(uri)).rejects.toMatchObject({
      code: 'no-answer',
      message: expect.stringContaining('does not come to an end'),
    });
  });

  test('ever new cursors without a key: after half a minute', async () => {
    const startedAtMs = performance.now();
    // The clock goes twenty times as fast.
    const now = performance.now.bind(performance);
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => startedAtMs + 20 * (now() - startedAtMs));
    onTestFinished(() => clock.mockRestore());
    const uri = await scanning((_cursor, turn) => `*2\r\n${bulk(String(turn + 1))}*0\r\n`);
    await expect(read(uri)).rejects.toMatchObject({
      code: 'no-answer',
      message: expect.stringContaining('does not come to an end'),
    });
    expect(performance.now() - startedAtMs).toBeGreaterThan(30_000);
  });
});

test('words of the server are shown without control characters and without what it was sent', async () => {
  const uri = await startFake((command) =>
    command === 'AUTH' ? '+OK\r\n' : '-ODD \x1b[31mbob\x1b[0m with s3/cr3t and s3%2Fcr3t is not\u202e wanted\r\n',
  );
  const failed = await read(uri.replace('//', '//bob:s3%2Fcr3t@')).catch((error: Error) => error);
  expect(failed).toMatchObject({ code: 'unreadable', message: expect.stringContaining('it answered: ODD') });
  expect((failed as Error).message).not.toMatch(/cr3t|bob|[\p{Cc}\p{Cf}]/u);
});

test('a reply is parsed wherever its bytes are cut', () => {
  const said = Buffer.from(`*3\r\n${bulk('a\r\nb')}*2\r\n:-12\r\n$-1\r\n-ERR no\r\n+fine\r\n$0\r\n\r\n*-1\r\n`);
  const parse = (parts: readonly Buffer[]) => {
    const replies: unknown[] = [];
    const parser = new ReplyParser((reply) => replies.push(reply));
    for (const part of parts) parser.push(part);
    return JSON.stringify(replies);
  };
  const whole = parse([said]);
  expect(whole).toContain('"data":[97,13,10,98]');
  for (let at = 1; at < said.length; at++) expect(parse([said.subarray(0, at), said.subarray(at)])).toBe(whole);
  expect(parse([...said].map((byte) => Buffer.of(byte)))).toBe(whole);
});

describe('a Redis Cluster', () => {
  const testWithRedis = testWith('redis-server');
  const scratch = makeScratch();

  const startNode = async (name: string): Promise<RedisServer> => {
    const own = await startRedis(scratch.directory, [
      ...['--cluster-enabled', 'yes', '--cluster-config-file', `${name}.conf`, '--dbfilename', `${name}.rdb`],
    ]);
    onTestFinished(own.stop);
    return own;
  };
  const RUN = '1700000000000.run';
  const KEYS = [`dag-${RUN}`, ...['a', 'b', 'c', 'd', 'e', 'f'].map((task) => `md-storage-tasks+${task}+0+${RUN}`)];

  const startCluster = async () => {
    const nodes = await Promise.all(['one', 'two'].map(startNode));
    const [one, two] = nodes as [RedisServer, RedisServer];
    one.cli(['cluster', 'addslotsrange', '0', '8000']);
    two.cli(['cluster', 'addslotsrange', '8001', '16383']);
    one.cli(['cluster', 'meet', '127.0.0.1', String(two.port)]);
    await expect
      .poll(() => nodes.every((node) => node.cli(['cluster', 'info']).includes('cluster_state:ok')), {
        timeout: 20_000,
      })
      .toBe(true);
    for (const key of KEYS) one.cli(['-c', 'set', key, `content of ${key}`]);
    return { one, two };
  };

  testWithRedis('all keys of all masters, whichever is named', { timeout: 60_000 }, async () => {
    const { one, two } = await startCluster();
    const counts = [one, two].map((node) => Number(node.cli(['dbsize'])));
    expect(counts.every((count) => count > 0 && count < KEYS.length)).toBe(true);
    for (const { port } of [one, two]) {
      const snapshot = (await read(`redis://127.0.0.1:${port}`)).toString('latin1');
      for (const key of KEYS) expect(snapshot).toContain(`content of ${key}`);
    }
  });

  testWithRedis('slots without a master, and a master that is gone', { timeout: 60_000 }, async () => {
    const { one, two } = await startCluster();
    one.cli(['config', 'set', 'cluster-require-full-coverage', 'no']);
    two.cli(['config', 'set', 'cluster-require-full-coverage', 'no']);
    await two.stop();
    await expect(read(`redis://127.0.0.1:${one.port}`)).rejects.toMatchObject({
      code: 'no-answer',
      message: expect.stringContaining(`(cluster node 127.0.0.1:${two.port})`),
    });
    one.cli(['cluster', 'delslotsrange', '5', '9']);
    await expect(read(`redis://127.0.0.1:${one.port}`)).rejects.toMatchObject({
      code: 'no-answer',
      message: expect.stringContaining('slots of the cluster have no master'),
    });
  });

  test('keys that are given to another node meanwhile', async () => {
    let askedCount = 0;
    const range = (from: number, to: number, host: string) =>
      `*3\r\n:${from}\r\n:${to}\r\n*2\r\n${bulk(host)}:${new URL(uri).port}\r\n`;
    const answers: Record<string, (first: string) => string> = {
      CLUSTER: () => {
        const split = askedCount++ === 0 ? 100 : 200;
        return `*2\r\n${range(0, split, '127.0.0.1')}${range(split + 1, 16_383, 'localhost')}`;
      },
      SCAN: () => `*2\r\n${bulk('0')}*0\r\n`,
      MGET: (first) => (first === 'dag-0' ? '-CROSSSLOT Keys in request do not hash to the same slot\r\n' : TWO_NILS),
    };
    const uri: string = await startFake((command, first) => answers[command]?.(first) ?? '+OK\r\n');
    await expect(read(uri)).rejects.toMatchObject({ code: 'replaced' });
  });
});

test('a server that drips is not waited for, one that moves is', async () => {
  const start = (piece: string) =>
    startTcpServer((socket) => {
      let sentBytes = 0;
      socket.write('$20000\r\n');
      const timer = setInterval(() => {
        sentBytes += piece.length;
        socket.write(sentBytes === 20_000 ? `${piece}\r\n` : piece);
      }, 40).unref();
      socket.once('data', () => {}).once('close', () => clearInterval(timer));
    });
  const ask = async (piece: string) => {
    const address = await parseRedisUri(`redis://127.0.0.1:${await start(piece)}`);
    const client = await RedisClient.connect(address, 200);
    onTestFinished(() => client.close());
    return client.send('GET', 'a');
  };
  await expect(ask('x')).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  await expect(ask('x'.repeat(2000))).resolves.toHaveLength(20_000);
});
