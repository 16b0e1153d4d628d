import { min } from 'd3-array';
import { listLaunchedPrewarms } from '../../model/prewarms.ts';
import { isRecorded, orNone, orNull } from '../../model/recorded.ts';
import type { DagNode, PlannedNode, Run, StartupState, Task } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { indexStartups } from '../../model/task-startup.ts';
import {
  executionStartedAtMs,
  makespanMs as makespanOf,
  nodesById,
  outputAvailableAtMs,
  plannedMakespanMs,
  planOf,
  tasksById,
} from '../../model/timeline.ts';
import { joinSessions, type WorkerSession } from '../../model/worker-sessions.ts';
import type { WorkersOptions } from './options.ts';

/** One worker process. */
export interface SessionFacts {
  readonly workerId: string | null;
  /** `null`: the run's source does not record memory. */
  readonly memoryMb: number | null;
  readonly requestedAtMs: number;
  readonly readyAtMs: number | null;
  readonly lastFinishedAtMs: number | null;
  readonly taskCount: number;
  readonly state: StartupState | null;
}

/** A container launched ahead of its worker: what was planned is launched, and recorded where its trigger lived long enough. */
export interface PrewarmFact {
  readonly memoryMb: number;
  /** When its launch was answered; `null`: not recorded. */
  readonly readyAtMs: number | null;
  /** When its plan wanted it launched; `null`: no plan names it. */
  readonly dueAtMs: number | null;
  /** Other prewarms that the same task was to trigger. */
  readonly rivalCount: number;
}

export interface PlannedWorker {
  /** `null`: flexible; it then stands for one node alone. */
  readonly workerId: string | null;
  readonly memoryMb: number;
  readonly state: StartupState | null;
  /** State of the worker's first recorded start-up; `null`: it has none. */
  readonly recordedState: StartupState | null;
}

/** A plan in columns: there may be very many. Tasks are numbered as the nodes of the DAG, workers as they first occur there. */
export interface PlanFacts {
  readonly workers: readonly PlannedWorker[];
  /** Number of each task's worker. */
  readonly taskWorkers: readonly number[];
  /** Sum of each task's download, execution and upload as planned. */
  readonly taskDurationsMs: readonly number[];
  /** Containers to be launched ahead: by which task's worker, how long after it is ready. */
  readonly prewarms: readonly { readonly task: number; readonly delayMs: number; readonly memoryMb: number }[];
  /** Lists two tasks for each dependency: the one whose output is needed, and the one that needs it. */
  readonly edges: readonly number[];
  readonly sink: number;
  readonly makespanMs: number;
}

/**
 * The waits between what is planned, which a plan has no time for: until a worker is asked for (`root`: from submission; `inner`: from
 * the last input), and until a task executes once its inputs and its worker are there (`started`: the worker came last; `local`: an input
 * did, and all are of the same worker; `remote`: some came from elsewhere), without its own downloads.
 */
export const LAGS = ['root', 'inner', 'started', 'local', 'remote'] as const;
export type Lag = (typeof LAGS)[number];

/** Sums the recorded lags of one kind. Negative ones do not count: clocks differ, or another's output was used. */
export interface LagSum {
  readonly count: number;
  readonly sumMs: number;
}

export type LagSums = Readonly<Record<Lag, LagSum>>;

export interface WorkersFacts {
  readonly run: RunFacts;
  /** GB-seconds that the engine measured; `null`: nothing. */
  readonly recordedGbSeconds: number | null;
  /** Those whose memory is recorded; all where the source records none. */
  readonly sessions: readonly SessionFacts[];
  readonly prewarms: readonly PrewarmFact[];
  readonly orphanTaskCount: number;
  /** `null`: not recorded. */
  readonly makespanMs: number | null;
  readonly plan: PlanFacts | null;
  /** `null`: nobody asked for plans. */
  readonly lags: LagSums | null;
}

/** One run's worker sessions, prewarms and plan. Pure. */
export function extractWorkers(run: Run, facts: RunFacts, options: WorkersOptions): WorkersFacts {
  const { sessions, orphanTaskCount } = joinSessions(run);
  const usage = orNull(run.resourceUsage)?.gbSeconds ?? 0;
  return {
    run: facts,
    recordedGbSeconds: usage > 0 ? usage : null,
    sessions: sessions.flatMap(({ initialTaskIds: _, memoryMb, ...session }) =>
      memoryMb === null && !run.lacks.has('memory') ? [] : [withMemory(session, memoryMb)],
    ),
    prewarms: describePrewarms(run),
    orphanTaskCount,
    makespanMs: makespanOf(run),
    plan: options.plan ? describePlan(run, sessions) : null,
    lags: options.plan ? measureLags(run, sessions) : null,
  };
}

/** In the order of keys that the facts have. */
const withMemory = (
  { workerId, ...rest }: Omit<WorkerSession, 'initialTaskIds' | 'memoryMb'>,
  memoryMb: number | null,
): SessionFacts => ({ workerId, memoryMb, ...rest });

const describePrewarms = (run: Run): PrewarmFact[] =>
  listLaunchedPrewarms(run).map(({ memoryMb, answeredAtMs: readyAtMs, dueAtMs, rivalCount }) => {
    return { memoryMb, readyAtMs, dueAtMs, rivalCount };
  });

/** `null`: there is no plan, or it lacks a node, and cannot be replayed. */
function describePlan(run: Run, sessions: readonly WorkerSession[]): PlanFacts | null {
  const { nodes } = run;
  const plan = planOf(run);
  const makespanMs = plannedMakespanMs(run);
  if (
    plan === null ||
    makespanMs === null ||
    nodes.some(({ id, memoryMb }) => !plan.nodes.has(id) || !isRecorded(memoryMb))
  )
    return null;
  const indexOf = new Map(nodes.map(({ id }, index) => [id, index]));
  const workerIndex = new Map<string, number>();
  // A flexible node gets a worker of its own: the plan names none.
  const keyOf = ({ id, workerId }: DagNode) => orNull(workerId) ?? `node ${id}`;
  const workers: PlannedWorker[] = [];
  const recorded = new Map(
    sessions.map(({ workerId, state }) => [workerId, state]).reverse() as [string, StartupState][],
  );
  const taskWorkers = nodes.map((node): number => {
    const planned = plan.nodes.get(node.id) as PlannedNode;
    const key = keyOf(node);
    const worker = workerIndex.get(key) ?? workers.length;
    workerIndex.set(key, worker);
    const known = workers[worker];
    workers[worker] = {
      workerId: orNull(node.workerId),
      memoryMb: node.memoryMb as number,
      state: known?.state ?? planned.startupState,
      recordedState: recorded.get(orNull(node.workerId) ?? '') ?? null,
    };
    return worker;
  });
  return {
    workers,
    taskWorkers,
    taskDurationsMs: nodes.map(({ id }) => {
      const { downloadMs, executionMs, uploadMs } = plan.nodes.get(id) as PlannedNode;
      return downloadMs + executionMs + uploadMs;
    }),
    prewarms: nodes.flatMap(({ plannedPrewarms }, task) =>
      plannedPrewarms.map(({ delayMs, memoryMb }) => ({ task, delayMs, memoryMb })),
    ),
    edges: nodes.flatMap(({ upstream }, task) =>
      orNone(upstream).flatMap((id) => {
        const above = indexOf.get(id);
        return above === undefined ? [] : [above, task];
      }),
    ),
    sink: indexOf.get(orNull(run.sinkNodeId) ?? '') ?? 0,
    makespanMs,
  };
}

function measureLags(run: Run, sessions: readonly WorkerSession[]): LagSums {
  const sums = { root: noLag(), inner: noLag(), started: noLag(), local: noLag(), remote: noLag() };
  const add = (lag: Lag, ms: number) => {
    if (!(ms >= 0 && ms < Number.POSITIVE_INFINITY)) return;
    sums[lag].count++;
    sums[lag].sumMs += ms;
  };
  const inputs = indexInputs(run);
  for (const { initialTaskIds, requestedAtMs } of sessions) {
    const firstAtMs = min(initialTaskIds, (id) => inputs.thereAtMs(id)) ?? Number.POSITIVE_INFINITY;
    if (firstAtMs === Number.NEGATIVE_INFINITY) add('root', requestedAtMs - (run.submittedAtMs ?? requestedAtMs));
    else add('inner', requestedAtMs - firstAtMs);
  }
  addTaskLags(run, inputs, add);
  return sums;
}

function addTaskLags(run: Run, inputs: Inputs, add: (lag: Lag, ms: number) => void): void {
  const findStartup = indexStartups(run);
  for (const task of run.tasks) {
    const readyAtMs = findStartup(task)?.readyAtMs;
    if (readyAtMs == null) continue;
    const thereAtMs = inputs.thereAtMs(task.nodeId);
    const ms = executionStartedAtMs(task) - Math.max(thereAtMs, readyAtMs) - awaitedDownloadMs(task);
    add(readyAtMs >= thereAtMs ? 'started' : inputs.areLocal(task) ? 'local' : 'remote', ms);
  }
}

const noLag = (): { -readonly [Key in keyof LagSum]: LagSum[Key] } => ({ count: 0, sumMs: 0 });

interface Inputs {
  /** When all inputs of a node were there; −∞: it needs none; ∞: one left no metrics, so that nobody knows. */
  readonly thereAtMs: (nodeId: string) => number;
  /** Is true when all of them come from the task's own worker. */
  readonly areLocal: (task: Task) => boolean;
}

function indexInputs(run: Run): Inputs {
  const nodes = nodesById(run);
  const tasks = tasksById(run);
  const upstreamOf = (nodeId: string) => orNone(nodes.get(nodeId)?.upstream ?? []).map((id) => tasks.get(id));
  return {
    thereAtMs: (nodeId) =>
      upstreamOf(nodeId).reduce(
        (latestMs, task) => Math.max(latestMs, task ? outputAvailableAtMs(task) : Number.POSITIVE_INFINITY),
        Number.NEGATIVE_INFINITY,
      ),
    areLocal: ({ nodeId, workerId }) => upstreamOf(nodeId).every((task) => task?.workerId === workerId),
  };
}

/** The part of the wait for inputs that the plan has a time for: their download, side by side. */
function awaitedDownloadMs({ inputs, inputWaitMs }: Task): number {
  const longestMs = orNone(inputs).reduce((most, { downloadMs }) => Math.max(most, downloadMs ?? 0), 0);
  return Math.min(longestMs, orNull(inputWaitMs) ?? 0);
}
