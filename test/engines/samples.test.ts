import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { groupBy } from '../../src/model/group-by.ts';
import { orNone } from '../../src/model/recorded.ts';
import { makespanMs } from '../../src/model/timeline.ts';
import { askWfa } from '../ask-wfa.ts';
import { ROOT } from '../spawn-wfa.ts';
import {
  CALL_JOB_COUNT,
  EXECUTORS,
  makeCalls,
  makeSamples,
  makeTableTasks,
  makeTraceTasks,
  PLANNERS,
  TRACE_COUNT,
  type TraceTask,
  UPLOAD_MS,
} from './generate-samples.ts';
import { readText } from './read-text.ts';

/** The bundled samples in other engines' layouts: wfa finds in them what their generator put in. */

const FOLDER = join(ROOT, 'samples/engines');
const SAMPLES = makeSamples();

/** UPDATE_SAMPLES=1 writes the bundled files anew. */
if (process.env['UPDATE_SAMPLES'] === '1') {
  rmSync(FOLDER, { recursive: true, force: true });
  for (const [path, text] of Object.entries(SAMPLES)) {
    mkdirSync(dirname(join(FOLDER, path)), { recursive: true });
    writeFileSync(join(FOLDER, path), text);
  }
}

test('the bundled files are what their generator writes', () => {
  const files = readdirSync(FOLDER, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(FOLDER.length + 1));
  const bundled = Object.fromEntries(paths.map((path) => [path, readFileSync(join(FOLDER, path), 'utf8')]));
  expect(bundled).toEqual(SAMPLES);
});

interface Overall {
  readonly ratio: number;
  /** In the unit of the metric, which is ms here. */
  readonly levelBaseline: number;
  readonly ciLow: number;
  readonly ciHigh: number;
  readonly outcome: string;
  readonly runCountBaseline: number;
  readonly runCountCandidate: number;
}

/** Gives the JSON result of a command that ends with status 0. */
async function askResult<Result>(words: readonly string[]): Promise<Result> {
  const { status, stdout, stderr } = await askWfa([...words, '--format', 'json']);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout).result as Result;
}

/** Compares two arms, to the contrast of each metric. */
async function compare(words: readonly string[]): Promise<ReadonlyMap<string, Overall>> {
  const result = await askResult<{ comparisons: { metric: string; overall: Overall }[] }>(['compare', ...words]);
  return new Map(result.comparisons.map(({ metric, overall }) => [metric, overall]));
}

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
const mean = (list: readonly number[]): number => sum(list) / list.length;
const meanLog = (list: readonly number[]): number => mean(list.map(Math.log));

describe('sample:tasks', () => {
  const tasks = makeTableTasks();
  const runs = groupBy(tasks, ({ run }) => run);
  const executionMs = (run: typeof tasks) => sum(run.map((task) => task.endedAtMs - task.startedAtMs));
  const spanMs = (run: typeof tasks) =>
    Math.max(...run.map(({ endedAtMs }) => endedAtMs)) - Math.min(...run.map(({ submittedAtMs }) => submittedAtMs));
  /** The logarithm of a planner's level: the mean over workflows of the mean over its runs. */
  const logLevel = (planner: string, measure: (run: typeof tasks) => number): number =>
    mean(
      ['etl', 'report'].map((workflow) =>
        meanLog(runs.filter(([first]) => first?.workflow === workflow && first.planner === planner).map(measure)),
      ),
    );
  const map =
    'workflow=workflow,run=run,task=task,function=function,planner=planner,parents=parents,memory=memory_mb,submitted=submitted,start=start,end=end';
  const words = ['roomy', 'packed', '-d', 'sample:tasks', '--map', map, '--time-unit', 'iso'];

  test('compare finds the 20 % by which tasks of one planner take longer', async () => {
    const found = await compare([...words, '--metric', 'execution-time', '--metric', 'makespan']);
    for (const [metric, measure] of [
      ['execution-time', executionMs],
      ['makespan', spanMs],
    ] as const) {
      const overall = found.get(metric);
      expect(overall).toMatchObject({ outcome: 'different', runCountBaseline: 12, runCountCandidate: 12 });
      expect(overall?.levelBaseline).toBeCloseTo(Math.exp(logLevel('roomy', measure)), 6);
      expect(overall?.ratio).toBeCloseTo(Math.exp(logLevel('packed', measure) - logLevel('roomy', measure)), 10);
    }
    const overall = found.get('execution-time') as Overall;
    const truth = PLANNERS.packed.slowness - PLANNERS.roomy.slowness;
    expect(overall.ciLow).toBeLessThan(truth);
    expect(overall.ciHigh).toBeGreaterThan(truth);
  });

  test('the refusal without a map proposes one that works', async () => {
    const { status, stderr } = await askWfa(['runs', '-d', 'sample:tasks']);
    expect(status).toBe(2);
    const proposed = /--map "([^"]+)"/.exec(stderr)?.[1] as string;
    expect(proposed.split(',').toSorted()).toEqual(map.split(',').toSorted());
  });
});

describe('sample:nextflow', () => {
  const numbers = Array.from({ length: TRACE_COUNT }, (_, i) => i + 1);
  const done = (task: TraceTask) => task.status === 'COMPLETED';
  const perRun = (executor: keyof typeof EXECUTORS, measure: (task: TraceTask) => number) =>
    numbers.map((number) => sum(makeTraceTasks(executor, number).filter(done).map(measure)));
  const words = [
    'source=local',
    'source=shared',
    '-d',
    'local=sample:nextflow/local',
    '-d',
    'shared=sample:nextflow/shared',
  ];

  test('compare finds the threefold queueing, and execution that does not differ', async () => {
    const metrics = {
      'startup-time': (task: TraceTask) => task.startedAtMs - task.submittedAtMs,
      'execution-time': (task: TraceTask) => task.completedAtMs - task.startedAtMs,
    };
    const found = await compare([...words, ...Object.keys(metrics).flatMap((metric) => ['--metric', metric])]);
    for (const [metric, measure] of Object.entries(metrics)) {
      const [local, shared] = [meanLog(perRun('local', measure)), meanLog(perRun('shared', measure))];
      expect(found.get(metric)?.levelBaseline).toBeCloseTo(Math.exp(local), 6);
      expect(found.get(metric)?.ratio).toBeCloseTo(Math.exp(shared - local), 10);
    }
    const [queueing, execution] = ['startup-time', 'execution-time'].map((metric) => found.get(metric) as Overall);
    const truth = EXECUTORS.shared / EXECUTORS.local - 1;
    expect(queueing).toMatchObject({ outcome: 'different', runCountBaseline: 6, runCountCandidate: 6 });
    expect([queueing?.ciLow, queueing?.ciHigh].map((bound) => Math.sign((bound as number) - truth))).toEqual([-1, 1]);
    expect([execution?.ciLow, execution?.ciHigh].map((bound) => Math.sign(bound as number))).toEqual([-1, 1]);
  });
});

test('sample:lithops: the runs are its jobs, of which the first is cold', async () => {
  const { runs, issues } = await readText(SAMPLES['lithops.ndjson'] as string);
  const jobs = Array.from({ length: CALL_JOB_COUNT }, (_, job) => makeCalls().filter((call) => call.job === job));
  expect(issues).toEqual([]);
  expect(runs.map((run) => makespanMs(run))).toEqual(
    jobs.map((calls) => {
      const ends = calls.map(({ startedAtMs, executionMs }) => startedAtMs + executionMs + UPLOAD_MS);
      return Math.max(...ends) - (calls[0]?.createdAtMs as number);
    }),
  );
  expect(runs.map(({ workerStartups }) => [...new Set(orNone(workerStartups).map(({ state }) => state))])).toEqual(
    jobs.map((calls) => [calls[0]?.isCold ? 'cold' : 'warm']),
  );
});

interface Event {
  readonly type: string;
  readonly timestamp: string;
}

describe('sample:stepfunctions', () => {
  const histories = Object.entries(SAMPLES).filter(([path]) => path.startsWith('stepfunctions/'));

  test('failures finds the one execution that fails, and its task', async () => {
    const { status, stdout } = await askWfa(['failures', '-d', 'sample:stepfunctions']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^1 of 4 runs failed/);
    expect(stdout).toMatch(/^images +Notify +task: inputs there, no metrics +1 +1$/m);
  });

  test('makespans end with the last function that succeeded', async () => {
    for (const [path, text] of histories) {
      const { events } = JSON.parse(text) as { readonly events: readonly Event[] };
      const atMs = (type: string) =>
        events.filter((event) => event.type === type).map(({ timestamp }) => Date.parse(timestamp));
      const spanMs = Math.max(...atMs('LambdaFunctionSucceeded')) - (atMs('ExecutionStarted')[0] as number);
      const { runs } = await readText(text, null, path);
      const makespan = makespanMs(runs[0] as (typeof runs)[number]);
      expect(makespan).toBe(path.endsWith('thu.json') ? null : spanMs);
    }
  });
});
