import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FileHandle, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { isS3Uri, parseObjectUri, type SourceSettings, showUri, writeObjectStream } from '../sources/index.ts';
import { guardTemporary } from './temporary.ts';

/** Puts documents where they belong: files whole or not at all, standard output until somebody closes it. */

/** The part of a process that its result goes to. */
export interface StandardOutput {
  readonly stdout: NodeJS.WriteStream;
}

/** Writes to standard output; a reader that has closed the pipe has seen enough: that is no error, but nobody reads on (false). */
export async function writeStdout(io: StandardOutput, document: string | Uint8Array): Promise<boolean> {
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
): Promise<void> {
  const chunks = (async function* () {
    yield document;
  })();
  await writeTo(destination, chunks, settings);
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
  if (destination !== null) await writeTo(destination, chunks, settings);
  else for await (const chunk of chunks) if (!(await writeStdout(io, chunk))) return false;
  return true;
}

const writeTo = (destination: string, chunks: Chunks, settings: SourceSettings): Promise<void> =>
  isS3Uri(destination)
    ? writeObjectStream(destination, chunks, settings.s3 ?? {})
    : writeFileStream(destination, chunks);

/** Devices and pipes are written to directly: a rename would replace them. */
async function writeFileStream(path: string, chunks: Chunks): Promise<void> {
  const existing = await stat(path).catch(() => null);
  if (existing && !existing.isFile()) await writeInto(path, path, 'w', chunks);
  else {
    const real = existing ? await realpath(path) : path;
    await underTemporaryName(real, (temporary) => writeInto(temporary, path, 'wx', chunks, existing?.mode));
  }
}

/** `name`: what messages call the path. */
async function writeInto(path: string, name: string, flags: string, chunks: Chunks, mode?: number): Promise<void> {
  // An error of the input is not one of the output, whatever its code.
  const input = { failed: false };
  const guarded = async function* () {
    try {
      yield* chunks;
    } catch (error) {
      input.failed = true;
      throw error;
    }
  };
  let file: FileHandle | null = null;
  try {
    file = await open(path, flags, mode ?? 0o666);
    await writeFile(file, guarded());
    if (flags === 'wx') await file.sync();
  } catch (error) {
    throw input.failed ? error : cannotWrite(name, error as Error);
  } finally {
    await file?.close();
  }
}

/** Has a file written under a name that nobody has, in the same directory, and renames it when it is whole. */
async function underTemporaryName(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  const release = guardTemporary(temporary);
  try {
    await write(temporary);
    await rename(temporary, path).catch((error) => {
      throw cannotWrite(path, error);
    });
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    release();
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
};

/** What to do about it, where that is not plain. */
const HINTS: Record<string, (path: string) => string> = {
  ENOENT: (path) => `Create it first: mkdir -p '${dirname(path)}'`,
  EISDIR: (path) => `Name a file in it, as in ${join(path, 'FILE')}`,
};

function cannotWrite(path: string, error: Error): Error {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) return error;
  // What system directories say of files that they will not have.
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
