import {
  endedAtMs,
  type Invocation,
  orderEvents,
  type PrewarmedContainer,
  placeInvocations,
  type ReplaySettings,
} from '../../containers/periods.ts';
import { sampleMedian } from '../../stats/summary.ts';
import { findHiddenPools } from './hidden-pools.ts';
import type { KeepAlive } from './result.ts';

// Calibrates the pool on the recorded states: the life of idle containers, and the time a worker takes to exit.

/** Keep-alive without recorded states to learn from: that of clouds' pools (Shahrad et al. 2020 found 10 and 20 minutes). */
export const USUAL_KEEP_ALIVE_MS = 600_000;
/** Exit lag without recorded states: a process writes its metrics and cleans up in about that time. */
const USUAL_EXIT_LAG_MS = 600;
/** Invocations that tell the keep-alive as well as all do. */
const ENOUGH = 3000;
/** Range of the keep-alives that are tried. */
const [SHORTEST_MS, LONGEST_MS] = [250, 4 * 3_600_000];
/** Coarse, then fine steps of the keep-alive, as ratios. */
const [COARSE, FINE] = [1.4, 1.03];
const EXIT_LAGS_MS = Array.from({ length: 16 }, (_, i) => i * 100);
/** Share of the cold starts that may disagree beyond the best keep-alive: one start more, or one in two hundred. Cold ones tell it. */
const INDISTINGUISHABLE = 1 / 200;

/** Share of starts from which on no keep-alive of a single pool is stated. */
const MOST_DISAGREEING = 0.05;
/** Share of starts from which on it is looked for several pools: that takes a second. */
const SUSPICIOUS = 0.02;
/** Exit lags that are tried beside the best of a single pool. */
const LAG_STEPS_MS = [-200, 0, 200, 400];

/** The user's own figures of the pool; `null`: to be estimated. */
export interface Asked {
  readonly keepAliveMs: number | null;
  readonly exitLagMs: number | null;
}

/**
 * Keep-alive and exit lag that disagree least with the recorded states, one after the other over a grid, with the range of
 * keep-alives that do about as well. Where that range has no end on one side, these data do not tell the keep-alive: it is assumed, and
 * no shorter than `reusedAfterMs`, after which containers are known to have been used again.
 */
export function calibratePool(
  all: readonly Invocation[],
  allPrewarms: readonly PrewarmedContainer[],
  settings: ReplaySettings,
  asked: Asked,
  { enough = ENOUGH, reusedAfterMs = null }: { readonly enough?: number; readonly reusedAfterMs?: number | null } = {},
): KeepAlive {
  const { invocations, prewarms } = earliest(all, allPrewarms, enough);
  const stated = invocations.filter(({ state }) => state !== null);
  const warmCount = stated.filter(({ state }) => state === 'warm').length;
  const usual = {
    keepAliveMs: asked.keepAliveMs ?? USUAL_KEEP_ALIVE_MS,
    exitLagMs: asked.exitLagMs ?? USUAL_EXIT_LAG_MS,
  };
  const counts = { statedCount: stated.length, warmCount };
  if (stated.length === 0) {
    const range = { lowMs: leastKeepAliveMs(reusedAfterMs), highMs: null };
    const chosen = { ...usual, keepAliveMs: asked.keepAliveMs ?? chooseWithin(range) };
    return {
      ...describeKeepAlive(asked, chosen, range),
      ...counts,
      disagreeingCount: null,
      contradicted: false,
      poolCount: null,
    };
  }
  const hidden = invocations.map((invocation) => ({ ...invocation, state: null }));
  const order = orderEvents(hidden, prewarms, settings.simultaneousMs);
  const countWrong = (pool: Calibrated): number => {
    const { sourceOf } = placeInvocations(hidden, prewarms, { ...settings, ...pool }, order);
    const isWrong = ({ state }: Invocation, i: number) =>
      state !== null && (state === 'cold') !== (sourceOf(i) === 'launched');
    return invocations.filter(isWrong).length;
  };
  const tolerance = Math.max(1, (stated.length - warmCount) * INDISTINGUISHABLE);
  const { best, tried } = search(usual, asked, countWrong, tolerance);
  const most = countWrong(best) + tolerance;
  const isGood = (keepAliveMs: number) => countWrong({ ...best, keepAliveMs }) <= most;
  const flat = flatRange(tried, best.keepAliveMs, isGood);
  const longestMs = flat.highMs === null ? longestReuseMs(invocations, prewarms, { ...settings, ...best }) : null;
  const range = {
    ...flat,
    lowMs: boundedBelow(flat, leastKeepAliveMs(maximum(longestMs, reusedAfterMs))),
  };
  const chosen = asked.keepAliveMs === null ? { ...best, keepAliveMs: chooseWithin(range) } : best;
  const disagreeingCount = countWrong(chosen);
  const contradicted = disagreeingCount > MOST_DISAGREEING * stated.length;
  return { ...describeKeepAlive(asked, chosen, range), ...counts, disagreeingCount, contradicted, poolCount: 1 };
}

/** The same, and whether several hidden pools explain the states better than one: then it is their keep-alive. */
export function calibratePools(...given: Parameters<typeof calibratePool>): KeepAlive {
  const keepAlive = calibratePool(...given);
  const { keepAliveMs, exitLagMs, disagreeingCount, statedCount } = keepAlive;
  if (keepAliveMs === null || (disagreeingCount ?? 0) <= SUSPICIOUS * statedCount) return keepAlive;
  const [all, allPrewarms, { simultaneousMs }, asked, { enough = ENOUGH } = {}] = given;
  const { invocations, prewarms } = earliest(all, allPrewarms, enough);
  const found = findHiddenPools(invocations, prewarms, {
    keepAliveMs,
    keepAliveGiven: asked.keepAliveMs !== null,
    exitLagsMs: asked.exitLagMs === null ? LAG_STEPS_MS.map((step) => Math.max(0, exitLagMs + step)) : [exitLagMs],
    simultaneousMs,
  });
  if (found === null) return keepAlive;
  const { poolCount, lowMs: flatLowMs, highMs: flatHighMs } = found;
  const own = { keepAliveMs: found.keepAliveMs, exitLagMs: found.exitLagMs, poolCount };
  return keepAlive.origin === 'given'
    ? { ...keepAlive, poolCount, exitLagMs: found.exitLagMs }
    : { ...keepAlive, ...own, origin: 'estimated', identifiable: true, flatLowMs, flatHighMs };
}

/** The earliest of them, as many as are enough. */
const earliest = (
  invocations: readonly Invocation[],
  prewarms: readonly PrewarmedContainer[],
  enough: number,
): { readonly invocations: readonly Invocation[]; readonly prewarms: readonly PrewarmedContainer[] } => ({
  invocations: firstOf(invocations, enough, ({ requestedAtMs }) => requestedAtMs),
  prewarms: firstOf(prewarms, enough, ({ readyAtMs }) => readyAtMs),
});

/** In whole ms; a container that was used again after so long outlived that. */
const leastKeepAliveMs = (reusedAfterMs: number | null): number | null =>
  reusedAfterMs === null ? null : Math.floor(reusedAfterMs) + 1;

/** The greater of two bounds, either of which may be missing. */
const maximum = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other);

/** The lower end of the range, which a bound may raise. One beyond the upper end is an exception, and says nothing of the others. */
const boundedBelow = ({ lowMs, highMs }: Range, bound: number | null): number | null =>
  bound !== null && highMs !== null && bound > highMs ? lowMs : maximum(lowMs, bound);

/** Finds the longest time, in ms, that a container had been idle when a recorded warm start took it; `null`: none took any. */
function longestReuseMs(
  invocations: readonly Invocation[],
  prewarms: readonly PrewarmedContainer[],
  settings: ReplaySettings,
): number | null {
  const forEver = { ...settings, keepAliveMs: Number.POSITIVE_INFINITY };
  const { containers, sourceOf } = placeInvocations(invocations, prewarms, forEver);
  let longestMs: number | null = null;
  for (const { invocations: own, prewarmedAtMs } of containers) {
    let freeAtMs = prewarmedAtMs;
    for (const index of own) {
      const invocation = invocations[index] as Invocation;
      const reused = invocation.state === 'warm' && sourceOf(index) === 'idle' && freeAtMs !== null;
      if (reused) longestMs = Math.max(longestMs ?? 0, invocation.requestedAtMs - (freeAtMs as number));
      freeAtMs = Math.max(freeAtMs ?? 0, endedAtMs(invocation) + settings.exitLagMs);
    }
  }
  return longestMs;
}

/** One after the other, coarse and then fine: which keep-alive and which exit lag disagree least. */
function search(
  start: Calibrated,
  asked: Asked,
  countWrong: (pool: Calibrated) => number,
  tolerance: number,
): { readonly best: Calibrated; readonly tried: readonly number[] } {
  let best = start;
  const tried: number[] = [];
  for (const ratio of [COARSE, FINE]) {
    const reach = ratio === COARSE ? [SHORTEST_MS, LONGEST_MS] : [best.keepAliveMs / COARSE, best.keepAliveMs * COARSE];
    const steps = geometricSteps(reach[0] as number, reach[1] as number, ratio);
    tried.push(...steps);
    if (asked.keepAliveMs === null)
      best = findBest(
        best,
        steps.map((keepAliveMs) => ({ ...best, keepAliveMs })),
        countWrong,
        tolerance,
      );
    if (asked.exitLagMs === null)
      best = findBest(
        best,
        EXIT_LAGS_MS.map((exitLagMs) => ({ ...best, exitLagMs })),
        countWrong,
        tolerance,
      );
  }
  return { best, tried };
}

interface Range {
  /** `null`: no bound on that side. */
  readonly lowMs: number | null;
  readonly highMs: number | null;
}

/** The middle of what explains the states about as well; what is usual, where that has no end. */
function chooseWithin({ lowMs, highMs }: Range): number {
  if (lowMs !== null && highMs !== null) return Math.round(Math.sqrt(lowMs * highMs));
  return Math.min(highMs ?? Number.POSITIVE_INFINITY, Math.max(lowMs ?? 0, USUAL_KEEP_ALIVE_MS));
}

interface Calibrated {
  readonly keepAliveMs: number;
  readonly exitLagMs: number;
}

const firstOf = <Item>(items: readonly Item[], enough: number, instantOf: (item: Item) => number): readonly Item[] =>
  items.length <= enough ? items : [...items].sort((a, b) => instantOf(a) - instantOf(b)).slice(0, enough);

/** From `low` to `high`, each step `ratio` times the one before, in whole ms. */
function geometricSteps(low: number, high: number, ratio: number): number[] {
  const count = Math.floor(Math.log(high / low) / Math.log(ratio) + 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Math.round(low * ratio ** i));
}

/** The middle one of the candidates that are about as good as the best: the very best is best by chance. Where all are, none tells. */
function findBest(
  current: Calibrated,
  candidates: readonly Calibrated[],
  countWrong: (pool: Calibrated) => number,
  tolerance: number,
): Calibrated {
  const wrong = candidates.map(countWrong);
  const least = Math.min(...wrong);
  const good = candidates.filter((_, i) => (wrong[i] as number) <= least + tolerance);
  return good.length === candidates.length ? current : (good[(good.length - 1) >> 1] as Calibrated);
}

/** The tried values around the best that are as good without a gap; `null` where they go on to the end of what was tried. */
function flatRange(tried: readonly number[], best: number, isGood: (keepAliveMs: number) => boolean): Range {
  const lower = tried.filter((value) => value <= best).sort((a, b) => b - a);
  const higher = tried.filter((value) => value >= best).sort((a, b) => a - b);
  const reach = (values: readonly number[]) => {
    const firstBad = values.findIndex((value) => !isGood(value));
    return firstBad === -1 ? null : findEdge(values[firstBad - 1] ?? best, values[firstBad] as number, isGood);
  };
  return { lowMs: reach(lower), highMs: reach(higher) };
}

/** Finds the last good keep-alive, to the ms, by bisection: those tried may lie far from it. */
function findEdge(good: number, bad: number, isGood: (keepAliveMs: number) => boolean): number {
  let [inside, outside] = [good, bad];
  while (Math.abs(outside - inside) > 1) {
    const middle = Math.round((inside + outside) / 2);
    if (isGood(middle)) inside = middle;
    else outside = middle;
  }
  return inside;
}

function describeKeepAlive(
  asked: Asked,
  { keepAliveMs, exitLagMs }: Calibrated,
  { lowMs: flatLowMs, highMs: flatHighMs }: Range,
): Pick<KeepAlive, 'keepAliveMs' | 'exitLagMs' | 'origin' | 'identifiable' | 'flatLowMs' | 'flatHighMs'> {
  const identifiable = flatLowMs !== null && flatHighMs !== null;
  const origin = asked.keepAliveMs !== null ? 'given' : identifiable ? 'estimated' : 'not-identifiable';
  return {
    // JSON knows no Infinity.
    keepAliveMs: Number.isFinite(keepAliveMs) ? keepAliveMs : null,
    exitLagMs,
    origin,
    identifiable,
    flatLowMs,
    flatHighMs,
  };
}

/**
 * From how cold starts of one burst became ready, in ms: the median time between one and the next. Where containers are launched
 * one after another that is what a launch takes; where they are launched at once, it is next to nothing. 0 without such bursts.
 */
export function estimateLaunchIntervalMs(invocations: readonly Invocation[], simultaneousMs: number): number {
  const cold = invocations
    .filter(({ state, readyAtMs }) => state === 'cold' && readyAtMs !== null)
    .sort((a, b) => a.requestedAtMs - b.requestedAtMs);
  const gapsMs: number[] = [];
  for (let from = 0; from < cold.length; ) {
    const untilMs = (cold[from] as Invocation).requestedAtMs + simultaneousMs;
    let to = from + 1;
    while (to < cold.length && (cold[to] as Invocation).requestedAtMs <= untilMs) to++;
    const readyAtMs = cold.slice(from, to).map((invocation) => invocation.readyAtMs as number);
    readyAtMs.sort((a, b) => a - b);
    for (let i = 1; i < readyAtMs.length; i++) gapsMs.push((readyAtMs[i] as number) - (readyAtMs[i - 1] as number));
    from = to;
  }
  return sampleMedian(gapsMs) ?? 0;
}
