import { describe, expect, test } from 'vitest';
import { calibratePool, calibratePools, estimateLaunchIntervalMs } from '../../src/analyses/workers/calibrate.ts';
import { findHiddenPools } from '../../src/analyses/workers/hidden-pools.ts';
import type { Invocation } from '../../src/containers/periods.ts';
import type { StartupState } from '../../src/model/run.ts';
import { createRandom } from '../../src/stats/random.ts';

/** Every figure follows from the gaps that are written here, by hand. */

const SETTINGS = {
  reuse: 'mru',
  concurrency: 1,
  launchIntervalMs: 0,
  simultaneousMs: 0,
  keepAliveMs: 0,
  exitLagMs: 0,
} as const;

const call = (poolKey: string, requestedAtMs: number, state: StartupState | null): Invocation => ({
  poolKey,
  requestedAtMs,
  readyAtMs: null,
  endAtMs: requestedAtMs + 1000,
  state,
});

/** So many pools, each with a cold start and another start so long after its end. */
const pairs = (name: string, count: number, gapMs: number, state: StartupState): Invocation[] =>
  Array.from({ length: count }, (_, i) => [
    call(`${name}${i}`, 0, 'cold'),
    call(`${name}${i}`, 1000 + gapMs, state),
  ]).flat();

/** Containers exit within 250 to 650 ms, and live for 5 to 20 s; a start of each kind lies between. */
const TELLING = [
  ...pairs('exiting', 10, 250, 'cold'),
  ...pairs('free', 10, 650, 'warm'),
  ...pairs('idle', 10, 5000, 'warm'),
  ...pairs('gone', 10, 20_000, 'cold'),
  ...pairs('sooner', 1, 450, 'warm'),
  ...pairs('longer', 1, 8000, 'warm'),
];

describe('what a pool is calibrated to', () => {
  test('is the middle of the exit lags that are about as good, and of the keep-alives by ratio', () => {
    // Of 300, 400, 500 and 600 ms, the latter two are wrong about one start, which is tolerated: the middle is 400.
    const found = calibratePool(TELLING, [], SETTINGS, { keepAliveMs: null, exitLagMs: null });
    expect(found).toMatchObject({ exitLagMs: 400, origin: 'estimated', disagreeingCount: 0 });
    // The one that was idle for 7.6 s is tolerated too: from 5 s less the lag to 20 s less the lag.
    expect(found).toMatchObject({
      flatLowMs: 4601,
      flatHighMs: 19_600,
      keepAliveMs: Math.round(Math.sqrt(4601 * 19_600)),
    });
  });

  test('stays what is usual where every exit lag is as good', () => {
    const found = calibratePool(pairs('idle', 5, 60_000, 'warm'), [], SETTINGS, { keepAliveMs: null, exitLagMs: null });
    expect(found).toMatchObject({ exitLagMs: 600, keepAliveMs: 600_000, origin: 'not-identifiable' });
  });

  test('is no longer than the longest that the cold starts allow, where nothing tells the least', () => {
    const found = calibratePool(pairs('gone', 5, 20_000, 'cold'), [], SETTINGS, { keepAliveMs: null, exitLagMs: 0 });
    expect(found).toMatchObject({ origin: 'not-identifiable', flatLowMs: null, flatHighMs: 20_000 });
    expect(found).toMatchObject({ keepAliveMs: 20_000, disagreeingCount: 0 });
  });

  test('is longer than the longest reuse by a warm start: less the exit, and no cold start is one', () => {
    const chain = [
      call('f', 0, 'cold'),
      call('f', 11_000, 'warm'),
      call('f', 712_000, 'warm'),
      call('f', 1_613_000, 'cold'),
    ];
    for (const exitLagMs of [0, 500]) {
      const found = calibratePool(chain, [], SETTINGS, { keepAliveMs: null, exitLagMs });
      expect(found).toMatchObject({ flatLowMs: 700_001 - exitLagMs, flatHighMs: null });
    }
  });

  test('rests on the earliest starts, whatever their order', () => {
    const told = [call('f', 90_000, 'warm'), call('f', 80_000, 'warm'), call('f', 0, 'cold'), call('g', 10, 'cold')];
    const asked = { keepAliveMs: null, exitLagMs: 0 };
    const found = calibratePool(told, [], SETTINGS, asked, { enough: 2 });
    expect(found).toMatchObject({ statedCount: 2, warmCount: 0 });
  });
});

/**
 * Two pools of 7 s behind one record: groups of one or four containers with a start 2 s later, which finds one in the pool that is
 * picked for it or not, and start-ups that find nothing.
 */
function recordTwoPools(seed: number): Invocation[] {
  const random = createRandom(seed);
  const groups = [...Array(40).fill(1), ...Array(120).fill(4), ...Array(300).fill(0)];
  let atMs = 0;
  return groups.flatMap((count: number) => {
    atMs += 60_000;
    const gateways = Array.from({ length: Math.max(1, count) }, () => Math.floor(random() * 2));
    const colds = gateways.map((_, i) => call('f', atMs + i, 'cold'));
    const state = gateways.includes(Math.floor(random() * 2)) ? 'warm' : 'cold';
    return count === 0 ? colds : [...colds, call('f', atMs + 3100, state)];
  });
}

test('from one start in fifty that disagrees on, several pools are looked for', () => {
  const asked = { keepAliveMs: null, exitLagMs: 0 };
  const log = recordTwoPools(3);
  const single = calibratePool(log, [], SETTINGS, asked);
  const share = (single.disagreeingCount as number) / single.statedCount;
  expect(share).toBeGreaterThan(0.02);
  expect(share).toBeLessThan(0.04);
  expect(calibratePools(log, [], SETTINGS, asked).poolCount).toBe(2);
});

test('pools are told from starts that are forced cold by one parameter more: by 3, half of ln n, from 404 starts on', () => {
  // Every other start after 2 s is warm: with two pools, as well as with one that forces half of them, which costs one more parameter.
  const find = (count: number) => {
    const pairs = Array.from({ length: 40 }, (_, i) => [
      call('f', 60_000 * i, 'cold'),
      call('f', 60_000 * i + 3000, i % 2 === 0 ? 'cold' : 'warm'),
    ]);
    const rest = Array.from({ length: count - 80 }, (_, i) => call('f', 60_000 * (40 + i), 'cold'));
    const look = { keepAliveMs: 7000, keepAliveGiven: false, exitLagsMs: [0], simultaneousMs: 0 };
    return findHiddenPools([...pairs.flat(), ...rest], [], look);
  };
  expect(find(403)).toBeNull();
  expect(find(404)).toMatchObject({ poolCount: 2, exitLagMs: 0 });
});

describe('the interval between launches', () => {
  const start = (requestedAtMs: number, readyAtMs: number | null, state: StartupState): Invocation => ({
    ...call('f', requestedAtMs, state),
    readyAtMs,
  });

  test('is the median time from one cold start of a burst to the next, in the order in which they were ready', () => {
    const bursts = [
      // 300 ms apart, the later one first; a warm one and one that was never ready tell nothing.
      ...[start(0, 800, 'cold'), start(50, 510, 'warm'), start(60, null, 'cold'), start(100, 500, 'cold')],
      // 100 and 50 ms apart.
      ...[start(1000, 2000, 'cold'), start(1010, 2100, 'cold'), start(1020, 2150, 'cold')],
    ];
    expect(estimateLaunchIntervalMs(bursts, 100)).toBe(100);
  });

  test('is 0 where no two were requested together', () => {
    expect(estimateLaunchIntervalMs([start(0, 500, 'cold'), start(101, 900, 'cold')], 100)).toBe(0);
  });
});
