import { type BigIntStats, createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { UserError } from '../errors.ts';
import { openRanges } from './line-ranges.ts';
import { showUri } from './show-uri.ts';
import { type Input, isRecordFileName, type Source, type SourceSettings } from './source.ts';

/** Bytes read from a file per call. */
const CHUNK_BYTES = 1 << 20;

/** The source lists local files, directories and globs. */
export const fileSource: Source = {
  accepts: (uri) => !/^[a-z][a-z0-9+.-]+:/i.test(uri) || uri.startsWith('file:'),
  list: async (uri, settings) => {
    const path = uri.startsWith('file:') ? decodeURIComponent(new URL(uri).pathname) : uri;
    const found = await stat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => error);
    if (!(found instanceof Error)) {
      return found.isDirectory() ? listDirectory(path, settings) : [fileInput(path, found, true)];
    }
    if (/[*?[{]/.test(path)) return listGlob(path);
    throw cannotRead(path, found);
  },
};

async function listDirectory(directory: string, settings: SourceSettings): Promise<Input[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((error) => {
    throw cannotRead(directory, error);
  });
  const paths = entries
    .filter((entry) => !entry.isDirectory() && isRecordFileName(entry.name, settings))
    .map((entry) => join(entry.parentPath, entry.name));
  if (paths.length === 0) {
    throw new UserError('no-record-files', `The directory ${directory} holds no record files.`, {
      hint: 'Record files end in .parquet, or in .ndjson, .jsonl or .json, also with .gz or .zst behind it.',
    });
  }
  return Promise.all(paths.sort().map((path) => statInput(path)));
}

async function listGlob(pattern: string): Promise<Input[]> {
  const { glob } = await import('tinyglobby');
  const paths = await glob(pattern, { onlyFiles: true, expandDirectories: false, absolute: isAbsolute(pattern) });
  if (paths.length === 0) {
    throw new UserError('not-found', `No file matches ${pattern}`, {
      hint: 'Quote the pattern if the shell should not expand it.',
    });
  }
  return Promise.all(paths.sort().map((path) => statInput(path)));
}

async function statInput(path: string): Promise<Input> {
  const found = await stat(path, { bigint: true }).catch((error) => {
    throw cannotRead(path, error);
  });
  return fileInput(path, found, false);
}

function fileInput(path: string, found: BigIntStats, explicit: boolean): Input {
  const isFile = found.isFile();
  return {
    uri: path,
    byteLength: isFile ? Number(found.size) : null,
    explicit,
    version: isFile ? `${found.mtimeNs}-${found.size}-${found.ino}` : null,
    open: async function* () {
      try {
        yield* createReadStream(path, { highWaterMark: CHUNK_BYTES });
      } catch (error) {
        throw cannotRead(path, error as NodeJS.ErrnoException);
      }
    },
    ...(isFile && { openRanges: (findStart) => openFileRanges(path, Number(found.size), findStart) }),
  };
}

function openFileRanges(path: string, byteLength: number, findStart: (head: Buffer) => number | null) {
  const wordError = (error: Error) => cannotRead(path, error as NodeJS.ErrnoException);
  try {
    const opened = openRanges(path, byteLength, findStart);
    return opened && { ...opened, wordError };
  } catch (error) {
    throw wordError(error as Error);
  }
}

const READ_PROBLEMS: Record<string, string> = {
  ENOENT: 'there is no such file or directory',
  ENOTDIR: 'a part of the path is no directory',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ELOOP: 'its symbolic links form a circle',
  ENAMETOOLONG: 'the name is too long',
};

function cannotRead(path: string, error: NodeJS.ErrnoException): Error {
  // An error without a code did not come from the file system: it is ours, or the consumer's.
  if (error.code === undefined || error instanceof UserError) return error;
  const missing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
  return new UserError(
    missing ? 'not-found' : 'unreadable',
    `Cannot read ${showUri(path)}: ${READ_PROBLEMS[error.code] ?? error.message}.`,
    {
      hint: missing ? 'Try it on the bundled runs: --data sample:' : undefined,
      cause: error,
    },
  );
}
