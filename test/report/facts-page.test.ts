import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { readSample } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';

/** A page from facts, which several machines may have extracted. */

const scratch = makeScratch();
const records = readSample('older').map((record) => `${JSON.stringify(record)}\n`);
const write = (name: string, lines: readonly string[]) => scratch.write(name, lines.join(''));
/** One line is broken, one run is in both files, and one of the files has a name for its source. */
const SHARDS = [
  write('a.ndjson', [...records.slice(0, 30), '{"broken\n']),
  `second=${write('b.ndjson', records.slice(29))}`,
];
const QUESTION = ['--where', 'sla!=p50'];
const LATER = ['uniform-opt', 'wukong', '--runs', '2', '--seed', '7'];

async function ask(args: readonly string[]): Promise<string> {
  const { status, stderr } = await askWfa(args);
  expect(status, stderr).toBe(0);
  return stderr;
}

async function writePage(name: string, args: readonly string[]): Promise<string> {
  await ask(['report', ...args, '-o', scratch.path(name)]);
  return readFileSync(scratch.path(name), 'utf8');
}

describe('facts of a report', { timeout: 240_000 }, () => {
  it('give the same page as the data, file by file and from one file', async () => {
    const direct = await writePage('direct.html', [...LATER, ...QUESTION, ...SHARDS.flatMap((uri) => ['-d', uri])]);
    const facts = ['a.facts', 'b.facts.gz'].map(scratch.path);
    for (const [i, uri] of SHARDS.entries()) {
      await ask(['extract', 'report', ...QUESTION, '-d', uri, '-o', facts[i] as string]);
    }
    const apart = await writePage('apart.html', [...LATER, ...QUESTION, ...facts.flatMap((uri) => ['--facts', uri])]);
    expect(apart === direct).toBe(true);

    const said = await ask([
      'extract',
      'report',
      ...QUESTION,
      ...SHARDS.flatMap((uri) => ['-d', uri]),
      '-o',
      scratch.path('all.facts'),
    ]);
    expect(said).toContain('broken JSON');
    const together = await writePage('all.html', [...LATER, ...QUESTION, '--facts', scratch.path('all.facts')]);
    expect(together === direct).toBe(true);
    expect(direct).toContain(`-d second=${scratch.path('b.ndjson')}`);
  });

  it.each([
    ['other filters', ['--workflow', 'gemm'], 'answer another question'],
    ['facts of another question', [], 'They are for wfa runs'],
  ])('refuses %s', async (_, filters, words) => {
    const path = scratch.path('refused.facts');
    const analysis = filters.length > 0 ? 'report' : 'runs';
    await ask(['extract', analysis, '-d', 'sample:older', '-o', path]);
    const { status, stderr } = await askWfa(['report', ...filters, '--facts', path, '-o', scratch.path('no.html')]);
    expect(status).toBe(2);
    expect(stderr).toContain(words);
  });
});
