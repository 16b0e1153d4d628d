import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UserError } from '../errors.ts';
import { peek } from './peek.ts';
import type { ZstdError } from './zstd.ts';

// The default of 16 kB spends four fifths of the time handing chunks over (measured: 66 against 321 MB/s); a start-up of few
// megabytes is noticeably shorter still with 1 MB than with 256 kB.
const GUNZIP_CHUNK_BYTES = 1 << 20;

/**
 * Unpacks gzip or zstd, told by the first bytes and not by a name; other bytes stay as they are. `uri` names the input in errors.
 * `UserError` when the packed bytes are cut or damaged, or take too much memory to unpack.
 */
export async function* decompress(stored: AsyncIterable<Uint8Array>, uri: string): AsyncGenerator<Uint8Array> {
  const [head, all] = await peek(stored, ({ length }) => length >= MAGIC_BYTES);
  if (head[0] === 0x1f && head[1] === 0x8b) yield* gunzip(all, uri);
  else if (isZstd(head)) yield* unzstd(all, uri);
  else yield* all;
}

/** Bytes of the longest magic number. */
const MAGIC_BYTES = 4;
const ZSTD_FRAME = 0xfd2fb528;
/** Sixteen numbers from this one on begin frames that are passed over; pzstd puts one before each frame. */
const SKIPPABLE_FRAME = 0x184d2a50;

function isZstd(head: Buffer): boolean {
  if (head.length < MAGIC_BYTES) return false;
  const magic = head.readUInt32LE();
  return magic === ZSTD_FRAME || (magic & ~0xf) === SKIPPABLE_FRAME;
}

/** Unpacks the members of a gzip file. Zero bytes between or behind them, as on a tape, are passed over. */
async function* gunzip(stored: AsyncIterable<Uint8Array>, uri: string): AsyncGenerator<Uint8Array> {
  const source = new Returnable(stored);
  try {
    while (await source.skipZeros()) yield* gunzipUpToZeros(source);
  } catch (error) {
    throw wordGzipError(error, uri);
  } finally {
    source.close();
  }
}

/** Unpacks members up to a zero byte in the place of the next one, where Node's gunzip stops for good, or to the end. */
async function* gunzipUpToZeros(source: Returnable): AsyncGenerator<Uint8Array> {
  const plain = createGunzip({ chunkSize: GUNZIP_CHUNK_BYTES });
  // The callback only keeps the pipeline's error from being thrown a second time: the iteration below throws it.
  const ignore = () => {};
  yield* pipeline(Readable.from(source.chunks(() => plain.bytesWritten)), plain, ignore);
  await source.takeBack(plain.bytesWritten);
}

/** The source remembers what its reader has not used, because it may leave some of it. */
class Returnable {
  readonly #stored: AsyncIterator<Uint8Array>;
  /** Chunks to be handed out before all others. */
  #returned: Uint8Array[] = [];
  /** Chunks handed out, and how many bytes of them have been used. */
  #handedOut: Uint8Array[] = [];
  #usedBytes = 0;
  /** The chunk that is waited for, or was last; a reader that has stopped may not have seen it. */
  #pending: Promise<Uint8Array | null> | null = null;

  constructor(stored: AsyncIterable<Uint8Array>) {
    this.#stored = stored[Symbol.asyncIterator]();
  }

  /** Gives chunks to one reader, which tells how many bytes of them it has used so far, and may stop even while it waits. */
  async *chunks(usedBytes: () => number): AsyncGenerator<Uint8Array> {
    this.#usedBytes = 0;
    for (let chunk = await this.#take(); chunk !== null; chunk = await this.#take()) {
      yield chunk;
      this.#forget(usedBytes());
    }
  }

  /** Takes back what lies behind the bytes that the reader has used. */
  async takeBack(usedBytes: number): Promise<void> {
    await this.#pending;
    this.#forget(usedBytes);
    const [first, ...others] = this.#handedOut;
    if (first !== undefined) this.#returned = [first.subarray(usedBytes - this.#usedBytes), ...others];
    this.#handedOut = [];
  }

  /** Lets go of the chunks that are used up. */
  #forget(usedBytes: number): void {
    let [first] = this.#handedOut;
    while (first !== undefined && this.#usedBytes + first.length <= usedBytes) {
      this.#usedBytes += first.length;
      this.#handedOut.shift();
      [first] = this.#handedOut;
    }
  }

  /** Passes over zero bytes; returns whether others follow. */
  async skipZeros(): Promise<boolean> {
    for (let chunk = await this.#take(); chunk !== null; chunk = await this.#take()) {
      this.#handedOut = [];
      const from = countZeros(chunk);
      if (from === chunk.length) continue;
      this.#returned.unshift(chunk.subarray(from));
      return true;
    }
    return false;
  }

  /** Lets go of what is stored, without waiting: it may never give another byte. */
  close(): void {
    this.#stored.return?.().catch(() => {});
  }

  async #take(): Promise<Uint8Array | null> {
    const returned = this.#returned.shift();
    if (returned !== undefined) {
      this.#handedOut.push(returned);
      return returned;
    }
    this.#pending = this.#next();
    return this.#pending;
  }

  async #next(): Promise<Uint8Array | null> {
    const next = await this.#stored.next();
    if (next.done) return null;
    this.#handedOut.push(next.value);
    return next.value;
  }
}

/** Counts the zero bytes that a chunk begins with. */
function countZeros(chunk: Uint8Array): number {
  let count = 0;
  while (chunk[count] === 0) count++;
  return count;
}

function wordGzipError(error: unknown, uri: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (error instanceof UserError || !code?.startsWith('Z_')) return error;
  const isCut = code === 'Z_BUF_ERROR';
  return damaged(uri, isCut ? 'the gzip data end too early: the file was cut' : 'the gzip data are damaged', error);
}

async function* unzstd(stored: AsyncIterable<Uint8Array>, uri: string): AsyncGenerator<Uint8Array> {
  const { ZstdStream, ZstdError } = await import('./zstd.ts');
  const stream = new ZstdStream();
  try {
    for await (const chunk of stored) yield* stream.push(chunk);
    stream.end();
  } catch (error) {
    throw error instanceof ZstdError ? wordZstdError(error, uri) : error;
  } finally {
    stream.close();
  }
}

function wordZstdError(error: ZstdError, uri: string): UserError {
  switch (error.fault) {
    case 'cut':
      return damaged(uri, 'the zstd data end too early: the file was cut', error);
    case 'damaged':
      return damaged(uri, 'the zstd data are damaged', error);
    case 'too-large':
      return new UserError('too-large', `Cannot read ${uri}: to unpack its zstd data takes more memory than 128 MB.`, {
        hint: 'If it was packed with --long, unpack it first: zstd -d --long=31 FILE',
        cause: error,
      });
    case 'dictionary':
      return new UserError('unreadable', `Cannot read ${uri}: its zstd data were packed with a dictionary.`, {
        hint: 'Unpack it first: zstd -d -D DICTIONARY FILE',
        cause: error,
      });
  }
}

const damaged = (uri: string, problem: string, cause: unknown): UserError =>
  new UserError('cut-short', `Cannot read ${uri}: ${problem}.`, {
    hint: 'Copy or export the file again; wfa does not report on a part of the runs.',
    cause,
  });
