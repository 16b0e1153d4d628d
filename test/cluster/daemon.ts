import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program that runs beside the tests. It ends with this process at the latest. */
export interface Daemon {
  readonly pid: number;
  /** Kills it at once. */
  readonly stop: () => Promise<void>;
}

/** Runs the program until its own standard input ends, as it does when the tests are over, however that comes about. */
const GUARD = `"$@" </dev/null >>"$LOG" 2>&1 & pid=$!; echo $pid; read -r _; kill -KILL $pid; wait $pid 2>/dev/null`;

/** Starts a program that writes its log, and all it prints, to a file. */
export async function startDaemon(
  command: string,
  args: readonly string[],
  { log, env, cwd }: { readonly log: string; readonly env: Readonly<Record<string, string>>; readonly cwd: string },
): Promise<Daemon> {
  const child = spawn('sh', ['-c', GUARD, 'sh', command, ...args], {
    cwd,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, ...env, LOG: log },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const pid = await new Promise<number>((resolve) => child.stdout.once('data', (text) => resolve(Number(text))));
  return {
    pid,
    stop: () => {
      child.stdin.end();
      return ended;
    },
  };
}

/** Waits until something is so; an error with what the logs say when it is not by then. */
export async function waitUntil(
  wanted: string,
  isSo: () => boolean | Promise<boolean>,
  logs: readonly string[] = [],
): Promise<void> {
  const untilMs = Date.now() + LONGEST_WAIT_MS;
  while (!(await isSo())) {
    if (Date.now() > untilMs) throw new Error([`${wanted}: not within a minute`, ...logs.map(readEnd)].join('\n'));
    await sleep(100);
  }
}

const LONGEST_WAIT_MS = 60_000;
const END_LENGTH = 2000;

function readEnd(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(-END_LENGTH);
  } catch {
    return '';
  }
}

/** A port of the loopback that nobody listens at. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
