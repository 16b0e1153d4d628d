import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** A real redis-server, on a free port of the loopback. */
export interface RedisServer {
  readonly port: number;
  /** At once, without saving. */
  readonly stop: () => Promise<void>;
  /** Runs redis-cli against it: standard output without the last line feed. `input`: one command a line. */
  readonly cli: (args: readonly string[], input?: string) => string;
  /** Sets a key to any bytes. */
  readonly set: (key: string, content: Uint8Array) => void;
}

/** `args`: settings for the command line. The server works in `directory`, where a dump.rdb is loaded. */
export async function startRedis(directory: string, args: readonly string[] = []): Promise<RedisServer> {
  const port = await findFreePort();
  const isTls = args.includes('--tls-port');
  const ports = isTls
    ? ['--port', '0', ...args.map((arg) => (arg === 'PORT' ? String(port) : arg))]
    : ['--port', String(port), ...args];
  const child = spawn('redis-server', ['--bind', '127.0.0.1', '--save', '', '--dir', directory, ...ports], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    let log = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('Ready to accept connections')) resolve();
    });
    child.on('exit', () => reject(new Error(`redis-server ended:\n${log}`)));
  });
  const cli = (given: readonly string[], input?: string | Uint8Array) =>
    execFileSync('redis-cli', ['-p', String(port), ...given], {
      ...(input === undefined ? {} : { input }),
      stdio: ['pipe', 'pipe', 'pipe'],
      maxBuffer: 1 << 27,
    })
      .toString()
      .replace(/\n$/, '');
  return { port, stop: () => stop(child), cli, set: (key, content) => void cli(['-x', 'set', key], content) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await ended;
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
