import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzeWorkers } from '../../src/analyses/workers/analyze.ts';
import { extractWorkers } from '../../src/analyses/workers/extract.ts';
import { parseWorkers } from '../../src/analyses/workers/options.ts';
import { replayPlans } from '../../src/analyses/workers/planned.ts';
import type { PlannedRun, WorkersResult } from '../../src/analyses/workers/result.ts';
import { NOT_RECORDED } from '../../src/model/recorded.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { draws } from '../property-draws.ts';
import { type WholeRun as Run, readSample, sampleRuns, toRun } from '../sample-records.ts';

type Options = Record<string, string | boolean>;

function reconstruct(runs: readonly Run[], given: Options = {}): ReturnType<typeof analyzeWorkers> {
  const options = parseWorkers({ arguments: [], options: given });
  const facts = runs.map((run) => extractWorkers(run, describeRun(run), options));
  return analyzeWorkers(facts, options);
}

const NEWER = readSample('newer').map((record, i) => toRun(record, i + 1));
const hideStates = (run: Run): Run => ({
  ...run,
  workerStartups: run.workerStartups.map((startup) => ({ ...startup, state: null })),
});

/** One container as the pool itself logged it, with the workers it took: position of the run in the sample, worker, state. */
interface TrueContainer {
  readonly memoryMb: number;
  readonly beganAtMs: number;
  readonly endedAtMs: number;
  readonly sessions: readonly [number, string, 'cold' | 'warm'][];
}

// The pool's log of the very containers that ran samples/newer.ndjson.gz; nothing but tests may read it.
const TRUTH = gunzipSync(readFileSync(join(import.meta.dirname, '../fixtures/containers-newer.ndjson.gz')))
  .toString()
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as TrueContainer);
const TRUE_GB_SECONDS = TRUTH.reduce(
  (sum, { memoryMb, beganAtMs, endedAtMs }) => sum + (memoryMb / 1024) * ((endedAtMs - beganAtMs) / 1000),
  0,
);

function rightFraction({ sessions }: WorkersResult): number {
  const states = new Map(
    TRUTH.flatMap((container) =>
      container.sessions.map(([run, workerId, state]) => [`${NEWER[run]?.runId} ${workerId}`, state] as const),
    ),
  );
  const right = sessions.filter(({ runId, workerId, source }) => {
    return states.get(`${runId} ${workerId}`) === (source === 'launched' ? 'cold' : 'warm');
  });
  return right.length / states.size;
}

describe('against what the pool itself logged', () => {
  test('with recorded states: containers within 1 %, alive GB-seconds within 10 %', () => {
    const { result } = reconstruct(NEWER);
    expect(Math.abs(result.counts.containerCount / TRUTH.length - 1)).toBeLessThan(0.01);
    expect(result.counts.prewarmedCount).toBe(77);
    expect(Math.abs((result.gbSeconds?.total.alive ?? 0) / TRUE_GB_SECONDS - 1)).toBeLessThan(0.1);
    expect(rightFraction(result)).toBe(1);
  });

  test('with states hidden: 97 % cold or warm right, containers within 2 %, the truth within the bounds', () => {
    const { result } = reconstruct(NEWER.map(hideStates), { keepAlive: '7.5' });
    expect(rightFraction(result)).toBeGreaterThan(0.97);
    expect(Math.abs(result.counts.containerCount / TRUTH.length - 1)).toBeLessThan(0.02);
    expect(result.bounds.containers.low).toBeLessThanOrEqual(TRUTH.length);
    expect(result.bounds.containers.high).toBeGreaterThanOrEqual(TRUTH.length);
    expect(result.bounds.gbSeconds?.low).toBeLessThanOrEqual(TRUE_GB_SECONDS);
    expect(result.bounds.gbSeconds?.high).toBeGreaterThanOrEqual(TRUE_GB_SECONDS);
    expect(result.counts.inferredStateCount).toBe(result.counts.sessionCount);
  });

  test('the keep-alive of 7 s, checked every half second, is found', () => {
    const { keepAlive } = reconstruct(NEWER).result;
    expect(keepAlive.origin).toBe('estimated');
    expect(keepAlive.flatLowMs).toBeLessThanOrEqual(7000);
    expect(keepAlive.flatHighMs).toBeGreaterThanOrEqual(7500);
  });
});

test('what the data do not tell is said, and nothing is claimed', () => {
  const outcome = reconstruct(NEWER.map(hideStates));
  expect(outcome.result.keepAlive).toMatchObject({ origin: 'not-identifiable', flatLowMs: null, flatHighMs: null });
  expect(outcome.warnings.map(({ code }) => code)).toContain('keep-alive-not-identifiable');
});

test('starting, busy, idle and tail add up to the time alive, in all and for each planner', () => {
  const { gbSeconds, containers } = reconstruct(sampleRuns()).result;
  const alive = containers.reduce((sum, { memoryMb, periods }) => {
    const aliveMs = (periods.at(-1)?.endAtMs ?? 0) - (periods[0]?.startAtMs ?? 0);
    return sum + ((memoryMb ?? 0) / 1024) * (aliveMs / 1000);
  }, 0);
  expect((gbSeconds?.total.alive ?? 0) / alive).toBeCloseTo(1, 9);
  const ofPlanners = (gbSeconds?.planners ?? []).reduce((sum, planner) => sum + planner.alive * planner.runCount, 0);
  const owned = containers.flatMap(({ memoryMb, periods }) =>
    periods.flatMap(({ runId, startAtMs, endAtMs }) =>
      runId ? [((memoryMb ?? 0) / 1024) * ((endAtMs - startAtMs) / 1000)] : [],
    ),
  );
  expect(ofPlanners / owned.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 9);
});

describe('records that do not say how much memory workers have', () => {
  const withoutMemory = (run: Run): Run => ({
    ...run,
    lacks: new Set([...run.lacks, 'memory' as const]),
    workerStartups: run.workerStartups.map((startup) => ({ ...startup, memoryMb: NOT_RECORDED })) as never,
  });
  const unplanned = NEWER.map(
    (run): Run => ({ ...run, nodes: run.nodes.map((node) => ({ ...node, plannedPrewarms: [] })) }),
  );
  const ofTimes = ({ containers }: WorkersResult) =>
    containers.map(({ periods }) => periods.map(({ state, startAtMs, endAtMs }) => [state, startAtMs, endAtMs]));

  test('have the same containers as if all had 1 GB, counted by their time', () => {
    const startups = (run: Run): Run => ({
      ...run,
      workerStartups: run.workerStartups.map((startup) => ({ ...startup, memoryMb: 1024 })),
    });
    const { result } = reconstruct(unplanned.map(withoutMemory));
    const { result: sized } = reconstruct(unplanned.map(startups));
    expect(ofTimes(result)).toEqual(ofTimes(sized));
    expect([result.containerSeconds, result.bounds.containerSeconds]).toEqual([
      sized.containerSeconds,
      sized.bounds.containerSeconds,
    ]);
    const aliveMs = result.containers.map(
      ({ periods }) => (periods.at(-1)?.endAtMs ?? 0) - (periods[0]?.startAtMs ?? 0),
    );
    const aliveS = aliveMs.reduce((sum, ms) => sum + ms / 1000, 0);
    expect(result.containerSeconds.alive / aliveS).toBeCloseTo(1, 9);
    expect((result.envelope[0]?.aliveContainerSeconds ?? 0) / aliveS).toBeCloseTo(1, 9);
    expect(result.headline).toContain(' container-s alive');
  });

  test('name no memory and no GB-seconds, and say so', () => {
    const { result, warnings } = reconstruct(unplanned.map(withoutMemory));
    expect(result.gbSeconds).toBeNull();
    expect(
      new Set([...result.sessions, ...result.containers, ...result.startupModel].map((own) => own.memoryMb)),
    ).toEqual(new Set([null]));
    expect(warnings.map(({ code }) => code)).toContain('memory-not-recorded');
  });

  test('are left out beside records that do', () => {
    const [first, ...others] = unplanned;
    const { result, ledger } = reconstruct([withoutMemory(first as Run), ...others]);
    expect(result.runCount).toBe(others.length);
    expect(ledger).toContainEqual(expect.objectContaining({ reason: 'memory-not-recorded', count: 1 }));
  });
});

describe('an independent computation agrees', () => {
  // python3 test/reference/workers_reference.py samples/newer.ndjson.gz (Python 3.11.7, numpy 2.4.6).
  const given = { keepAlive: '7.5', exitLag: '0.6', plan: true };
  const { result } = reconstruct(NEWER, given);
  const closeTo = (expected: number) => expect.closeTo(expected, Math.max(0, 9 - Math.ceil(Math.log10(expected))));

  test('about containers, and how each was found', () => {
    const sources = { idle: 0, launched: 0, exiting: 0, outlived: 0, unseen: 0 };
    for (const { source } of result.sessions) sources[source]++;
    expect(sources).toEqual({ idle: 220, launched: 361, exiting: 3, outlived: 1, unseen: 0 });
    expect(result.counts).toMatchObject({ sessionCount: 585, containerCount: 438 });
    expect(result.bounds.containers.low).toBe(19);
    expect(result.settings.launchIntervalMs).toEqual(closeTo(577.65966796875));
    expect(reconstruct(NEWER.map(hideStates), given).result.counts.containerCount).toBe(442);
  });

  test('about GB-seconds', () => {
    expect(result.gbSeconds?.total).toMatchObject({
      starting: closeTo(2237.305491210935),
      busy: closeTo(6762.464097656255),
      idle: closeTo(1916.6573291015627),
      tail: closeTo(14265),
    });
  });

  test('about start-ups', () => {
    expect(result.startupModel.find(({ memoryMb, state }) => memoryMb === 2048 && state === 'cold')).toMatchObject({
      count: 179,
      p10Ms: closeTo(807.789501953125),
      medianMs: closeTo(1474.188232421875),
      p90Ms: closeTo(2897.8547363281255),
    });
  });

  test('about prewarms', () => {
    // Leads are differences of instants, which hold 2^-12 ms in these years.
    const nearly = (expected: number) => expect.closeTo(expected, 3);
    const leads = result.startupModel.filter(({ state }) => state === 'prewarm');
    expect(leads).toMatchObject([
      {
        memoryMb: 2048,
        count: 39,
        p10Ms: nearly(606.0197813863151),
        medianMs: nearly(719.241099388897),
        p90Ms: nearly(978.381160889076),
      },
      {
        memoryMb: 8192,
        count: 27,
        p10Ms: nearly(513.2908791103063),
        medianMs: nearly(742.4767358804943),
        p90Ms: nearly(960.515218142045),
      },
    ]);
  });

  test('about plans without start-up time, and about the error of the plans themselves', () => {
    const sum = result.planned.reduce((total, run) => total + (run.withoutStartupMakespanMs ?? 0), 0);
    expect(result.planned).toHaveLength(88);
    expect(sum / 391569.0904486669).toBeCloseTo(1, 9);
    expect(result.planScores.slice(0, 4)).toMatchObject([
      { prediction: 'plan', medianAbsoluteError: closeTo(0.24453737809752296) },
      { prediction: 'corrected' },
      { prediction: 'without-startup', medianAbsoluteError: closeTo(0.489447207444547) },
      { prediction: 'earlier-median', runCount: 87, medianAbsoluteError: closeTo(0.07929809085216011) },
    ]);
  });

  test('about the lags between tasks', () => {
    const options = parseWorkers({ arguments: [], options: given });
    const total = (lag: 'started' | 'local' | 'remote') => {
      const own = NEWER.map((run) => extractWorkers(run, describeRun(run), options).lags?.[lag]);
      return [0, 1].map((i) => own.reduce((sum, each) => sum + ((i === 0 ? each?.count : each?.sumMs) ?? 0), 0));
    };
    expect(total('started')).toEqual([976, closeTo(94187.84526263128)]);
    expect(total('local')).toEqual([895, closeTo(118857.56030273438)]);
    expect(total('remote')).toEqual([422, closeTo(113492.09452264177)]);
  });
});

describe('plans', () => {
  const { result } = reconstruct(NEWER, { plan: true });
  const find = (prediction: string) =>
    result.planScores.find((score) => score.planner === 'all' && score.prediction === prediction) ??
    expect.unreachable();

  test('are better about makespan and about cold starts with start-ups modelled', () => {
    expect(find('corrected').medianAbsoluteError).toBeLessThan(0.1);
    // Without the lags between tasks they were 9 % short.
    expect(Math.abs(find('corrected').medianError ?? 1)).toBeLessThan(0.03);
    expect(find('corrected').medianAbsoluteError).toBeLessThan((find('plan').medianAbsoluteError ?? 0) - 0.1);
    expect(find('corrected').rightFraction).toBeGreaterThan((find('plan').rightFraction ?? 1) + 0.1);
  });

  test('are held against the median of two or more earlier runs, whoever planned them', () => {
    const last = NEWER.find(({ runId }) => runId === result.planned.at(-1)?.runId) ?? expect.unreachable();
    const unplanned = NEWER.filter((run) => run.plan === null && run.workflow === last.workflow);
    const baselineOf = (earlier: readonly Run[]) =>
      reconstruct([...earlier, last], { plan: true }).result.planned.at(-1)?.earlierMedianMakespanMs;
    expect(unplanned.length).toBeGreaterThan(1);
    expect(baselineOf(unplanned)).toBeGreaterThan(0);
    expect(baselineOf(unplanned.slice(0, 1))).toBeNull();
    expect(baselineOf(NEWER.filter(({ workflow }) => workflow !== last.workflow))).toBeNull();
    expect(find('earlier-median')).toMatchObject({ coldAsCold: 0, warmAsWarm: 0, rightFraction: null });
  });

  test.each([1e16, 1e300, 1e308])('of tasks that take %d ms end, and say nothing infinite', (executionMs) => {
    const runs = NEWER.slice(0, 20).map((run, i) => {
      if (run.plan === null || i < 10) return run;
      const nodes = new Map([...run.plan.nodes].map(([id, node]) => [id, { ...node, executionMs }]));
      return { ...run, plan: { ...run.plan, nodes } };
    });
    const { planned } = reconstruct(runs, { plan: true }).result;
    expect(planned.length).toBeGreaterThan(5);
    for (const { correctedMakespanMs, workers } of planned) {
      expect(correctedMakespanMs === null || Number.isFinite(correctedMakespanMs)).toBe(true);
      for (const { endAtMs } of workers) expect(endAtMs === null || Number.isFinite(endAtMs)).toBe(true);
    }
  });

  test('without start-up time are never longer than with it', () => {
    for (const { withoutStartupMakespanMs, correctedMakespanMs } of result.planned) {
      expect(withoutStartupMakespanMs).toBeLessThanOrEqual(correctedMakespanMs ?? 0);
    }
  });
});

test('a run whose workers never got ready is inferred, and marked', () => {
  const run = NEWER[0] ?? expect.unreachable();
  const silent: Run = {
    ...run,
    runId: 'silent',
    tasks: [],
    workerStartups: run.workerStartups.map((startup) => ({ ...startup, readyAtMs: null, state: null })),
  };
  const { result } = reconstruct([silent, ...NEWER.slice(1)]);
  const own = result.sessions.filter(({ runId }) => runId === 'silent');
  expect(own.length).toBe(run.workerStartups.length);
  for (const session of own) {
    expect(session).toMatchObject({ stateInferred: true, readyInferred: true, endInferred: true });
    expect(session.readyAtMs).toBeGreaterThan(session.requestedAtMs);
  }
});

describe.each(['newer', 'older'] as const)('what the replay of a plan knows (%s engine)', (name) => {
  const options = parseWorkers({ arguments: [], options: { plan: true } });
  const extract = (run: Run) => extractWorkers(run, describeRun(run), options);
  const runs = readSample(name)
    .map((record, i) => toRun(record, i + 1))
    .filter(({ submittedAtMs }) => submittedAtMs !== null)
    .sort((a, b) => submittedAtMs(a) - submittedAtMs(b));
  const facts = runs.map(extract);
  const planned = replayPlans(facts, options);
  /** One of the planned runs, by its place among all of them. */
  const someRun = fc.constantFrom(...planned.map(({ runId }) => runs.findIndex((run) => run.runId === runId)));
  const find = (replayed: readonly PlannedRun[], place: number) =>
    replayed.find(({ runId }) => runId === runs[place]?.runId) ?? expect.unreachable();
  const few = { numRuns: draws(12), seed: 7 };

  test('is nothing of later runs: without them it comes out alike', () => {
    fc.assert(
      fc.property(someRun, (place) => {
        const replayed = replayPlans(facts.slice(0, place + 1), options);
        expect(replayed).toEqual(planned.slice(0, replayed.length));
        expect(find(replayed, place)).toEqual(find(planned, place));
      }),
      few,
    );
  });

  test('is nothing of later runs: whatever they record', () => {
    fc.assert(
      fc.property(someRun, (place) => {
        const altered = runs.slice(place + 1).map((run) => extract(alter(run)));
        const replayed = replayPlans([...facts.slice(0, place + 1), ...altered], options);
        expect(find(replayed, place)).toEqual(find(planned, place));
      }),
      few,
    );
  });

  test('is nothing of runs that are still under way at its submission', () => {
    fc.assert(
      fc.property(someRun, fc.nat(), (place, draw) => {
        const other = draw % Math.max(1, place);
        const lasting = prolong(runs[other] as Run, submittedAtMs(runs[place] as Run));
        const replay = (run: Run) => {
          const earlier = runs.slice(0, place + 1).map((each, i) => extract(i === other && i < place ? run : each));
          return find(replayPlans(earlier, options), place);
        };
        expect(replay(alter(lasting))).toEqual(replay(lasting));
      }),
      few,
    );
  });

  test('is something of earlier runs: without them, or altered, it comes out otherwise', () => {
    const last = runs.findIndex(({ runId }) => runId === planned.at(-1)?.runId);
    const all = find(planned, last);
    expect(all.known.keepAliveOrigin).toBe('estimated');
    expect(planned[0]?.known.sessionCount).toBeLessThan(all.known.sessionCount);
    const alone = find(replayPlans(facts.slice(last, last + 1), options), last);
    expect(alone.known).toMatchObject({ runCount: 0, keepAliveMs: 600_000, keepAliveOrigin: 'usual', exitLagMs: 600 });
    expect(alone.unknownStartupCount).toBeGreaterThan(0);
    const altered = [...runs.slice(0, last).map((run) => extract(alter(run))), facts[last] as (typeof facts)[number]];
    expect(find(replayPlans(altered, options), last).correctedMakespanMs).not.toBe(all.correctedMakespanMs);
    expect(find(replayPlans(altered, options), last).known.keepAliveMs).not.toBe(all.known.keepAliveMs);
  });

  test('a keep-alive and an exit lag that are given are not learned', () => {
    const given = parseWorkers({ arguments: [], options: { plan: true, keepAlive: '5', exitLag: '0.3' } });
    for (const { known } of replayPlans(facts, given)) {
      expect(known).toMatchObject({ keepAliveMs: 5000, keepAliveOrigin: 'given', exitLagMs: 300 });
    }
  });
});

const submittedAtMs = (run: Run): number => run.submittedAtMs ?? expect.unreachable();

/** The same run with start-ups ten times as long and every state the other one. */
const alter = (run: Run): Run => ({
  ...run,
  workerStartups: run.workerStartups.map((startup) => ({
    ...startup,
    readyAtMs: startup.readyAtMs && startup.requestedAtMs + 10 * (startup.readyAtMs - startup.requestedAtMs),
    state: startup.state && (startup.state === 'cold' ? 'warm' : 'cold'),
  })),
});

/** The same run with a last task that ends after an instant. */
const prolong = (run: Run, untilAtMs: number): Run => ({
  ...run,
  tasks: run.tasks.map((task, i) => (i === 0 ? { ...task, executionMs: untilAtMs - task.startedAtMs + 1 } : task)),
});
