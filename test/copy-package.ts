import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './spawn-wfa.ts';

/** Copies what is published into a new folder. */
export function copyPackage(folder: string): string {
  for (const part of ['bin', 'dist', 'samples', 'package.json']) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  }
  return folder;
}
