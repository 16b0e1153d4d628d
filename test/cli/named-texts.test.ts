import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readText } from '../../src/cli/read-text.ts';
import { askWfa } from '../ask-wfa.ts';
import { makeScratch } from '../scratch.ts';

/** Texts that options name, and the configuration: whatever an editor or another program has made of them. */

const scratch = makeScratch();
const read = (text: Buffer | string) => readText(scratch.write('text', text), "--claims 'text'");
const TEXT = 'Å = 1\n';
const MARK = '\uFEFF';

test.each([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with a mark', Buffer.from(MARK + TEXT)],
  ['UTF-16', Buffer.from(MARK + TEXT, 'utf16le')],
  ['UTF-16, the more significant byte first', Buffer.from(MARK + TEXT, 'utf16le').swap16()],
])('a text in %s is read', async (_, bytes) => expect(await read(bytes)).toBe(TEXT));

test('one in Latin-1 is refused, not read with other letters', async () => {
  await expect(read(Buffer.from(TEXT, 'latin1'))).rejects.toThrow(
    "--claims 'text' cannot be read: it is no text in UTF-8",
  );
});

test.skipIf(process.platform === 'win32')('one without an end is refused', async () => {
  await expect(readText('/dev/zero', "--map '@/dev/zero'")).rejects.toThrow('it is longer than 64 MiB');
});

test('a directory is named as one, and a missing file is told', async () => {
  await expect(readText(scratch.directory, 'it')).rejects.toThrow('it cannot be read: it is a directory');
  expect(await readText(scratch.path('none'), 'it')).toBeNull();
});

describe.each(['wfa.config.json', 'package.json'])('what is called %s and is no file', (name) => {
  const QUESTION = ['runs', '--quiet', '-d', 'sample:older'];

  test.skipIf(process.platform === 'win32')('a pipe is passed over', async () => {
    const folder = scratch.path(`pipe-${name}`);
    mkdirSync(folder);
    execFileSync('mkfifo', [`${folder}/${name}`]);
    expect(await askWfa(QUESTION, { cwd: folder })).toMatchObject({ status: 0, stderr: '' });
  });

  test('a directory too, and the file above it is taken', async () => {
    const folder = scratch.path(`folder-${name}`);
    mkdirSync(`${folder}/below/${name}`, { recursive: true });
    writeFileSync(`${folder}/wfa.config.json`, '{"workflow": "no such workflow"}');
    expect((await askWfa(QUESTION, { cwd: `${folder}/below` })).stderr).toContain('no such workflow');
  });
});
