import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const SOURCES = ['src', '.build', 'package.json', 'package-lock.json'];
/** The build writes it last. */
const LAST_BUILT = join(ROOT, 'dist/third-party-licenses.txt');

/** The end-to-end tests run the bundle, which may be missing or stale. */
export function setup(): void {
  if (!existsSync(LAST_BUILT) || Math.max(...SOURCES.map(changedAtMs)) > statSync(LAST_BUILT).mtimeMs)
    execFileSync('node', ['.build/build.mjs'], { cwd: ROOT, stdio: 'inherit' });
}

/** When the file, or anything in the folder, was changed last: epoch milliseconds. */
function changedAtMs(path: string): number {
  const absolute = join(ROOT, path);
  if (!statSync(absolute).isDirectory()) return statSync(absolute).mtimeMs;
  const entries = readdirSync(absolute, { recursive: true, encoding: 'utf8' });
  // A file that was deleted changes its folder.
  return Math.max(statSync(absolute).mtimeMs, ...entries.map((entry) => statSync(join(absolute, entry)).mtimeMs));
}
