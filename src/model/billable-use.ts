import { oncePerRun } from './once-per-run.ts';
import { listLaunchedPrewarms } from './prewarms.ts';
import { isRecorded, type NotRecordedReason } from './recorded.ts';
import { isComplete } from './timeline.ts';
import { joinSessions, type WorkerSession } from './worker-sessions.ts';

/** A run used this of what platforms bill, in plain numbers: any price table can make a bill of it. */
export interface BillableUse {
  readonly sessions: readonly BillableSession[];
  /** The memory of each container that the run launched ahead of workers, in MB. */
  readonly prewarmsMb: readonly number[];
}

/**
 * One invocation of a worker, as a row, because there are many: its memory in MB, the time in ms from ready to the end of its last
 * task, and its start-up in ms where that was cold (`null`: warm).
 */
export type BillableSession = readonly [memoryMb: number, ranMs: number, coldStartMs: number | null];

/** Why a run has no bill: a part of what is billed is not in its record. */
export type UnbillableReason =
  | 'tasks-without-metrics'
  | 'startup-never-ended'
  | 'tasks-without-startup'
  | NotRecordedReason;

/** Lists what the run used, or says why its record does not tell all of it. Looks at `nodes`. */
export const listBillableUse = oncePerRun((run): BillableUse | UnbillableReason => {
  if (!isRecorded(run.workerStartups)) return 'startups-not-recorded';
  if (!isComplete(run)) return 'tasks-without-metrics';
  const { sessions, orphanTaskCount } = joinSessions(run);
  if (orphanTaskCount > 0) return run.lacks.has('workers') ? 'workers-not-recorded' : 'tasks-without-startup';
  const billable: BillableSession[] = [];
  for (const session of sessions) {
    const row = measureSession(session);
    if (typeof row === 'string') return row;
    billable.push(row);
  }
  return { sessions: billable, prewarmsMb: listLaunchedPrewarms(run).map(({ memoryMb }) => memoryMb) };
});

/** A worker that ran none of the run's tasks is billed for its start alone. Clocks that disagree make nothing negative. */
function measureSession(session: WorkerSession): BillableSession | UnbillableReason {
  const { memoryMb, requestedAtMs, readyAtMs, lastFinishedAtMs, state } = session;
  if (readyAtMs === null) return 'startup-never-ended';
  if (memoryMb === null) return 'memory-not-recorded';
  if (state === null) return 'startup-states-not-recorded';
  const ranMs = Math.max(0, (lastFinishedAtMs ?? readyAtMs) - readyAtMs);
  return [memoryMb, ranMs, state === 'cold' ? Math.max(0, readyAtMs - requestedAtMs) : null];
}
