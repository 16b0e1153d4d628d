import { listLaunchedPrewarms } from '../../model/prewarms.ts';
import { isRecorded, orNone, orNull } from '../../model/recorded.ts';
import type { DagNode, PlannedNode, Run, StartupState, Task } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import {
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
  readonly memoryMb: number;
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
  /** Of the worker's first recorded start-up; `null`: it has none. */
  readonly recordedState: StartupState | null;
}

/** A plan in columns: there may be very many. Tasks are numbered as the nodes of the DAG, workers as they first occur there. */
export interface PlanFacts {
  readonly workers: readonly PlannedWorker[];
  /** Of each task: its worker's number, and download, execution and upload as planned. */
  readonly taskWorkers: readonly number[];
  readonly taskDurationsMs: readonly number[];
  /** Containers to be launched ahead: by which task's worker, how long after it is ready. */
  readonly prewarms: readonly { readonly task: number; readonly delayMs: number; readonly memoryMb: number }[];
  /** Of each dependency: the task whose output is needed, and the task that needs it. */
  readonly edges: readonly number[];
  readonly sink: number;
  readonly makespanMs: number;
  /** `null`: not recorded. */
  readonly actualMakespanMs: number | null;
  /** Submission → first request, and last input there → request of a worker inside the run, as recorded, in ms. */
  readonly rootDelaysMs: readonly number[];
  readonly innerDelaysMs: readonly number[];
}

export interface WorkersFacts {
  readonly run: RunFacts;
  /** What the engine measured; `null`: nothing. */
  readonly recordedGbSeconds: number | null;
  /** Those whose memory is recorded. */
  readonly sessions: readonly SessionFacts[];
  readonly prewarms: readonly PrewarmFact[];
  readonly orphanTaskCount: number;
  readonly plan: PlanFacts | null;
}

/** One run's worker sessions, prewarms and plan. Pure. */
export function extractWorkers(run: Run, facts: RunFacts, options: WorkersOptions): WorkersFacts {
  const { sessions, orphanTaskCount } = joinSessions(run);
  const usage = orNull(run.resourceUsage)?.gbSeconds ?? 0;
  return {
    run: facts,
    recordedGbSeconds: usage > 0 ? usage : null,
    sessions: sessions.flatMap(({ initialTaskIds: _, memoryMb, ...session }) =>
      memoryMb === null ? [] : [withMemory(session, memoryMb)],
    ),
    prewarms: describePrewarms(run),
    orphanTaskCount,
    plan: options.plan ? describePlan(run, sessions) : null,
  };
}

/** In the order of keys that the facts have. */
const withMemory = (
  { workerId, ...rest }: Omit<WorkerSession, 'initialTaskIds' | 'memoryMb'>,
  memoryMb: number,
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
    actualMakespanMs: makespanOf(run),
    ...measureDelays(run, sessions),
  };
}

/** How long after its first tasks could begin each worker was asked for, as recorded. */
function measureDelays(
  run: Run,
  sessions: readonly WorkerSession[],
): Pick<PlanFacts, 'rootDelaysMs' | 'innerDelaysMs'> {
  const nodes = nodesById(run);
  const tasks = tasksById(run);
  const rootDelaysMs: number[] = [];
  const innerDelaysMs: number[] = [];
  for (const { initialTaskIds, requestedAtMs } of sessions) {
    const readyAtMs = initialTaskIds.map((id) => {
      const upstream = orNone(nodes.get(id)?.upstream ?? []);
      return Math.max(...upstream.map((above) => availableAtMs(tasks.get(above))));
    });
    const firstAtMs = Math.min(...readyAtMs);
    if (firstAtMs === Number.NEGATIVE_INFINITY) rootDelaysMs.push(requestedAtMs - (run.submittedAtMs ?? requestedAtMs));
    else if (Number.isFinite(firstAtMs)) innerDelaysMs.push(requestedAtMs - firstAtMs);
  }
  return { rootDelaysMs, innerDelaysMs };
}

/** Without metrics nobody knows: such an input makes its task drop out. */
const availableAtMs = (task: Task | undefined): number => (task ? outputAvailableAtMs(task) : Number.POSITIVE_INFINITY);
