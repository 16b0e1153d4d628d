import { type FileHandle, open, realpath, stat, writeFile } from 'node:fs/promises';
import { isS3Uri, type SourceSettings } from '../sources/index.ts';
import { cannotWrite, type StandardOutput, underTemporaryName, writeStdout, writeWhole } from './write.ts';

/** Writes what is too large to be held at once: files whole or not at all, like `write.ts`. */

export type Chunks = AsyncIterable<string | Uint8Array>;

/**
 * Writes the chunks as they come; `null`: to standard output. When they end in an error, there is no file, and one that was there
 * before is untouched. An object in a bucket is held until it is complete. False when the reader of standard output did not want all.
 */
export async function writeStream(
  path: string | null,
  chunks: Chunks,
  settings: SourceSettings,
  io: StandardOutput,
): Promise<boolean> {
  if (path === null) {
    for await (const chunk of chunks) if (!(await writeStdout(io, chunk))) return false;
  } else if (isS3Uri(path)) await writeWhole(path, await gather(chunks), settings);
  else await writeFileStream(path, chunks);
  return true;
}

/** Devices and pipes are written to directly: a rename would replace them. */
async function writeFileStream(path: string, chunks: Chunks): Promise<void> {
  const existing = await stat(path).catch(() => null);
  if (existing && !existing.isFile()) await writeInto(path, path, 'w', chunks);
  else {
    const real = existing ? await realpath(path) : path;
    await underTemporaryName(real, (temporary) => writeInto(temporary, path, 'wx', chunks, existing?.mode));
  }
}

async function gather(chunks: Chunks): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(parts);
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
