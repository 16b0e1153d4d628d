import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../spawn-wfa.ts';
import { makeSamples } from './generate-samples.ts';

const FOLDER = join(ROOT, 'samples/engines');

/** UPDATE_SAMPLES=1 writes the bundled files anew. */
if (process.env['UPDATE_SAMPLES'] === '1') {
  rmSync(FOLDER, { recursive: true, force: true });
  for (const [path, text] of Object.entries(makeSamples())) {
    mkdirSync(dirname(join(FOLDER, path)), { recursive: true });
    writeFileSync(join(FOLDER, path), text);
  }
}

test('the bundled files in other engines layouts are what their generator writes', () => {
  const files = readdirSync(FOLDER, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(FOLDER.length + 1));
  const bundled = Object.fromEntries(paths.map((path) => [path, readFileSync(join(FOLDER, path), 'utf8')]));
  expect(bundled).toEqual(makeSamples());
});
