import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { showUri } from '../sources/show-uri.ts';

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

/** Says why an output cannot be written and what to do: a `UserError`, or the error itself where the system did not make it. */
export function cannotWrite(path: string, error: Error): Error {
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
