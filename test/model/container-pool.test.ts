import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Invocation,
  type Placement,
  type PrewarmedContainer,
  placeInvocations,
  type ReplaySettings,
  tracePeriods,
} from '../../src/containers/periods.ts';
import { ContainerPool, type PoolSettings, REUSE_POLICIES } from '../../src/containers/pool.ts';

const SETTINGS: ReplaySettings = {
  keepAliveMs: 10_000,
  exitLagMs: 500,
  concurrency: 1,
  launchIntervalMs: 0,
  simultaneousMs: 0,
  reuse: 'mru',
};

const invoke = (
  requestedAtMs: number,
  startupMs: number,
  busyMs: number,
  state: Invocation['state'] = null,
): Invocation => ({
  poolKey: 'a',
  requestedAtMs,
  readyAtMs: requestedAtMs + startupMs,
  endAtMs: requestedAtMs + startupMs + busyMs,
  state,
});

const sourcesOf = ({ containerOf, sourceOf }: Placement) => Array.from(containerOf, (_, i) => sourceOf(i));
const statesOf = (placement: Placement) =>
  sourcesOf(placement).map((source) => (source === 'launched' ? 'cold' : 'warm'));

describe('cold or warm is decided at the instant of the request', () => {
  test('a container that is free is taken, one that is busy or still exiting is not', () => {
    const placed = placeInvocations(
      [invoke(0, 100, 900), invoke(900, 50, 50), invoke(1499, 50, 50), invoke(1500, 50, 50)],
      [],
      SETTINGS,
    );
    // The first is free at 1500: at 900 it is busy, at 1499 its worker is still exiting.
    expect(statesOf(placed)).toEqual(['cold', 'cold', 'cold', 'warm']);
    expect([...placed.containerOf]).toEqual([0, 1, 2, 1]);
  });

  test('an idle container goes after its keep-alive', () => {
    const at = (requestedAtMs: number) =>
      statesOf(placeInvocations([invoke(0, 0, 1000), invoke(requestedAtMs, 0, 1)], [], SETTINGS))[1];
    expect(at(11_499)).toBe('warm');
    expect(at(11_500)).toBe('cold');
  });

  test('a recorded warm start takes the youngest container that outlived its keep-alive, whatever the policy', () => {
    // The second container is free at 21_100, the first at 20_100; both keep-alives are over at 40_000.
    for (const reuse of REUSE_POLICIES) {
      const placed = placeInvocations(
        [invoke(0, 0, 19_600), invoke(10, 0, 20_590), invoke(40_000, 0, 10, 'warm'), invoke(40_001, 0, 10, 'warm')],
        [],
        { ...SETTINGS, reuse },
      );
      expect(sourcesOf(placed), reuse).toEqual(['launched', 'launched', 'outlived', 'outlived']);
      expect([...placed.containerOf], reuse).toEqual([0, 1, 1, 0]);
    }
  });

  test('a recorded warm start without any container before it is in one that nothing shows', () => {
    const placed = placeInvocations([invoke(0, 0, 10, 'warm'), invoke(100_000, 0, 10)], [], SETTINGS);
    expect(sourcesOf(placed)).toEqual(['unseen', 'launched']);
  });

  test('a prewarmed container makes the first start warm', () => {
    const placed = placeInvocations(
      [invoke(1000, 10, 10)],
      [{ poolKey: 'a', launchedAtMs: 0, readyAtMs: 600 }],
      SETTINGS,
    );
    expect(statesOf(placed)).toEqual(['warm']);
    expect(placed.containers[0]).toMatchObject({
      origin: 'prewarmed',
      beganAtMs: 0,
      prewarmedAtMs: 600,
      invocations: [0],
    });
  });
});

describe('several requests and workers', () => {
  test('simultaneous requests are taken as they became ready', () => {
    const one = invoke(0, 0, 100);
    const [slow, fast] = [invoke(5000, 900, 10), invoke(5003, 50, 10)];
    expect(statesOf(placeInvocations([one, slow, fast], [], SETTINGS))).toEqual(['cold', 'warm', 'cold']);
    expect(statesOf(placeInvocations([one, slow, fast], [], { ...SETTINGS, simultaneousMs: 5 }))).toEqual([
      'cold',
      'cold',
      'warm',
    ]);
  });

  test.each([
    ['mru', 1],
    ['lru', 0],
    ['oldest', 0],
    ['newest', 2],
  ] as const)('%s takes container %i', (reuse, container) => {
    // Container 0 is free first, then 2, then 1.
    const busy = [invoke(0, 0, 1000), invoke(1, 0, 3000), invoke(2, 0, 2000)];
    const placed = placeInvocations([...busy, invoke(5000, 0, 1)], [], { ...SETTINGS, reuse });
    expect(placed.containerOf[3]).toBe(container);
  });

  test('with room for two, a second worker joins the first', () => {
    const placed = placeInvocations([invoke(0, 0, 1000), invoke(10, 0, 1000), invoke(20, 0, 1000)], [], {
      ...SETTINGS,
      concurrency: 2,
    });
    expect([...placed.containerOf]).toEqual([0, 0, 1]);
  });
});

describe('recorded states are honoured', () => {
  test('cold although one is idle', () => {
    const placed = placeInvocations([invoke(0, 0, 100), invoke(5000, 0, 1, 'cold')], [], SETTINGS);
    expect(sourcesOf(placed)).toEqual(['launched', 'launched']);
  });

  test('warm before the exit was over: in the container that ended first', () => {
    const placed = placeInvocations([invoke(0, 0, 100), invoke(300, 0, 1, 'warm')], [], SETTINGS);
    expect(sourcesOf(placed)).toEqual(['launched', 'exiting']);
    expect(placed.containers).toHaveLength(1);
  });

  test('warm although there is none: in a container that nothing recorded', () => {
    const placed = placeInvocations([invoke(0, 0, 100, 'warm')], [], SETTINGS);
    expect(sourcesOf(placed)).toEqual(['unseen']);
    expect(placed.containers[0]?.origin).toBe('unseen');
  });
});

describe('a pool that is asked step by step', () => {
  const poolOf = (over: Partial<PoolSettings> = {}) => new ContainerPool({ ...SETTINGS, exitLagMs: 0, ...over });

  test('takes a prewarmed container before one that was free earlier, where the latest goes first', () => {
    const pool = poolOf();
    pool.finish(0, pool.acquire(0, 0).container, 100);
    const prewarmed = pool.prewarm(0, 500);
    expect(pool.acquire(0, 600)).toMatchObject({ container: prewarmed, source: 'idle' });
  });
  test('counts the keep-alive of a prewarmed container from when it is ready', () => {
    const pool = poolOf();
    pool.prewarm(0, 20_000);
    expect(pool.acquire(0, 29_999).source).toBe('idle');
    pool.prewarm(0, 40_000);
    expect(pool.acquire(0, 50_000).source).toBe('launched');
  });
  test('takes the one created last of two that outlived their keep-alive alike', () => {
    const pool = poolOf();
    const [first, second] = [pool.acquire(0, 0).container, pool.acquire(0, 0).container];
    pool.finish(0, first, 100);
    pool.finish(0, second, 100);
    expect(pool.acquire(0, 60_000, 'warm')).toMatchObject({ container: second, source: 'outlived' });
  });
  test('lets a container live as long as one of its workers does', () => {
    const pool = poolOf({ concurrency: 2 });
    const { container } = pool.acquire(0, 0);
    expect(pool.acquire(0, 1).container).toBe(container);
    pool.finish(0, container, 100);
    expect(pool.acquire(0, 60_000)).toMatchObject({ container, source: 'idle' });
    // Both have ended at 60 100: from there on it is idle.
    pool.finish(0, container, 60_050);
    pool.finish(0, container, 60_100);
    expect(pool.acquire(0, 70_099)).toMatchObject({ container, source: 'idle' });
  });
  test('forgets an older place in the queue: least recently used is by the last use', () => {
    const pool = poolOf({ concurrency: 2, reuse: 'lru' });
    const first = pool.acquire(0, 0).container;
    const second = pool.acquire(0, 50, 'cold').container;
    pool.finish(0, first, 100);
    expect(pool.acquire(0, 200).container).toBe(second);
  });
  test('launches one container after the other, the next as soon as the launcher is free', () => {
    const pool = poolOf({ launchIntervalMs: 600 });
    expect([0, 100, 5000].map((atMs) => pool.acquire(0, atMs).beganAtMs)).toEqual([0, 600, 5000]);
  });
  test.each(REUSE_POLICIES)('never gives a container more workers than it has room for (%s)', (reuse) => {
    const pool = poolOf({ concurrency: 2, reuse });
    const { container } = pool.acquire(0, 0);
    pool.finish(0, container, 100);
    const next = [200, 201, 202].map((atMs) => pool.acquire(0, atMs));
    expect(next.map(({ source }) => source)).toEqual(['idle', 'idle', 'launched']);
    expect(next.slice(0, 2).map((grant) => grant.container)).toEqual([container, container]);
  });
  test('has a container back that nothing had shown before', () => {
    const pool = poolOf();
    const unseen = pool.acquire(0, 0, 'warm');
    pool.finish(0, unseen.container, 100);
    expect(pool.acquire(0, 200)).toMatchObject({ container: unseen.container, source: 'idle' });
  });
  test('keeps pools apart', () => {
    const pool = poolOf();
    pool.finish(0, pool.acquire(0, 0).container, 100);
    expect(pool.acquire(1, 200).source).toBe('launched');
    expect(pool.acquire(0, 200).source).toBe('idle');
    expect(pool.containerCount).toBe(2);
  });
});

test('launches of a burst begin one after another, never after the worker is ready', () => {
  const burst = [invoke(0, 1000, 10), invoke(0, 1600, 10), invoke(0, 1700, 10)];
  const { containers } = placeInvocations(burst, [], { ...SETTINGS, launchIntervalMs: 600 });
  expect(containers.map(({ beganAtMs }) => beganAtMs)).toEqual([0, 600, 1200]);
  const { containers: late } = placeInvocations(burst, [], { ...SETTINGS, launchIntervalMs: 5000 });
  expect(late.map(({ beganAtMs }) => beganAtMs)).toEqual([0, 1600, 1700]);
});

test('periods of a launched container: starting, busy until exited, idle, starting warm, busy, tail', () => {
  const invocations = [invoke(0, 1000, 500), invoke(3000, 200, 300)];
  const { containers } = placeInvocations(invocations, [], SETTINGS);
  const container = containers[0] ?? expect.unreachable();
  expect(tracePeriods(container, invocations, SETTINGS, 0)).toEqual([
    { state: 'starting', startAtMs: 0, endAtMs: 1000, invocation: 0 },
    { state: 'busy', startAtMs: 1000, endAtMs: 2000, invocation: 0 },
    { state: 'idle', startAtMs: 2000, endAtMs: 3000, invocation: null },
    { state: 'starting', startAtMs: 3000, endAtMs: 3200, invocation: 1 },
    { state: 'busy', startAtMs: 3200, endAtMs: 4000, invocation: 1 },
    { state: 'tail', startAtMs: 4000, endAtMs: 14_000, invocation: null },
  ]);
});

const instant = fc.integer({ min: 0, max: 60_000 });
const duration = fc.integer({ min: 0, max: 5000 });
const invocation: fc.Arbitrary<Invocation> = fc
  .record({
    poolKey: fc.constantFrom('a', 'b'),
    requestedAtMs: instant,
    startupMs: fc.option(duration),
    busyMs: duration,
    state: fc.constantFrom('cold' as const, 'warm' as const, null),
  })
  .map(({ poolKey, requestedAtMs, startupMs, busyMs, state }) => ({
    poolKey,
    requestedAtMs,
    readyAtMs: startupMs === null ? null : requestedAtMs + startupMs,
    endAtMs: requestedAtMs + (startupMs ?? 0) + busyMs,
    state,
  }));
const prewarm: fc.Arbitrary<PrewarmedContainer> = fc
  .record({ poolKey: fc.constantFrom('a', 'b'), launchedAtMs: instant, launchMs: duration })
  .map(({ poolKey, launchedAtMs, launchMs }) => ({ poolKey, launchedAtMs, readyAtMs: launchedAtMs + launchMs }));
const settings: fc.Arbitrary<ReplaySettings> = fc.record({
  keepAliveMs: fc.constantFrom(0, 1, 3000, 20_000, Number.POSITIVE_INFINITY),
  exitLagMs: fc.constantFrom(0, 600),
  concurrency: fc.constantFrom(1, 1, 3),
  launchIntervalMs: fc.constantFrom(0, 700),
  simultaneousMs: fc.constantFrom(0, 5),
  reuse: fc.constantFrom(...REUSE_POLICIES),
});
const load = fc.record({
  invocations: fc.array(invocation, { maxLength: 40 }),
  prewarms: fc.array(prewarm, { maxLength: 4 }),
  settings,
});
const hide = (invocations: readonly Invocation[]) => invocations.map((each) => ({ ...each, state: null }));
/** When nothing is under way. */
const HORIZON_MS = 100_000;

test('periods are in order, disjoint, not empty, and add up to the time alive', () => {
  fc.assert(
    fc.property(load, ({ invocations, prewarms, settings: pool }) => {
      for (const container of placeInvocations(invocations, prewarms, pool).containers) {
        const periods = tracePeriods(container, invocations, pool, HORIZON_MS);
        let cursorMs = container.beganAtMs;
        for (const { startAtMs, endAtMs } of periods) {
          expect(startAtMs).toBe(cursorMs);
          expect(endAtMs).toBeGreaterThan(startAtMs);
          cursorMs = endAtMs;
        }
        const total = periods.reduce((sum, { startAtMs, endAtMs }) => sum + endAtMs - startAtMs, 0);
        expect(total).toBeCloseTo(cursorMs - container.beganAtMs, 6);
      }
    }),
  );
});

test('every invocation is in one container of its pool', () => {
  fc.assert(
    fc.property(load, ({ invocations, prewarms, settings: pool }) => {
      const { containers, containerOf } = placeInvocations(invocations, prewarms, pool);
      const placed = containers.flatMap((container, id) =>
        container.invocations.map((index) => ({ index, id, container })),
      );
      expect(placed.map(({ index }) => index).sort((a, b) => a - b)).toEqual(invocations.map((_, i) => i));
      for (const { index, id, container } of placed) {
        expect(containerOf[index]).toBe(id);
        expect(container.poolKey).toBe(invocations[index]?.poolKey);
      }
    }),
  );
});

test('prewarms that are ready at one instant stand in one order', () => {
  const [first, second] = [8, 12].map((launchedAtMs) => ({ poolKey: 'a', launchedAtMs, readyAtMs: 14 }));
  const exact: ReplaySettings = {
    keepAliveMs: 0,
    exitLagMs: 0,
    concurrency: 1,
    launchIntervalMs: 0,
    simultaneousMs: 0,
    reuse: 'mru',
  };
  const begins = (prewarms: (PrewarmedContainer | undefined)[]) =>
    placeInvocations([], prewarms as PrewarmedContainer[], exact).containers.map(({ beganAtMs }) => beganAtMs);
  expect(begins([second, first])).toEqual([8, 12]);
  expect(begins([first, second])).toEqual([8, 12]);
});

test('the order of the input does not matter', () => {
  const shuffled = load.chain(({ invocations, ...rest }) =>
    fc.record({
      invocations: fc.constant(invocations),
      turned: fc.shuffledSubarray(invocations, { minLength: invocations.length, maxLength: invocations.length }),
      rest: fc.constant(rest),
    }),
  );
  fc.assert(
    fc.property(shuffled, ({ invocations, turned, rest: { prewarms, settings: pool } }) => {
      const describeAll = (list: readonly Invocation[], early: readonly PrewarmedContainer[]) =>
        placeInvocations(list, early, pool).containers.map(({ invocations: own, ...container }) => ({
          ...container,
          own: own.map((index) => list[index]),
        }));
      expect(describeAll(turned, [...prewarms].reverse())).toEqual(describeAll(invocations, prewarms));
    }),
  );
});

test('a worker never starts in a container whose last one is still busy', () => {
  fc.assert(
    fc.property(load, ({ invocations, prewarms, settings: pool }) => {
      const exact = { ...pool, concurrency: 1, simultaneousMs: 0 };
      for (const { invocations: own } of placeInvocations(hide(invocations), prewarms, exact).containers) {
        own.slice(1).forEach((index, i) => {
          const [before, next] = [invocations[own[i] as number], invocations[index]];
          expect(next?.requestedAtMs).toBeGreaterThanOrEqual((before?.endAtMs ?? 0) + pool.exitLagMs);
        });
      }
    }),
  );
});

test('a recorded state is the state', () => {
  fc.assert(
    fc.property(load, ({ invocations, prewarms, settings: pool }) => {
      const states = statesOf(placeInvocations(invocations, prewarms, pool));
      invocations.forEach(({ state }, i) => {
        if (state !== null) expect(states[i]).toBe(state);
      });
    }),
  );
});

test('without keep-alive every start is cold', () => {
  fc.assert(
    fc.property(load, ({ invocations, settings: pool }) => {
      const placed = placeInvocations(hide(invocations), [], { ...pool, concurrency: 1, keepAliveMs: 0 });
      expect(placed.containers).toHaveLength(invocations.length);
    }),
  );
});

test('with an endless keep-alive and one worker at a time there is one container a pool', () => {
  const inTurn = fc.array(fc.tuple(fc.constantFrom('a', 'b'), duration, duration), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(inTurn, settings, (turns, pool) => {
      let atMs = 0;
      const invocations = turns.map(([poolKey, startupMs, busyMs]): Invocation => {
        const [requestedAtMs, readyAtMs] = [atMs, atMs + startupMs];
        atMs = readyAtMs + busyMs + pool.exitLagMs + pool.simultaneousMs + 1;
        return { poolKey, requestedAtMs, readyAtMs, endAtMs: readyAtMs + busyMs, state: null };
      });
      const { containers } = placeInvocations(invocations, [], { ...pool, keepAliveMs: Number.POSITIVE_INFINITY });
      expect(containers).toHaveLength(new Set(turns.map(([poolKey]) => poolKey)).size);
    }),
  );
});

test('at least as many containers as workers at one time, at most one each', () => {
  fc.assert(
    fc.property(load, ({ invocations, prewarms, settings: pool }) => {
      const { containers } = placeInvocations(hide(invocations), prewarms, { ...pool, concurrency: 1 });
      const overlap = (poolKey: string) => {
        const own = invocations.filter((each) => each.poolKey === poolKey && each.endAtMs > each.requestedAtMs);
        const under = ({ requestedAtMs }: Invocation) =>
          own.filter((other) => other.requestedAtMs <= requestedAtMs && other.endAtMs > requestedAtMs).length;
        return Math.max(0, ...own.map(under));
      };
      expect(containers.length).toBeGreaterThanOrEqual(overlap('a') + overlap('b'));
      expect(containers.length).toBeLessThanOrEqual(invocations.length + prewarms.length);
    }),
  );
});
