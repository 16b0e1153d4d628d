import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/analyses/analysis.ts';
import { analyzeWhatIf } from '../../src/analyses/whatif/analyze.ts';
import { extractWhatIf } from '../../src/analyses/whatif/extract.ts';
import { gateQuantities } from '../../src/analyses/whatif/gates.ts';
import { parseWhatIf } from '../../src/analyses/whatif/options.ts';
import type { WhatIfResult } from '../../src/analyses/whatif/result.ts';
import { viewWhatIf } from '../../src/analyses/whatif/view.ts';
import { createBiller } from '../../src/cost/bill.ts';
import { findPrices } from '../../src/cost/built-in-prices.ts';
import { listBillableUse } from '../../src/model/billable-use.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { readSample, toRun, type WholeRun } from '../sample-records.ts';

const SAMPLES = {
  newer: readSample('newer').map((record, i) => toRun(record, i + 1)),
  older: readSample('older').map((record, i) => toRun(record, i + 1)),
};

type Given = Readonly<Record<string, string | readonly string[] | boolean>>;

function ask(runs: readonly WholeRun[], given: Given = {}): Outcome<WhatIfResult> {
  const options = parseWhatIf({ arguments: [], options: given });
  return analyzeWhatIf(
    runs.map((run) => extractWhatIf(run, describeRun(run), options)),
    options,
  );
}

const find = ({ result }: Outcome<WhatIfResult>, scenario: string, planner: string) => {
  const found = result.scenarios.find((own) => own.scenario === scenario && own.planner === planner);
  if (!found) throw new Error(`no ${scenario} of ${planner}`);
  return found;
};

const near = (found: number | null, expected: number) =>
  expect(Math.abs((found ?? Number.NaN) / expected - 1)).toBeLessThan(1e-9);

it('looks at a workflow a few times in its tables, however many there are', () => {
  const outcome = ask(SAMPLES.newer);
  let lookCount = 0;
  const [first] = outcome.result.workflows;
  const workflows = Array.from({ length: 300 }, (_, i) => ({
    ...(first as (typeof outcome.result.workflows)[number]),
    get workflow() {
      lookCount++;
      return `flow-${i}`;
    },
  }));
  viewWhatIf({ ...outcome, result: { ...outcome.result, workflows } });
  // Sorting takes n log n.
  expect(lookCount).toBeLessThan(30 * workflows.length);
});

describe('what-if scenarios', () => {
  const newer = ask(SAMPLES.newer);
  const older = ask(SAMPLES.older);

  it('proves itself by the null replay and names what it refuses', () => {
    expect(newer.result.proof).toMatchObject({ runCount: 100, exactCount: 100, refused: [] });
    expect(older.result.proof).toMatchObject({
      runCount: 41,
      exactCount: 41,
      refused: [
        { reason: 'invocations-not-recorded', count: 23, planners: ['WUKONGPlanner', 'WUKONGPlanner-opt'] },
        { reason: 'invoker-not-recorded', count: 3 },
      ],
    });
    expect(viewWhatIf(older).headlines[0]).toContain(
      'null replay (nothing changed): 41 of 41 runs come out as recorded; not replayed: 23 runs whose invocations are not recorded (wukong and wukong-opt)',
    );
    const refused = older.ledger.filter(({ reason }) => reason === 'invocations-not-recorded');
    expect(refused.reduce((sum, { count }) => sum + count, 0)).toBe(23);
  });

  // test/reference/whatif_reference.py samples/newer.ndjson.gz, and samples/older.ndjson.gz; Python 3.11, scipy 1.17.
  it.each([
    ['newer', 'all-warm', 'UniformPlanner', -0.256914508952198, -0.3114011887093172, -0.19811646788820936],
    [
      'newer',
      'no-transfers',
      'NonUniformPlanner-opt',
      -0.031171982531566108,
      -0.03878333268811512,
      -0.023500362247401006,
    ],
    ['newer', 'longest-path', 'UniformPlanner-opt', -0.4972727983883084, -0.5419327051940599, -0.4482587119707089],
    [
      'newer',
      'no-dag-fetch',
      'NonUniformPlanner',
      -0.004714576703874121,
      -0.008537244995998295,
      -0.0008771697916677921,
    ],
    ['newer', 'half-execution', 'UniformPlanner-opt', -0.24136447702142716, -0.2619079346383248, -0.2202492294196982],
    ['older', 'all-warm', 'UniformPlanner', -0.10715843035718751, -0.1783131098994168, -0.029842050437655646],
    ['older', 'no-startup', 'NonUniformPlanner-opt', -0.36177220965303236, -0.49558432316499157, -0.1924622269335023],
  ] as const)('agrees with an independent computation: %s, %s, %s', (name, scenario, planner, change, low, high) => {
    const found = find(name === 'newer' ? newer : older, scenario, planner);
    near(found.changeFraction, change);
    near(found.ciLow, low);
    near(found.ciHigh, high);
  });
});

describe('what is counted, and checked', () => {
  const newer = ask(SAMPLES.newer);

  it('changes several things together', () => {
    const found = find(
      ask(SAMPLES.newer, { scenario: ['no-transfers,all-warm'] }),
      'all-warm,no-transfers',
      'UniformPlanner',
    );
    near(found.changeFraction, -0.28981163577883845);
    near(found.ciHigh, -0.23645082643772872);
  });

  it('speeds one function up, and finds its name', () => {
    const outcome = ask(SAMPLES.newer, { speedup: ['MULTIPLY_CHUNKS=2'], scenario: ['half-execution'] });
    const key = 'MULTIPLY_CHUNKS=2';
    const ofWorkflow = (workflow: string) =>
      outcome.result.workflows.filter((own) => own.workflow === workflow && own.scenario === key);
    expect(ofWorkflow('gemm').every(({ changeFraction }) => (changeFraction ?? 0) < -0.05)).toBe(true);
    expect(
      ofWorkflow('text_analysis').every(
        ({ changeFraction, outcome: word }) => changeFraction === 0 && word === 'equivalent',
      ),
    ).toBe(true);
    const together = ask(SAMPLES.newer, { scenario: [`half-execution,${key}`, 'half-execution'] });
    const quarter = find(together, `half-execution,${key}`, 'UniformPlanner').changeFraction as number;
    expect(quarter).toBeLessThan(find(together, 'half-execution', 'UniformPlanner').changeFraction as number);
    // Twice twice as quick is four times as quick.
    const change = (speedup: readonly string[]) => {
      const scenario = [`no-transfers,${speedup.join(',')}`];
      return ask(SAMPLES.newer, { scenario }).result.scenarios.map(({ changeFraction }) => changeFraction);
    };
    expect(change(['multiply_chunks=2', 'multiply_chunks=2'])).toEqual(change(['multiply_chunks=4']));
    expect(() => ask(SAMPLES.newer, { speedup: ['nothing=2'] })).toThrow("no replayable run has a function 'nothing'");
    expect(() => ask(SAMPLES.newer, { speedup: ['multiply_chunks=0'] })).toThrow('no FUNCTION=FACTOR');
    expect(() => ask(SAMPLES.newer, { speedup: ['all-warm'] })).toThrow('no FUNCTION=FACTOR');
    expect(() => ask(SAMPLES.newer, { scenario: ['all-wram'] })).toThrow("there is no scenario 'all-wram'");
  });

  it('holds all-warm against really warm runs', () => {
    const check = newer.result.proof.warmCheck;
    expect(check).toMatchObject({ blockCount: 6, warmRunCount: 9, coldRunCount: 36, intervalMethod: 'paired-t' });
    // Prototype with numpy and scipy, as in the reference: +5.22 % [−2.52, +13.57].
    expect(check?.differenceFraction).toBeCloseTo(0.0522, 4);
    expect(check?.ciLow).toBeCloseTo(-0.0252, 4);
    expect(check?.ciHigh).toBeCloseTo(0.1357, 4);
  });

  it('counts planned runs, and others when asked to', () => {
    const counted = (outcome: Outcome<WhatIfResult>) =>
      outcome.result.bounds.reduce((sum, { runCount }) => sum + runCount, 0);
    expect(counted(newer)).toBe(88);
    expect(newer.result.runs).toHaveLength(100);
    expect(counted(ask(SAMPLES.newer, { includeUnplanned: true, scenario: ['null'] }))).toBe(100);
  });

  it('leaves nothing of the answer to the order of the runs', () => {
    expect(ask([...SAMPLES.newer].reverse())).toEqual(newer);
  });
});

describe('bills of scenarios', () => {
  const prices = 'aws-lambda-x86';

  it('bills a replay without changes as the record', () => {
    const { result } = ask(SAMPLES.newer, { prices, scenario: ['null', 'all-warm', 'longest-path'] });
    const bill = createBiller(findPrices(prices) as never, SAMPLES.newer.map(listBillableUse));
    const own = SAMPLES.newer.filter(({ plan }) => plan?.plannerName === 'UniformPlanner-opt');
    const usd = own
      .map((run) => bill(listBillableUse(run)))
      .flatMap((each) => (typeof each === 'string' ? [] : [each.totalUsd]));
    const found = result.scenarios.find(
      ({ scenario, planner }) => scenario === 'null' && planner === 'UniformPlanner-opt',
    );
    expect(found?.bill?.runCount).toBe(own.length);
    near(found?.bill?.meanUsd ?? null, usd.reduce((sum, each) => sum + each, 0) / usd.length);
    expect(found?.bill?.changeFraction).toBeCloseTo(0, 9);
    expect(result.scenarios.find(({ scenario }) => scenario === 'longest-path')?.bill).toBeNull();
    expect(result.scenarios.find(({ scenario }) => scenario === 'all-warm')?.bill?.changeFraction).toBeLessThan(0);
  });

  it.each([0, 1e308])('has no change by a price of %d, which leaves no ratios, and says so', (usdPerGbSecond) => {
    const table = { ...findPrices(prices), usdPerGbSecond, usdPerMillionRequests: 0 };
    const options = {
      ...parseWhatIf({ arguments: [], options: { scenario: ['all-warm'] } }),
      prices: { table, isDefault: false },
    };
    const { result, warnings } = analyzeWhatIf(
      SAMPLES.newer.map((run) => extractWhatIf(run, describeRun(run), options as never)),
      options as never,
    );
    expect(result.scenarios.map(({ bill }) => bill)).toEqual([null, null, null, null]);
    expect(result.scenarios.every(({ changeFraction }) => changeFraction !== null)).toBe(true);
    expect(warnings.map(({ code }) => code)).toContain('zero-bills');
  });

  it('has none where none is asked for', () => {
    const { result } = ask(SAMPLES.newer);
    expect(result.prices).toBeNull();
    expect(result.scenarios.every(({ bill }) => bill === null)).toBe(true);
  });
});

describe('one run', () => {
  const [, , third] = SAMPLES.newer as [WholeRun, WholeRun, WholeRun];

  it('is shown before and after', () => {
    const outcome = ask(SAMPLES.newer, { run: third.runId });
    const { gantt, runs, scenarios } = outcome.result;
    expect(runs.map(({ runId }) => runId)).toEqual([third.runId]);
    expect(gantt?.scenario).toBe('all-warm');
    expect(gantt?.recorded.makespanMs).toBeCloseTo(runs[0]?.makespanMs as number, 3);
    expect(gantt?.replayed.makespanMs).toBe(runs[0]?.replayed['all-warm']);
    const taskCount = (side: 'recorded' | 'replayed') =>
      gantt?.[side].workers.reduce((sum, { tasks }) => sum + tasks.length, 0);
    expect([taskCount('recorded'), taskCount('replayed')]).toEqual([third.tasks.length, third.tasks.length]);
    expect(scenarios.every(({ runCount, ciLow }) => runCount === 1 && ciLow === null)).toBe(true);
    expect(viewWhatIf(outcome).charts.map(({ kind }) => kind)).toEqual(['gantt', 'changes']);
    // Medians are those of all runs, not of this one.
    expect(runs[0]?.replayed).toEqual(
      ask(SAMPLES.newer).result.runs.find(({ runId }) => runId === third.runId)?.replayed,
    );
  });

  it('is refused with the reason where it cannot be replayed', () => {
    const wukong = SAMPLES.older.find(({ plan }) => plan?.plannerName === 'WUKONGPlanner') as WholeRun;
    expect(() => ask(SAMPLES.older, { run: wukong.runId })).toThrow(
      `Run ${wukong.runId} cannot be replayed: it is one whose invocations are not recorded.`,
    );
    expect(() => ask(SAMPLES.older, { run: 'nothing' })).toThrow("No run has an id that begins with 'nothing'.");
  });
});

describe('gates', () => {
  it('are set on every scenario, under a name that needs no quotes', () => {
    const { result } = ask(SAMPLES.newer, { scenario: ['null', 'all-warm,no-transfers'] });
    const quantities = gateQuantities(result);
    expect([...new Set(quantities.map(({ name }) => name))]).toEqual(['null', 'all-warm-no-transfers']);
    // A change that is certain to be none.
    expect(quantities.filter(({ name }) => name === 'null')).toMatchObject([
      { low: 0, high: 0, isHint: false },
      { low: 0, high: 0 },
      { low: 0, high: 0 },
      { low: 0, high: 0 },
    ]);
    const found = find(
      ask(SAMPLES.newer, { scenario: ['all-warm,no-transfers'] }),
      'all-warm,no-transfers',
      'UniformPlanner',
    );
    expect(quantities.find(({ name, of }) => name !== 'null' && of === 'uniform')).toMatchObject({
      low: found.ciLow,
      high: found.ciHigh,
    });
  });

  it('are hints where the sign test has too few runs', () => {
    const few = SAMPLES.newer.filter(
      ({ plan, workflow }) => plan?.plannerName === 'UniformPlanner' && workflow === 'image_transformer',
    );
    const outcome = ask(few.slice(0, 5), { scenario: ['half-execution'] });
    expect(find(outcome, 'half-execution', 'UniformPlanner')).toMatchObject({ outcome: 'hint', pValue: 0.0625 });
    expect(gateQuantities(outcome.result)[0]?.isHint).toBe(true);
  });
});

describe('what replays prove of themselves', () => {
  const options = parseWhatIf({ arguments: [], options: {} });
  const facts = SAMPLES.newer.map((run) => extractWhatIf(run, describeRun(run), options));
  const replayable = facts.findIndex(({ network }) => typeof network !== 'string');

  /** The facts with the recorded makespan of one run a share longer than what its parts add up to. */
  const stretch = (share: number) =>
    facts.map((fact, i) =>
      i === replayable && typeof fact.network !== 'string'
        ? { ...fact, network: { ...fact.network, makespanMs: fact.network.makespanMs * (1 + share) } }
        : fact,
    );

  it.each([
    [1e-3, 99],
    [2e-6, 99],
    [5e-7, 100],
  ])('counts a run that is %s off as one of %i that are exact', (share, exactCount) => {
    const { proof } = analyzeWhatIf(stretch(share), options).result;
    expect(proof.exactCount).toBe(exactCount);
    expect(proof.worstErrorFraction).toBeGreaterThan(share * 0.8);
    expect(proof.worstErrorFraction).toBeLessThan(share * 1.2);
  });

  it('makes no worker warm where no warm start is known', () => {
    const { result } = analyzeWhatIf(
      facts.map((fact) => ({ ...fact, warmStarts: [] })),
      options,
    );
    expect(result.scenarios.filter(({ scenario, runCount }) => scenario === 'all-warm' && runCount > 0)).toEqual([]);
    expect(result.scenarios.some(({ scenario, runCount }) => scenario === 'no-startup' && runCount > 0)).toBe(true);
  });

  it('leaves out the fetch of the DAG where none is recorded', () => {
    const { result } = analyzeWhatIf(
      facts.map((fact) =>
        typeof fact.network === 'string' ? fact : { ...fact, network: { ...fact.network, dagFetchMs: null } },
      ),
      options,
    );
    expect(result.scenarios.filter(({ scenario, runCount }) => scenario === 'no-dag-fetch' && runCount > 0)).toEqual(
      [],
    );
  });
});
