import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Run } from '../src/model/run.ts';
import { parseRun } from '../src/octoflows/parse-run.ts';

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

/** A record as a run; an error when it is none. */
export function toRun(record: unknown, line = 1): Run {
  const parsed = parseRun(record, { uri: 'input', line }, 'input');
  if ('mismatch' in parsed) throw new Error(`no run: ${JSON.stringify(parsed.mismatch)}`);
  return parsed.run;
}

/** All bundled runs. */
export const sampleRuns = (): Run[] =>
  (['newer', 'older'] as const).flatMap((name) => readSample(name).map((record, i) => toRun(record, i + 1)));
