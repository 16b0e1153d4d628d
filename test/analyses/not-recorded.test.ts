import { describe, expect, test } from 'vitest';
import { partsRead } from '../../src/analyses/analysis.ts';
import { ANALYSES } from '../../src/analyses/list.ts';
import { UserError } from '../../src/errors.ts';
import { createRun, type RunFields } from '../../src/model/create-run.ts';
import type { Run } from '../../src/model/run.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { keepParts } from '../../src/model/run-parts.ts';
import { expectEqual, expectStrictlyEqual } from '../expect-equal.ts';
import { sampleRuns } from '../sample-records.ts';
import { LACKING } from './examples.ts';

/** Runs of an engine that records run, task, start and end only, and the labels of two planners by way of the source. */
const bareRun = (i: number, more: Partial<RunFields> = {}): Run =>
  createRun({
    runId: `bare-${i}`,
    workflow: 'w',
    origin: { uri: 'table', line: i + 1 },
    sourceLabel: i % 2 === 0 ? 'old' : 'new',
    tasks: ['a', 'b', 'c'].map((nodeId, place) => ({
      nodeId,
      startedAtMs: 1e12 + i * 60_000 + place * 1000,
      executionMs: 500 + ((i * 37) % 11),
    })),
    ...more,
  });
const RUNS = Array.from({ length: 12 }, (_, i) => bareRun(i));
const WHOLE = sampleRuns();

/** A campaign is of planners, and of nothing else. */
const nameItsPlanner = (run: Run): Run => ({
  ...run,
  tasks: run.tasks.map((task) => ({ ...task, plannerName: run.sourceLabel })),
});

type Asked = readonly [arguments_: readonly string[], options: Readonly<Record<string, string | boolean | string[]>>];

/** What is asked with arguments or options; the others are asked without. */
const ASKED: Readonly<Record<string, Asked>> = {
  runs: [[], { list: true }],
  run: [['bare-3'], { plan: true }],
  compare: [['source=old', 'source=new'], { metric: ['all'] }],
  preload: [[], { planner: 'uniform-opt' }],
  rank: [[], { by: 'source' }],
  claim: [['source=old vs source=new: makespan +4 %'], {}],
  workers: [[], { plan: true }],
  'plan-campaign': [[], { metric: 'execution-time' }],
};

async function ask(name: string, runs: readonly Run[]) {
  const definition = ANALYSES.find((candidate) => candidate.name === name);
  const [arguments_, given] = ASKED[name] ?? [[], {}];
  if (!definition) throw new Error(`no analysis ${name}`);
  const analysis = await definition.load();
  const options = analysis.parseOptions({ arguments: arguments_, options: given });
  const facts = runs.map((run) => {
    const kept = keepParts(run, new Set(partsRead(analysis, options)));
    return analysis.extract(kept, describeRun(kept), options);
  });
  expectStrictlyEqual(JSON.parse(JSON.stringify(facts)), facts);
  const outcome = analysis.analyze(facts, options, 1);
  return { outcome, view: analysis.view(outcome, options) };
}

test('every analysis is asked', () => {
  expect(Object.keys(LACKING).sort()).toEqual(ANALYSES.map(({ name }) => name).sort());
});

describe.each(ANALYSES.map(({ name }) => ({ name })))(
  'wfa $name, of runs with tasks, starts and ends only',
  ({ name }) => {
    test('answers, or names what is not recorded', async () => {
      const named = LACKING[name];
      if (named === null) {
        const { outcome } = await ask(name, name === 'plan-campaign' ? RUNS.map(nameItsPlanner) : RUNS);
        expectEqual(JSON.parse(JSON.stringify(outcome)), outcome);
        return;
      }
      const error = await ask(name, RUNS).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UserError);
      expect(error).toMatchObject({ code: 'not-recorded', message: expect.stringContaining(named as string) });
    });

    test('leaves them out, with a reason, beside runs that record everything', async () => {
      if (LACKING[name] === null) return;
      const [alone, mixed] = [await ask(name, WHOLE), await ask(name, [...WHOLE, ...RUNS])];
      expectEqual(mixed.outcome.result, alone.outcome.result);
      const leftOut = mixed.outcome.ledger.slice(0, mixed.outcome.ledger.length - alone.outcome.ledger.length);
      expect(leftOut.map(({ reason, scope, count }) => ({ reason, scope, count }))).toEqual([
        { reason: expect.stringMatching(/-not-recorded$/), scope: 'run', count: RUNS.length },
      ]);
    });
  },
);

test('wfa compare shows what is recorded, and a reason for what is not', async () => {
  const { outcome } = await ask('compare', RUNS);
  const reasons = new Set(outcome.ledger.map(({ reason }) => reason));
  for (const reason of ['submission-not-recorded', 'uploads-not-recorded', 'startups-not-recorded']) {
    expect(reasons).toContain(reason);
  }
  expect(outcome.ledger.filter(({ metric }) => metric === 'execution-time')).toEqual([]);
});

test('wfa run shows no 0 for what is not recorded', async () => {
  const { outcome } = await ask('run', RUNS);
  const result = outcome.result as {
    readonly workers: readonly { readonly memoryMb: unknown }[];
    readonly tasks: readonly { readonly recorded: Readonly<Record<string, unknown>> }[];
    readonly criticalPath: unknown;
  };
  expect(result.workers.map(({ memoryMb }) => memoryMb)).toEqual([null]);
  expect(result.criticalPath).toEqual({ missing: 'edges-not-recorded' });
  for (const { recorded } of result.tasks) {
    expect(recorded).toMatchObject({ uploadMs: null, inputBytes: null, downloadedBytes: null, outputBytes: null });
  }
});
