import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { readSample } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';
import { ROOT } from '../spawn-wfa.ts';

/** Files that `--font` cannot use: a sentence and status 2, whatever is wrong with them. */

const scratch = makeScratch();
const GOOD = readFileSync(join(ROOT, 'dist/fonts/Inter-Regular.ttf'));
const WOFF2 = readFileSync(join(ROOT, 'dist/fonts/Inter-Regular.woff2'));

/** Bytes of a table's entry in the font's directory: tag, checksum, offset, length. */
const ENTRY_BYTES = 16;
const [DIRECTORY_AT, OFFSET_AT, LENGTH_AT] = [12, 8, 12];

/** The font with one of its tables filled by `fill`, or renamed where `fill` is a name. */
function spoil(tag: string, fill: number | string): Buffer {
  const font = Buffer.from(GOOD);
  const entryAt = font.indexOf(tag, DIRECTORY_AT, 'latin1');
  if (typeof fill === 'string') font.write(fill, entryAt, 'latin1');
  else {
    const at = font.readUInt32BE(entryAt + OFFSET_AT);
    font.fill(fill, at, at + font.readUInt32BE(entryAt + LENGTH_AT));
  }
  return font;
}

/** A collection of the font alone: the tables move by the collection's own head. */
function makeCollection(): Buffer {
  const head = Buffer.from('ttcf\0\x01\0\0\0\0\0\x01\0\0\0\x10', 'latin1');
  const font = Buffer.from(GOOD);
  for (let i = 0; i < font.readUInt16BE(4); i++) {
    const at = DIRECTORY_AT + i * ENTRY_BYTES + OFFSET_AT;
    font.writeUInt32BE(font.readUInt32BE(at) + head.length, at);
  }
  return Buffer.concat([head, font]);
}

// A name that no font of ours can write: the added one is asked.
const named = readSample('newer').map((record) => JSON.stringify(record).replaceAll('text_analysis', 'Ծրագիր'));
scratch.write('runs.ndjson', `${named.join('\n')}\n`);
mkdirSync(scratch.path('folder'));
execFileSync('mkfifo', [scratch.path('pipe')]);

const drawWith = async (font: string) =>
  askWfa(['compare', 'uniform', 'non-uniform', '-d', 'runs.ndjson', '--chart', 'out.png', '--font', font], {
    cwd: scratch.directory,
  });

describe('--font with', () => {
  test.each([
    ['nothing', 'missing', 'there is no such file'],
    ['a directory', 'folder', 'it is a directory'],
    ['a named pipe', 'pipe', 'it is a pipe'],
  ])('%s', async (_, font, problem) => {
    const { status, stderr } = await drawWith(font);
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining(problem) });
  });

  test.each<[string, Uint8Array | string]>([
    ['an empty file', ''],
    ['text', 'This is no font at all.\n'],
    ['zeros', Buffer.alloc(100_000)],
    ['half a font', GOOD.subarray(0, GOOD.length >> 1)],
    ['the first tables of a font', GOOD.subarray(0, 2000)],
    ['a font without its last bytes', GOOD.subarray(0, -100)],
    ['half a collection', makeCollection().subarray(0, GOOD.length >> 1)],
    ['a WOFF', Buffer.concat([Buffer.from('wOFF'), GOOD.subarray(4)])],
    ['a WOFF2', WOFF2],
    ['a font without characters', spoil('cmap', 'zzzz')],
    ['a font without outlines', spoil('glyf', 'zzzz')],
    ['a font without what only PDF reads', spoil('post', 'zzzz')],
    ['a font whose em has no units', spoil('head', 0)],
    ['a font whose characters are nonsense', spoil('cmap', 255)],
  ])('%s', async (_, bytes) => {
    scratch.write('font.ttf', bytes);
    const { status, stderr, stdout } = await drawWith('font.ttf');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain("--font 'font.ttf' is no font that wfa reads.\n  TrueType and OpenType");
    expect(scratch.list()).not.toContain('out.png');
  });

  test.each([
    ['a font', GOOD],
    ['a collection', makeCollection()],
  ])('%s: the chart is drawn', async (_, bytes) => {
    scratch.write('font.ttf', bytes);
    expect(await drawWith('font.ttf')).toMatchObject({ status: 0 });
  });
});
