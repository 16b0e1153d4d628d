import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const SOURCES = ['src', '.build', 'package.json', 'package-lock.json'];

/** The end-to-end tests run the bundle: `npm test` has just built it, a bare vitest may have an older one than its sources. */
export function setup(): void {
  const built = join(ROOT, 'dist/build.sha256');
  const isFresh =
    existsSync(built) && SOURCES.every((source) => latestAtMs(join(ROOT, source)) <= statSync(built).mtimeMs);
  if (!isFresh) execFileSync('node', ['.build/build.mjs'], { cwd: ROOT, stdio: 'inherit' });
}

/** The latest change of a file, or of a folder and all below it: a folder changes when a file is deleted. */
function latestAtMs(path: string): number {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => latestAtMs(join(path, name))));
}
