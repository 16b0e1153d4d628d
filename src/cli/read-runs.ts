import { createHash } from 'node:crypto';
import { UserError } from '../errors.ts';
import { type Batch, decodeRecords, findLines, wordInput } from '../formats/index.ts';
import { wordIssue } from '../model/issue.ts';
import type { ReportInput } from '../render/index.ts';
import { decompress, type Input, type LineRange, type OpenRanges } from '../sources/index.ts';
import { ExtractPool } from './extract-pool.ts';
import {
  type BatchFacts,
  type ExtractBatch,
  type Extraction,
  type FactsEvent,
  moveDown,
  prepareExtraction,
  type RecordFacts,
} from './extract-runs.ts';
import type { Question } from './question.ts';

/** Told what has been read so far; draws it or not. */
export interface Progress {
  /** `null`: unknown. */
  start(totalBytes: number | null): void;
  advance(bytes: number, runs: number): void;
  stop(): void;
}

export interface ReadSettings {
  /** Whether to work out the inputs' SHA-256. */
  readonly digest: boolean;
  /** What threads have to know to extract the same facts, and how many there may be; 1: the main thread does it all. */
  readonly question: Question;
  readonly threadCount: number;
  /** Threads are only started for more than this. */
  readonly leastBytesForThreads: number;
  readonly progress: Progress;
}

/** After this many records without a single run, a file is taken for something else. */
const MOST_FOREIGN_RECORDS = 1000;
/** Inputs → bytes → batches of records → facts, in several threads, handed on in the order in which the records stand. */
export class RunReader<Facts> {
  readonly #settings: ReadSettings;
  #extractBatch: ExtractBatch<Facts> | null = null;
  #pool: ExtractPool<Facts> | null = null;
  #lineBytes = 0;
  #runCount = 0;

  constructor(settings: ReadSettings) {
    this.#settings = settings;
  }

  /** Before reading begins; threads that `inputs` will need start meanwhile. */
  async prepare(inputs: readonly Input[], extraction: Promise<Extraction<Facts>>): Promise<void> {
    const { leastBytesForThreads } = this.#settings;
    if (inputs.some(({ byteLength }) => (byteLength ?? 0) >= leastBytesForThreads)) this.#startThreads();
    this.#extractBatch = prepareExtraction(await extraction);
  }

  close(): void {
    this.#pool?.close();
  }

  /** `UserError` when the input cannot be read, or holds no run record; then nothing of it has been handed on. */
  async *read(input: Input, label: string): AsyncGenerator<readonly FactsEvent<Facts>[]> {
    const { uri } = input;
    const opened = this.#pool === null ? null : (input.openRanges?.(findLines) ?? null);
    const { work, finish } = opened === null ? this.#readInOrder(input) : this.#readInRanges(input, opened);
    let runCount = 0;
    try {
      for await (const records of runsFirst(this.#extractAll(work, uri, label), uri)) {
        for (const record of records) if ('run' in record) runCount++;
        this.#runCount += records.length;
        yield records;
      }
    } catch (error) {
      throw opened?.wordError(error as Error) ?? error;
    } finally {
      opened?.close();
    }
    yield [{ input: { uri, label, ...(await finish()), runCount } }];
  }

  #readInOrder(input: Input): Reading {
    const { digest, progress } = this.#settings;
    const hash = digest ? createHash('sha256') : null;
    let byteLength = 0;
    const tapped = tap(input.open(), (chunk) => {
      hash?.update(chunk);
      byteLength += chunk.length;
      progress.advance(chunk.length, this.#runCount);
    });
    return {
      work: decodeRecords(decompress(tapped, input.uri), input.uri),
      finish: async () => ({ byteLength, sha256: hash?.digest('hex') ?? null }),
    };
  }

  /** Threads read the file for themselves; for its digest it is read once more beside them. */
  #readInRanges(input: Input, opened: OpenRanges): Reading {
    const { digest, progress } = this.#settings;
    const sha256 = digest ? digestOf(input) : null;
    sha256?.catch(() => {});
    const takeRanges = async function* (this: RunReader<Facts>) {
      for (const range of opened.ranges) {
        yield { range };
        progress.advance(range.to - range.from, this.#runCount);
      }
    };
    return {
      work: takeRanges.call(this),
      finish: async () => ({ byteLength: input.byteLength ?? 0, sha256: await sha256 }),
    };
  }

  /** Extracts several batches at once and gives their records in order. */
  async *#extractAll(
    work: AsyncIterable<Work>,
    uri: string,
    label: string,
  ): AsyncGenerator<readonly RecordFacts<Facts>[]> {
    const pending: Promise<BatchFacts<Facts>>[] = [];
    let lineCount = 0;
    const takeNext = async () => {
      const { records, lineCount: own } = await (pending.shift() as Promise<BatchFacts<Facts>>);
      for (const record of records) moveDown(record, lineCount);
      lineCount += own;
      return records;
    };
    for await (const piece of work) {
      const extracted = this.#extract(piece, uri, label);
      // A rejection is met when its turn comes; until then it is nobody's.
      extracted.catch(() => {});
      pending.push(extracted);
      if (pending.length >= (this.#pool?.capacity ?? 1)) yield await takeNext();
    }
    while (pending.length > 0) yield await takeNext();
  }

  async #extract(piece: Work, uri: string, label: string): Promise<BatchFacts<Facts>> {
    if (this.#extractBatch === null) throw new Error('read before it was prepared');
    if ('records' in piece) return this.#extractBatch(piece, uri, label);
    if ('lines' in piece) this.#lineBytes += piece.lines.length;
    if (this.#lineBytes >= this.#settings.leastBytesForThreads) this.#startThreads();
    if (this.#pool !== null) return this.#pool.extract(piece, uri, label);
    if ('range' in piece) throw new Error('a range without threads');
    return this.#extractBatch(piece, uri, label);
  }

  #startThreads(): void {
    const { question, threadCount } = this.#settings;
    if (threadCount > 1) this.#pool ??= new ExtractPool(question, threadCount);
  }
}

/** An input on its way: its pieces, and when all have been taken, what is said of it. */
interface Reading {
  readonly work: AsyncIterable<Work>;
  readonly finish: () => Promise<Pick<ReportInput, 'byteLength' | 'sha256'>>;
}

type Work = Batch | { readonly range: LineRange };

async function digestOf(input: Input): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of input.open()) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * Holds issues back until there is a run among the records: before that, they may be no run records at all, which is a
 * `UserError` when the input ends or after many of them.
 */
async function* runsFirst<Facts>(
  batches: AsyncIterable<readonly RecordFacts<Facts>[]>,
  uri: string,
): AsyncGenerator<readonly RecordFacts<Facts>[]> {
  let held: RecordFacts<Facts>[] | null = [];
  for await (const records of batches) {
    if (held === null) {
      yield records;
      continue;
    }
    held.push(...records);
    if (records.some(isMeantAsRun)) {
      yield held;
      held = null;
    } else if (held.length >= MOST_FOREIGN_RECORDS) break;
  }
  const first = held?.[0];
  if (first === undefined || !('issue' in first)) return;
  throw new UserError('not-run-records', `${wordInput(uri)} holds no run records.`, {
    hint: `The first problem: ${wordIssue(first.issue)}`,
  });
}

const isMeantAsRun = (record: RecordFacts<unknown>): boolean => 'run' in record || record.issue.code === 'wrong-field';

/** Shows every chunk on its way. */
export async function* tap(
  chunks: AsyncIterable<Uint8Array>,
  note: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    note(chunk);
    yield chunk;
  }
}
