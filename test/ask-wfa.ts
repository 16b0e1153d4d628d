import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type { main as Main } from '../src/cli/main.ts';
import { type Ended, ROOT, type SpawnOptions, wfa } from './spawn-wfa.ts';

/**
 * Runs the built wfa in this process, one question after another, to its exit status and texts: that takes a fifth of what a
 * process of its own does. Tests of the process itself (signals, descriptors, memory, threads) spawn one, as standard input does here.
 */
export function askWfa(args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  if (options.input !== undefined || args.includes('-')) return wfa(args, options);
  const ended = last.then(() => answer(args, options));
  last = ended.catch(() => {});
  return ended;
}

/** The question before: there is one working directory for all. */
let last: Promise<unknown> = Promise.resolve();

async function answer(args: readonly string[], { env = {}, cwd = ROOT }: SpawnOptions): Promise<Ended> {
  const { main } = (await import(pathToFileURL(join(ROOT, 'dist/main.js')).href)) as { readonly main: typeof Main };
  const [stdout, stderr] = [new Gathered(), new Gathered()];
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const status = await main(args, {
      stdout: asStandardStream(stdout),
      stderr: asStandardStream(stderr),
      env: { ...process.env, ...env },
    });
    return { status, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.chdir(before);
  }
}

/** Declares a stream to be standard output; what only terminals have is absent, as in a pipe. */
const asStandardStream = (stream: Writable) => stream as NodeJS.WriteStream;

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
