import type { AnyRowAnalysis, RowCollector } from '../analyses/analysis.ts';
import { UserError } from '../errors.ts';
import { wordInput } from '../formats/index.ts';
import { findPlatformLog, PLATFORM_HEAD_BYTES } from '../formats/platform-logs/index.ts';
import { decodeRows, type RawRow } from '../formats/rows.ts';
import { wordFilter } from '../model/filter.ts';
import { type Issue, wordIssue } from '../model/issue.ts';
import { Ledger } from '../model/ledger.ts';
import { RowBlock } from '../model/row-block.ts';
import type { ReportInput } from '../render/index.ts';
import { peek } from '../sources/index.ts';
import type { Loaded } from './collect.ts';
import { type LabelledInput, listLabelled, openTapped, readAll, type Skipped } from './inputs.ts';
import type { LoadRequest } from './load.ts';

/** Stages one to four of tables: URIs → bytes → rows → one analysis's facts. */
export async function loadRows(
  request: LoadRequest,
  analysis: AnyRowAnalysis,
  options: unknown,
): Promise<Loaded<unknown>> {
  refuseRunSettings(request);
  const { data, settings, progress } = request;
  const inputs = await listLabelled(data, { ...settings, tables: true });
  const reader = new TableReader(request, analysis, options);
  const read: ReportInput[] = [];
  const skipped: Skipped[] = [];
  const rows = readAll(inputs, progress, {
    read: (given) => reader.read(given),
    skip: (passedOver) => {
      skipped.push(passedOver);
      return [];
    },
    foreign: {},
  });
  for await (const input of rows) read.push(input);
  return reader.finish(read, skipped);
}

/**
 * Finds the map of a log that a platform's own tool has written, by the content of the first local file; `null`: it is none. Standard
 * input and remote objects are not looked into, as they are read once.
 */
export async function findLogMap({ data, facts, settings }: LoadRequest): Promise<string | null> {
  const local = facts.length === 0 ? data.filter(({ uri }) => uri !== '-' && !/^[a-z][a-z0-9+.-]+:/i.test(uri)) : [];
  if (local.length === 0) return null;
  const inputs = await listLabelled(local.slice(0, 1), { ...settings, tables: true });
  const first = inputs.find(({ input }) => input.passedOver === undefined);
  if (first === undefined) return null;
  const { bytes } = openTapped(first.input, false, () => {});
  const [head] = await peek(bytes, (read) => read.length >= PLATFORM_HEAD_BYTES);
  return findPlatformLog(head.toString('latin1', 0, PLATFORM_HEAD_BYTES))?.map ?? null;
}

/** Rows are no runs: what selects or stands for runs would do nothing. */
function refuseRunSettings({ facts, filter }: LoadRequest): void {
  const [first] = wordFilter(filter);
  if (facts.length === 0 && first === undefined) return;
  const what = facts.length > 0 ? `The facts in ${facts[0]} are of runs` : `'${first}' selects runs`;
  throw new UserError('bad-option', `${what}: an invocation log has none`, {
    hint: 'Leave it out, or select the rows before.',
  });
}

class TableReader {
  readonly #request: LoadRequest;
  readonly #columns: readonly string[];
  readonly #optionalColumns: readonly string[];
  readonly #collector: RowCollector<unknown>;
  readonly #issues: Issue[] = [];
  readonly #ledger = new Ledger();
  #rowCount = 0;

  constructor(request: LoadRequest, analysis: AnyRowAnalysis, options: unknown) {
    this.#request = request;
    this.#columns = analysis.columns(options);
    this.#optionalColumns = analysis.optionalColumns(options);
    this.#collector = analysis.createCollector(options, this.#ledger);
  }

  /** Takes the input's rows, and then says what it was. `UserError` when it cannot be read, or lacks a column. */
  async *read({ input, label }: LabelledInput): AsyncGenerator<ReportInput> {
    const { digest, progress } = this.#request;
    const { uri } = input;
    const rowsBefore = this.#rowCount;
    const { bytes, measure } = openTapped(input, digest, (byteLength) => progress.advance(byteLength, this.#rowCount));
    for await (const rows of decodeRows(bytes, uri, this.#columns, this.#optionalColumns)) {
      if (rows instanceof RowBlock) this.#takeBlock(rows, uri);
      else for (const row of rows) this.#take(row, uri);
    }
    yield { uri, label, ...measure(), runCount: 0, rowCount: this.#rowCount - rowsBefore };
  }

  #take(row: RawRow, uri: string): void {
    this.#rowCount++;
    const issue = 'issue' in row ? row.issue : this.#collector.take(row.cells, { uri, line: row.line });
    if (issue !== null) this.#leaveOut(issue);
  }

  #takeBlock(block: RowBlock, uri: string): void {
    this.#rowCount += block.rowCount;
    for (const issue of this.#collector.takeBlock(block, uri)) this.#leaveOut(issue);
  }

  #leaveOut(issue: Issue): void {
    this.#issues.push(issue);
    this.#ledger.add(issue.code, 'record', issue.origin);
  }

  /** `UserError` when there is nothing to analyze. */
  finish(inputs: readonly ReportInput[], skipped: readonly Skipped[]): Loaded<unknown> {
    const { facts, count } = this.#collector.finish();
    if (count === 0) {
      const uris = this.#request.data.map(({ uri }) => wordInput(uri)).join(', ');
      const [first] = this.#issues;
      const [reason] = this.#ledger.entries();
      throw new UserError('no-invocations', `No row of ${uris} could be used.`, {
        hint: first
          ? `The first problem: ${wordIssue(first)}`
          : reason && `${reason.origins[0]}: ${reason.reason.replaceAll('-', ' ')}`,
      });
    }
    return {
      facts: [facts],
      inputs,
      issues: this.#issues,
      ledger: this.#ledger,
      runCount: 0,
      filteredRunCount: 0,
      skipped,
    };
  }
}
