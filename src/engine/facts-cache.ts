import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Temporary } from '../output/temporary.ts';
import { type Input, packageRoot } from '../sources/index.ts';
import type { FactsEvent } from './extract-runs.ts';
import { FactsSealer, readFactsLines, wordAsked } from './facts-lines.ts';
import type { Question } from './question.ts';

/**
 * The facts of large inputs, kept between commands in the user's cache directory: a file for each input, question and wfa, which
 * holds what `wfa extract` writes, in gzip. It is never wrong to delete any of it, two processes may use it at once, and where it cannot be written nothing is kept.
 */

/** Smaller inputs are read faster than they are looked up. */
const LEAST_INPUT_BYTES = 8e6;
/** The files that were used least recently are deleted above this. */
const MOST_BYTES = 1e9;
/** Characters that are packed at a time. */
const BLOCK_LENGTH = 1 << 20;
/** The fastest: a slower one makes the files 15 % smaller. */
const GZIP_LEVEL = 1;
/** Bytes that are read at a time. */
const READ_BYTES = 1 << 20;

/** `$XDG_CACHE_HOME/wfa`, or where the user's caches are without it. */
export function cacheDirectory(env: Readonly<Record<string, string | undefined>>): string {
  const home = env['XDG_CACHE_HOME'];
  // The XDG base directory specification: a relative path is to be ignored.
  return join(home?.startsWith('/') ? home : join(homedir(), '.cache'), 'wfa');
}

/** The cache keeps the facts of large inputs for one question. */
export class FactsCache {
  readonly #directory: string;
  readonly #question: Question;
  #build: Promise<string> | null = null;

  constructor(directory: string, question: Question) {
    this.#directory = directory;
    this.#question = question;
  }

  /** The same cache for another question. */
  for(question: Question): FactsCache {
    return new FactsCache(this.#directory, question);
  }

  /** Is true when there is something to recall, as far as its name tells. */
  async has(input: Input, label: string): Promise<boolean> {
    const path = await this.#pathOf(input, label);
    return path !== null && (await stat(path).catch(() => null)) !== null;
  }

  /** All that was told of the input when it was read; `null` when it is not known, or not with its digest if one is wanted. */
  async recall(input: Input, label: string, digest: boolean): Promise<FactsEvent<unknown>[] | null> {
    const path = await this.#pathOf(input, label);
    if (path === null) return null;
    try {
      const stored = createReadStream(path, { highWaterMark: READ_BYTES });
      const events = await readFactsLines(stored, path, this.#question);
      const known = events.at(-1);
      if (digest && known && 'input' in known && known.input.sha256 === null) return null;
      const now = new Date();
      await utimes(path, now, now).catch(() => {});
      return events;
    } catch {
      // Not there, not readable, or damaged: all of them mean that the input has to be read.
      return null;
    }
  }

  /** Hands the events on, and keeps them if there are no errors among them. */
  async *record<Facts>(
    input: Input,
    label: string,
    events: AsyncIterable<readonly FactsEvent<Facts>[]>,
  ): AsyncGenerator<readonly FactsEvent<Facts>[]> {
    const path = await this.#pathOf(input, label);
    const file = path === null ? null : await KeptFile.create(this.#directory, path);
    try {
      const sealer = new FactsSealer();
      await file?.write(sealer.wordHead(this.#question));
      for await (const batch of events) {
        if (file?.isOpen) await file.write(sealer.wordEvents(batch));
        yield batch;
      }
      await file?.write(sealer.wordEnd());
      if (!(await input.findChange?.())) await file?.keep();
    } finally {
      await file?.close();
    }
    if (file) await prune(this.#directory);
  }

  async #pathOf(input: Input, label: string): Promise<string | null> {
    if (input.version === null || (input.byteLength ?? 0) < LEAST_INPUT_BYTES) return null;
    this.#build ??= digestOfBuild();
    const { analysis } = this.#question;
    const key = [await this.#build, analysis, wordAsked(this.#question), input.uri, input.version, label];
    return join(this.#directory, `${analysis}-${sha256(JSON.stringify(key)).slice(0, 40)}.facts`);
  }
}

const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

/** Reads the digest of the whole build: of what extracts facts, and of what packs them. */
const digestOfBuild = (): Promise<string> => readFile(join(packageRoot(), 'dist/build.sha256'), 'latin1');

/** With those above it. Node's own way never ends where the system denies that there is anything, as below `/proc`. */
async function makeDirectory(path: string, withParents = true): Promise<void> {
  const code = await tryToMake(path);
  if (code === null || code === 'EEXIST') return;
  if (code !== 'ENOENT' || !withParents) throw new Error(`no directory can be made: ${code}`);
  await makeDirectory(dirname(path));
  await makeDirectory(path, false);
}

const tryToMake = (path: string): Promise<string | null> =>
  mkdir(path).then(
    () => null,
    ({ code }: NodeJS.ErrnoException) => code ?? 'unknown',
  );

/** A file of the cache that is being written, under a name of its own until it is whole. Where writing fails it is given up. */
class KeptFile {
  readonly #path: string;
  readonly #temporary: Temporary;
  #file: FileHandle | null;
  #text = '';

  private constructor(path: string, temporary: Temporary, file: FileHandle) {
    this.#path = path;
    this.#temporary = temporary;
    this.#file = file;
  }

  static async create(directory: string, path: string): Promise<KeptFile | null> {
    let temporary: Temporary | null = null;
    try {
      await makeDirectory(directory);
      temporary = await Temporary.create(directory, 0o600);
      return new KeptFile(path, temporary, await open(temporary.path, 'r+'));
    } catch {
      await temporary?.discard();
      return null;
    }
  }

  /** False when writing has failed. */
  get isOpen(): boolean {
    return this.#file !== null;
  }

  async write(text: string): Promise<void> {
    this.#text += text;
    if (this.#text.length >= BLOCK_LENGTH) await this.#writeBlock();
  }

  /** Each block is a member of its own: a file of gzip may have several (RFC 1952, 2.2). */
  async #writeBlock(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    try {
      await this.#file?.writeFile(await promisify(gzip)(text, { level: GZIP_LEVEL }));
    } catch {
      await this.close();
    }
  }

  async keep(): Promise<void> {
    await this.#writeBlock();
    if (this.#file === null) return;
    await this.#file.close();
    this.#file = null;
    await this.#temporary.keepAs(this.#path).catch(() => this.#temporary.discard());
  }

  /** Gives up what has not been kept. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close().catch(() => {});
    if (file) await this.#temporary.discard();
  }
}

/** Names that wfa gives: .ndjson up to version 0.1. Whatever else lies in the directory is somebody's own. */
const KEPT_NAME = /^[a-z-]+-[0-9a-f]{40}\.(facts|ndjson)$/;

/** Deletes the files used least recently; a file that another process deletes meanwhile is as good as deleted. */
async function prune(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  const files = await Promise.all(
    names
      .filter((name) => KEPT_NAME.test(name))
      .map(async (name) => {
        const found = await lstat(join(directory, name)).catch(() => null);
        return { name, byteLength: found?.size ?? 0, usedAtMs: found?.mtimeMs ?? 0 };
      }),
  );
  let byteLength = 0;
  for (const file of files.sort((a, b) => b.usedAtMs - a.usedAtMs)) {
    byteLength += file.byteLength;
    if (byteLength > MOST_BYTES) await rm(join(directory, file.name), { force: true }).catch(() => {});
  }
}
