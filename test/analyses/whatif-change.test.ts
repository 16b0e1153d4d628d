import { describe, expect, it } from 'vitest';
import { estimateChange } from '../../src/analyses/whatif/change.ts';
import { proveReplays } from '../../src/analyses/whatif/proof.ts';
import type { ReplayedFacts } from '../../src/analyses/whatif/replays.ts';
import { plainRun } from './diagnostics/cases.ts';

/** Recorded makespans of 1000 ms, each replayed to `ratio` of it; `null`: the scenario cannot be told of the run. */
const replay = (ratio: number | null, over: object = {}, traits: object = {}): ReplayedFacts =>
  ({
    run: plainRun({ traits }),
    network: { makespanMs: 1000, workers: [] },
    nullMs: 1000,
    allWarmMs: 900,
    makespansMs: [ratio === null ? null : 1000 * ratio],
    billsUsd: [null],
    nullBillUsd: null,
    ...over,
  }) as unknown as ReplayedFacts;
const estimate = (ratios: readonly (number | null)[]) =>
  estimateChange(
    ratios.map((ratio) => replay(ratio)),
    0,
    ['workflow'],
  );
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('a change', () => {
  it('is none where its interval lies within 2 %, and cannot be told where one end does not', () => {
    const around = (spread: number) => range(8).map((i) => 1 + spread * (i % 2 === 0 ? 1 : -1));
    expect(estimate(around(0.01)).outcome).toBe('equivalent');
    expect(estimate(around(0.04)).outcome).toBe('inconclusive');
    const shifted = estimate(around(0.02).map((ratio) => ratio * 1.015));
    expect(shifted.ciLow).toBeGreaterThan(-0.02);
    expect(shifted.ciHigh).toBeGreaterThan(0.02);
    expect(shifted.outcome).toBe('inconclusive');
  });

  it('is told by the interval, and confirmed by how many runs became shorter', () => {
    const shorter = range(8).map((i) => 0.8 - i / 100);
    // Two-sided: 2 × (1/2)^8, and with one longer run 2 × 9/256.
    expect(estimate(shorter)).toMatchObject({ outcome: 'different', pValue: expect.closeTo(2 / 256, 12) });
    const oneLonger = estimate([...shorter.slice(1), 1.0001]);
    expect(oneLonger.ciHigh).toBeLessThan(0);
    expect(oneLonger.pValue).toBeCloseTo(18 / 256, 12);
    expect(oneLonger.outcome).toBe('hint');
  });

  it('that can be told of no run is none that could be judged', () => {
    expect(estimate([null, null])).toMatchObject({ runCount: 0, changeFraction: null, outcome: 'inconclusive' });
  });

  it('below a millionth is rounding', () => {
    expect(estimate(range(6).map((i) => 1 + 1e-9 * i))).toMatchObject({ pValue: null, outcome: 'equivalent' });
    expect(estimate(range(6).map((i) => 1 + 1e-5 * (i + 1))).pValue).toBeCloseTo(2 / 64, 12);
  });

  it('is of the runs of which the scenario can be told, each block with the same weight', () => {
    const replays = [
      replay(0.5, { network: { makespanMs: 3000 } }),
      replay(null),
      replay(0.5, {}),
      replay(0.125, {}, { workflow: 'other' }),
    ];
    const own = estimateChange(replays, 0, ['workflow']);
    expect(own).toMatchObject({ runCount: 3, blockCount: 2, meanRecordedMs: 5000 / 3, meanMakespanMs: 375 });
    // √(1/2 × 1/8) − 1.
    expect(own.changeFraction).toBeCloseTo(-0.75, 12);
    expect(own.bill).toBeNull();
  });

  it('has the bill of the runs that have both bills', () => {
    const billed = (usd: number | null, nullUsd: number | null) =>
      replay(0.5, { billsUsd: [usd], nullBillUsd: nullUsd });
    const { bill } = estimateChange([billed(1, 2), billed(3, 6), billed(null, 2), billed(2, null)], 0, ['workflow']);
    expect(bill).toMatchObject({ runCount: 2, meanUsd: 2, changeFraction: expect.closeTo(-0.5, 12) });
  });
});

describe('the proof', () => {
  const prove = (replays: readonly ReplayedFacts[], includeUnplanned = false) =>
    proveReplays([], replays, { includeUnplanned } as never);
  /** Workers by their states. */
  const started = (
    states: readonly (string | null)[],
    makespanMs: number,
    traits: object = {},
    allWarmMs: number | null = 800,
  ) =>
    replay(
      1,
      { network: { makespanMs, workers: states.map((state) => [1024, state]) }, nullMs: makespanMs, allWarmMs },
      traits,
    );

  it('counts replays within a millionth of the record, and the worst', () => {
    const off = (fraction: number) => replay(1, { nullMs: 1000 * (1 + fraction) });
    const { runCount, exactCount, worstErrorFraction } = prove([off(0), off(0.9e-6), off(1.1e-6), off(-0.02)]);
    expect([runCount, exactCount]).toEqual([4, 2]);
    expect(worstErrorFraction).toBeCloseTo(0.02, 12);
  });

  it('holds runs all of whose workers were warm against what all-warm makes of the others', () => {
    const runs = [
      started(['warm', 'warm'], 1000),
      started(['warm', 'cold'], 2000),
      started(['cold', 'cold'], 2000),
      started(['cold'], 9000, {}, null),
      // Not known, not planned, or of another planner: no counterpart.
      started(['warm', null], 9000),
      started(['warm'], 9000, { planned: false }),
      started(['warm'], 9000, { planner: 'Other' }),
    ];
    const { warmCheck } = prove(runs);
    expect(warmCheck).toMatchObject({ blockCount: 1, warmRunCount: 1, coldRunCount: 2, intervalMethod: 'none' });
    expect(warmCheck?.differenceFraction).toBeCloseTo(1000 / 800 - 1, 12);
    expect(prove(runs, true).warmCheck?.warmRunCount).toBe(2);
    expect(prove(runs.slice(1, 5)).warmCheck).toBeNull();
  });
});
