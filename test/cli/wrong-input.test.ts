import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { readSample } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';
import { BIN, type Ended, ROOT, spawnToEnd } from '../spawn-wfa.ts';

const GOLDEN = join(ROOT, 'test/golden/wrong-input');

const scratch = makeScratch();
const records = readSample('older').slice(1, 5);
const lines = records.map((record) => JSON.stringify(record));
const text = `${lines.join('\n')}\n`;

scratch.write('good.ndjson', text);
scratch.write('empty.ndjson', '');
scratch.write('white.ndjson', '\n \n');
scratch.write('cut.ndjson.gz', gzipSync(text).subarray(0, gzipSync(text).length >> 1));
scratch.write('binary', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 37) % 256)));
scratch.write('other.json', '{"name": "something else", "version": 1}\n');
scratch.write('text.txt', 'These are no run records.\nNot at all.\n');
scratch.write('broken.ndjson', `${lines[0]}\n${lines[1]?.slice(0, 300)}\n${lines[2]}\n`);
const { dag_name: _, ...lacking } = records[1] as Record<string, unknown>;
scratch.write('lacking.ndjson', `${lines[0]}\n${JSON.stringify(lacking)}\n`);
scratch.write('twice.ndjson', `${text}${lines[0]}\n`);
const twin = structuredClone(readSample('newer').find((record) => record['plan'] !== null)) as {
  master_dag_id: string;
  plan: { planner_name: string };
};
twin.master_dag_id = 'twin';
twin.plan.planner_name = twin.plan.planner_name.toUpperCase();
scratch.write('twin.ndjson', `${JSON.stringify(twin)}\n`);
const unplanned = readSample('newer').map((record) => JSON.stringify({ ...record, plan: null }));
scratch.write('unplanned.ndjson', `${unplanned.join('\n')}\n`);
mkdirSync(scratch.path('no-records'));
scratch.write('no-records/readme.md', 'nothing');
mkdirSync(scratch.path('read-only'));
chmodSync(scratch.path('read-only'), 0o555);
scratch.write('log.csv', 'begin,finish,function,container_id\n1000,2000,resize,c1\n3000,4000,resize,c1\n');
scratch.write('log.ndjson', '{"at":{"begin":1000,"end":2000},"function":"resize"}\n');
scratch.write('soon.csv', 'begin,end\nsoon,later\n2000,1000\n');
const before = scratch.list();

const inScratch = (args: readonly string[], input?: string): Promise<Ended> =>
  askWfa(args, { cwd: scratch.directory, ...(input === undefined ? {} : { input }) });

const SAMPLE = ['--data', 'sample:'];
const COMPARE = ['compare', 'uniform', 'non-uniform'];

const CASES: Record<string, readonly string[]> = {
  'no-data': ['runs'],
  'missing-file': ['runs', '-d', 'missing.ndjson'],
  'one-of-two-missing': ['runs', '-d', 'good.ndjson', '-d', 'missing.ndjson'],
  'directory-without-records': ['runs', '-d', 'no-records'],
  'glob-without-match': ['runs', '-d', '*.parquet'],
  'unknown-scheme': ['runs', '-d', 'ftp://host/runs.ndjson'],
  'unknown-sample': ['runs', '-d', 'sample:none'],
  'empty-file': ['runs', '-d', 'empty.ndjson'],
  'white-file': ['runs', '-d', 'white.ndjson'],
  'empty-stdin': ['runs', '-d', '-'],
  'gzip-cut-in-half': ['runs', '-d', 'cut.ndjson.gz'],
  'binary-file': ['runs', '-d', 'binary'],
  'other-json': ['runs', '-d', 'other.json'],
  'plain-text': ['runs', '-d', 'text.txt'],
  'broken-line-strict': ['runs', '-d', 'broken.ndjson', '--strict', '-f', 'csv'],
  'lacking-field-strict': ['runs', '-d', 'lacking.ndjson', '--strict', '-f', 'csv'],
  'unknown-planner': ['compare', 'unifrom', 'non-uniform', ...SAMPLE],
  'ambiguous-planner': ['compare', twin.plan.planner_name.toLowerCase(), 'wukong', ...SAMPLE, '-d', 'twin.ndjson'],
  'same-arm-twice': ['compare', 'uniform', 'UniformPlanner', ...SAMPLE],
  'overlapping-arms': ['compare', 'planner=uniform', 'workflow=gemm', ...SAMPLE],
  'one-arm-only': ['compare', 'uniform', ...SAMPLE],
  'no-common-block': ['compare', 'planner=uniform,sla=p50', 'planner=non-uniform,sla=p90', ...SAMPLE, '--block', 'sla'],
  'no-planned-run': [...COMPARE, '-d', 'unplanned.ndjson'],
  'unknown-metric': [...COMPARE, ...SAMPLE, '--metric', 'makspan'],
  'unknown-block-key': [...COMPARE, ...SAMPLE, '--block', 'colour'],
  'unknown-format': ['runs', ...SAMPLE, '-f', 'tabel'],
  'unknown-option': ['runs', ...SAMPLE, '--lits'],
  'unknown-command': ['comapre', ...SAMPLE],
  'chart-of-nothing': ['runs', ...SAMPLE, '-f', 'svg'],
  'chart-of-unknown-kind': ['sla', ...SAMPLE, '--chart-kind', 'slopes'],
  'arm-with-unknown-key': ['compare', 'planer=uniform', 'non-uniform', ...SAMPLE],
  'chart-without-ending': [...COMPARE, ...SAMPLE, '--chart', 'chart'],
  'output-into-missing-directory': ['runs', ...SAMPLE, '-o', 'missing/out.txt'],
  'output-onto-a-directory': ['runs', ...SAMPLE, '-o', 'no-records'],
  'chart-into-missing-directory': [...COMPARE, ...SAMPLE, '--chart', 'missing/chart.vl.json', '-o', 'out.txt'],
  'output-to-a-full-device': ['runs', ...SAMPLE, '-o', '/dev/full'],
  'output-into-a-system-directory': ['runs', ...SAMPLE, '-o', '/proc/runs.txt'],
  'since-no-date': ['runs', ...SAMPLE, '--since', 'yesterday'],
  'until-no-day': ['runs', ...SAMPLE, '--until', '2026-02-30'],
  'filter-with-unknown-name': ['runs', ...SAMPLE, '--workflow', 'gem'],
  'filters-that-leave-nothing': ['runs', ...SAMPLE, '--until', '2020-01-01'],
  'where-without-value': ['runs', ...SAMPLE, '--where', 'planner'],
  'no-gate': [...COMPARE, ...SAMPLE, '--fail-on', 'makespan'],
  'gate-on-unknown-metric': [...COMPARE, ...SAMPLE, '--fail-on', 'price>+5%'],
  'gate-in-wrong-unit': [...COMPARE, ...SAMPLE, '--fail-on', 'makespan>5ms'],
  'run-without-choice': ['run', ...SAMPLE],
  'run-with-two-choices': ['run', '1795340906110', '--latest', ...SAMPLE],
  'run-unknown': ['run', '1895', ...SAMPLE],
  'run-ambiguous': ['run', '17953409', ...SAMPLE],
  'run-of-nothing': ['run', '--slowest', ...SAMPLE, '--workflow', 'image_transformer', '--where', 'run=1795336084853'],
  'no-seed': [...COMPARE, ...SAMPLE, '--seed', 'x'],
  'no-width': [...COMPARE, ...SAMPLE, '--width', '85furlongs'],
};

const LOG = ['workers', '-d', 'log.csv'];
const MAP = ['--map', 'start=begin,end=finish,pool=function'];
const MS = ['--time-unit', 'ms'];

const LOG_CASES: Record<string, readonly string[]> = {
  'log-without-time-unit': [...LOG, ...MAP],
  'log-in-unknown-unit': [...LOG, ...MAP, '--time-unit', 'ns'],
  'log-with-unknown-key': [...LOG, ...MS, '--map', 'start=begin,end=finish,pol=function'],
  'log-with-no-pair': [...LOG, ...MS, '--map', 'start=begin,end'],
  'log-without-an-end': [...LOG, ...MS, '--map', 'start=begin,pool=function'],
  'log-with-a-key-twice': [...LOG, ...MS, ...MAP, '--map', 'end=end'],
  'log-without-that-column': [...LOG, ...MS, '--map', 'start=begin,end=finish,pool=functoin'],
  'log-without-that-field': ['workers', '-d', 'log.ndjson', ...MS, '--map', 'start=at.begin,end=at.ende'],
  'log-with-durations-without-unit': [...LOG, '--time-unit', 'iso', '--map', 'end=finish,duration=begin'],
  'log-score-without-containers': [...LOG, ...MS, ...MAP, '--score'],
  'log-with-plan': [...LOG, ...MS, ...MAP, '--plan'],
  'log-with-pool-key': [...LOG, ...MS, ...MAP, '--pool-key', 'memory'],
  'log-filtered-by-workflow': [...LOG, ...MS, ...MAP, '--workflow', 'gemm'],
  'log-that-is-binary': ['workers', '-d', 'binary', ...MS, ...MAP],
  'log-that-is-empty': ['workers', '-d', 'white.ndjson', ...MS, ...MAP],
  'log-without-a-usable-row': ['workers', '-d', 'soon.csv', ...MS, '--map', 'start=begin,end=end'],
  'log-backwards': ['workers', '-d', 'log.csv', ...MS, '--map', 'start=finish,end=begin'],
  'log-of-run-records': ['workers', '-d', 'good.ndjson', ...MS, ...MAP],
  'score-without-map': ['workers', ...SAMPLE, '--score'],
};

describe('wrong input: a clear error, status 2, nothing written', () => {
  test.each(Object.entries({ ...CASES, ...LOG_CASES }))('%s', async (name, args) => {
    const { status, stdout, stderr } = await inScratch(args);
    expect(status).toBe(2);
    expect(stderr).not.toMatch(/^\s+at |node:internal|\.js:\d/m);
    // Golden: the whole of both streams, reviewed like code.
    await expect(`status ${status}\n--- stdout\n${stdout}--- stderr\n${stderr}`).toMatchFileSnapshot(
      join(GOLDEN, `${name}.txt`),
    );
    expect(scratch.list()).toEqual(before);
  });
});

test('a broken line in the middle is named, and the others count', async () => {
  const { status, stdout, stderr } = await inScratch(['runs', '-d', 'broken.ndjson', '-f', 'json']);
  expect(status).toBe(0);
  expect(stderr).toBe('wfa: broken.ndjson:2:301: broken JSON: the record ends too early\n');
  const report = JSON.parse(stdout);
  expect(report.runCount).toBe(2);
  expect(report.issues).toMatchObject([
    { code: 'broken-json', origin: { uri: 'broken.ndjson', line: 2 }, column: 301 },
  ]);
  expect(report.ledger).toContainEqual(
    expect.objectContaining({ reason: 'broken-json', scope: 'record', count: 1, origins: ['broken.ndjson:2'] }),
  );
});

test('a record that lacks a field is named with the path of the field', async () => {
  const { status, stdout, stderr } = await inScratch(['runs', '-d', 'lacking.ndjson', '-f', 'json']);
  expect(status).toBe(0);
  expect(stderr).toBe('wfa: lacking.ndjson:2: dag_name: expected a string, found nothing\n');
  expect(JSON.parse(stdout).issues).toMatchObject([{ code: 'wrong-field', path: 'dag_name' }]);
});

test('of two runs with the same id the later one is left out, and the ledger says so', async () => {
  const { status, stdout, stderr } = await inScratch(['runs', '-d', 'twice.ndjson', '-f', 'json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const report = JSON.parse(stdout);
  expect(report.result.runCount).toBe(4);
  expect(report.ledger).toContainEqual(
    expect.objectContaining({ reason: 'duplicate-run-id', scope: 'run', count: 1, origins: ['twice.ndjson:5'] }),
  );
});

test('a directory that cannot be written', async ({ skip }) => {
  if (process.getuid?.() === 0) return skip('root writes everywhere');
  const { status, stdout, stderr } = await inScratch(['runs', ...SAMPLE, '-o', 'read-only/out.txt']);
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: 'wfa: Cannot write read-only/out.txt: permission denied.\n',
  });
});

const shell = (command: string): Promise<Ended> => spawnToEnd('bash', ['-o', 'pipefail', '-c', command]);
const NODE = `'${process.execPath}' '${BIN}'`;

describe('standard streams', () => {
  test('a pipe that the reader closes ends quietly', async () => {
    const cat = `zcat samples/newer.ndjson.gz`;
    const ended = await shell(`${cat} | ${NODE} compare uniform non-uniform -d - -f csv | head -1`);
    expect(ended.status).toBe(0);
    expect(ended.stderr.replaceAll(/^wfa: (warning: .*|\d+ notes?: .*)\n/gm, '')).toBe('');
    expect(ended.stdout).toMatch(/^baseline,candidate,metric,.*\n$/);
  });

  test('a pipe closed in the middle of a long output ends quietly', async () => {
    const ended = await shell(`${NODE} compare uniform non-uniform -d sample: -f json | head -c 10`);
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(ended.stdout).toHaveLength(10);
  });

  test('of what a closed pipe did not take, convert does not say that it was written', async () => {
    const ended = await shell(`${NODE} convert sample: | head -c 10`);
    expect(ended).toMatchObject({ status: 0, stderr: '' });
  });

  test.each(['runs -d sample:', '--help', 'schema'])(
    'a full disk behind standard output of %s is status 2',
    async (args) => {
      expect(await shell(`${NODE} ${args} > /dev/full`)).toEqual({
        status: 2,
        stdout: '',
        stderr: 'wfa: Cannot write standard output: no space left on the device.\n',
      });
    },
  );

  test('data only on a terminal', async ({ skip }) => {
    const terminal = await spawnToEnd('script', ['-qec', `${NODE} runs -d -`, '/dev/null']).catch(() => null);
    if (terminal === null) {
      if (process.env['CI']) throw new Error('script (util-linux) is not here');
      return skip('script (util-linux) is not here');
    }
    expect(terminal.status).toBe(2);
    expect(terminal.stdout.replaceAll('\r\n', '\n')).toBe(
      'wfa: Standard input is a terminal, not data.\n' +
        '  Pipe run records into wfa, as in: zcat runs.ndjson.gz | wfa runs --data -\n',
    );
  });
});
