import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { ChartFonts, FontFace, FontFile } from '../render/chart/fonts.ts';
import { packageRoot } from '../sources/index.ts';

/** Reads the font that the build put beside the bundle, and those that were asked for. `UserError` for one that cannot be read. */
export async function loadFonts(paths: readonly string[] = []): Promise<ChartFonts> {
  const [regular, bold] = await Promise.all(['Inter-Regular', 'Inter-SemiBold'].map(loadFace));
  return { regular: regular as FontFace, bold: bold as FontFace, added: await Promise.all(paths.map(loadAdded)) };
}

async function loadFace(name: string): Promise<FontFace> {
  const path = join(packageRoot(), 'dist', 'fonts', `${name}.ttf`);
  const [bytes, woff2] = await Promise.all([readFile(path), readFile(path.replace(/\.ttf$/, '.woff2'))]);
  return { path, bytes, woff2 };
}

async function loadAdded(path: string): Promise<FontFile> {
  try {
    // The rasterizer reads it once more, which a pipe does not allow.
    if ((await stat(path)).isFIFO()) throw Object.assign(new Error(), { code: 'ESPIPE' });
    return { path, bytes: await readFile(path) };
  } catch (error) {
    throw new UserError(
      'unreadable',
      `Cannot read the font '${path}': ${wordProblem(error as NodeJS.ErrnoException)}.`,
      {
        hint: 'fc-list says where fonts are.',
        cause: error,
      },
    );
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  ESPIPE: 'it is a pipe, which can be read once only',
};

const wordProblem = ({ code = '', message }: NodeJS.ErrnoException): string =>
  Object.hasOwn(PROBLEMS, code) ? (PROBLEMS[code] as string) : message;
