import { describe, expect, it } from 'vitest';
import { measureBlocks } from '../../src/analyses/design/cells.ts';
import { type LevelBlock, traceTrend } from '../../src/analyses/sla/contrast-levels.ts';
import { findMetric, type Metric } from '../../src/model/metrics.ts';
import { createRandom, type Random } from '../../src/stats/random.ts';

const PERCENTILES = [50, 75, 90];
/** ln(makespan) per step, and per run of a planner's history. */
const SLOPE = 0.03;
const DRIFT = 0.01;

const normal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Higher levels are run later on the whole, so that drift looks like an effect of the SLA. */
function simulateBlocks(slope: number, drift: number, random: Random): LevelBlock[] {
  return ['w1', 'w1', 'w2', 'w2'].map((workflow, i) => {
    const runs = Array.from({ length: 15 }, (_, runIndex) => {
      const rank = Math.min(2, Math.floor((runIndex / 15) * 1.5 + random() * 1.5));
      const log = 8 + slope * rank + drift * runIndex + 0.08 * normal(random);
      return { rank, log, runIndex };
    });
    const cells = PERCENTILES.map((_, arm) => ({ facts: runs.filter(({ rank }) => rank === arm) }));
    const block = { label: `${workflow}, planner ${i % 2}`, names: { workflow, structure: 's' }, cells };
    return measureBlocks([block], ({ log }) => Math.exp(log))[0] as LevelBlock;
  });
}

function simulate(slope: number, drift: number, repetitions: number) {
  const random = createRandom(20261123);
  const truth = Math.expm1(2 * slope);
  const counts = { plain: 0, adjusted: 0, different: 0 };
  for (let i = 0; i < repetitions; i++) {
    const [trend] = traceTrend(simulateBlocks(slope, drift, random), findMetric('makespan') as Metric, PERCENTILES, i);
    const holds = (change: { ciLow: number | null; ciHigh: number | null } | undefined) =>
      (change?.ciLow ?? Number.NaN) <= truth && truth <= (change?.ciHigh ?? Number.NaN);
    if (holds(trend?.change)) counts.plain++;
    if (holds(trend?.adjusted)) counts.adjusted++;
    if (trend?.outcome === 'different') counts.different++;
  }
  const share = (count: number) => count / repetitions;
  return { plain: share(counts.plain), adjusted: share(counts.adjusted), different: share(counts.different) };
}

describe('SLA trend with known truth', () => {
  it('holds the effect with and without adjustment when nothing drifts', () => {
    const held = simulate(SLOPE, 0, 400);
    expect(held.plain).toBeGreaterThanOrEqual(0.93);
    expect(held.adjusted).toBeGreaterThanOrEqual(0.93);
  });

  it('holds the effect after adjustment when the platform drifts, and not before', () => {
    const held = simulate(SLOPE, DRIFT, 400);
    expect(held.adjusted).toBeGreaterThanOrEqual(0.93);
    expect(held.plain).toBeLessThan(0.8);
  });

  it('calls drift alone an effect in at most 5 % or so', () => {
    expect(simulate(0, DRIFT, 400).different).toBeLessThan(0.07);
  });
});
