import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChartFonts, FontFace } from '../render/chart/fonts.ts';
import { packageRoot } from '../sources/index.ts';

/** Reads the font that the build put beside the bundle. */
export async function loadFonts(): Promise<ChartFonts> {
  const [regular, bold] = await Promise.all(['Inter-Regular', 'Inter-SemiBold'].map(loadFace));
  return { regular: regular as FontFace, bold: bold as FontFace };
}

async function loadFace(name: string): Promise<FontFace> {
  const path = join(packageRoot(), 'dist', 'fonts', `${name}.ttf`);
  const [ttf, woff2] = await Promise.all([readFile(path), readFile(path.replace(/\.ttf$/, '.woff2'))]);
  return { path, ttf, woff2 };
}
