/**
 * Trace files of Nextflow come in (`-with-trace`, as people or machines read them); each is one run, whose tasks are rows. What is not in
 * them: which task waits for which, what workers there were, and the zone of instants written as dates, which are taken for UTC.
 */
import { createHash } from 'node:crypto';
import { UserError } from '../../errors.ts';
import type { ReadRun, RunAssembler, RunLayout } from '../../model/engine-records.ts';
import { groupBy } from '../../model/group-by.ts';
import type { Issue } from '../../model/issue.ts';
import { assembleRun, bareAttempt, type TaskAttempt } from '../assemble-run.ts';
import { BadCell, readCells, readCount, readName, required } from '../cells.ts';
import { nameOfFile } from '../name-of-file.ts';
import { readAmount, readInstant, readSpan } from './cells.ts';

const COLUMNS = ['status'] as const;
const OPTIONAL = [
  'task_id',
  'hash',
  'name',
  'process',
  'tag',
  'attempt',
  'error_action',
  'submit',
  'start',
  'complete',
  'duration',
  'realtime',
  'memory',
] as const;
type Column = (typeof COLUMNS)[number] | (typeof OPTIONAL)[number];
const PLACE_OF = new Map<string, number>([...COLUMNS, ...OPTIONAL].map((column, place) => [column, place]));

/** The layout of a trace, whichever of Nextflow's fields it was told to write; a table with these columns and others is one. */
export const nextflowTraces: RunLayout = {
  looksLike: (columns) => {
    const has = (...names: readonly string[]) => names.some((name) => columns.includes(name));
    return (
      has('status') &&
      (has('task_id') ? has('hash', 'native_id', 'realtime') : has('realtime') && has('name', 'process'))
    );
  },
  columns: COLUMNS,
  optionalColumns: OPTIONAL,
  createAssembler: (uri) => new TraceAssembler(uri),
};

class TraceAssembler implements RunAssembler {
  readonly #uri: string;
  readonly #attempts: TraceAttempt[] = [];
  readonly #processes = new Set<string>();
  readonly #digest = createHash('sha256');
  #line: number | null = null;
  #cachedCount = 0;
  #undated: { readonly issue: Issue; count: number } | null = null;
  #isBroken = false;

  constructor(uri: string) {
    this.#uri = uri;
  }

  take(cells: readonly unknown[], line: number): Issue | null {
    this.#line ??= line;
    const found = readCells({ uri: this.#uri, line }, () => readRow(cells, line));
    if ('issue' in found) {
      this.#isBroken = true;
      return found.issue;
    }
    this.#processes.add(found.functionName);
    if (found.read === 'cached') this.#cachedCount++;
    else if (found.read === 'undated') this.#countUndated(line);
    else {
      this.#attempts.push(found.read);
      this.#digest.update(JSON.stringify([cellOf(cells, 'hash'), cellOf(cells, 'submit')]));
    }
    return null;
  }

  /** A trace of which a row cannot be read would be another run without it. */
  finish(): readonly ReadRun[] {
    if (this.#isBroken || this.#line === null) return [];
    if (this.#undated !== null) return this.#refuseUndated(this.#undated);
    if (this.#attempts.length === 0) throw allCached(this.#uri, this.#cachedCount);
    const attempts = nameTasks(this.#attempts);
    const head = {
      // Traces of several runs often have one name.
      runId: `${nameOfFile(this.#uri)}.${this.#digest.digest('hex').slice(0, 8)}`,
      workflow: nameWorkflow(this.#processes),
      submittedAtMs: null,
      remarks: [
        ...(this.#cachedCount > 0 ? (['cached-tasks-left-out'] as const) : []),
        ...(attempts.some(({ isIgnored }) => isIgnored) ? (['failures-handled'] as const) : []),
      ],
      hasOutcomes: true,
      origin: { uri: this.#uri, line: this.#line },
    };
    return [assembleRun(head, attempts)];
  }

  #countUndated(line: number): void {
    const expected = `when a task that is completed began: ${FIELDS}`;
    const issue: Issue = {
      code: 'wrong-field',
      origin: { uri: this.#uri, line },
      path: 'start',
      expected,
      found: 'nothing',
    };
    this.#undated ??= { issue, count: 0 };
    this.#undated.count++;
  }

  /** Fields that were not asked for are missing in all rows: that is one finding, and not one for each. */
  #refuseUndated({ issue, count }: { readonly issue: Issue; readonly count: number }): readonly ReadRun[] {
    if (this.#attempts.some(({ outcome }) => outcome === 'done')) return [{ issue }];
    throw new UserError(
      'not-run-records',
      `${this.#uri}: this Nextflow trace does not say when any of its ${count} completed tasks began.`,
      { hint: [`A run is told by ${FIELDS}: without them there is no order of tasks and no makespan.`] },
    );
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

/** An attempt with what tells it from other tasks of its name. */
interface TraceAttempt extends TaskAttempt {
  readonly completedAtMs: number | null;
  /** It failed, and the workflow was told to go on without it. */
  readonly isIgnored: boolean;
}

interface ReadRow {
  readonly functionName: string;
  /** `undated`: it is completed, and began at an unknown time. */
  readonly read: TraceAttempt | 'cached' | 'undated';
}

const cellOf = (cells: readonly unknown[], column: Column): unknown => cells[PLACE_OF.get(column) as number];

/** Throws `BadCell`. */
function readRow(cells: readonly unknown[], line: number): ReadRow {
  const state = readState(cellOf(cells, 'status'));
  const { name, functionName } = readNames(cells, line);
  // The times of a task that was cached are those of an earlier run.
  if (state === 'cached') return { functionName, read: state };
  const times = readTimes(cells);
  const { startedAtMs, executionMs } = times;
  if (state === 'done') {
    required(executionMs, 'realtime', `how long a task that is completed took: ${FIELDS}`);
    if (startedAtMs === null) return { functionName, read: 'undated' };
  }
  const isIgnored = state === 'failed' && isGoneWithout(cells) && startedAtMs !== null && executionMs !== null;
  const outcome = isIgnored ? 'done' : state;
  const attempt = readCount(cellOf(cells, 'attempt'), 'attempt');
  const memoryMb = readAmount(cellOf(cells, 'memory'), 'memory');
  const known = bareAttempt({ line, taskId: name, functionName, outcome, attempt, ...times, memoryMb });
  return { functionName, read: { ...known, completedAtMs: times.completedAtMs, isIgnored } };
}

function readState(cell: unknown): TaskAttempt['outcome'] | 'cached' {
  const status = readName(cell, 'status');
  if (status === 'status') throw new BadCell('status', ONE_TRACE, status);
  const state = OUTCOMES[status?.toUpperCase() ?? ''];
  if (state === undefined) throw new BadCell('status', `one of ${Object.keys(OUTCOMES).join(', ')}`, cell);
  return state;
}

/** A task is named by its process and its tag. */
function readNames(cells: readonly unknown[], line: number): { readonly name: string; readonly functionName: string } {
  const nameAt = (column: Column) => readName(cellOf(cells, column), column);
  const [process, tag] = [nameAt('process'), nameAt('tag')];
  const tagged = process !== null && tag !== null ? `${process} (${tag})` : process;
  const name = nameAt('name') ?? tagged ?? nameAt('task_id') ?? String(line);
  return { name, functionName: process ?? name.replace(/ \(.*\)$/s, '') };
}

const isGoneWithout = (cells: readonly unknown[]): boolean =>
  readName(cellOf(cells, 'error_action'), 'error_action')?.toUpperCase() === 'IGNORE';

const ONE_TRACE = 'the rows of one trace; here a second header stands: give each trace a file of its own';
const FIELDS = "start and complete, or submit, duration and realtime (Nextflow's trace.fields)";

/** `null`: it is not recorded. */
interface Times {
  readonly requestedAtMs: number | null;
  readonly startedAtMs: number | null;
  readonly completedAtMs: number | null;
  readonly executionMs: number | null;
}

/** Durations of traces for people are rounded to seconds, each by itself. */
const ROUNDING_MS = 1000;

/** By definition `duration` = complete − submit, and `realtime` = complete − start: one of them tells what the others leave out. */
function readTimes(cells: readonly unknown[]): Times {
  const instantAt = (column: Column) => readInstant(cellOf(cells, column), column);
  const spanAt = (column: Column) => readSpan(cellOf(cells, column), column);
  const [requestedAtMs, startedAtMs, executionMs] = [instantAt('submit'), instantAt('start'), spanAt('realtime')];
  const completedAtMs = instantAt('complete') ?? add(requestedAtMs, spanAt('duration'));
  if (startedAtMs !== null) {
    const tookMs = executionMs ?? (completedAtMs === null ? null : completedAtMs - startedAtMs);
    return { requestedAtMs, startedAtMs, completedAtMs, executionMs: tookMs };
  }
  if (completedAtMs === null || executionMs === null) return { requestedAtMs, startedAtMs, completedAtMs, executionMs };
  const beganAtMs = completedAtMs - executionMs;
  const isRounded = requestedAtMs !== null && beganAtMs < requestedAtMs && beganAtMs >= requestedAtMs - ROUNDING_MS;
  return { requestedAtMs, startedAtMs: isRounded ? requestedAtMs : beganAtMs, completedAtMs, executionMs };
}

const add = (atMs: number | null, tookMs: number | null): number | null =>
  atMs === null || tookMs === null ? null : atMs + tookMs;

/**
 * Tells attempts of one task from tasks of one name: an attempt that failed was tried again by the first later row of its name that was
 * submitted once it had ended, and that is no first attempt where attempts are numbered. Names are then made unique by a number.
 */
function nameTasks(attempts: readonly TraceAttempt[]): readonly TraceAttempt[] {
  const order = [...attempts].sort((a, b) => (atOf(a) ?? a.line) - (atOf(b) ?? b.line) || a.line - b.line);
  return groupBy(order, ({ taskId }) => taskId).flatMap(numberTasks);
}

/** The attempts have one name, and come in the order of their submission. */
function numberTasks(attempts: readonly TraceAttempt[]): TraceAttempt[] {
  const failed: TraceAttempt[] = [];
  let count = 0;
  return attempts.map((attempt) => {
    const place = failed.findIndex((earlier) => isRetry(attempt, earlier));
    const [retried] = place === -1 ? [] : failed.splice(place, 1);
    if (retried === undefined) count++;
    const taskId = retried?.taskId ?? (count === 1 ? attempt.taskId : `${attempt.taskId} #${count}`);
    const named = { ...attempt, taskId };
    if (attempt.outcome === 'failed') failed.push(named);
    return named;
  });
}

const atOf = ({ requestedAtMs, startedAtMs }: TaskAttempt): number | null => requestedAtMs ?? startedAtMs;

function isRetry(later: TraceAttempt, failed: TraceAttempt): boolean {
  if (later.attempt !== null && failed.attempt !== null && later.attempt !== failed.attempt + 1) return false;
  const [atMs, endedAtMs] = [atOf(later), failed.completedAtMs];
  return atMs === null || endedAtMs === null || atMs >= endedAtMs - ROUNDING_MS;
}

/**
 * Processes of a named workflow have its name before a colon. A trace of others does not name its workflow: a digest of the names of
 * its processes stands for it, so that traces of different workflows are not taken for runs of one.
 */
function nameWorkflow(processes: ReadonlySet<string>): string {
  const names = [...processes].sort();
  const [first, ...others] = new Set(names.map((name) => name.split(':')[0] as string));
  const isNamed = names.every((name) => name.includes(':'));
  if (isNamed && first !== undefined && others.length === 0) return first;
  return `nextflow-${createHash('sha256').update(JSON.stringify(names)).digest('hex').slice(0, 6)}`;
}
