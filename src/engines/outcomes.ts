import type { AttemptOutcome } from './assemble-run.ts';

/** Words that engines have for the state of a task. */
const WORDS: Readonly<Record<AttemptOutcome | 'skipped', readonly string[]>> = {
  done: ['done', 'success', 'successful', 'succeeded', 'complete', 'completed', 'finished', 'ok', 'exec_done', 'true'],
  failed: ['failed', 'fail', 'failure', 'error', 'errored', 'exception', 'timeout', 'timed_out', 'killed', 'false'],
  unfinished: [
    ...['running', 'queued', 'scheduled', 'pending', 'waiting', 'submitted', 'launched', 'new', 'created', 'none'],
    ...['aborted', 'cancelled', 'canceled', 'upstream_failed', 'dep_fail', 'up_for_retry', 'up_for_reschedule'],
    ...['deferred', 'restarting', 'awaiting_input'],
  ],
  skipped: ['skipped', 'removed', 'cached', 'memo_done', 'omitted'],
};

const OUTCOME_OF = new Map(
  Object.entries(WORDS).flatMap(([outcome, words]) => words.map((word) => [word, outcome as keyof typeof WORDS])),
);

/** Tells the outcome by an engine's word for it; `null`: the word is not known. `skipped`: the task is no part of the run. */
export const outcomeOf = (word: string): keyof typeof WORDS | null =>
  OUTCOME_OF.get(
    word
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_'),
  ) ?? null;

/** Lists some of the words, for messages. */
export const OUTCOME_WORDS = 'a state such as success, failed, running or skipped';
