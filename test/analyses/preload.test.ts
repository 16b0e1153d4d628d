import { describe, expect, it } from 'vitest';
import { standardizeArms } from '../../src/analyses/design/standardize.ts';
import { analyzePreload } from '../../src/analyses/preload/analyze.ts';
import { contrastFamily } from '../../src/analyses/preload/contrast-outcome.ts';
import { matchRuns, negativeControlOf } from '../../src/analyses/preload/design.ts';
import { extractPreload, type PreloadFacts } from '../../src/analyses/preload/extract.ts';
import { measureOutcomes } from '../../src/analyses/preload/measure.ts';
import { parsePreload } from '../../src/analyses/preload/options.ts';
import type { PreloadResult } from '../../src/analyses/preload/result.ts';
import { preload } from '../../src/analyses/preload/stages.ts';
import { OUTCOMES, packTaskGroups, type TaskKind, writeKey } from '../../src/analyses/preload/task-groups.ts';
import { viewPreload } from '../../src/analyses/preload/view.ts';
import { describeRun, type RunFacts } from '../../src/model/run-facts.ts';
import { sampleMean } from '../../src/stats/summary.ts';
import { readSample, toRun } from '../sample-records.ts';

function analyzeSample(name: 'older' | 'newer', flags: Record<string, string>) {
  const options = parsePreload({ arguments: [], options: flags });
  const runs = readSample(name).map((record, i) => toRun(record, i + 1));
  const facts = runs.map((run) => extractPreload(run, describeRun(run)));
  return analyzePreload(facts, options, 1);
}

const FIGURES = ['differenceMs', 'ciLow', 'ciHigh', 'meanBaselineMs', 'meanPreloadedMs', 'changeFraction'] as const;

// Python 3, scipy.stats.t: python3 test/reference/preload_reference.py samples/newer.ndjson.gz X Y MATCH
const REFERENCE = [
  {
    flags: { planner: 'uniform-opt', match: 'none' },
    contrasts: {
      'ready-lag': [
        -40.7460205078125, -62.36348929452436, -19.128551721100642, 248.3177001953125, 207.5716796875,
        -0.1751973168638717,
      ],
      'input-wait': [
        -37.56584702507553, -42.442018908785585, -32.68967514136547, 45.864776524967965, 8.298929499892438,
        -0.9472208439028086,
      ],
      'start-offset': [
        -485.37694091796874, -1332.417446080581, 361.6635642446435, 5410.217626953125, 4924.840686035156,
        -0.07534629012413828,
      ],
    },
    runs: [16, 15],
  },
  {
    flags: { planner: 'uniform-opt' },
    contrasts: {
      'ready-lag': [
        -28.884050641741073, -50.4573331060311, -7.310768177451049, 254.41455078125, 225.53050013950892,
        -0.1333243073219163,
      ],
    },
    runs: [12, 11],
  },
  {
    flags: { planner: 'non-uniform-opt' },
    contrasts: {
      'ready-lag': [
        -57.252400716145836, -78.86695383991241, -35.63784759237926, 244.96987067328558, 187.71746995713977,
        -0.22849986311041773,
      ],
      'input-wait': [
        -36.82729503498826, -42.34112927763939, -31.313460792337132, 40.74420845846463, 3.9169134234763683,
        -0.9642267106300357,
      ],
    },
    runs: [15, 13],
  },
];

describe('wfa preload on real runs', () => {
  it.each(REFERENCE)('agrees with the reference for $flags', ({ flags, contrasts, runs }) => {
    const { result } = analyzeSample('newer', flags);
    for (const [outcome, expected] of Object.entries(contrasts)) {
      const contrast = result.contrasts.find((c) => c.outcome === outcome);
      FIGURES.forEach((key, i) => {
        expect(Math.abs((contrast?.[key] as number) / (expected[i] as number) - 1)).toBeLessThan(1e-9);
      });
      expect([contrast?.preloadedRunCount, contrast?.controlRunCount]).toEqual(runs);
      expect(contrast?.intervalMethod).toBe('paired-t');
    }
  });

  it('matches the negative control likewise, and labels what is estimated or only associated', () => {
    const { result, warnings } = analyzeSample('newer', { planner: 'non-uniform-opt' });
    const [control] = result.negativeControls;
    // The same script.
    expect(control?.outcome).toBe('ready-lag');
    expect(control?.differenceMs).toBeCloseTo(32.98041121164965, 9);
    expect(control?.ciLow).toBeCloseTo(-1888.5405242272786, 6);
    expect(control?.intervalMethod).toBe('welch');
    expect(result.heading).toBe('association');
    expect(warnings.map(({ code }) => code)).toContain('bundled-optimizations');
    expect(result.hiddenDownload).toMatchObject({ estimated: true, inputCount: 101, refetchedCount: 1 });
  });

  it('says of a difference that the test cannot confirm that it is a hint, in headline, table, records and gate', () => {
    const outcome = analyzeSample('newer', { planner: 'uniform-opt' });
    const [lag] = outcome.result.contrasts;
    expect(lag).toMatchObject({ outcome: 'ready-lag', outcomeClass: 'hint' });
    expect(lag?.ciHigh).toBeLessThan(0);
    expect(lag?.pAdjusted).toBeGreaterThan(0.05);
    expect(outcome.result.headline).toContain('(a hint)');
    const view = viewPreload(outcome);
    expect(view.tables[0]?.rows[0]?.['verdict']).toEqual({ text: 'shorter (hint)', tone: 'uncertain' });
    expect(view.tables[0]?.notes[0]).toBe('interval: paired t over 7 blocks, as 5 of 14 cells have one run');
    expect([...view.records.rows][0]).toMatchObject({
      family: 'preloaded',
      outcome: 'ready-lag',
      outcomeClass: 'hint',
    });
    expect(view.records.columns).not.toContain('blocks');
    const [gate] = preload.gateQuantities?.(outcome.result) ?? [];
    expect(gate).toMatchObject({ name: 'ready-lag', isHint: true, high: lag?.ciHigh });
  });

  it('answers for a planner without preloaded tasks, and says which have some', () => {
    const { result } = analyzeSample('newer', { planner: 'uniform' });
    expect(result.headline).toBe(
      'no task of UniformPlanner was preloaded; preloaded tasks are in NonUniformPlanner-opt (23 tasks in 16 runs) ' +
        'and UniformPlanner-opt (24 tasks in 16 runs)',
    );
    expect(result.contrasts.every(({ differenceMs }) => differenceMs === null)).toBe(true);
    const none = analyzeSample('older', { planner: 'uniform' });
    expect(none.result.headline).toContain('no planner in these data has any');
  });

  it('refuses what it cannot use', () => {
    expect(() => parsePreload({ arguments: [], options: {} })).toThrow('needs --planner');
    expect(() => parsePreload({ arguments: [], options: { planner: 'x', match: 'day' } })).toThrow("no key 'day'");
    expect(() => analyzeSample('newer', { planner: 'uniformm-opt' })).toThrow('no run has the planner');
    expect(() => analyzeSample('newer', { planner: 'uniform', against: 'uniform' })).toThrow('are the same');
  });
});

const groups = (figures: Record<string, number>) => ({ names: Object.keys(figures), amounts: Object.values(figures) });

describe('standardizeArms', () => {
  it('gives the mean over its groups to a run of a block in which every run has every group', () => {
    const { baseline, candidate } = standardizeArms(
      [groups({ a: 100, b: 1000 }), groups({ a: 120, b: 1010 })],
      [groups({ a: 60, b: 970 }), groups({ a: 70, b: 1000 })],
    );
    expect(baseline).toEqual([550, 565]);
    expect(candidate).toEqual([515, 535]);
  });

  it('finds the shift and nothing of the levels where runs have different groups', () => {
    const b = [groups({ a: 100 }), groups({ b: 1000 }), groups({ b: 1000 }), groups({ a: 100, b: 1000 })];
    const c = [groups({ a: 50 }), groups({ a: 50 }), groups({ b: 950 })];
    const { baseline, candidate } = standardizeArms(b, c);
    expect(sampleMean(candidate)).toBeCloseTo((sampleMean(baseline) as number) - 50, 9);
    // The runs differ in what they have only: nothing is left of that.
    for (const figure of baseline) expect(figure).toBeCloseTo(baseline[0] as number, 9);
    for (const figure of candidate) expect(figure).toBeCloseTo(candidate[0] as number, 9);
  });

  it('weighs a group by its share in the runs of both arms, each run counting once', () => {
    const { baseline, candidate } = standardizeArms(
      [groups({ a: 10, b: 1000 }), groups({ b: 1020 })],
      [groups({ a: 0 }), groups({ a: 4, b: 900 })],
    );
    // Shares of a: ½·½ and (1 + ½)/2: weight ½. a: 2 − 10 = −8; b: 900 − 1010 = −110.
    expect((sampleMean(candidate) as number) - (sampleMean(baseline) as number)).toBeCloseTo(-59, 9);
    // Control 2: level 510 + 2 · ½/2 · (1020 − 900 − 59).
    expect(baseline[1]).toBeCloseTo(510 + (1020 - 900 - 59) / 2, 9);
  });
});

/** A run with one task in each of the groups `position state`, all outcomes alike. */
function makeRun(kind: TaskKind, figures: Record<string, number | null>): PreloadFacts {
  const taskGroups = Object.entries(figures).map(([place, amount]) => {
    const [position = '', state] = place.split(' ') as [string, 'cold' | 'warm'];
    return [writeKey(position, 512, state, kind, false), { taskCount: 1, sumsMs: OUTCOMES.map(() => amount) }] as const;
  });
  const run = { traits: { workflow: 'w', structure: 's', sla: 'p50' }, submittedAtMs: 0 } as unknown as RunFacts;
  return { run, preloadedTaskCount: 1, taskGroups: packTaskGroups(new Map(taskGroups)), hidden: null };
}

describe('matchRuns', () => {
  const controls = [makeRun('plain', { 'p warm': 100, 'q cold': 900 }), makeRun('plain', { 'q cold': 910 })];

  it('takes a run with the groups that the other side has too, and leaves out one without any', () => {
    const some = makeRun('preloaded', { 'p cold': 55, 'q cold': 850 });
    const none = makeRun('preloaded', { 'p cold': 50 });
    const { blocks, unmatched } = matchRuns([some, none], controls, 'preloaded', ['memory', 'worker-state']);
    expect(unmatched).toEqual([none]);
    const [measured] = measureOutcomes(blocks)['ready-lag'];
    expect(measured?.candidate.amounts).toEqual([850]);
    expect(measured?.baseline.amounts).toEqual([900, 910]);
    const loose = matchRuns([some, none], controls, 'preloaded', []);
    expect(loose.unmatched).toEqual([]);
  });

  it('counts a group as common only where both sides have a figure', () => {
    const unknown = makeRun('preloaded', { 'p warm': null, 'q cold': 850 });
    const [measured] = measureOutcomes(matchRuns([unknown], controls, 'preloaded', []).blocks)['ready-lag'];
    expect(measured?.candidate.facts.map(({ groups: of }) => of.amounts)).toEqual([[850]]);
    const never = makeRun('preloaded', { 'p warm': null });
    expect(measureOutcomes(matchRuns([never], controls, 'preloaded', []).blocks)['ready-lag']).toEqual([]);
  });

  it('keeps tasks with TaskDup out of the preloaded ones', () => {
    const doubled = makeRun('preloaded-and-duplicated', { 'p warm': 50 });
    expect(matchRuns([doubled], controls, 'preloaded', [])).toEqual({ blocks: [], unmatched: [] });
    expect(matchRuns([doubled], controls, 'preloaded-and-duplicated', []).blocks.length).toBe(1);
  });

  it('has no negative control at positions that were preloaded in any run of the block', () => {
    const { blocks } = matchRuns([makeRun('preloaded', { 'q cold': 850 })], controls, 'preloaded', []);
    expect(negativeControlOf(blocks, [])).toEqual([]);
  });

  it('forms a block, with a label of its own, for every workflow, structure and SLA', () => {
    const conditions = ['w s p50', 'w s p90', 'w t p50', 'x s p50'].map((text) => text.split(' '));
    const under = (kind: TaskKind) =>
      conditions.map(([workflow, structure, sla]) => {
        const run = makeRun(kind, { 'p warm': 100 });
        return { ...run, run: { ...run.run, traits: { workflow, structure, sla } } as unknown as RunFacts };
      });
    const { blocks } = matchRuns(under('preloaded'), under('plain'), 'preloaded', []);
    expect(blocks.map(({ names }) => Object.values(names))).toEqual(conditions);
    expect(new Set(blocks.map(({ label }) => label)).size).toBe(4);
    for (const { label, names } of blocks) expect(label).toContain(names.sla);
  });
});

describe('contrastFamily', () => {
  it('tests by exact permutation, and judges by p after Holm over the four outcomes', () => {
    const arm = (kind: TaskKind, amounts: number[]) => amounts.map((amount) => makeRun(kind, { 'p warm': amount }));
    const { blocks } = matchRuns(arm('preloaded', [10, 11, 12, 13]), arm('plain', [20, 21, 22, 23]), 'preloaded', []);
    const [lag] = contrastFamily(measureOutcomes(blocks), 1);
    // By hand: 2 of the C(8, 4) = 70 arrangements are as extreme, and the four outcomes are the same numbers.
    expect(lag?.pValue).toBeCloseTo(2 / 70, 12);
    expect(lag?.pAdjusted).toBeCloseTo(8 / 70, 12);
    expect(lag).toMatchObject({ permutationExact: true, arrangementCount: 70, outcomeClass: 'hint' });
    expect(lag?.ciHigh).toBeLessThan(0);
  });

  it('does not take a single run that equals others for no change', () => {
    const plain = [makeRun('plain', { 'p warm': 7 }), makeRun('plain', { 'p warm': 7 })];
    const { blocks } = matchRuns([makeRun('preloaded', { 'p warm': 7 })], plain, 'preloaded', []);
    expect(contrastFamily(measureOutcomes(blocks), 1)[0]?.outcomeClass).toBe('inconclusive');
  });

  it('says of figures that are all equal that nothing changes, and lets gates pass', () => {
    const same = (kind: TaskKind) => [makeRun(kind, { 'p warm': 0.1 }), makeRun(kind, { 'p warm': 0.1 })];
    const { blocks } = matchRuns(same('preloaded'), same('plain'), 'preloaded', []);
    const [lag] = contrastFamily(measureOutcomes(blocks), 1);
    expect(lag).toMatchObject({ outcomeClass: 'equivalent', ciLow: null, intervalMethod: 'none' });
    const result = { planner: 'X', against: ['Y'], contrasts: [lag] } as unknown as PreloadResult;
    expect(preload.gateQuantities?.(result)).toMatchObject([{ low: 0, high: 0, isHint: false }]);
  });
});
