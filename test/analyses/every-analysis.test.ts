import { describe, expect, test } from 'vitest';
import { type AnyAnalysis, type Outcome, partsRead } from '../../src/analyses/analysis.ts';
import type { CompareFacts } from '../../src/analyses/compare/extract.ts';
import type { CompareResult } from '../../src/analyses/compare/result.ts';
import { ANALYSES } from '../../src/analyses/list.ts';
import { UserError } from '../../src/errors.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { keepParts } from '../../src/model/run-parts.ts';
import { renderLatex } from '../../src/render/latex.ts';
import type { RenderSettings, Report } from '../../src/render/report.ts';
import type { View } from '../../src/view/view.ts';
import { deepFreeze } from '../deep-freeze.ts';
import { expectEqual, expectStrictlyEqual } from '../expect-equal.ts';
import { type WholeRun as Run, sampleRuns } from '../sample-records.ts';
import { EXAMPLES, type Example } from './examples.ts';

/** They take a third of the time of all tests, and say only that nothing breaks: for when an analysis is changed. */
const LARGE = process.env['WFA_LARGE'] === '1';
const MANY = 200_000;
const RUNS = sampleRuns();

/** A path to something that JSON would not give back, or `null`. */
function findUnfaithful(node: unknown, path = 'result'): string | null {
  if (typeof node === 'number') return Number.isFinite(node) ? null : `${path} is ${node}`;
  if (typeof node === 'string' || typeof node === 'boolean' || node === null) return null;
  if (typeof node !== 'object') return `${path} is ${typeof node}`;
  if (!Array.isArray(node) && Object.getPrototypeOf(node) !== Object.prototype) return `${path} is no plain object`;
  for (const [key, part] of Object.entries(node)) {
    const found = findUnfaithful(part, `${path}.${key}`);
    if (found) return found;
  }
  return null;
}

function expectUnchanged(facts: readonly unknown[]): void {
  expectStrictlyEqual(structuredClone(facts), facts);
  expectStrictlyEqual(JSON.parse(JSON.stringify(facts)), facts);
}

const ROUND_MS = 7_200_000;

/** A copy of the run that was submitted later, under another id. */
const repeatRun = (run: Run, round: number): Run =>
  round === 0
    ? run
    : {
        ...run,
        runId: `${run.runId}-${round}`,
        submittedAtMs: run.submittedAtMs === null ? null : run.submittedAtMs + round * ROUND_MS,
        tasks: run.tasks.map((task) => ({ ...task, startedAtMs: task.startedAtMs + round * ROUND_MS })),
        workerStartups: run.workerStartups.map((startup) => ({
          ...startup,
          requestedAtMs: startup.requestedAtMs + round * ROUND_MS,
          readyAtMs: startup.readyAtMs === null ? null : startup.readyAtMs + round * ROUND_MS,
        })),
      };

class Setup {
  readonly analysis: AnyAnalysis;
  readonly options: unknown;

  constructor(analysis: AnyAnalysis, example: Example) {
    this.analysis = analysis;
    this.options = analysis.parseOptions(example);
  }

  /** As when reading: what the analysis does not ask for is not there. */
  extract = (run: Run): unknown => {
    const kept = keepParts(run, new Set(partsRead(this.analysis, this.options)));
    return this.analysis.extract(kept, describeRun(kept), this.options);
  };
  analyze = (facts: readonly unknown[]): Outcome => this.analysis.analyze(facts, this.options, 1);
  view = (outcome: Outcome): View => this.analysis.view(outcome, this.options);
}

const REPORT = { warnings: [], ledger: [], filters: [], filteredRunCount: 0, gates: [] } as unknown as Report;
const LATEX = { rows: { top: null, all: false, sort: null }, quiet: false } as unknown as RenderSettings;

/** Comments are not set. */
function expectSettable(latex: string): void {
  const set = latex.replace(/^%.*\n/gm, '');
  expect(set).toContain('\\toprule');
  expect(set.match(/[^ -~\n]/u)?.[0]).toBeUndefined();
  expect(set.match(/(?<!\\)[%#^~]/)?.[0]).toBeUndefined();
}

test('every analysis of the list is asked something', () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual(ANALYSES.map(({ name }) => name).sort());
});

const cases = ANALYSES.flatMap((definition) =>
  (EXAMPLES[definition.name] ?? []).map((example) => ({
    definition,
    example,
    title: [definition.name, ...example.arguments, JSON.stringify(example.options)].join(' '),
  })),
);

describe.each(cases)('$title', ({ definition, example }) => {
  const setup = definition.load().then((analysis) => new Setup(analysis, example));
  const sampleFacts = setup.then(({ extract }) => deepFreeze(RUNS.map(extract)));
  /** The answer over all runs, asked for by the first test that needs it. */
  let answer: Promise<Outcome> | undefined;
  const sampleOutcome = () => {
    answer ??= Promise.all([setup, sampleFacts]).then(([{ analyze }, facts]) => deepFreeze(analyze(facts)));
    return answer;
  };

  test('survives frozen runs, facts and outcome', async () => {
    const { view } = await setup;
    const outcome = await sampleOutcome();
    expect(() => view(outcome)).not.toThrow();
  });

  test('gives facts that go through another thread, the cache and JSON unchanged', async () => {
    expectUnchanged(await sampleFacts);
  });

  test('gives the same bytes for the same facts', async () => {
    const { analyze } = await setup;
    expect(JSON.stringify(analyze(structuredClone(await sampleFacts)))).toBe(JSON.stringify(await sampleOutcome()));
  });

  test('does not mind the order in which runs are read', async () => {
    const { analyze } = await setup;
    const facts = await sampleFacts;
    const turned = [...facts.slice(70), ...facts.slice(0, 70).reverse()];
    expectEqual(analyze(turned).result, (await sampleOutcome()).result);
  });

  test('survives JSON', async () => {
    const outcome = await sampleOutcome();
    expect(findUnfaithful(outcome)).toBeNull();
    expectEqual(JSON.parse(JSON.stringify(outcome)), outcome);
  });

  test('has a cell for every column, and a record key for every column', async () => {
    const { view } = await setup;
    const { tables, records, headlines } = view(await sampleOutcome());
    expect(headlines.length).toBeGreaterThan(0);
    expect(tables.length).toBeGreaterThan(0);
    for (const { columns, rows } of tables) {
      const keys = columns.map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      for (const row of rows) expect(Object.keys(row).sort()).toEqual([...keys].sort());
    }
    expect([...records.rows].length).toBeGreaterThan(0);
    for (const row of records.rows) expect(Object.keys(row)).toEqual(records.columns);
    expect(findUnfaithful(records)).toBeNull();
  });

  test('has tables that pdfLaTeX can set: no sign that its fonts lack, nothing that it would take for a command', async () => {
    const { view } = await setup;
    expectSettable((await renderLatex(REPORT, view(await sampleOutcome()), LATEX)) as string);
  });

  test.each([0, 1, 2, 3, 8])('%i runs are no bug', async (count) => {
    const { analyze, view } = await setup;
    const facts = await sampleFacts;
    for (let from = 0; from + count <= facts.length; from += Math.max(1, count) * 5) {
      try {
        const outcome = analyze(facts.slice(from, from + count));
        expect(findUnfaithful(outcome)).toBeNull();
        view(outcome);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    }
  });
});

describe.runIf(LARGE).each(cases)('200,000 facts of $title', ({ definition, example }) => {
  test('are analyzed and shown', { timeout: 120_000 }, async () => {
    const { extract, analyze, view } = new Setup(await definition.load(), example);
    const facts = Array.from({ length: example.many ?? MANY }, (_, i) =>
      extract(repeatRun(RUNS[i % RUNS.length] as Run, Math.floor(i / RUNS.length))),
    );
    expect(view(analyze(facts)).headlines.length).toBeGreaterThan(0);
  });
});

/** The geometric mean over blocks of candidate ÷ baseline, each block's cells by the mean of their logarithms. */
function ratioByHand(facts: readonly CompareFacts[], baseline: string, candidate: string): number {
  const logs = new Map<string, Map<string, number[]>>();
  for (const { run, measurements } of facts) {
    const { workflow, structure, sla, planner, planned } = run.traits;
    const { makespan } = measurements;
    if (!planned || typeof makespan !== 'number') continue;
    const block = [workflow, structure, sla].join('|');
    const cells = logs.get(block) ?? new Map<string, number[]>();
    cells.set(planner, [...(cells.get(planner) ?? []), Math.log(makespan)]);
    logs.set(block, cells);
  }
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  const changes = [...logs.values()].flatMap((cells) => {
    const [from, to] = [cells.get(baseline), cells.get(candidate)];
    return from && to ? [mean(to) - mean(from)] : [];
  });
  return Math.exp(mean(changes));
}

test('the ratio of compare is that of an independent computation, whatever the number of runs', async () => {
  const { compare } = await import('../../src/analyses/compare/stages.ts');
  const { extract, analyze } = new Setup(compare, { arguments: ['uniform', 'non-uniform'], options: {} });
  // Rounds that are not whole, so that cells have different numbers of runs.
  const facts = Array.from({ length: 2000 }, (_, i) =>
    extract(repeatRun(RUNS[i % RUNS.length] as Run, Math.floor(i / RUNS.length))),
  );
  const { comparisons } = analyze(facts).result as CompareResult;
  const makespan = comparisons.find(({ metric }) => metric === 'makespan');
  expect(makespan?.overall.ratio).toBeCloseTo(
    ratioByHand(facts as CompareFacts[], 'UniformPlanner', 'NonUniformPlanner'),
    9,
  );
});
