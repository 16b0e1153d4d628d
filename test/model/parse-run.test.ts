import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { NOT_RECORDED } from '../../src/model/recorded.ts';
import { plannerName } from '../../src/model/timeline.ts';
import { RUN_SCHEMA } from '../../src/octoflows/index.ts';
import { looksLikeRun, parseRun } from '../../src/octoflows/parse-run.ts';
import { anyMutation, mutate, placesOf, RECORDS, REPLACEMENTS } from '../mutations.ts';
import { draws } from '../property-draws.ts';
import { type Json, readSample, toRun } from '../sample-records.ts';

const ORIGIN = { uri: 'input', line: 1 };

/** The printed schema, as somebody else takes it, but for optimizations that it calls unknown although they only lack a field. */
function takeSchema(): z.ZodType {
  const known = JSON.stringify({ type: 'string', pattern: '^(?!(PreLoad|TaskDup|PreWarm)$)' });
  const text = JSON.stringify(RUN_SCHEMA).replace('{"type":{"type":"string"}}', `{"type":${known}}`);
  expect(text).toContain(known);
  return z.fromJSONSchema(JSON.parse(text) as z.core.JSONSchema.JSONSchema);
}

const runRecordSchema = takeSchema();

/** The way the hand parser words a path. */
const wordPath = (path: readonly PropertyKey[]): string =>
  path
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(String(step))) return `[${JSON.stringify(step)}]`;
      return i === 0 ? String(step) : `.${String(step)}`;
    })
    .join('') || '(record)';

/** Unions report where they stand: what lies inside is in their own list. */
const pathsOf = (issues: readonly z.core.$ZodIssue[]): string[] =>
  issues.map(({ path }) => wordPath(path).replace(/(optimization_metrics\[\d+\])\.type$/, '$1'));

function expectAgreement(record: unknown): void {
  const parsed = parseRun(record, ORIGIN, 'input');
  const checked = runRecordSchema.safeParse(record);
  if ('run' in parsed) {
    expect(checked.success, JSON.stringify(checked.error?.issues)).toBe(true);
    return;
  }
  const { code, path, expected } = parsed.mismatch;
  // The schema cannot say which instants lie near others, and which numbers nobody can have measured.
  if (code === 'impossible-instant' || expected.startsWith('0 or a number')) return;
  expect(checked.success, `the hand parser complains about ${path}`).toBe(false);
  const paths = pathsOf(checked.error?.issues ?? []);
  // `(record)` begins nothing: it has to be said by both.
  const said = paths.some((other) => path === other || path.startsWith(`${other}.`) || path.startsWith(`${other}[`));
  expect(said, `${path} is not among ${paths.join(', ')}`).toBe(true);
}

describe('the hand parser and the zod schema agree', () => {
  test('on every bundled record', () => {
    for (const record of [...readSample('older'), ...readSample('newer')]) {
      expect('run' in parseRun(record, ORIGIN, 'input')).toBe(true);
      expect(runRecordSchema.safeParse(record).success).toBe(true);
    }
  });

  test('on real records with one place changed', () => {
    fc.assert(
      fc.property(fc.nat({ max: RECORDS.length - 1 }), anyMutation, (which, mutation) => {
        expectAgreement(mutate(RECORDS[which] as Json, mutation));
      }),
      { numRuns: draws(6000) },
    );
  });

  test('on real records with several places changed', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: RECORDS.length - 1 }),
        fc.array(anyMutation, { minLength: 2, maxLength: 4 }),
        (which, mutations) => {
          let record = RECORDS[which] as Json;
          for (const mutation of mutations) {
            if (typeof record !== 'object' || record === null) break;
            record = mutate(record, mutation);
          }
          expectAgreement(record);
        },
      ),
      { numRuns: draws(2000) },
    );
  });

  test('on every replacement in every kind of place of one record', () => {
    const record = RECORDS.find((candidate) => candidate['plan'] !== null) as Json;
    const count = placesOf(record).length;
    for (let place = 0; place < count; place += 3) {
      for (let by = 0; by < REPLACEMENTS.length; by++) expectAgreement(mutate(record, { place, kind: 'replace', by }));
    }
  });
});

test('no kind of field is missing from the records that are mutated', () => {
  const text = JSON.stringify(RECORDS);
  for (const field of [
    'gb_seconds',
    'memory_bytes',
    'preloaded',
    'dupped',
    'absolute_trigger_timestamp_s',
    'percentile',
  ]) {
    expect(text).toContain(`"${field}"`);
  }
});

describe('units are converted once', () => {
  const record = structuredClone(
    RECORDS.find((candidate) => JSON.stringify(candidate).includes('"memory_bytes"')) as Json,
  );
  record['resource_usage'] = { run_time_seconds: 1.5, cpu_seconds: 1, memory_bytes: 3 * 2 ** 30, cost: 9 };
  const run = toRun(record);
  const rawTask = (record['tasks'] as { metrics: { started_at_timestamp_s: number } }[])[0];

  test('seconds to milliseconds', () => {
    expect(run.tasks[0]?.startedAtMs).toBe((rawTask?.metrics.started_at_timestamp_s as number) * 1000);
    expect(run.resourceUsage?.runTimeMs).toBe(1500);
  });

  test('byte-seconds to GB-seconds of 2^30 bytes', () => {
    expect(run.resourceUsage).toMatchObject({ gbSeconds: 3, measure: 'byte-seconds' });
  });

  test('gb_seconds is taken as it is, and before memory_bytes', () => {
    const both = { ...record, resource_usage: { run_time_seconds: 1, gb_seconds: 7, memory_bytes: 2 ** 30 } };
    expect(toRun(both).resourceUsage).toMatchObject({ gbSeconds: 7, measure: 'gb-seconds' });
  });
});

test.each([
  ['dag_name', ['dag_name'], 5, 'a string', '5'],
  ['tasks[0].metrics.tp_execution_time_ms', ['tasks', 0, 'metrics', 'tp_execution_time_ms'], '12', 'a number', '"12"'],
  ['worker_startups[0].state', ['worker_startups', 0, 'state'], 'hot', '"cold", "warm" or null', '"hot"'],
  [
    'submission.dag_submission_time_ms',
    ['submission', 'dag_submission_time_ms'],
    1e300,
    'an instant within 8640000000000000 of 1970',
    '1e+300',
  ],
] as const)('a wrong %s is named', (path, place, put, expected, found) => {
  const record = structuredClone(RECORDS.find((candidate) => candidate['plan'] !== null) as Json);
  const parent = place.slice(0, -1).reduce<Json>((node, key) => node[key] as Json, record);
  parent[place.at(-1) as string] = put;
  expect(parseRun(record, ORIGIN, 'input')).toEqual({ mismatch: { code: 'wrong-field', path, expected, found } });
});

test('unknown fields are ignored', () => {
  const record = { ...RECORDS[0], future: { a: 1 } };
  expect(toRun(record)).toEqual(toRun(RECORDS[0]));
});

test('what looks like a run record', () => {
  expect(
    [
      { master_dag_id: 1, dag: 1 },
      { dag: 1, tasks: 1 },
    ].map(looksLikeRun),
  ).toEqual([true, true]);
  expect([null, 3, 'x', [], {}, { dag: 1 }].map(looksLikeRun)).toEqual([false, false, false, false, false, false]);
});

/** The first planned record of the samples, with one place changed. */
function changed(place: readonly (string | number)[], put: unknown): Json {
  const record = structuredClone(RECORDS.find((candidate) => candidate['plan'] !== null) as Json);
  const parent = place.slice(0, -1).reduce<Json>((node, key) => node[key] as Json, record);
  parent[place.at(-1) as string] = put;
  return record;
}

describe('a null field rejects no run', () => {
  test.each([
    ['planner_used_name', 'plannerName'],
    ['total_invocations_count', 'invocationCount'],
  ] as const)('%s', (key, name) => {
    expect(toRun(changed(['tasks', 0, 'metrics', key], null)).tasks[0]?.[name]).toBe(NOT_RECORDED);
  });

  test('the planner is named by another task then', () => {
    const record = { ...changed(['tasks', 0, 'metrics', 'planner_used_name'], null), plan: null };
    expect(plannerName(toRun(record))).toBe(toRun(record).tasks[1]?.plannerName);
  });

  test('sizes', () => {
    const record = changed(['tasks', 0, 'metrics', 'output_metrics', 'serialized_size_bytes'], null);
    expect(toRun(record).tasks[0]?.outputBytes).toBe(NOT_RECORDED);
  });
});

describe('an impossible instant is named', () => {
  const startedAtS = Number(
    JSON.stringify(RECORDS.find((candidate) => candidate['plan'] !== null)).match(
      /started_at_timestamp_s":([\d.]+)/,
    )?.[1],
  );
  test.each([
    ['milliseconds for seconds', ['tasks', 1, 'metrics', 'started_at_timestamp_s'], startedAtS * 1000],
    ['two days later', ['tasks', 1, 'metrics', 'started_at_timestamp_s'], startedAtS + 2 * 86_400],
    ['before 1970', ['submission', 'dag_submission_time_ms'], -1],
    ['seconds for milliseconds', ['worker_startups', 0, 'start_time_ms'], startedAtS],
    ['another clock', ['worker_startups', 0, 'end_time_ms'], 0],
  ] as const)('%s', (_, place, put) => {
    const path = place
      .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
      .join('')
      .slice(1);
    expect(parseRun(changed(place, put), ORIGIN, 'input')).toMatchObject({
      mismatch: { code: 'impossible-instant', path, found: String(put) },
    });
  });

  test('hours apart are clocks that differ, which diagnostics tell', () => {
    const record = changed(['tasks', 1, 'metrics', 'started_at_timestamp_s'], startedAtS + 3600 * 5);
    expect('run' in parseRun(record, ORIGIN, 'input')).toBe(true);
  });
});

test.each([1e308, -1e16, 5e-324, -1e-40])('%d was not measured by anybody', (amount) => {
  const parsed = parseRun(changed(['tasks', 0, 'metrics', 'tp_execution_time_ms'], amount), ORIGIN, 'input');
  expect(parsed).toMatchObject({ mismatch: { path: 'tasks[0].metrics.tp_execution_time_ms', found: String(amount) } });
});

describe('what is recorded twice counts once', () => {
  const record = RECORDS.find((candidate) => candidate['plan'] !== null) as Json;
  const once = toRun(record);

  test('tasks, of which the last counts, and inputs point to it', () => {
    const tasks = record['tasks'] as Json[];
    const twice = toRun({ ...record, tasks: [...tasks, ...tasks] });
    expect(twice).toEqual({ ...once, remarks: ['tasks-recorded-twice'] });
  });

  test('start-ups, but not two requests for the same tasks', () => {
    const [first, ...others] = record['worker_startups'] as [Json, ...Json[]];
    const twice = toRun({ ...record, worker_startups: [first, first, ...others] });
    expect(twice).toEqual({ ...once, remarks: ['start-ups-recorded-twice'] });
    const again = { ...first, start_time_ms: (first['start_time_ms'] as number) + 1 };
    expect(toRun({ ...record, worker_startups: [first, again, ...others] }).remarks).toBeUndefined();
  });
});
