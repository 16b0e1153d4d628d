import type { ReadRun, RunAssembler } from '../model/engine-records.ts';
import type { Issue } from '../model/issue.ts';
import type { Origin, Remark } from '../model/run.ts';
import { assembleRun, type TaskAttempt } from './assemble-run.ts';
import { readCells } from './cells.ts';

/** What a row says of its run. */
interface RunOfRow {
  readonly runId: string;
  /** `null`: it is named by the run's tasks. */
  readonly workflow: string | null;
}

/** How rows are read that name their run: both throw `BadCell`. A remark in place of an attempt: the row is no part of the run. */
interface RowReading {
  readonly readRun: (cells: readonly unknown[]) => RunOfRow;
  readonly readAttempt: (cells: readonly unknown[], line: number) => TaskAttempt | Remark;
  /** Is true when rows tell whether their tasks failed. */
  readonly hasOutcomes: boolean;
  /** Gives tasks of one name their own names, where rows do not. */
  readonly nameTasks?: (attempts: readonly TaskAttempt[]) => readonly TaskAttempt[];
}

/** A run's rows so far; `null` in place of them: one of them could not be read, and the run would be another one without it. */
interface Rows {
  readonly line: number;
  readonly workflow: string | null;
  attempts: TaskAttempt[] | null;
  readonly remarks: Set<Remark>;
}

/** Groups the rows of one input by the run that they name. */
export class GroupedRows implements RunAssembler {
  readonly #uri: string;
  readonly #reading: RowReading;
  readonly #runs = new Map<string, Rows>();

  constructor(uri: string, reading: RowReading) {
    this.#uri = uri;
    this.#reading = reading;
  }

  take(cells: readonly unknown[], line: number): Issue | null {
    const origin = { uri: this.#uri, line };
    const named = readCells(origin, () => this.#reading.readRun(cells));
    if ('issue' in named) return named.issue;
    const { runId, workflow } = named;
    const rows = this.#runs.get(runId) ?? { line, workflow, attempts: [], remarks: new Set() };
    this.#runs.set(runId, rows);
    const attempt = readCells(origin, () => this.#reading.readAttempt(cells, line));
    if (typeof attempt === 'string') rows.remarks.add(attempt);
    else if (!('issue' in attempt)) rows.attempts?.push(attempt);
    else {
      rows.attempts = null;
      return leaveOut(attempt.issue, runId);
    }
    return null;
  }

  /** A run none of whose rows is part of it is left out, with an issue: nothing of it took place. */
  finish(): readonly ReadRun[] {
    const { nameTasks, hasOutcomes } = this.#reading;
    return [...this.#runs].flatMap(([runId, { line, workflow, attempts, remarks }]) => {
      if (attempts === null) return [];
      const origin = { uri: this.#uri, line };
      if (attempts.length === 0) return [{ issue: tellEmpty(origin, runId, remarks) }];
      const named = workflow ?? nameByFunctions(attempts);
      const head = {
        runId,
        workflow: named,
        submittedAtMs: null,
        remarks: [...remarks],
        hasOutcomes,
        origin,
        nameTasks,
      };
      return [assembleRun(head, attempts)];
    });
  }
}

/** Runs of the same functions are of one workflow, as far as can be told; others are none to be compared with. */
const nameByFunctions = (attempts: readonly TaskAttempt[]): string =>
  [...new Set(attempts.map(({ functionName }) => functionName))].sort().join('+');

const tellEmpty = (origin: Origin, runId: string, remarks: ReadonlySet<Remark>): Issue => ({
  code: 'wrong-field',
  origin,
  path: `run ${runId}`,
  expected: 'a task that took place',
  found: `none (${[...remarks].join(', ').replaceAll('-', ' ')})`,
});

const leaveOut = (issue: Issue, runId: string): Issue =>
  'path' in issue ? { ...issue, path: `${issue.path} (run ${runId} is left out)` } : issue;
