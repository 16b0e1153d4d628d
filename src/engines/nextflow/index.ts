/**
 * Trace files of Nextflow come in (`-with-trace`, as people or machines read them); each is one run, whose tasks are rows. What is not in
 * them: which task waits for which, what workers there were, and the zone of instants written as dates, which are taken for UTC.
 */
import { createHash } from 'node:crypto';
import { UserError } from '../../errors.ts';
import type { ReadRun, RunAssembler, RunLayout } from '../../model/engine-records.ts';
import type { Issue } from '../../model/issue.ts';
import { assembleRun, bareAttempt, type TaskAttempt } from '../assemble-run.ts';
import { BadCell, readCells, readName, required } from '../cells.ts';
import { nameOfFile } from '../name-of-file.ts';
import { readAmount, readInstant, readSpan } from './cells.ts';

const COLUMNS = ['task_id', 'status'] as const;
const OPTIONAL = [
  'hash',
  'name',
  'process',
  'attempt',
  'submit',
  'start',
  'complete',
  'duration',
  'realtime',
  'memory',
] as const;
type Column = (typeof COLUMNS)[number] | (typeof OPTIONAL)[number];
const PLACE_OF = new Map<string, number>([...COLUMNS, ...OPTIONAL].map((column, place) => [column, place]));

/** The layout of a trace; a table with these columns and others is one. */
export const nextflowTraces: RunLayout = {
  looksLike: (columns) =>
    columns.includes('task_id') &&
    columns.includes('status') &&
    ['hash', 'native_id', 'realtime'].some((column) => columns.includes(column)),
  columns: COLUMNS,
  optionalColumns: OPTIONAL,
  createAssembler: (uri) => new TraceAssembler(uri),
};

class TraceAssembler implements RunAssembler {
  readonly #uri: string;
  readonly #attempts: TaskAttempt[] = [];
  readonly #digest = createHash('sha256');
  #line: number | null = null;
  #cachedCount = 0;
  #isBroken = false;

  constructor(uri: string) {
    this.#uri = uri;
  }

  take(cells: readonly unknown[], line: number): Issue | null {
    this.#line ??= line;
    const read = readCells({ uri: this.#uri, line }, () => readRow(cells, line));
    if (read === 'cached') {
      this.#cachedCount++;
    } else if ('issue' in read) {
      this.#isBroken = true;
      return read.issue;
    } else {
      this.#attempts.push(read);
      this.#digest.update(
        JSON.stringify([cells[PLACE_OF.get('hash') as number], cells[PLACE_OF.get('submit') as number]]),
      );
    }
    return null;
  }

  /** A trace of which a row cannot be read would be another run without it. */
  finish(): readonly ReadRun[] {
    if (this.#isBroken || this.#line === null) return [];
    if (this.#attempts.length === 0) throw allCached(this.#uri, this.#cachedCount);
    const attempts = nameTasks(this.#attempts);
    const head = {
      // Traces of several runs often have one name.
      runId: `${nameOfFile(this.#uri)}.${this.#digest.digest('hex').slice(0, 8)}`,
      workflow: nameWorkflow(attempts),
      submittedAtMs: null,
      remarks: this.#cachedCount > 0 ? (['cached-tasks-left-out'] as const) : [],
      hasOutcomes: true,
      origin: { uri: this.#uri, line: this.#line },
    };
    return [assembleRun(head, attempts)];
  }
}

const allCached = (uri: string, count: number): UserError =>
  new UserError(
    'not-run-records',
    `${uri}: all ${count} tasks of this Nextflow trace were taken from an earlier run's cache.`,
    {
      hint: 'Nothing ran, so that there is nothing to measure. Give the trace of the run that filled the cache.',
    },
  );

/** Nextflow's states. A task that was aborted was running, or waiting, when another one failed. */
const OUTCOMES: Readonly<Record<string, TaskAttempt['outcome'] | 'cached'>> = {
  COMPLETED: 'done',
  FAILED: 'failed',
  CACHED: 'cached',
  ABORTED: 'unfinished',
  NEW: 'unfinished',
  SUBMITTED: 'unfinished',
  RUNNING: 'unfinished',
};

/** Throws `BadCell`. The times of a task that was cached are those of an earlier run. */
function readRow(cells: readonly unknown[], line: number): TaskAttempt | 'cached' {
  const cellOf = (column: Column) => cells[PLACE_OF.get(column) as number];
  const nameAt = (column: Column) => readName(cellOf(column), column);
  const status = nameAt('status');
  const outcome = OUTCOMES[status?.toUpperCase() ?? ''];
  if (outcome === undefined)
    throw new BadCell('status', `one of ${Object.keys(OUTCOMES).join(', ')}`, cellOf('status'));
  if (outcome === 'cached') return outcome;
  const id = required(nameAt('task_id'), 'task_id', 'a name');
  const name = nameAt('name') ?? nameAt('process') ?? id;
  const requestedAtMs = readInstant(cellOf('submit'), 'submit');
  const times = readTimes({
    requestedAtMs,
    startedAtMs: readInstant(cellOf('start'), 'start'),
    completedAtMs: readInstant(cellOf('complete'), 'complete'),
    durationMs: readSpan(cellOf('duration'), 'duration'),
    executionMs: readSpan(cellOf('realtime'), 'realtime'),
  });
  if (outcome === 'done') {
    required(times.executionMs, 'realtime', `how long a task that is completed took: ${FIELDS}`);
    required(times.startedAtMs, 'start', `when a task that is completed began: ${FIELDS}`);
  }
  return bareAttempt({
    line,
    taskId: `${name}\n${id}`,
    functionName: nameAt('process') ?? name.replace(/ \(.*\)$/s, ''),
    outcome,
    requestedAtMs,
    ...times,
    memoryMb: readAmount(cellOf('memory'), 'memory'),
  });
}

const FIELDS = "start and complete, or submit, duration and realtime (Nextflow's trace.fields)";

interface Times {
  readonly requestedAtMs: number | null;
  readonly startedAtMs: number | null;
  readonly completedAtMs: number | null;
  readonly durationMs: number | null;
  readonly executionMs: number | null;
}

/** Durations of traces for people are rounded to seconds, each by itself. */
const ROUNDING_MS = 1000;

/** By definition `duration` = complete − submit, and `realtime` = complete − start: one of them tells what the others leave out. */
function readTimes(times: Times): Pick<TaskAttempt, 'startedAtMs' | 'executionMs'> {
  const { requestedAtMs, startedAtMs, durationMs, executionMs } = times;
  const completedAtMs =
    times.completedAtMs ?? (requestedAtMs === null || durationMs === null ? null : requestedAtMs + durationMs);
  if (startedAtMs !== null) {
    return { startedAtMs, executionMs: executionMs ?? (completedAtMs === null ? null : completedAtMs - startedAtMs) };
  }
  if (completedAtMs === null || executionMs === null) return { startedAtMs: null, executionMs };
  const beganAtMs = completedAtMs - executionMs;
  const isRounded = requestedAtMs !== null && beganAtMs < requestedAtMs && beganAtMs >= requestedAtMs - ROUNDING_MS;
  return { startedAtMs: isRounded ? requestedAtMs : beganAtMs, executionMs };
}

/**
 * Tells attempts of one task from tasks of one name: an attempt that failed was tried again where a later row has its name. Names are
 * then made unique by the task's number.
 */
function nameTasks(attempts: readonly TaskAttempt[]): readonly TaskAttempt[] {
  const nameOf = ({ taskId }: TaskAttempt) => taskId.slice(0, taskId.lastIndexOf('\n'));
  const order = [...attempts].sort(
    (a, b) => (a.requestedAtMs ?? a.line) - (b.requestedAtMs ?? b.line) || a.line - b.line,
  );
  const pending = new Map<string, string>();
  const count = new Map<string, number>();
  return order.map((attempt) => {
    const name = nameOf(attempt);
    const retried = pending.get(name);
    pending.delete(name);
    const number = retried === undefined ? (count.get(name) ?? 0) + 1 : 0;
    if (retried === undefined) count.set(name, number);
    const taskId = retried ?? (number === 1 ? name : `${name} #${number}`);
    if (attempt.outcome === 'failed') pending.set(name, taskId);
    return { ...attempt, taskId };
  });
}

/** Processes of a named workflow have its name before a colon. */
function nameWorkflow(attempts: readonly TaskAttempt[]): string {
  const [first, ...others] = new Set(attempts.map(({ functionName }) => functionName.split(':')[0] as string));
  const isNamed = attempts.every(({ functionName }) => functionName.includes(':'));
  return isNamed && first !== undefined && others.length === 0 ? first : 'nextflow';
}
