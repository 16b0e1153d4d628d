import { createHash } from 'node:crypto';
import { createRun, type NodeFields, type TaskFields } from '../model/create-run.ts';
import type { ReadRun } from '../model/engine-records.ts';
import { groupBy } from '../model/group-by.ts';
import { NOT_RECORDED } from '../model/recorded.ts';
import type { Origin, Remark, Run, StartupState, WorkerStartup } from '../model/run.ts';
import { listPositions } from '../model/structural-position.ts';

/** Attempts at tasks, as tables of any engine have them, one a row → a `Run`. */

/** `unfinished`: it was running, waiting or cancelled when it was recorded. */
export type AttemptOutcome = 'done' | 'failed' | 'unfinished';

/** An attempt at a task. `null` stands for what is not recorded. */
export interface TaskAttempt {
  readonly line: number;
  /** Tells the task from the run's others. */
  readonly taskId: string;
  readonly functionName: string;
  readonly outcome: AttemptOutcome;
  /** Counts from 1. */
  readonly attempt: number | null;
  /** The task's worker was asked for. */
  readonly requestedAtMs: number | null;
  /** Its worker was ready, where that is recorded apart from its start. */
  readonly readyAtMs: number | null;
  readonly startedAtMs: number | null;
  readonly executionMs: number | null;
  readonly uploadMs: number | null;
  readonly inputBytes: number | null;
  readonly outputBytes: number | null;
  readonly workerId: string | null;
  readonly memoryMb: number | null;
  readonly state: StartupState | null;
  readonly plannerName: string | null;
  /** The tasks whose outputs it waits for, by id. */
  readonly parents: readonly string[] | null;
}

/** An attempt of which only this is recorded. */
export const bareAttempt = (
  known: Pick<TaskAttempt, 'line' | 'taskId' | 'functionName' | 'outcome'> & Partial<TaskAttempt>,
): TaskAttempt => ({
  attempt: null,
  requestedAtMs: null,
  readyAtMs: null,
  startedAtMs: null,
  executionMs: null,
  uploadMs: null,
  inputBytes: null,
  outputBytes: null,
  workerId: null,
  memoryMb: null,
  state: null,
  plannerName: null,
  parents: null,
  ...known,
});

/** The run as a whole. Without `submittedAtMs` its first request or start is taken, and that is remarked. */
export interface RunHead {
  readonly runId: string;
  readonly workflow: string;
  readonly submittedAtMs: number | null;
  readonly remarks: readonly Remark[];
  /** Is true when the states of tasks are recorded: whether the run came to its end is known then, whichever task is the last. */
  readonly hasOutcomes: boolean;
  readonly origin: Origin;
  /** Gives tasks of one name, or of none, names of their own, where rows do not. */
  readonly nameTasks?: ((attempts: readonly TaskAttempt[]) => readonly TaskAttempt[]) | undefined;
}

/** Makes a run of the last attempt at each task, or tells in which row the attempts contradict each other. */
export function assembleRun(head: RunHead, rows: readonly TaskAttempt[]): ReadRun {
  const single = dropDoubles(rows);
  const attempts = head.nameTasks?.(single) ?? single;
  const tasks = groupBy(attempts, ({ taskId }) => taskId);
  const found = tasks.map(chooseLast);
  const clash = found.find((choice) => 'clash' in choice);
  if (clash && 'clash' in clash)
    return misfit(head, clash.clash.line, `task ${clash.clash.taskId}`, ONE_NAME, 'it twice');
  const last = (found as { readonly last: TaskAttempt }[]).map((choice) => choice.last);
  const graph = linkTasks(last);
  if ('problem' in graph) return misfit(head, graph.line, 'parents', graph.problem, graph.found);
  const submittedAtMs = head.submittedAtMs ?? findFirst(attempts);
  const remarks = [
    ...head.remarks,
    ...listRemarks({ hasDoubles: rows.length > single.length, hasAttempts: attempts.length > last.length }),
    ...(head.submittedAtMs === null && submittedAtMs !== null ? (['submission-taken-from-first-task'] as const) : []),
  ];
  const run = createRun({
    runId: head.runId,
    workflow: head.workflow,
    origin: head.origin,
    sourceLabel: head.origin.uri,
    nodes: last.map((attempt, i) => toNode(attempt, graph.nodes?.[i])),
    tasks: last.flatMap(toTask),
    ...(submittedAtMs === null ? {} : { submittedAtMs }),
    ...(graph.nodes === null ? {} : describeGraph(graph.nodes)),
    ...(last.some(({ requestedAtMs }) => requestedAtMs !== null) ? { workerStartups: last.flatMap(toStartup) } : {}),
    ...(remarks.length === 0 ? {} : { remarks }),
  });
  return { run: { ...run, structureHash: hashStructure(run), lacks: tellEnd(run, head) } };
}

const listRemarks = (found: { readonly hasDoubles: boolean; readonly hasAttempts: boolean }): readonly Remark[] => [
  ...(found.hasDoubles ? (['tasks-recorded-twice'] as const) : []),
  ...(found.hasAttempts ? (['earlier-attempts-left-out'] as const) : []),
];

/** Keeps the first of rows that say the same to the last digit: one of them was written, or pasted, twice. */
function dropDoubles(rows: readonly TaskAttempt[]): readonly TaskAttempt[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const content = JSON.stringify({ ...row, line: 0 });
    return !seen.has(content) && seen.add(content);
  });
}

const ONE_NAME = 'one row for a task that is done, or attempts that are numbered';

const misfit = ({ origin }: RunHead, line: number, path: string, expected: string, found: string): ReadRun => ({
  issue: { code: 'wrong-field', origin: { uri: origin.uri, line }, path, expected, found },
});

/** Chooses the attempt that counts: by its number, else by its start. Two that are done and have no number are two tasks of one name. */
function chooseLast(
  attempts: readonly TaskAttempt[],
): { readonly last: TaskAttempt } | { readonly clash: TaskAttempt } {
  const order = [...attempts].sort(
    (a, b) => (a.attempt ?? 0) - (b.attempt ?? 0) || beganAtMs(a) - beganAtMs(b) || a.line - b.line,
  );
  const clash = order.filter(({ outcome, attempt }) => outcome === 'done' && attempt === null)[1];
  return clash ? { clash } : { last: order.at(-1) as TaskAttempt };
}

/** What has not begun comes after what has. */
const beganAtMs = ({ startedAtMs, requestedAtMs }: TaskAttempt): number =>
  requestedAtMs ?? startedAtMs ?? Number.MAX_VALUE;

const findFirst = (attempts: readonly TaskAttempt[]): number | null =>
  attempts.reduce<number | null>((first, { requestedAtMs, startedAtMs }) => {
    const atMs = requestedAtMs ?? startedAtMs;
    return atMs === null || (first !== null && first <= atMs) ? first : atMs;
  }, null);

/** The edges of a node. */
interface Links {
  readonly id: string;
  readonly upstream: readonly string[];
  readonly downstream: string[];
}

type Graph =
  | { readonly nodes: readonly Links[] | null }
  | { readonly problem: string; readonly found: string; readonly line: number };

/** Links tasks by their parents; no nodes where parents are not recorded. */
function linkTasks(attempts: readonly TaskAttempt[]): Graph {
  if (attempts.some(({ parents }) => parents === null)) return { nodes: null };
  const nodes = attempts.map(
    ({ taskId, parents }): Links => ({ id: taskId, upstream: [...new Set(parents)], downstream: [] }),
  );
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const [i, { id, upstream }] of nodes.entries()) {
    for (const parent of upstream) {
      const node = byId.get(parent);
      const { line } = attempts[i] as TaskAttempt;
      if (!node) return { problem: 'tasks of the same run', found: `'${parent}'`, line };
      node.downstream.push(id);
    }
  }
  const cycle = findCycle(nodes);
  if (cycle === null) return { nodes };
  const { line } = attempts.find(({ taskId }) => taskId === cycle) as TaskAttempt;
  return { problem: 'no task that waits for itself, through others or not', found: `a cycle through '${cycle}'`, line };
}

/** Finds a task on a cycle (Kahn 1962); `null`: there is none. */
function findCycle(nodes: readonly Links[]): string | null {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const waiting = new Map(nodes.map(({ id, upstream }) => [id, upstream.length]));
  const ready = nodes.filter(({ upstream }) => upstream.length === 0);
  for (let node = ready.pop(); node; node = ready.pop()) {
    waiting.delete(node.id);
    for (const id of node.downstream) {
      const left = (waiting.get(id) ?? 0) - 1;
      waiting.set(id, left);
      if (left === 0) ready.push(byId.get(id) as Links);
    }
  }
  if (waiting.size === 0) return null;
  // What waits for a cycle is left as well: only upstream of it the cycle itself is met again.
  const seen = new Set<string>();
  let id = [...waiting.keys()][0] as string;
  while (!seen.has(id)) {
    seen.add(id);
    id = byId.get(id)?.upstream.find((parent) => waiting.has(parent)) as string;
  }
  return id;
}

/** Names the roots, and the sink where there is only one. */
function describeGraph(nodes: readonly Links[]): Pick<Partial<Run>, 'rootNodeIds' | 'sinkNodeId'> {
  const sinks = nodes.filter(({ downstream }) => downstream.length === 0);
  const [sink] = sinks;
  return {
    rootNodeIds: nodes.filter(({ upstream }) => upstream.length === 0).map(({ id }) => id),
    ...(sinks.length === 1 && sink ? { sinkNodeId: sink.id } : {}),
  };
}

/** Leaves out what is `null`: it is not recorded. */
const recorded = <Fields extends object>(fields: Fields): { [Key in keyof Fields]?: Exclude<Fields[Key], null> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as {
    [Key in keyof Fields]?: Exclude<Fields[Key], null>;
  };

const toNode = (
  { taskId, functionName, memoryMb, workerId, outcome }: TaskAttempt,
  links: Links | undefined,
): NodeFields => ({
  id: taskId,
  functionName,
  ...recorded({ memoryMb, workerId }),
  ...(links ? { upstream: links.upstream, downstream: links.downstream } : {}),
  ...(outcome === 'failed' ? { hasFailed: true } : {}),
});

/** Only what is done leaves metrics. */
function toTask(attempt: TaskAttempt): readonly TaskFields[] {
  const { taskId, outcome, startedAtMs, executionMs, workerId, memoryMb } = attempt;
  if (outcome !== 'done' || startedAtMs === null || executionMs === null) return [];
  const { inputBytes: hardcodedInputBytes, outputBytes, uploadMs, plannerName } = attempt;
  return [
    {
      nodeId: taskId,
      startedAtMs,
      executionMs,
      ...recorded({ workerId, memoryMb, hardcodedInputBytes, outputBytes, uploadMs, plannerName }),
    },
  ];
}

/** What was asked for has a start-up, whether it was ever ready or not; where that is not recorded, none is. */
function toStartup(attempt: TaskAttempt): readonly WorkerStartup[] {
  const { taskId, outcome, requestedAtMs, readyAtMs, startedAtMs, workerId, memoryMb, state } = attempt;
  const isReady = (readyAtMs ?? startedAtMs) !== null;
  // A task that failed had begun, be its start recorded or not: to leave it out claims nothing.
  if (requestedAtMs === null || (!isReady && outcome === 'failed')) return [];
  return [
    {
      workerId,
      requestedAtMs,
      readyAtMs: readyAtMs ?? startedAtMs,
      initialTaskIds: [taskId],
      memoryMb: memoryMb ?? NOT_RECORDED,
      state: isReady ? (state ?? NOT_RECORDED) : null,
    },
  ];
}

const tellEnd = ({ lacks }: Run, { hasOutcomes }: RunHead): Run['lacks'] =>
  hasOutcomes ? new Set([...lacks].filter((kind) => kind !== 'sink')) : lacks;

/** Hashes the structure, if it is recorded: runs with equal hashes have the same functions waiting for one another. */
function hashStructure(run: Run): string {
  if (run.lacks.has('edges')) return run.structureHash;
  const positions = [...listPositions(run.nodes)].sort();
  return createHash('sha256').update(JSON.stringify(positions)).digest('hex').slice(0, 32);
}
