import { expect, test } from 'vitest';
import { findReplacements } from '../../src/analyses/workers/log/replacement.ts';
import type { Invocation } from '../../src/containers/periods.ts';

const SETTINGS = {
  reuse: 'mru',
  concurrency: 1,
  launchIntervalMs: 0,
  simultaneousMs: 0,
  keepAliveMs: 60_000,
  exitLagMs: 0,
} as const;

const call = (requestedAtMs: number, state: 'cold' | 'warm'): Invocation => ({
  poolKey: 'f',
  requestedAtMs,
  readyAtMs: null,
  endAtMs: requestedAtMs + 100,
  state,
});

/** A container a life of 100 s, used every 10 s. */
const lives = (count: number): Invocation[] =>
  Array.from({ length: 10 * count }, (_, i) => call(i * 10_000, i % 10 === 0 ? 'cold' : 'warm'));

test('an age at which three containers were passed over, and none was used, is the most that they reach', () => {
  const told = { passedOverCount: 3, agedCount: 3, maxAgeMs: 95_000 };
  expect(findReplacements(lives(4), SETTINGS, 60_000)).toEqual(told);
  expect(findReplacements(lives(3), SETTINGS, 60_000)).toEqual({ passedOverCount: 2, agedCount: 0, maxAgeMs: null });
});

test('containers that are replaced at one time tell no age', () => {
  const born = [0, 10, 20, 30].map((atMs) => call(atMs, 'cold'));
  const used = [50_000, 50_010, 50_020, 50_030].map((atMs) => call(atMs, 'warm'));
  const found = findReplacements([...born, ...used, call(60_000, 'cold')], SETTINGS, 60_000);
  expect(found).toEqual({ passedOverCount: 4, agedCount: 0, maxAgeMs: null });
});

test('one that was idle for as long as the keep-alive was not passed over', () => {
  const idle = (gapMs: number) => findReplacements([call(0, 'cold'), call(100 + gapMs, 'cold')], SETTINGS, 60_000);
  expect([59_999, 60_000].map((gapMs) => idle(gapMs).passedOverCount)).toEqual([1, 0]);
});

test('a container is free from its exit on, and a cold start at that very instant passed it over', () => {
  // Done at 100, out at 350, and gone for good where nothing used it.
  const lag = { ...SETTINGS, exitLagMs: 250 };
  const found = (atMs: number) => findReplacements([call(0, 'cold'), call(atMs, 'cold')], lag, 60_000).passedOverCount;
  expect([349, 350, 60_349, 60_350].map(found)).toEqual([0, 1, 1, 0]);
});

test('ages at which containers were used are no ages at which they are replaced', () => {
  // One container reaches 160 s; those that were passed over at 95 s each were not too old.
  const old = Array.from({ length: 16 }, (_, i) => ({ ...call(i * 10_000, i === 0 ? 'cold' : 'warm'), poolKey: 'g' }));
  const found = findReplacements([...lives(4), ...old], SETTINGS, 60_000);
  expect(found).toEqual({ passedOverCount: 3, agedCount: 0, maxAgeMs: null });
});
