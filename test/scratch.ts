import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A directory of its own for a test file, gone when its tests are done. */
export function makeScratch() {
  const directory = mkdtempSync(join(tmpdir(), 'wfa-test-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return {
    directory,
    path: (name: string) => join(directory, name),
    /** Writes a file there and gives its path. */
    write: (name: string, content: string | Uint8Array): string => {
      const path = join(directory, name);
      writeFileSync(path, content);
      return path;
    },
    list: () => readdirSync(directory, { recursive: true }).map(String).sort(),
  };
}
