import { describe, expect, test } from 'vitest';
import type { LagSums, PrewarmFact, SessionFacts, WorkersFacts } from '../../src/analyses/workers/extract.ts';
import { endedAtMs, History } from '../../src/analyses/workers/history.ts';
import {
  describePrewarms,
  describeSessions,
  inferUnrecorded,
  learnedPrewarms,
  learnedStartups,
} from '../../src/analyses/workers/observe.ts';
import { parseWorkers } from '../../src/analyses/workers/options.ts';
import { type LearnedStartup, StartupModel, summarizeStartups } from '../../src/analyses/workers/startup-model.ts';
import type { RunFacts } from '../../src/model/run-facts.ts';
import { plainRun } from './diagnostics/cases.ts';

const session = (over: Partial<SessionFacts> = {}): SessionFacts => ({
  workerId: 'w',
  memoryMb: 512,
  requestedAtMs: 0,
  readyAtMs: 100,
  lastFinishedAtMs: 1000,
  taskCount: 1,
  state: 'cold',
  ...over,
});
const prewarm = (over: Partial<PrewarmFact> = {}): PrewarmFact => ({
  memoryMb: 512,
  readyAtMs: 900,
  dueAtMs: 200,
  rivalCount: 0,
  ...over,
});
const runOf = (over: object = {}): RunFacts =>
  plainRun({ traits: { resourceMeasure: 'gb-seconds' }, ...over }) as RunFacts;
const factsOf = (over: Partial<WorkersFacts> = {}): WorkersFacts => ({
  run: runOf(),
  recordedGbSeconds: null,
  sessions: [],
  prewarms: [],
  orphanTaskCount: 0,
  makespanMs: null,
  plan: null,
  lags: null,
  ...over,
});
const historyOf = (...given: Record<string, string>[]) =>
  new History(parseWorkers({ arguments: [], options: { plan: true, ...given[0] } as never }));
const POOL = { keepAlive: '10', exitLag: '0.5' };

describe('a run ends with the last instant that it recorded', () => {
  const at = (over: Partial<WorkersFacts>) =>
    endedAtMs(factsOf({ run: runOf({ submittedAtMs: 10, finishedAtMs: 20 }), ...over }));
  test.each([
    [20, {}],
    [70, { sessions: [session({ requestedAtMs: 70, readyAtMs: null })] }],
    [80, { sessions: [session({ requestedAtMs: 1, readyAtMs: 80 })] }],
    [90, { prewarms: [prewarm({ readyAtMs: 90, dueAtMs: 95 })] }],
    [95, { prewarms: [prewarm({ readyAtMs: null, dueAtMs: 95 })] }],
    [20, { prewarms: [prewarm({ readyAtMs: null, dueAtMs: null })] }],
  ])('at %i', (expected, over) => expect(at(over)).toBe(expected));
  test('be it its submission alone', () => {
    expect(endedAtMs(factsOf({ run: runOf({ submittedAtMs: 10, finishedAtMs: null }) }))).toBe(10);
  });
});

describe('what is known of earlier runs', () => {
  test('is the median makespan of a workflow and structure, from two on', () => {
    const history = historyOf();
    const other = runOf({ traits: { structure: 's2' } });
    history.learn(factsOf({ makespanMs: 100 }), 1);
    expect(history.earlierMedianMakespanMs(runOf())).toBeNull();
    history.learn(factsOf({ makespanMs: null }), 2);
    history.learn(factsOf({ run: other, makespanMs: 7 }), 2);
    expect(history.earlierMedianMakespanMs(runOf())).toBeNull();
    history.learn(factsOf({ makespanMs: 300 }), 3);
    expect(history.earlierMedianMakespanMs(runOf())).toBe(200);
    expect(history.earlierMedianMakespanMs(other)).toBeNull();
    expect(history.earlierMedianMakespanMs(runOf({ traits: { workflow: 'other' } }))).toBeNull();
  });

  test('is the mean of each lag, 0 of one that nobody recorded', () => {
    const history = historyOf();
    const lags = (count: number, sumMs: number): LagSums => ({
      root: { count, sumMs },
      inner: { count: 1, sumMs: 1 },
      started: { count: 2, sumMs: 3 },
      local: { count: 0, sumMs: 0 },
      remote: { count: 5, sumMs: 5 },
    });
    history.learn(factsOf({ lags: lags(1, 10) }), 1);
    history.learn(factsOf({ lags: lags(3, 50) }), 2);
    history.learn(factsOf(), 3);
    const { lagsMs } = history.circumstances(runOf(), 1);
    expect(lagsMs).toEqual({ root: 15, inner: 1, started: 1.5, local: 0, remote: 1 });
  });

  test('is counted: runs, sessions, and prewarms whose lead is recorded', () => {
    const history = historyOf(POOL);
    const prewarms = [prewarm(), prewarm({ readyAtMs: null }), prewarm({ dueAtMs: null })];
    history.learn(factsOf({ sessions: [session(), session({ requestedAtMs: 5 })], prewarms }), 1);
    history.learn(factsOf(), 2);
    expect(history.describe(3)).toEqual({
      runCount: 2,
      sessionCount: 2,
      keepAliveMs: 10_000,
      keepAliveOrigin: 'given',
      exitLagMs: 500,
      prewarmCount: 1,
      idleCount: 3,
    });
  });
});

describe('what is known of the pool', () => {
  test('is nothing about the keep-alive at first, then a bound of it', () => {
    const history = historyOf();
    expect(history.describe(0)).toMatchObject({ keepAliveMs: 600_000, keepAliveOrigin: 'usual' });
    history.learn(
      factsOf({
        sessions: [
          session(),
          session({ requestedAtMs: 800_000, readyAtMs: 800_010, lastFinishedAtMs: 800_020, state: 'warm' }),
        ],
      }),
      1,
    );
    const known = history.describe(0);
    expect(known.keepAliveOrigin).toBe('not-identifiable');
    expect(known.keepAliveMs).toBeGreaterThan(798_000);
  });

  test('is told by prewarmed containers too', () => {
    const history = historyOf({ exitLag: '0' });
    const found = session({ requestedAtMs: 800_000, readyAtMs: 800_001, lastFinishedAtMs: 800_002, state: 'warm' });
    history.learn(factsOf({ sessions: [found], prewarms: [prewarm({ readyAtMs: 1000 })] }), 1);
    expect(history.describe(0).keepAliveMs).toBe(799_001);
  });

  test('is settled anew once a quarter more sessions are known, not before', () => {
    const history = historyOf({ exitLag: '0' });
    const at = (requestedAtMs: number, state: 'cold' | 'warm'): SessionFacts =>
      session({ requestedAtMs, readyAtMs: requestedAtMs + 1, lastFinishedAtMs: requestedAtMs + 2, state });
    history.learn(factsOf({ sessions: Array.from({ length: 8 }, () => at(0, 'cold')) }), 1);
    expect(history.describe(0).keepAliveMs).toBe(600_000);
    history.learn(factsOf({ sessions: [at(800_000, 'warm')] }), 2);
    expect(history.describe(0).keepAliveMs).toBe(600_000);
    history.learn(factsOf({ sessions: [at(800_001, 'warm')] }), 3);
    expect(history.describe(0).keepAliveMs).toBeGreaterThan(700_000);
  });
});

describe('start-ups', () => {
  const known = () => {
    const history = historyOf(POOL);
    history.learn(
      factsOf({ sessions: [session({ readyAtMs: 700 })], prewarms: [prewarm({ readyAtMs: 950, dueAtMs: 200 })] }),
      1,
    );
    return history.circumstances(runOf(), 1);
  };
  const worker = (memoryMb: number) => ({ workerId: 'w', memoryMb, state: null, recordedState: null });

  test('are those of the engine, size and state; borrowed from another size and unknown ones are counted', () => {
    const { predictStartupMs, counts } = known();
    expect(predictStartupMs(worker(512), 'cold', 0)).toBe(700);
    expect(counts).toEqual({ borrowedStartupCount: 0, unknownStartupCount: 0 });
    expect(predictStartupMs(worker(1024), 'cold', 0)).toBe(700);
    expect(counts).toEqual({ borrowedStartupCount: 1, unknownStartupCount: 0 });
    expect(predictStartupMs(worker(512), 'warm', 0)).toBe(0);
    expect(counts).toEqual({ borrowedStartupCount: 1, unknownStartupCount: 1 });
  });
  test('of prewarms are their leads, and the interval between launches where none is known', () => {
    expect(known().predictPrewarmMs(512, 0)).toBe(750);
    const history = historyOf(POOL);
    const burst = [500, 800, 1100].map((readyAtMs) => session({ readyAtMs }));
    history.learn(factsOf({ sessions: burst }), 1);
    expect(history.circumstances(runOf(), 1).predictPrewarmMs(512, 0)).toBe(300);
  });
});

describe('containers that are idle when a run is submitted', () => {
  const at = (submittedAtMs: number) => runOf({ submittedAtMs });
  const ended = (lastFinishedAtMs: number, over: Partial<SessionFacts> = {}) =>
    session({ requestedAtMs: 0, readyAtMs: 1, lastFinishedAtMs, ...over });
  const idleAt = (
    submittedAtMs: number,
    workerCount: number,
    sessions: readonly SessionFacts[],
    prewarms: readonly PrewarmFact[] = [],
  ) => {
    const history = historyOf(POOL);
    history.learn(
      factsOf({ sessions, prewarms }),
      Math.max(...sessions.map(({ lastFinishedAtMs }) => lastFinishedAtMs ?? 0)),
    );
    return history.circumstances(at(submittedAtMs), workerCount).idle;
  };

  test('are told by when they are free, in ms after it, until their keep-alive is over', () => {
    expect(idleAt(2000, 5, [ended(1000)])).toEqual([{ poolKey: '512 MB', atMs: -500 }]);
    expect(idleAt(11_499, 5, [ended(1000)])).toEqual([{ poolKey: '512 MB', atMs: -9999 }]);
    expect(idleAt(11_500, 5, [ended(1000)])).toEqual([]);
  });
  test('are as many of each pool as the plan has workers, those that go last, in the order in which they were free', () => {
    const other = ended(1300, { memoryMb: 1024 });
    expect(idleAt(2000, 2, [ended(1200), ended(1000), ended(1100), other])).toEqual([
      { poolKey: '512 MB', atMs: -400 },
      { poolKey: '512 MB', atMs: -300 },
      { poolKey: '1024 MB', atMs: -200 },
    ]);
  });
  test('are prewarmed ones too', () => {
    expect(idleAt(2000, 5, [ended(1000)], [prewarm({ readyAtMs: 900 })])).toEqual([
      { poolKey: '512 MB', atMs: -1100 },
      { poolKey: '512 MB', atMs: -500 },
    ]);
  });
  test('rest on runs that ended within twice the life of a container', () => {
    const history = historyOf(POOL);
    const late = session({ requestedAtMs: 100_000, readyAtMs: 100_001, lastFinishedAtMs: 100_100, state: 'warm' });
    history.learn(factsOf({ sessions: [session()] }), 1000);
    history.learn(factsOf({ sessions: [late] }), 100_100);
    expect(history.circumstances(at(100_700), 5).idle).toEqual([{ poolKey: '512 MB', atMs: -100 }]);
    expect(history.circumstances(at(200_000), 5).idle).toEqual([]);
  });
});

describe('prewarms as containers', () => {
  const model = (...learned: readonly LearnedStartup[]) => {
    const known = new StartupModel();
    for (const startup of learned) known.learn(startup);
    return known;
  };
  const learned = (over: Partial<LearnedStartup>): LearnedStartup => ({
    engine: 'gb-seconds',
    memoryMb: 512,
    state: 'cold',
    rivalCount: 0,
    durationMs: 600,
    ...over,
  });
  const readyOf = (of: PrewarmFact, known = model()) =>
    describePrewarms([factsOf({ prewarms: [of] })], ['memory'], known).map(({ readyAtMs, launchedAtMs, poolKey }) => [
      readyAtMs,
      launchedAtMs,
      poolKey,
    ]);

  test('are ready as recorded, else when due and after the lead of a prewarm, else of a cold start, else at once', () => {
    const cold = learned({});
    const lead = learned({ state: 'prewarm', durationMs: 750 });
    const unanswered = prewarm({ readyAtMs: null });
    expect(readyOf(prewarm(), model(cold, lead))).toEqual([[900, 900, '512 MB']]);
    expect(readyOf(unanswered, model(cold, lead))).toEqual([[950, 950, '512 MB']]);
    expect(readyOf(unanswered, model(cold))).toEqual([[800, 800, '512 MB']]);
    expect(readyOf(unanswered)).toEqual([[200, 200, '512 MB']]);
  });
  test('are left out where nobody knows when they were ready or due', () => {
    expect(readyOf(prewarm({ readyAtMs: null, dueAtMs: null }), model(learned({})))).toEqual([]);
  });
  test('teach their lead where both ends are known', () => {
    const facts = factsOf({
      prewarms: [prewarm({ rivalCount: 2 }), prewarm({ readyAtMs: null }), prewarm({ dueAtMs: null })],
    });
    expect(learnedPrewarms(facts)).toEqual([learned({ state: 'prewarm', rivalCount: 2, durationMs: 700 })]);
  });
});

describe('sessions', () => {
  const describeAll = (...sessions: SessionFacts[]) => describeSessions([factsOf({ sessions })], ['memory']);

  test('of a burst have as rivals the cold ones launched before a cold one, and all others of a warm one', () => {
    const found = describeAll(
      session({ workerId: 'a', requestedAtMs: 0, readyAtMs: 900 }),
      session({ workerId: 'b', requestedAtMs: 50, readyAtMs: 500 }),
      session({ workerId: 'c', requestedAtMs: 100, readyAtMs: null }),
      session({ workerId: 'd', requestedAtMs: 100, state: 'warm' }),
      session({ workerId: 'e', requestedAtMs: 101 }),
    );
    expect(found.map(({ workerId, rivalCount }) => [workerId, rivalCount])).toEqual([
      ['a', 1],
      ['b', 0],
      ['c', 2],
      ['d', 3],
      ['e', 0],
    ]);
  });
  test('stand in the order of their requests, and end when their last task did, else when ready, else at once', () => {
    const found = describeAll(
      session({ requestedAtMs: 9000, lastFinishedAtMs: null, readyAtMs: null }),
      session({ requestedAtMs: 5000, lastFinishedAtMs: null, readyAtMs: 5100 }),
      session(),
    );
    expect(found.map(({ endAtMs, startupMs, endInferred }) => [endAtMs, startupMs, endInferred])).toEqual([
      [1000, 100, false],
      [5100, 100, true],
      [9000, null, true],
    ]);
  });
  test('teach start-ups that ended and whose state is known', () => {
    const found = describeAll(session({ readyAtMs: 700 }), session({ readyAtMs: null }), session({ state: null }));
    expect(learnedStartups(found).map(({ durationMs, state }) => [durationMs, state])).toEqual([[700, 'cold']]);
  });
  test('that never got ready are given the start-up of their state, a cold one where it is not recorded', () => {
    const model = new StartupModel();
    const plain = { engine: 'gb-seconds', memoryMb: 512, rivalCount: 0 } as const;
    model.learn({ ...plain, state: 'cold', durationMs: 600 });
    model.learn({ ...plain, state: 'warm', durationMs: 60 });
    const inferred = inferUnrecorded(
      describeAll(
        session({ readyAtMs: null, lastFinishedAtMs: null, state: 'warm' }),
        session({ requestedAtMs: 5000, readyAtMs: null, lastFinishedAtMs: 9000, state: null }),
        session({ requestedAtMs: 10_000, readyAtMs: 10_001 }),
      ),
      model,
    );
    expect(inferred.map(({ readyAtMs, endAtMs }) => [readyAtMs, endAtMs])).toEqual([
      [60, 60],
      [5600, 9000],
      [10_001, 1000],
    ]);
  });
});

describe('the model of start-ups', () => {
  const learn = (...startups: (readonly [memoryMb: number, rivalCount: number, durationMs: number])[]) => {
    const model = new StartupModel();
    for (const [memoryMb, rivalCount, durationMs] of startups)
      model.learn({ engine: null, memoryMb, state: 'cold', rivalCount, durationMs });
    return (mb: number, rivals: number) => model.predict(null, mb, 'cold', rivals);
  };

  test('takes the nearest memory size by ratio, the smaller of two', () => {
    const predict = learn([512, 0, 1], [2048, 0, 2]);
    expect(predict(1024, 0)).toEqual({ durationMs: 1, memoryMb: 512 });
    expect(predict(1100, 0)).toEqual({ durationMs: 2, memoryMb: 2048 });
    expect(learn([2048, 0, 2], [512, 0, 1])(1024, 0)?.memoryMb).toBe(512);
  });
  test('takes the nearest number of rivals that three start-ups had, else the nearest', () => {
    expect(learn([512, 0, 1], [512, 2, 9])(512, 2)?.durationMs).toBe(9);
    expect(learn([512, 0, 1], [512, 0, 1], [512, 0, 1], [512, 2, 9])(512, 2)?.durationMs).toBe(1);
    expect(learn([512, 0, 1], [512, 0, 1], [512, 2, 9])(512, 2)?.durationMs).toBe(9);
  });
  test('knows nothing of another engine or state', () => {
    const model = new StartupModel();
    model.learn({ engine: 'gb-seconds', memoryMb: 512, state: 'cold', rivalCount: 0, durationMs: 1 });
    expect(model.predict('byte-seconds', 512, 'cold', 0)).toBeNull();
    expect(model.predict('gb-seconds', 512, 'warm', 0)).toBeNull();
  });
  test('is summarised by engine, size and state, with those that had no rival', () => {
    const startup = (memoryMb: number, rivalCount: number, durationMs: number): LearnedStartup => ({
      engine: null,
      memoryMb,
      state: 'cold',
      rivalCount,
      durationMs,
    });
    const summaries = summarizeStartups([startup(1024, 0, 5), startup(512, 1, 30), startup(512, 0, 10)]);
    expect(summaries).toEqual([
      {
        resourceMeasure: null,
        memoryMb: 512,
        state: 'cold',
        count: 2,
        p10Ms: 12,
        medianMs: 20,
        p90Ms: 28,
        aloneCount: 1,
        aloneMedianMs: 10,
      },
      {
        resourceMeasure: null,
        memoryMb: 1024,
        state: 'cold',
        count: 1,
        p10Ms: 5,
        medianMs: 5,
        p90Ms: 5,
        aloneCount: 1,
        aloneMedianMs: 5,
      },
    ]);
  });
});
