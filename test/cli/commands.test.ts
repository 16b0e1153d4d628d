import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { ANALYSES } from '../../src/analyses/list.ts';
import { askWfa } from '../ask-wfa.ts';
import { SAMPLES } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';
import { ROOT, wfa } from '../spawn-wfa.ts';

const GOLDEN = join(ROOT, 'test/golden');
const scratch = makeScratch();
const SAMPLE = ['--data', 'sample:'];
const NEWER = ['--data', 'sample:newer'];
const ONE_CELL = ['--workflow', 'gemm', '--planner', 'uniform', '--sla', 'p90'];
const CLAIMS = join(ROOT, 'test/fixtures/claims.txt');
const COMPARE = ['compare', 'uniform', 'non-uniform', ...SAMPLE];

describe.each(['80', '120', '160'])('at %s columns', (columns) => {
  test.each([
    ['runs', ['runs', ...SAMPLE]],
    ['runs-list', ['runs', '--list', '--workflow', 'gemm', ...SAMPLE]],
    ['run', ['run', '1795340906110', '--plan', '--data', 'sample:newer']],
    ['run-failed', ['run', '1795336084853', '--data', 'sample:older']],
    ['compare', COMPARE],
    ['compare-two-candidates', ['compare', 'wukong', 'uniform', 'non-uniform-opt', '--data', 'sample:older']],
    ['compare-counts', [...COMPARE, '--metric', 'workers,cold-starts', '--workflow', 'gemm']],
    ['rank', ['rank', ...SAMPLE]],
    ['rank-newer', ['rank', '--data', 'sample:newer', '--common']],
    ['rank-slas', ['rank', '--by', 'sla', '--planner', 'uniform', '--data', 'sample:newer']],
    ['rank-medians', ['rank', '--stat', 'median', '--data', 'sample:newer']],
    ['rank-p90', ['rank', '--stat', 'p90', ...SAMPLE]],
    ['claim-list', ['claim', '--claims', CLAIMS, ...SAMPLE]],
    ['failures-none', ['failures', '--data', 'sample:newer']],
    ['compare-medians', [...COMPARE, '--stat', 'median']],
    ['compare-p90', [...COMPARE, '--stat', 'p90']],
    ['compare-slas', ['compare', 'planner=uniform,sla=p50', 'planner=uniform,sla=p90', ...SAMPLE]],
    // So few runs that hardly anything can be said: nothing may sound as if it could.
    ['compare-two-runs-each', [...COMPARE, '--workflow', 'gemm', '--sla', 'average']],
    ['compare-one-run-each', [...COMPARE, '--workflow', 'gemm', '--sla', 'p90']],
    ['preload-two-runs-each', ['preload', '--planner', 'non-uniform-opt', ...NEWER, '--workflow', 'image_transformer']],
    ['accuracy-of-one-run', ['accuracy', ...NEWER, ...ONE_CELL]],
    ['workers-of-one-run', ['workers', ...NEWER, '--where', 'run=1795341014188']],
    ['claim', ['claim', 'non-uniform is 53 % faster than uniform', ...SAMPLE]],
    ['claim-ways', ['claim', 'uniform-opt vs uniform: resource-usage +12 %', '--ways', '--data', 'sample:newer']],
    ['preload', ['preload', '--planner', 'non-uniform-opt', '--data', 'sample:newer']],
    ['accuracy', ['accuracy', ...SAMPLE]],
    ['sla', ['sla', ...SAMPLE]],
    ['breakdown', ['breakdown', ...SAMPLE]],
    ['breakdown-by-function', ['breakdown', '--by', 'function', ...NEWER]],
    ['run-task', ['run', '1795340906110', '--task', 'aggregate_results', '--data', 'sample:newer']],
    ['prewarm', ['prewarm', ...SAMPLE]],
    ['taskdup', ['taskdup', ...SAMPLE]],
    ['failures', ['failures', '--data', 'sample:older']],
    ['memory', ['memory', '--data', 'sample:newer']],
    ['scaling', ['scaling', '--data', 'sample:older']],
    ['conflicts', ['conflicts', '--data', 'sample:newer']],
    ['whatif', ['whatif', '--data', 'sample:newer']],
    ['whatif-priced', ['whatif', '--scenario', 'all-warm', '--prices', 'aws-lambda-x86', '--data', 'sample:older']],
    ['breakdown-by-startup', ['breakdown', '--by', 'startup', '--data', 'sample:newer']],
    ['backtest', ['backtest', ...NEWER]],
    ['backtest-budget', ['backtest', '--budget', '--by', 'workflow', '--tau', 'p90', ...NEWER]],
  ])('%s', async (name, args) => {
    const { status, stdout, stderr } = await askWfa(args, { env: { COLUMNS: columns } });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    await expect(stdout).toMatchFileSnapshot(join(GOLDEN, `${name}-${columns}.txt`));
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(Number(columns));
  });
});

describe('formats', () => {
  const gemm = [...COMPARE, '--workflow', 'gemm'];
  test.each([
    ...['markdown', 'latex', 'csv', 'ndjson'].map((format) => ['compare-gemm', format, gemm] as const),
    ...['csv', 'ndjson'].map((format) => ['claim-list', format, ['claim', '--claims', CLAIMS, ...SAMPLE]] as const),
    ...['csv', 'ndjson'].map((format) => ['failures', format, ['failures', '--data', 'sample:older']] as const),
    ['rank-medians', 'csv', ['rank', '--stat', 'median', '--data', 'sample:newer']] as const,
  ])('%s %s', async (name, format, args) => {
    const { status, stdout, stderr } = await askWfa([...args, '-f', format]);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringMatching(/^(wfa: (warning: .*|\d+ notes?: .*)\n)*$/),
    });
    await expect(stdout).toMatchFileSnapshot(join(GOLDEN, `${name}.${format}.txt`));
  });

  test('json names inputs with their digests, filters, seed and version', async () => {
    const { status, stdout } = await askWfa([...COMPARE, '--workflow', 'gemm', '--seed', '7', '-f', 'json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      analysis: 'compare',
      wfaVersion: packageJson.version,
      seed: 7,
      filters: ['workflow=gemm'],
      runCount: 167,
      inputs: [
        { uri: 'sample:newer', runCount: 100, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        { uri: 'sample:older', runCount: 67 },
      ],
      issues: [],
    });
  });

  test('a file holds what standard output would, and nothing else is left beside it', async () => {
    const path = scratch.path('out.csv');
    const [toFile, toStdout] = await Promise.all([
      askWfa([...COMPARE, '-f', 'csv', '-o', path]),
      askWfa([...COMPARE, '-f', 'csv']),
    ]);
    expect(toFile).toEqual({ status: 0, stdout: '', stderr: expect.stringMatching(/^(wfa: .*\n)*$/) });
    expect(readFileSync(path, 'utf8')).toBe(toStdout.stdout);
    expect(scratch.list()).toEqual(['out.csv']);
  });
});

describe('the same runs, however they come', () => {
  const newer = gunzipSync(readFileSync(join(SAMPLES, 'newer.ndjson.gz')));
  const run = async (data: string, input?: Uint8Array) => {
    const args = ['compare', 'uniform', 'non-uniform', '-f', 'markdown', ...(data === '' ? [] : ['-d', data])];
    const ended = await wfa(args, {
      ...(input ? { input } : {}),
      env: data === '' ? { WFA_DATA: 'sample:newer' } : {},
    });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    return ended.stdout;
  };

  test('file, standard input, packed or not, array, several gzip members, WFA_DATA', async () => {
    const half = newer.indexOf('\n', newer.length / 2) + 1;
    const members = Buffer.concat([gzipSync(newer.subarray(0, half)), gzipSync(newer.subarray(half))]);
    const array = `[${newer.toString().trimEnd().replaceAll('\n', ',\n')}]`;
    const wanted = await run('sample:newer');
    const others = await Promise.all([
      run(join(SAMPLES, 'newer.ndjson.gz')),
      run('-', newer),
      run('-', members),
      run('-', Buffer.from(array)),
      run(''),
    ]);
    for (const other of others) expect(other).toBe(wanted);
  });
});

describe('filters', () => {
  test.each([
    [['--workflow', 'gemm'], 33],
    [['--workflow', 'gemm', '--workflow', 'tree_reduction'], 66],
    [['--workflow', 'gemm', '--planner', 'uniform', '--sla', 'p50'], 2],
    [['--where', 'planner!=wukong,planner!=wukong-opt'], 144],
    [['--since', '2026-11-22T09:00:00Z', '--until', '2026-11-23'], 117],
  ])('%j leaves %i runs', async (filter, count) => {
    const { status, stdout, stderr } = await askWfa(['runs', ...SAMPLE, ...filter, '-f', 'json']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const report = JSON.parse(stdout);
    expect(report.result.runCount).toBe(count);
    expect(report.result.runCount + report.filteredRunCount).toBe(report.runCount);
  });
});

describe('gates', () => {
  // Of the bundled runs: makespan between −12.6 and +4.3 %, resource usage between +190 and +403 %.
  test.each([
    ['passes', ['makespan>+50%'], 0, ''],
    ['trips', ['resource-usage>+5%'], 1, 'wfa: gate resource-usage>+5% tripped (non-uniform vs uniform)\n'],
    [
      'cannot be decided',
      ['makespan>+1%'],
      3,
      'wfa: gate makespan>+1% cannot be decided (non-uniform vs uniform): the interval straddles the bound\n',
    ],
    [
      'trips before it cannot be decided',
      ['makespan>+1%', 'resource-usage>+5%'],
      1,
      'wfa: gate makespan>+1% cannot be decided (non-uniform vs uniform): the interval straddles the bound\n' +
        'wfa: gate resource-usage>+5% tripped (non-uniform vs uniform)\n',
    ],
    ['bounds from below', ['makespan<-50%'], 0, ''],
  ])('%s', async (_, gates, status, stderr) => {
    const ended = await askWfa([...COMPARE, '-f', 'markdown', ...gates.flatMap((gate) => ['--fail-on', gate])]);
    expect({ status: ended.status, stderr: ended.stderr }).toEqual({ status, stderr });
    expect(ended.stdout).toMatch(/^\*\*against uniform, non-uniform costs /);
  });

  // Of the bundled runs: warm [64, 98] and [79, 100] %, saved [0.60, 0.77] and [0.75, 1.05] s, all used; ahead by [−3.6, −0.7] and
  // [−0.59, −0.28] s.
  test.each([
    ['prewarm', 'sample:', 'warm<50%', 0, ''],
    ['prewarm', 'sample:', 'unused>0', 0, ''],
    [
      'prewarm',
      'sample:',
      'saved<700ms',
      3,
      'wfa: gate saved<700ms cannot be decided (non-uniform-opt): the interval straddles the bound\n',
    ],
    [
      'taskdup',
      'sample:',
      'ahead-by<0ms',
      1,
      'wfa: gate ahead-by<0ms tripped (non-uniform-opt)\nwfa: gate ahead-by<0ms tripped (uniform-opt)\n',
    ],
    ['failures', 'sample:newer', 'failed>0', 0, ''],
    ['memory', 'sample:newer', 'exponent>0.3', 0, ''],
    ['failures', 'sample:older', 'failed>0', 1, 'wfa: gate failed>0 tripped (wukong)\n'],
    ['failures', 'sample:older', 'start-ups>7', 1, 'wfa: gate start-ups>7 tripped (all runs)\n'],
    ['failures', 'sample:older', 'start-ups>8', 0, ''],
    ['failures', 'sample:newer', 'rate>15%', 0, ''],
    ['whatif', 'sample:newer', 'no-dag-fetch<-5%', 0, ''],
    ['backtest', 'sample:newer', 'not-replayed>0', 0, ''],
    [
      'taskdup',
      'sample:newer',
      'used<50%',
      2,
      "wfa: --fail-on 'used<50%': there is no used in this result\n  It holds no figure that a gate can be set on.\n",
    ],
  ])('%s of %s with %s', async (command, data, gate, status, stderr) => {
    const ended = await askWfa([command, '--data', data, '--fail-on', gate, '-f', 'json']);
    expect({ status: ended.status, stderr: ended.stderr }).toEqual({ status, stderr });
  });
});

describe('help', () => {
  test('--version', async () => {
    expect(await wfa(['--version'])).toEqual({ status: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  });

  test('the program lists every command', async () => {
    const { status, stdout, stderr } = await askWfa(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const { name, summary } of ANALYSES) {
      expect(stdout).toContain(`  ${name} `);
      expect(stdout.replace(/\s+/g, ' ')).toContain(summary);
    }
  });

  test.each([...ANALYSES.map(({ name }) => name), 'schema'])('%s --help ends with examples', async (name) => {
    const { status, stdout, stderr } = await askWfa([name, '--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const examples = stdout.slice(stdout.indexOf('\nExamples:')).match(/^ {2}\$ wfa /gm);
    expect(examples?.length).toBeGreaterThanOrEqual(2);
  });

  test('schema is JSON Schema', async () => {
    const { status, stdout } = await askWfa(['schema']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      required: expect.arrayContaining(['master_dag_id', 'dag', 'tasks']),
    });
  });
});
