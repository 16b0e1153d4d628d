import type { AttemptOutcome } from './assemble-run.ts';
import { BadCell, readName } from './cells.ts';

/** Words that engines have for the state of a task. */
const WORDS: Readonly<Record<AttemptOutcome | 'skipped', readonly string[]>> = {
  done: ['done', 'success', 'successful', 'succeeded', 'complete', 'completed', 'finished', 'ok', 'exec_done', 'true'],
  failed: [
    ...['failed', 'fail', 'failure', 'error', 'errored', 'erred', 'exception', 'crashed', 'killed', 'false'],
    ...['timeout', 'timed_out', 'timedout', 'deadline', 'out_of_memory', 'oom', 'node_fail', 'boot_fail', 'preempted'],
    ...['fail_lazy', 'retryablefailure', 'shutdown'],
  ],
  unfinished: [
    ...['running', 'queued', 'scheduled', 'pending', 'waiting', 'submitted', 'launched', 'new', 'created', 'none'],
    ...['aborted', 'cancelled', 'canceled', 'upstream_failed', 'dep_fail', 'up_for_retry', 'up_for_reschedule'],
    ...['deferred', 'restarting', 'awaiting_input', 'sensing', 'no_status', 'unsched', 'joining', 'running_ended'],
    ...['requeued', 'suspended', 'processing', 'pending_args_avail', 'pending_node_assignment', 'submitted_to_worker'],
    ...['pending_args_fetch', 'pending_obj_store_mem_avail', 'running_in_ray_get', 'running_in_ray_wait', 'nil'],
  ],
  skipped: ['skipped', 'removed', 'cached', 'memo_done', 'omitted'],
};

const OUTCOME_OF = new Map(
  Object.entries(WORDS).flatMap(([outcome, words]) => words.map((word) => [word, outcome as keyof typeof WORDS])),
);

/** Reads an engine's word for the outcome; `null`: there is none. `skipped`: the task is no part of the run. Throws `BadCell`. */
export function readOutcome(cell: unknown, column: string): AttemptOutcome | 'skipped' | null {
  const word = readName(cell, column);
  if (word === null) return null;
  // Slurm says who cancelled, and cuts words: CANCELLED by 1000, CANCELLED+.
  const plain = word
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
    .replace(/_by_.*$|\+$/, '');
  const outcome = OUTCOME_OF.get(plain);
  if (outcome === undefined) throw new BadCell(column, 'a state such as success, failed, running or skipped', cell);
  return outcome;
}
