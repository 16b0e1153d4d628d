import { createReadStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { explainChange, wordVersion } from './file-version.ts';
import { type Findings, type FoundFile, findFiles, type PathPattern, type Segment } from './find-files.ts';
import { openRanges } from './line-ranges.ts';
import { isPattern, parseGlob } from './path-pattern.ts';
import { showUri } from './show-uri.ts';
import { type Input, isRecordFileName, passedOverInput, type Source, type SourceSettings } from './source.ts';

/** Bytes read from a file per call. */
const CHUNK_BYTES = 1 << 20;

/** The source lists local files, directories and globs. */
export const fileSource: Source = {
  accepts: (uri) => !/^[a-z][a-z0-9+.-]+:/i.test(uri) || uri.startsWith('file:'),
  list: async (uri, settings) => {
    const path = toPath(uri);
    const found = await stat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => error);
    if (!(found instanceof Error)) {
      return found.isDirectory() ? listDirectory(path, settings) : [fileInput({ path, name: path, found }, true)];
    }
    if (isPattern(path)) return listGlob(path);
    throw cannotRead(path, found);
  },
};

/** Gives the path of a file: URL (RFC 8089), and any other text as it is. `UserError` where the URL is none of a file here. */
function toPath(uri: string): string {
  if (!uri.startsWith('file:')) return uri;
  try {
    const url = new URL(uri);
    if (['', 'localhost'].includes(url.host) && uri.startsWith('file:/')) return decodeURIComponent(url.pathname);
  } catch {
    // It has no path either.
  }
  throw new UserError('bad-uri', `'${uri}' is no URL of a local file.`, {
    hint: 'Write file:///PATH, with % as %25, or the path alone.',
  });
}

/** Tells whether the text, taken whole, is the path of a file or directory, or a pattern that fits one. */
export async function isLocalPath(text: string): Promise<boolean> {
  if ((await stat(text).catch(() => null)) !== null) return true;
  return isPattern(text) && (await findGlob(text)).files.length > 0;
}

async function listDirectory(directory: string, settings: SourceSettings): Promise<Input[]> {
  const isRecordFile: Segment = { takes: (name) => isRecordFileName(name, settings), takesHidden: false };
  const found = await findFiles([{ root: directory, segments: ['**', isRecordFile] }]).catch((error) => {
    throw cannotRead(directory, error);
  });
  if (found.files.length > 0) return toInputs(found);
  throw new UserError('no-record-files', `The directory ${directory} holds no record files.`, {
    hint: `Record files end in .parquet, or in .ndjson, .jsonl or .json, also with .gz or .zst behind it.${wordPassedOver(found)}`,
  });
}

async function listGlob(pattern: string): Promise<Input[]> {
  const found = await findGlob(pattern);
  if (found.files.length > 0) return toInputs(found);
  const hint =
    found.folderCount > 0
      ? `Directories match it; to read what is in them: ${pattern}/**`
      : `Quote the pattern if the shell should not expand it.${wordPassedOver(found)}`;
  throw new UserError('not-found', `No file matches ${pattern}`, { hint });
}

async function findGlob(pattern: string): Promise<Findings> {
  const rootExists = ({ root }: PathPattern) => existsSync(root === '' ? '.' : root);
  return findFiles(parseGlob(pattern).filter(rootExists)).catch((error) => {
    throw cannotRead(pattern, error);
  });
}

const toInputs = ({ files, passedOver }: Findings): Input[] =>
  [
    ...files.map((file) => fileInput(file, false)),
    ...passedOver.map(({ name, ...why }) => passedOverInput(name, why)),
  ].sort((a, b) => (a.uri < b.uri ? -1 : 1));

/** Words the first of what was passed over, behind a hint. */
function wordPassedOver({ passedOver: [first, ...others] }: Findings): string {
  if (first === undefined) return '';
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return ` Not read: ${first.name} (${first.reason})${more}.`;
}

/** A file whose name may not be UTF-8: then its path is given in bytes. */
type NamedFile = Omit<FoundFile, 'path'> & { readonly path: string | Buffer };

function fileInput({ path, name, found }: NamedFile, explicit: boolean): Input {
  const stored = { uri: name, explicit };
  const open = async function* () {
    try {
      yield* createReadStream(path, { highWaterMark: CHUNK_BYTES });
    } catch (error) {
      throw cannotRead(name, error as NodeJS.ErrnoException);
    }
  };
  if (!found.isFile()) return { ...stored, byteLength: null, version: null, open };
  return {
    ...stored,
    byteLength: Number(found.size),
    version: wordVersion(found, Date.now()),
    open,
    openRanges: (findStart) => openFileRanges(path, name, Number(found.size), findStart),
    findChange: async () => explainChange(name, found, await stat(path, { bigint: true }).catch(() => null)),
  };
}

function openFileRanges(
  path: string | Buffer,
  name: string,
  byteLength: number,
  findStart: (head: Buffer) => number | null,
) {
  const wordError = (error: Error) => cannotRead(name, error as NodeJS.ErrnoException);
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
  EBADF: 'it is not open for reading',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open on this machine',
  // A thread that cannot open its event loop (Node 22).
  ERR_WORKER_INIT_FAILED: 'too many files are open',
};

const MORE_FILES = 'Allow more of them: ulimit -n 256';

/** Hints say what to do about it, where that is not plain. */
const HINTS: Record<string, string> = {
  ENOENT: 'Try it on the bundled runs: --data sample:',
  ENOTDIR: 'Try it on the bundled runs: --data sample:',
  EMFILE: MORE_FILES,
  ERR_WORKER_INIT_FAILED: MORE_FILES,
};

/** Words an error of the file system; any other is given back as it is. */
export function cannotRead(path: string, error: NodeJS.ErrnoException): Error {
  // An error without a code did not come from the file system: it is ours, or the consumer's.
  if (error.code === undefined || error instanceof UserError) return error;
  const missing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
  return new UserError(
    missing ? 'not-found' : 'unreadable',
    `Cannot read ${showUri(path)}: ${READ_PROBLEMS[error.code] ?? error.message}.`,
    { hint: HINTS[error.code], cause: error },
  );
}
