import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/analyses/analysis.ts';
import { analyzeBreakdown } from '../../src/analyses/breakdown/analyze.ts';
import { extractBreakdown } from '../../src/analyses/breakdown/extract.ts';
import { parseBreakdown } from '../../src/analyses/breakdown/options.ts';
import type { BreakdownResult } from '../../src/analyses/breakdown/result.ts';
import { viewBreakdown } from '../../src/analyses/breakdown/view.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { type WholeRun as Run, readSample, toRun } from '../sample-records.ts';
import { ROOT } from '../spawn-wfa.ts';

const sample = (name: 'older' | 'newer') => readSample(name).map((record, i) => toRun(record, i + 1));

function breakDown(runs: readonly Run[], options: Record<string, string | boolean> = {}): Outcome<BreakdownResult> {
  const facts = runs.map((run) => extractBreakdown(run, describeRun(run), { by: 'planner' }));
  return analyzeBreakdown(facts, parseBreakdown({ arguments: [], options }));
}

function figuresOf({ result }: Outcome<BreakdownResult>, planner: string) {
  const found = result.planners.find((candidate) => candidate.planner === planner);
  return {
    path: (part: string) => found?.criticalPath?.parts.find((share) => share.part === part),
    tasks: (part: string) => found?.tasks?.parts.find((share) => share.part === part),
    totalMs: found?.criticalPath?.totalMs,
    cold: found?.beside.find(({ metric }) => metric === 'cold-starts')?.mean,
  };
}

const near = (found: number | null | undefined, expected: number) =>
  expect(Math.abs((found ?? Number.NaN) / expected - 1)).toBeLessThan(1e-9);

describe('breakdown', () => {
  // test/reference/breakdown_reference.py, Python 3.11.7, scipy 1.17.1.
  it('agrees with an independent computation on newer.ndjson.gz', () => {
    const outcome = breakDown(sample('newer'));
    expect(outcome.result.criticalPath.blocks.length).toBe(12);
    const uniform = figuresOf(outcome, 'UniformPlanner-opt');
    near(uniform.path('startup')?.meanMs, 2270.7332865397134);
    near(uniform.path('startup')?.shareFraction, 0.3042450616037868);
    near(uniform.totalMs, 7463.500885009766);
    near(uniform.tasks('startup')?.meanMs, 4138.230773925781);
    near(uniform.cold, 1.8333333333333333);
    const nonUniform = figuresOf(outcome, 'NonUniformPlanner');
    near(nonUniform.path('queueing')?.meanMs, 686.3562215169271);
    near(nonUniform.tasks('startup')?.meanMs, 6229.537974039714);
  });

  it('agrees with it where every block has several runs, so that there are intervals', () => {
    const outcome = breakDown(sample('newer'), { block: 'workflow,structure' });
    expect(outcome.result.planners.map(({ criticalPath }) => criticalPath?.intervalMethod)).toEqual(
      new Array(4).fill('welch'),
    );
    const uniform = figuresOf(outcome, 'UniformPlanner-opt');
    near(uniform.path('startup')?.meanMs, 2248.373316689143);
    near(uniform.path('startup')?.ciLow, 1927.2030305405106);
    near(uniform.path('startup')?.shareCiLow, 0.27808209954930674);
    const nonUniform = figuresOf(outcome, 'NonUniformPlanner');
    near(nonUniform.path('queueing')?.ciHigh, 660.3729610506984);
    near(nonUniform.tasks('startup')?.ciHigh, 6494.821967409565);
  });

  it('gives no interval where one block in five has a single run, and says why', () => {
    const outcome = breakDown(sample('newer'));
    for (const { criticalPath, tasks } of outcome.result.planners) {
      expect(criticalPath).toMatchObject({ intervalMethod: 'none', totalCiLow: null, totalCiHigh: null });
      for (const part of [...(criticalPath?.parts ?? []), ...(tasks?.parts ?? [])]) {
        expect([part.ciLow, part.ciHigh, part.shareCiLow, part.shareCiHigh]).toEqual([null, null, null, null]);
      }
    }
    const note = outcome.warnings.find(({ code }) => code === 'no-interval');
    expect(note?.message).toContain('one block in five or more has a single run');
  });

  it('agrees with an independent computation on older.ndjson.gz, where most blocks have one run', () => {
    const outcome = breakDown(sample('older'));
    const wukong = figuresOf(outcome, 'WUKONGPlanner');
    near(wukong.path('startup')?.meanMs, 6929.899063110352);
    near(wukong.totalMs, 11509.071044921875);
    near(figuresOf(outcome, 'UniformPlanner-opt').path('queueing')?.meanMs, 2486.1680297851562);
  });
});

describe('start-up by part', () => {
  // test/reference/breakdown_reference.py, which compares every pair of start-ups: Python 3.11.7.
  it('agrees with an independent computation', () => {
    const sizes = breakDown(sample('newer')).result.startupParts;
    expect(sizes.map(({ engine, memoryMb }) => [engine, memoryMb])).toEqual([
      ['newer', 2048],
      ['newer', 4096],
      ['newer', 8192],
    ]);
    const [first, , last] = sizes;
    expect(first).toMatchObject({ coldCount: 179, aloneColdCount: 13, aloneWarmCount: 41 });
    near(first?.waitMs, 674.4225364983415);
    near(first?.launchMs, 669.135498046875);
    near(first?.bootMs, 380.87646484375);
    near(first?.bootShareOfMakespan, 0.1114935831683105);
    near(last?.waitMs, 461.55850142791496);
    near(last?.bootShareOfMakespan, 0.1265831566512889);
  });

  it('counts a run that was not measured to the only engine there is', () => {
    const older = breakDown(sample('older')).result.startupParts;
    expect(older.map(({ engine, memoryMb, coldCount }) => [engine, memoryMb, coldCount])).toEqual([
      ['older', 1024, 230],
      ['older', 2048, 38],
      ['older', 4096, 43],
    ]);
  });

  it('cannot tell without a start of each kind alone', () => {
    const run = sample('newer').find(({ workerStartups }) => workerStartups.length > 2) as Run;
    const together = { ...run, workerStartups: run.workerStartups.map((own) => ({ ...own, requestedAtMs: 0 })) };
    const [size] = breakDown([together]).result.startupParts;
    expect(size).toMatchObject({ waitMs: null, launchMs: null, bootMs: null, bootShareOfMakespan: null });
    expect(size?.aloneColdCount).toBe(0);
    const view = viewBreakdown(breakDown([together]));
    expect(JSON.stringify(view.tables)).toContain('cannot tell: no cold or no warm start was alone');
  });

  it('says what fetching the DAG takes', () => {
    const [gemm] = breakDown(sample('newer')).result.dagFetches;
    // Python 3 over the records: Σ serialized_size_bytes ÷ fetches ÷ nodes, of gemm.
    expect(gemm).toMatchObject({ workflow: 'gemm', runCount: 33, fetchCount: 123 });
    expect(gemm?.bytesPerTask).toBeCloseTo(925.6951219512196, 6);
  });
});

it('start-ups by part are met by the log of the pool: containers began to launch when starts had waited, within 8 % of a start', () => {
  const logged = gunzipSync(readFileSync(join(ROOT, 'test/fixtures/containers-newer.ndjson.gz')));
  const lines = logged.toString().trimEnd().split('\n');
  const launches = lines.map((line) => JSON.parse(line)).filter(({ prewarmed }) => !prewarmed);
  const runs = sample('newer');
  for (const { memoryMb, waitMs, launchMs, bootMs, coldCount } of breakDown(runs).result.startupParts) {
    const own = launches.filter((container) => container.memoryMb === memoryMb);
    const waits = own.map(({ beganAtMs, sessions: [[run, workerId]] }) => {
      const tasks = runs[run]?.tasks.filter((task) => task.workerId === workerId).map(({ nodeId }) => nodeId);
      const asked = runs[run]?.workerStartups.filter(
        ({ state, requestedAtMs, readyAtMs, initialTaskIds }) =>
          state === 'cold' &&
          requestedAtMs <= beganAtMs + 1 &&
          beganAtMs < (readyAtMs ?? 0) &&
          initialTaskIds.some((id) => tasks?.includes(id)),
      );
      return beganAtMs - (asked?.[0]?.requestedAtMs ?? Number.NaN);
    });
    expect(waits.length).toBe(coldCount);
    const trueMs = waits.reduce((sum, ms) => sum + ms, 0) / waits.length;
    const totalMs = (waitMs ?? 0) + (launchMs ?? 0) + (bootMs ?? 0);
    expect(Math.abs((waitMs ?? 0) - trueMs) / totalMs).toBeLessThan(0.08);
  }
});

describe('the means of a breakdown', () => {
  it('have shares that add up to 1, and parts that add up to the total', () => {
    for (const { criticalPath, tasks } of breakDown(sample('older')).result.planners) {
      for (const breakdown of [criticalPath, tasks]) {
        const sum = (amounts: readonly (number | null)[]) => amounts.reduce((a: number, b) => a + (b ?? 0), 0);
        expect(sum(breakdown?.parts.map((part) => part.shareFraction) ?? [])).toBeCloseTo(1, 6);
        expect(sum(breakdown?.parts.map((part) => part.meanMs) ?? [])).toBeCloseTo(breakdown?.totalMs ?? 0, 2);
      }
    }
  });

  it('do not confound planners with different workflow mixes', () => {
    const [short, long] = [sample('newer').find((run) => run.plan), sample('newer').findLast((run) => run.plan)];
    if (!short?.plan || !long?.plan) throw new Error('no planned runs');
    const under = (run: Run, workflow: string, plannerName: string): Run => ({
      ...run,
      workflow,
      plan: run.plan && { ...run.plan, plannerName },
    });
    // Two planners that do the very same, one with three times as many long runs.
    const runs = [
      under(short, 'short', 'A'),
      under(long, 'long', 'A'),
      under(short, 'short', 'B'),
      ...Array.from({ length: 3 }, () => under(long, 'long', 'B')),
    ];
    const [a, b] = breakDown(runs).result.planners;
    expect(a?.criticalPath?.totalMs).toBeCloseTo(b?.criticalPath?.totalMs ?? 0, 6);
  });

  it('say so when no block holds every planner', () => {
    const runs = sample('newer').map((run) => ({
      ...run,
      workflow: run.workflow + (run.plan?.plannerName === 'UniformPlanner' ? '2' : ''),
    }));
    const outcome = breakDown(runs);
    expect(outcome.result.criticalPath.blocksUsed).toBe('own');
    expect(outcome.warnings.map(({ code }) => code)).toContain('mixes-differ');
  });

  it('leave invocations out, as not measured, where they are not recorded', () => {
    const outcome = breakDown(sample('older'));
    expect(figuresOf(outcome, 'WUKONGPlanner-opt').path('invocation')?.meanMs).toBeNull();
    expect(outcome.warnings.map(({ code }) => code)).toContain('invocations-not-recorded');
  });

  it('survive having nothing', () => {
    const outcome = breakDown([]);
    expect(outcome.result.planners).toEqual([]);
    expect(viewBreakdown(outcome).tables.length).toBe(3);
  });
});

describe('start-ups by part', () => {
  const startups = (name: 'older' | 'newer') => {
    const options = parseBreakdown({ arguments: [], options: { by: 'startup' } });
    const facts = sample(name).map((run) => extractBreakdown(run, describeRun(run), options));
    const outcome = analyzeBreakdown(facts, options);
    return { ...outcome, view: viewBreakdown(outcome, options) };
  };

  it('says what makespans would be without fetching the DAG', () => {
    const { result, view } = startups('newer');
    const changes = result.dagFetches.map(({ workflow, withoutFetch }) => [workflow, withoutFetch?.runCount]);
    expect(changes).toEqual([
      ['gemm', 29],
      ['image_transformer', 28],
      ['text_analysis', 31],
    ]);
    // The DAG of gemm comes within the invocation.
    const [gemm, images, texts] = result.dagFetches.map(({ withoutFetch }) => withoutFetch);
    expect(gemm).toMatchObject({ changeFraction: 0, ciLow: null });
    for (const own of [images, texts]) {
      expect(own?.changeFraction).toBeLessThan(-0.01);
      expect(own?.ciLow).toBeGreaterThan(-0.03);
      expect(own?.ciHigh).toBeLessThan(0);
    }
    expect(view.headlines[0]).toContain('loses 674 ms to others beside it, launches in 669 ms and boots in 381 ms');
    expect(view.tables.map(({ title }) => title?.split(':')[0])).toEqual([
      'worker start-up by part',
      'fetching the DAG',
    ]);
  });

  it('says so where parts cannot be told', () => {
    const { view, result } = startups('older');
    expect(result.dagFetches.length).toBeGreaterThan(2);
    expect(view.headlines[0]).toMatch(/cannot be told|loses/);
  });

  it('replays nothing unless it is asked for', () => {
    const { result } = breakDown(sample('newer'));
    expect(result.dagFetches.every(({ withoutFetch }) => withoutFetch === null)).toBe(true);
  });
});
