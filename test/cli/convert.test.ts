import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { openDuckDb } from '../duckdb.ts';
import { testWith } from '../need-program.ts';
import { makeScratch } from '../scratch.ts';
import { type Ended, ROOT, spawnToEnd, wfa } from '../spawn-wfa.ts';

const GOLDEN = join(ROOT, 'test/golden/wrong-input');
const scratch = makeScratch();
const duckDb = await openDuckDb(scratch.directory);
const inScratch = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  askWfa(args, { cwd: scratch.directory, env });

const text = ['newer', 'older']
  .map((name) => gunzipSync(readFileSync(join(ROOT, `samples/${name}.ndjson.gz`))))
  .join('');
scratch.write('runs.ndjson', text);
expect(await inScratch(['convert', 'runs.ndjson', '-o', 'runs.parquet'])).toEqual({
  status: 0,
  stdout: '',
  stderr: 'wfa: 167 runs written to runs.parquet\n',
});

test('records come back from a table byte by byte, plain, packed and by pipe', async () => {
  const [plain, packed, piped] = await Promise.all([
    inScratch(['convert', 'runs.parquet', '-o', 'back.ndjson']),
    inScratch(['convert', 'runs.parquet', '-o', 'back.ndjson.gz']),
    askWfa(['convert', '-', '-o', '-'], { input: readFileSync(scratch.path('runs.parquet')) }),
  ]);
  expect(plain).toEqual({ status: 0, stdout: '', stderr: 'wfa: 167 runs written to back.ndjson\n' });
  expect(packed.status).toBe(0);
  expect(readFileSync(scratch.path('back.ndjson'), 'utf8')).toBe(text);
  expect(gunzipSync(readFileSync(scratch.path('back.ndjson.gz'))).toString()).toBe(text);
  expect(piped.stdout).toBe(text);
});

test('analyses say the same of a table as of its records', async () => {
  const resultOf = async (args: readonly string[]) => {
    const { status, stdout, stderr } = await inScratch([...args, '-f', 'json']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { result, warnings, runCount } = JSON.parse(stdout);
    return { result, warnings, runCount };
  };
  for (const command of [['compare', 'uniform', 'non-uniform'], ['breakdown']]) {
    const fromTable = await resultOf([...command, '-d', 'runs.parquet']);
    expect(fromTable.runCount).toBe(167);
    expect(fromTable).toEqual(await resultOf([...command, '-d', 'runs.ndjson']));
  }
});

test('a table that DuckDB has written again is read like the first', async () => {
  const copy = `COPY (FROM 'runs.parquet') TO '${scratch.path('again.parquet')}' (FORMAT parquet, CODEC 'zstd')`;
  await duckDb.run(copy);
  expect((await inScratch(['convert', 'again.parquet'])).stdout).toBe(text);
});

describe('what DuckDB reads', () => {
  test('the runs’ figures are those of wfa runs --list', async () => {
    const { stdout } = await inScratch(['runs', '--list', '-f', 'json', '-d', 'runs.ndjson']);
    const listed: readonly { readonly runId: string; readonly makespanMs: number | null }[] =
      JSON.parse(stdout).result.runs;
    const read = await duckDb.query("SELECT run_id, makespan_ms FROM 'runs.parquet' ORDER BY run_id");
    const expected = listed.map(({ runId, makespanMs }) => ({ run_id: runId, makespan_ms: makespanMs }));
    expect(read).toEqual(expected.sort((a, b) => (a.run_id < b.run_id ? -1 : 1)));
  });

  test('a figure is there or its reason is', async () => {
    const [counts] = await duckDb.query(`SELECT
      count(*) FILTER (makespan_ms IS NULL) AS lacking,
      count(*) FILTER (coalesce(missing, '') LIKE '%makespan=%') AS explained,
      count(*) FILTER (resource_usage_gb_s IS NULL) AS lacking_usage,
      count(*) FILTER (coalesce(missing, '') LIKE '%resource-usage=%') AS explained_usage,
      count(*) FILTER (resource_usage_gb_s <= 0) AS zero
      FROM 'runs.parquet'`);
    expect(Number(counts?.['lacking'])).toBeGreaterThan(0);
    expect(counts?.['explained']).toBe(counts?.['lacking']);
    expect(Number(counts?.['lacking_usage'])).toBeGreaterThan(0);
    expect(counts?.['explained_usage']).toBe(counts?.['lacking_usage']);
    expect(counts?.['zero']).toBe('0');
  });

  test('facts are what the record says, read by DuckDB itself', async () => {
    const wrong = await duckDb.query(`SELECT run_id FROM 'runs.parquet'
      WHERE run_id <> record->>'$.master_dag_id' OR workflow <> record->>'$.dag_name'
      OR node_count <> json_array_length(record, '$.dag.nodes')
      OR abs(epoch_us(submitted_at) / 1000 - (record->>'$.submission.dag_submission_time_ms')::DOUBLE) > 0.001`);
    expect(wrong).toEqual([]);
  });

  test('tasks add up to their runs, and those without metrics have a row', async () => {
    const { stderr } = await inScratch(['convert', 'runs.parquet', '--table', 'tasks', '-o', 'tasks.parquet']);
    expect(stderr).toBe('wfa: 3621 tasks of 167 runs written to tasks.parquet\n');
    const [sums] = await duckDb.query(`SELECT
      count(*) AS n, count(*) FILTER (NOT recorded) AS lacking,
      count(*) FILTER (NOT recorded AND execution_ms IS NOT NULL) AS invented FROM 'tasks.parquet'`);
    expect(sums).toEqual({ n: '3621', lacking: '25', invented: '0' });
    const wrong = await duckDb.query(`SELECT r.run_id FROM 'runs.parquet' r JOIN (
        SELECT run_id, sum(execution_ms) AS execution, sum(downloaded_bytes) AS downloaded,
          count(*) FILTER (recorded) AS recorded, max(output_available_at) AS ended FROM 'tasks.parquet' GROUP BY run_id
      ) t USING (run_id)
      WHERE abs(t.execution - r.execution_time_ms) > 1e-6 OR t.downloaded <> r.downloaded_bytes
      OR t.recorded <> r.task_count
      OR epoch_us(t.ended) / 1000 < epoch_us(r.submitted_at) / 1000 + r.makespan_ms - 0.002`);
    expect(wrong).toEqual([]);
  });

  test('the critical path ends with the makespan, and the plan stands beside the task', async () => {
    await inScratch(['convert', 'runs.parquet', '--table', 'tasks', '-o', 'paths.parquet']);
    const wrong = await duckDb.query(`SELECT r.run_id FROM 'runs.parquet' r JOIN (
        SELECT run_id, max(epoch_us(output_available_at)) AS ended_us FROM 'paths.parquet'
        WHERE on_critical_path GROUP BY run_id
      ) t USING (run_id)
      WHERE abs(t.ended_us - epoch_us(r.submitted_at) - r.makespan_ms * 1000) > 2`);
    expect(wrong).toEqual([]);
    const [planned] = await duckDb.query(`SELECT count(DISTINCT run_id) AS n FROM 'paths.parquet'
      WHERE planned_execution_ms IS NOT NULL`);
    const [runs] = await duckDb.query("SELECT count(*) AS n FROM 'runs.parquet' WHERE planned");
    expect(planned).toEqual(runs);
  });
});

test('what is left out is told, and --strict makes it status 2', async () => {
  const lines = text.split('\n');
  const lacking = lines[1]?.replace('"dag_name"', '"other_name"');
  writeFileSync(scratch.path('mixed.ndjson'), `${lines[0]}\n${lacking}\n${lines[0]}\n{"a":\n`);
  const { status, stderr } = await inScratch(['convert', 'mixed.ndjson', '-o', 'mixed.parquet']);
  expect(status).toBe(0);
  const runId = JSON.parse(lines[0] as string).master_dag_id;
  expect(stderr.trimEnd().split('\n')).toEqual([
    `wfa: mixed.ndjson:3: run ${runId} again: left out`,
    'wfa: mixed.ndjson:2: dag_name: expected a string, found nothing',
    'wfa: mixed.ndjson:4:6: broken JSON: the record ends too early',
    'wfa: 1 run written to mixed.parquet, 3 problems',
  ]);
  expect((await inScratch(['convert', 'mixed.ndjson', '-o', 'mixed.parquet', '--strict'])).status).toBe(2);
});

test('records laid out over several lines become one line each, and nothing else of them changes', async () => {
  const indented = (text.split('\n')[0] as string).replace('"dag_name"', '\n  \t"dag_name"').replace('{', '{\r\n');
  writeFileSync(scratch.path('document.json'), `[\n${indented}\n]\n`);
  expect((await inScratch(['convert', 'document.json'])).stdout).toBe(`${text.split('\n')[0]}\n`);
});

testWith('zstd')('an ending in .zst packs', async () => {
  expect((await inScratch(['convert', 'runs.parquet', '-o', 'back.ndjson.zst'])).status).toBe(0);
  const { status } = await spawnToEnd('zstd', ['--test', '--quiet', scratch.path('back.ndjson.zst')]);
  expect(status).toBe(0);
  expect((await inScratch(['convert', 'back.ndjson.zst'])).stdout).toBe(text);
});

const CASES: Record<string, readonly string[]> = {
  'parquet-without-records': ['compare', 'uniform', 'wukong', '-d', 'bare.parquet'],
  'parquet-of-tasks': ['runs', '-d', 'tasks.parquet'],
  'parquet-cut': ['runs', '-d', 'cut.parquet'],
  'parquet-damaged': ['runs', '-d', 'damaged.parquet'],
  'parquet-without-rows': ['runs', '-d', 'empty.parquet'],
  'parquet-of-something-else': ['convert', 'foreign.parquet', '-o', 'there.ndjson'],
  'convert-to-unknown-ending': ['convert', 'runs.ndjson', '-o', 'runs.csv'],
  'convert-tasks-to-records': ['convert', 'runs.ndjson', '--table', 'tasks', '-o', 'tasks.ndjson'],
  'convert-no-records-to-stdout': ['convert', 'runs.ndjson', '--no-records'],
  'convert-unknown-table': ['convert', 'runs.ndjson', '--table', 'task', '-o', 'tasks.parquet'],
  'convert-into-missing-directory': ['convert', 'runs.ndjson', '-o', 'missing/runs.parquet'],
  'convert-to-a-full-device': ['convert', 'runs.ndjson', '-o', '/dev/full'],
};

describe('wrong input: a clear error, status 2, nothing written', async () => {
  const whole = readFileSync(scratch.path('runs.parquet'));
  await inScratch(['convert', 'runs.ndjson', '--no-records', '-o', 'bare.parquet']);
  await inScratch(['convert', 'runs.ndjson', '--table', 'tasks', '-o', 'tasks.parquet']);
  scratch.write('cut.parquet', whole.subarray(0, whole.length >> 1));
  scratch.write(
    'damaged.parquet',
    whole.map((byte, i) => (i > 100_000 && i < 700_000 ? byte ^ 0x55 : byte)),
  );
  scratch.write('there.ndjson', 'before');
  const copy = (query: string, name: string) =>
    duckDb.run(`COPY (${query}) TO '${scratch.path(name)}' (FORMAT parquet)`);
  await copy("FROM 'runs.parquet' LIMIT 0", 'empty.parquet');
  await copy("SELECT 'no JSON' AS record", 'foreign.parquet');

  test.each(Object.entries(CASES))('%s', async (name, args) => {
    const before = scratch.list();
    const { status, stdout, stderr } = await inScratch(args);
    expect(status).toBe(2);
    await expect(`status ${status}\n--- stdout\n${stdout}--- stderr\n${stderr}`).toMatchFileSnapshot(
      join(GOLDEN, `${name}.txt`),
    );
    expect(scratch.list()).toEqual(before);
    expect(readFileSync(scratch.path('there.ndjson'), 'utf8')).toBe('before');
  });

  test('no zstd anywhere', async ({ skip }) => {
    if ('createZstdCompress' in (await import('node:zlib'))) return skip('this node writes zstd itself');
    const { status, stderr } = await wfa(['convert', scratch.path('runs.ndjson'), '-o', 'x.ndjson.zst'], {
      env: { PATH: '/nowhere' },
    });
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr:
        "wfa: --output 'x.ndjson.zst': this node writes no zstd, and there is no program zstd\n" +
        '  Install zstd, run wfa with node 22.15 or newer, or let the output end in .gz\n',
    });
  });
});

test('standard input is read once: the bill of a prewarm is left out, which is said, and every other one is as of a file', async () => {
  const args = ['convert', '--prices', 'gcp-functions', '-o'];
  const piped = await askWfa([...args, scratch.path('piped.parquet'), '-d', '-'], { input: text });
  expect(piped.status).toBe(0);
  expect(piped.stderr).toContain('standard input is read only once: runs that launched containers ahead have no cost');
  await inScratch([...args, 'filed.parquet', '-d', 'runs.ndjson']);
  const [differing] = await duckDb.query(
    `SELECT count(*) FILTER (WHERE p.cost_usd IS NULL AND f.cost_usd IS NOT NULL)::INT AS unpriced,
       count(*) FILTER (WHERE p.cost_usd <> f.cost_usd)::INT AS wrong
     FROM '${scratch.path('piped.parquet')}' p JOIN '${scratch.path('filed.parquet')}' f USING (run_id)`,
  );
  expect(differing?.['unpriced']).toBeGreaterThan(0);
  expect(differing?.['wrong']).toBe(0);
});
