import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { missingS3Server, s3Environment, useS3Bucket } from '../s3/use-server.ts';
import { makeScratch } from '../scratch.ts';
import { ROOT, type SpawnOptions, wfa } from '../spawn-wfa.ts';

const scratch = makeScratch();
const log = readFileSync(join(ROOT, 'samples/invocations.csv'));
const ENTRIES = [
  'start=requested',
  'ready=started',
  'end=ended',
  'cold=cold',
  'pool=function',
  'memory=memory_mb',
  'container=container_id',
];
const MAP = ['--map', ENTRIES.join(','), '--time-unit', 'iso'];

scratch.write('log.csv', log);
scratch.write('log.csv.gz', gzipSync(log));
mkdirSync(scratch.path('parts'));
const [header = '', ...lines] = log.toString().trimEnd().split('\n');
scratch.write('parts/1.csv', `${[header, ...lines.slice(200)].join('\n')}\n`);
scratch.write('parts/2.tsv.gz', gzipSync([header, ...lines.slice(0, 200)].join('\r\n').replaceAll(',', '\t')));
scratch.write('parts/notes.txt', 'not for wfa');

// The client of S3 reads the environment of its process.
const run = (args: readonly string[], options: SpawnOptions = {}) =>
  (options.env ? wfa : askWfa)(['workers', ...args], { cwd: scratch.directory, ...options });

async function resultOf(data: string, options: SpawnOptions = {}) {
  const { status, stdout, stderr } = await run([...MAP, '--score', '-d', data, '-f', 'json'], options);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { inputs, result } = JSON.parse(stdout);
  const invocations = result.invocations.map(
    ({ uri: _, line: __, ...invocation }: Record<string, unknown>) => invocation,
  );
  return { inputs, result: { ...result, invocations } };
}

describe('the bundled log', () => {
  test.each([80, 160])('as a table, %i columns wide', async (columns) => {
    const { status, stdout, stderr } = await run([...MAP, '--score', '-d', 'sample:invocations'], {
      env: { COLUMNS: String(columns) },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
    await expect(stdout).toMatchFileSnapshot(join(ROOT, `test/golden/workers-log-${columns}.txt`));
  });

  test('is the same packed, in parts of other layouts, and from standard input; provenance names the inputs', async () => {
    const { inputs, result } = await resultOf('log.csv');
    expect(inputs).toMatchObject([{ uri: 'log.csv', byteLength: log.length, rowCount: lines.length }]);
    expect((await resultOf('log.csv.gz')).result).toEqual(result);
    expect((await resultOf('-', { input: log })).result).toEqual(result);
    const parts = await resultOf('parts');
    expect(parts.inputs).toMatchObject([
      { uri: join('parts', '1.csv'), rowCount: lines.length - 200 },
      { uri: join('parts', '2.tsv.gz'), rowCount: 200 },
    ]);
    expect(parts.result).toEqual(result);
  });

  test('is the same below a prefix of a bucket', { timeout: 120_000 }, async ({ skip }) => {
    const missing = missingS3Server();
    if (missing) return skip(missing);
    const bucket = await useS3Bucket('logs');
    await bucket.put('november/log.csv.gz', gzipSync(log));
    const env = s3Environment(bucket.endpoint);
    const remote = await resultOf('s3://logs/november/', { env });
    expect(remote.inputs).toMatchObject([{ uri: 's3://logs/november/log.csv.gz', rowCount: lines.length }]);
    expect(remote.result).toEqual((await resultOf('log.csv')).result);
  });

  test('is none of the runs of sample:', async () => {
    const { stdout } = await run(['-d', 'sample:', '-f', 'json']);
    const { inputs } = JSON.parse(stdout);
    expect(inputs.map(({ uri }: { uri: string }) => uri)).toEqual(['sample:newer', 'sample:older']);
  });

  test('as CSV and NDJSON: a row for every invocation', async () => {
    const csv = (await run([...MAP, '-d', 'log.csv', '-f', 'csv'])).stdout.trimEnd().split('\n');
    const ndjson = (await run([...MAP, '-d', 'log.csv', '-f', 'ndjson'])).stdout.trimEnd().split('\n');
    expect(csv).toHaveLength(lines.length + 1);
    expect(ndjson).toHaveLength(lines.length);
    expect(Object.keys(JSON.parse(ndjson[0] ?? ''))).toEqual(csv[0]?.split(','));
  });

  test('gates: what trips and what does not', async () => {
    const gate = async (text: string) => (await run([...MAP, '-d', 'log.csv', '--fail-on', text])).status;
    expect(await gate('cold>5%')).toBe(1);
    expect(await gate('cold>50%')).toBe(0);
    expect(await gate('containers>100')).toBe(0);
  });

  test.each(['lanes', 'alive'])('the chart of %s has marks and no NaN', async (kind) => {
    const { status, stdout, stderr } = await run([...MAP, '-d', 'log.csv', '-f', 'svg', '--chart-kind', kind]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).not.toMatch(/NaN|undefined/);
    expect(stdout.match(/<path/g)?.length).toBeGreaterThan(5);
    expect(stdout.length).toBeLessThan(2e6);
  });
});

test('rows that cannot be read are named with their lines; --strict makes them an error', async () => {
  const text = `${[header, lines[0], 'shop,search,256,soon,,,,', lines[1]].join('\n')}\n`;
  const { status, stdout, stderr } = await run([...MAP, '-d', '-', '-f', 'json'], { input: text });
  expect(status).toBe(0);
  expect(stderr).toBe('wfa: -:3: requested: expected an ISO 8601 instant, found "soon"\n');
  const report = JSON.parse(stdout);
  expect(report.issues).toMatchObject([{ code: 'wrong-field', origin: { line: 3 }, path: 'requested' }]);
  expect(report.ledger).toContainEqual(
    expect.objectContaining({ reason: 'wrong-field', scope: 'record', count: 1, origins: ['-:3'] }),
  );
  expect(report.result.counts.invocationCount).toBe(2);
  expect((await run([...MAP, '-d', '-', '--strict'], { input: text })).status).toBe(2);
});
