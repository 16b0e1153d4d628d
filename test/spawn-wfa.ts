import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');
export const BIN = join(ROOT, 'bin/wfa.js');

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SpawnOptions {
  /** Bytes for standard input, which is closed after them. */
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Runs a program to its end. */
export function spawnToEnd(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  const { input = '', env = {}, cwd = ROOT } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text;
      });
    }
    // A child that does not read its input closes it early.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('error', reject).on('close', (status) => resolve({ status, ...texts }));
  });
}

/** Runs the real wfa. */
export const wfa = (args: readonly string[], options?: SpawnOptions): Promise<Ended> =>
  spawnToEnd(process.execPath, [BIN, ...args], options);
