import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UserError } from '../errors.ts';

// The default of 16 kB spends four fifths of the time handing chunks over (measured: 66 against 321 MB/s); a start-up of few
// megabytes is noticeably shorter still with 1 MB than with 256 kB.
const GUNZIP_CHUNK_BYTES = 1 << 20;

/**
 * Unpacks gzip or zstd, told by the first bytes and not by a name; other bytes stay as they are. `uri` names the input in errors.
 * `UserError` when the packed bytes are cut or damaged.
 */
export async function* decompress(stored: AsyncIterable<Uint8Array>, uri: string): AsyncGenerator<Uint8Array> {
  const [head, all] = await peek(stored, LONGEST_ZSTD_HEADER);
  if (head[0] === 0x1f && head[1] === 0x8b) yield* gunzip(all, uri);
  else if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) {
    if (zstdWindowBytes(head) > MOST_WINDOW_BYTES) throw tooLargeWindow(uri);
    yield* unzstd(all, uri);
  } else yield* all;
}

/** Bytes of a frame's header at most, with its magic number (RFC 8878). */
const LONGEST_ZSTD_HEADER = 18;
/** Bytes of a frame's window at most, the zstd program's own default: a few bytes can ask for gigabytes. */
const MOST_WINDOW_BYTES = 1 << 27;

/** Reads a zstd frame's window from its header, the bytes held to unpack it (RFC 8878, 3.1.1.1); 0 where the header is cut. */
function zstdWindowBytes(header: Uint8Array): number {
  const descriptor = header[4] ?? 0;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  if (!isSingleSegment) {
    const window = header[5] ?? 0;
    return 2 ** (10 + (window >> 3)) * (1 + (window & 7) / 8);
  }
  // The window is the content then, whose size stands behind the dictionary's number, least byte first.
  const at = 5 + ([0, 1, 2, 4][descriptor & 3] as number);
  const sizeBytes = header.subarray(at, at + 2 ** (descriptor >> 6));
  return sizeBytes.reduceRight((size, byte) => size * 256 + byte, 0);
}

const tooLargeWindow = (uri: string): UserError =>
  new UserError('too-large', `Cannot read ${uri}: to unpack its zstd data takes more memory than 128 MB.`, {
    hint: 'If it was packed with --long, unpack it first: zstd -d --long=31 FILE',
  });

async function peek(
  stored: AsyncIterable<Uint8Array>,
  count: number,
): Promise<[Uint8Array, AsyncIterable<Uint8Array>]> {
  const iterator = stored[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < count) {
    const next = await iterator.next();
    if (next.done) break;
    chunks.push(next.value);
    length += next.value.length;
  }
  const all = async function* () {
    try {
      yield* chunks;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  };
  return [Buffer.concat(chunks).subarray(0, count), all()];
}

async function* gunzip(stored: AsyncIterable<Uint8Array>, uri: string): AsyncGenerator<Uint8Array> {
  const plain = createGunzip({ chunkSize: GUNZIP_CHUNK_BYTES });
  // The callback only keeps the pipeline's error from being thrown a second time: the iteration below throws it.
  const ignore = () => {};
  try {
    yield* pipeline(Readable.from(stored), plain, ignore);
  } catch (error) {
    throw damaged(error, uri, 'gzip', (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR');
  }
}

async function* unzstd(stored: AsyncIterable<Uint8Array>, uri: string): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import('fzstd');
  const ready: Uint8Array[] = [];
  const stream = new Decompress((chunk) => ready.push(chunk));
  const feed = (chunk: Uint8Array, last: boolean) => {
    try {
      stream.push(chunk, last);
    } catch (error) {
      throw damaged(error, uri, 'zstd', /EOF/.test((error as Error).message));
    }
    return ready.splice(0);
  };
  for await (const chunk of stored) yield* feed(chunk, false);
  yield* feed(new Uint8Array(0), true);
}

function damaged(error: unknown, uri: string, packing: string, cut: boolean): Error {
  const code = (error as NodeJS.ErrnoException).code;
  if (error instanceof UserError || (packing === 'gzip' && !code?.startsWith('Z_'))) return error as Error;
  const problem = cut ? `the ${packing} data end too early: the file was cut` : `the ${packing} data are damaged`;
  return new UserError('cut-short', `Cannot read ${uri}: ${problem}.`, {
    hint: 'Copy or export the file again; wfa does not report on a part of the runs.',
    cause: error,
  });
}
