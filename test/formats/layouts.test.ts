import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeAll } from './decode.ts';

/** Every file dropped into this folder is tested; what it decodes to stands beside it in `layouts-decoded/`. */
const FOLDER = join(import.meta.dirname, '../fixtures/layouts');

describe.each(readdirSync(FOLDER).sort())('%s', (name) => {
  const bytes = readFileSync(join(FOLDER, name));

  test('decodes to the records and issues that stand beside it', async () => {
    const decoded = await decodeAll(bytes);
    const path = join(FOLDER, '../layouts-decoded', `${name}.decoded.json`);
    await expect(`${JSON.stringify(decoded, null, 1)}\n`).toMatchFileSnapshot(path);
  });

  test('decodes to the same one byte at a time', async () => {
    const everywhere = Array.from({ length: bytes.length }, (_, i) => i);
    expect(await decodeAll(bytes, everywhere)).toEqual(await decodeAll(bytes));
  });

  test('decodes to the same wherever it is split', async () => {
    const whole = await decodeAll(bytes);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: bytes.length }), { maxLength: 6 }), async (cuts) => {
        expect(await decodeAll(bytes, cuts)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });
});
