import { range } from 'd3-array';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/analyses/analysis.ts';
import { analyzeRun } from '../../src/analyses/run/analyze.ts';
import { type Item, isDrawn, packRows } from '../../src/analyses/run/charts/gantt-layout.ts';
import { packDetail, unpackDetail } from '../../src/analyses/run/compact.ts';
import { extractRunDetail } from '../../src/analyses/run/extract.ts';
import { parseRunChoice } from '../../src/analyses/run/options.ts';
import type { RunResult } from '../../src/analyses/run/result.ts';
import { viewRun } from '../../src/analyses/run/view.ts';
import { DEFAULT_PRICES } from '../../src/cost/built-in-prices.ts';
import { UserError } from '../../src/errors.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { askWfa } from '../ask-wfa.ts';
import { expectEqual } from '../expect-equal.ts';
import { type Json, type WholeRun as Run, readSample, sampleRuns } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';

const RUNS = sampleRuns();
const TEXT_ANALYSIS = '1795341014188';
const FAILED = '1795336084853';

function ask(runs: readonly Run[], id: string | null, options: Record<string, boolean> = {}): Outcome<RunResult> {
  const parsed = parseRunChoice({ arguments: id === null ? [] : [id], options });
  return analyzeRun(
    runs.map((run) => extractRunDetail(run, describeRun(run), parsed)),
    parsed,
  );
}

const find = (id: string): Run => {
  const run = RUNS.find(({ runId }) => runId.startsWith(id));
  if (!run) throw new Error(`no sample run ${id}`);
  return run;
};

const codesOf = (outcome: Outcome<RunResult>) => outcome.warnings.map(({ code }) => code);

const near = (found: number | null | undefined, expected: number) =>
  expect(Math.abs((found ?? Number.NaN) / expected - 1)).toBeLessThan(1e-9);

it('looks at a start-up once or twice in its tables, however many workers there are', () => {
  const outcome = ask(RUNS, TEXT_ANALYSIS);
  let lookCount = 0;
  const startups = outcome.result.startups.map((startup) => ({
    ...startup,
    get worker() {
      lookCount++;
      return startup.worker;
    },
  }));
  viewRun(
    { ...outcome, result: { ...outcome.result, startups } },
    parseRunChoice({ arguments: [TEXT_ANALYSIS], options: {} }),
  );
  expect(startups.length).toBeGreaterThan(4);
  expect(lookCount).toBeLessThanOrEqual(3 * startups.length);
});

describe('one run', () => {
  // test/reference/run_reference.py samples/newer.ndjson.gz 1795341014188, Python 3.11.7.
  it('agrees with an independent computation', () => {
    const { result } = ask(RUNS, TEXT_ANALYSIS);
    const task = (id: string) => {
      const found = result.tasks.find(({ nodeId }) => nodeId.startsWith(id));
      return { ...found, ...found?.recorded };
    };
    const since = (atMs: number | undefined) => (atMs ?? Number.NaN) - result.zeroAtMs;
    const segments = task('create_text_segments');
    near(since(segments.startedAtMs), 3882.060546875);
    near(since(segments.executionStartedAtMs), 3921.4345703125);
    near(since(segments.outputAvailableAtMs), 6518.8935546875);
    near(since(segments.finishedAtMs), 6954.74951171875);
    near(segments.inputWaitMs, 39.37403700001596);
    near(segments.executionMs, 2564.3752830001176);
    expect([segments.inputBytes, segments.outputBytes]).toEqual([700915, 668669]);
    // Epoch milliseconds are exact to a quarter of a microsecond.
    expect(since(segments.planned?.earliestStartAtMs)).toBeCloseTo(5726.229758379837, 3);
    expect(since(segments.planned?.completionAtMs)).toBeCloseTo(7636.972001852484, 3);
    near(result.makespanMs, 10276.048828125);
    expect(result.workers.map(({ taskCount, peakExecutingCount }) => [taskCount, peakExecutingCount])).toEqual([
      [3, 3],
      [5, 3],
      [11, 7],
      [2, 2],
      [3, 3],
      [1, 1],
    ]);
    near(result.startups[1]?.startupMs, 1596.080322265625);
    expect(result.startups.map(({ state }) => state)).toEqual(['cold', 'cold', 'warm', 'cold', 'warm', 'warm']);
    expect(result.tasks.filter(({ onCriticalPath }) => onCriticalPath).map(({ functionName }) => functionName)).toEqual(
      [
        'word_count_chunk',
        'merge_word_counts',
        'create_text_segments',
        'analyze_segment',
        'merge_segment_analyses',
        'calculate_text_metrics',
        'final_comprehensive_report',
      ],
    );
  });
});

describe('the run that is meant', () => {
  it('is found by as much of its id as no other shares, or as the latest, or as the slowest', () => {
    expect(ask(RUNS, TEXT_ANALYSIS).result.runId).toBe(find(TEXT_ANALYSIS).runId);
    const submitted = RUNS.flatMap(({ submittedAtMs }) => submittedAtMs ?? []);
    const latest = ask(RUNS, null, { latest: true });
    expect(latest.result.submittedAtMs).toBe(Math.max(...submitted));
    expect(latest.ledger).toMatchObject([{ reason: 'not-submitted', metric: 'submission', count: 1 }]);
    const slowest = ask(RUNS, null, { slowest: true });
    expect(slowest.ledger).toMatchObject([{ reason: 'not-submitted', metric: 'makespan', count: 1 }]);
    for (const run of RUNS) {
      if (run.runId.startsWith(FAILED)) continue;
      expect(ask([run], run.runId).result.makespanMs).toBeLessThanOrEqual(slowest.result.makespanMs ?? 0);
    }
  });

  it('is the run with that very id even where another id begins with it', () => {
    const run = find(TEXT_ANALYSIS);
    const longer = { ...run, runId: `${run.runId}-again` };
    expect(ask([longer, run], run.runId).result.runId).toBe(run.runId);
  });

  it.each([
    ['no id and no switch', null, {}, 'bad-option'],
    ['an id and a switch', TEXT_ANALYSIS, { latest: true }, 'bad-option'],
    ['two switches', null, { latest: true, slowest: true }, 'bad-option'],
    ['an id that several runs have', '1', {}, 'ambiguous-run'],
    ['an id that no run has', 'x', {}, 'unknown-run'],
  ])('cannot be told from %s', (_, id, options, code) => {
    const error = (() => {
      try {
        ask(RUNS, id, options as Record<string, boolean>);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code, hint: expect.stringMatching(/./) });
  });

  it('comes back whole from its compact form', () => {
    for (const run of RUNS) {
      const { detail } = extractRunDetail(run, describeRun(run), {
        choice: { extreme: 'latest' },
        plan: false,
        task: null,
        prices: { table: DEFAULT_PRICES, isDefault: true },
      });
      expect(packDetail(unpackDetail(detail ?? ''))).toBe(detail);
    }
  });
});

describe('what a record lacks', () => {
  it('is said of a failed run, whose missing tasks stand in the table', () => {
    const outcome = ask(RUNS, FAILED, { plan: true });
    expect(outcome.result.tasks.filter(({ recorded }) => recorded === null)).toHaveLength(25);
    expect(outcome.result).toMatchObject({ makespanMs: null, nodeCount: 66, taskCount: 41, unknownStartCount: 8 });
    expect(codesOf(outcome)).toEqual([
      'not-submitted',
      'tasks-without-metrics',
      'no-critical-path',
      'startup-never-ended',
      'startup-of-unknown-worker',
      'hardcoded-download',
      'resource-usage-not-measured',
      'no-plan',
      'no-bill',
    ]);
  });

  it('is said when clocks disagree', () => {
    const run = find(TEXT_ANALYSIS);
    expect(codesOf(ask([run], run.runId))).not.toContain('clock-differences');
    const late = {
      ...run,
      workerStartups: run.workerStartups.map((s) => ({ ...s, readyAtMs: (s.readyAtMs ?? 0) + 500 })),
    };
    const warning = ask([late], run.runId).warnings.find(({ code }) => code === 'clock-differences');
    expect(warning?.severity).toBe('warning');
    expect(warning?.args['largestMs']).toBeLessThan(500);
    const early = {
      ...run,
      tasks: run.tasks.map((t): Run['tasks'][number] => ({ ...t, startedAtMs: t.startedAtMs - 5000 })),
    };
    expect(codesOf(ask([early], run.runId))).toContain('clock-differences');
  });

  it('is said of a sink without metrics: no makespan, never 0', () => {
    const run = find(TEXT_ANALYSIS);
    const outcome = ask([{ ...run, tasks: run.tasks.filter(({ nodeId }) => nodeId !== run.sinkNodeId) }], run.runId);
    expect(outcome.result.makespanMs).toBeNull();
    expect(outcome.result.criticalPath).toEqual({ missing: 'sink-without-metrics' });
  });
});

describe('the rows of a worker', () => {
  it.each([false, true])('hold nothing that covers anything else (with the plan: %s)', (withPlan) => {
    let several = 0;
    for (const run of RUNS) {
      const { result } = ask([run], run.runId);
      for (const { label } of result.workers) {
        const items: Item[] = [
          ...result.startups.filter(({ worker }) => worker === label).map((startup) => ({ startup })),
          ...result.tasks
            .filter(({ worker }) => worker === label)
            .filter(isDrawn)
            .map((task) => ({ task })),
        ];
        const { rows, rowCount } = packRows(items, withPlan);
        expect(rows).toHaveLength(items.length);
        several += Number(rowCount > 1);
        for (const strip of ['main', 'after', 'plan'] as const) expectApart(rows, strip, withPlan);
      }
    }
    expect(several).toBeGreaterThan(0);
  });

  it.each([false, true])('do so for thousands of items, too (with the plan: %s)', (withPlan) => {
    const tasks = RUNS.flatMap((run) => ask([run], run.runId).result.tasks.filter(isDrawn));
    const items: Item[] = range(10).flatMap(() => tasks.map((task) => ({ task })));
    expect(items.length).toBeGreaterThan(2000);
    const { rows, rowCount } = packRows(items, withPlan);
    expectEqual(
      rows.map(({ item }) => item),
      items,
    );
    expect(Math.max(...rows.map(({ row }) => row))).toBe(rowCount - 1);
    for (const strip of ['main', 'after', 'plan'] as const) expectApart(rows, strip, withPlan);
  });
});

/** What an item takes of a strip, as the chart draws it. */
function spanOf(item: Item, strip: 'main' | 'after' | 'plan', withPlan: boolean): [number, number] | null {
  if ('startup' in item) {
    const { requestedAtMs, readyAtMs } = item.startup;
    return strip === 'main' && readyAtMs !== null ? [requestedAtMs, readyAtMs] : null;
  }
  const { recorded, planned } = item.task;
  if (strip === 'main') return [recorded.startedAtMs, recorded.outputAvailableAtMs];
  if (strip === 'after') return [recorded.outputAvailableAtMs, recorded.finishedAtMs];
  return withPlan && planned ? [planned.earliestStartAtMs, planned.completionAtMs] : null;
}

function expectApart(rows: ReturnType<typeof packRows>['rows'], strip: 'main' | 'after' | 'plan', withPlan: boolean) {
  const lastEnd = new Map<number, number>();
  const spans = rows.flatMap(({ item, row }) => {
    const span = spanOf(item, strip, withPlan);
    return span && span[1] > span[0] ? [{ row, from: span[0], to: span[1] }] : [];
  });
  for (const { row, from, to } of spans.sort((a, b) => a.from - b.from || a.to - b.to)) {
    // Wall clock and monotonic clock agree to a millisecond.
    expect(from).toBeGreaterThanOrEqual((lastEnd.get(row) ?? Number.NEGATIVE_INFINITY) - 1);
    lastEnd.set(row, Math.max(to, lastEnd.get(row) ?? to));
  }
}

describe('the records', () => {
  it('have a row for every task and every start-up, with phases that add up to the instants', () => {
    const outcome = ask(RUNS, TEXT_ANALYSIS);
    const { records } = viewRun(outcome, {
      choice: { prefix: '' },
      plan: false,
      task: null,
      prices: { table: DEFAULT_PRICES, isDefault: true },
    });
    const rows = [...records.rows];
    expect(rows.filter(({ kind }) => kind === 'task')).toHaveLength(outcome.result.nodeCount);
    expect(rows.filter(({ kind }) => kind === 'startup')).toHaveLength(6);
    for (const row of rows.filter(({ kind }) => kind === 'task')) {
      const sum = ['startedAtMs', 'inputWaitMs', 'executionMs', 'uploadMs', 'dependencyUpdateMs', 'invocationMs']
        .map((key) => Number(row[key]))
        .reduce((a, b) => a + b);
      expect(Math.abs(sum - Number(row['finishedAtMs']))).toBeLessThan(0.01);
    }
  });
});

describe('the chart', () => {
  const scratch = makeScratch();

  const draw = async (args: readonly string[]) => {
    const { status, stdout, stderr } = await askWfa(['run', ...args]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  };

  it.each([
    [TEXT_ANALYSIS, '180mm', '--plan'],
    [TEXT_ANALYSIS, '85mm', '--plan'],
    [FAILED, '85mm', '--plan'],
  ])('of %s compiles without a warning at %s', async (id, width, plan) => {
    const svg = await draw([id, '--data', 'sample:', '--format', 'svg', '--width', width, plan]);
    expect(svg).not.toContain('NaN');
    expect(svg).not.toContain('undefined');
  });

  it('has a box for every phase, start-up and planned task that is long enough to be seen', async () => {
    const spec = JSON.parse(await draw([TEXT_ANALYSIS, '--data', 'sample:', '--format', 'vega-lite', '--plan']));
    const layers = spec.vconcat[1].layer.filter((layer: { mark: { type: string } }) => layer.mark.type === 'rect');
    const count = layers.flatMap((layer: { data: { values: unknown[] } }) => layer.data.values).length;
    const { result } = ask(RUNS, TEXT_ANALYSIS);
    const pixelsPerSecond = 600 / 10.3;
    const seen = (ms: number | null | undefined) => Number(((ms ?? 0) / 1000) * pixelsPerSecond > 0.15);
    const wanted = result.tasks.reduce(
      (sum, { recorded: r }) =>
        sum + 2 + seen(r?.inputWaitMs) + seen(r?.uploadMs) + seen(r?.dependencyUpdateMs) + seen(r?.invocationMs),
      result.startups.length,
    );
    expect(count).toBe(wanted);
  });

  it('of a thousand tasks on hundreds of workers stays below 2 MB', async () => {
    const path = scratch.write('many.ndjson', `${JSON.stringify(multiply(readSample('newer')[0] as Json, 100))}\n`);
    const svg = await draw(['--latest', '--data', path, '--format', 'svg']);
    expect(svg).not.toContain('NaN');
    expect(svg.length).toBeLessThan(2_000_000);
  });
});

/** A run of as many copies of all workers and tasks, each a second later; the sink stays one. */
function multiply(record: Json, copies: number): Json {
  const text = JSON.stringify(record);
  const runs = Array.from({ length: copies }, (_, k) => {
    const copy = JSON.parse(text.replaceAll(/\+([0-9a-f]{8})-/g, `+$1-${k}-`).replaceAll('flex-', `flex-${k}-`));
    for (const { metrics } of copy.tasks) metrics.started_at_timestamp_s += k;
    for (const startup of copy.worker_startups) {
      startup.start_time_ms += 1000 * k;
      startup.end_time_ms += 1000 * k;
    }
    return copy;
  });
  const [first] = runs;
  return {
    ...first,
    dag: { ...first.dag, nodes: runs.flatMap((run) => run.dag.nodes) },
    tasks: runs.flatMap((run) => run.tasks),
    worker_startups: runs.flatMap((run) => run.worker_startups),
  };
}
