import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { testWith } from '../need-program.ts';
import { makeScratch } from '../scratch.ts';
import { BIN, spawnToEnd } from '../spawn-wfa.ts';

/** Completion as the shells themselves do it. */

const scratch = makeScratch();
const bin = scratch.path('bin');
const env = { PATH: `${bin}${delimiter}${process.env['PATH']}`, WFA_DATA: 'sample:', HOME: scratch.directory };

beforeAll(async () => {
  mkdirSync(bin);
  symlinkSync(BIN, join(bin, 'wfa'));
  for (const shell of ['bash', 'zsh', 'fish']) {
    scratch.write(`completion.${shell}`, (await askWfa(['completion', shell])).stdout);
  }
});

/** What the shell offers for the last word of the line. */
type Complete = (line: string) => Promise<string[]>;

const linesOf = ({ stdout }: { readonly stdout: string }): string[] =>
  stdout.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.split('\t')[0]?.trim() ?? '']));

const inBash: Complete = async (line) => {
  const script = `source ~/completion.bash
COMP_LINE=$1; COMP_POINT=\${#1}
read -ra COMP_WORDS <<<"\${1//=/ = }"; [[ $1 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_wfa; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return linesOf(await spawnToEnd('bash', ['--norc', '-c', script, 'bash', line], { env }));
};

const inFish: Complete = async (line) =>
  linesOf(await spawnToEnd('fish', ['-N', '-c', 'source ~/completion.fish; complete -C $argv[1]', line], { env }));

/** The completion function, with the shell's own way to show candidates replaced by one that prints them. */
const inZsh: Complete = async (line) => {
  const script = `compdef() { : }
_describe() { print -rl -- "\${(@P)2}" }
_files() { print -r -- ':files' }
source ~/completion.zsh
words=(\${(z)1}); [[ $1 == *' ' ]] && words+=('')
CURRENT=$#words
_wfa`;
  const ended = await spawnToEnd('zsh', ['-f', '-c', script, 'zsh', line], { env });
  return linesOf(ended).map((text) => text.replace(/(?<!\\):.*$/, '').replaceAll('\\:', ':'));
};

describe.each<[string, Complete]>([
  ['bash', inBash],
  ['zsh', inZsh],
  ['fish', inFish],
])('%s', (shell, complete) => {
  testWith(shell).each<[string, readonly string[]]>([
    ['wfa comp', ['compare', 'completion']],
    ['wfa compare uniform non', ['non-uniform', 'non-uniform-opt']],
    ['wfa compare -f m', ['markdown']],
    ['wfa compare --chart-kind t', ['tradeoff']],
    ['wfa rank --metric exec', ['execution-time']],
    ['wfa runs --workflow gem', ['gemm']],
    ['wfa runs --incl', []],
    ['wfa breakdown --incl', ['--include-unplanned']],
    ['wfa help gat', ['gates']],
    ['wfa schema rep', ['report']],
  ])('%s', { timeout: 60_000 }, async (line, candidates) => {
    expect((await complete(line)).sort()).toEqual(candidates);
  });
});

test('a script is good for its own shell', async () => {
  const { status, stderr } = await askWfa(['completion', 'tcsh']);
  expect({ status, stderr }).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('There are bash, zsh and fish.'),
  });
});

test('says nothing of data that cannot be read', async () => {
  for (const words of [
    ['compare', '-d', 'sample:tasks', ''],
    ['runs', '-d', 'sample:none', '--workflow', ''],
  ]) {
    const { status, stderr } = await askWfa(['complete-words', '--', ...words]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }
});

test('where=key=value, file names, and data that would take long', async () => {
  const answer = async (words: readonly string[], data = 'sample:') =>
    linesOf(await askWfa(['complete-words', '--', ...words], { env: { WFA_DATA: data } }));
  expect(await answer(['runs', '--where', 'workflow=ge'])).toEqual(['workflow=gemm']);
  expect(await answer(['runs', '-d', ''])).toEqual([':files']);
  expect(await answer(['runs', '-d', 'sample:nextflow'])).toEqual([
    ...['sample:nextflow', 'sample:nextflow/local', 'sample:nextflow/shared'],
  ]);
  expect(await answer(['runs', '-d', 'sam'])).toContain('sample:tasks');
  expect(await answer(['workers', '-d', 'sample:inv'])).toEqual(['sample:invocations']);
  const large = scratch.path('large.ndjson');
  writeFileSync(large, 'x'.repeat(5e6));
  expect(await answer(['runs', '--workflow', ''], large)).toEqual([]);
});
