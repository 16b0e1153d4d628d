import { describe, expect, it } from 'vitest';
import { contrastFamily } from '../../src/analyses/preload/contrast-outcome.ts';
import { matchRuns } from '../../src/analyses/preload/design.ts';
import type { PreloadFacts } from '../../src/analyses/preload/extract.ts';
import { measureOutcomes } from '../../src/analyses/preload/measure.ts';
import { OUTCOMES, packTaskGroups, writeKey } from '../../src/analyses/preload/task-groups.ts';
import type { RunFacts } from '../../src/model/run-facts.ts';
import { createRandom, type Random } from '../../src/stats/random.ts';

/** Box & Muller 1958. */
const normal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

type Place = readonly [position: number, state: 'cold' | 'warm'];
const EVERY_PLACE: readonly Place[] = [
  [0, 'warm'],
  [1, 'warm'],
  [2, 'warm'],
];

/** Positions are seconds apart, and cold workers start later. */
const levelOf = ([position, state]: Place) => 200 + 700 * position ** 2 + (state === 'cold' ? 150 : 0);

/** Tasks of a run share its fortune: a test over tasks instead of runs would find too much. `null`: not preloaded. */
function simulateRun(block: number, places: readonly Place[], shiftMs: number | null, random: Random): PreloadFacts {
  const ofRun = 40 * normal(random);
  const groups = places.map((place) => {
    const lagMs = levelOf(place) + 50 * block + ofRun + 10 * normal(random) + (shiftMs ?? 0);
    // One outcome is enough, and four cost four times as much.
    const sumsMs = OUTCOMES.map((outcome) => (outcome === 'ready-lag' ? lagMs : null));
    const kind = shiftMs === null ? ('plain' as const) : ('preloaded' as const);
    return [writeKey(`p${place[0]}`, 512, place[1], kind, false), { taskCount: 1, sumsMs }] as const;
  });
  const traits = { workflow: `w${block}`, structure: 's', sla: 'p90' };
  const run = { traits, submittedAtMs: 0 } as unknown as RunFacts;
  return {
    run,
    preloadedTaskCount: shiftMs === null ? 0 : 3,
    taskGroups: packTaskGroups(new Map(groups)),
    hidden: null,
  };
}

/** Four positions in five, and workers that are cold less often on one side: the sides are not composed alike. */
function drawPlaces(coldFraction: number, random: Random): Place[] {
  const places = [0, 1, 2].flatMap((position): Place[] => {
    const state = random() < coldFraction ? 'cold' : 'warm';
    return random() < 0.8 ? [[position, state]] : [];
  });
  return places.length > 0 ? places : drawPlaces(coldFraction, random);
}

interface Setting {
  readonly shiftMs: number;
  readonly blockCount: number;
  readonly runCounts: (random: Random) => readonly [candidates: number, controls: number];
  readonly uneven: boolean;
  readonly repetitions: number;
}

function simulate(setting: Setting) {
  const random = createRandom(20261123);
  const counts = { held: 0, excluded: 0, different: 0, intervals: 0 };
  for (let i = 0; i < setting.repetitions; i++) {
    const { blocks } = matchRuns(...drawSides(setting, random), 'preloaded', ['memory', 'worker-state']);
    const [lag] = contrastFamily(measureOutcomes(blocks), i);
    if (lag?.ciLow == null || lag.ciHigh === null) continue;
    counts.intervals++;
    counts.held += Number(lag.ciLow <= setting.shiftMs && setting.shiftMs <= lag.ciHigh);
    counts.excluded += Number(lag.ciLow > 0 || lag.ciHigh < 0);
    counts.different += Number(lag.outcomeClass === 'different');
  }
  return counts;
}

function drawSides(setting: Setting, random: Random): [candidates: PreloadFacts[], controls: PreloadFacts[]] {
  const sides: [PreloadFacts[], PreloadFacts[]] = [[], []];
  for (let block = 0; block < setting.blockCount; block++) {
    const [candidateCount, controlCount] = setting.runCounts(random);
    for (let i = 0; i < candidateCount; i++) sides[0].push(drawRun(setting, block, setting.shiftMs, random));
    for (let i = 0; i < controlCount; i++) sides[1].push(drawRun(setting, block, null, random));
  }
  return sides;
}

function drawRun({ uneven }: Setting, block: number, shiftMs: number | null, random: Random): PreloadFacts {
  const places = uneven ? drawPlaces(shiftMs === null ? 0.7 : 0.3, random) : EVERY_PLACE;
  return simulateRun(block, places, shiftMs, random);
}

const EVEN: Omit<Setting, 'shiftMs'> = { blockCount: 3, runCounts: () => [3, 3], uneven: false, repetitions: 600 };
const SINGLES: Omit<Setting, 'shiftMs'> = {
  blockCount: 6,
  runCounts: (random) => [random() < 0.7 ? 1 : 2, random() < 0.7 ? 1 : 2],
  uneven: true,
  repetitions: 500,
};

describe('preload with known truth', () => {
  it('holds a shift of −80 ms in at least 93 % of the repetitions', () => {
    const { held, intervals } = simulate({ ...EVEN, shiftMs: -80 });
    expect(intervals).toBe(600);
    expect(held / intervals).toBeGreaterThanOrEqual(0.93);
  });

  it('finds a preload that shifts nothing in about 5 %', () => {
    const { excluded, different, intervals } = simulate({ ...EVEN, shiftMs: 0 });
    expect(excluded / intervals).toBeGreaterThan(0.025);
    expect(excluded / intervals).toBeLessThan(0.07);
    expect(different).toBeLessThanOrEqual(excluded);
  });

  it('holds the shift where most cells have one run and runs have different tasks', () => {
    const { held, intervals } = simulate({ ...SINGLES, shiftMs: -80 });
    expect(intervals).toBeGreaterThan(450);
    expect(held / intervals).toBeGreaterThanOrEqual(0.93);
  });
});
