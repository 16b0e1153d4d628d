import { describe, expect, test } from 'vitest';
import type { GateFigure } from '../../src/analyses/analysis.ts';
import { analyzeComparison } from '../../src/analyses/compare/analyze.ts';
import type { CompareFacts } from '../../src/analyses/compare/extract.ts';
import { parseComparison } from '../../src/analyses/compare/options.ts';
import { analyzeRanking } from '../../src/analyses/rank/analyze.ts';
import type { RankFacts } from '../../src/analyses/rank/extract.ts';
import { gateQuantities } from '../../src/analyses/rank/gates.ts';
import { parseRanking } from '../../src/analyses/rank/options.ts';
import type { ArmMetric, RankResult } from '../../src/analyses/rank/result.ts';
import { viewRanking } from '../../src/analyses/rank/view.ts';
import { createNormal, createRandom } from '../../src/stats/random.ts';
import { lay, plainRun } from './diagnostics/cases.ts';

/** Log-normal makespans around a block's level. `spreads`: of the logarithms, by planner. */
function simulate(spreads: Readonly<Record<string, number>>, runsPerCell: number, blockCount: number): RankFacts[] {
  const normal = createNormal(createRandom(7));
  return Array.from({ length: blockCount }, () => 5000 * Math.exp(normal())).flatMap((level, block) =>
    Array.from({ length: runsPerCell }, (_, i) =>
      Object.entries(spreads).map(([planner, spread], arm) => {
        const makespan = level * Math.exp(spread * normal());
        const submittedAtMs = ((block * runsPerCell + i) * 10 + arm) * 60_000;
        const run = plainRun({ runId: `${block} ${i} ${planner}`, submittedAtMs, finishedAtMs: submittedAtMs + 1 });
        return {
          run: lay(run, { traits: { planner, sla: `p${block}` } }),
          measurements: { makespan, 'resource-usage': 1 },
          predictedMakespanMs: null,
        } as unknown as RankFacts;
      }),
    ).flat(),
  );
}

const rank = (facts: RankFacts[], stat: string): RankResult =>
  analyzeRanking(facts, parseRanking({ arguments: [], options: { metric: ['makespan'], stat } }), 42)
    .result as RankResult;
const makespanOf = (result: RankResult, arm: string): ArmMetric =>
  result.arms.find((own) => own.arm === arm)?.metrics['makespan'] as ArmMetric;

describe('the 90th percentile', () => {
  // Equal medians: only the tails differ.
  const facts = simulate({ calm: 0.05, fair: 0.05, wild: 0.8 }, 12, 6);

  test('tells apart arms of the same median by their slow runs, and shares ranks where they are alike', () => {
    const result = rank(facts, 'p90');
    const ranks = (arm: string) => [makespanOf(result, arm).rankLow, makespanOf(result, arm).rankHigh];
    expect([ranks('calm'), ranks('fair'), ranks('wild')]).toEqual([
      [1, 2],
      [1, 2],
      [3, 3],
    ]);
    expect(result.quantiles?.['makespan']).toEqual({ probability: 0.9, blockCount: 6, refusal: null });
    expect(makespanOf(result, 'wild').quantileRunCount).toBe(72);
    expect(result.headline).toMatch(/^makespan \(p90\): /);
  });

  test('of two arms is that of compare', () => {
    const two = facts.filter(({ run }) => run.traits.planner !== 'fair');
    const ranked = makespanOf(rank(two, 'p90'), 'wild');
    const options = parseComparison({ arguments: ['calm', 'wild'], options: { metric: ['makespan'], stat: 'p90' } });
    const { result } = analyzeComparison(two as unknown as CompareFacts[], options, 42);
    const { overall } = result.comparisons[0] ?? {};
    expect(ranked.changeFromBestFraction).toBeCloseTo(overall?.changeFraction ?? Number.NaN, 12);
    expect(ranked.ciLow).toBeCloseTo(overall?.ciLow ?? Number.NaN, 12);
    expect(ranked.ciHigh).toBeCloseTo(overall?.ciHigh ?? Number.NaN, 12);
    expect(ranked.level).toBeCloseTo(overall?.levelCandidate ?? Number.NaN, 6);
    expect(ranked.pValue).toBe(overall?.pValue);
    expect(ranked.intervalMethod).toBe('order-statistics');
  });

  test('is told whatever a third arm does: blocks have the level of the two arms that are held against each other', () => {
    const change = (of: RankFacts[]) => {
      const result = rank(of, 'p90');
      const [calm, fair] = ['calm', 'fair'].map((arm) => makespanOf(result, arm));
      return Math.abs(Math.log((fair?.level ?? 0) / (calm?.level ?? 1)));
    };
    expect(change(facts)).toBeCloseTo(change(facts.filter(({ run }) => run.traits.planner !== 'wild')), 12);
  });

  test('has no regret, front, 2 × 2 or decisions, which are made of means', () => {
    const result = rank(facts, 'p90');
    expect(result).toMatchObject({ pareto: [], factorial: null, decisions: null });
    expect(makespanOf(result, 'wild')).toMatchObject({
      regretMeanFraction: null,
      regretCorrected: null,
      blocksWon: null,
    });
    const kinds = (stat: string) => new Set(gateQuantities(rank(facts, stat)).map(({ name }) => name.split('-')[0]));
    expect(kinds('p90')).toEqual(new Set(['makespan']));
    expect(kinds('mean')).toEqual(new Set(['makespan', 'regret']));
    const { charts } = viewRanking({ result, ledger: [], warnings: [] }, { showCommon: false });
    for (const kind of ['profile', 'pareto']) {
      const chart = charts.find((own) => own.kind === kind);
      expect(() => chart?.draw({} as never)).toThrowError(expect.objectContaining({ code: 'bad-option' }));
    }
  });

  test('is gated by its own interval', () => {
    const wild = gateQuantities(rank(facts, 'p90')).find(({ name }) => name === 'makespan-wild') as GateFigure;
    expect(wild.of).toBe('wild vs the best (p90)');
    expect(wild.low).toBe(makespanOf(rank(facts, 'p90'), 'wild').ciLow);
  });
});

describe('too few runs', () => {
  test('refuse a quantile, and say how few', () => {
    const result = rank(simulate({ a: 0.1, b: 0.1 }, 31, 1), 'p95');
    expect(result.quantiles?.['makespan']?.refusal).toEqual({ reason: 'too-few', count: 31, fewest: 72 });
    expect(result.headline).toContain('cannot be ranked, too few: 31 of 72 runs');
    expect(makespanOf(result, 'a')).toMatchObject({ level: null, ciLow: null, rankLow: 1, rankHigh: 2 });
    expect(viewRanking({ result, ledger: [], warnings: [] }, { showCommon: false }).next).toBe(
      'p95 takes 72 runs of each arm in 1 block, and there are 31; without --stat the means are ranked',
    );
  });

  test('leave a gate undecided', () => {
    const [gate] = gateQuantities(rank(simulate({ a: 0.1, b: 0.1 }, 31, 1), 'p95')) as [GateFigure];
    expect([gate.low, gate.high]).toEqual([null, null]);
  });
});

test('runs that do not differ have no interval', () => {
  const equal = simulate({ a: 0, b: 0 }, 40, 1);
  expect(makespanOf(rank(equal, 'p90'), 'b')).toMatchObject({ ciLow: null, ciHigh: null });
});

test('another name is refused', () => {
  expect(() => rank([], 'p50')).toThrowError(expect.objectContaining({ code: 'bad-option' }));
});
