import { createHash } from 'node:crypto';
import { UserError } from '../errors.ts';
import { type Batch, decodeRecords, wordInput } from '../formats/index.ts';
import { checkFilterNames, type Filter } from '../model/filter.ts';
import { type Issue, wordIssue } from '../model/issue.ts';
import { Ledger } from '../model/ledger.ts';
import type { RunFacts } from '../model/run-facts.ts';
import { Census } from '../model/select.ts';
import type { ReportInput } from '../render/index.ts';
import { decompress, type Input, listInputs } from '../sources/index.ts';
import { ExtractPool, type ThreadTask } from './extract-pool.ts';
import { type BatchFacts, type ExtractBatch, type Extraction, prepareExtraction } from './extract-runs.ts';

/** Stages one to four: URIs → bytes → batches of records → facts, merged in the order in which the records stand. */

/** `label=uri` or `uri`. */
export interface DataSpec {
  readonly label: string;
  readonly uri: string;
}

export interface LoadRequest {
  readonly data: readonly DataSpec[];
  readonly filter: Filter;
  /** Whether to work out the inputs' SHA-256, which costs a tenth of the reading. */
  readonly digest: boolean;
  /** What threads have to know to extract the same facts, and how many may; 1: none, all is done in the main thread. */
  readonly threadTask: ThreadTask;
  readonly threadCount: number;
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
export async function loadFacts<Facts>(request: LoadRequest, extraction: Extraction<Facts>): Promise<Loaded<Facts>> {
  const listed = await Promise.all(
    request.data.map(async ({ label, uri }) => (await listInputs(uri)).map((input) => ({ label, input }))),
  );
  const inputs = listed.flat();
  const lengths = inputs.map(({ input }) => input.byteLength);
  request.progress.start(
    lengths.includes(null) ? null : lengths.reduce<number>((sum, length) => sum + (length ?? 0), 0),
  );
  const loader = new Loader(request, extraction);
  try {
    for (const { label, input } of inputs) await loader.read(input, label);
  } finally {
    request.progress.stop();
    await loader.close();
  }
  return loader.finish();
}

/** After this many records without a single run, a file is taken for something else. */
const MOST_FOREIGN_RECORDS = 1000;
/** Less is read before threads have started. */
const LEAST_BYTES_FOR_THREADS = 8e6;

class Loader<Facts> {
  readonly #request: LoadRequest;
  readonly #extractBatch: ExtractBatch<Facts>;
  #pool: ExtractPool<Facts> | null = null;
  readonly #facts: Facts[] = [];
  readonly #inputs: ReportInput[] = [];
  readonly #issues: Issue[] = [];
  readonly #ledger = new Ledger();
  readonly #runIds = new Set<string>();
  readonly #census = new Census();
  readonly #skipped: string[] = [];
  readonly #span = { firstAtMs: Number.POSITIVE_INFINITY, lastAtMs: Number.NEGATIVE_INFINITY };
  #lineBytes = 0;
  #runCount = 0;
  #filteredRunCount = 0;

  constructor(request: LoadRequest, extraction: Extraction<Facts>) {
    this.#request = request;
    this.#extractBatch = prepareExtraction(extraction);
  }

  async close(): Promise<void> {
    await this.#pool?.close();
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
    const tapped = tap(input.open(), (chunk) => {
      digest?.update(chunk);
      byteLength += chunk.length;
      this.#request.progress.advance(chunk.length, this.#runCount);
    });
    const before = this.#runCount;
    const issues = await this.#extractAll(decodeRecords(decompress(tapped, input.uri), input.uri), input.uri, label);
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

  /** Extracts several batches at once and takes them in as they stand; gives the issues. */
  async #extractAll(batches: AsyncIterable<Batch>, uri: string, label: string): Promise<Issue[]> {
    const before = this.#runCount;
    const issues: Issue[] = [];
    const pending: Promise<BatchFacts<Facts>>[] = [];
    let lineCount = 0;
    const takeNext = async () => {
      const batch = await (pending.shift() as Promise<BatchFacts<Facts>>);
      for (const issue of this.#take(batch, lineCount)) issues.push(issue);
      lineCount += batch.lineCount;
    };
    for await (const batch of batches) {
      pending.push(this.#extract(batch, uri, label));
      // A rejection is met when its turn comes; until then it is nobody's.
      pending.at(-1)?.catch(() => {});
      if (pending.length >= (this.#pool?.capacity ?? 1)) await takeNext();
      if (this.#runCount === before && issues.length >= MOST_FOREIGN_RECORDS) break;
    }
    while (pending.length > 0) await takeNext();
    return issues;
  }

  async #extract(batch: Batch, uri: string, label: string): Promise<BatchFacts<Facts>> {
    const { threadTask, threadCount } = this.#request;
    if (!('lines' in batch) || threadCount < 2) return this.#extractBatch(batch, uri, label);
    this.#lineBytes += batch.lines.length;
    if (this.#lineBytes < LEAST_BYTES_FOR_THREADS) return this.#extractBatch(batch, uri, label);
    this.#pool ??= new ExtractPool(threadTask, threadCount);
    return this.#pool.extract(batch, uri, label);
  }

  /** Takes a batch in, whose lines follow so many others; gives its issues. */
  #take({ records }: BatchFacts<Facts>, lineCount: number): Issue[] {
    const issues: Issue[] = [];
    for (const record of records) {
      const { origin } = 'issue' in record ? record.issue : record;
      (origin as { line: number }).line += lineCount;
      if ('issue' in record) issues.push(record.issue);
      else this.#takeRun(record.run, record.facts);
    }
    return issues;
  }

  #takeRun(run: RunFacts, facts: Facts | null): void {
    this.#runCount++;
    if (this.#runIds.has(run.runId)) {
      this.#ledger.add('duplicate-run-id', 'run', run.origin);
      return;
    }
    this.#runIds.add(run.runId);
    this.#census.add(run);
    if (run.submittedAtMs !== null) {
      this.#span.firstAtMs = Math.min(this.#span.firstAtMs, run.submittedAtMs);
      this.#span.lastAtMs = Math.max(this.#span.lastAtMs, run.submittedAtMs);
    }
    if (facts === null) this.#filteredRunCount++;
    else this.#facts.push(facts);
  }

  #noteIssue(issue: Issue): void {
    this.#issues.push(issue);
    this.#ledger.add(issue.code, 'record', issue.origin);
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
