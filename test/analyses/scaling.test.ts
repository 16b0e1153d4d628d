import { describe, expect, it } from 'vitest';
import { analyzeScaling } from '../../src/analyses/scaling/analyze.ts';
import { extractScaling, type Fanout, type ScalingFacts } from '../../src/analyses/scaling/extract.ts';
import { fitGrowth } from '../../src/analyses/scaling/fit.ts';
import { gateQuantities } from '../../src/analyses/scaling/gates.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { createNormal, createRandom } from '../../src/stats/random.ts';
import { readSample, toRun } from '../sample-records.ts';
import { lay, plainRun } from './diagnostics/cases.ts';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** One fan-out: 100 ms + 40 ms a worker + 5 ms a child, with noise of run and fan-out. */
const simulate = (noise: () => number): ScalingFacts[] =>
  range(30).map((i) => {
    const ofRun = 10 * noise();
    const fanouts = range(3).map((j): Fanout => {
      const [width, workers] = [4 + ((i + j) % 5), 1 + ((2 * i + 3 * j) % 4)];
      const lastMs = 100 + 40 * workers + 5 * width + ofRun + 10 * noise();
      return [width, workers, lastMs / 2, lastMs];
    });
    const nodeCount = 10 + (i % 12);
    return {
      run: plainRun({
        runId: String(i),
        traits: { structure: `s${i % 12}`, nodeCount, planner: 'P' },
      }) as ScalingFacts['run'],
      makespanMs: 1000 * (4 + (i % 12)) ** 0.5 * Math.exp(0.02 * noise()),
      executionMs: 1000 * (4 + (i % 12)) * Math.exp(0.02 * noise()),
      width: 4 + (i % 12),
      edgeCount: 2 * nodeCount + ((i % 12) % 3),
      dagBytes: 500 + 90 * nodeCount + 30 * (2 * nodeCount + ((i % 12) % 3)) + noise(),
      fanouts,
      leftOut: [],
      waitingCount: 0,
    };
  });

describe('simulated growth', () => {
  it('is found: intercept, worker and child, held by intervals in 93 to 97 %', () => {
    const noise = createNormal(createRandom(2));
    const results = range(400).map(() => analyzeScaling(simulate(noise)).result);
    const lasts = results.map(({ fanouts }) => fanouts[0]?.last);
    const share = (truth: number, of: 'perWorker' | 'perChild') =>
      lasts.filter((last) => (last?.[of]?.ciLow ?? truth) <= truth && (last?.[of]?.ciHigh ?? truth) >= truth).length /
      400;
    for (const held of [share(40, 'perWorker'), share(5, 'perChild')]) {
      expect(held).toBeGreaterThanOrEqual(0.92);
      expect(held).toBeLessThanOrEqual(0.98);
    }
    const meanIntercept = lasts.reduce((sum, last) => sum + (last?.interceptMs ?? 0), 0) / 400;
    expect(Math.abs(meanIntercept - 100)).toBeLessThan(2);
  });

  it('of makespans is weak where the work grows with the width, and DAGs have their bytes a task and an edge', () => {
    const { result } = analyzeScaling(simulate(createNormal(createRandom(7))));
    expect(result.makespans[0]).toMatchObject({ scaling: 'weak', structureCount: 12 });
    expect(result.makespans[0]?.makespan?.estimate).toBeCloseTo(0.5, 1);
    expect(result.dag?.bytesPerTask?.estimate).toBeCloseTo(90, -1);
    expect(result.dag?.bytesPerEdge?.estimate).toBeCloseTo(30, 0);
    const constant = simulate(createNormal(createRandom(7))).map((fact, i) => ({
      ...fact,
      executionMs: 1000 + (i % 7),
    }));
    expect(analyzeScaling(constant).result.makespans[0]?.scaling).toBe('strong');
  });
});

describe('growth that cannot be told', () => {
  const clusters = range(24);
  const responses = clusters.map((i) => 10 * (i % 4) + ((i * 7) % 5));

  it('has no slope where nothing varies', () => {
    const fit = fitGrowth({ responses, first: clusters.map(() => 2), second: clusters.map(() => 8), clusters });
    expect(fit).toMatchObject({
      first: null,
      firstReason: 'does-not-vary',
      second: null,
      secondReason: 'does-not-vary',
    });
  });

  it('is one slope where width and workers go together', () => {
    const first = clusters.map((i) => i % 4);
    const fit = fitGrowth({ responses, first, second: first.map((own) => own + 1), clusters });
    expect(fit.first?.estimate).toBeCloseTo(10, 0);
    expect(fit).toMatchObject({ firstReason: null, second: null, secondReason: 'goes-with-new-workers' });
  });

  it('decides no gate where few runs decide the slope', () => {
    const first = clusters.map((i) => Number(i < 2));
    const { first: slope, firstReason } = fitGrowth({ responses, first, second: first.map(() => 1), clusters });
    expect(firstReason).toBe('few-runs-decide');
    const last = { perWorker: slope };
    expect(gateQuantities({ fanouts: [{ planner: 'P', last }], makespans: [] } as never)).toMatchObject([
      { name: 'per-worker', low: null, high: null },
    ]);
  });
});

describe('a fan-out', () => {
  const [run] = readSample('newer')
    .map((record, i) => toRun(record, i + 1))
    .filter(({ workflow }) => workflow === 'gemm');

  it('is of children that wait for one task alone', () => {
    if (!run) throw new Error('the sample has no gemm');
    const facts = extractScaling(run, describeRun(run));
    const byUpstream = new Map<string, number>();
    for (const { upstream } of run.nodes) {
      if (typeof upstream === 'symbol' || upstream.length !== 1) continue;
      byUpstream.set(upstream[0] as string, (byUpstream.get(upstream[0] as string) ?? 0) + 1);
    }
    const roots = run.nodes.filter(({ upstream }) => typeof upstream !== 'symbol' && upstream.length === 0).length;
    const widths = [roots, ...byUpstream.values()].filter((width) => width > 1).sort();
    expect(facts.fanouts.map(([width]) => width).sort()).toEqual(widths);
    for (const [width, workers, firstMs, lastMs] of facts.fanouts) {
      expect(workers).toBeLessThanOrEqual(width);
      expect(firstMs).toBeLessThanOrEqual(lastMs);
    }
    const lost = lay(run, {}) as typeof run;
    const without = { ...lost, tasks: run.tasks.slice(0, 1), recordedNodeCount: 1 };
    expect(extractScaling(without, describeRun(without)).fanouts).toEqual([]);
  });
});
