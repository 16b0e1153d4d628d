import { type BillableUse, listBillableUse, type UnbillableReason } from '../../model/billable-use.ts';
import { type CriticalPath, traceCriticalPath } from '../../model/critical-path.ts';
import { groupBy } from '../../model/group-by.ts';
import { findMetric, inputBytes, type Measured, type Metric, measureRun } from '../../model/metrics.ts';
import { isRecorded, orNull } from '../../model/recorded.ts';
import { REPLAY_NEEDS, type ReplayNetwork, type ReplayRefusal, traceReplay } from '../../model/replay.ts';
import type { Run, Task } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { listPositions } from '../../model/structural-position.ts';
import { countNeighbours } from './neighbours.ts';

/** What one run tells of memory. */
export interface MemoryFacts extends Measured {
  readonly run: RunFacts;
  readonly functions: readonly FunctionTasks[];
  /** The run's makespan, along whose path `pathMs` lies; `null`: the path could not be followed. */
  readonly pathMakespanMs: number | null;
  readonly network: ReplayNetwork | ReplayRefusal | 'not-recorded';
  readonly use: BillableUse | UnbillableReason;
}

/** The tasks of one function at one place of the DAG. */
export interface FunctionTasks {
  readonly functionName: string;
  /** Its structural position; empty where the function has one in this run. */
  readonly position: string;
  /** Execution along the critical path. */
  readonly pathMs: number;
  readonly tasks: readonly TaskRow[];
}

/** A task, as a row because there are many: neighbours are the mean number of tasks executing beside it in its worker. */
export type TaskRow = readonly [
  memoryMb: number,
  executionMs: number,
  neighbourCount: number | null,
  inputBytes: number | null,
];

/** A task that is shorter tells of its overhead, and of the clock. */
const SHORTEST_TASK_MS = 5;

/** The metrics by which planners are held against each other. */
const PLANNER_METRICS = ['makespan', 'resource-usage'].map((key) => findMetric(key) as Metric);

/** One run's tasks with their memory and neighbours, its path and what can be replayed of it. Pure. */
export function extractMemory(run: Run, facts: RunFacts): MemoryFacts {
  const path = facts.traits.complete ? traceCriticalPath(run) : null;
  const traced = path === null || typeof path === 'string' ? null : path;
  return {
    run: facts,
    ...measureRun(run, PLANNER_METRICS),
    functions: listFunctions(run, traced),
    pathMakespanMs: traced?.makespanMs ?? null,
    network: REPLAY_NEEDS.some((kind) => run.lacks.has(kind)) ? 'not-recorded' : traceReplay(run),
    use: listBillableUse(run),
  };
}

interface Placed {
  readonly functionName: string;
  readonly position: string;
  readonly task: Task;
  readonly neighbourCount: number | null;
}

function listFunctions(run: Run, path: CriticalPath | null): FunctionTasks[] {
  const positions = listPositions(run.nodes);
  const placeOf = new Map(run.nodes.map(({ id }, i) => [id, i]));
  const neighbours = countNeighbours(run.tasks);
  const placed = run.tasks.flatMap((task, i): Placed[] => {
    const place = placeOf.get(task.nodeId);
    const functionName = place === undefined ? undefined : run.nodes[place]?.functionName;
    if (place === undefined || functionName === undefined) return [];
    return [{ functionName, position: positions[place] as string, task, neighbourCount: neighbours[i] ?? null }];
  });
  const onPath = new Set(path?.nodeIds);
  return groupBy(placed, ({ functionName }) => functionName).flatMap((own) => {
    const byPosition = groupBy(own, ({ position }) => position);
    return byPosition.map((members) => describe(members, byPosition.length > 1, onPath));
  });
}

function describe(members: readonly Placed[], several: boolean, onPath: ReadonlySet<string>): FunctionTasks {
  const { functionName, position } = members[0] as Placed;
  return {
    functionName,
    position: several ? position.slice(functionName.length) : '',
    pathMs: members.reduce((sum, { task }) => sum + (onPath.has(task.nodeId) ? task.executionMs : 0), 0),
    tasks: members.flatMap(({ task, neighbourCount }): TaskRow[] =>
      task.executionMs >= SHORTEST_TASK_MS && isRecorded(task.memoryMb) && task.memoryMb > 0
        ? [[task.memoryMb, task.executionMs, neighbourCount, orNull(inputBytes(task))]]
        : [],
    ),
  };
}
