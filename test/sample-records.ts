import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { NotRecorded } from '../src/model/recorded.ts';
import type { Run } from '../src/model/run.ts';
import { parseRun } from '../src/octoflows/parse-run.ts';
import { deepFreeze } from './deep-freeze.ts';

export const SAMPLES = join(import.meta.dirname, '../samples');

export type Json = Record<string, unknown>;

/** The records of a bundled file as they stand there; each call gives new ones. */
export function readSample(name: 'older' | 'newer'): Json[] {
  const text = gunzipSync(readFileSync(join(SAMPLES, `${name}.ndjson.gz`))).toString();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Json);
}

type Whole<T> = T extends NotRecorded
  ? never
  : T extends ReadonlyMap<infer Key, infer Item>
    ? ReadonlyMap<Key, Whole<Item>>
    : T extends ReadonlySet<unknown>
      ? T
      : T extends readonly (infer Item)[]
        ? readonly Whole<Item>[]
        : T extends object
          ? { [Key in keyof T]: Whole<T[Key]> }
          : T;

/** A run of the measured engine, which records everything, but for single waits and invocations. */
export type WholeRun = Whole<Run>;

/** A record as a run; an error when it is none. */
export function toRun(record: unknown, line = 1): WholeRun {
  const parsed = parseRun(record, { uri: 'input', line }, 'input');
  if ('mismatch' in parsed) throw new Error(`no run: ${JSON.stringify(parsed.mismatch)}`);
  return parsed.run as WholeRun;
}

/** All bundled runs, the same ones for every caller: frozen, so that no test changes those of another. */
export function sampleRuns(): readonly WholeRun[] {
  sampled ??= deepFreeze(
    (['newer', 'older'] as const).flatMap((name) => readSample(name).map((record, i) => toRun(record, i + 1))),
  );
  return sampled;
}

let sampled: readonly WholeRun[] | undefined;
