import { describe, expect, test } from 'vitest';
import type { Way } from '../../src/analyses/claim/result.ts';
import { judgeClaim } from '../../src/analyses/claim/verdict.ts';
import { findWays } from '../../src/analyses/claim/ways.ts';
import type { MeasuredCell, MeasuredRun } from '../../src/analyses/design/cells.ts';
import { logStrataOf, type PairedBlock, type Side } from '../../src/analyses/design/pairs.ts';
import { contrastStrata } from '../../src/stats/contrast.ts';
import { createRandom, type Random } from '../../src/stats/random.ts';

/**
 * Verdicts on simulated log-normal runs whose effect is known. A true claim is called contradicted, or an artefact, in 5 % of cases
 * at most; a number that pooled medians make of no effect is called an artefact in 95 % at least.
 */

/** Box & Muller 1958. */
const normal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const MARGIN = 0.02;
/** Geometric means in ms: two short workflows and two long ones. */
const LEVELS = [9_000, 10_000, 33_000, 36_000];

interface Design {
  readonly runCount: number;
  readonly slaCount: number;
  /** Standard deviation of the logarithms, of the baseline and of the candidate. */
  readonly sigmas: readonly [number, number];
}

type Block = PairedBlock<MeasuredCell<MeasuredRun>>;

function simulateCell(names: Block['names'], level: number, sigma: number, runCount: number, random: Random) {
  const amounts = Array.from({ length: runCount }, () => level * Math.exp(sigma * normal(random)));
  const facts = amounts.map(() => ({ run: { traits: names } }) as unknown as MeasuredRun);
  return { facts, amounts, logs: amounts.map(Math.log) };
}

const simulate = ({ runCount, slaCount, sigmas }: Design, ratio: number, random: Random): Block[] =>
  LEVELS.flatMap((level, w) =>
    Array.from({ length: slaCount }, (_, s) => {
      const names = { workflow: `w${w}`, sla: `p${s}` };
      return {
        label: `${w} ${s}`,
        names,
        baseline: simulateCell(names, level, sigmas[0], runCount, random),
        candidate: simulateCell(names, level * ratio, sigmas[1], runCount, random),
      };
    }),
  );

const pool = (blocks: readonly Block[], side: Side) => ({
  facts: blocks.flatMap((block) => block[side].facts),
  amounts: blocks.flatMap((block) => block[side].amounts),
});

function judge(blocks: readonly Block[], toClaim: (ways: readonly Way[]) => number) {
  const arms = { baseline: pool(blocks, 'baseline'), candidate: pool(blocks, 'candidate') };
  const inputs = { blocks, eligible: arms, every: arms };
  const { ciLow, ciHigh } = contrastStrata(logStrataOf(blocks) ?? []);
  const [low, high] = [ciLow, ciHigh].map((bound) => (bound === null ? null : Math.expm1(bound)));
  const change = {
    ciLow: low ?? null,
    ciHigh: high ?? null,
    allEqual: false,
    withinEquivalence: low != null && high != null && low >= -MARGIN && high <= MARGIN,
  };
  const none = { fraction: 0, low: 0, high: 0 };
  const fraction = toClaim(findWays(inputs, none));
  const claimed = { fraction, low: fraction - 0.005, high: fraction + 0.005 };
  return judgeClaim(claimed, change, findWays(inputs, claimed));
}

const REPETITIONS = 1000;
/** 5 %, and twice the standard error of as many repetitions. */
const MOST_WRONG = 0.05 + 2 * Math.sqrt((0.05 * 0.95) / REPETITIONS);

const grid = [1, 2, 5].flatMap((runCount) =>
  [[0.1, 0.1] as const, [0.05, 0.2] as const].flatMap((sigmas) =>
    [-0.5, -0.1, 0.03, 0.25].map((effect) => ({ runCount, sigmas, effect })),
  ),
);

describe('a true claim', () => {
  test.each(grid)('$effect with $runCount runs a cell and spreads $sigmas', ({ runCount, sigmas, effect }) => {
    const random = createRandom(20_261_130);
    let wrong = 0;
    for (let i = 0; i < REPETITIONS; i++) {
      const verdict = judge(simulate({ runCount, slaCount: 2, sigmas }, 1 + effect, random), () => effect);
      if (verdict === 'contradicted' || verdict === 'artefact') wrong++;
    }
    expect(wrong / REPETITIONS).toBeLessThanOrEqual(MOST_WRONG);
  });
});

describe('a number that pooled medians make of no effect', () => {
  test.each([
    [0.03, 0.03],
    [0.05, 0.15],
  ])('is an artefact, spreads %f and %f', (...sigmas) => {
    const random = createRandom(7);
    let [found, count] = [0, 0];
    for (let i = 0; i < 500; i++) {
      const blocks = simulate({ runCount: 15, slaCount: 2, sigmas }, 1, random);
      // One of 240 runs is missing: a long one of the candidate.
      const last = blocks.at(-1) as Block;
      const { facts, amounts, logs } = last.candidate;
      const candidate = { facts: facts.slice(1), amounts: amounts.slice(1), logs: (logs ?? []).slice(1) };
      const campaign = [...blocks.slice(0, -1), { ...last, candidate }];
      const toClaim = (ways: readonly Way[]) =>
        Math.round(100 * (ways.find(({ way }) => way === 'pooled-medians')?.changeFraction ?? 0)) / 100;
      count++;
      if (judge(campaign, toClaim) === 'artefact') found++;
    }
    expect(found / count).toBeGreaterThanOrEqual(0.95);
  });
});
