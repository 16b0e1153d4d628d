import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { readSample } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';
import { ROOT } from '../spawn-wfa.ts';

/** Fonts that are added to a page, for names that its own font cannot write. */

const scratch = makeScratch();

/** The bundled font with Armenian letters, which it has none of, instead of its own: glyph 1 and those behind it. */
function makeArmenian(): Buffer {
  const font = readFileSync(join(ROOT, 'dist/fonts/Inter-Regular.ttf'));
  const cmap = Buffer.alloc(12 + 28);
  // One subtable, of platform 3, encoding 10; format 12 with one group (OpenType 1.9, cmap).
  for (const [at, number] of [
    [2, 1],
    [4, 3],
    [6, 10],
    [12, 12],
  ] as const)
    cmap.writeUInt16BE(number, at);
  for (const [at, number] of [
    [8, 12],
    [16, 28],
    [24, 1],
    [28, 0x530],
    [32, 0x58f],
    [36, 1],
  ] as const)
    cmap.writeUInt32BE(number, at);
  const entryAt = font.indexOf('cmap', 12, 'latin1');
  font.writeUInt32BE(font.length, entryAt + 8);
  font.writeUInt32BE(cmap.length, entryAt + 12);
  return Buffer.concat([font, cmap]);
}

const FONT = scratch.write('armenian.ttf', makeArmenian());
const named = readSample('older').map((record) => JSON.stringify(record).replaceAll('text_analysis', 'Ծրագիր'));
const DATA = { named: scratch.write('named.ndjson', `${named.join('\n')}\n`), plain: 'sample:older' };

async function writePage(data: string, ...args: readonly string[]): Promise<string> {
  const { status, stderr } = await askWfa([
    'report',
    '-d',
    data,
    '--runs',
    '1',
    ...args,
    '-o',
    scratch.path('page.html'),
  ]);
  expect(status, stderr).toBe(0);
  return readFileSync(scratch.path('page.html'), 'utf8');
}

test('an added font is in the page once, and its pictures and words name it', { timeout: 240_000 }, async () => {
  const html = await writePage(DATA.named, '--font', FONT);
  const face = `@font-face{font-family:wfa-added-1;src:url(data:font/opentype;base64,${readFileSync(FONT).toString('base64')})`;
  expect(html.split(face)).toHaveLength(2);
  expect(html).toContain('body{font-family:Inter,wfa-added-1,system-ui,sans-serif}');
  expect(html).toContain('font-family="Inter,wfa-added-1"');
  expect(html).not.toContain('font-family="Inter"');
});

test('an added font that nothing needs is left out', { timeout: 240_000 }, async () => {
  expect((await writePage(DATA.plain, '--font', FONT)) === (await writePage(DATA.plain))).toBe(true);
});
