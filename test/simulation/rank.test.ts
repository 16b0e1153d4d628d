import { describe, expect, test } from 'vitest';
import { analyzeRanking } from '../../src/analyses/rank/analyze.ts';
import type { RankFacts } from '../../src/analyses/rank/extract.ts';
import { parseRanking } from '../../src/analyses/rank/options.ts';
import type { RankResult } from '../../src/analyses/rank/result.ts';
import { createNormal, createRandom } from '../../src/stats/random.ts';
import { lay, plainRun } from '../analyses/diagnostics/cases.ts';

/** Simulated campaigns with known truth: log-normal runs of planners in blocks, makespan and resource usage by `effects`. */

interface Truth {
  readonly planner: string;
  /** ln ratios of makespan and resource usage. */
  readonly effects: readonly [number, number];
  readonly optimizations?: readonly string[];
}

const OPTIONS = parseRanking({ arguments: [], options: { metric: ['makespan', 'resource-usage'] } });
const SIGMA = 0.1;

function simulate(truths: readonly Truth[], runsPerCell: number, seed: number, blockCount = 8): RankResult {
  const normal = createNormal(createRandom(seed));
  const facts: RankFacts[] = [];
  for (let block = 0; block < blockCount; block++) {
    const level = 5000 * Math.exp(0.5 * normal());
    for (let i = 0; i < runsPerCell; i++) {
      for (const { planner, effects, optimizations = [] } of truths) {
        const traits = { planner, workflow: `w${block % 2}`, sla: `p${block}`, optimizations };
        const makespan = level * Math.exp(effects[0] + SIGMA * normal());
        const usage = 20 * Math.exp(effects[1] + SIGMA * normal());
        facts.push({
          run: lay(plainRun({ runId: `${facts.length}`, submittedAtMs: facts.length * 60_000 }), { traits }),
          measurements: { makespan, 'resource-usage': usage, cost: usage },
          predictedMakespanMs: null,
        } as RankFacts);
      }
    }
  }
  return analyzeRanking(facts, OPTIONS, seed).result as RankResult;
}

const ranksOf = (result: RankResult, metric = 'makespan') =>
  Object.fromEntries(
    result.arms.map(({ arm, metrics }) => [arm, `${metrics[metric]?.rankLow}-${metrics[metric]?.rankHigh}`]),
  );

describe('ranks', () => {
  test('of arms that are 40 % apart are found, and equal arms share theirs', () => {
    const truths: Truth[] = [
      { planner: 'a', effects: [0, 0.8] },
      { planner: 'b', effects: [0.4, 0.4] },
      { planner: 'c', effects: [0.4, 0.4] },
      { planner: 'd', effects: [0.8, 0.8] },
    ];
    const result = simulate(truths, 3, 11);
    expect(ranksOf(result)).toEqual({ a: '1-1', b: '2-3', c: '2-3', d: '4-4' });
    const statuses = result.pareto.filter(({ scope }) => scope === 'overall').map(({ arm, status }) => [arm, status]);
    const byArm = Object.fromEntries(statuses);
    expect(byArm['a']).toBe('front');
    expect(byArm['d']).toBe('dominated-for-certain');
    expect([byArm['b'], byArm['c']]).toContain('front');
  });

  test('of equal arms are told apart in 5 % of campaigns at most', () => {
    const truths = ['a', 'b', 'c', 'd'].map((planner): Truth => ({ planner, effects: [0, 0] }));
    const rounds = 60;
    let told = 0;
    for (let round = 0; round < rounds; round++) {
      const result = simulate(truths, 2, 100 + round, 4);
      if (result.arms.some(({ metrics }) => Object.values(metrics).some(({ rankLow }) => rankLow > 1))) told++;
    }
    // 3 of 60 are expected at 5 %; eight or more have a probability of 1 %.
    expect(told).toBeLessThan(8);
  });
});

describe('regret', () => {
  test.each([2, 5])('with %i runs a cell is nearer to the truth when it is corrected', (runsPerCell) => {
    const truths = [0, 0, 0, 0, 0.05].map((effect, i): Truth => ({ planner: `p${i}`, effects: [effect, 0] }));
    let [plain, corrected] = [0, 0];
    const rounds = 40;
    for (let round = 0; round < rounds; round++) {
      const last = simulate(truths, runsPerCell, 500 + round).arms.find(({ arm }) => arm === 'p4');
      plain += (last?.metrics['makespan']?.regretMeanFraction as number) / rounds;
      corrected += (last?.metrics['makespan']?.regretCorrected as number) / rounds;
    }
    const truth = Math.expm1(0.05);
    expect(Math.abs(corrected - truth)).toBeLessThan(Math.abs(plain - truth) / 2);
    expect(plain).toBeGreaterThan(truth);
  });

  test('with one run a cell cannot be corrected', () => {
    const result = simulate(
      ['a', 'b'].map((planner): Truth => ({ planner, effects: [0, 0] })),
      1,
      3,
    );
    expect(result.arms.map(({ metrics }) => metrics['makespan']?.regretCorrected)).toEqual([null, null]);
  });
});

describe('the 2 × 2', () => {
  const design = (interaction: number): Truth[] => [
    { planner: 'UniformPlanner', effects: [0, 0] },
    { planner: 'UniformPlanner-opt', effects: [-0.1, 0], optimizations: ['PreLoad', 'PreWarm'] },
    { planner: 'NonUniformPlanner', effects: [0.2, 0] },
    { planner: 'NonUniformPlanner-opt', effects: [0.1 + interaction, 0], optimizations: ['PreLoad', 'PreWarm'] },
  ];

  test('finds main effects and the interaction', () => {
    const { planner, optimizations, interaction } = simulate(design(0.3), 10, 5).factorial?.['makespan'] ?? {};
    const log = (effect: { readonly changeFraction: number } | undefined) => Math.log1p(effect?.changeFraction ?? 0);
    expect(log(planner)).toBeCloseTo(0.35, 1);
    expect(log(optimizations)).toBeCloseTo(0.05, 1);
    expect(log(interaction)).toBeCloseTo(0.3, 1);
    expect(interaction?.ciLow).toBeGreaterThan(0);
  });

  test('finds no interaction where there is none, but for 5 % of campaigns', () => {
    const rounds = 60;
    let found = 0;
    for (let round = 0; round < rounds; round++) {
      const interaction = simulate(design(0), 2, 900 + round).factorial?.['makespan']?.interaction;
      if ((interaction?.ciLow ?? -1) > 0 || (interaction?.ciHigh ?? 1) < 0) found++;
    }
    expect(found).toBeLessThan(8);
  });
});
