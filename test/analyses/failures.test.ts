import { describe, expect, it } from 'vitest';
import { analyzeFailures } from '../../src/analyses/failures/analyze.ts';
import { extractFailures, type FailuresFacts } from '../../src/analyses/failures/extract.ts';
import { gateQuantities } from '../../src/analyses/failures/gates.ts';
import type { FailuresOptions } from '../../src/analyses/failures/options.ts';
import { judgePace } from '../../src/analyses/failures/pace.ts';
import { findFrontier, findLastSign, listInvokedTwice } from '../../src/model/frontier.ts';
import type { Run } from '../../src/model/run.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { createRandom } from '../../src/stats/random.ts';
import { readSample, toRun, type WholeRun } from '../sample-records.ts';
import { plainRun } from './diagnostics/cases.ts';

const OPTIONS: FailuresOptions = { blockKeys: ['workflow', 'structure', 'sla'], includeUnplanned: false };
const sample = (name: 'older' | 'newer') => readSample(name).map((record, i) => toRun(record, i + 1));
const failuresOf = (runs: readonly Run[], options = OPTIONS) =>
  analyzeFailures(
    runs.map((run) => extractFailures(run, describeRun(run))),
    options,
    1,
  );

const without = (run: WholeRun, isLost: (nodeId: string) => boolean): WholeRun => {
  const tasks = run.tasks.filter(({ nodeId }) => !isLost(nodeId));
  return { ...run, tasks, recordedNodeCount: tasks.length };
};
const loseSink = (run: WholeRun) => without(run, (id) => id === run.sinkNodeId);
const near = (found: number | null | undefined, expected: number) =>
  expect(Math.abs((found ?? Number.NaN) / expected - 1)).toBeLessThan(1e-9);

describe('on the bundled runs', () => {
  const older = failuresOf(sample('older')).result;

  // test/reference/failures_reference.py samples/older.ndjson.gz, Python 3.11, scipy 1.17.
  it('agrees with an independent computation', () => {
    const wukong = older.planners.find(({ planner }) => planner === 'WUKONGPlanner');
    expect(wukong).toMatchObject({ runCount: 13, failedCount: 1, gbSecondsLost: null, gbSecondsRunCount: 0 });
    near(wukong?.ciLow, WUKONG.low);
    near(wukong?.ciHigh, WUKONG.high);
    near(wukong?.medianLastSignMs, WUKONG.lastSignMs);
    expect(older.frontier).toEqual([
      { workflow: 'image_transformer', function: 'edge_detect_chunk', count: 8, kind: 'startup', runCount: 1 },
    ]);
  });

  it('has no failure where every sink left metrics, and says what may still lie behind that', () => {
    const { result, warnings } = failuresOf(sample('newer'));
    expect(result).toMatchObject({ failedCount: 0, frontier: [], failedRuns: [], pace: null });
    expect(result.headline).toBe('none of 100 runs failed: a failure rate of up to 3.7 % may still lie behind that');
    expect(result.contrasts.every(({ pValue, pAdjusted }) => pValue === 1 && pAdjusted === 1)).toBe(true);
    expect(warnings).toEqual([]);
  });

  it('does not take a lost task for a failure', () => {
    const [run] = sample('newer') as [WholeRun];
    const other = run.tasks.find(({ nodeId }) => nodeId !== run.sinkNodeId)?.nodeId;
    const { result, warnings } = failuresOf([without(run, (id) => id === other)]);
    expect(result.failedCount).toBe(0);
    expect(warnings.map(({ code }) => code)).toEqual(['tasks-lost-in-completed-runs']);
  });
});

const WUKONG = { low: 0.013710421242556585, high: 0.3331395092109959, lastSignMs: 18574.086181640625 };

describe('frontier', () => {
  const run = sample('newer').find(({ nodes }) => nodes.length > 20) as WholeRun;
  const node = run.nodes.find(({ upstream, downstream }) => upstream.length > 0 && downstream.length > 0);
  const id = node?.id ?? '';
  const behind = (from: string): string[] => [
    from,
    ...(run.nodes.find((each) => each.id === from)?.downstream ?? []).flatMap(behind),
  ];
  const lost = new Set(behind(id));
  const broken = without(run, (each) => lost.has(each));

  it('is the task that had its inputs, not those behind it', () => {
    expect(findFrontier(broken)).toEqual([{ kind: 'task', functionName: node?.functionName, nodeIds: [id] }]);
  });

  it('is a start-up that never ended instead of its initial task', () => {
    const startup = { ...run.workerStartups[0], initialTaskIds: [id], workerId: null, readyAtMs: null, state: null };
    const changed = { ...broken, workerStartups: [...run.workerStartups, startup as (typeof run.workerStartups)[0]] };
    expect(findFrontier(changed)).toEqual([{ kind: 'startup', functionName: node?.functionName, nodeIds: [id] }]);
  });

  it('is no task of a worker that never was ready', () => {
    const startup = { ...run.workerStartups[0], initialTaskIds: [], workerId: 'never', readyAtMs: null, state: null };
    const nodes = run.nodes.map((each) => (each.id === id ? { ...each, workerId: 'never' } : each));
    const workerStartups = [...run.workerStartups, startup as (typeof run.workerStartups)[0]];
    expect(findFrontier({ ...broken, nodes, workerStartups }).map(({ kind }) => kind)).toEqual(['startup']);
    const again = { ...startup, readyAtMs: 1 } as (typeof run.workerStartups)[0];
    const kinds = findFrontier({ ...broken, nodes, workerStartups: [...workerStartups, again] }).map(
      ({ kind }) => kind,
    );
    expect(kinds).toEqual(['startup', 'task']);
  });

  it('knows the last instant of any kind', () => {
    const late = { ...run.workerStartups[0], requestedAtMs: 9e12, readyAtMs: null } as (typeof run.workerStartups)[0];
    expect(findLastSign({ ...run, workerStartups: [late] })).toMatchObject({ atMs: 9e12, of: 'startup-requested' });
    expect(findLastSign({ ...run, tasks: [], workerStartups: [] })).toBeNull();
  });

  it('counts a task that two start-ups were to begin with', () => {
    const [first] = run.workerStartups as [(typeof run.workerStartups)[0]];
    expect(listInvokedTwice(run)).toEqual([]);
    expect(listInvokedTwice({ ...run, workerStartups: [...run.workerStartups, { ...first }] })).toHaveLength(
      first.initialTaskIds.length,
    );
  });
});

const FAILURE = { frontier: [], lastSign: null, firstSignAtMs: null, gbSeconds: null, seenGbSeconds: null };

/** Runs by planner and workflow; `makespans`: `lost` of a run that failed, `null` of one that is done without a makespan. */
const factsOf = (planner: string, workflow: string, makespans: readonly (number | 'lost' | null)[]): FailuresFacts[] =>
  makespans.map(
    (makespan, i) =>
      ({
        run: plainRun({ runId: `${planner} ${workflow} ${i}`, traits: { planner, workflow } }),
        makespanMs: makespan === 'lost' ? null : makespan,
        invokedTwice: [],
        outputAfterMs: {},
        failure: makespan === 'lost' ? FAILURE : null,
      }) as unknown as FailuresFacts,
  );
const answer = (facts: FailuresFacts[]) => analyzeFailures(facts, OPTIONS, 1).result;
const times = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item);

// scipy.stats.fisher_exact of [[8, 12], [0, 40]] and of [[0, 20], [8, 32]], scipy 1.17.1.
const FISHER = { first: 4.9233554962302344e-5, second: 0.043134274941780196 };

describe('a failed run', () => {
  const broken = (submittedAtMs: number | null, functions: readonly string[]): FailuresFacts =>
    ({
      ...factsOf('A', 'a', ['lost'])[0],
      run: plainRun({ submittedAtMs, traits: { planner: 'A', workflow: 'a' } }),
      failure: {
        ...FAILURE,
        firstSignAtMs: 300,
        lastSign: { atMs: 1000, of: 'task-finished' },
        frontier: functions.map((functionName) => ({ kind: 'task', functionName })),
      },
    }) as unknown as FailuresFacts;

  it('has its last sign told since its submission, and where that is not recorded since its first instant', () => {
    const { failedRuns } = answer([broken(100, []), broken(null, [])]);
    const told = failedRuns.map(({ lastSignAfterMs, lastSignSince }) => [lastSignSince, lastSignAfterMs]);
    expect(new Map(told as [string, number][])).toEqual(
      new Map([
        ['submission', 900],
        ['first-instant', 700],
      ]),
    );
  });

  it('adds to the places where runs broke, the most frequent first', () => {
    const { frontier } = answer([broken(0, ['f', 'g', 'g'])]);
    expect(frontier.map((point) => [point.function, point.count])).toEqual([
      ['g', 2],
      ['f', 1],
    ]);
  });

  it('used a worker until the last instant that is known of it', () => {
    const [run] = sample('newer') as [WholeRun];
    const startup = { ...run.workerStartups[0], memoryMb: 2048, requestedAtMs: 1000, readyAtMs: 2000 };
    const lost = { ...run, tasks: [], recordedNodeCount: 0, workerStartups: [startup] } as unknown as Run;
    expect(extractFailures(lost, describeRun(lost)).failure?.seenGbSeconds).toBe(2);
  });
});

describe('gates', () => {
  it('are set on the rate with its interval, and on counts that are certain', () => {
    const quantities = gateQuantities({
      planners: [{ planner: 'A', ciLow: 0.1, ciHigh: 0.3, failedCount: 2 }],
      frontier: [
        { kind: 'startup', count: 3 },
        { kind: 'task', count: 5 },
      ],
      invokedTwiceCount: 7,
    } as never);
    expect(quantities.map((own) => ('low' in own ? [own.name, own.low, own.high] : own))).toEqual([
      ['rate', 0.1, 0.3],
      ['failed', 2, 2],
      ['start-ups', 3, 3],
      ['invoked-twice', 7, 7],
    ]);
  });
});

describe('the pace of failed runs', () => {
  const runs = (makespan: number | 'lost', outputs: readonly Readonly<Record<string, number>>[]): FailuresFacts[] =>
    outputs.map(
      (outputAfterMs) => ({ ...factsOf('A', 'a', [makespan])[0], outputAfterMs }) as unknown as FailuresFacts,
    );
  const around = (level: number, spread: number) =>
    [-1, -1, 1, 1].map((side) => ({ f: 100 * Math.exp(level + side * spread) }));
  const judge = (level: number, spread: number) =>
    judgePace([...runs(1, around(0, spread)), ...runs('lost', around(level, spread))], 1);

  it('is that of the functions that all finished, failed runs against the others', () => {
    const pace = judgePace(
      [
        ...runs(1, [{ f: 100, g: 900 }, { f: 101 }]),
        ...runs('lost', [
          { f: 200, g: 300 },
          { f: 202, h: 1 },
        ]),
      ],
      1,
    );
    expect(pace).toMatchObject({ failedRunCount: 2, completedRunCount: 2, blockCount: 1 });
    expect(pace?.changeFraction).toBeCloseTo(1, 9);
    // The interval excludes no change, and of six ways to deal two and two the test cannot confirm it.
    expect(pace).toMatchObject({ outcome: 'hint' });
    expect(pace?.pValue).toBeCloseTo(1 / 3, 9);
  });

  it('is the time to the last of the functions in common, planner by planner', () => {
    const last = judgePace([...runs(1, [{ f: 100, g: 300 }]), ...runs('lost', [{ f: 280, g: 600 }])], 1);
    // The last of each: 600 ÷ 300. Their sums would be 880 ÷ 400.
    expect(last?.changeFraction).toBeCloseTo(1, 9);
    const of = (planner: string, facts: readonly FailuresFacts[]) =>
      facts.map((fact) => ({ ...fact, run: { ...fact.run, traits: { ...fact.run.traits, planner } } }));
    // Planner B is four times as slow, and lost more runs: within planners nothing changes.
    const apart = judgePace(
      [
        ...of('A', [...runs(1, [{ f: 100 }, { f: 100 }]), ...runs('lost', [{ f: 100 }])]),
        ...of('B', [...runs(1, [{ f: 400 }]), ...runs('lost', [{ f: 400 }, { f: 400 }])]),
      ],
      1,
    );
    expect(apart).toMatchObject({ blockCount: 2, changeFraction: expect.closeTo(0, 12) });
  });

  it('is the same within 2 % only', () => {
    expect(judge(0, 0.005)?.outcome).toBe('equivalent');
    expect(judge(0.02, 0.015)).toMatchObject({ outcome: 'inconclusive' });
    expect(judge(-0.02, 0.015)).toMatchObject({ outcome: 'inconclusive' });
    expect(judge(0.02, 0.015)?.ciLow).toBeGreaterThan(-0.02);
  });

  it('leaves out a function of which a task left no metrics', () => {
    const [run] = sample('newer') as [WholeRun];
    const lost = run.nodes.find(({ id }) => id !== run.sinkNodeId);
    const names = (of: Run) => Object.keys(extractFailures(of, describeRun(of)).outputAfterMs);
    expect(names(run)).toContain(lost?.functionName);
    expect(names(without(run, (id) => id === lost?.id))).not.toContain(lost?.functionName);
  });
});

describe('workflows against each other', () => {
  it('are held against all others by Fisher, and adjusted for all', () => {
    const { workflows } = answer([
      ...factsOf('A', 'a', [...times(8, 'lost' as const), ...times(12, 1)]),
      ...factsOf('A', 'b', times(20, 1)),
      ...factsOf('A', 'c', times(20, 1)),
    ]);
    expect(workflows.map(({ workflow, failedCount }) => [workflow, failedCount])).toEqual([
      ['a', 8],
      ['b', 0],
      ['c', 0],
    ]);
    near(workflows[0]?.pAdjusted, 3 * FISHER.first);
    near(workflows[1]?.pAdjusted, 2 * FISHER.second);
    near(workflows[2]?.pAdjusted, 2 * FISHER.second);
  });

  it('are not where there is one', () => {
    expect(answer(factsOf('A', 'a', ['lost', 1])).workflows).toMatchObject([{ workflow: 'a', pAdjusted: null }]);
  });
});

describe('planners against each other', () => {
  it('are not where they never met', () => {
    expect(answer([...factsOf('A', 'a', ['lost', 1]), ...factsOf('B', 'b', [1, 1])]).contrasts).toEqual([]);
  });

  it('have a run that is done counted without a makespan too, but no chance of being slower then', () => {
    const [pair] = answer([...factsOf('A', 'a', [1, null, 'lost']), ...factsOf('B', 'a', [1, 2])]).contrasts;
    expect(pair).toMatchObject({ baseline: { measured: 2, missing: 1 }, candidate: { measured: 2, missing: 0 } });
    expect(pair?.worstRankProbability).toBeNull();
    const [known] = answer([...factsOf('A', 'a', [1, 3, 'lost']), ...factsOf('B', 'a', [1, 2])]).contrasts;
    // Of six pairs B is quicker in 4 (two against the lost, 1 < 3, 2 < 3) and as quick in 1 (1 = 1).
    expect(known?.worstRankProbability).toBeCloseTo(4.5 / 6, 12);
  });

  it('are in the order of their p, the smallest first', () => {
    const { contrasts } = answer([
      ...factsOf('A', 'a', times(20, 1)),
      ...factsOf('B', 'a', times(20, 1)),
      ...factsOf('C', 'a', times(20, 'lost' as const)),
    ]);
    const ps = contrasts.map(({ pValue }) => pValue);
    expect(ps).toEqual([...ps].sort((a, b) => a - b));
    expect(ps[0]).toBeLessThan(ps[2] as number);
    expect(contrasts.at(-1)).toMatchObject({ baselinePlanner: 'A', candidatePlanner: 'B' });
  });

  // scipy.stats.fisher_exact([[0, 20], [8, 12]])[1], scipy 1.17.
  it('finds that one loses more, by Fisher, and adjusts for all pairs', () => {
    const [template] = sample('newer').filter(({ plan }) => plan !== null) as [WholeRun];
    const runs = ['A', 'B', 'C'].flatMap((plannerName, p) =>
      Array.from({ length: 20 }, (_, i) => {
        const run = { ...template, runId: `${plannerName}${i}`, plan: { ...template.plan, plannerName } } as WholeRun;
        return p === 1 && i < 8 ? loseSink(run) : run;
      }),
    );
    const { result, warnings } = failuresOf(runs);
    const pair = result.contrasts.find((each) => each.baselinePlanner === 'A' && each.candidatePlanner === 'B');
    expect(pair).toMatchObject({ baseline: { measured: 20, missing: 0 }, candidate: { measured: 12, missing: 8 } });
    near(pair?.pValue, 0.003276003276003276);
    near(pair?.pAdjusted, 3 * 0.003276003276003276);
    // All makespans are equal: ties count half, the lost are never quicker.
    expect(pair?.worstRankProbability).toBeCloseTo(0.3, 12);
    expect(warnings.find(({ code }) => code === 'unequal-loss')?.args).toEqual({
      pairs: [
        ['A', 'B'],
        ['B', 'C'],
      ],
    });
  });
});

describe('planners of a contrast', () => {
  it('contrasts two hundred planners, and names the runs where there are more', () => {
    const [run] = sample('newer').filter(({ plan }) => plan !== null) as [WholeRun];
    const ofPlanners = (count: number) =>
      failuresOf(
        Array.from({ length: count }, (_, i): Run => {
          const plan = { ...(run.plan as NonNullable<WholeRun['plan']>), plannerName: `P${i}` };
          return {
            ...run,
            runId: `${run.runId}${i}`,
            plan,
            tasks: run.tasks.map((task) => ({ ...task, plannerName: `P${i}` })),
          };
        }),
      );
    expect(ofPlanners(200).result.contrasts.length).toBe((200 * 199) / 2);
    const { result, ledger } = ofPlanners(201);
    expect(result.contrasts).toEqual([]);
    expect(ledger).toMatchObject([{ reason: 'contrast-of-more-than-200-planners', metric: 'contrast', count: 201 }]);
  });

  it('compares by runs without a plan only when asked', () => {
    const [template] = sample('newer').filter(({ plan }) => plan === null) as [WholeRun];
    const runs = ['A', 'B'].map((plannerName) => ({
      ...loseSink(template),
      runId: plannerName,
      tasks: loseSink(template).tasks.map((task) => ({ ...task, plannerName })),
    }));
    const count = (includeUnplanned: boolean) => {
      const { contrasts } = failuresOf(runs, { ...OPTIONS, includeUnplanned }).result;
      return contrasts.reduce((sum, { baseline, candidate }) => sum + baseline.missing + candidate.missing, 0);
    };
    expect(count(false)).toBe(0);
    expect(count(true)).toBe(2);
  });
});

describe('whether slow runs are the ones that fail', () => {
  const TEMPLATE = sample('newer').find(({ plan, tasks }) => plan !== null && tasks.length < 12) as WholeRun;

  /** Runs of one structure whose times are stretched at random; `isLost` says which of them lose their sink. */
  function simulate(seed: number, isLost: (stretch: number, random: () => number) => boolean) {
    const random = createRandom(seed);
    const zeroAtMs = TEMPLATE.submittedAtMs as number;
    const stretchRun = (i: number): WholeRun => {
      const stretch = Math.exp(0.3 * (random() + random() + random() - 1.5));
      const at = (atMs: number) => zeroAtMs + (atMs - zeroAtMs) * stretch;
      const run = {
        ...TEMPLATE,
        runId: String(i),
        tasks: TEMPLATE.tasks.map((task) => ({
          ...task,
          startedAtMs: at(task.startedAtMs),
          executionMs: task.executionMs * stretch,
        })),
        workerStartups: TEMPLATE.workerStartups.map((startup) => ({
          ...startup,
          requestedAtMs: at(startup.requestedAtMs),
          readyAtMs: startup.readyAtMs === null ? null : at(startup.readyAtMs),
        })),
      };
      return isLost(stretch, random) ? loseSink(run) : run;
    };
    return failuresOf(Array.from({ length: 30 }, (_, i) => stretchRun(i))).result.pace;
  }
  const REPETITIONS = 40;
  const countDifferent = (isLost: Parameters<typeof simulate>[1]) =>
    Array.from({ length: REPETITIONS }, (_, i) => simulate(i + 1, isLost)).filter(
      (pace) => pace?.outcome === 'different',
    ).length;

  it('is found where they are', () => {
    expect(countDifferent((stretch) => stretch > 1.1)).toBeGreaterThanOrEqual(0.95 * REPETITIONS);
  });

  it('is not found where runs are lost at random', () => {
    // P(more than 6 of 40 at 5 %) is 0.3 %.
    expect(countDifferent((_, random) => random() < 0.3)).toBeLessThanOrEqual(6);
  });
});
