import { describe, expect, it } from 'vitest';
import { createRun } from '../../src/model/create-run.ts';
import {
  listReplayedSessions,
  longestExecutionMs,
  type ReplayChange,
  type ReplayNetwork,
  replayRun,
  traceReplay,
} from '../../src/model/replay.ts';
import type { Run } from '../../src/model/run.ts';
import { createRandom } from '../../src/stats/random.ts';
import { readSample, toRun, type WholeRun } from '../sample-records.ts';

/** The places of the tasks that one waits for. */
const upstreamOf = ({ tasks }: ReplayNetwork, place: number): readonly number[] =>
  tasks.upstream.slice(tasks.upstreamEnd[place - 1] ?? 0, tasks.upstreamEnd[place]);

const networkOf = (run: Run): ReplayNetwork => {
  const network = traceReplay(run);
  if (typeof network === 'string') throw new Error(network);
  return network;
};

const sample = (name: 'older' | 'newer') => readSample(name).map((record, i) => toRun(record, i + 1));
const networks = (name: 'older' | 'newer') =>
  sample(name).flatMap((run) => {
    const network = traceReplay(run);
    return typeof network === 'string' ? [] : [network];
  });

const near = (found: number, expected: number, tolerance = 1e-9) =>
  expect(Math.abs(found / expected - 1)).toBeLessThan(tolerance);

const HALF: ReplayChange = { executionMs: (ms) => ms / 2 };
const NO_TRANSFERS: ReplayChange = { inputWaitMs: () => 0, uploadMs: () => 0 };

describe('the replay of recorded runs', () => {
  it('gives the recorded makespan where nothing changes, of every run that can be replayed', () => {
    for (const [name, count] of [
      ['newer', 100],
      ['older', 41],
    ] as const) {
      expect(networks(name)).toHaveLength(count);
      for (const network of networks(name)) near(replayRun(network).makespanMs, network.makespanMs, 1e-6);
    }
  });

  // test/reference/whatif_reference.py, Python 3.11, on samples/newer.ndjson.gz and samples/older.ndjson.gz.
  it('agrees with an independent replay', () => {
    const sum = (name: 'older' | 'newer', replayed: (network: ReplayNetwork) => number) =>
      networks(name).reduce((total, network) => total + replayed(network), 0);
    const makespan = (change: ReplayChange) => (network: ReplayNetwork) => replayRun(network, change).makespanMs;
    near(sum('newer', makespan({})), 784733.4952359698);
    near(sum('newer', makespan({ startupMs: () => 0 })), 506277.75453072606);
    near(sum('newer', makespan(NO_TRANSFERS)), 758078.0365368198);
    near(sum('newer', makespan(HALF)), 615081.3136316956);
    near(
      sum('newer', makespan({ startupMs: (ms, _, { dagFetchMs }) => Math.max(0, ms - (dagFetchMs ?? 0)) })),
      776913.1467809847,
    );
    near(
      sum('newer', (network) => longestExecutionMs(network)),
      363340.8040200093,
    );
    near(sum('older', makespan({ startupMs: () => 0 })), 250155.87954460943);
    near(sum('older', makespan(NO_TRANSFERS)), 400073.3446957322);
    near(
      sum('older', (network) => longestExecutionMs(network)),
      152029.4528359966,
    );
  });

  it('bills a replay without changes as the record', () => {
    const [run] = sample('newer');
    const network = networkOf(run as WholeRun);
    const sessions = listReplayedSessions(network, replayRun(network));
    const startups = (run as WholeRun).workerStartups;
    expect(sessions?.map(([, , coldStartMs]) => coldStartMs !== null)).toEqual(
      startups.map(({ state }) => state === 'cold'),
    );
    for (const [i, session] of (sessions ?? []).entries()) {
      const { requestedAtMs, readyAtMs } = startups[i] as (typeof startups)[number];
      if (session[2] !== null) expect(session[2]).toBeCloseTo((readyAtMs as number) - requestedAtMs, 3);
    }
  });
});

/** A world in which what waits for what is known, told by a seed; `scale` changes its durations. */
interface Durations {
  readonly startup: number;
  readonly wait: number;
  readonly execution: number;
  readonly upload: number;
}

const SUBMITTED_AT_MS = 1_795_336_000_000;

/** Each task waits for some earlier ones, on a worker that is begun with it or by an earlier task. */
function simulate(seed: number, scale: Durations): { run: Run; makespanMs: number } {
  const random = createRandom(seed);
  const draw = (least: number, most: number) => Math.round((least + (most - least) * random()) * 256) / 256;
  const count = 12 + Math.floor(random() * 20);
  const [dependencyUpdateMs, invocationMs] = [4, 3];
  const outputs: number[] = [];
  const workers: { requestedMs: number; readyMs: number; first: number; state: 'cold' | 'warm' }[] = [];
  const tasks = Array.from({ length: count }, (_, i) => {
    const isLast = i === count - 1;
    const upstream = isLast
      ? outputs.map((__, above) => above)
      : outputs.flatMap((__, above) => (random() < 2 / (i + 1) ? [above] : []));
    const latest = (sinceMs: number) => upstream.reduce((ms, above) => Math.max(ms, outputs[above] as number), sinceMs);
    const begins = workers.length === 0 || upstream.length === 0 || random() < 0.4;
    const worker = begins ? workers.length : Math.floor(random() * workers.length);
    const [requestLag, startup, lag] = [draw(10, 80), draw(100, 3000), draw(1, 90)];
    if (begins) {
      const requestedMs = latest(0) + requestLag;
      const state = random() < 0.5 ? 'cold' : 'warm';
      workers.push({ requestedMs, readyMs: requestedMs + startup * scale.startup, first: i, state });
    }
    const startedMs = latest(workers[worker]?.readyMs as number) + lag;
    const [inputWaitMs, executionMs, uploadMs] = [
      draw(0, 200) * scale.wait,
      draw(5, 2000) * scale.execution,
      draw(0, 100) * scale.upload,
    ];
    outputs.push(startedMs + inputWaitMs + executionMs + uploadMs);
    return { worker, upstream, startedMs, inputWaitMs, executionMs, uploadMs };
  });
  const run = createRun({
    runId: 'r',
    workflow: 'w',
    origin: { uri: 'u', line: 1 },
    sourceLabel: 'u',
    submittedAtMs: SUBMITTED_AT_MS,
    sinkNodeId: String(count - 1),
    plan: null,
    nodes: tasks.map(({ upstream }, i) => ({
      id: String(i),
      functionName: `f${i % 3}`,
      upstream: upstream.map(String),
      downstream: [],
    })),
    tasks: tasks.map(({ worker, startedMs, inputWaitMs, executionMs, uploadMs }, i) => ({
      nodeId: String(i),
      workerId: `w${worker}`,
      memoryMb: 1024,
      startedAtMs: SUBMITTED_AT_MS + startedMs,
      inputWaitMs,
      executionMs,
      uploadMs,
      dependencyUpdateMs,
      invocationMs,
      plannerName: 'P',
    })),
    workerStartups: workers.map(({ requestedMs, readyMs, first, state }, i) => ({
      workerId: `w${i}`,
      memoryMb: 1024,
      initialTaskIds: [String(first)],
      requestedAtMs: SUBMITTED_AT_MS + requestedMs,
      readyAtMs: SUBMITTED_AT_MS + readyMs,
      state,
    })),
  });
  return { run, makespanMs: outputs.at(-1) as number };
}

const ONE: Durations = { startup: 1, wait: 1, execution: 1, upload: 1 };

describe('the replay of simulated runs', () => {
  const truths: readonly [string, Durations, ReplayChange][] = [
    ['nothing changed', ONE, {}],
    ['no start-up', { ...ONE, startup: 0 }, { startupMs: () => 0 }],
    ['no transfers', { ...ONE, wait: 0, upload: 0 }, NO_TRANSFERS],
    ['half the execution', { ...ONE, execution: 0.5 }, HALF],
    [
      'half of start-ups and execution',
      { ...ONE, startup: 0.5, execution: 0.5 },
      { ...HALF, startupMs: (ms) => ms / 2 },
    ],
    [
      'everything longer',
      { startup: 2, wait: 3, execution: 2, upload: 4 },
      {
        startupMs: (ms) => ms * 2,
        inputWaitMs: (ms) => ms * 3,
        executionMs: (ms) => ms * 2,
        uploadMs: (ms) => ms * 4,
      },
    ],
  ];

  it.each(truths)('is what truly happens: %s', (_, scale, change) => {
    for (let seed = 1; seed <= 100; seed++) {
      const network = networkOf(simulate(seed, ONE).run);
      near(replayRun(network, change).makespanMs, simulate(seed, scale).makespanMs);
    }
  });

  it('speeds one function up', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const network = networkOf(simulate(seed, ONE).run);
      const seen = new Set<string>();
      const change: ReplayChange = {
        executionMs: (ms, name, memoryMb) => {
          seen.add(`${name} ${memoryMb}`);
          return name === 'f1' ? ms / 3 : ms;
        },
      };
      expect(replayRun(network, change).makespanMs).toBeLessThanOrEqual(replayRun(network).makespanMs);
      expect([...seen].sort()).toEqual(['f0 1024', 'f1 1024', 'f2 1024']);
    }
  });

  it('is never shorter than the longest path of executions', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const network = networkOf(simulate(seed, ONE).run);
      const gone: ReplayChange = { ...NO_TRANSFERS, startupMs: () => 0 };
      expect(replayRun(network, gone).makespanMs).toBeGreaterThan(longestExecutionMs(network));
      near(
        longestExecutionMs(network, (ms) => ms / 2),
        longestExecutionMs(network) / 2,
      );
    }
  });
});

describe('runs that cannot be replayed', () => {
  const { run } = simulate(1, ONE);
  const changeTasks = (change: (task: Run['tasks'][number]) => Partial<Run['tasks'][number]>): Run => ({
    ...run,
    tasks: run.tasks.map((task) => ({ ...task, ...change(task) })),
  });

  it('says why', () => {
    expect(typeof traceReplay(run)).toBe('object');
    expect(traceReplay({ ...run, submittedAtMs: null })).toBe('not-submitted');
    expect(traceReplay({ ...run, sinkNodeId: 'x' })).toBe('sink-without-metrics');
    expect(traceReplay({ ...run, nodeCount: run.nodeCount + 1 })).toBe('tasks-without-metrics');
    expect(traceReplay({ ...run, workerStartups: [] })).toBe('tasks-without-startup');
    expect(traceReplay(changeTasks(() => ({ plannerName: 'WUKONGPlanner' })))).toBe('invocations-not-recorded');
    expect(traceReplay(changeTasks(() => ({ invocationMs: null })))).toBe('invoker-not-recorded');
    expect(traceReplay(changeTasks(() => ({ dependencyUpdateMs: 100 })))).toBe('invoker-not-recorded');
    const circular = run.nodes.map((node) =>
      node.id === '0' ? { ...node, upstream: [run.sinkNodeId as string] } : node,
    );
    const asked = (run.workerStartups as WholeRun['workerStartups']).map((startup) => ({
      ...startup,
      requestedAtMs: startup.requestedAtMs + 1e6,
    }));
    expect(traceReplay({ ...run, nodes: circular, workerStartups: asked })).toBe('edges-contradict');
  });

  it('refuses the runs of the older sample by name', () => {
    const reasons = sample('older').flatMap((own) => {
      const network = traceReplay(own);
      return typeof network === 'string' ? [network] : [];
    });
    const count = (reason: string) => reasons.filter((own) => own === reason).length;
    expect(reasons).toHaveLength(26);
    expect([count('invocations-not-recorded'), count('invoker-not-recorded')]).toEqual([23, 3]);
  });
});

const nodeOf = (id: string, upstream: string[]) => ({ id, functionName: id, upstream, downstream: [] });
const taskOf = (nodeId: string, workerId: string, startedAtMs: number, executionMs: number) => ({
  nodeId,
  workerId,
  memoryMb: 1024,
  startedAtMs,
  inputWaitMs: null,
  executionMs,
  uploadMs: null,
  dependencyUpdateMs: null,
  invocationMs: null,
  plannerName: 'P',
});
const startupOf = (workerId: string, initialTaskIds: string[]) => ({
  workerId,
  memoryMb: 1024,
  initialTaskIds,
  requestedAtMs: 10,
  readyAtMs: 100,
  state: 'cold' as const,
});

/** `c` waits for `a`, which is there at 1110, and `b`, at 160, and executes from 200 on. */
const duplicated = (type: 'TaskDup' | 'PreLoad') =>
  createRun({
    runId: 'r',
    workflow: 'w',
    origin: { uri: 'u', line: 1 },
    sourceLabel: 'u',
    submittedAtMs: 0,
    sinkNodeId: 'c',
    nodes: [nodeOf('a', []), nodeOf('b', []), nodeOf('c', ['a', 'b'])],
    tasks: [
      taskOf('a', 'w1', 110, 1000),
      taskOf('b', 'w2', 110, 50),
      { ...taskOf('c', 'w2', 200, 10), optimizationEvents: [{ type, inputId: 'a' }] },
    ],
    workerStartups: [startupOf('w1', ['a']), startupOf('w2', ['b'])],
  });

describe('waits and duplicates', () => {
  it('takes a wait that began before the inputs were there for one for transfers only from then on', () => {
    const { run } = simulate(3, ONE);
    const readyAtMs = new Map(
      (run.workerStartups as WholeRun['workerStartups']).map((startup) => [
        startup.workerId,
        startup.readyAtMs as number,
      ]),
    );
    const early = run.tasks.map((task) => {
      const startedAtMs = Math.max(
        readyAtMs.get(task.workerId as string) as number,
        (task.startedAtMs as number) - 500,
      );
      return {
        ...task,
        startedAtMs,
        inputWaitMs: (task.inputWaitMs as number) + (task.startedAtMs as number) - startedAtMs,
      };
    });
    const network = networkOf({ ...run, tasks: early });
    near(replayRun(network).makespanMs, network.makespanMs);
    // Without transfers nothing begins before its worker is ready and its inputs are there.
    const { tasks, workers } = replayRun(network, NO_TRANSFERS);
    for (const [place, worker] of network.tasks.worker.entries()) {
      const upstream = upstreamOf(network, place);
      const executedMs = (tasks.executionStartedMs[place] as number) + 1e-6;
      expect(executedMs).toBeGreaterThanOrEqual(workers.readyMs[worker] as number);
      for (const above of upstream) expect(executedMs).toBeGreaterThanOrEqual(tasks.outputMs[above] as number);
    }
  });

  it('waits for no original whose duplicate was used before it was there', () => {
    const waits = (type: 'TaskDup' | 'PreLoad') => {
      const network = networkOf(duplicated(type));
      const upstream = upstreamOf(network, network.sink);
      return upstream.map((place) => network.functions[network.tasks.functionIndex[place] as number]);
    };
    expect(waits('TaskDup')).toEqual(['b']);
    expect(waits('PreLoad')).toEqual(['a', 'b']);
  });
});
