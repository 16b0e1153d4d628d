import type { RunAssembler } from '../../model/engine-records.ts';
import type { Issue } from '../../model/issue.ts';
import { assembleRun, bareAttempt, type TaskAttempt } from '../assemble-run.ts';
import { readCells, readCount, readDuration, readInstant, readMemory, readName, readState } from '../cells.ts';
import { nameOfFile } from '../name-of-file.ts';

/** Statistics of calls → runs: each job is one. */

/** Instants that Lithops writes, of which statistics have several, whatever became of the call. */
const INSTANTS = [
  'host_job_create_tstamp',
  'host_submit_tstamp',
  'host_status_done_tstamp',
  'worker_start_tstamp',
  'worker_func_start_tstamp',
  'worker_func_end_tstamp',
  'worker_end_tstamp',
] as const;

const LEAST_INSTANTS = 2;

/** Tells whether fields of these names are the statistics of a call. */
export const areStats = (names: readonly string[]): boolean =>
  INSTANTS.filter((name) => names.includes(name)).length >= LEAST_INSTANTS;

/** The fields of the statistics that are read. */
const OWN_FIELDS = [
  'host_job_create_tstamp',
  'host_submit_tstamp',
  'worker_start_tstamp',
  'worker_cold_start',
  'worker_func_start_tstamp',
  'worker_func_end_tstamp',
  'worker_func_exec_time',
  'worker_result_upload_time',
  'func_result_size',
] as const;
/** The fields that stand beside the statistics in the call's future. */
const FUTURE_FIELDS = ['executor_id', 'job_id', 'call_id', 'function_name', 'runtime_memory'] as const;

/** The fields that are read. */
export const FIELDS = [...OWN_FIELDS, ...FUTURE_FIELDS] as const;
/** The same fields, as paths from the call's future. */
export const FIELDS_OF_FUTURE: readonly string[] = [...OWN_FIELDS.map((field) => `stats.${field}`), ...FUTURE_FIELDS];
type Field = (typeof FIELDS)[number];
const PLACE_OF = new Map<string, number>(FIELDS.map((field, place) => [field, place]));

/** Tells whether fields of these names, or paths, are those of a call's future with its statistics. */
export const areFutures = (names: readonly string[]): boolean =>
  areStats(names.flatMap((name) => (name.startsWith('stats.') ? name.slice('stats.'.length) : [])));

/** A job's calls so far; `isBroken`: one of them could not be read. */
interface Job {
  readonly line: number;
  readonly createdAtMs: number | null;
  readonly calls: TaskAttempt[];
  isBroken: boolean;
}

/** Takes the fields of a call each, in the order of `FIELDS`. */
export class StatsAssembler implements RunAssembler {
  readonly #uri: string;
  readonly #jobs = new Map<string, Job>();

  constructor(uri: string) {
    this.#uri = uri;
  }

  take(cells: readonly unknown[], line: number): Issue | null {
    const origin = { uri: this.#uri, line };
    const named = readCells(origin, () => nameJob(cells, this.#uri));
    if ('issue' in named) return named.issue;
    const job = this.#jobs.get(named.runId) ?? { line, createdAtMs: named.createdAtMs, calls: [], isBroken: false };
    this.#jobs.set(named.runId, job);
    const call = readCells(origin, () => readCall(cells, line));
    if ('issue' in call) {
      job.isBroken = true;
      return call.issue;
    }
    job.calls.push(call);
    return null;
  }

  /** A job of which a call cannot be read would be another one without it. */
  finish() {
    const jobs = [...this.#jobs].filter(([, { isBroken }]) => !isBroken);
    return jobs.map(([runId, { line, createdAtMs, calls }]) => {
      const [first] = new Set(calls.map(({ functionName }) => functionName));
      const workflow = first === undefined || first === UNNAMED ? 'lithops' : first;
      const origin = { uri: this.#uri, line };
      return assembleRun(
        {
          runId,
          workflow,
          submittedAtMs: createdAtMs,
          remarks: [],
          hasOutcomes: true,
          origin,
          nameTasks: numberCalls,
        },
        calls,
      );
    });
  }
}

const UNNAMED = 'call';
const NO_ID = '';
const seconds = readInstant('s');
const secondsLong = readDuration('s');
const megabytes = readMemory('MB');

const cellOf = (cells: readonly unknown[], field: Field): unknown => cells[PLACE_OF.get(field) as number];

/** Calls of one job were created at one instant. Without it, all calls of the input are one job. */
function nameJob(cells: readonly unknown[], uri: string) {
  const at = (field: Field) => cellOf(cells, field);
  const ids = [readName(at('executor_id'), 'executor_id'), readName(at('job_id'), 'job_id')].filter(
    (id) => id !== null,
  );
  const createdAtMs = seconds(at('host_job_create_tstamp'), 'host_job_create_tstamp');
  const runId = ids.join('-') || (createdAtMs === null ? nameOfFile(uri) : `lithops-${createdAtMs}`);
  return { runId, createdAtMs };
}

/** Calls that do not say their number are numbered as they come. */
const numberCalls = (calls: readonly TaskAttempt[]): readonly TaskAttempt[] =>
  calls.map((call, place) => (call.taskId === NO_ID ? { ...call, taskId: `${call.functionName} ${place}` } : call));

/** Throws `BadCell`. A call that left no end was never heard of again. */
function readCall(cells: readonly unknown[], line: number): TaskAttempt {
  const at = <Value>(field: Field, parse: (cell: unknown, field: string) => Value) =>
    parse(cellOf(cells, field), field);
  const startedAtMs = at('worker_func_start_tstamp', seconds);
  const endedAtMs = at('worker_func_end_tstamp', seconds);
  const tookMs = at('worker_func_exec_time', secondsLong);
  const executionMs = tookMs ?? (startedAtMs === null || endedAtMs === null ? null : endedAtMs - startedAtMs);
  return bareAttempt({
    line,
    taskId: at('call_id', readName) ?? NO_ID,
    functionName: at('function_name', readName) ?? UNNAMED,
    outcome: startedAtMs === null || executionMs === null ? 'failed' : 'done',
    requestedAtMs: at('host_submit_tstamp', seconds),
    readyAtMs: at('worker_start_tstamp', seconds),
    startedAtMs,
    executionMs,
    uploadMs: at('worker_result_upload_time', secondsLong),
    outputBytes: at('func_result_size', readCount),
    memoryMb: at('runtime_memory', megabytes),
    state: at('worker_cold_start', readState),
    parents: [],
  });
}
