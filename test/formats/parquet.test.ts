import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { encodeParquet } from '../../src/formats/index.ts';
import type { TableColumn } from '../../src/formats/table-column.ts';
import { openDuckDb } from '../duckdb.ts';
import { draws } from '../property-draws.ts';
import { makeScratch } from '../scratch.ts';
import { decodeAll } from './decode.ts';

const scratch = makeScratch();
const duckDb = await openDuckDb(scratch.directory);

const RECORD: TableColumn<string | null> = {
  name: 'record',
  type: 'document',
  cell: (text) => (text === null ? null : Buffer.from(text)),
};

async function encode<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[]): Promise<Buffer> {
  const given = async function* () {
    yield* rows;
  };
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeParquet(columns, given(), 'test')) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const record = (id: number, filler = '') => JSON.stringify({ master_dag_id: `run ${id}`, tasks: [], filler });

/** Writes a table as DuckDB does and reads its records. */
async function decodeTable(query: string, options = ''): Promise<unknown[]> {
  await duckDb.run(`COPY (${query}) TO '${scratch.path('table.parquet')}' (FORMAT parquet${options})`);
  return decodeAll(readFileSync(scratch.path('table.parquet')));
}

describe('columns as DuckDB 1.5 reads them', () => {
  interface Row {
    readonly name: string | null;
    readonly amount: number | null;
    readonly count: number;
    readonly isSo: boolean | null;
    readonly atMs: number | null;
  }
  const columns: TableColumn<Row>[] = [
    { name: 'name', type: 'text', cell: ({ name }) => name },
    { name: 'amount_ms', type: 'number', cell: ({ amount }) => amount },
    { name: 'task_count', type: 'count', cell: ({ count }) => count },
    { name: 'is_so', type: 'flag', cell: ({ isSo }) => isSo },
    { name: 'submitted_at', type: 'instant', cell: ({ atMs }) => atMs },
  ];
  const rows: Row[] = [
    { name: 'größer 🚀', amount: 0.1, count: 3, isSo: true, atMs: 1795337013150.489 },
    { name: null, amount: null, count: 2 ** 31 - 1, isSo: null, atMs: null },
    { name: '', amount: -1e300, count: 0, isSo: false, atMs: -0.001 },
    { name: '', amount: 5e-324, count: 0, isSo: false, atMs: 1e300 },
  ];

  test('types, values to the last bit, nulls, microseconds, no instant outside the calendar', async () => {
    scratch.write('columns.parquet', await encode(columns, rows));
    expect(await duckDb.query("SELECT column_name, column_type FROM (DESCRIBE FROM 'columns.parquet')")).toEqual([
      { column_name: 'name', column_type: 'VARCHAR' },
      { column_name: 'amount_ms', column_type: 'DOUBLE' },
      { column_name: 'task_count', column_type: 'INTEGER' },
      { column_name: 'is_so', column_type: 'BOOLEAN' },
      { column_name: 'submitted_at', column_type: 'TIMESTAMP WITH TIME ZONE' },
    ]);
    const read = await duckDb.query("SELECT * REPLACE (epoch_us(submitted_at) AS submitted_at) FROM 'columns.parquet'");
    expect(read.map(Object.values)).toEqual([
      ['größer 🚀', 0.1, 3, true, '1795337013150489'],
      [null, null, 2 ** 31 - 1, null, null],
      ['', -1e300, 0, false, '-1'],
      ['', 5e-324, 0, false, null],
    ]);
  });

  test('no rows at all is a table with its columns', async () => {
    scratch.write('none.parquet', await encode(columns, []));
    expect(await duckDb.query("SELECT count(*) AS n FROM 'none.parquet'")).toEqual([{ n: '0' }]);
  });
});

describe('records', () => {
  const texts = Array.from({ length: 40 }, (_, i) => record(i, 'x'.repeat(1 << 20)));
  const parsed = texts.map((text, i) => ({ line: i + 1, json: JSON.parse(text) }));

  test('come back in order, with the row as their line, over several row groups', async () => {
    const bytes = await encode([RECORD], texts);
    expect(await decodeAll(bytes)).toEqual(parsed);
    scratch.write('groups.parquet', bytes);
    const groups = await duckDb.query("SELECT row_group_num_rows AS n FROM parquet_metadata('groups.parquet')");
    expect(groups.length).toBeGreaterThan(2);
    expect(groups.reduce((sum, { n }) => sum + Number(n), 0)).toBe(texts.length);
  });

  test.each([
    ['zstd', ", CODEC 'zstd'"],
    ['snappy, row groups of 2048', ", CODEC 'snappy', ROW_GROUP_SIZE 2048"],
    ['gzip', ", CODEC 'gzip'"],
    ['lz4', ", CODEC 'lz4_raw'"],
    ['brotli', ", CODEC 'brotli'"],
    ['not packed', ", CODEC 'uncompressed'"],
    ['second version of the format', ", PARQUET_VERSION 'v2'"],
  ])('are read as DuckDB writes them: %s', async (_, options) => {
    const rows = 5000;
    const query = `SELECT i, '{"master_dag_id": "' || i || '", "ö": "' || i % 10 || '"}' AS record FROM range(${rows}) t(i) ORDER BY i`;
    const expected = Array.from({ length: rows }, (_, i) => ({
      line: i + 1,
      json: { master_dag_id: `${i}`, ö: `${i % 10}` },
    }));
    expect(await decodeTable(query, options)).toEqual(expected);
  });

  test('may be the same in many rows, laid out over lines, missing, empty or no JSON', async () => {
    const cells = [`'{"a": 1}'`, `'{"a": 1}'`, `e'{\\n "a": 2\\n}'`, 'NULL', `''`, `' '`, `'no'`, `'{"a": 3}'`];
    const query = `SELECT * FROM (VALUES ${cells.map((cell) => `(${cell})`).join(', ')}) t(record)`;
    const read = await decodeTable(query);
    const json = (line: number, content: unknown) => ({ line, json: content });
    const none = [4, 5, 6].map((line) => json(line, null));
    expect(read).toEqual([
      ...[1, 1, 2].map((a, i) => json(i + 1, { a })),
      ...none,
      { issue: expect.objectContaining({ code: 'broken-json', origin: { uri: 'input', line: 7 } }) },
      json(8, { a: 3 }),
    ]);
  });

  test('bytes without a logical type are texts too', async () => {
    expect(await decodeTable(`SELECT '{"a": 1}'::BLOB AS record`)).toEqual([{ line: 1, json: { a: 1 } }]);
  });
});

describe('what is no table of records', () => {
  const failing = async (bytes: Uint8Array): Promise<UserError> => {
    const error = await decodeAll(bytes).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (error instanceof UserError) return error;
    throw error ?? new Error('it was read');
  };

  test.each([
    ['no such column', 'SELECT 1 AS a, 2 AS b'],
    ['a column of numbers', 'SELECT 1 AS record'],
    ['a column of lists', "SELECT ['{}'] AS record"],
    ['a column of structures', "SELECT {'a': '{}'} AS record"],
    ['a column inside another', "SELECT {'record': '{}'} AS a"],
  ])('%s', async (_, query) => {
    await duckDb.run(`COPY (${query}) TO '${scratch.path('foreign.parquet')}' (FORMAT parquet)`);
    const error = await failing(readFileSync(scratch.path('foreign.parquet')));
    expect(error.code).toBe('not-run-records');
    expect(error.hint).toMatch(/^Its columns are /);
  });

  test('a table without rows has no records', async () => {
    expect(await decodeAll(await encode([RECORD], []))).toEqual([]);
  });

  test('cut anywhere', async () => {
    const bytes = await encode([RECORD], [record(1), record(2), null]);
    for (let length = 4; length < bytes.length; length += 7) {
      expect((await failing(bytes.subarray(0, length))).code).toBe('cut-short');
    }
  });

  test('with wrong bytes: an error of the file, or records', async () => {
    const bytes = await encode([RECORD], [record(1), record(2, 'x'.repeat(5000)), null]);
    const outcomes = new Set<string>();
    const place = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(place, { minLength: 1, maxLength: 4 }), async (places) => {
        const wrong = Buffer.from(bytes);
        for (const [at, byte] of places) wrong[at] = byte;
        // The first bytes say what it is.
        wrong.write('PAR1');
        outcomes.add(
          await decodeAll(wrong).then(
            () => 'read',
            (error) => (error as UserError).code ?? String(error),
          ),
        );
      }),
      { numRuns: draws(1500), seed: 1, interruptAfterTimeLimit: 20_000 },
    );
    expect([...outcomes].sort()).toEqual(['cut-short', 'not-run-records', 'read']);
  }, 60_000);
});
