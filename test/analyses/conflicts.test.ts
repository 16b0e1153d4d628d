import { describe, expect, it } from 'vitest';
import { analyzeConflicts } from '../../src/analyses/conflicts/analyze.ts';
import { type ConflictsFacts, extractConflicts, type Optimization } from '../../src/analyses/conflicts/extract.ts';
import { gateQuantities } from '../../src/analyses/conflicts/gates.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { createNormal, createRandom } from '../../src/stats/random.ts';
import { readSample, toRun } from '../sample-records.ts';
import { plainRun } from './diagnostics/cases.ts';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Six blocks of two runs with the meeting and two with one alone: the meeting adds so many ms. */
const simulate = (addedMs: number, noise: () => number): ConflictsFacts[] =>
  range(24).map((i) => {
    const meets = i % 4 < 2;
    const optimizations: Optimization[] = meets ? ['PreLoad', 'PreWarm'] : ['PreLoad'];
    return {
      run: plainRun({ runId: String(i), traits: { sla: `p${Math.floor(i / 4)}` } }) as ConflictsFacts['run'],
      tasks: range(3).map((j) => ({
        position: `f${j}`,
        optimizations,
        readyLagMs: 100 + 50 * j + (meets ? addedMs : 0) + 10 * noise(),
      })),
      lacksLags: false,
    };
  });
const alone = (facts: readonly ConflictsFacts[]) => analyzeConflicts(facts, {}, 1).result.meetings[0]?.contrasts[0];

describe('a meeting', () => {
  it('is held against the same places without it: found where it adds, and rarely where it does not', () => {
    const noise = createNormal(createRandom(4));
    const added = alone(simulate(60, noise));
    expect(added).toMatchObject({
      against: 'alone',
      blockCount: 6,
      metRunCount: 12,
      unmetRunCount: 12,
      outcome: 'different',
    });
    expect(Math.abs((added?.differenceMs ?? 0) - 60)).toBeLessThan(10);
    const found = range(60).filter(() => alone(simulate(0, noise))?.outcome === 'different').length;
    expect(found / 60).toBeLessThanOrEqual(0.1);
  });

  it('holds the truth in its interval', () => {
    const noise = createNormal(createRandom(8));
    const held = range(200).filter(() => {
      const contrast = alone(simulate(20, noise));
      return contrast?.ciLow != null && contrast.ciHigh !== null && contrast.ciLow <= 20 && contrast.ciHigh >= 20;
    }).length;
    expect(held / 200).toBeGreaterThanOrEqual(0.91);
  });

  it('without a counterpart has no difference, and no gate is decided by it', () => {
    const facts = simulate(0, createNormal(createRandom(1))).filter((_, i) => i % 4 < 2);
    const { result } = analyzeConflicts(facts, {}, 1);
    expect(result.meetings[0]?.contrasts[0]).toMatchObject({
      blockCount: 0,
      differenceMs: null,
      outcome: 'inconclusive',
    });
    expect(gateQuantities(result)[0]).toMatchObject({ name: 'alone', low: null, high: null });
  });
});

it('is found on the bundled newer runs: three preloaded tasks on prewarmed workers', () => {
  const facts = readSample('newer')
    .map((record, i) => toRun(record, i + 1))
    .map((run) => extractConflicts(run, describeRun(run)));
  expect(analyzeConflicts(facts, {}, 1).result.meetings).toMatchObject([
    { first: 'PreLoad', second: 'PreWarm', on: 'worker', taskCount: 3 },
  ]);
});
