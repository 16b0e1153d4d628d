import { isRecorded, NOT_RECORDED } from '../model/recorded.ts';
import type { Task, TaskInput } from '../model/run.ts';
import { isFlexibleWorker } from '../model/timeline.ts';

/** Values that the engine gives as null or 0 although something happened: the one place that tells them from what did not happen. */

/** Newer engines never record the wait on flexible workers, even when inputs were downloaded: such a wait is unknown, not 0. */
export const inputWaitOf = (
  waitMs: number | null,
  workerId: string | null,
  inputs: readonly TaskInput[],
): Task['inputWaitMs'] =>
  waitMs === null &&
  isFlexibleWorker(workerId) &&
  inputs.some((input) => input.downloadMs !== null && !input.id.startsWith('hardcoded-dep-'))
    ? NOT_RECORDED
    : waitMs;

/**
 * Gives the invocations as far as they are known: those of WUKONG's optimizations happen but are not recorded, so neither null
 * nor a count of 0 says anything there.
 */
export const invocationsOf = (
  plannerName: Task['plannerName'],
  count: Task['invocationCount'],
  invocationMs: number | null,
): Pick<Task, 'invocationCount' | 'invocationMs'> =>
  isRecorded(plannerName) && /wukong.*opt/i.test(plannerName)
    ? { invocationCount: NOT_RECORDED, invocationMs: invocationMs ?? NOT_RECORDED }
    : { invocationCount: count, invocationMs };
