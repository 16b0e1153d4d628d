import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { isS3Uri, parseObjectUri, type SourceSettings, writeObject } from '../sources/index.ts';
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
}

/** Writes a file or an object so that nobody ever sees a part of it. */
export async function writeWhole(
  destination: string,
  document: string | Uint8Array,
  settings: SourceSettings,
): Promise<void> {
  if (isS3Uri(destination)) await writeObject(destination, document, settings.s3 ?? {});
  else await writeFileWhole(destination, document);
}

/**
 * Writes a file under a temporary name beside it and renames it, so that nobody ever sees a part of it. Devices and pipes are
 * written to directly: a rename would replace them.
 */
async function writeFileWhole(path: string, document: string | Uint8Array): Promise<void> {
  try {
    const existing = await stat(path).catch(() => null);
    if (existing && !existing.isFile()) await writeDirectly(path, document);
    else await writeAndRename(existing ? await realpath(path) : path, document, existing?.mode);
  } catch (error) {
    throw cannotWrite(path, error as Error);
  }
}

async function writeDirectly(path: string, document: string | Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(document);
  } finally {
    await file.close();
  }
}

async function writeAndRename(path: string, document: string | Uint8Array, mode: number | undefined): Promise<void> {
  await underTemporaryName(path, async (temporary) => {
    const file = await open(temporary, 'wx', mode ?? 0o666);
    try {
      await file.writeFile(document);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/** Has a file written under a name that nobody has, in the same directory, and renames it when it is whole. */
export async function underTemporaryName(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
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

export function cannotWrite(path: string, error: Error): Error {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) return error;
  // What system directories say of files that they will not have.
  if (code === 'ENOENT' && existsSync(dirname(path))) {
    return new UserError('unwritable', `Cannot write ${path}: its directory takes no new files.`, { cause: error });
  }
  const hint = HINTS[code]?.(path);
  return new UserError('unwritable', `Cannot write ${path}: ${WRITE_PROBLEMS[code] ?? error.message}.`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}
