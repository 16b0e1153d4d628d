import { describe, expect, it } from 'vitest';
import { FEWEST_EFFECTIVE_CLUSTERS, regressClustered } from '../../src/stats/clustered-regression.ts';
import { createNormal, createRandom } from '../../src/stats/random.ts';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('a clustered regression', () => {
  // python3 -c: numpy 2.4 lstsq, sandwich by hand, scipy 1.17 stats.t.ppf(.975, 6 - 3); see test/reference/memory_reference.py.
  it('has the slopes and the CR1 interval of an independent computation', () => {
    const [clusters, x, z] = [
      [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5],
      [1, 1, 2, 2, 1, 1, 3, 3, 2, 2, 3, 1],
      [0, 1, 1, 0, 2, 0, 1, 1, 0, 2, 1, 0],
    ];
    const responses = [1.1, 1.9, 2.2, 2.8, 1.4, 0.9, 3.3, 2.7, 2.1, 3.2, 2.9, 1.2];
    const fit = regressClustered({ responses, predictors: [x, z], clusters, groups: x.map(() => 0) });
    expect(fit).toMatchObject({ clusterCount: 6, degreesOfFreedom: 3 });
    const figures = fit.slopes.flatMap((slope) => [
      slope?.estimate,
      slope?.ciLow,
      slope?.ciHigh,
      slope?.effectiveClusterCount,
    ]);
    for (const [i, expected] of EXPECTED.entries()) expect(figures[i]).toBeCloseTo(expected, 12);
  });

  it('takes out an intercept for every group', () => {
    const groups = range(12).map((i) => i % 3);
    const x = range(12).map((i) => Math.floor(i / 3));
    const responses = x.map((own, i) => 10 * (groups[i] as number) + 2 * own + (i % 2 === 0 ? 0.01 : -0.01));
    const fit = regressClustered({ responses, predictors: [x], clusters: range(12), groups });
    expect(fit.slopes[0]?.estimate).toBeCloseTo(2, 1);
    expect(fit.degreesOfFreedom).toBe(12 - 1 - 3);
  });
});

describe('a clustered regression that cannot tell', () => {
  it('tells nothing of a predictor that groups or others explain, and nothing of those either', () => {
    const x = range(24).map((i) => i % 4);
    const noise = range(24).map((i) => ((i * 7) % 5) / 10);
    const slopesOf = (predictors: readonly (readonly number[])[], groups: readonly unknown[]) =>
      regressClustered({ responses: noise, predictors, clusters: range(24), groups }).slopes;
    expect(slopesOf([x], x)).toEqual([null]);
    expect(
      slopesOf(
        [x, x.map((own) => 2 * own + 1)],
        range(24).map(() => 0),
      ),
    ).toEqual([null, null]);
    const other = range(24).map((i) => i % 5);
    const [own, ...rest] = slopesOf(
      [x, other, other],
      range(24).map(() => 0),
    );
    expect(own?.ciLow).not.toBeNull();
    expect(rest).toEqual([null, null]);
  });

  it('has no interval where nothing varies beside the predictors or no degree of freedom is left', () => {
    const x = range(12).map((i) => i % 3);
    const slopesOf = (responses: readonly number[], clusters: readonly number[]) =>
      regressClustered({ responses, predictors: [x], clusters, groups: x.map(() => 0) }).slopes[0];
    expect(
      slopesOf(
        x.map((own) => 3 * own),
        range(12),
      ),
    ).toMatchObject({ ciLow: null, ciHigh: null });
    expect(
      slopesOf(
        range(12).map((i) => (i * 5) % 7),
        x.map((own) => Math.min(own, 1)),
      ),
    ).toMatchObject({ ciLow: null });
  });
});

/** Designs of 24 runs with 4 tasks each: `larger` of them with the larger size, errors of runs and of tasks. */
function cover(larger: number, seed: number): { held: number; effective: number } {
  const random = createNormal(createRandom(seed));
  const clusters = range(96).map((i) => Math.floor(i / 4));
  const x = clusters.map((run) => (run < larger ? 1 : 0));
  const z = range(96).map((i) => i % 3);
  let [held, effective] = [0, 0];
  for (let trial = 0; trial < 1000; trial++) {
    const ofRun = range(24).map(() => random());
    const responses = clusters.map(
      (run, i) => 0.3 * (x[i] as number) + 0.1 * (z[i] as number) + (ofRun[run] as number) + random(),
    );
    const [slope] = regressClustered({ responses, predictors: [x, z], clusters, groups: x.map(() => 0) }).slopes;
    if ((slope?.ciLow ?? 1) <= 0.3 && (slope?.ciHigh ?? 0) >= 0.3) held++;
    effective = slope?.effectiveClusterCount ?? 0;
  }
  return { held: held / 1000, effective };
}

describe('the interval', () => {
  it('holds the truth in 93 to 97 % where ten effective clusters carry the slope, and is known to be too narrow below', () => {
    for (const larger of [12, 7]) {
      const { held, effective } = cover(larger, larger);
      expect(effective).toBeGreaterThan(FEWEST_EFFECTIVE_CLUSTERS);
      expect(held).toBeGreaterThanOrEqual(0.93);
      expect(held).toBeLessThanOrEqual(0.97);
    }
    const { held, effective } = cover(2, 1);
    expect(effective).toBeLessThan(FEWEST_EFFECTIVE_CLUSTERS);
    expect(held).toBeLessThan(0.9);
  });
});

const EXPECTED: readonly number[] = [
  0.8186131386861321, 0.3524928496071744, 1.2847334277650897, 4.046795784657078, 0.2715328467153283,
  -0.3823433922972419, 0.9254090857278985, 3.3196588997997267,
];
