import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { readSample } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';

const scratch = makeScratch();

/** Many blocks for each thread. */
const LEAST_BYTES = 10e6;

/** Bundled runs again and again under new ids, with what can be wrong in between. */
function manyLines(): string[] {
  const records = [...readSample('older'), ...readSample('newer')];
  const [first] = records;
  const lines: string[] = [];
  let byteLength = 0;
  for (let copy = 0; byteLength < LEAST_BYTES; copy++) {
    for (const record of records) {
      const line = JSON.stringify({ ...record, master_dag_id: `${record['master_dag_id']}.${copy}` });
      lines.push(line);
      byteLength += line.length + 1;
    }
    lines.push('', '{"broken": ', '{"a": 1}', '{"master_dag_id": 1, "dag": 2}', lines[copy * 7] as string, '   ');
    // The one is no plain text, the other plain, and out of range.
    lines.push(JSON.stringify({ ...first, master_dag_id: `copy ${copy}`, dag_name: 'größer' }));
    lines.push(
      JSON.stringify({ ...first, master_dag_id: `late ${copy}`, submission: { dag_submission_time_ms: 1e17 } }),
    );
  }
  return lines;
}

const TEXT = manyLines().join('\n');
const PLAIN = scratch.write('many.ndjson', TEXT);
const PACKED = scratch.write('many.ndjson.gz', gzipSync(TEXT, { level: 1 }));

const COMMANDS = [
  ['compare', 'uniform', 'non-uniform', '--metric', 'all'],
  ['runs', '--list', '--workflow', 'gemm'],
  ['accuracy'],
  ['breakdown', '--planner', 'uniform'],
];

/** A report without what says how its input lay on disk. */
function withoutInputs(json: string, uri: string): string {
  const { inputs, ...report } = JSON.parse(json);
  expect(inputs).toHaveLength(1);
  return JSON.stringify(report).replaceAll(uri, 'URI');
}

test.each(COMMANDS)(
  '%s says the same however its input is split over threads',
  { timeout: 120_000 },
  async (...args) => {
    const ask = async (uri: string, threads: string) => {
      const ended = await askWfa([...args, '-d', `it=${uri}`, '-f', 'json', '--threads', threads]);
      expect(ended.status, ended.stderr).toBe(0);
      return { stdout: withoutInputs(ended.stdout, uri), stderr: ended.stderr.replaceAll(uri, 'URI') };
    };
    const alone = await ask(PLAIN, '1');
    expect(alone.stderr).toContain('broken JSON');
    expect(alone.stdout).toContain('dag_submission_time_ms');
    expect(await ask(PLAIN, '2')).toEqual(alone);
    expect(await ask(PLAIN, '5')).toEqual(alone);
    expect(await ask(PACKED, '3')).toEqual(alone);
  },
);

test('a number of threads that is none', async () => {
  const { status, stderr } = await askWfa(['runs', '-d', 'sample:', '--threads', 'many']);
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: "wfa: --threads 'many' is no whole number from 1 to 256\n",
  });
});
