import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type { main as Main } from '../src/cli/main.ts';
import { type Ended, ROOT, type SpawnOptions, wfa } from './spawn-wfa.ts';

/**
 * Runs the built wfa in this process, one question after another, to its exit status and texts: that takes a fifth of what a
 * process of its own does. Tests of the process itself (signals, descriptors, memory, threads) spawn one, as standard input does here.
 */
export function askWfa(args: readonly string[], options: AskOptions = {}): Promise<Ended> {
  if (options.input !== undefined || args.includes('-')) return wfa(args, options);
  const ended = last.then(() => answer(args, options));
  last = ended.catch(() => {});
  return ended;
}

export interface AskOptions extends SpawnOptions {
  /** The width of the terminal that both standard streams are; left out: they are pipes. */
  readonly terminalColumns?: number;
}

/** The question before: there is one working directory, and one environment, for all. */
let last: Promise<unknown> = Promise.resolve();

async function answer(args: readonly string[], { env = {}, cwd = ROOT, terminalColumns }: AskOptions): Promise<Ended> {
  const { main } = (await import(pathToFileURL(join(ROOT, 'dist/main.js')).href)) as { readonly main: typeof Main };
  const [stdout, stderr] = [new Gathered(), new Gathered()];
  const before = { folder: process.cwd(), env: { ...process.env } };
  process.chdir(cwd);
  // Libraries look there, whatever wfa itself is given.
  Object.assign(process.env, env);
  try {
    const status = await main(args, {
      stdout: asStandardStream(stdout, terminalColumns),
      stderr: asStandardStream(stderr, terminalColumns),
      env: { ...process.env },
    });
    return { status, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.chdir(before.folder);
    for (const name of Object.keys(env)) {
      if (before.env[name] === undefined) delete process.env[name];
      else process.env[name] = before.env[name];
    }
  }
}

/** Declares a stream to be standard output; what only terminals have is absent, as in a pipe, unless they have so many columns. */
const asStandardStream = (stream: Writable, columns?: number): NodeJS.WriteStream =>
  Object.assign(stream as NodeJS.WriteStream, columns === undefined ? {} : { isTTY: true, columns, hasColors });

/** Decides as Node does, by what it is given. */
const hasColors = (env?: object): boolean => env === undefined || !('NO_COLOR' in env);

class Gathered extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}
