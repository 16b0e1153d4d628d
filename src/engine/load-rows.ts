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
import type { Input } from '../sources/index.ts';
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
 * Finds the map of a log that a platform's own tool has written, by the beginning of the first input; `null`: it is none. Samples and
 * stores in Redis hold no such log.
 */
export async function findLogMap({ data, facts, settings }: LoadRequest): Promise<string | null> {
  const [first] = facts.length === 0 ? data.filter(({ uri }) => !/^(?:sample|rediss?):/i.test(uri)) : [];
  if (first === undefined) return null;
  // What holds no tables may hold runs; and what cannot be listed at all cannot be so for them either.
  const inputs = await listLabelled([first], { ...settings, tables: true }).catch((): LabelledInput[] => []);
  const found = inputs.find(({ input }) => input.passedOver === undefined);
  if (found === undefined) return null;
  const head = await readHead(found.input);
  return findPlatformLog(head.toString('latin1', 0, PLATFORM_HEAD_BYTES))?.map ?? null;
}

/** Reads the unpacked beginning of an input, which can be opened again after that. */
async function readHead(input: Input): Promise<Buffer> {
  const { bytes } = openTapped({ ...input, open: () => input.openAhead?.() ?? input.open() }, false, () => {});
  let head: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    head = Buffer.concat([head, chunk]);
    if (head.length >= PLATFORM_HEAD_BYTES) break;
  }
  return head;
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
