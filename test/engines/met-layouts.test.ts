import { describe, expect, test } from 'vitest';
import { findFrontier } from '../../src/model/frontier.ts';
import { METRICS, measureRun } from '../../src/model/metrics.ts';
import { NOT_RECORDED } from '../../src/model/recorded.ts';
import type { Run } from '../../src/model/run.ts';
import { makespanMs } from '../../src/model/timeline.ts';
import { makeHistory, makeInstance } from './generate-documents.ts';
import { readText } from './read-text.ts';

/** Layouts as they are met in public repositories, made anew here with figures that are known. */

async function runOf(text: string): Promise<Run> {
  const { runs, issues } = await readText(text);
  expect(issues).toEqual([]);
  expect(runs).toHaveLength(1);
  return runs[0] as Run;
}

const table = (columns: readonly string[], ...rows: readonly (readonly unknown[])[]): string =>
  [columns, ...rows]
    .map((cells) => cells.join('\t'))
    .join('\n')
    .concat('\n');
const at = (second: number): string => `2026-01-31 12:00:${String(second).padStart(2, '0')}.000`;

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a list of tests.
describe('a Nextflow trace with fields of its own', () => {
  test('without ids of tasks is told by realtime; process and tag name a task', async () => {
    const run = await runOf(
      table(
        ['process', 'tag', 'status', 'start', 'complete', 'realtime'],
        ['ALIGN', 's1', 'FAILED', at(0), at(3), '3s'],
        ['ALIGN', 's2', 'COMPLETED', at(5), at(9), '4s'],
        ['SORT', '-', 'COMPLETED', at(9), at(10), '1s'],
      ),
    );
    expect(run.nodes.map(({ id, functionName }) => [id, functionName])).toEqual([
      ['ALIGN (s1)', 'ALIGN'],
      ['ALIGN (s2)', 'ALIGN'],
      ['SORT', 'SORT'],
    ]);
    expect(makespanMs(run)).toBeNull();
    expect(findFrontier(run)).toEqual([{ kind: 'task', functionName: 'ALIGN', nodeIds: ['ALIGN (s1)'] }]);
  });

  const FIELDS = ['task_id', 'name', 'status', 'attempt', 'error_action', 'submit', 'duration', 'realtime'];

  test('of several tasks of one name, a retry is one that was submitted once an attempt had failed', async () => {
    const run = await runOf(
      table(
        FIELDS.filter((field) => field !== 'attempt' && field !== 'error_action'),
        [1, 'cat', 'FAILED', at(0), '10s', '9s'],
        [2, 'cat', 'COMPLETED', at(1), '10s', '9s'],
        [3, 'cat', 'COMPLETED', at(12), '6s', '5s'],
      ),
    );
    expect(run.tasks.map(({ nodeId, executionMs }) => [nodeId, executionMs])).toEqual([
      ['cat', 5000],
      ['cat #2', 9000],
    ]);
    expect(makespanMs(run)).toBe(18_000);
  });

  test('numbers of attempts tell retries from tasks of the same name', async () => {
    const run = await runOf(
      table(
        FIELDS,
        [1, 'cat', 'FAILED', 1, '-', at(0), '2s', '1s'],
        [2, 'cat', 'COMPLETED', 1, '-', at(4), '5s', '4s'],
        [3, 'cat', 'COMPLETED', 2, '-', at(6), '3s', '2s'],
      ),
    );
    expect(run.tasks.map(({ nodeId, executionMs }) => [nodeId, executionMs])).toEqual([
      ['cat', 2000],
      ['cat #2', 4000],
    ]);
  });

  test('a failure that the workflow was told to ignore ends no run', async () => {
    const run = await runOf(
      table(
        FIELDS,
        [1, 'qc', 'FAILED', 1, 'IGNORE', at(0), '2s', '1s'],
        [2, 'sort', 'COMPLETED', 1, '-', at(2), '5s', '4s'],
      ),
    );
    expect(makespanMs(run)).toBe(7000);
    expect(run.remarks).toContain('failures-handled');
  });

  /**
   * Worked out by Python 3 (csv.DictReader over the text) from the rows that were not tried again: max(complete) − min(submit) of all rows,
   * the sum of realtime, and the sum of start − submit.
   */
  test('raw, with all fields: makespan, execution time and start-ups', async () => {
    const fields = [
      'task_id',
      'hash',
      'process',
      'tag',
      'name',
      'status',
      'exit',
      'memory',
      'attempt',
      'submit',
      'start',
    ];
    const T = 1_700_000_000_000;
    const cells = (
      id: number,
      process: string,
      tag: string,
      state: readonly string[],
      attempt: number,
      ms: readonly number[],
    ) => {
      const [submit = 0, start = 0, complete = 0] = ms;
      const name = tag === '-' ? process : `${process} (${tag})`;
      const [status, action] = state;
      const ends = [T + complete, complete - submit, complete - start, '98.2', action];
      return [id, `ab/${id}`, process, tag, name, status, 0, 2 ** 31, attempt, T + submit, T + start, ...ends];
    };
    const run = await runOf(
      table(
        [...fields, 'complete', 'duration', 'realtime', '%cpu', 'error_action'],
        cells(1, 'PREP', 'a', ['COMPLETED', '-'], 1, [0, 1200, 11_500]),
        cells(2, 'ALIGN', 'a', ['FAILED', 'RETRY'], 1, [11_600, 12_600, 32_600]),
        cells(3, 'ALIGN', 'a', ['COMPLETED', '-'], 2, [32_700, 34_000, 74_000]),
        cells(4, 'QC', 'a', ['FAILED', 'IGNORE'], 1, [11_650, 12_000, 13_000]),
        cells(5, 'MERGE', '-', ['COMPLETED', '-'], 1, [74_100, 75_000, 80_000]),
      ),
    );
    expect(measureRun(run, METRICS).measurements).toMatchObject({
      makespan: 80_000,
      'execution-time': 56_300,
      'startup-time': 3750,
      'cold-starts': 'startup-states-not-recorded',
    });
    expect(run.tasks.map(({ memoryMb }) => memoryMb)).toEqual([2048, 2048, 2048, 2048]);
  });

  test('without instants it is refused, once for the file', async () => {
    const rows = Array.from({ length: 50 }, (_, i) => [i, `ab/${i}`, `t${i}`, 'COMPLETED', '3s']);
    const text = table(['task_id', 'hash', 'name', 'status', 'realtime'], ...rows);
    await expect(readText(text)).rejects.toThrow('does not say when any of its 50 completed tasks began');
  });

  test('one task without instants leaves the run out, and is named', async () => {
    const text = table(
      FIELDS,
      [1, 'a', 'COMPLETED', 1, '-', at(0), '2s', '1s'],
      [2, 'b', 'COMPLETED', 1, '-', '-', '-', '4s'],
    );
    expect(await readText(text)).toEqual({
      runs: [],
      issues: [expect.stringContaining(':3: start: expected when a task that is completed began')],
    });
  });

  test('two traces in one file are told', async () => {
    const one = table(FIELDS, [1, 'a', 'COMPLETED', 1, '-', at(0), '2s', '1s']);
    const { runs, issues } = await readText(one + one);
    expect(runs).toEqual([]);
    expect(issues[0]).toContain('give each trace a file of its own');
  });

  test('traces of different workflows that have no name are of different workflows', async () => {
    const traceOf = (name: string) => table(FIELDS, [1, name, 'COMPLETED', 1, '-', at(0), '2s', '1s']);
    const names = await Promise.all(
      ['a', 'b', 'a (x)', 'WF:a'].map(async (name) => (await runOf(traceOf(name))).workflow),
    );
    expect(names[0]).toMatch(/^nextflow-[0-9a-f]{6}$/);
    expect(names[1]).not.toBe(names[0]);
    expect(names.slice(2)).toEqual([names[0], 'WF']);
  });
});

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a list of tests.
describe('the events of a Step Functions execution', () => {
  const history = makeHistory({ seed: 1 }) as { readonly events: readonly Record<string, unknown>[] };
  const ARN = 'arn:aws:states:eu-west-1:000000000000:express:Images:first:0';
  const detailsOf = (event: Record<string, unknown>) =>
    Object.entries(event).find(([key]) => key.endsWith('EventDetails'))?.[1] ?? {};
  const logged = history.events.map((event) => ({
    id: String(event['id']),
    type: event['type'],
    details: detailsOf(event),
    previous_event_id: String(event['previousEventId']),
    event_timestamp: String(Date.parse(String(event['timestamp']))),
    execution_arn: ARN,
  }));
  const messages = logged.map((event) => ({ timestamp: 1, ingestionTime: 1, message: JSON.stringify(event) }));

  test.each([
    ['a list without its document', JSON.stringify(history.events, null, 2)],
    ['a row each', history.events.map((event) => JSON.stringify(event)).join('\n')],
    ['as logged to CloudWatch', logged.map((event) => JSON.stringify(event)).join('\n')],
    ['in an answer of CloudWatch', JSON.stringify({ events: messages })],
  ])('%s: the same run', async (_, text) => {
    const whole = await runOf(JSON.stringify(history));
    const run = await runOf(text);
    const shown = ({ nodes, tasks, structureHash, submittedAtMs }: Run) => ({
      nodes,
      tasks,
      structureHash,
      submittedAtMs,
    });
    expect(shown(run)).toEqual(shown(whole));
  });

  const capital = (own: unknown): unknown =>
    Array.isArray(own)
      ? own.map(capital)
      : typeof own === 'object' && own !== null
        ? Object.fromEntries(
            Object.entries(own).map(([name, inner]) => [name.charAt(0).toUpperCase() + name.slice(1), capital(inner)]),
          )
        : own;
  const kinds = [...new Set(history.events.flatMap((event) => Object.keys(event)))].filter((key) =>
    /Details$/.test(key),
  );
  const withNulls = history.events.map((event) => ({
    ...Object.fromEntries(kinds.map((kind) => [kind, null])),
    ...event,
  }));
  const atMs = (event: Record<string, unknown>) => Date.parse(String(event['timestamp']));

  test.each([
    ['with null for the details of other kinds', { events: withNulls }],
    ['of Go', { ...(capital({ events: withNulls, nextToken: null }) as object), ResultMetadata: {} }],
    [
      'of .NET, whose values of enumerations are objects',
      capital({ events: history.events.map((event) => ({ ...event, type: { value: event['type'] } })) }),
    ],
    [
      'of PowerShell 5',
      capital({ events: history.events.map((event) => ({ ...event, timestamp: `/Date(${atMs(event)})/` })) }),
    ],
    ['in ms since 1970', { events: history.events.map((event) => ({ ...event, timestamp: atMs(event) })) }],
  ])('%s: the same run', async (_, document) => {
    const [whole, run] = [await runOf(JSON.stringify(history)), await runOf(JSON.stringify(document))];
    expect([run.nodes, run.tasks, run.submittedAtMs]).toEqual([whole.nodes, whole.tasks, whole.submittedAtMs]);
  });

  test('with a next page, spelt in any way, is told to be a part', async () => {
    const { issues } = await readText(JSON.stringify(capital({ events: history.events, nextToken: 'AAA' })));
    expect(issues[0]).toContain('found a next page');
  });

  test('in YAML, as the command line prints it on request: the same run', async () => {
    const { stringify } = await import('yaml');
    const [whole, run] = [await runOf(JSON.stringify(history)), await runOf(stringify({ events: history.events }))];
    expect([run.nodes, run.tasks]).toEqual([whole.nodes, whole.tasks]);
  });

  test('two executions in one log are two runs, named by their ARNs', async () => {
    const second = logged.map((event) => ({ ...event, execution_arn: ARN.replace('first', 'second') }));
    const lines = logged.flatMap((event, i) => [event, second[i]]).map((event) => JSON.stringify(event));
    const { runs } = await readText(lines.join('\n'));
    expect(runs.map(({ runId, workflow }) => [runId, workflow])).toEqual([
      ['Images:first:0', 'images'],
      ['Images:second:0', 'images'],
    ]);
  });

  test('a log that leaves out how the execution began is refused', async () => {
    const { runs, issues } = await readText(
      logged
        .slice(3)
        .map((event) => JSON.stringify(event))
        .join('\n'),
    );
    expect(runs).toEqual([]);
    expect(issues[0]).toContain('a log has it at level ALL');
  });
});

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a list of tests.
describe('an instance of WfFormat as converters write it', () => {
  type Instance = ReturnType<typeof makeInstance>;
  type Execution = Instance['workflow']['execution'];
  const written = (change: (execution: Execution) => object, instance: Instance = makeInstance({ seed: 1 })) =>
    JSON.stringify({
      ...instance,
      workflow: {
        ...instance.workflow,
        execution: { ...instance.workflow.execution, ...change(instance.workflow.execution) },
      },
    });
  const makespan = makeInstance({ seed: 1 }).workflow.execution.makespanInSeconds;

  test('instants of its own entries are not taken for starts', async () => {
    const run = await runOf(
      written(({ tasks }) => ({
        tasks: tasks.map((task) => ({ ...task, executedAt: '2026-01-01T00:00:00.0001+00:00' })),
      })),
    );
    expect(run.remarks).toEqual(['contradictory-instants-left-out']);
    expect(run.tasks.every(({ startedAtMs }) => startedAtMs === NOT_RECORDED)).toBe(true);
    expect(makespanMs(run)).toBeCloseTo(makespan * 1000, 6);
  });

  test('starts that agree with the order of tasks are taken', async () => {
    const run = await runOf(JSON.stringify(makeInstance({ seed: 1, version: '1.6' })));
    expect(run.remarks).toBeUndefined();
    expect(run.lacks.has('instants')).toBe(false);
  });

  test('starts that explain less than half of the stated makespan are not taken', async () => {
    const dated = makeInstance({ seed: 1, version: '1.6' });
    const { tasks } = await runOf(JSON.stringify(dated));
    const starts = tasks.map(({ startedAtMs }) => startedAtMs as number);
    const spanS =
      (Math.max(...tasks.map(({ executionMs }, i) => (starts[i] as number) + executionMs)) - Math.min(...starts)) /
      1000;
    const stating = (times: number) => runOf(written(() => ({ makespanInSeconds: spanS * times }), dated));
    expect((await stating(1.9)).remarks).toBeUndefined();
    const run = await stating(2.1);
    expect(run.remarks).toEqual(['contradictory-instants-left-out']);
    expect(makespanMs(run)).toBeCloseTo(spanS * 2100, 6);
  });

  test('a date of another kind, and one of 1970, is no submission', async () => {
    for (const executedAt of ['05-04-23T10:46:27Z', '1970-01-01T00:00:00Z', 7]) {
      const run = await runOf(written(() => ({ executedAt })));
      expect([run.submittedAtMs, run.lacks.has('submission')]).toEqual([null, true]);
    }
  });

  test('a makespan of 0 is not known, and runtimes of 0 are refused', async () => {
    expect(makespanMs(await runOf(written(() => ({ makespanInSeconds: 0 }))))).toBeNull();
    const zero = written(({ tasks }) => ({ tasks: tasks.map((task) => ({ ...task, runtimeInSeconds: 0 })) }));
    expect((await readText(zero)).issues[0]).toContain('expected a task that took some time');
  });

  test('tasks none of which waits for another have no recorded edges', async () => {
    const instance = makeInstance({ seed: 1 });
    const tasks = instance.workflow.specification.tasks.map((task) => ({ ...task, parents: [], children: [] }));
    const { execution } = instance.workflow;
    const run = await runOf(JSON.stringify({ ...instance, workflow: { specification: { tasks }, execution } }));
    expect(run.lacks.has('edges')).toBe(true);
    expect(makespanMs(run)).toBeCloseTo(makespan * 1000, 6);
  });

  test('a task is of the kind that its category says, or its name without a number', async () => {
    const run = await runOf(
      written(
        ({ tasks }) => ({ tasks: tasks.map((task) => (task.id === 'merge' ? { ...task, category: 'reduce' } : task)) }),
        JSON.parse(JSON.stringify(makeInstance({ seed: 1 })).replaceAll('"name":"work"', '"name":"work_ID0000007"')),
      ),
    );
    expect(run.nodes.map(({ functionName }) => functionName)).toEqual(['split', 'work', 'work', 'work', 'reduce']);
  });

  test.each(['1.3', '1.4'])('version %s has one list of tasks', async (schemaVersion) => {
    const [makespanKey, runtimeKey, sizeKey] =
      schemaVersion === '1.3'
        ? ['makespan', 'runtime', 'size']
        : ['makespanInSeconds', 'runtimeInSeconds', 'sizeInBytes'];
    const task = (name: string, seconds: number, parents: readonly string[]) => ({
      name: `${name}_ID0000001`,
      id: `ID-${name}`,
      type: 'compute',
      [runtimeKey as string]: seconds,
      parents,
      children: [],
      files: [{ link: 'output', name: `${name}.out`, [sizeKey as string]: 100 }],
      machine: 'm1',
    });
    const tasks = [task('a', 10, []), task('b', 15, ['a_ID0000001'])];
    const run = await runOf(
      JSON.stringify({
        name: 'old',
        schemaVersion,
        workflow: { [makespanKey as string]: 30, executedAt: '2026-01-01T00:00:00Z', tasks },
      }),
    );
    expect(run.nodes.map(({ id, functionName, upstream }) => [id, functionName, upstream])).toEqual([
      ['ID-a', 'a', []],
      ['ID-b', 'b', ['ID-a']],
    ]);
    expect(run.tasks.map(({ executionMs, outputBytes, workerId }) => [executionMs, outputBytes, workerId])).toEqual([
      [10_000, 100, 'm1'],
      [15_000, 100, 'm1'],
    ]);
    expect(makespanMs(run)).toBe(30_000);
  });

  const [READ, WRITTEN] = ['input', 'output'].map((link) => ({ link, name: 'x.txt', size: 100 }));
  test.each([
    ['at the end that waits', { parents: [] }, { parents: ['first_ID0000001'] }],
    ['at the end that is waited for', { children: ['second_ID0000002'] }, {}],
    ['in files alone', { files: [WRITTEN] }, { files: [READ] }],
  ])('versions 1.0 to 1.2 have jobs, whose edges stand %s', async (_, first, second) => {
    for (const schemaVersion of ['1.0', '1.1', '1.2']) {
      const jobs = [
        { name: 'first_ID0000001', type: 'compute', runtime: 10, ...first },
        { name: 'second_ID0000002', type: 'compute', runtime: 15, ...second },
      ];
      const workflow = { makespan: 30, executedAt: '2020-01-01T00:00:00Z', jobs };
      const run = await runOf(JSON.stringify({ name: 'old', schemaVersion, workflow }));
      expect(run.nodes.map(({ functionName, upstream }) => [functionName, upstream])).toEqual([
        ['first', []],
        ['second', ['first_ID0000001']],
      ]);
      expect(makespanMs(run)).toBe(30_000);
    }
  });

  test('files of one name in different folders link no tasks', async () => {
    const file = (link: string, path: string) => ({ link, path, name: 'x.txt', size: 100 });
    const jobs = [
      { name: 'a', runtime: 1, parents: [], files: [file('output', 'one')] },
      { name: 'b', runtime: 2, parents: ['a'], files: [file('output', 'two')] },
      { name: 'c', runtime: 3, parents: [], files: [file('input', 'two')] },
    ];
    const run = await runOf(JSON.stringify({ name: 'old', schemaVersion: '1.0', workflow: { makespan: 6, jobs } }));
    expect(run.nodes.map(({ upstream }) => upstream)).toEqual([[], ['a'], ['b']]);
  });
});
