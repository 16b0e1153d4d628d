import { createWriteStream, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../errors.ts';
import { isS3Uri, parseObjectUri, type SourceSettings, showUri, writeObjectStream } from '../sources/index.ts';
import { isStdoutClosed } from './closed-stdout.ts';
import { findSink, STDOUT } from './destination.ts';
import { Temporary } from './temporary.ts';

/** Puts documents where they belong: files whole or not at all, standard output until somebody closes it. */

/** The part of a process that its result goes to. */
export interface StandardOutput {
  readonly stdout: NodeJS.WriteStream;
}

/** Writes to standard output; a reader that has closed the pipe has seen enough: that is no error, but nobody reads on (false). */
export async function writeStdout(io: StandardOutput, document: string | Uint8Array): Promise<boolean> {
  if (isStdoutClosed()) throw new UserError('unwritable', 'Cannot write standard output: it is closed.');
  return new Promise((resolve, reject) => {
    const settle = (error?: Error | null) => {
      io.stdout.off('error', settle);
      if (!error) return resolve(true);
      // The stream tells of the same error a second time, by event.
      io.stdout.once('error', () => {});
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') resolve(false);
      else reject(cannotWrite('standard output', error));
    };
    io.stdout.once('error', settle);
    io.stdout.write(document, settle);
  });
}

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

/** Writes a document to a file or an object: a stream of one chunk. */
export async function writeWhole(
  destination: string,
  document: string | Uint8Array,
  settings: SourceSettings,
  io: StandardOutput,
): Promise<void> {
  const chunks = (async function* () {
    yield document;
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
  const guarded = async function* () {
    try {
      yield* chunks;
    } catch (error) {
      input.failed = true;
      throw error;
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

const WRITE_PROBLEMS: Record<string, string> = {
  ENOENT: 'its directory does not exist',
  ENOTDIR: 'a part of the path is no directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a directory',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'it would be larger than is allowed here',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links form a circle',
  EPIPE: 'its reader has closed it',
  ENXIO: 'nothing reads from it',
  EBADF: 'it is not open for writing',
  EMFILE: 'too many files are open',
};

/** Hints say what to do, where the problem does not. */
const HINTS: Record<string, (path: string) => string> = {
  ENOENT: (path) => `Create it first: mkdir -p '${dirname(path)}'`,
  EISDIR: (path) => `Name a file in it, as in ${join(path, 'FILE')}`,
};

function cannotWrite(path: string, error: Error): Error {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) return error;
  // System directories answer so when they take no new files.
  if (code === 'ENOENT' && existsSync(dirname(path))) {
    return new UserError('unwritable', `Cannot write ${showUri(path)}: its directory takes no new files.`, {
      cause: error,
    });
  }
  const hint = HINTS[code]?.(path);
  return new UserError('unwritable', `Cannot write ${showUri(path)}: ${WRITE_PROBLEMS[code] ?? error.message}.`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}
