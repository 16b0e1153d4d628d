import { createWriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../errors.ts';
import { isS3Uri, parseObjectUri, type SourceSettings, showUri, writeObjectStream } from '../sources/index.ts';
import { cannotWrite } from './cannot-write.ts';
import { findSink, STDOUT } from './destination.ts';
import { type StandardOutput, writeStdout } from './standard-output.ts';
import { Temporary } from './temporary.ts';

/** Puts documents where they belong: files whole or not at all, standard output until somebody closes it. */

/** `UserError` when a destination can be seen to be none before anything is written. */
export function checkDestination(destination: string): void {
  if (isS3Uri(destination)) parseObjectUri(destination);
  else if (/^\s*[a-z][a-z0-9+.-]+:\/\//i.test(destination)) {
    throw new UserError('unwritable', `Cannot write ${showUri(destination)}: it is no file and no object of S3.`, {
      hint: 'Name a file, or an object: s3://BUCKET/KEY',
    });
  }
}

/** Chunks of a document in order; text is written in UTF-8. */
export type Chunks = AsyncIterable<string | Uint8Array>;

/** Writes a document to a file or an object, or to standard output (`null`): a stream of one chunk, or of those it has. */
export async function writeWhole(
  destination: string | null,
  document: string | Uint8Array | Iterable<string>,
  settings: SourceSettings,
  io: StandardOutput,
): Promise<void> {
  const chunks = (async function* () {
    if (typeof document === 'string' || document instanceof Uint8Array) yield document;
    else yield* document;
  })();
  await writeStream(destination, chunks, settings, io);
}

/**
 * Writes chunks as they come; `null`: to standard output. When they end in an error, there is no file or object, and one that was
 * there before is untouched. Gives false when the reader of standard output did not want all. `UserError` when it cannot be written.
 */
export async function writeStream(
  destination: string | null,
  chunks: Chunks,
  settings: SourceSettings,
  io: StandardOutput,
): Promise<boolean> {
  if (destination === null) return writeToStdout(chunks, io);
  if (isS3Uri(destination)) await writeObjectStream(destination, chunks, settings.s3 ?? {});
  else return writeToFile(destination, chunks, io);
  return true;
}

async function writeToStdout(chunks: Chunks, io: StandardOutput): Promise<boolean> {
  for await (const chunk of chunks) if (!(await writeStdout(io, chunk))) return false;
  return true;
}

/** Renames over files only: devices and pipes, and what is open as standard output, are written to. */
async function writeToFile(destination: string, chunks: Chunks, io: StandardOutput): Promise<boolean> {
  const sink = await findSink(destination);
  if ('descriptor' in sink) {
    if (sink.descriptor === STDOUT) return writeToStdout(chunks, io);
    // The descriptor itself, not its path: that would open the file anew, and write from its beginning.
    await writeInto(destination, createWriteStream('', { fd: sink.descriptor, autoClose: false }), chunks);
  } else if (sink.existing !== null && !sink.existing.isFile()) {
    await writeInto(destination, createWriteStream(sink.path), chunks);
  } else await writeUnderTemporaryName(sink.path, destination, chunks, sink.existing?.mode);
  return true;
}

/** Writes chunks to a stream; an error of the input is not one of the output, whatever its code. `name`: the output in messages. */
async function writeInto(name: string, output: Writable, chunks: Chunks): Promise<void> {
  const input = { failed: false };
  // Not `yield*`: an output that fails has its error thrown into the generator that it reads (Node 22).
  const guarded = async function* () {
    const source = chunks[Symbol.asyncIterator]();
    const take = () =>
      source.next().catch((error) => {
        input.failed = true;
        throw error;
      });
    try {
      for (let next = await take(); !next.done; next = await take()) yield next.value;
    } finally {
      await source.return?.();
    }
  };
  try {
    await pipeline(Readable.from(guarded()), output);
  } catch (error) {
    throw input.failed ? error : cannotWrite(name, error as Error);
  }
}

/** Has a file written under a name that nobody has, in the same directory, and renames it when it is whole. */
async function writeUnderTemporaryName(path: string, name: string, chunks: Chunks, mode = 0o666): Promise<void> {
  const explain = (error: Error): never => {
    throw cannotWrite(name, error);
  };
  const temporary = await Temporary.create(dirname(path), mode).catch(explain);
  try {
    await writeInto(name, createWriteStream(temporary.path, { flags: 'r+', flush: true }), chunks);
    await temporary.keepAs(path).catch(explain);
  } catch (error) {
    await temporary.discard();
    throw error;
  }
}
