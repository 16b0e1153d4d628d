import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseTaskMap } from '../../src/engines/index.ts';
import type { UserError } from '../../src/errors.ts';
import { makespanMs } from '../../src/model/timeline.ts';
import { openDuckDb } from '../duckdb.ts';
import { makeScratch } from '../scratch.ts';
import { readBytes } from './read-text.ts';

/** Tables of tasks in Parquet, as DuckDB writes them. */

const scratch = makeScratch();
const duckDb = await openDuckDb(scratch.directory);

const TASKS = `
  SELECT * FROM (VALUES
    ('r1', 'a', TIMESTAMP '2026-01-01 00:00:01.500001', TIMESTAMP '2026-01-01 00:00:03.25', 512::BIGINT, true),
    ('r1', 'b', TIMESTAMP '2026-01-01 00:00:04', TIMESTAMP '2026-01-01 00:00:09.75', 512::BIGINT, false),
    ('r2', 'a', TIMESTAMP '2026-01-01 01:00:00', TIMESTAMP '2026-01-01 01:00:02', NULL, NULL)
  ) AS tasks(run, task, "start", "end", memory, cold)`;
const MAP = 'run=run,task=task,start=start,end=end,memory=memory';

async function readTable(query: string, map: string | null, { timeUnit = 'iso', options = '' } = {}) {
  await duckDb.run(`COPY (${query}) TO '${scratch.path('tasks.parquet')}' (FORMAT parquet${options})`);
  const table =
    map === null ? null : parseTaskMap({ map: [map], timeUnit, durationUnit: undefined, memoryUnit: undefined });
  return readBytes(readFileSync(scratch.path('tasks.parquet')), table, 'tasks.parquet');
}

test.each(['', ', COMPRESSION zstd', ', COMPRESSION gzip'])(
  'tasks are read with a map, instants to the microsecond%s',
  async (options) => {
    const { runs, issues } = await readTable(TASKS, MAP, { options });
    expect(issues).toEqual([]);
    expect(runs.map((run) => [run.runId, run.tasks.length, makespanMs(run)?.toFixed(3)])).toEqual([
      ['r1', 2, '8249.999'],
      ['r2', 1, '2000.000'],
    ]);
    expect(runs[0]?.tasks).toMatchObject([{ memoryMb: 512 }, { executionMs: 5750 }]);
  },
);

test('numbers since 1970 need their unit, and a column of lists is refused', async () => {
  const numbers = TASKS.replaceAll(/TIMESTAMP ('[^']+')/g, 'epoch(TIMESTAMP $1)');
  const { runs } = await readTable(numbers, MAP, { timeUnit: 's' });
  expect(runs[0] && makespanMs(runs[0])).toBeCloseTo(8249.999, 2);
  const { issues } = await readTable(numbers, MAP);
  expect(issues[0]).toMatch(
    /tasks\.parquet:1: start \(run r1 is left out\): expected an ISO 8601 instant, found 17672256/,
  );
  await expect(
    readTable(`SELECT *, [task] AS parents FROM (${TASKS})`, `${MAP},parents=parents`),
  ).rejects.toMatchObject({
    code: 'not-rows',
    message: "Cannot read tasks.parquet: its column 'parents' holds lists, or objects.",
  });
});

test('a column that is not there is named; without a map one is proposed', async () => {
  await expect(readTable(TASKS, MAP.replace('=start', '=begin'))).rejects.toThrow("has no column 'begin'");
  const refused = readTable(TASKS, null).catch((error: UserError) => [error.message, error.hint]);
  expect(await refused).toEqual([
    'tasks.parquet is a table: which column is what has to be said.',
    expect.stringContaining('--map "run=run,task=task,start=start,end=end,cold=cold,memory=memory"'),
  ]);
});
