import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { expect } from 'vitest';
import { readSample } from '../sample-records.ts';
import { BIN, type Ended, wfa } from '../spawn-wfa.ts';
import { waitUntil } from './daemon.ts';

/** The question of the documents, which the tests put to one machine and to many. */
export const QUESTION = ['compare', 'uniform', 'non-uniform'];

/** Shards with all bundled runs; one of them comes twice under two names, and one has no run. */
export const SHARD_NAMES = ['a', 'b', 'c', 'copy-of-a', 'empty'].map((name) => `${name}.ndjson`);

/** Seconds after which a wfa of these tests ends, should nobody be left to end it. */
const LONGEST_S = 120;

/** Lays out a working directory: shards, a folder for facts and a program `wfa`. Gives what a process needs to find that. */
export function layOutShards(directory: string): Record<string, string> {
  for (const folder of ['shards', 'facts', 'bin']) mkdirSync(join(directory, folder));
  const lines = [...readSample('older'), ...readSample('newer')].map((record) => `${JSON.stringify(record)}\n`);
  const wholes = [0, 1, 2].map((shard) => lines.filter((_, i) => i % 3 === shard).join(''));
  for (const [i, text] of [...wholes, wholes[0] as string, ''].entries()) {
    writeFileSync(join(directory, 'shards', SHARD_NAMES[i] as string), text);
  }
  const program = join(directory, 'bin/wfa');
  writeFileSync(program, `#!/bin/sh\nexec timeout ${LONGEST_S} '${process.execPath}' '${BIN}' "$@"\n`);
  chmodSync(program, 0o755);
  return { PATH: [join(directory, 'bin'), process.env['PATH']].join(delimiter) };
}

/** The answer of one wfa that reads the shards itself. It would refuse an empty file that is named to it. */
export async function answerAlone(directory: string): Promise<Ended> {
  const data = SHARD_NAMES.filter((name) => name !== 'empty.ndjson').flatMap((name) => ['-d', `shards/${name}`]);
  const answer = await wfa([...QUESTION, ...data, '-f', 'json'], { cwd: directory });
  const { ledger } = JSON.parse(answer.stdout);
  expect(ledger).toContainEqual(expect.objectContaining({ reason: 'duplicate-run-id', count: 56 }));
  return answer;
}

/** The answer of a wfa that is given facts. */
export const answerOf = (directory: string, facts: readonly string[]): Promise<Ended> =>
  wfa([...QUESTION, ...facts.flatMap((path) => ['--facts', path]), '-f', 'json'], { cwd: directory });

/**
 * Puts a pipe in the place of a shard. Whoever reads it first gets half of the bytes and is then at the mercy of `kill`, which is told
 * its process; the shard itself stands there again before that, for the next one. The promise is kept when the first reader is gone.
 */
export async function interruptReader(path: string, kill: (pid: number) => unknown): Promise<void> {
  const aside = `${dirname(path)}.aside`;
  renameSync(path, aside);
  const bytes = readFileSync(aside);
  execFileSync('mkfifo', [path]);
  const pipe = await open(path, 'w');
  await pipe.write(bytes.subarray(0, bytes.length >> 1));
  const readers = () => listReaders(path);
  await waitUntil('a reader', () => readers().length > 0);
  const [reader] = readers() as [number];
  renameSync(aside, path);
  await kill(reader);
  await waitUntil('the end of the reader', () => !hasOpen(reader, `${path} (deleted)`));
  await pipe.close();
}

/** The processes other than this one that have the file open. */
const listReaders = (path: string): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && hasOpen(pid, path));

function hasOpen(pid: number, path: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((descriptor) => readlinkSync(`/proc/${pid}/fd/${descriptor}`) === path);
  } catch {
    // It has ended, or is somebody else's.
    return false;
  }
}

/** The process that started this one. */
export const parentOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')[1]);
