import { describe, expect, it } from 'vitest';
import { analyzePreload } from '../../src/analyses/preload/analyze.ts';
import { extractPreload } from '../../src/analyses/preload/extract.ts';
import { parsePreload } from '../../src/analyses/preload/options.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { readSample, toRun } from '../sample-records.ts';

function analyzeSample(name: 'older' | 'newer', flags: Record<string, string>) {
  const options = parsePreload({ arguments: [], options: flags });
  const runs = readSample(name).map((record, i) => toRun(record, i + 1));
  const facts = runs.map((run) => extractPreload(run, describeRun(run), options));
  return analyzePreload(facts, options, 1);
}

const figures = (contrast: Record<string, unknown> | undefined) =>
  ['differenceMs', 'ciLow', 'ciHigh', 'meanBaselineMs', 'meanPreloadedMs'].map((key) => contrast?.[key] as number);

describe('wfa preload on real runs', () => {
  // Python 3, scipy.stats.t: python3 test/reference/preload_reference.py samples/newer.ndjson.gz UniformPlanner-opt UniformPlanner
  it('agrees with the reference for uniform-opt', () => {
    const { result } = analyzeSample('newer', { planner: 'uniform-opt', match: 'none' });
    const reference = {
      'ready-lag': [-40.7460205078125, -78.15671822493694, -3.3353227906880676, 248.3177001953125, 207.5716796875],
      'input-wait': [
        -37.56584702507553, -44.103481756737985, -31.02821229341307, 45.864776524967965, 8.298929499892438,
      ],
      'start-offset': [
        -485.37694091796874, -934.638870674034, -36.11501116190351, 5410.217626953125, 4924.840686035156,
      ],
    };
    for (const [outcome, expected] of Object.entries(reference)) {
      const contrast = result.contrasts.find((c) => c.outcome === outcome);
      figures(contrast as never).forEach((figure, i) => {
        expect(Math.abs(figure / (expected[i] as number) - 1)).toBeLessThan(1e-9);
      });
      expect([contrast?.preloadedRunCount, contrast?.controlRunCount]).toEqual([16, 15]);
    }
    expect(result.against).toEqual(['UniformPlanner']);
  });

  // The same script with NonUniformPlanner-opt NonUniformPlanner.
  it('agrees with the reference for non-uniform-opt', () => {
    const { result, warnings } = analyzeSample('newer', { planner: 'non-uniform-opt', match: 'none' });
    const expected = [
      -55.05230712890625, -73.40336839589838, -36.70124586191411, 241.7112609863281, 186.65895385742186,
    ];
    figures(result.contrasts[0] as never).forEach((figure, i) => {
      expect(Math.abs(figure / (expected[i] as number) - 1)).toBeLessThan(1e-9);
    });
    expect(result.heading).toBe('association');
    expect(warnings.map(({ code }) => code)).toContain('bundled-optimizations');
    expect(result.negativeControls[0]?.outcome).toBe('ready-lag');
    expect(result.hiddenDownload).toMatchObject({ estimated: true, inputCount: 101, refetchedCount: 1 });
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
