import { describe, expect, it } from 'vitest';
import { analyzePrewarm } from '../../src/analyses/prewarm/analyze.ts';
import { extractPrewarm } from '../../src/analyses/prewarm/extract.ts';
import { parsePrewarm } from '../../src/analyses/prewarm/options.ts';
import { analyzeTaskdup } from '../../src/analyses/taskdup/analyze.ts';
import { extractTaskdup } from '../../src/analyses/taskdup/extract.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { type WholeRun as Run, readSample, toRun } from '../sample-records.ts';

const sample = (name: 'older' | 'newer') => readSample(name).map((record, i) => toRun(record, i + 1));

const prewarmOf = (runs: readonly Run[], keepAliveMs: number | null = null) =>
  analyzePrewarm(runs.map((run) => extractPrewarm(run, describeRun(run), { keepAliveMs })));
const taskdupOf = (runs: readonly Run[]) => analyzeTaskdup(runs.map((run) => extractTaskdup(run, describeRun(run))));

const near = (found: number | null | undefined, expected: number) =>
  expect(Math.abs((found ?? Number.NaN) / expected - 1)).toBeLessThan(1e-9);

const prewarmed = sample('newer').find((run) =>
  run.tasks.some((task) => task.optimizationEvents.some((event) => event.type === 'PreWarm')),
) as Run;
const eventsOf = (run: Run, keepAliveMs: number | null = null) =>
  extractPrewarm(run, describeRun(run), { keepAliveMs }).events;
const targets = new Set(
  prewarmed.tasks.flatMap((task) =>
    task.optimizationEvents.flatMap((event) => (event.type === 'PreWarm' ? [event.workerId] : [])),
  ),
);
const withStartups = (change: (run: Run) => Run['workerStartups']): Run => ({
  ...prewarmed,
  workerStartups: change(prewarmed),
});

describe('prewarm', () => {
  // test/reference/breakdown_reference.py, Python 3.11.7.
  it('agrees with an independent computation', () => {
    const { planners } = prewarmOf(sample('newer')).result;
    const nonUniform = planners.find(({ planner }) => planner === 'NonUniformPlanner-opt');
    expect([nonUniform?.eventCount, nonUniform?.warmCount]).toEqual([28, 25]);
    near(nonUniform?.medianLeadMs, 2244.171630859375);
    near(nonUniform?.savedMs?.estimate, 667.30123046875);
    near(nonUniform?.idleGbSeconds, 446.54408544921876);
    const uniform = planners.find(({ planner }) => planner === 'UniformPlanner-opt');
    expect([uniform?.eventCount, uniform?.warmCount]).toEqual([38, 37]);
    near(uniform?.savedMs?.estimate, 847.8694969383446);
    near(uniform?.idleGbSeconds, 168.260541015625);
    const older = prewarmOf(sample('older')).result.planners.find(({ planner }) => planner === 'UniformPlanner-opt');
    near(older?.savedMs?.estimate, 2670.146728515625);
  });

  // The pool's log counts 77 launches ahead of workers (/usr/bin/python3 over `launch_begin` with `prewarm`); 66 left a record.
  it('counts what was launched, recorded or not', () => {
    const { planners, headline } = prewarmOf(sample('newer')).result;
    expect(
      planners.map(({ launchedCount, recordedCount, runCount }) => [launchedCount, recordedCount, runCount]),
    ).toEqual([
      [0, 0, 0],
      [37, 28, 13],
      [0, 0, 0],
      [40, 38, 10],
    ]);
    expect(headline).toContain('25 of 28 prewarmed workers (of 37 launched, the rest not recorded) started warm');
  });

  it('says so when nothing of what was launched is recorded', () => {
    const unrecorded = { ...prewarmed, tasks: prewarmed.tasks.map((task) => ({ ...task, optimizationEvents: [] })) };
    const { result, warnings } = prewarmOf([unrecorded]);
    expect(result.headline).toMatch(
      /: [1-9]\d* prewarms? launched, none of them recorded: whether they helped cannot be told/,
    );
    expect(warnings.map(({ code }) => code)).toContain('records-incomplete');
  });

  it('launches nothing for a trigger that never was ready', () => {
    const silent = { ...prewarmed, workerStartups: [], tasks: [] };
    expect(extractPrewarm(silent, describeRun(silent), { keepAliveMs: null }).launchedCount).toBe(0);
  });

  it('answers where none fired', () => {
    const plain = sample('newer').filter((run) => run.plan?.plannerName === 'UniformPlanner');
    const { result } = prewarmOf(plain);
    expect(result.headline).toBe('no prewarm fired in 21 runs');
    expect(prewarmOf([]).result.planners).toEqual([]);
  });
});

describe('prewarmed containers', () => {
  it('tells a container that nobody used, and what it cost at most', () => {
    const abandoned = withStartups((run) =>
      run.workerStartups
        .filter(({ workerId }) => !targets.has(workerId))
        .map((startup) => ({ ...startup, state: 'cold' })),
    );
    const [event] = eventsOf(abandoned);
    expect(event).toMatchObject({ outcome: 'never-started', leadMs: null, perhapsTaken: false });
    expect(event?.unusedMs).toBeGreaterThan(1000);
    expect(eventsOf(abandoned, 1000)[0]?.unusedMs).toBe(1000);
  });

  it('tells one that came after its worker had been asked for', () => {
    const early = withStartups((run) =>
      run.workerStartups.map((startup) =>
        targets.has(startup.workerId) ? { ...startup, requestedAtMs: startup.requestedAtMs - 60_000 } : startup,
      ),
    );
    expect(eventsOf(early).every((event) => event.outcome === 'late' && (event.leadMs ?? 0) < 0)).toBe(true);
  });

  it('reads --keep-alive in seconds', () => {
    const read = (keepAlive: string) => parsePrewarm({ arguments: [], options: { keepAlive } }).keepAliveMs;
    expect([read('8'), read('8s'), read('500ms')]).toEqual([8000, 8000, 500]);
    expect(() => read('soon')).toThrow('--keep-alive');
  });
});

describe('taskdup', () => {
  // test/reference/breakdown_reference.py, Python 3.11.7.
  it('agrees with an independent computation', () => {
    const { planners } = taskdupOf(sample('older')).result;
    const nonUniform = planners.find(({ planner }) => planner === 'NonUniformPlanner-opt');
    expect([nonUniform?.duplicationCount, nonUniform?.duplicateUsedCount]).toEqual([10, 10]);
    near(nonUniform?.headStartMs?.estimate, -2177.317431640625);
    near(nonUniform?.predictedSavingMs?.estimate, 8339.410919369915);
    near(nonUniform?.predictedDuplicateExecutionMs, 17798.894398364264);
    const uniform = planners.find(({ planner }) => planner === 'UniformPlanner-opt');
    expect([uniform?.duplicationCount, uniform?.duplicateUsedCount]).toEqual([11, 8]);
    near(uniform?.headStartMs?.estimate, -434.94647216796875);
    near(uniform?.predictedSavingMs?.estimate, 102.69070893922839);
    near(uniform?.predictedDuplicateExecutionMs, 14492.003117878889);
    near(nonUniform?.medianReadyLagUsedMs, 2225.41943359375);
    near(uniform?.medianReadyLagUsedMs, 255.7877197265625);
    near(uniform?.medianReadyLagWithoutMs, 185.433349609375);
  });

  it('answers where no task was duplicated', () => {
    expect(taskdupOf(sample('newer')).result.headline).toBe('no task was duplicated in 100 runs');
    expect(taskdupOf([]).result.planners).toEqual([]);
  });

  it('knows a duplicate that was ahead of the original from one that was not', () => {
    const run = sample('older').find((candidate) =>
      extractTaskdup(candidate, describeRun(candidate)).duplications.some(({ outcome }) => outcome === 'duplicate'),
    ) as Run;
    const duplicated = new Set(
      run.tasks.flatMap((task) =>
        task.optimizationEvents.flatMap((event) => (event.type === 'TaskDup' ? [event.inputId] : [])),
      ),
    );
    const slow = {
      ...run,
      tasks: run.tasks.map((task) =>
        duplicated.has(task.nodeId) ? { ...task, executionMs: task.executionMs + 60_000 } : task,
      ),
    };
    const countAhead = (runs: readonly Run[]) =>
      taskdupOf(runs).result.planners.reduce((sum, { aheadCount }) => sum + aheadCount, 0);
    expect(countAhead([run])).toBe(0);
    expect(countAhead([slow])).toBeGreaterThan(0);
  });
});
