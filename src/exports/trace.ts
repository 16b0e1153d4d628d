import { downloadMs } from '../model/metrics.ts';
import { orNone, orNull } from '../model/recorded.ts';
import type { Run, Task, WorkerStartup } from '../model/run.ts';
import { startupWorkerId } from '../model/task-startup.ts';
import {
  executionStartedAtMs,
  finishedAtMs,
  makespanMs,
  outputAvailableAtMs,
  startedAtMs,
  tasksById,
} from '../model/timeline.ts';

/**
 * Writes runs as a trace in the Trace Event Format of Chrome, which Perfetto opens: a process for each worker, slices for its start-up
 * and for the phases of its tasks, flows from a task to those that wait for it. Instants are µs since 1970.
 */

/** One event of a trace, in the format's own keys. */
type TraceEvent = Readonly<Record<string, unknown>>;

/** Numbers the processes and flows of a trace: they are unique in it. */
export interface TraceCounters {
  processCount: number;
  flowCount: number;
}

/** Makes the events of one run, whose tasks have instants. The same run and counters give the same events. O(n log n) in tasks, and edges. */
export function toTraceEvents(run: Run, counters: TraceCounters): TraceEvent[] {
  const processes = new Map<string, Process>();
  const openProcess = (name: string): Process => {
    const known = processes.get(name);
    if (known !== undefined) return known;
    const opened: Process = { pid: ++counters.processCount, name, laneEnds: [], events: [] };
    processes.set(name, opened);
    return opened;
  };
  const own = `${run.workflow} ${run.runId}`;
  addRun(run, openProcess(own));
  const tasks = tasksById(run);
  const nameProcess = (workerId: string | null) =>
    workerId === null || workerId === '' ? `workers without a name, ${own}` : `worker ${workerId}, ${own}`;
  const startups = [...orNone(run.workerStartups)].sort((a, b) => a.requestedAtMs - b.requestedAtMs);
  for (const startup of startups) addStartup(startup, openProcess(nameProcess(startupWorkerId(startup, tasks))));
  const functions = new Map(run.nodes.map(({ id, functionName }) => [id, functionName]));
  const placed = new Map<string, Place>();
  for (const task of [...tasks.values()].sort((a, b) => startedAtMs(a) - startedAtMs(b))) {
    const process = openProcess(nameProcess(orNull(task.workerId)));
    placed.set(task.nodeId, addTask(task, functions.get(task.nodeId) ?? 'unknown', process));
  }
  const events = [...processes.values()].flatMap((process) => [nameOf(process), ...process.events]);
  return [...events, ...linkTasks(run, placed, counters)];
}

interface Process {
  readonly pid: number;
  readonly name: string;
  /** When each lane is free again: slices of one lane must not overlap. */
  readonly laneEnds: number[];
  readonly events: TraceEvent[];
}

/** The slice of a task. */
interface Place {
  readonly pid: number;
  readonly tid: number;
  readonly fromUs: number;
  readonly toUs: number;
}

const nameOf = ({ pid, name }: Process): TraceEvent => ({ ph: 'M', name: 'process_name', pid, tid: 0, args: { name } });

const toUs = (atMs: number): number => Math.round(atMs * 1000);

function slice(
  name: string,
  { pid, tid }: Pick<Place, 'pid' | 'tid'>,
  fromMs: number,
  toMs: number,
  args: object = {},
): TraceEvent {
  return { ph: 'X', name, cat: 'wfa', pid, tid, ts: toUs(fromMs), dur: Math.max(0, toUs(toMs) - toUs(fromMs)), args };
}

function addRun(run: Run, process: Process): void {
  const makespan = makespanMs(run);
  if (makespan === null || run.submittedAtMs === null) return;
  const place = { pid: process.pid, tid: 1 };
  process.events.push(slice(`makespan of ${run.workflow}`, place, run.submittedAtMs, run.submittedAtMs + makespan));
}

/** Takes the first lane that is free, or another one. */
function takeLane({ laneEnds }: Process, fromMs: number, toMs: number): number {
  const free = laneEnds.findIndex((endMs) => endMs <= fromMs);
  const lane = free === -1 ? laneEnds.length : free;
  laneEnds[lane] = toMs;
  return lane + 1;
}

/** A start-up that never ended is an instant. */
function addStartup({ requestedAtMs, readyAtMs, state, memoryMb }: WorkerStartup, process: Process): void {
  const { pid, events } = process;
  const tid = takeLane(process, requestedAtMs, readyAtMs ?? requestedAtMs);
  const args = { state: orNull(state), memoryMb: orNull(memoryMb) };
  if (readyAtMs !== null) events.push(slice('start-up', { pid, tid }, requestedAtMs, readyAtMs, args));
  else
    events.push({
      ph: 'i',
      s: 't',
      name: 'start-up that never ended',
      cat: 'wfa',
      pid,
      tid,
      ts: toUs(requestedAtMs),
      args,
    });
}

function addTask(task: Task, functionName: string, process: Process): Place {
  const { pid, events } = process;
  const [beganAtMs, endedAtMs] = [startedAtMs(task), finishedAtMs(task)];
  const tid = takeLane(process, beganAtMs, endedAtMs);
  const place = { pid, tid, fromUs: toUs(beganAtMs), toUs: Math.max(toUs(beganAtMs), toUs(endedAtMs)) };
  const args = { task: task.nodeId, memoryMb: orNull(task.memoryMb), outputBytes: orNull(task.outputBytes) };
  events.push(slice(functionName, place, beganAtMs, endedAtMs, args));
  for (const { name, fromMs, toMs, ...more } of listPhases(task)) {
    if (toMs > fromMs) events.push(slice(name, place, fromMs, toMs, more));
  }
  return place;
}

/** The phases of a task, one after the other; those that are not recorded have no length. */
function listPhases(task: Task) {
  const executedAtMs = executionStartedAtMs(task);
  const uploadedAtMs = outputAvailableAtMs(task);
  const updatedAtMs = uploadedAtMs + (orNull(task.dependencyUpdateMs) ?? 0);
  const downloadedMs = orNull(downloadMs(task));
  const waits = downloadedMs === null ? 'input wait' : 'input wait and download';
  return [
    {
      name: waits,
      fromMs: startedAtMs(task),
      toMs: executedAtMs,
      ...(downloadedMs === null ? {} : { downloadMs: downloadedMs }),
    },
    { name: 'execution', fromMs: executedAtMs, toMs: executedAtMs + task.executionMs },
    { name: 'upload', fromMs: executedAtMs + task.executionMs, toMs: uploadedAtMs },
    { name: 'dependency update', fromMs: uploadedAtMs, toMs: updatedAtMs },
    { name: 'invocation', fromMs: updatedAtMs, toMs: finishedAtMs(task) },
  ];
}

/** A flow is bound to the slices around its ends: it leaves at the last µs of the one, and comes at the first of the other. */
function linkTasks({ nodes }: Run, placed: ReadonlyMap<string, Place>, counters: TraceCounters): TraceEvent[] {
  const flows: TraceEvent[] = [];
  for (const { id, upstream } of nodes) {
    const to = placed.get(id);
    for (const from of to === undefined ? [] : orNone(upstream).flatMap((above) => placed.get(above) ?? [])) {
      const flow = { name: 'output', cat: 'wfa', id: ++counters.flowCount };
      flows.push({ ph: 's', ...flow, pid: from.pid, tid: from.tid, ts: Math.max(from.fromUs, from.toUs - 1) });
      flows.push({
        ph: 'f',
        bp: 'e',
        ...flow,
        pid: (to as Place).pid,
        tid: (to as Place).tid,
        ts: (to as Place).fromUs,
      });
    }
  }
  return flows;
}
