import { UserError } from '../errors.ts';
import { type DecodedRecord, decodeRecords, wordInput } from '../formats/index.ts';
import { type Issue, wordIssue } from '../model/issue.ts';
import { wordOrigin } from '../model/ledger.ts';
import { looksLikeRun } from '../model/parse-run.ts';
import { decompress, type Input, listInputs } from '../sources/index.ts';
import { type Io, STATUS } from './io.ts';
import type { Progress } from './load.ts';
import { parseData } from './options.ts';
import { createProgress } from './progress.ts';
import { checkLinesPath, writeLines } from './write-lines.ts';

/** `wfa import`: records of any source, as they stand, one per line. */

export interface ImportFlags {
  readonly data?: readonly string[];
  readonly output?: string;
  readonly strict?: boolean;
}

/** Writes all records, lists every problem on standard error, and gives the exit status. `UserError` when there is no run. */
export async function runImport(uris: readonly string[], flags: ImportFlags, io: Io): Promise<number> {
  const given = [...uris, ...(flags.data ?? [])];
  const data = parseData(given.length > 0 ? given : undefined, io.env);
  const path = flags.output === undefined || flags.output === '-' ? null : flags.output;
  if (path !== null) checkLinesPath(path);
  const inputs = (await Promise.all(data.map(({ uri }) => listInputs(uri)))).flat();
  const importing = new Import(inputs, createProgress(io));
  await writeLines(path, importing.lines(), io);
  const { runCount, problems } = importing;
  for (const problem of problems) io.stderr.write(`wfa: ${problem}\n`);
  const noted = problems.length > 0 ? `, ${count(problems.length, 'problem')}` : '';
  io.stderr.write(`wfa: ${count(runCount, 'run')} written to ${path ?? 'standard output'}${noted}\n`);
  return flags.strict && problems.length > 0 ? STATUS.failed : STATUS.done;
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;

class Import {
  readonly #inputs: readonly Input[];
  readonly #progress: Progress;
  readonly #runIds = new Set<string>();
  /** One line each: what was left out or is incomplete, and why. */
  readonly problems: string[] = [];

  constructor(inputs: readonly Input[], progress: Progress) {
    this.#inputs = inputs;
    this.#progress = progress;
  }

  get runCount(): number {
    return this.#runIds.size;
  }

  async *lines(): AsyncGenerator<string> {
    const lengths = this.#inputs.map(({ byteLength }) => byteLength);
    this.#progress.start(
      lengths.includes(null) ? null : lengths.reduce<number>((sum, length) => sum + (length ?? 0), 0),
    );
    try {
      for (const input of this.#inputs) yield* this.#readInput(input);
    } finally {
      this.#progress.stop();
    }
    if (this.runCount > 0) return;
    throw new UserError(
      'no-runs',
      `No run could be read from ${this.#inputs.map(({ uri }) => wordInput(uri)).join(', ')}.`,
      {
        hint: this.problems[0] && `The first of ${count(this.problems.length, 'problem')}: ${this.problems[0]}`,
      },
    );
  }

  /** A file that a directory or pattern brought along may be something else; one that was named may not. */
  async *#readInput(input: Input): AsyncGenerator<string> {
    try {
      yield* this.#readRecords(input);
    } catch (error) {
      const foreign = error instanceof UserError && (error.code === 'not-run-records' || error.code === 'empty-input');
      if (!foreign || input.explicit) throw error;
      this.problems.push(`skipped ${input.uri}: it holds no run records`);
    }
  }

  async *#readRecords(input: Input): AsyncGenerator<string> {
    const before = this.#runIds.size;
    const issues: Issue[] = [];
    for await (const records of decodeRecords(decompress(this.#tap(input), input.uri), input.uri)) {
      for (const record of records) yield* this.#take(record, input.uri, issues);
      if (this.#runIds.size === before && issues.length >= MOST_FOREIGN_RECORDS) break;
    }
    if (this.#runIds.size === before && issues[0]?.code === 'not-a-run-record') {
      throw new UserError('not-run-records', `${wordInput(input.uri)} holds no run records.`, {
        hint: `The first problem: ${wordIssue(issues[0])}`,
      });
    }
    for (const issue of issues) this.problems.push(wordIssue(issue));
  }

  async *#tap(input: Input): AsyncGenerator<Uint8Array> {
    for await (const chunk of input.open()) {
      this.#progress.advance(chunk.length, this.runCount);
      yield chunk;
    }
  }

  *#take(record: DecodedRecord, uri: string, issues: Issue[]): Generator<string> {
    if ('issue' in record) {
      issues.push(record.issue);
      return;
    }
    const origin = { uri, line: record.line };
    if (!looksLikeRun(record.json)) {
      issues.push({ code: 'not-a-run-record', origin });
      return;
    }
    const runId = String((record.json as { master_dag_id?: unknown }).master_dag_id);
    if (this.#runIds.has(runId)) this.problems.push(`${wordOrigin(origin)}: run ${runId} again: left out`);
    else {
      this.#runIds.add(runId);
      yield `${JSON.stringify(record.json)}\n`;
    }
  }
}

/** After this many records without a single run, a file is taken for something else. */
const MOST_FOREIGN_RECORDS = 1000;
