import { oncePerRun } from './once-per-run.ts';
import { orNone, orNull } from './recorded.ts';
import type { StartupState, WorkerStartup } from './run.ts';
import { indexStartups } from './task-startup.ts';
import { finishedAtMs } from './timeline.ts';

/** One worker process of a run, from its request to the end of its last task. */
export interface WorkerSession {
  /** The engine made it up for flexible workers; `null`: neither the start-up nor a task names it. */
  readonly workerId: string | null;
  /** `null`: not recorded. */
  readonly memoryMb: number | null;
  readonly initialTaskIds: readonly string[];
  readonly requestedAtMs: number;
  /** `null`: it never was, or did not say so. */
  readonly readyAtMs: number | null;
  /** `null`: it left no task metrics. */
  readonly lastFinishedAtMs: number | null;
  readonly taskCount: number;
  /** `null`: it never was ready, or its state is not recorded. */
  readonly state: StartupState | null;
}

/** The worker processes of one run. */
export interface RunSessions {
  /** In the order of their requests. */
  readonly sessions: readonly WorkerSession[];
  /** Tasks for which no start-up is recorded: that one was overwritten, or never written. */
  readonly orphanTaskCount: number;
}

/** Joins a run's start-ups with the tasks of the same worker process; no sessions where start-ups are not recorded. O(n log n) in tasks and start-ups. */
export const joinSessions = oncePerRun((run): RunSessions => {
  const findStartup = indexStartups(run);
  const joined = new Map(orNone(run.workerStartups).map((startup) => [startup, describeStartup(startup)]));
  let orphanTaskCount = 0;
  for (const task of run.tasks) {
    const startup = findStartup(task);
    const session = startup && joined.get(startup);
    if (!session) {
      orphanTaskCount++;
      continue;
    }
    session.taskCount++;
    session.lastFinishedAtMs = Math.max(session.lastFinishedAtMs ?? Number.NEGATIVE_INFINITY, finishedAtMs(task));
    session.workerId ??= orNull(task.workerId);
  }
  const sessions = [...joined.values()].sort((a, b) => a.requestedAtMs - b.requestedAtMs);
  return { sessions, orphanTaskCount };
});

type Unfinished = { -readonly [Key in keyof WorkerSession]: WorkerSession[Key] };

const describeStartup = ({
  workerId,
  memoryMb,
  initialTaskIds,
  requestedAtMs,
  readyAtMs,
  state,
}: WorkerStartup): Unfinished => ({
  workerId,
  memoryMb: orNull(memoryMb),
  initialTaskIds,
  requestedAtMs,
  readyAtMs,
  lastFinishedAtMs: null,
  taskCount: 0,
  state: orNull(state),
});
