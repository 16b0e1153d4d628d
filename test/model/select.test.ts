import { describe, expect, test } from 'vitest';
import {
  checkFilterNames,
  type FilterFlags,
  parseFilter,
  prepareFilter,
  settleFilter,
  wordFilter,
} from '../../src/model/filter.ts';
import { Ledger } from '../../src/model/ledger.ts';
import { matchName, normalizePlanner, shortPlannerName } from '../../src/model/names.ts';
import { describeRun, type RunFacts } from '../../src/model/run-facts.ts';
import { Census, clauseHolds, NAMERS, parseClauses, RUN_KEYS } from '../../src/model/select.ts';
import { sampleRuns } from '../sample-records.ts';

const RUNS: readonly RunFacts[] = sampleRuns().map((run) => describeRun(run));

/** The runs that are left once all of them are known. */
function leftOf(runs: readonly RunFacts[], flags: FilterFlags): RunFacts[] {
  const filter = parseFilter(flags);
  const names = new Map(RUN_KEYS.map((key) => [key, new Set(runs.map(NAMERS[key]))]));
  const settled = runs.filter(settleFilter(filter, (key, name) => names.get(key)?.has(name) ?? false));
  // What a single run tells may let too many through, but never too few.
  expect(runs.filter(prepareFilter(filter))).toEqual(expect.arrayContaining(settled));
  return settled;
}

const left = (flags: FilterFlags): RunFacts[] => leftOf(RUNS, flags);

const anyRun = RUNS.find((run) => run.traits.planner === 'NonUniformPlanner-opt') as RunFacts;

describe('names', () => {
  const planners = ['NonUniformPlanner', 'NonUniformPlanner-opt', 'UniformPlanner', 'WUKONGPlanner'];

  test.each([
    ['UniformPlanner', 'UniformPlanner'],
    ['non-uniform', 'NonUniformPlanner'],
    ['NON_UNIFORM-OPT', 'NonUniformPlanner-opt'],
    ['nonuniform opt', 'NonUniformPlanner-opt'],
    ['wukong', 'WUKONGPlanner'],
  ])('%s is %s', (asked, found) => {
    expect(matchName(asked, planners, normalizePlanner)).toEqual({ found });
  });

  test('two names that differ only in how they are written are ambiguous, unless one is given to the letter', () => {
    const twins = ['UniformPlanner', 'uniform-planner'];
    expect(matchName('uniform', twins, normalizePlanner)).toEqual({ ambiguous: twins });
    expect(matchName('UniformPlanner', twins, normalizePlanner)).toEqual({ found: 'UniformPlanner' });
  });

  test('a misspelt name suggests the nearest, a strange one none', () => {
    expect(matchName('unifrom', planners, normalizePlanner)).toEqual({ nearest: 'UniformPlanner' });
    expect(matchName('zzzzzzzzzz', planners, normalizePlanner)).toEqual({ nearest: null });
  });

  test('short names', () => {
    const names = ['NonUniformPlanner-opt', 'WUKONGPlanner', 'UniformPlanner', 'Planner', 'custom'];
    expect(names.map(shortPlannerName)).toEqual(['non-uniform-opt', 'wukong', 'uniform', 'Planner', 'custom']);
  });
});

describe('clauses', () => {
  test('are read with spaces, negation and several keys', () => {
    expect(parseClauses('planner = uniform, sla!=p50', '--where')).toEqual([
      { key: 'planner', asked: 'uniform', negated: false },
      { key: 'sla', asked: 'p50', negated: true },
    ]);
  });

  test.each(['planner', 'planner=', '=x', 'colour=red', ''])('%j is no clause', (text) => {
    expect(() => parseClauses(text, '--where')).toThrow(expect.objectContaining({ code: 'bad-option' }));
  });

  test('a clause and its negation share the runs out', () => {
    for (const key of ['planner', 'sla', 'workflow', 'structure', 'memory', 'day', 'run'] as const) {
      const asked = key === 'run' ? anyRun.runId : anyRun.traits[key];
      const held = RUNS.filter((run) => clauseHolds({ key, asked, negated: false }, run));
      const rest = RUNS.filter((run) => clauseHolds({ key, asked, negated: true }, run));
      expect(held).toContain(anyRun);
      expect(held.length + rest.length).toBe(RUNS.length);
    }
  });
});

describe('filters', () => {
  test('no flag lets everything through', () => {
    expect(left({})).toHaveLength(RUNS.length);
  });

  test('one key twice widens, two keys narrow', () => {
    const gemm = left({ workflow: ['gemm'] });
    const both = left({ workflow: ['gemm', 'text_analysis'] });
    const narrowed = left({ workflow: ['gemm'], sla: ['90'] });
    expect(new Set(both.map(({ traits }) => traits.workflow))).toEqual(new Set(['gemm', 'text_analysis']));
    expect(both.length).toBeGreaterThan(gemm.length);
    expect(narrowed.length).toBeLessThan(gemm.length);
    expect(narrowed.every((run) => run.traits.workflow === 'gemm' && run.traits.sla === 'p90')).toBe(true);
  });

  test('--where with != takes out', () => {
    const without = left({ where: ['planner!=uniform'] });
    expect(without.some(({ traits }) => traits.planner === 'UniformPlanner')).toBe(false);
    expect(without.length).toBe(RUNS.length - left({ planner: ['uniform'] }).length);
  });

  test('--since is inclusive, --until exclusive; runs without submission are outside', () => {
    const atMs = anyRun.submittedAtMs as number;
    const [since, until] = [left({ since: String(atMs) }), left({ until: String(atMs) })];
    expect(since).toContain(anyRun);
    expect(until).not.toContain(anyRun);
    const submitted = RUNS.filter((run) => run.submittedAtMs !== null);
    expect(submitted.length).toBeLessThan(RUNS.length);
    expect(since.length + until.length).toBe(submitted.length);
  });

  test('names that the data do not have are an error that says what there is', () => {
    const census = new Census(RUNS);
    const check = (flags: FilterFlags) => () => checkFilterNames(parseFilter(flags), census);
    expect(check({ planner: ['unifrom'] })).toThrow(
      expect.objectContaining({
        code: 'no-runs-left',
        hint: expect.stringMatching(/Did you mean UniformPlanner\?.*WUKONG/s),
      }),
    );
    expect(check({ planner: ['uniform'], sla: ['p90'], workflow: ['GEMM'] })).not.toThrow();
  });

  test('in words', () => {
    expect(wordFilter(parseFilter({ workflow: ['gemm'], where: ['sla!=p50'], since: '2026-11-22' }))).toEqual([
      'workflow=gemm',
      'sla!=p50',
      'since 2026-11-22T00:00:00.000Z',
    ]);
  });
});

describe('instants', () => {
  test.each([
    ['2026-11-22', Date.UTC(2026, 10, 22)],
    ['2026-11-22T10:30', Date.UTC(2026, 10, 22, 10, 30)],
    ['2026-11-22T10:30:05.5Z', Date.UTC(2026, 10, 22, 10, 30, 5, 500)],
    ['2026-11-22T10:30+02:00', Date.UTC(2026, 10, 22, 8, 30)],
    ['1795336607', 1795336607000],
    ['1795336607.25', 1795336607250],
    ['1795336607011', 1795336607011],
    ['1795336607011.5', 1795336607011.5],
  ])('--since %s is UTC', (text, atMs) => {
    expect(parseFilter({ since: text }).sinceAtMs).toBe(atMs);
  });

  test.each([
    'yesterday',
    '2026-13-01',
    '2026-1-1',
    '22.11.2026',
    '',
    '12345',
    '2026-02-30',
    '2026-11-22T25:00',
    '179533660',
    '17953366070',
    '1795336607011000',
    '1795336607011000000',
    '99999999999999999999',
    '-1795336607',
    '1e12',
  ])('--since %j is no date', (text) => {
    expect(() => parseFilter({ since: text })).toThrow(expect.objectContaining({ code: 'bad-option' }));
  });
});

describe('a name to the letter wins over names that differ in how they are written', () => {
  const named = (key: 'workflow' | 'planner' | 'sla', names: readonly string[]): RunFacts[] =>
    names.map((name, i) => ({ ...anyRun, runId: `${name} ${i}`, traits: { ...anyRun.traits, [key]: name } }));
  const ids = (runs: readonly RunFacts[]) => runs.map(({ runId }) => runId);
  const workflows = named('workflow', ['gemm', 'Gemm', 'GEMM', 'other']);

  test.each<[string, readonly RunFacts[], FilterFlags, readonly string[]]>([
    ['--workflow', workflows, { workflow: ['gemm'] }, ['gemm 0']],
    ['--workflow twice', workflows, { workflow: ['gemm', 'GEMM'] }, ['gemm 0', 'GEMM 2']],
    ['!=', workflows, { where: ['workflow!=gemm'] }, ['Gemm 1', 'GEMM 2', 'other 3']],
    ['none to the letter', workflows.slice(1, 2), { workflow: ['gemm'] }, ['Gemm 1']],
    [
      'none to the letter, !=',
      [...workflows.slice(1, 2), ...workflows.slice(3)],
      { where: ['workflow!=gemm'] },
      ['other 3'],
    ],
    ['--planner', named('planner', ['Uniform', 'UniformPlanner']), { planner: ['Uniform'] }, ['Uniform 0']],
    ['--sla', named('sla', ['90', 'p90']), { sla: ['90'] }, ['90 0']],
    [
      'run=',
      named('workflow', ['run7', 'run77']).map((run) => ({ ...run, runId: run.traits.workflow })),
      { where: ['run=run7'] },
      ['run7'],
    ],
  ])('%s', (_, runs, flags, expected) => {
    expect(ids(leftOf(runs, flags))).toEqual(expected);
  });
});

test('the ledger gathers by reason, scope and metric, in the order of first occurrence', () => {
  const ledger = new Ledger();
  const at = (line: number) => ({ uri: 'f', line });
  ledger.add('b', 'run', at(3));
  ledger.add('a', 'metric', at(1), 'makespan');
  ledger.add('b', 'run', at(2));
  ledger.add('a', 'metric', at(1), 'workers');
  expect(ledger.entries()).toEqual([
    { reason: 'b', scope: 'run', metric: null, count: 2, origins: ['f:3', 'f:2'] },
    { reason: 'a', scope: 'metric', metric: 'makespan', count: 1, origins: ['f:1'] },
    { reason: 'a', scope: 'metric', metric: 'workers', count: 1, origins: ['f:1'] },
  ]);
});
