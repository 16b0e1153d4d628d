import type { ReadRun, RunAssembler } from '../model/engine-records.ts';
import type { Issue } from '../model/issue.ts';
import { assembleRun, type TaskAttempt } from './assemble-run.ts';
import { readCells } from './cells.ts';

/** What a row says of its run. */
interface RunOfRow {
  readonly runId: string;
  readonly workflow: string;
}

/** How rows are read that name their run: both throw `BadCell`. `skipped`: the task is no part of the run. */
interface RowReading {
  readonly readRun: (cells: readonly unknown[]) => RunOfRow;
  readonly readAttempt: (cells: readonly unknown[], line: number) => TaskAttempt | 'skipped';
  /** Is true when rows tell whether their tasks failed. */
  readonly hasOutcomes: boolean;
  /** Gives tasks of one name their own names, where rows do not. */
  readonly nameTasks?: (attempts: readonly TaskAttempt[]) => readonly TaskAttempt[];
}

/** A run's rows so far; `null` in place of them: one of them could not be read, and the run would be another one without it. */
interface Rows {
  readonly line: number;
  readonly workflow: string;
  attempts: TaskAttempt[] | null;
  hasSkipped: boolean;
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
    const rows = this.#runs.get(runId) ?? { line, workflow, attempts: [], hasSkipped: false };
    this.#runs.set(runId, rows);
    const attempt = readCells(origin, () => this.#reading.readAttempt(cells, line));
    if (attempt === 'skipped') rows.hasSkipped = true;
    else if (!('issue' in attempt)) rows.attempts?.push(attempt);
    else {
      rows.attempts = null;
      return leaveOut(attempt.issue, runId);
    }
    return null;
  }

  /** A run all of whose tasks were skipped is left out: nothing of it took place. */
  finish(): readonly ReadRun[] {
    const { nameTasks = (attempts) => attempts, hasOutcomes } = this.#reading;
    return [...this.#runs].flatMap(([runId, { line, workflow, attempts, hasSkipped }]) => {
      if (attempts === null || attempts.length === 0) return [];
      const remarks = hasSkipped ? (['skipped-tasks-left-out'] as const) : [];
      const head = { runId, workflow, submittedAtMs: null, remarks, hasOutcomes, origin: { uri: this.#uri, line } };
      return [assembleRun(head, nameTasks(attempts))];
    });
  }
}

const leaveOut = (issue: Issue, runId: string): Issue =>
  'path' in issue ? { ...issue, path: `${issue.path} (run ${runId} is left out)` } : issue;
