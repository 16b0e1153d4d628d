/**
 * Generators of other engines' documents, every figure of which follows from the seed: for tests, and for the bundled samples
 * (`generate-samples.ts`). Nothing of anybody's files is in them.
 */

/** Gives numbers from 0 to 1 that follow from the seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 2026-05-04 10:00 UTC. */
const MORNING_MS = Date.UTC(2026, 4, 4, 10);

/** A state machine: a Lambda function, a Map of Lambda functions of which one is tried twice, a Choice, a Wait, a Parallel, and a Pass. */
export interface HistoryOptions {
  readonly seed: number;
  readonly iterations?: number;
  /** `failed`: the last Lambda function of the Parallel state fails for good. `running`: it was started only. */
  readonly outcome?: 'succeeded' | 'failed' | 'running';
  /** Stretches all executions. */
  readonly slowness?: number;
  /** Seconds since 1970 instead of ISO 8601. */
  readonly epoch?: boolean;
}

type Details = Readonly<Record<string, unknown>>;

class History {
  readonly events: Details[] = [];
  readonly #epoch: boolean;

  constructor(epoch: boolean) {
    this.#epoch = epoch;
  }

  add(previousEventId: number, type: string, atMs: number, details?: Readonly<Record<string, Details>>): number {
    const id = this.events.length + 1;
    const timestamp = this.#epoch ? atMs / 1000 : new Date(atMs).toISOString().replace('Z', '000+00:00');
    this.events.push({ timestamp, type, id, previousEventId, ...details });
    return id;
  }

  entered(previous: number, type: string, name: string, atMs: number): number {
    return this.add(previous, `${type}StateEntered`, atMs, { stateEnteredEventDetails: { name, input: '{}' } });
  }

  exited(previous: number, type: string, name: string, atMs: number): number {
    return this.add(previous, `${type}StateExited`, atMs, { stateExitedEventDetails: { name, output: '{}' } });
  }

  /** An attempt of a Lambda function; gives the id of its last event. */
  attempt(
    previous: number,
    atMs: number,
    startMs: number,
    executionMs: number,
    ending: 'Succeeded' | 'Failed' | null,
  ): number {
    const resource = 'arn:aws:lambda:eu-central-1:123456789012:function:generated';
    const scheduled = this.add(previous, 'LambdaFunctionScheduled', atMs, {
      lambdaFunctionScheduledEventDetails: { resource, input: '{}' },
    });
    const started = this.add(scheduled, 'LambdaFunctionStarted', atMs + startMs);
    if (ending === null) return started;
    const details =
      ending === 'Failed'
        ? { lambdaFunctionFailedEventDetails: { error: 'Generated.Error', cause: 'seed' } }
        : { lambdaFunctionSucceededEventDetails: { output: '{}' } };
    return this.add(started, `LambdaFunction${ending}`, atMs + startMs + executionMs, details);
  }
}

/** Makes the history of one execution. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one event after the other, as the service writes them.
export function makeHistory({
  seed,
  iterations = 3,
  outcome = 'succeeded',
  slowness = 1,
  epoch = false,
}: HistoryOptions) {
  const random = seededRandom(seed);
  const between = (low: number, high: number) => Math.round(low + random() * (high - low));
  const execution = (low: number, high: number) => Math.round(between(low, high) * slowness);
  const history = new History(epoch);
  let atMs = MORNING_MS + seed * 600_000;
  let last = history.add(0, 'ExecutionStarted', atMs, {
    executionStartedEventDetails: {
      input: '{}',
      roleArn: 'arn:aws:iam::123456789012:role/generated',
      stateMachineVersionArn: 'arn:aws:states:eu-central-1:123456789012:stateMachine:images:1',
    },
  });
  const runTask = (previous: number, name: string, at: number, low: number, high: number) => {
    const [startMs, executionMs] = [between(20, 60), execution(low, high)];
    const entered = history.entered(previous, 'Task', name, at);
    const ended = history.attempt(entered, at + 5, startMs, executionMs, 'Succeeded');
    const endedAtMs = at + 5 + startMs + executionMs;
    return { id: history.exited(ended, 'Task', name, endedAtMs + 10), atMs: endedAtMs + 10 };
  };

  atMs += 30;
  const list = runTask(last, 'List', atMs, 400, 600);
  last = history.entered(list.id, 'Map', 'Resize', list.atMs + 5);
  const map = history.add(last, 'MapStateStarted', list.atMs + 5, {
    mapStateStartedEventDetails: { length: iterations },
  });
  const ends: { id: number; atMs: number }[] = [];
  for (let index = 0; index < iterations; index++) {
    const iteration = { mapIterationStartedEventDetails: { name: 'Resize', index } };
    const started = history.add(map, 'MapIterationStarted', list.atMs + 10, iteration);
    const name = 'ResizeOne';
    let previous = history.entered(started, 'Task', name, list.atMs + 15);
    let at = list.atMs + 20;
    if (index === 1) {
      const failedMs = execution(100, 200);
      previous = history.attempt(previous, at, 30, failedMs, 'Failed');
      at += 30 + failedMs + 1000;
    }
    const [startMs, executionMs] = [between(20, 60), execution(800, 1500)];
    const ended = history.attempt(previous, at, startMs, executionMs, 'Succeeded');
    const endedAtMs = at + startMs + executionMs;
    const exited = history.exited(ended, 'Task', name, endedAtMs + 5);
    const succeeded = { mapIterationSucceededEventDetails: { name: 'Resize', index } };
    ends.push({ id: history.add(exited, 'MapIterationSucceeded', endedAtMs + 10, succeeded), atMs: endedAtMs + 10 });
  }
  const mapEnd = ends.reduce((a, b) => (b.atMs > a.atMs ? b : a));
  const mapDone = history.add(mapEnd.id, 'MapStateSucceeded', mapEnd.atMs + 5);
  last = history.exited(mapDone, 'Map', 'Resize', mapEnd.atMs + 5);
  const choice = history.entered(last, 'Choice', 'Enough?', mapEnd.atMs + 10);
  last = history.exited(choice, 'Choice', 'Enough?', mapEnd.atMs + 10);
  const wait = history.entered(last, 'Wait', 'Settle', mapEnd.atMs + 15);
  last = history.exited(wait, 'Wait', 'Settle', mapEnd.atMs + 2015);
  const parallelAtMs = mapEnd.atMs + 2020;
  const parallel = history.entered(last, 'Parallel', 'Publish', parallelAtMs);
  const branches = history.add(parallel, 'ParallelStateStarted', parallelAtMs);
  const index = runTask(branches, 'Index', parallelAtMs + 5, 300, 400);
  const notifyEntered = history.entered(branches, 'Task', 'Notify', parallelAtMs + 5);
  const [startMs, executionMs] = [between(20, 60), execution(500, 700)];
  const notifyAtMs = parallelAtMs + 10 + startMs + executionMs;
  const ending = { succeeded: 'Succeeded', failed: 'Failed', running: null } as const;
  const notified = history.attempt(notifyEntered, parallelAtMs + 10, startMs, executionMs, ending[outcome]);
  if (outcome === 'running') return { events: history.events };
  if (outcome === 'failed') {
    const failed = history.add(notified, 'ParallelStateFailed', notifyAtMs + 5);
    history.add(failed, 'ExecutionFailed', notifyAtMs + 10, {
      executionFailedEventDetails: { error: 'Generated.Error', cause: 'seed' },
    });
    return { events: history.events };
  }
  const notify = { id: history.exited(notified, 'Task', 'Notify', notifyAtMs + 5), atMs: notifyAtMs + 5 };
  const parallelEnd = notify.atMs > index.atMs ? notify : index;
  const joined = history.add(parallelEnd.id, 'ParallelStateSucceeded', parallelEnd.atMs + 5);
  last = history.exited(joined, 'Parallel', 'Publish', parallelEnd.atMs + 5);
  const pass = history.entered(last, 'Pass', 'Done', parallelEnd.atMs + 10);
  last = history.exited(pass, 'Pass', 'Done', parallelEnd.atMs + 10);
  history.add(last, 'ExecutionSucceeded', parallelEnd.atMs + 15, { executionSucceededEventDetails: { output: '{}' } });
  return { events: history.events };
}

/** Makes a workflow of Argo: a step, a fan-out of which one is tried twice, and a step that joins; whole seconds. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one event after the other, as the service writes them.
export function makeWorkflow({
  seed,
  failed = false,
  width = 3,
  slowness = 1,
}: {
  readonly seed: number;
  readonly failed?: boolean;
  readonly width?: number;
  /** The parts of the fan-out take so many times as long. */
  readonly slowness?: number;
}) {
  const random = seededRandom(seed);
  const between = (low: number, high: number) => Math.round(low + random() * (high - low));
  const name = `thumbnails-${seed}`;
  const startMs = MORNING_MS + seed * 600_000;
  const iso = (atMs: number) => new Date(atMs).toISOString().replace('.000', '');
  const nodes: Record<string, Record<string, unknown>> = {};
  const add = (
    own: string,
    type: string,
    from: number,
    to: number | null,
    more: Readonly<Record<string, unknown>> = {},
  ) => {
    const id = own === '' ? name : `${name}-${Object.keys(nodes).length + 1000}`;
    nodes[id] = {
      id,
      name: `${name}${own}`,
      displayName: own.replace(/^.*\./, '') || name,
      type,
      phase: 'Succeeded',
      startedAt: iso(from),
      finishedAt: to === null ? null : iso(to),
      ...(own === '' ? {} : { boundaryID: name }),
      children: [] as string[],
      ...more,
    };
    return id;
  };
  const link = (from: string, to: string) => (nodes[from]?.['children'] as string[] | undefined)?.push(to);
  const listEndMs = startMs + between(2, 4) * 1000;
  const root = add('', 'Steps', startMs, null, { templateName: 'main' });
  const first = add('[0]', 'StepGroup', startMs, listEndMs);
  const list = add('[0].list', 'Pod', startMs, listEndMs, { templateName: 'list' });
  link(root, first);
  link(first, list);
  const second = add('[1]', 'StepGroup', listEndMs, null);
  link(list, second);
  let joinAtMs = listEndMs;
  const ends: string[] = [];
  for (let i = 0; i < width; i++) {
    const seconds = Math.round(between(5, 12) * slowness) * 1000;
    if (i === 1) {
      const retry = add(`[1].resize(${i}:img)`, 'Retry', listEndMs, null, { templateName: 'resize' });
      const earlier = add(`[1].resize(${i}:img)(0)`, 'Pod', listEndMs, listEndMs + 2000, {
        templateName: 'resize',
        phase: 'Failed',
        message: 'exit code 1',
      });
      const begin = listEndMs + 3000;
      const later = add(`[1].resize(${i}:img)(1)`, 'Pod', begin, begin + seconds, { templateName: 'resize' });
      link(second, retry);
      link(retry, earlier);
      link(retry, later);
      ends.push(later);
      joinAtMs = Math.max(joinAtMs, begin + seconds);
    } else {
      const pod = add(`[1].resize(${i}:img)`, 'Pod', listEndMs, listEndMs + seconds, { templateName: 'resize' });
      link(second, pod);
      ends.push(pod);
      joinAtMs = Math.max(joinAtMs, listEndMs + seconds);
    }
  }
  const third = add('[2]', 'StepGroup', joinAtMs, null);
  for (const end of ends) link(end, third);
  const skipped = add('[2].report', 'Skipped', joinAtMs, joinAtMs, { templateName: 'report', phase: 'Skipped' });
  const endMs = joinAtMs + between(3, 6) * 1000;
  const join = add('[2].join', 'Pod', joinAtMs, endMs, {
    templateName: 'join',
    ...(failed ? { phase: 'Failed' } : {}),
  });
  link(third, skipped);
  link(third, join);
  const phase = failed ? 'Failed' : 'Succeeded';
  Object.assign(nodes[root] as object, { finishedAt: iso(endMs), phase });
  const resources = { limits: { memory: '512Mi' } };
  const templates = ['list', 'resize', 'join'].map((own) => ({ name: own, container: { image: 'none', resources } }));
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: {
      name,
      generateName: 'thumbnails-',
      uid: `0000000${seed}-0000-4000-8000-000000000000`.slice(-36),
      creationTimestamp: iso(startMs),
    },
    spec: { entrypoint: 'main', templates },
    status: { phase, startedAt: iso(startMs), finishedAt: iso(endMs), nodes },
  };
}

/** Makes the results of an experiment of SeBS: invocations of two memory sizes, the first of each cold, one of them a failure. */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one invocation after the other, some of which are odd.
export function makeExperiment({
  seed,
  count = 6,
  billed = true,
}: {
  readonly seed: number;
  readonly count?: number;
  readonly billed?: boolean;
}) {
  const random = seededRandom(seed);
  const between = (low: number, high: number) => Math.round(low + random() * (high - low));
  const hex = (x: number) => x.toString(16).padStart(12, '0');
  const invocations: Record<string, Record<string, unknown>> = {};
  const local = (atUs: number) =>
    new Date(atUs / 1000 + 2 * 3_600_000)
      .toISOString()
      .replace('T', ' ')
      .replace('Z', String(atUs % 1000).padStart(3, '0'));
  let atUs = (MORNING_MS + seed * 600_000) * 1000;
  for (const [size, memory] of [256, 1024].entries()) {
    const own: Record<string, unknown> = {};
    for (let i = 0; i < count; i++) {
      const requestId = `${hex(seed)}-${hex(size * 1000 + i)}`;
      const isCold = i === 0;
      const startUs = isCold ? between(300_000, 500_000) : between(40_000, 70_000);
      const benchmarkUs = Math.round(between(400_000, 500_000) * (memory === 256 ? 3 : 1));
      const clientUs = startUs + benchmarkUs + between(5000, 9000);
      const isFailure = size === 1 && i === count - 1;
      own[isFailure ? `failed-${i}` : requestId] = {
        billing: billed
          ? { _billed_time: benchmarkUs, _gb_seconds: 0, _memory: memory }
          : { _billed_time: null, _gb_seconds: 0, _memory: null },
        output: isFailure
          ? {}
          : {
              begin: String((atUs + startUs) / 1e6),
              end: String((atUs + startUs + benchmarkUs) / 1e6),
              container_id: `${hex(seed)}-${size}`,
              is_cold: isCold,
              request_id: requestId,
              result: {},
            },
        provider_times: { execution: benchmarkUs, initialization: isCold ? 250_000 : 0 },
        request_id: isFailure ? '' : requestId,
        stats: { cold_start: isCold, failure: isFailure, memory_used: billed ? 80 : null },
        times: {
          benchmark: isFailure ? 0 : benchmarkUs,
          client: clientUs,
          client_begin: local(atUs),
          client_end: local(atUs + clientUs),
          http_first_byte_return: clientUs / 1e6,
          http_startup: 0.02,
          initialization: 0,
        },
      };
      atUs += 5_000_000;
    }
    invocations[`thumbnailer-python-3.9-${memory}`] = own;
  }
  const beginSeconds = (MORNING_MS + seed * 600_000) / 1000;
  return {
    _invocations: invocations,
    _metrics: {},
    begin_time: beginSeconds,
    end_time: atUs / 1e6,
    config: { deployment: { name: billed ? 'aws' : 'gcp' }, experiments: {} },
    result_bucket: null,
  };
}

/** Makes an instance in WfFormat: a source, `width` tasks and a sink; 1.6 with the instants that 1.5 has no place for. */
export function makeInstance({
  seed,
  width = 3,
  version = '1.5',
  slowness = 1,
}: {
  readonly seed: number;
  readonly width?: number;
  readonly version?: '1.5' | '1.6';
  /** Tasks take so many times as long. */
  readonly slowness?: number;
}) {
  const random = seededRandom(seed);
  const between = (low: number, high: number) => Math.round(low + random() * (high - low));
  const middle = Array.from({ length: width }, (_, i) => `work_${i + 1}`);
  const startMs = MORNING_MS + seed * 600_000;
  const at = (afterSeconds: number) =>
    version === '1.6' ? { executedAt: new Date(startMs + afterSeconds * 1000).toISOString() } : {};
  const seconds = new Map([...['split', ...middle, 'merge']].map((id) => [id, (between(20, 90) * slowness) / 10]));
  const secondsOf = (id: string) => seconds.get(id) as number;
  const machine = (id: string) => (version === '1.6' ? { machines: [`node-${id}`] } : { machine: `node-${id}` });
  const longest = Math.max(...middle.map(secondsOf));
  const task = (id: string, begins: number) => ({
    id,
    runtimeInSeconds: secondsOf(id),
    memoryInBytes: 5e7,
    ...at(begins),
    ...machine(id),
  });
  const mergeAt = 1 + secondsOf('split') + 1 + longest + 1;
  return {
    name: 'generated-fork-join',
    schemaVersion: version,
    workflow: {
      specification: {
        tasks: [
          { name: 'split', id: 'split', parents: [], children: middle, outputFiles: ['parts'] },
          ...middle.map((id) => ({ name: 'work', id, parents: ['split'], children: ['merge'], inputFiles: ['parts'] })),
          { name: 'merge', id: 'merge', parents: middle, children: [] },
        ],
        files: [{ id: 'parts', sizeInBytes: 1_000_000 + seed }],
      },
      execution: {
        makespanInSeconds: mergeAt + secondsOf('merge'),
        executedAt: new Date(startMs).toISOString(),
        tasks: [task('split', 1), ...middle.map((id) => task(id, 1 + secondsOf('split') + 1)), task('merge', mergeAt)],
        machines: [...seconds.keys()].map((id) => ({ nodeName: `node-${id}` })),
      },
    },
  };
}
