import { describe, expect, test } from 'vitest';
import { boundContainers } from '../../src/analyses/workers/bounds.ts';
import type { PlanFacts } from '../../src/analyses/workers/extract.ts';
import type { Packing } from '../../src/analyses/workers/observe.ts';
import { type FreeContainer, replayPlan } from '../../src/analyses/workers/replay-plan.ts';

/** Every figure is worked out by hand, in the comments beside it. */

describe('the bounds of containers', () => {
  const session = (poolKey: string, requestedAtMs: number, readyAtMs: number, endAtMs: number) =>
    ({ poolKey, requestedAtMs, readyAtMs, endAtMs, state: null }) as const;
  const packing = (keepAliveMs: number | null) =>
    ({
      // Of pool f never more than two at one time: the third is ready when the first ends.
      sessions: [
        session('f', 0, 100, 1100),
        session('f', 50, 200, 1200),
        session('f', 1000, 1100, 2100),
        session('g', 0, 0, 500),
      ],
      memoryMbOf: (i: number) => (i < 3 ? 2048 : 1024),
      prewarms: [{ poolKey: 'f', memoryMb: 2048, launchedAtMs: 0, readyAtMs: 400 }],
      settings: { concurrency: 2, exitLagMs: 500 },
      keepAlive: { keepAliveMs },
    }) as unknown as Packing;

  test('are the workers at one time, two a container, and one each for all sessions and prewarms', () => {
    const { containers, gbSeconds, containerSeconds } = boundContainers(packing(10_000));
    expect(containers).toEqual({ low: 2, high: 5 });
    // Least: (3 × 2 GB × 1 s + 1 GB × 0.5 s) ÷ 2. Most: 2 GB × (11.6 + 11.65 + 11.6) s + 11 s + 2 GB × 10.9 s.
    expect(gbSeconds).toEqual({ low: expect.closeTo(3.25, 9), high: expect.closeTo(102.5, 9) });
    expect(containerSeconds).toEqual({ low: expect.closeTo(1.75, 9), high: expect.closeTo(56.75, 9) });
  });

  test('have no upper end where containers live for ever', () => {
    const { gbSeconds, containerSeconds } = boundContainers(packing(null));
    expect([gbSeconds.high, containerSeconds.high]).toEqual([null, null]);
  });
});

const SETTINGS = { keepAliveMs: 60_000, exitLagMs: 5000, concurrency: 1, reuse: 'mru', launchIntervalMs: 0 } as const;
const worker = { workerId: null, memoryMb: 1024, state: null, recordedState: null };
const replay = (plan: Partial<PlanFacts>, idle: readonly FreeContainer[] = []) =>
  replayPlan({ prewarms: [], makespanMs: 0, ...plan } as PlanFacts, {
    settings: SETTINGS,
    idle,
    poolKeyOf: String,
    predictPrewarmMs: (_, rivalCount) => 30 + 1000 * rivalCount,
    predictStartupMs: (_, state, rivalCount) => (state === 'cold' ? 1000 + 100 * rivalCount : 200 + 10 * rivalCount),
    lagsMs: { root: 5, inner: 7, started: 11, local: 2, remote: 3 },
  });

/** Task 0 of worker 0, then 1 beside it and 2 on worker 1, then 3 on worker 0. */
const DIAMOND = {
  workers: [worker, worker],
  taskWorkers: [0, 0, 1, 0],
  taskDurationsMs: [100, 50, 70, 10],
  edges: [0, 1, 0, 2, 1, 3, 2, 3],
  sink: 3,
};

describe('a replayed plan', () => {
  test('asks for workers, waits for them and for inputs, each with its lag', () => {
    // 0: 5 + 1000 + 11 → 1016 to 1116. 1: + 2. 2: asked for at 1123, ready at 2123, + 11 → 2204. 3: + 3 + 10.
    expect(replay(DIAMOND)).toEqual({
      makespanMs: 2217,
      workers: [
        { state: 'cold', requestedAtMs: 5, readyAtMs: 1005, endAtMs: 2217 },
        { state: 'cold', requestedAtMs: 1123, readyAtMs: 2123, endAtMs: 2204 },
      ],
    });
  });

  test('takes a container launched ahead that is there in time', () => {
    // Ready at 1005, due so much later, and there 30 ms after that: 1123 is when worker 1 is asked for.
    const ahead = (delayMs: number) => replay({ ...DIAMOND, prewarms: [{ task: 0, delayMs, memoryMb: 1024 }] });
    // Warm: ready at 1323, + 11 + 70 → 1404, + 3 + 10.
    expect(ahead(88)).toMatchObject({ makespanMs: 1417, workers: [{ state: 'cold' }, { state: 'warm' }] });
    expect(ahead(89)).toMatchObject({ makespanMs: 2217, workers: [{ state: 'cold' }, { state: 'cold' }] });
    // Of task 2, worker 1 itself triggers it.
    const late = replay({ ...DIAMOND, prewarms: [{ task: 2, delayMs: 0, memoryMb: 1024 }] });
    expect(late.makespanMs).toBe(2217);
  });

  test('waits for the worker where the inputs come at the instant at which it is ready', () => {
    // Task 1 ends at 1118 + 1005 = 2123, when worker 1 is ready: 11 ms and not 3.
    const plan = {
      ...DIAMOND,
      taskWorkers: [0, 0, 1, 1],
      taskDurationsMs: [100, 1005, 5, 40],
      edges: [0, 1, 0, 2, 1, 3],
    };
    expect(replay(plan).makespanMs).toBe(2123 + 11 + 40);
  });

  test('has start-ups of a burst in the way of each other', () => {
    const fan = {
      workers: [worker, worker, worker],
      taskWorkers: [0, 1, 2],
      taskDurationsMs: [100, 70, 70],
      edges: [0, 1, 0, 2],
      sink: 2,
    };
    // The second cold one has one launched before it, warm ones have all others.
    expect(replay(fan).makespanMs).toBe(1123 + 1100 + 11 + 70);
    const idle = Array.from({ length: 3 }, () => ({ atMs: 0, poolKey: '1024' }));
    // Warm: 5 + 200 + 11 + 100 = 316, asked for at 323.
    expect(replay(fan, idle).makespanMs).toBe(323 + 210 + 11 + 70);
  });
});
