import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/stats/random.ts';
import { askWfa } from '../ask-wfa.ts';
import { testWith } from '../need-program.ts';
import { makeScratch } from '../scratch.ts';
import { startHttpServer } from '../sources/fake-http.ts';
import { ROOT } from '../spawn-wfa.ts';

/** Logs as the tools of AWS write them, made from a seed: every figure in them is known. */

const scratch = makeScratch();

interface Call {
  readonly endAtMs: number;
  readonly stream: string;
  readonly durationMs: number;
  readonly billedMs: number;
  readonly initMs: number | null;
  readonly memoryMb: number;
  /** `null`: not written. */
  readonly usedMb: number | null;
}

function generateCalls(seed: number, count: number): Call[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i): Call => {
    const durationMs = Math.round(random() * 200_000) / 100;
    const initMs = random() < 0.2 ? Math.round(random() * 50_000) / 100 : null;
    const memoryMb = [128, 512, 1769][Math.floor(random() * 3)] as number;
    return {
      endAtMs: Date.UTC(2026, 7, 29) + i * 500 + Math.floor(random() * 400),
      stream: `2026/08/29/[$LATEST]${String(i % 7).padStart(32, '0')}`,
      durationMs,
      billedMs: Math.ceil(durationMs + (initMs ?? 0)),
      initMs,
      memoryMb,
      usedMb: random() < 0.1 ? null : Math.ceil(random() * memoryMb),
    };
  });
}

const idOf = (i: number): string => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;

/** `aws logs tail GROUP --format detailed`. */
const writeReports = (calls: readonly Call[]): string =>
  calls
    .map(({ endAtMs, stream, durationMs, billedMs, memoryMb, usedMb, initMs }, i) => {
      const prefix = `${new Date(endAtMs).toISOString().replace('Z', '000+00:00')} ${stream}`;
      const used = usedMb === null ? '' : `Max Memory Used: ${usedMb} MB\t`;
      const init = initMs === null ? '' : `Init Duration: ${initMs} ms\t`;
      return `${prefix} START RequestId: ${idOf(i)} Version: $LATEST\n${prefix} REPORT RequestId: ${idOf(i)}\tDuration: ${durationMs} ms\tBilled Duration: ${billedMs} ms\tMemory Size: ${memoryMb} MB\t${used}${init}\n`;
    })
    .join('');

/** `aws logs get-query-results`, which writes memory in decimal bytes. */
function writeResults(calls: readonly Call[]): string {
  const results = calls.map((call, i) =>
    Object.entries({
      '@timestamp': new Date(call.endAtMs).toISOString().replace('T', ' ').replace('Z', ''),
      '@requestId': idOf(i),
      '@duration': call.durationMs,
      '@billedDuration': call.billedMs.toFixed(1),
      '@initDuration': call.initMs,
      '@memorySize': (call.memoryMb * 1e6).toExponential().toUpperCase().replace('+', ''),
      '@maxMemoryUsed': call.usedMb === null ? null : call.usedMb * 1e6,
      '@logStream': call.stream,
    })
      .filter(([, value]) => value !== null)
      .map(([field, value]) => ({ field, value: String(value) })),
  );
  return JSON.stringify({ results, statistics: { recordsMatched: results.length }, status: 'Complete' });
}

const CALLS = generateCalls(20, 400);
const PRICED = ['--prices', 'aws-lambda-x86'];
const ask = (args: readonly string[], input?: string | Uint8Array) =>
  askWfa(['workers', ...args], input === undefined ? {} : { input });

async function resultOf(args: readonly string[], input?: string | Uint8Array) {
  const { status, stdout, stderr } = await ask([...args, '-f', 'json'], input);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
}

const codesOf = ({ warnings }: { readonly warnings: readonly { readonly code: string }[] }) =>
  warnings.map(({ code }) => code);

/** Billed: 226 ms of 512 MB and 100 ms of 1024 MB, in three requests. */
const [first, second, third] = CALLS as [Call, Call, Call];
const BY_HAND: readonly Call[] = [
  { ...first, memoryMb: 512, billedMs: 213, usedMb: 64 },
  { ...second, memoryMb: 512, billedMs: 13, usedMb: 65 },
  { ...third, memoryMb: 1024, billedMs: 100, usedMb: 512 },
];

describe('the bill of what the platform billed, and the memory used', () => {
  test('by hand: 0.226 s × 0.5 GB + 0.1 s × 1 GB are 0.213 GB-s', async () => {
    const path = scratch.write('hand.txt', writeReports(BY_HAND));
    const report = await resultOf([...PRICED, '-d', path]);
    const { bill, memoryUse, pools } = report.result;
    expect(bill).toEqual({
      prices: 'aws-lambda-x86',
      billedGbSeconds: expect.closeTo(0.213, 12),
      executionUsd: expect.closeTo(0.0000035500071, 15),
      requestsUsd: expect.closeTo(0.0000006, 15),
      totalUsd: expect.closeTo(0.0000041500071, 15),
      billedCount: 3,
      largestMb: 1024,
      unbilledCount: 0,
    });
    expect(memoryUse).toEqual({ recordedCount: 3, recordedFraction: 1, medianFraction: 65 / 512, maxFraction: 0.5 });
    expect(pools[0].memoryUse).toEqual(memoryUse);
    expect(codesOf(report)).toContain('prices');
    const { stdout } = await ask([...PRICED, '-d', path]);
    expect(stdout).toMatch(/0\.213 GB-s billed +0\.00000355\n3 requests +0\.000000600\ntotal +0\.00000415\n/);
    expect(stdout).toMatch(/most memory used.*\n.*\n.*\nall +13 +50 +100\.0\n/);
  });

  test('memory is rounded up as the platform of the prices does, durations are not', async () => {
    const path = scratch.write('odd.txt', writeReports([{ ...first, memoryMb: 130, billedMs: 1 }]));
    const { bill } = (await resultOf(['--prices', 'azure-functions-consumption', '-d', path])).result;
    expect(bill.billedGbSeconds).toBeCloseTo(0.00025, 12);
    expect(bill.executionUsd).toBeCloseTo(0.00025 * 0.000016, 15);
  });

  test('no bill without --prices; what was not recorded is null', async () => {
    const unused = BY_HAND.map((call) => ({ ...call, usedMb: null }));
    const report = await resultOf(['-d', scratch.write('unused.txt', writeReports(unused))]);
    expect(report.result).toMatchObject({ bill: null, memoryUse: null, pools: [{ memoryUse: null }] });
    expect(codesOf(report)).not.toContain('prices');
  });

  test('what each invocation used and was billed stands in its row', async () => {
    const path = scratch.write('each.txt', writeReports(BY_HAND));
    const { stdout } = await ask(['-d', path, '-f', 'ndjson']);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const ofCalls = BY_HAND.map(({ usedMb, billedMs }) => ({ usedMb, billedMs }));
    expect(rows.map(({ usedMb, billedMs }) => ({ usedMb, billedMs }))).toEqual(ofCalls);
    const { stdout: csv } = await ask(['-d', path, '-f', 'csv']);
    expect(csv.split('\n')[0]).toContain('usedMb,billedMs');
  });

  test('a log without billed durations has no bill, and says so', async () => {
    const text = writeReports(BY_HAND).replaceAll(/Billed Duration: \d+ ms\t/g, '');
    const report = await resultOf([...PRICED, '-d', scratch.write('unbilled.txt', text)]);
    expect(report.result.bill).toBeNull();
    expect(codesOf(report)).toContain('no-billed-durations');
  });

  test.each([
    ['a map without them', ['--map', 'start=requested,end=ended', '--time-unit', 'iso'], 'needs to know the billed'],
    ['run records', [], 'bills invocation logs only'],
  ])('%s: --prices is refused', async (_, args, message) => {
    const data = args.length === 0 ? 'sample:' : 'sample:invocations';
    const { status, stderr } = await ask([...PRICED, ...args, '-d', data]);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('a log is known by its beginning, wherever it comes from', () => {
  const text = writeReports(CALLS);

  test.each([
    ['as text', text],
    ['as gzip', gzipSync(text)],
  ])('standard input, %s', async (_, input) => {
    const { result } = await resultOf(['-d', '-'], input);
    expect(result).toMatchObject({ rowCount: 400, counts: { invocationCount: 400 } });
  });

  test('a web server', async () => {
    const server = await startHttpServer((_, response) => response.end(text));
    const { result } = await resultOf(['-d', `${server.endpoint}/log.txt`]);
    expect(result).toMatchObject({ rowCount: 400, counts: { invocationCount: 400 } });
  });
});

describe('figures against those of a script of its own', () => {
  testWith('python3').each([
    ['REPORT text', writeReports],
    ['get-query-results', writeResults],
  ])('%s', async (name, write) => {
    const log = scratch.write(`${name}.log`, write(CALLS));
    const { stdout } = await ask([...PRICED, '-d', log, '-f', 'json']);
    const script = join(ROOT, 'test/reference/platform_logs_reference.py');
    const checked = spawnSync('python3', [script, log, scratch.write(`${name}.json`, stdout)], { encoding: 'utf8' });
    expect(checked.stderr).toBe('');
    expect(checked.stdout).toMatch(/^414 figures/);
  });
});
