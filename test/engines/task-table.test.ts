import { describe, expect, test } from 'vitest';
import { isTaskMap, parseTaskMap } from '../../src/engines/index.ts';
import { findFrontier } from '../../src/model/frontier.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { makespanMs } from '../../src/model/timeline.ts';
import { readText } from './read-text.ts';

const units = { timeUnit: 's', durationUnit: undefined, memoryUnit: undefined };
const MAP = "run=dag+run,task=task,start=begin,end=end,submitted=queued,status=state,parents=deps,planner='p'";
const table = (map = MAP) => parseTaskMap({ map: [map], ...units });
const HEADER = 'dag,run,task,begin,end,queued,state,deps\n';
const TWO = `${HEADER}etl,1,a,1,3,0,success,\netl,1,b,4,9.5,3,success,a\n`;

describe('a table of tasks', () => {
  test('is a run for each name, whose columns are joined, with its edges, start-ups and planner', async () => {
    const { runs, issues } = await readText(TWO, table());
    expect(issues).toEqual([]);
    expect(runs).toHaveLength(1);
    const [run] = runs;
    expect(run).toMatchObject({ runId: 'etl+1', workflow: 'unknown', submittedAtMs: 0, sinkNodeId: 'b' });
    expect(
      run?.tasks.map(({ startedAtMs, executionMs, plannerName }) => [startedAtMs, executionMs, plannerName]),
    ).toEqual([
      [1000, 2000, 'p'],
      [4000, 5500, 'p'],
    ]);
    expect(run?.workerStartups).toMatchObject([
      { requestedAtMs: 0, readyAtMs: 1000 },
      { requestedAtMs: 3000, readyAtMs: 4000 },
    ]);
    expect(run && makespanMs(run)).toBe(9500);
    expect(run?.lacks.has('memory')).toBe(true);
  });

  test('has the same structure in runs of the same functions and edges, in whatever order rows stand', async () => {
    const again = `${TWO}etl,2,b,4,9,3,success,a\netl,2,a,1,3,0,success,\netl,3,a,1,3,0,success,\n`;
    const { runs } = await readText(again, table());
    const [first, second, third] = runs.map(({ structureHash }) => structureHash);
    expect(first).toBe(second);
    expect(first).not.toBe(third);
  });

  test('a task that failed leaves no metrics, the run no makespan, and is where it broke', async () => {
    const noEdges = MAP.replace(',parents=deps', '');
    const { runs } = await readText(TWO.replace('9.5,3,success', ',3,failed'), table(noEdges));
    const [run] = runs;
    expect(run && makespanMs(run)).toBeNull();
    expect(run && describeRun(run).traits).toMatchObject({ sinkRecorded: false, complete: false });
    expect(run && findFrontier(run)).toEqual([{ kind: 'task', functionName: 'b', nodeIds: ['b'] }]);
    expect(run?.lacks.has('sink')).toBe(false);
  });

  test('without states, whether a run came to its end is not recorded', async () => {
    const { runs } = await readText(TWO, table('run=run,task=task,start=begin,end=end'));
    expect(runs[0]?.lacks.has('sink')).toBe(true);
    expect(runs[0]?.remarks).toEqual(['submission-taken-from-first-task']);
  });
});

describe('attempts in a table of tasks', () => {
  test('the last one counts, which is remarked', async () => {
    const rows = 'etl,1,a,1,2,0,failed,\netl,1,a,3,7,2,success,\n';
    const { runs } = await readText(HEADER + rows, table());
    expect(runs[0]?.tasks).toMatchObject([{ startedAtMs: 3000, executionMs: 4000 }]);
    expect(runs[0]?.remarks).toContain('earlier-attempts-left-out');
  });

  test.each([
    [
      'two tasks of one name',
      'etl,1,a,1,2,0,success,\netl,1,a,3,7,2,success,\n',
      /task a: expected one row for a task/,
    ],
    [
      'an end before the start',
      'etl,1,a,3,2,0,success,\n',
      /end \(run etl\+1 is left out\): expected an end that is not before/,
    ],
    ['an unknown parent', 'etl,1,a,1,2,0,success,x\n', /parents: expected tasks of the same run, found 'x'/],
    ['a cycle', 'etl,1,a,1,2,0,success,b\netl,1,b,1,2,0,success,a\n', /found a cycle through/],
    ['an unknown state', 'etl,1,a,1,2,0,well,\n', /state .*: expected a state such as/],
    ['a cell that is no number', 'etl,1,a,soon,2,0,success,\n', /begin .*: expected a number of s/],
    [
      'a task that is done without an end',
      'etl,1,a,1,,0,success,\n',
      /end .*: expected when a task that is done began and ended/,
    ],
  ])('%s leaves the run out, and says so', async (_, rows, expected) => {
    const { runs, issues } = await readText(HEADER + rows, table());
    expect(runs).toEqual([]);
    expect(issues.join('\n')).toMatch(expected);
  });
});

describe('rows of a table', () => {
  test('are JSON objects as well', async () => {
    const rows = [{ r: 1, t: 'a', s: 1, d: 2 }].map((row) => JSON.stringify(row)).join('\n');
    const { runs } = await readText(rows, table('run=r,task=t,start=s,duration=d'));
    expect(runs[0]?.tasks).toMatchObject([{ startedAtMs: 1000, executionMs: 2000 }]);
  });

  test('a column that is not there is named with the nearest', async () => {
    await expect(readText(TWO, table(MAP.replace('begin', 'begn')))).rejects.toThrow("no column 'begn'");
  });

  test('without a map it is refused with one from its header', async () => {
    const refused = readText('run_id,task_id,start_date,end_date\n1,a,1,2\n');
    await expect(refused).rejects.toMatchObject({
      code: 'not-run-records',
      hintLines: expect.arrayContaining([
        expect.stringContaining('run=run_id,task=task_id,start=start_date,end=end_date'),
      ]),
    });
  });
});

describe('tables of other tools, without a map', () => {
  test.each([
    [
      'Parsl: tries',
      'try_id,block_id,hostname,task_try_time_launched,task_try_time_running,task_try_time_returned,task_id,run_id\n',
      'run=run_id,task=task_id,start=task_try_time_running,end=task_try_time_returned,submitted=task_try_time_launched,worker=hostname,attempt=try_id" --time-unit iso (or',
    ],
    [
      'Ray: the list of tasks',
      JSON.stringify([
        {
          task_id: 'x',
          attempt_number: 0,
          func_or_class_name: 'f',
          job_id: '1',
          state: 'FINISHED',
          start_time_ms: 1,
          end_time_ms: 2,
        },
      ]),
      'run=job_id,task=task_id,start=start_time_ms,end=end_time_ms,function=func_or_class_name,status=state,attempt=attempt_number" --time-unit ms',
    ],
    ['pandas, with its index', ',run,task,start,end\n0,r,a,1,2\n', 'run=run,task=task,start=start,end=end'],
  ])('%s: one is proposed', async (_, text, map) => {
    await expect(readText(text)).rejects.toMatchObject({
      hintLines: expect.arrayContaining([expect.stringContaining(map)]),
    });
  });
});

describe('states in the words of other engines', () => {
  test.each([
    ['FINISHED', 1, false],
    ['exec_done', 1, false],
    ['OUT_OF_MEMORY', 0, true],
    ['fail_lazy', 0, true],
    ['CANCELLED by 1000', 0, false],
    ['PENDING_NODE_ASSIGNMENT', 0, false],
  ])('%s', async (state, taskCount, hasFailed) => {
    const { runs } = await readText(`${HEADER}etl,1,a,1,3,0,${state},\n`, table());
    expect([runs[0]?.tasks.length, runs[0]?.nodes[0]?.hasFailed ?? false]).toEqual([taskCount, hasFailed]);
  });
});

describe('instants in another unit than was said', () => {
  test.each([
    ['ms', 1767225600.5, 's'],
    ['us', 1767225600500, 'ms'],
    ['s', 1767225600500, 'ms'],
  ])('in %s, %d is refused: it looks like one in %s', async (timeUnit, begin, other) => {
    const map = parseTaskMap({ ...units, map: ['run=r,task=t,start=s,duration=d'], timeUnit });
    const { runs, issues } = await readText(`r,t,s,d\n1,a,${begin},2\n`, map);
    expect(runs).toEqual([]);
    expect(issues[0]).toContain(
      `input.txt:2: s (run 1 is left out): expected instants in ${timeUnit}, and this looks like one in ${other}`,
    );
  });

  test('a clock that begins at zero is not', async () => {
    const map = parseTaskMap({ ...units, map: ['run=r,task=t,start=s,duration=d'], timeUnit: 'ms' });
    expect((await readText('r,t,s,d\n1,a,86400000,2\n', map)).runs).toHaveLength(1);
  });
});

describe('a map', () => {
  test('is of tasks when it names runs or tasks', () => {
    expect(isTaskMap(["run='x',start=a"])).toBe(true);
    expect(isTaskMap(['start=a,end=b,pool=run'])).toBe(false);
  });

  test.each([
    ['run=a,task=b,start=c', /Name two of start, end and duration|does not say when/],
    ['run=a,start=c,end=d', /lacks task/],
    ['run=a,run=b,task=c,start=d,end=e', /names 'run' twice/],
    ['run=a,tsk=b', /there is no key 'tsk'/],
    ['run', /not of the form/],
  ])('%s is refused', (map, expected) => expect(() => table(map)).toThrow(expected));
});
