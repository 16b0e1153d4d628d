import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The end-to-end tests run the bundle: `npm test` has just built it, a bare vitest may not have. */
export function setup(): void {
  const root = join(import.meta.dirname, '..');
  if (!existsSync(join(root, 'dist/main.js')))
    execFileSync('node', ['.build/build.mjs'], { cwd: root, stdio: 'inherit' });
}
