import { type FileHandle, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { UserError } from '../errors.ts';
import type { Io } from './io.ts';
import { cannotWrite, temporaryPath, writeStdout } from './write.ts';

/** Writes what is too large to be held at once: files whole or not at all, like `write.ts`. */

/** `UserError` when the destination's name asks for what cannot be written. */
export function checkLinesPath(path: string): void {
  if (!/\.zst$/i.test(path)) return;
  throw new UserError('bad-option', `--output '${path}': wfa writes no zstd`, {
    hint: 'Let it end in .gz, or pack it yourself: wfa import … -o - | zstd > FILE',
  });
}

/**
 * Writes the lines (each with its line feed) as they come; `null`: to standard output. A file ending in .gz is packed. When the
 * lines end in an error, there is no file, and one that was there before is untouched.
 */
export async function writeLines(path: string | null, lines: AsyncIterable<string>, io: Io): Promise<void> {
  if (path === null) {
    for await (const line of lines) if (!(await writeStdout(io, line))) break;
    return;
  }
  const existing = await stat(path).catch(() => null);
  if (existing && !existing.isFile()) await writeInto(path, path, 'w', lines);
  else await writeAndRename(existing ? await realpath(path) : path, lines, existing?.mode);
}

async function writeAndRename(path: string, lines: AsyncIterable<string>, mode: number | undefined): Promise<void> {
  const temporary = temporaryPath(path);
  try {
    await writeInto(temporary, path, 'wx', lines, mode);
    await rename(temporary, path).catch((error) => {
      throw cannotWrite(path, error);
    });
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** `name`: what decides on packing, and what messages call it. */
async function writeInto(
  path: string,
  name: string,
  flags: string,
  lines: AsyncIterable<string>,
  mode?: number,
): Promise<void> {
  // An error of the input is not one of the output, whatever its code.
  const input = { failed: false };
  const guarded = async function* () {
    try {
      yield* lines;
    } catch (error) {
      input.failed = true;
      throw error;
    }
  };
  let file: FileHandle | null = null;
  try {
    file = await open(path, flags, mode ?? 0o666);
    // The callback only keeps the pipeline's error from being thrown a second time: writing throws it.
    const isPacked = /\.gz$/i.test(name);
    await writeFile(file, isPacked ? pipeline(Readable.from(guarded()), createGzip(), () => {}) : guarded());
    if (flags === 'wx') await file.sync();
  } catch (error) {
    throw input.failed ? error : cannotWrite(name, error as Error);
  } finally {
    await file?.close();
  }
}
