import { createHash } from 'node:crypto';
import type { AnyRowAnalysis, RowCollector } from '../analyses/analysis.ts';
import { UserError } from '../errors.ts';
import { wordInput } from '../formats/index.ts';
import { decodeRows, type RawRow } from '../formats/rows.ts';
import { wordFilter } from '../model/filter.ts';
import { type Issue, wordIssue } from '../model/issue.ts';
import { Ledger } from '../model/ledger.ts';
import type { ReportInput } from '../render/index.ts';
import { decompress, type Input, listInputs } from '../sources/index.ts';
import type { Loaded } from './collect.ts';
import type { LoadRequest } from './load.ts';
import { tap } from './read-runs.ts';

/** Stages one to four of tables: URIs → bytes → rows → one analysis's facts. */
export async function loadRows(
  request: LoadRequest,
  analysis: AnyRowAnalysis,
  options: unknown,
): Promise<Loaded<unknown>> {
  refuseRunSettings(request);
  const { data, settings, progress } = request;
  const listed = await Promise.all(
    data.map(async ({ label, uri }) => {
      return (await listInputs(uri, { ...settings, tables: true })).map((input) => ({ label, input }));
    }),
  );
  const inputs = listed.flat();
  const lengths = inputs.map(({ input }) => input.byteLength);
  progress.start(lengths.includes(null) ? null : lengths.reduce<number>((sum, length) => sum + (length ?? 0), 0));
  const reader = new TableReader(request, analysis, options);
  try {
    for (const { input, label } of inputs) await reader.read(input, label);
  } finally {
    progress.stop();
  }
  return reader.finish();
}

/** Rows are no runs: what selects or stands for runs would do nothing. */
function refuseRunSettings({ facts, filter }: LoadRequest): void {
  const [first] = [...(facts.length > 0 ? ['--facts'] : []), ...wordFilter(filter)];
  if (first === undefined) return;
  throw new UserError('bad-option', `'${first}' is about runs: an invocation log has none`, {
    hint: 'Leave it out, or select the rows before.',
  });
}

class TableReader {
  readonly #request: LoadRequest;
  readonly #columns: readonly string[];
  readonly #collector: RowCollector<unknown>;
  readonly #inputs: ReportInput[] = [];
  readonly #issues: Issue[] = [];
  readonly #ledger = new Ledger();
  #rowCount = 0;

  constructor(request: LoadRequest, analysis: AnyRowAnalysis, options: unknown) {
    this.#request = request;
    this.#columns = analysis.columns(options);
    this.#collector = analysis.createCollector(options, this.#ledger);
  }

  /** `UserError` when the input cannot be read, or lacks a column. */
  async read(input: Input, label: string): Promise<void> {
    const { digest, progress } = this.#request;
    const { uri } = input;
    const hash = digest ? createHash('sha256') : null;
    const rowsBefore = this.#rowCount;
    let byteLength = 0;
    const tapped = tap(input.open(), (chunk) => {
      hash?.update(chunk);
      byteLength += chunk.length;
      progress.advance(chunk.length, this.#rowCount);
    });
    for await (const rows of decodeRows(decompress(tapped, uri), uri, this.#columns)) {
      for (const row of rows) this.#take(row, uri);
    }
    const rowCount = this.#rowCount - rowsBefore;
    this.#inputs.push({ uri, label, byteLength, sha256: hash?.digest('hex') ?? null, runCount: 0, rowCount });
  }

  #take(row: RawRow, uri: string): void {
    this.#rowCount++;
    const issue = 'issue' in row ? row.issue : this.#collector.take(row.cells, { uri, line: row.line });
    if (issue === null) return;
    this.#issues.push(issue);
    this.#ledger.add(issue.code, 'record', issue.origin);
  }

  /** `UserError` when there is nothing to analyze. */
  finish(): Loaded<unknown> {
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
      inputs: this.#inputs,
      issues: this.#issues,
      ledger: this.#ledger,
      runCount: 0,
      filteredRunCount: 0,
      skipped: [],
    };
  }
}
