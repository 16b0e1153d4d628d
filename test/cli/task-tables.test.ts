import { describe, expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { makeScratch } from '../scratch.ts';

/** Tables of tasks and the maps that are given with them, as the person meets them who gives a wrong one. */

const scratch = makeScratch();
const HEADER = 'run,task,start,end,memory\n';
const TABLE = scratch.write('tasks.csv', `${HEADER}r1,a,1,3,512\nr1,b,4,9.5,512\n`);
const MAP = 'run=run,task=task,start=start,end=end';

async function ask(path: string, map: string, unit: readonly string[] = ['--time-unit', 's']) {
  const { status, stdout, stderr } = await askWfa(['runs', '-d', path, '--map', map, ...unit]);
  const said = stderr.replaceAll(scratch.path(''), '').trimEnd().split('\n');
  return { status, stdout, said };
}

describe('a map that is wrong', () => {
  test.each<[string, string, RegExp, RegExp]>([
    ['an unknown key', `${MAP},strat=run`, /--map 'strat=run': there is no key 'strat'/, /The keys are run, task/],
    [
      'a column that is not there',
      MAP.replace('=start', '=started'),
      /has no column 'started'/,
      /Did you mean start\?/,
    ],
    ['no run', MAP.replace('run=run,', ''), /--map lacks run/, /a file of one run: run='NAME'/],
    ['no end', 'run=run,task=task,start=start', /does not say when tasks began and ended/, /Name two of start, end/],
    ['a key twice', `${MAP},run=task`, /--map names 'run' twice/, /once/],
  ])('%s is refused', async (_, map, expected, wayOn) => {
    const { status, stdout, said } = await ask(TABLE, map);
    expect([status, stdout]).toEqual([2, '']);
    expect(said[0]).toMatch(expected);
    expect(said.slice(1).join('\n')).toMatch(wayOn);
  });

  test('no unit, and one that there is not', async () => {
    expect((await ask(TABLE, MAP, [])).said[0]).toBe('wfa: --map needs --time-unit');
    expect((await ask(TABLE, MAP, ['--time-unit', 'min'])).said[0]).toMatch(/--time-unit.*min/);
  });

  test('one column for two keys is right', async () => {
    const { status, said } = await ask(TABLE, `${MAP},function=task`);
    expect([status, said]).toEqual([0, ['']]);
  });
});

describe('rows that are wrong are named by their line, and their run is left out', () => {
  test.each([
    [
      'an instant of no kind',
      'r2,a,soon,3,512\n',
      'tasks-2.csv:4: start (run r2 is left out): expected a number of s, found "soon"',
    ],
    [
      'an end before its start',
      'r2,a,5,3,512\n',
      'tasks-2.csv:4: end (run r2 is left out): expected an end that is not before the start, found',
    ],
    [
      'memory in another unit',
      'r2,a,1,3,536870912\n',
      'tasks-2.csv:4: memory (run r2 is left out): expected a number of MB that is at most 64 GB',
    ],
    ['rows of another file', 'x\n', 'tasks-2.csv:4: '],
  ])('%s', async (_, row, expected) => {
    const path = scratch.write('tasks-2.csv', `${HEADER}r1,a,1,3,512\nr1,b,4,9.5,512\n${row}`);
    const { status, stdout, said } = await ask(path, `${MAP},memory=memory`);
    expect(status).toBe(0);
    expect(stdout).toContain('1 run of 1 workflow');
    expect(said[0]).toContain(expected);
  });

  test('a row that is cut is a task that did not end', async () => {
    const { stdout } = await ask(scratch.write('cut.csv', `${HEADER}r1,a,1,3,512\nr1,b,4`), MAP);
    expect(stdout).toContain('1 run whose sink left no metrics: no makespan');
  });

  test('of two runs of one name in two files, one is left out with a word', async () => {
    const { stdout } = await ask(scratch.write('again.csv', `${HEADER}r1,a,1,3,512\n`), MAP, [
      ...['--time-unit', 's', '-d', TABLE],
    ]);
    expect(stdout).toContain('duplicate run id (1)');
  });
});

test('wfa workers counts containers of Lithops by their time where no memory is recorded, and names the way without states', async () => {
  const call = { host_submit_tstamp: 1, worker_start_tstamp: 2, worker_func_start_tstamp: 3, worker_func_exec_time: 1 };
  const path = scratch.write('stats.json', JSON.stringify([{ ...call, worker_cold_start: true }]));
  const counted = await askWfa(['workers', '-d', path]);
  expect(counted.status).toBe(0);
  expect(counted.stdout).toContain('alive (container-s)');
  expect(counted.stdout).not.toMatch(/GB-s(?!econds)/);
  expect(counted.stdout).toContain('the records do not say how much memory workers have');
  const refused = await askWfa(['workers', '-d', scratch.write('stateless.json', JSON.stringify([call]))]);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain('wfa workers --map start=COLUMN,ready=COLUMN');
});
