import { createHash } from 'node:crypto';
import { UserError } from '../errors.ts';
import { type DecodedRecord, decodeRecords, wordInput } from '../formats/index.ts';
import { checkFilterNames, type Filter, filterHolds } from '../model/filter.ts';
import { type Issue, wordIssue } from '../model/issue.ts';
import { Ledger } from '../model/ledger.ts';
import { looksLikeRun, parseRun } from '../model/parse-run.ts';
import type { Run } from '../model/run.ts';
import { describeRun, type RunFacts } from '../model/run-facts.ts';
import { Census } from '../model/select.ts';
import type { ReportInput } from '../render/index.ts';
import { decompress, type Input, listInputs, type SourceSettings } from '../sources/index.ts';

/** Stages one to four: URIs → bytes → records → runs → facts, one record at a time. */

/** `label=uri` or `uri`. */
export interface DataSpec {
  readonly label: string;
  readonly uri: string;
}

export interface LoadRequest {
  readonly data: readonly DataSpec[];
  readonly settings: SourceSettings;
  readonly filter: Filter;
  /** Whether to work out the inputs' SHA-256, which costs a tenth of the reading. */
  readonly digest: boolean;
  readonly progress: Progress;
}

/** Told what has been read so far; draws it or not. */
export interface Progress {
  /** `null`: unknown. */
  start(totalBytes: number | null): void;
  advance(bytes: number, runs: number): void;
  stop(): void;
}

export interface Loaded<Facts> {
  readonly facts: readonly Facts[];
  readonly inputs: readonly ReportInput[];
  readonly issues: readonly Issue[];
  readonly ledger: Ledger;
  /** Runs read, before the filters. */
  readonly runCount: number;
  readonly filteredRunCount: number;
  /** Files of a directory that hold no run records. */
  readonly skipped: readonly string[];
}

/** Reads everything and keeps the facts only. `UserError` when there is nothing to analyze. */
export async function loadFacts<Facts>(
  request: LoadRequest,
  extract: (run: Run, facts: RunFacts) => Facts,
): Promise<Loaded<Facts>> {
  const loader = new Loader(request, extract);
  const listed = await Promise.all(
    request.data.map(async ({ label, uri }) =>
      (await listInputs(uri, request.settings)).map((input) => ({ label, input })),
    ),
  );
  const inputs = listed.flat();
  const lengths = inputs.map(({ input }) => input.byteLength);
  request.progress.start(
    lengths.includes(null) ? null : lengths.reduce<number>((sum, length) => sum + (length ?? 0), 0),
  );
  try {
    for (const { label, input } of inputs) await loader.read(input, label);
  } finally {
    request.progress.stop();
  }
  return loader.finish();
}

/** After this many records without a single run, a file is taken for something else. */
const MOST_FOREIGN_RECORDS = 1000;

class Loader<Facts> {
  readonly #request: LoadRequest;
  readonly #extract: (run: Run, facts: RunFacts) => Facts;
  readonly #facts: Facts[] = [];
  readonly #inputs: ReportInput[] = [];
  readonly #issues: Issue[] = [];
  readonly #ledger = new Ledger();
  readonly #runIds = new Set<string>();
  readonly #census = new Census();
  readonly #skipped: string[] = [];
  readonly #span = { firstAtMs: Number.POSITIVE_INFINITY, lastAtMs: Number.NEGATIVE_INFINITY };
  #runCount = 0;
  #filteredRunCount = 0;

  constructor(request: LoadRequest, extract: (run: Run, facts: RunFacts) => Facts) {
    this.#request = request;
    this.#extract = extract;
  }

  async read(input: Input, label: string): Promise<void> {
    try {
      await this.#readRecords(input, label);
    } catch (error) {
      const foreign = error instanceof UserError && (error.code === 'not-run-records' || error.code === 'empty-input');
      if (!foreign || input.explicit) throw error;
      this.#skipped.push(input.uri);
    }
  }

  async #readRecords(input: Input, label: string): Promise<void> {
    const digest = this.#request.digest ? createHash('sha256') : null;
    let byteLength = 0;
    const before = this.#runCount;
    const issues: Issue[] = [];
    const tapped = tap(input.open(), (chunk) => {
      digest?.update(chunk);
      byteLength += chunk.length;
      this.#request.progress.advance(chunk.length, this.#runCount);
    });
    for await (const records of decodeRecords(decompress(tapped, input.uri), input.uri)) {
      for (const record of records) issues.push(...this.#take(record, input.uri, label));
      if (this.#runCount === before && issues.length >= MOST_FOREIGN_RECORDS) break;
    }
    const anyRun = this.#runCount > before || issues.some((issue) => issue.code === 'wrong-field');
    if (!anyRun && issues[0]) throw notRunRecords(input.uri, issues[0]);
    for (const issue of issues) this.#noteIssue(issue);
    this.#inputs.push({
      uri: input.uri,
      label,
      byteLength,
      sha256: digest?.digest('hex') ?? null,
      runCount: this.#runCount - before,
    });
  }

  #noteIssue(issue: Issue): void {
    this.#issues.push(issue);
    this.#ledger.add(issue.code, 'record', issue.origin);
  }

  /** Takes one record in; gives the issue when it is no run. */
  #take(record: DecodedRecord, uri: string, label: string): Issue[] {
    if ('issue' in record) return [record.issue];
    const origin = { uri, line: record.line };
    if (!looksLikeRun(record.json)) return [{ code: 'not-a-run-record', origin }];
    const parsed = parseRun(record.json, origin, label);
    if ('mismatch' in parsed) return [{ code: 'wrong-field', origin, ...parsed.mismatch }];
    const { run } = parsed;
    this.#runCount++;
    if (this.#runIds.has(run.runId)) this.#ledger.add('duplicate-run-id', 'run', origin);
    else {
      this.#runIds.add(run.runId);
      this.#keep(run);
    }
    return [];
  }

  #keep(run: Run): void {
    const facts = describeRun(run);
    this.#census.add(facts);
    if (facts.submittedAtMs !== null) {
      this.#span.firstAtMs = Math.min(this.#span.firstAtMs, facts.submittedAtMs);
      this.#span.lastAtMs = Math.max(this.#span.lastAtMs, facts.submittedAtMs);
    }
    if (filterHolds(this.#request.filter, facts)) this.#facts.push(this.#extract(run, facts));
    else this.#filteredRunCount++;
  }

  finish(): Loaded<Facts> {
    if (this.#runCount === 0) throw noRuns(this.#issues, this.#request.data);
    checkFilterNames(this.#request.filter, this.#census);
    if (this.#facts.length === 0) throw this.#nothingLeft();
    return {
      facts: this.#facts,
      inputs: this.#inputs,
      issues: this.#issues,
      ledger: this.#ledger,
      runCount: this.#runCount,
      filteredRunCount: this.#filteredRunCount,
      skipped: this.#skipped,
    };
  }

  #nothingLeft(): UserError {
    const { firstAtMs, lastAtMs } = this.#span;
    const instant = (atMs: number) => new Date(atMs).toISOString();
    const lines = [
      ...(['workflow', 'planner', 'sla'] as const).map((key) => `  ${key}: ${this.#census.words(key)}`),
      ...(Number.isFinite(firstAtMs) ? [`  submitted: ${instant(firstAtMs)} to ${instant(lastAtMs)}`] : []),
    ];
    return new UserError('no-runs-left', `The filters leave none of ${this.#runCount} runs.`, {
      hint: `The data have:\n${lines.join('\n')}`,
    });
  }
}

async function* tap(chunks: AsyncIterable<Uint8Array>, note: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    note(chunk);
    yield chunk;
  }
}

function notRunRecords(uri: string, issue: Issue): UserError {
  return new UserError('not-run-records', `${wordInput(uri)} holds no run records.`, {
    hint: `The first problem: ${wordIssue(issue)}`,
  });
}

function noRuns(issues: readonly Issue[], data: readonly DataSpec[]): UserError {
  const uris = data.map(({ uri }) => wordInput(uri)).join(', ');
  return new UserError('no-runs', `No run could be read from ${uris}.`, {
    hint: issues[0] ? `The first of ${issues.length} problems: ${wordIssue(issues[0])}` : undefined,
  });
}
