import { describe, expect, it } from 'vitest';
import { OUTCOMES, packCells, writeKey } from '../../src/analyses/preload/cells.ts';
import { contrastFamily } from '../../src/analyses/preload/contrast-outcome.ts';
import { matchRuns } from '../../src/analyses/preload/design.ts';
import type { PreloadFacts } from '../../src/analyses/preload/extract.ts';
import type { RunFacts } from '../../src/model/run-facts.ts';
import { createRandom, type Random } from '../../src/stats/random.ts';

/** Box & Muller 1958. */
const normal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Tasks of a run share its fortune: a test over tasks instead of runs would find too much. */
function simulateRun(block: number, shiftMs: number | null, random: Random): PreloadFacts {
  const ofRun = 40 * normal(random);
  const cells = [0, 1, 2].map((position) => {
    const lagMs = 300 + 100 * position + 50 * block + ofRun + 10 * normal(random) + (shiftMs ?? 0);
    const sumsMs = OUTCOMES.map(() => lagMs);
    const kind = shiftMs === null ? ('plain' as const) : ('preloaded' as const);
    return [writeKey(`p${position}`, 512, 'warm', kind, false), { taskCount: 1, sumsMs }] as const;
  });
  const traits = { workflow: `w${block}`, structure: 's', sla: 'p90' };
  const run = { traits, submittedAtMs: 0 } as unknown as RunFacts;
  return { run, preloadedTaskCount: shiftMs === null ? 0 : 3, cells: packCells(new Map(cells)), hidden: null };
}

function simulate(shiftMs: number, repetitions: number) {
  const random = createRandom(20261123);
  let [held, flagged] = [0, 0];
  for (let i = 0; i < repetitions; i++) {
    const side = (shift: number | null) =>
      [0, 1, 2].flatMap((block) => [0, 1, 2].map(() => simulateRun(block, shift, random)));
    const { blocks } = matchRuns(side(shiftMs), side(null), 'preloaded', ['memory', 'worker-state']);
    const [lag] = contrastFamily(blocks, i);
    const [low, high] = [lag?.ciLow ?? Number.NaN, lag?.ciHigh ?? Number.NaN];
    if (low <= shiftMs && shiftMs <= high) held++;
    if (lag?.outcomeClass === 'different') flagged++;
  }
  return { heldFraction: held / repetitions, flaggedFraction: flagged / repetitions };
}

describe('preload with known truth', () => {
  it('holds a shift of −80 ms in at least 93 % of the repetitions', () => {
    expect(simulate(-80, 1000).heldFraction).toBeGreaterThanOrEqual(0.93);
  });

  it('flags a preload that shifts nothing in about 5 %', () => {
    const { flaggedFraction } = simulate(0, 1000);
    expect(flaggedFraction).toBeGreaterThan(0.025);
    expect(flaggedFraction).toBeLessThan(0.07);
  });
});

describe('matchRuns', () => {
  it('lets no control run into two blocks, and keeps tasks with TaskDup out of the preloaded ones', () => {
    const random = createRandom(1);
    const controls = [simulateRun(0, null, random), simulateRun(0, null, random)];
    const [whole, part] = [simulateRun(0, -80, random), simulateRun(0, -80, random)];
    const doubled = { ...part.cells, keys: part.cells.keys.replace('"preloaded"', '"preloaded-and-duplicated"') };
    const design = matchRuns([whole, whole, { ...part, cells: doubled }], controls, 'preloaded', []);
    expect(design.blocks.map(({ candidate, baseline }) => [candidate.length, baseline.length])).toEqual([[2, 2]]);
    expect(design.unmatched.length).toBe(1);
    const apart = matchRuns([{ ...part, cells: doubled }], controls, 'preloaded-and-duplicated', []);
    expect(apart.blocks.map(({ positions }) => positions.length)).toEqual([1]);
  });
});
