import { describe, expect, test } from 'vitest';
import { analyzeWorkers } from '../../src/analyses/workers/analyze.ts';
import { calibratePool, calibratePools } from '../../src/analyses/workers/calibrate.ts';
import { extractWorkers } from '../../src/analyses/workers/extract.ts';
import { parseWorkers } from '../../src/analyses/workers/options.ts';
import type { Invocation } from '../../src/containers/periods.ts';
import type { StartupState } from '../../src/model/run.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { joinSessions } from '../../src/model/worker-sessions.ts';
import { createRandom } from '../../src/stats/random.ts';
import { type WholeRun as Run, readSample, toRun } from '../sample-records.ts';

const SETTINGS = {
  reuse: 'mru',
  concurrency: 1,
  launchIntervalMs: 0,
  simultaneousMs: 0,
  keepAliveMs: 0,
  exitLagMs: 0,
} as const;
const UNASKED = { keepAliveMs: null, exitLagMs: 0 };

/** One container's worth of invocations of 1 s, each so long after the end of the one before. */
function invoke(starts: readonly (readonly [gapMs: number, state: StartupState | null])[]): Invocation[] {
  let atMs = 0;
  return starts.map(([gapMs, state]) => {
    const requestedAtMs = atMs + gapMs;
    atMs = requestedAtMs + 1000;
    return { poolKey: 'f', requestedAtMs, readyAtMs: null, endAtMs: atMs, state };
  });
}

describe('a keep-alive that is assumed', () => {
  test('is longer than a container is known to have waited for its reuse', () => {
    const reused = invoke([
      [0, 'cold'],
      [10_000, 'warm'],
      [700_000, 'warm'],
      [5000, 'warm'],
    ]);
    const found = calibratePool(reused, [], SETTINGS, UNASKED);
    expect(found).toMatchObject({
      origin: 'not-identifiable',
      keepAliveMs: 700_001,
      flatLowMs: 700_001,
      flatHighMs: null,
    });
    expect(found.disagreeingCount).toBe(0);
  });

  test('respects reuse that names of containers show, where no states are recorded', () => {
    const found = calibratePool(
      invoke([
        [0, null],
        [10, null],
      ]),
      [],
      SETTINGS,
      UNASKED,
      { reusedAfterMs: 712_000.5 },
    );
    expect(found).toMatchObject({ origin: 'not-identifiable', keepAliveMs: 712_001, flatLowMs: 712_001 });
    const usual = calibratePool(invoke([[0, null]]), [], SETTINGS, UNASKED, { reusedAfterMs: 5000 });
    expect(usual.keepAliveMs).toBe(600_000);
  });
});

test('the tolerance of the flat range is counted in cold starts: many warm ones do not widen it', () => {
  // 3000 warm starts 1 s apart, with a cold one after 20 s and a warm one after 10 s, each a few times.
  const often = Array.from({ length: 3000 }, () => [1000, 'warm'] as const);
  const telling = Array.from({ length: 6 }, () => [[20_000, 'cold'] as const, [10_000, 'warm'] as const]).flat();
  const found = calibratePool(invoke([[0, 'cold'], ...telling, ...often]), [], SETTINGS, UNASKED, { enough: 9999 });
  expect(found.origin).toBe('estimated');
  expect(found.flatLowMs).toBeGreaterThan(9_900);
  expect(found.flatHighMs).toBeLessThan(20_100);
});

const NEWER = readSample('newer').map((record, i) => toRun(record, i + 1));
const LATEST = 9_000_000_000_000_000;

interface Platform {
  readonly poolCount: number;
  /** Share of starts that are cold whatever is idle. */
  readonly forced?: number;
  /** In ms. */
  readonly tail?: (random: () => number) => number;
}

/** The same runs with the states that such a platform would have recorded: a pool is picked at random for each request. */
function record(runs: readonly Run[], seed: number, { poolCount, forced = 0, tail = () => 7000 }: Platform): Run[] {
  const random = createRandom(seed);
  const requests = runs
    .flatMap((run, place) => joinSessions(run).sessions.map((session) => ({ session, place })))
    .sort((a, b) => a.session.requestedAtMs - b.session.requestedAtMs);
  const idle: { pool: string; freeAtMs: number; untilMs: number }[] = [];
  const states = new Map<string, StartupState>();
  for (const { session, place } of requests) {
    const pool = `${session.memoryMb} ${Math.floor(random() * poolCount)}`;
    const nowMs = session.requestedAtMs;
    const there = idle.filter((each) => each.pool === pool && each.freeAtMs <= nowMs && nowMs < each.untilMs);
    const warm = there.length > 0 && random() >= forced;
    const taken = there[Math.floor(random() * there.length)];
    if (warm && taken) idle.splice(idle.indexOf(taken), 1);
    states.set(`${place} ${session.initialTaskIds}`, warm ? 'warm' : 'cold');
    const freeAtMs = (session.lastFinishedAtMs ?? LATEST) + 500;
    idle.push({ pool, freeAtMs, untilMs: freeAtMs + tail(random) });
  }
  return runs.map((run, place) => ({
    ...run,
    nodes: run.nodes.map((node) => ({ ...node, plannedPrewarms: [] })),
    tasks: run.tasks.map((task) => ({ ...task, optimizationEvents: [] })),
    workerStartups: run.workerStartups.map((startup) => ({
      ...startup,
      ...startAs(startup.requestedAtMs, states.get(`${place} ${startup.initialTaskIds}`) ?? expect.unreachable()),
    })),
  }));
}

/** A cold start takes longer: of simultaneous requests, warm ones are ready first. */
const startAs = (requestedAtMs: number, state: StartupState) => ({
  state,
  readyAtMs: requestedAtMs + (state === 'cold' ? 600 : 300),
});

function reconstruct(runs: readonly Run[]): ReturnType<typeof analyzeWorkers> {
  const options = parseWorkers({ arguments: [], options: {} });
  return analyzeWorkers(
    runs.map((run) => extractWorkers(run, describeRun(run), options)),
    options,
  );
}

describe('several hidden pools', () => {
  test.each([
    [2, 1],
    [2, 2],
    [3, 1],
    [3, 2],
  ])('%i pools of 7 s are counted (seed %i), and no keep-alive of one pool is stated', (poolCount, seed) => {
    const { result, warnings } = reconstruct(record(NEWER, seed, { poolCount }));
    expect(result.keepAlive.poolCount).toBe(poolCount);
    expect((result.keepAlive.keepAliveMs ?? 0) / 7000).toBeGreaterThan(0.85);
    expect((result.keepAlive.keepAliveMs ?? 0) / 7000).toBeLessThan(1.15);
    expect(result.headline).toContain(`no single keep-alive explains the starts, but about ${poolCount} hidden pools`);
    // Missing runs leave the same marks: starts that find no container, and containers that seem idle.
    expect(result.headline).toContain('do, if no runs are missing here');
    const codes = warnings.map(({ code }) => code);
    expect(codes).toContain('hidden-pools');
    expect(codes).toContain('keep-alive-contradicted');
    expect(codes).not.toContain('keep-alive-estimated');
  });

  test.each([1, 2, 3])('one pool is one (seed %i)', (seed) => {
    const { result, warnings } = reconstruct(record(NEWER, seed, { poolCount: 1 }));
    expect(result.keepAlive).toMatchObject({ poolCount: 1, contradicted: false, origin: 'estimated' });
    expect(warnings.map(({ code }) => code)).not.toContain('hidden-pools');
  });

  test.each([
    ['cold starts that are forced', { forced: 0.3 }],
    ['tails that vary', { tail: (random: () => number) => 2000 + 10_000 * random() }],
  ])('%s are no pools, but contradict a keep-alive', (_, platform) => {
    const { result } = reconstruct(record(NEWER, 4, { poolCount: 1, ...platform }));
    expect(result.keepAlive).toMatchObject({ poolCount: 1, contradicted: true });
    expect(result.headline).toMatch(/no single keep-alive explains the starts \(\d+ % disagree\);/);
  });
});

test('more than one start in twenty contradicts, one in twenty does not', () => {
  // Cold at once after a warm start that no keep-alive explains with it.
  const told = (colds: number, count: number) =>
    invoke([
      [0, 'cold'],
      ...Array.from({ length: count - 1 }, (_, i) => [1000, i % 5 === 4 && i < 5 * colds ? 'cold' : 'warm'] as const),
    ]);
  expect(calibratePools(told(5, 100), [], SETTINGS, UNASKED)).toMatchObject({
    disagreeingCount: 5,
    contradicted: false,
  });
  expect(calibratePools(told(6, 100), [], SETTINGS, UNASKED)).toMatchObject({
    disagreeingCount: 6,
    contradicted: true,
  });
});

test('a warm start takes an older container where none inside the keep-alive is there', () => {
  const log = invoke([
    [0, 'cold'],
    [1000, 'warm'],
    [8000, 'warm'],
  ]);
  const given = { keepAliveMs: 5000, exitLagMs: 0 };
  const found = calibratePool(log, [], SETTINGS, given);
  expect(found).toMatchObject({ origin: 'given', keepAliveMs: 5000, disagreeingCount: 1, contradicted: true });
});

test('a container that outlived the range of all others narrows it to nothing in no case', () => {
  const rounds = Array.from({ length: 20 }, (_, i): [number, StartupState][] => [
    [5000 + i, 'warm'],
    [9000 - i, 'cold'],
  ]);
  const log = invoke([[0, 'cold'], ...rounds.flat()]);
  const range = { flatLowMs: expect.any(Number), flatHighMs: expect.any(Number) };
  const plain = calibratePool(log, [], SETTINGS, UNASKED);
  expect(plain).toMatchObject({ origin: 'estimated', ...range });
  expect(calibratePool(log, [], SETTINGS, UNASKED, { reusedAfterMs: 20_000 })).toEqual(plain);
  // One inside the range raises its lower end.
  const { flatLowMs } = calibratePool(log, [], SETTINGS, UNASKED, { reusedAfterMs: 7000 });
  expect(flatLowMs).toBe(7001);
});
