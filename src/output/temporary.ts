import { createHash, randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/**
 * Files under a temporary name: whoever interrupts wfa finds none of them left, and those that a killed wfa has left go with the next
 * one that writes there. Their names are short, whatever the file will be called, and say which process writes them.
 */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const paths = new Set<string>();

/** A temporary file lies where the file will be, and is removed if a signal ends wfa before it is kept or discarded. */
export class Temporary {
  readonly path: string;
  readonly #release: () => void;

  private constructor(path: string, release: () => void) {
    this.path = path;
    this.#release = release;
  }

  /** Creates an empty one, and removes those in the directory whose process is gone. Throws the file system's errors. */
  static async create(directory: string, mode: number): Promise<Temporary> {
    await removeLeftovers(directory);
    const path = join(directory, nameTemporary());
    const release = guard(path);
    try {
      // At once, not in a thread of Node's: it could be made there just after a signal has had it removed.
      closeSync(openSync(path, 'wx', mode));
      return new Temporary(path, release);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Gives the file its own name. Throws the file system's errors. */
  async keepAs(path: string): Promise<void> {
    await rename(this.path, path);
    this.#release();
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true }).catch(() => {});
    this.#release();
  }
}

/** Signals are caught only while there is such a file: the system ends a busy program at once, wfa only when it is idle. */
function guard(path: string): () => void {
  if (paths.size === 0) for (const signal of SIGNALS) process.on(signal, removeAndEnd);
  paths.add(path);
  return () => {
    paths.delete(path);
    if (paths.size === 0) for (const signal of SIGNALS) process.off(signal, removeAndEnd);
  };
}

/** Leaves the end to the system, which never waits: `process.exit` in a handler can do so for ever (nodejs/node#54918). */
function removeAndEnd(signal: NodeJS.Signals): void {
  for (const path of paths) rmSync(path, { force: true });
  for (const caught of SIGNALS) process.removeAllListeners(caught);
  process.kill(process.pid, signal);
}

const NAME = /^\.wfa-([0-9a-f]{12})-(\d+)-(\w+)-[0-9a-f]{12}\.tmp$/;

function nameTemporary(): string {
  const started = readStart(process.pid) ?? 'unknown';
  return `.wfa-${findScope()}-${process.pid}-${started}-${randomBytes(6).toString('hex')}.tmp`;
}

/** Tells apart machines, their boots and containers: a process id means nothing in another one. */
function findScope(): string {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1'));
  const namespace = attempt(() => readlinkSync('/proc/self/ns/pid'));
  return createHash('sha256').update([hostname(), boot, namespace].join()).digest('hex').slice(0, 12);
}

/** Reads when a process started, in ticks since the boot, or `ended`; `null` where the system does not tell (only Linux does). */
function readStart(pid: number): string | null {
  const text = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // The program's name stands in parentheses and may hold any. Fields by proc(5): 3 the state, 22 the start.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined) return null;
  return /[ZX]/.test(fields[0] ?? '') ? 'ended' : (fields[19] ?? null);
}

function attempt(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** Days without a write after which a file of another machine, or of a boot before this one, is nobody's. */
const OLD_DAYS = 7;
const DAY_MS = 86_400_000;

async function removeLeftovers(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    const [, scope, pid, started] = NAME.exec(name) ?? [];
    if (scope === undefined) continue;
    const path = join(directory, name);
    const isLeft = scope === findScope() ? isGone(Number(pid), started as string) : await isOld(path);
    if (isLeft) await rm(path, { force: true }).catch(() => {});
  }
}

/** Tells whether a process has ended, also when another one has its id by now. */
function isGone(pid: number, started: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
  }
  const now = readStart(pid);
  return now !== null && now !== started;
}

async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > OLD_DAYS * DAY_MS;
}
