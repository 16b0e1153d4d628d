import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { AccuracyResult, Score, SeriesPoint } from '../../src/analyses/accuracy/result.ts';
import { accuracy } from '../../src/analyses/accuracy/stages.ts';
import type { Outcome } from '../../src/analyses/analysis.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { parseRun } from '../../src/octoflows/parse-run.ts';

type RawRecord = Record<string, unknown>;

const readSample = (name: string): RawRecord[] =>
  gunzipSync(readFileSync(new URL(`../../samples/${name}.ndjson.gz`, import.meta.url)))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

function analyze(
  records: readonly RawRecord[],
  asked: Record<string, string | string[]> = {},
): Outcome<AccuracyResult> {
  const options = accuracy.parseOptions({ arguments: [], options: asked });
  const facts = records.map((record, i) => {
    const parsed = parseRun(record, { uri: 'sample', line: i + 1 }, 'sample');
    if (!('run' in parsed)) throw new Error('the sample does not parse');
    return accuracy.extract(parsed.run, describeRun(parsed.run), options);
  });
  return accuracy.analyze(facts, options, 1) as Outcome<AccuracyResult>;
}

const newer = readSample('newer');
const { result } = analyze(newer);

// python3 test/reference/accuracy_reference.py samples/newer.ndjson.gz (numpy 2.4.6, scipy 1.17.1)
const REFERENCE: Readonly<Record<string, Partial<Score>>> = {
  'UniformPlanner|p90|makespan': {
    runCount: 4,
    biasLogRatio: -0.20858569104526767,
    mdape: 0.2783890466462236,
    mape: 0.37119879146366624,
    coverage: 0.25,
    coverageLow: 0.04558726080970055,
    coverageHigh: 0.6993581574175981,
    coverageP: 0.003699999999999997,
    pinball: 0.20523223236397262,
    skill: -6.066905672334519,
    skillCount: 1,
  },
  'NonUniformPlanner-opt|p95|execution-time': {
    runCount: 6,
    biasLogRatio: 0.20491672430680857,
    mdape: 0.22742457592270515,
    mape: 0.17390556363774223,
    coverage: 0.8333333333333334,
    coverageLow: 0.43649717781352976,
    coverageHigh: 0.9699466302516933,
    coverageP: 0.2649081093750002,
    pinball: 0.010517430450407685,
    skill: -3.3245092218003958,
    skillCount: 1,
  },
  'UniformPlanner|p95|download-time': {
    runCount: 5,
    biasLogRatio: -0.5177830092323511,
    mdape: 0.404159943334935,
    mape: 0.370748505924115,
    coverage: 0.0,
    coverageLow: 0.0,
    coverageHigh: 0.43448246478317476,
    coverageP: 1.0,
    pinball: 0.02018991048894804,
    skill: null,
    skillCount: 0,
  },
};

describe('scores', () => {
  it.each(Object.entries(REFERENCE))('%s agree with the independent computation', (key, reference) => {
    const [planner, sla, quantity] = key.split('|');
    const score = result.scores.find((s) => s.planner === planner && s.sla === sla && s.quantity === quantity);
    for (const [name, expected] of Object.entries(reference)) {
      const actual = score?.[name as keyof Score];
      if (expected === null) expect(actual, name).toBeNull();
      else expect(Math.abs((actual as number) - (expected as number)), name).toBeLessThan(1e-9);
    }
  });

  it('judge transfer times at what is left of the percentile, and the average not at all', () => {
    const levels = (quantity: string, sla: string) =>
      new Set(result.scores.filter((s) => s.quantity === quantity && s.sla === sla).map((s) => s.askedLevel));
    expect([...levels('execution-time', 'p90')]).toEqual([0.9]);
    expect([...levels('upload-time', 'p90')]).toEqual([0.1]);
    const average = result.scores.filter(({ sla }) => sla === 'average');
    expect(average.length).toBeGreaterThan(0);
    for (const { askedLevel, pinball, skill, coverageP } of average) {
      expect([askedLevel, pinball, skill, coverageP]).toEqual([null, null, null, null]);
    }
  });
});

// numpy 2.4.6 and scipy 1.17.1: python3 test/reference/accuracy_reference.py samples/NAME.ndjson.gz, its `changes`.
describe('changes', () => {
  const ofExecution = <Found extends { quantity: string; signal: string; workflow: string }>(found: readonly Found[]) =>
    found.filter(({ quantity, signal }) => quantity === 'execution-time' && signal === 'actual');
  const older = analyze(readSample('older')).result;

  it('are the known slow-down of text_analysis', () => {
    const execution = ofExecution(result.changePoints);
    expect(execution.map(({ workflow, index }) => [workflow, index])).toEqual([['text_analysis', 24]]);
    expect(execution[0]?.runId).toMatch(/^1795342064937\./);
    expect(execution[0]?.atMs).toBeGreaterThan(1795342064344);
    expect(execution[0]?.ratio).toBeCloseTo(1.5348321625059755, 9);
    expect((execution[0]?.pValue ?? 0) / 1.3459142940402924e-16).toBeCloseTo(1, 9);
    const actual = result.changePoints.filter(({ signal }) => signal === 'actual');
    expect(new Set(actual.map(({ workflow }) => workflow))).toEqual(new Set(['text_analysis']));
  });

  it('are looked for in series of 16 runs or more, below 30 with a gradual trend beside', () => {
    const tests = ofExecution(older.changeTests).filter(({ workflow }) => workflow === 'tree_reduction');
    const [step, trend] = tests;
    expect(tests.map(({ method, runCount }) => [method, runCount])).toEqual([
      ['step-regression', 18],
      ['mann-kendall', 18],
    ]);
    expect((step?.pValue ?? 0) / 0.0474331389188916).toBeCloseTo(1, 9);
    expect((trend?.pValue ?? 0) / 0.0006520313225352111).toBeCloseTo(1, 9);
    expect(trend?.tau).toBeCloseTo(-0.5947712418300654, 12);
    for (const { method, runCount } of [...older.changeTests, ...result.changeTests]) {
      expect(method === 'too-short').toBe(runCount < 16);
      expect(method === 'mann-kendall' && runCount >= 30).toBe(false);
    }
  });

  it.each([
    [29, ['step-regression', 'mann-kendall']],
    [30, ['step-regression']],
  ])('of %i runs are tested by %j', (count, methods) => {
    const own = newer.filter(({ plan, dag_name: name }) => plan !== null && name === 'text_analysis').slice(0, count);
    const tests = ofExecution(analyze(own).result.changeTests);
    expect(tests.map(({ method }) => method)).toEqual(methods);
  });

  it('are a gradual trend where no step explains them, and none beside steps', () => {
    const drift = ofExecution(older.changeTests).filter(({ workflow }) => workflow === 'tree_reduction');
    expect(drift.map(({ changed }) => changed)).toEqual([false, true]);
    expect(drift[1]?.trendRatio).toBeCloseTo(0.5847031548930965, 12);

    const own = newer.filter(({ plan, dag_name: name }) => plan !== null && name === 'text_analysis').slice(0, 20);
    const slowed = analyze(own.map((record, i) => (i < 10 ? record : slowDown(record, 10)))).result;
    const tests = ofExecution(slowed.changeTests);
    expect(tests.map(({ method, changed }) => [method, changed])).toEqual([
      ['step-regression', true],
      ['mann-kendall', false],
    ]);
    expect(tests[1]?.pAdjusted).toBeLessThan(0.05);
    expect(ofExecution(slowed.changePoints).map(({ index }) => index)).toEqual([10]);
  });

  it('are points only where the test for steps says so, after Holm over the quantity', () => {
    expect(ofExecution(older.changePoints)).toEqual([]);
    const own = older.changeTests.filter(({ quantity, pValue }) => quantity === 'execution-time' && pValue !== null);
    const smallest = own.sort((a, b) => (a.pValue as number) - (b.pValue as number))[0];
    expect(smallest?.pAdjusted).toBeCloseTo(own.length * (smallest?.pValue as number), 12);
  });
});

/** The record with tasks that executed so many times as long. */
function slowDown(record: RawRecord, factor: number): RawRecord {
  const copy = structuredClone(record) as { tasks: { metrics: { tp_execution_time_ms: number } | null }[] };
  for (const { metrics } of copy.tasks) if (metrics) metrics.tp_execution_time_ms *= factor;
  return copy as unknown as RawRecord;
}

describe('the ledger', () => {
  it('names the planners that do not predict, and counts runs without plan', () => {
    const { ledger } = analyze(readSample('older'));
    const reasons = Object.fromEntries(ledger.map(({ reason, count }) => [reason, count]));
    expect(reasons['planner-does-not-predict: WUKONGPlanner']).toBeGreaterThan(0);
    expect(reasons['planner-does-not-predict: WUKONGPlanner-opt']).toBeGreaterThan(0);
    expect(reasons['without-plan']).toBeGreaterThan(0);
  });

  it('says which figure a run lacks, and keeps its others', () => {
    const cut = newer.map((record) => structuredClone(record));
    const planned = cut.find(({ plan }) => plan !== null) as {
      tasks: { internal_task_id: string }[];
      dag: { sink_node_id: string };
    };
    planned.tasks = planned.tasks.filter(({ internal_task_id: id }) => id !== planned.dag.sink_node_id);
    const { ledger, result: of } = analyze(cut);
    const missing = ledger
      .filter(({ scope }) => scope === 'metric')
      .map(({ metric, reason, count }) => [metric, reason, count]);
    expect(missing).toContainEqual(['makespan', 'sink-without-metrics', 1]);
    expect(missing).toContainEqual(['execution-time', 'tasks-without-metrics', 1]);
    const count = (key: string) => of.series.filter(({ quantity }: SeriesPoint) => quantity === key).length;
    expect(count('startup-time') - count('makespan')).toBe(1);
  });
});

describe('robustness', () => {
  it('does not move with one absurd prediction', () => {
    const wild = newer.map((record) => structuredClone(record)) as unknown as {
      plan: null | {
        sla: unknown;
        planner_name: string;
        nodes_info: Record<string, { task_completion_time_ms: number }>;
      };
      dag: { sink_node_id: string };
    }[];
    const target = wild.find(({ plan }) => plan?.planner_name === 'UniformPlanner-opt');
    const sink = target?.plan?.nodes_info[target.dag.sink_node_id];
    if (!sink) throw new Error('no such run');
    sink.task_completion_time_ms = 671_000;
    const { result: of, warnings } = analyze(wild as unknown as RawRecord[]);
    expect(of.series.length).toBe(result.series.length);
    expect(warnings.map(({ code }) => code)).toContain('absurd-prediction');
    const other = (scores: readonly Score[]) =>
      scores.filter(({ planner }) => planner !== 'UniformPlanner-opt').map(({ mdape }) => mdape);
    expect(other(of.scores)).toEqual(other(result.scores));
  });

  it('takes tasks one by one, counting runs', () => {
    const { result: of } = analyze(newer, { level: 'task' });
    expect(of.series.every(({ functionName, nodeId }) => functionName !== null && nodeId !== null)).toBe(true);
    const score = of.scores.find(({ count, runCount }) => count > runCount);
    expect(score?.coverageMethod).not.toBe('wilson');
    // Two runs tell no spread, however many tasks they have.
    const ofTwo = of.scores.filter(({ runCount }) => runCount === 2);
    expect(ofTwo.length).toBeGreaterThan(0);
    expect(new Set(ofTwo.map(({ coverageMethod }) => coverageMethod))).toEqual(new Set(['none']));
  });

  it('calls predictions of nothing kept too seldom', () => {
    const nothing = newer.map((record) => structuredClone(record)) as unknown as {
      plan: null | { nodes_info: Record<string, { tp_exec_time_ms: number }> };
    }[];
    for (const { plan } of nothing) for (const node of Object.values(plan?.nodes_info ?? {})) node.tp_exec_time_ms = 0;
    const { scores } = analyze(nothing as unknown as RawRecord[]).result;
    const verdicts = scores
      .filter(({ quantity }) => quantity === 'execution-time')
      .map((score) => score.coverageVerdict);
    expect(verdicts).toContain('too-few');
    expect(verdicts).not.toContain('too-many');
  });

  it('survives one run and refuses none', () => {
    const one = newer.filter(({ plan }) => plan !== null).slice(0, 1);
    expect(analyze(one).result.scores.every(({ runCount }) => runCount === 1)).toBe(true);
    expect(() => analyze([])).toThrow(/has predictions/);
  });

  it('does not depend on the order of reading', () => {
    const without = ({ result: of }: Outcome<AccuracyResult>) => JSON.stringify(of);
    expect(without(analyze([...newer].reverse()))).toBe(without(analyze(newer)));
  });
});
