import { describe, expect, it } from 'vitest';
import { analyzeScaling } from '../../src/analyses/scaling/analyze.ts';
import { extractScaling, type Fanout, type ScalingFacts } from '../../src/analyses/scaling/extract.ts';
import { fitGrowth } from '../../src/analyses/scaling/fit.ts';
import { gateQuantities } from '../../src/analyses/scaling/gates.ts';
import { wordHeadlines } from '../../src/analyses/scaling/wording.ts';
import { NOT_RECORDED } from '../../src/model/recorded.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { createNormal, createRandom } from '../../src/stats/random.ts';
import { readSample, toRun } from '../sample-records.ts';
import { lay, plainRun } from './diagnostics/cases.ts';
import { type HandMadeTask, handMakeRun } from './hand-made-run.ts';

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

/**
 * Worked out by hand: a and b are roots; c, d and e wait for a alone, whose output is there at 300; f waits for two of them, and g for
 * both roots, of which a fans out.
 */
const TASKS: readonly HandMadeTask[] = [
  ['a', [], 'w0', 100],
  ['b', [], 'w1', 130],
  ['c', ['a'], 'w0', 400],
  ['d', ['a'], 'w2', 450],
  ['e', ['a'], 'w2', 420],
  ['f', ['c', 'd'], 'w0', 700],
  ['g', ['a', 'b'], 'w1', 800],
];
const extract = (tasks: readonly HandMadeTask[], startups?: readonly (readonly string[])[]) => {
  const run = handMakeRun(tasks, startups ? { startups } : {});
  return extractScaling(run, describeRun(run));
};
const change = (id: string, over: HandMadeTask[4]) =>
  TASKS.map((task): HandMadeTask => (task[0] === id ? [task[0], task[1], task[2], task[3], over] : task));

describe('a run worked out by hand', () => {
  it('has its fan-outs by width, workers started, and delays of the first and the last child', () => {
    expect(extract(TASKS)).toMatchObject({
      makespanMs: 1000,
      executionMs: 700,
      width: 4,
      edgeCount: 7,
      dagBytes: 1500,
      fanouts: [
        [2, 2, 100, 130],
        [3, 1, 100, 150],
      ],
      leftOut: [],
      waitingCount: 1,
    });
    const wide = extract([
      ...range(5).map((i): HandMadeTask => [`r${i}`, [], 'w0', 100 + i]),
      ['y', ['r0'], 'w0', 420],
      ['z', ['r0'], 'w0', 400],
    ]);
    expect([wide.width, wide.fanouts]).toEqual([
      5,
      [
        [5, 1, 100, 104],
        [2, 0, 100, 120],
      ],
    ]);
    // One start-up for two children is one worker, whichever of them it is for.
    expect(extract(TASKS, [['a'], ['b'], ['x', 'e', 'd']]).fanouts[1]?.[1]).toBe(1);
  });

  it('leaves out fan-outs of which a task left no metrics, or whose parent waited for it is not known how long', () => {
    const lost = extract(change('d', { lost: true }));
    expect(lost).toMatchObject({
      executionMs: null,
      fanouts: [[2, 2, 100, 130]],
      leftOut: ['fan-out-without-metrics'],
    });
    const unknown = extract(change('a', { inputWaitMs: NOT_RECORDED }));
    expect(unknown).toMatchObject({ fanouts: [[2, 2, 100, 130]], leftOut: ['fan-out-with-unknown-wait'] });
    const sink = extract(change('g', { inputWaitMs: NOT_RECORDED }));
    expect(sink).toMatchObject({ makespanMs: null, leftOut: [] });
    const { ledger } = analyzeScaling([unknown, sink]);
    expect(ledger.map(({ reason, metric }) => [reason, metric])).toEqual([
      ['fan-out-with-unknown-wait', null],
      ['sink-wait-not-recorded', 'makespan'],
    ]);
  });

  it('takes times as recorded where no wait ever is', () => {
    const run = handMakeRun(TASKS.map(([id, up, worker, ms]) => [id, up, worker, ms, { inputWaitMs: NOT_RECORDED }]));
    expect(extractScaling(run, describeRun(run))).toMatchObject({ makespanMs: 950, fanouts: [{}, [3, 1, 150, 200]] });
  });
});

describe('the answer', () => {
  const facts = simulate(createNormal(createRandom(12)));

  it('judges the work by its interval, and by none that few runs decide', () => {
    const [growing] = analyzeScaling(facts).result.makespans;
    expect(growing?.scaling).toBe('weak');
    const growsWith = (exponent: number, spread: number) =>
      facts.map((fact, i) => ({
        ...fact,
        executionMs: 1000 * fact.width ** exponent * Math.exp(spread * ((i * 7) % 5)),
      }));
    const judge = (own: readonly ScalingFacts[]) => analyzeScaling(own).result.makespans[0]?.scaling;
    // An interval from below 0 to above a half tells neither.
    expect(judge(growsWith(0.3, 1))).toBeNull();
    expect(judge(growsWith(-0.2, 0.02))).toBe('strong');
    // Told apart from 0 by nothing, and from a half by nothing.
    expect(judge(growsWith(0.3, 0.4))).toBeNull();
    const few = facts.filter(({ width }, i) => width === 4 || i < 3).slice(0, 5);
    expect(judge(few)).toBeNull();
  });

  it('takes the fan-outs of a run for one observation: each of them twice tells no more', () => {
    const widthOf = (own: readonly ScalingFacts[]) => {
      const slope = analyzeScaling(own).result.fanouts[0]?.last.perWorker;
      return (slope?.ciHigh ?? 0) - (slope?.ciLow ?? 0);
    };
    const twice = facts.map((fact) => ({ ...fact, fanouts: [...fact.fanouts, ...fact.fanouts] }));
    expect(widthOf(twice) / widthOf(facts)).toBeGreaterThan(0.95);
  });

  it('has an intercept for each planner of a workflow', () => {
    // Planners of other widths that take ten times as long, though no width matters within a planner.
    const own = facts.map((fact, i) => {
      const planner = fact.width < 10 ? 'P' : 'Q';
      const run = lay(fact.run, { traits: { planner } }) as ScalingFacts['run'];
      return { ...fact, run, makespanMs: (planner === 'P' ? 1000 : 10_000) * (1 + ((i * 7) % 5) / 100) };
    });
    expect(Math.abs(analyzeScaling(own).result.makespans[0]?.makespan?.estimate ?? 1)).toBeLessThan(0.1);
  });

  it('has no makespan against width of one structure, and no DAG of no bytes', () => {
    const one = facts.map((fact) => ({
      ...fact,
      run: lay(fact.run, { traits: { structure: 's' } }) as ScalingFacts['run'],
    }));
    expect(analyzeScaling(one).result.makespans).toEqual([]);
    expect(analyzeScaling(facts.map((fact) => ({ ...fact, dagBytes: 0 }))).result.dag).toBeNull();
  });
});

describe('the words of growth', () => {
  const facts = simulate(createNormal(createRandom(12)));

  it('draws 120 fan-outs at most, and says of slopes only what is told', () => {
    const many = [...facts, ...facts, ...facts].map((fact, i) => ({ ...fact, run: { ...fact.run, runId: String(i) } }));
    expect(analyzeScaling(many).result.fanouts[0]?.points).toHaveLength(120);
    const { result } = analyzeScaling(facts);
    expect(wordHeadlines(result)).toEqual([
      expect.stringMatching(
        /^each worker started delays the last child's start, at equal width, by p \S+ ms \[.*\] \(90 fan-outs\)$/,
      ),
      expect.stringMatching(
        /^makespan goes with width, or with .*: gemm, widths \d+ to \d+: to the power of 0\.\d+ \[.*\], weak scaling$/,
      ),
      'what a task or an edge adds to the bytes of a DAG cannot be told of 12 structures',
    ]);
    const [fanouts] = result.fanouts;
    const untold = lay(fanouts, { last: { perWorkerReason: 'few-runs-decide' } }) as typeof fanouts;
    expect(wordHeadlines({ ...result, fanouts: untold ? [untold] : [], makespans: [], dag: null })).toEqual([
      'whether the last child starts later with each worker started, at equal width, cannot be told of 90 fan-outs',
      'makespan against width: cannot tell, no workflow was run with several widths',
    ]);
    const wide = { estimate: 0.5, ciLow: -0.5, ciHigh: 1.5, effectiveClusterCount: 12 };
    const [scaled] = result.makespans;
    expect(wordHeadlines({ ...result, makespans: scaled ? [{ ...scaled, makespan: wide }] : [] })[1]).toBe(
      'whether makespans grow with width cannot be told',
    );
    const told = { estimate: 90, ciLow: 80, ciHigh: 100, effectiveClusterCount: 12 };
    const dag = result.dag && { ...result.dag, bytesPerTask: told, bytesPerEdge: wide };
    expect(wordHeadlines({ ...result, dag })[2]).toBe('a DAG takes 90.0 bytes [80.0, 100] a task (12 structures)');
  });

  it('sets gates on what a worker adds, and on the exponent of the width', () => {
    const { result } = analyzeScaling(facts);
    const last = result.fanouts[0]?.last;
    expect(gateQuantities(result)).toEqual([
      { name: 'per-worker', of: 'p', unit: 'ms', low: last?.perWorker?.ciLow, high: last?.perWorker?.ciHigh },
      {
        name: 'width',
        of: 'gemm',
        unit: 'count',
        low: result.makespans[0]?.makespan?.ciLow,
        high: result.makespans[0]?.makespan?.ciHigh,
      },
    ]);
  });
});

describe('growth by one amount', () => {
  const clusters = range(24);
  const responses = clusters.map((i) => 5 + 10 * (i % 4) + ((i * 7) % 5) / 100);

  it('is told of the second where the first does not vary, with the level of the intercept', () => {
    const fit = fitGrowth({ responses, first: clusters.map(() => 2), second: clusters.map((i) => i % 4), clusters });
    expect(fit).toMatchObject({ first: null, firstReason: 'does-not-vary', secondReason: null });
    expect(fit.second?.estimate).toBeCloseTo(10, 1);
    expect(fit.intercept).toBeCloseTo(5, 1);
    const other = fitGrowth({ responses, first: clusters.map((i) => i % 4), second: clusters.map(() => 2), clusters });
    expect([other.first?.estimate, other.intercept]).toEqual([fit.second?.estimate, fit.intercept]);
    const flat = fitGrowth({
      responses,
      first: clusters.map((i) => (i * 11) % 7),
      second: clusters.map(() => 2),
      clusters,
    });
    expect(flat.firstReason).toBe('interval-holds-0');
  });
});
