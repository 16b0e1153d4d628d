import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { looksLikeWorkflows, readWorkflows } from '../../src/engines/argo/index.ts';
import { parseQuantity } from '../../src/engines/argo/quantity.ts';
import { looksLikeExperiment, readExperiment } from '../../src/engines/sebs/index.ts';
import { looksLikeHistory, readHistory } from '../../src/engines/stepfunctions/index.ts';
import { looksLikeInstance, readInstance } from '../../src/engines/wfformat/index.ts';
import { parseYaml } from '../../src/formats/yaml-documents.ts';
import type { ReadRun } from '../../src/model/engine-records.ts';
import { findFrontier } from '../../src/model/frontier.ts';
import { type Issue, wordIssue } from '../../src/model/issue.ts';
import { METRICS, measureRun } from '../../src/model/metrics.ts';
import { NOT_RECORDED, orNone } from '../../src/model/recorded.ts';
import type { Run } from '../../src/model/run.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { CAMPAIGNS } from '../campaigns.ts';
import { makeExperiment, makeHistory, makeInstance, makeWorkflow } from './generate-documents.ts';

const ORIGIN = { uri: 'folder/own.json', line: 1 };

function runsOf(reads: readonly ReadRun[]): Run[] {
  return reads.flatMap((read) => ('run' in read ? read.run : []));
}
const runOf = (reads: readonly ReadRun[]): Run => runsOf(reads)[0] as Run;
const issuesOf = (reads: readonly ReadRun[]): Issue[] => reads.flatMap((read) => ('issue' in read ? read.issue : []));
const wordsOf = (reads: readonly ReadRun[]): string[] => issuesOf(reads).map(wordIssue);
const measure = (run: Run) => measureRun(run, METRICS).measurements;
const upstreamOf = (run: Run) =>
  Object.fromEntries(run.nodes.map(({ id, upstream }) => [id, [...orNone(upstream)].sort()]));

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a list of tests.
describe('a history of AWS Step Functions', () => {
  const read = (history: unknown) => readHistory(history, ORIGIN, 'own');

  /** Worked out by Python 3 from the events alone: last attempts by `previousEventId` up to TaskStateEntered. */
  test('has the makespan, the execution time and the start-ups of its last attempts', () => {
    const run = runOf(read(makeHistory({ seed: 1 })));
    expect(run.workflow).toBe('images');
    expect(measure(run)).toMatchObject({ makespan: 5606, 'execution-time': 5089, 'startup-time': 266, workers: 6 });
    expect(run.remarks).toEqual(['earlier-attempts-left-out']);
  });

  test('is the same in seconds since 1970', () => {
    const [iso, epoch] = [makeHistory({ seed: 2 }), makeHistory({ seed: 2, epoch: true })].map((own) =>
      runOf(read(own)),
    );
    expect(epoch).toEqual(iso);
  });

  test('says nothing of what it does not hold', () => {
    const run = runOf(read(makeHistory({ seed: 1 })));
    expect(measure(run)).toMatchObject({
      'cold-starts': 'startup-states-not-recorded',
      'bytes-uploaded': 'uploads-not-recorded',
      'input-wait': 'input-wait-not-recorded',
      'resource-usage': 'resource-usage-not-recorded',
    });
  });

  test('links tasks through Map, Choice, Wait and Parallel', () => {
    const resized = ['Resize[0]/ResizeOne', 'Resize[1]/ResizeOne', 'Resize[2]/ResizeOne'];
    expect(upstreamOf(runOf(read(makeHistory({ seed: 1 }))))).toEqual({
      List: [],
      ...Object.fromEntries(resized.map((id) => [id, ['List']])),
      Index: resized,
      Notify: resized,
    });
  });

  test('that failed breaks where its task failed', () => {
    const run = runOf(read(makeHistory({ seed: 5, outcome: 'failed' })));
    expect(measure(run).makespan).toBe('sink-without-metrics');
    expect(measure(run)['execution-time']).toBe('tasks-without-metrics');
    expect(findFrontier(run)).toEqual([{ kind: 'task', functionName: 'Notify', nodeIds: ['Notify'] }]);
    expect(describeRun(run).traits.sinkRecorded).toBe(false);
    expect(run.nodes.filter(({ hasFailed }) => hasFailed).map(({ id }) => id)).toEqual(['Notify']);
  });

  test('that is still running says so', () => {
    const run = runOf(read(makeHistory({ seed: 6, outcome: 'running' })));
    expect(run.remarks).toContain('still-running');
    expect(describeRun(run).traits.sinkRecorded).toBe(false);
    expect(run.nodes.some(({ hasFailed }) => hasFailed)).toBe(false);
  });

  test('that was aborted between tasks did not come to its end', () => {
    const { events } = makeHistory({ seed: 1 });
    const waits = events.findIndex(({ type }) => type === 'WaitStateEntered');
    const kept = events.slice(0, waits + 1);
    const run = runOf(
      read({ events: [...kept, { ...kept.at(-1), id: 900, previousEventId: 0, type: 'ExecutionAborted' }] }),
    );
    expect(describeRun(run).traits.sinkRecorded).toBe(false);
    expect(findFrontier(run).map(({ functionName }) => functionName)).toEqual(['Settle']);
  });

  test('that was listed backwards is the same', () => {
    const { events } = makeHistory({ seed: 3 });
    expect(runOf(read({ events: [...events].reverse() }))).toEqual(runOf(read({ events })));
  });

  test('that is one page of several is a run with an issue', () => {
    const reads = read({ ...makeHistory({ seed: 1, outcome: 'running' }), nextToken: 'x' });
    expect(runsOf(reads)).toHaveLength(1);
    expect(wordsOf(reads)).toEqual([expect.stringContaining('nextToken: expected nothing after these events')]);
  });

  test('whose failed task was caught counts it, with a remark', () => {
    const { events } = makeHistory({ seed: 1 });
    const caught = events.map((event) =>
      event['id'] === 5
        ? { ...event, type: 'LambdaFunctionFailed', lambdaFunctionSucceededEventDetails: undefined }
        : event,
    );
    const run = runOf(read({ events: caught }));
    expect(run.remarks).toEqual(['earlier-attempts-left-out', 'failures-handled']);
    expect(measure(run)['execution-time']).toBe(5089);
  });

  test.each([
    ['no events', { events: [] }, false],
    ['a later page', { events: makeHistory({ seed: 1 }).events.slice(4) }, 'ExecutionStarted'],
    ['an event without an instant', damage((event) => ({ ...event, timestamp: undefined })), 'events[3].timestamp'],
    ['an event with an impossible instant', damage((event) => ({ ...event, timestamp: 'noon' })), 'ISO 8601'],
    ['an event without a number', damage((event) => ({ ...event, id: null })), 'events[3].id'],
    ['an event that is no object', damage(() => 7), 'an event of the history'],
  ])('with %s gets a sentence', (_, history, words) => {
    expect(looksLikeHistory(history)).toBe(words !== false);
    if (words !== false) expect(wordsOf(read(history))[0]).toContain(words);
  });

  function damage(change: (event: object) => unknown) {
    return { events: makeHistory({ seed: 1 }).events.map((event, i) => (i === 3 ? change(event) : event)) };
  }
});

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a list of tests.
describe('a workflow of Argo', () => {
  const read = (workflow: unknown) => readWorkflows(workflow, ORIGIN, 'own');

  /** Worked out by Python 3 from the nodes of type Pod that succeeded, and from startedAt and finishedAt of the status. */
  test('has the makespan and the execution time of its pods', () => {
    const run = runOf(read(makeWorkflow({ seed: 1 })));
    expect(measure(run)).toMatchObject({ makespan: 21_000, 'execution-time': 35_000 });
    expect(run.tasks).toHaveLength(5);
    expect(run.workflow).toBe('thumbnails');
    expect(run.tasks.map(({ memoryMb }) => memoryMb)).toEqual([512, 512, 512, 512, 512]);
    expect(run.remarks).toEqual(['earlier-attempts-left-out']);
  });

  test('links pods through step groups and attempts, and passes over what was skipped', () => {
    const resized = ['[1].resize(0:img)', '[1].resize(1:img)', '[1].resize(2:img)'];
    expect(upstreamOf(runOf(read(makeWorkflow({ seed: 1 }))))).toEqual({
      '[0].list': [],
      ...Object.fromEntries(resized.map((id) => [id, ['[0].list']])),
      '[2].join': resized,
    });
  });

  test('whose nodes are compressed is the same', () => {
    const { nodes } = makeWorkflow({ seed: 1 }).status;
    const compressedNodes = gzipSync(JSON.stringify(nodes)).toString('base64');
    const [packed, plain] = [withStatus({ nodes: undefined, compressedNodes }), makeWorkflow({ seed: 1 })];
    expect(runOf(read(packed))).toEqual(runOf(read(plain)));
  });

  test('that failed breaks at the pod that failed', () => {
    const run = runOf(read(makeWorkflow({ seed: 3, failed: true })));
    expect(findFrontier(run).map(({ functionName }) => functionName)).toEqual(['join']);
    expect(measure(run).makespan).toBe('sink-without-metrics');
  });

  test('is told from other objects of Kubernetes, alone and in lists', () => {
    const workflow = makeWorkflow({ seed: 1 });
    expect(looksLikeWorkflows({ ...workflow, kind: 'Pod', apiVersion: 'v1' })).toBe(false);
    expect(looksLikeWorkflows({ ...workflow, kind: 'WorkflowTemplate' })).toBe(false);
    expect(runsOf(read({ kind: 'WorkflowList', items: [workflow, makeWorkflow({ seed: 2 })] }))).toHaveLength(2);
  });

  test('whose exit handler ran is still failed, and waits for all', () => {
    const workflow = makeWorkflow({ seed: 3, failed: true });
    const exit = {
      ...Object.values(workflow.status.nodes).find(({ type }) => type === 'Pod'),
      id: 'exit',
      name: `${workflow.metadata.name}.onExit`,
      children: [],
    };
    const run = runOf(read({ ...workflow, status: { ...workflow.status, nodes: { ...workflow.status.nodes, exit } } }));
    expect(upstreamOf(run)['onExit']).toEqual(['[2].join']);
    expect(run.nodes.filter(({ hasFailed }) => hasFailed).map(({ id }) => id)).toEqual(['[2].join']);
  });

  test.each([
    ['no status', { ...makeWorkflow({ seed: 1 }), status: undefined }, 'the status of a workflow that has run'],
    ['damaged nodes', withStatus({ nodes: undefined, compressedNodes: 'H4s=' }), 'unpacked; argo get NAME'],
    ['nodes elsewhere', withStatus({ nodes: undefined, offloadNodeStatusVersion: 'fnv:1' }), 'in a database: argo get'],
    ['a list of an archive', withStatus({ nodes: undefined }), 'lists of an archive leave out: argo get NAME'],
    ['no nodes', withStatus({ nodes: undefined }), 'status.nodes'],
    [
      'an end before the beginning',
      withPods({ finishedAt: '2020-01-01T00:00:00Z', phase: 'Failed' }),
      'not before startedAt',
    ],
    ['no end', withPods({ finishedAt: null }), 'when the node ended'],
  ])('with %s gets a sentence', (_, workflow, words) => {
    expect(wordsOf(read(workflow))[0]).toContain(words);
  });

  function withStatus(more: object) {
    const workflow = makeWorkflow({ seed: 1 });
    return { ...workflow, status: { ...workflow.status, ...more } };
  }
  function withPods(more: object) {
    const nodes = Object.entries(makeWorkflow({ seed: 1 }).status.nodes);
    return withStatus({
      nodes: Object.fromEntries(nodes.map(([id, node]) => [id, node['type'] === 'Pod' ? { ...node, ...more } : node])),
    });
  }

  test.each([
    ['512Mi', 512],
    ['1Gi', 1024],
    ['1048576', 1],
    ['1e9', 1e9 / 2 ** 20],
    ['500M', 500e6 / 2 ** 20],
    ['much', null],
    [undefined, null],
  ])('reads %s as %s MB', (given, memoryMb) => expect(parseQuantity(given)).toBe(memoryMb));

  test.skipIf(CAMPAIGNS === '')('real ones, whose folder is not part of the project: retries used up', () => {
    const [dag, steps] = ['dag-exhausted-retries-xfail', 'steps-failed-retries'].map((name) => {
      const [record] = parseYaml(readFileSync(`${CAMPAIGNS}/${name}.yaml`, 'utf8'), name);
      return runOf(read((record as { readonly json: unknown }).json));
    }) as [Run, Run];
    expect(upstreamOf(dag)).toEqual({ success1: [], 'sub-dag1.fail': ['success1'] });
    expect(dag.tasks.map(({ nodeId, executionMs }) => [nodeId, executionMs])).toEqual([['success1', 3000]]);
    expect(findFrontier(dag).map(({ functionName }) => functionName)).toEqual(['fail']);
    expect(
      findFrontier(steps)
        .map(({ functionName }) => functionName)
        .sort(),
    ).toEqual(['delayed-fail', 'fail']);
  });
});

describe('YAML', () => {
  test('holds any number of documents, each with its line', () => {
    const records = parseYaml('kind: A\n---\n# nothing\n---\nkind: B\n', 'x');
    expect(records).toEqual([
      { line: 1, json: { kind: 'A' } },
      { line: 5, json: { kind: 'B' } },
    ]);
  });

  test('that is broken, or a bomb of aliases, gets a sentence', () => {
    const layers = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(9)}]`);
    const bomb = ['l0: &l0 [x]', ...layers].join('\n');
    for (const text of [bomb, 'kind: [1', 'kind: "x']) {
      expect(parseYaml(text, 'x')).toEqual([{ issue: expect.objectContaining({ code: 'broken-yaml' }) }]);
    }
  });
});

describe('an experiment of SeBS', () => {
  const read = (experiment: unknown) => readExperiment(experiment, ORIGIN, 'own');

  /** Worked out by Python 3 from `output.begin`, `output.end` and `times.client_begin`, which is at UTC+2 here. */
  test('is a run for each invocation, with one task', () => {
    const runs = runsOf(read(makeExperiment({ seed: 1 })));
    const ended = runs.filter(({ tasks }) => tasks.length > 0);
    expect([runs.length, ended.length]).toEqual([12, 11]);
    expect(ended.reduce((sum, run) => sum + (run.tasks[0]?.executionMs ?? 0), 0)).toBeCloseTo(10_357.949, 1);
    expect(ended.filter((run) => orNone(run.workerStartups)[0]?.state === 'cold')).toHaveLength(2);
    const first = measure(runs[0] as Run);
    expect(first['startup-time']).toBeCloseTo(425.415, 1);
    expect(first.makespan).toBeCloseTo(1626.237, 1);
    expect(runs.map((run) => describeRun(run).traits.memory)).toEqual([
      ...Array(6).fill('256'),
      ...Array(5).fill('1024'),
      'unknown',
    ]);
  });

  test('has failures without metrics, and ids of their own', () => {
    const failed = runsOf(read(makeExperiment({ seed: 1 }))).filter(({ tasks }) => tasks.length === 0);
    expect(failed.map(({ runId }) => runId)).toEqual([expect.stringMatching(/^failed-5-[0-9a-f]{8}$/)]);
    expect(failed.map((run) => describeRun(run).traits.sinkRecorded)).toEqual([false]);
  });

  test('has no memory where the platform does not bill it', () => {
    const runs = runsOf(read(makeExperiment({ seed: 2, billed: false })));
    expect(runs.every(({ tasks }) => tasks.every(({ memoryMb }) => memoryMb === NOT_RECORDED))).toBe(true);
  });

  test.each([
    ['no invocations', { _invocations: {} }, 'the invocations of at least one function'],
    ['an invocation without begin', damage({ output: {} }), 'output.begin'],
    ['an end before the beginning', damage({ output: { begin: '20', end: '10' } }), 'not before begin'],
    ['an invocation that is no object', { _invocations: { f: { r: 7 } } }, 'an invocation'],
  ])('with %s gets a sentence', (_, experiment, words) => {
    expect(looksLikeExperiment(experiment)).toBe(true);
    expect(wordsOf(read(experiment))[0]).toContain(words);
  });

  function damage(more: object) {
    return { _invocations: { f: { r: { request_id: 'r', times: {}, billing: {}, stats: {}, ...more } } } };
  }
});

describe('an instance in WfFormat', () => {
  const read = (instance: unknown) => readInstance(instance, ORIGIN, 'own');

  test('1.5 has durations and the makespan that it states, but no instants', () => {
    const run = runOf(read(makeInstance({ seed: 1 })));
    expect(measure(run)).toMatchObject({ makespan: 27_100, 'execution-time': 31_800 });
    expect(run.lacks.has('instants')).toBe(true);
    expect(describeRun(run)).toMatchObject({ finishedAtMs: null, traits: { sinkRecorded: true, complete: true } });
  });

  test('1.6 has instants too', () => {
    const run = runOf(read(makeInstance({ seed: 5, version: '1.6' })));
    expect(run.lacks.has('instants')).toBe(false);
    expect(measure(run).makespan).toBeCloseTo(19_800, 6);
    expect(measure(run)['execution-time']).toBeCloseTo(26_700, 6);
  });

  test('does not take resident memory for a worker’s', () => {
    expect(runOf(read(makeInstance({ seed: 1 }))).lacks.has('memory')).toBe(true);
  });

  test.each([
    ['another version', { ...makeInstance({ seed: 1 }), schemaVersion: '2.0' }, 'wfcommons-migrate-instance.py'],
    ['no execution', { schemaVersion: '1.5', name: 'x', workflow: { specification: {} } }, 'has not run'],
    ['no specification', { schemaVersion: '1.5', name: 'x', workflow: { execution: {} } }, 'workflow.specification'],
    ['a parent that is none of its tasks', damage({ parents: ['stranger'] }), 'ids of tasks of the workflow'],
    ['a task without parents', damage({ parents: undefined }), 'parents'],
  ])('with %s gets a sentence', (_, instance, words) => {
    expect(looksLikeInstance(instance)).toBe(true);
    expect(wordsOf(read(instance))[0]).toContain(words);
  });

  function damage(more: object) {
    const instance = makeInstance({ seed: 1 });
    const { specification, execution } = instance.workflow;
    const tasks = specification.tasks.map((task, i) => (i === 1 ? { ...task, ...more } : task));
    return { ...instance, workflow: { execution, specification: { ...specification, tasks } } };
  }
});
