import { createHash } from 'node:crypto';
import { setImmediate as turnOfEvents } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { decodeRecords, type Format, findLines, wordInput } from '../formats/index.ts';
import { wordIssue } from '../model/issue.ts';
import type { ReportInput } from '../render/index.ts';
import type { Input, OpenRanges } from '../sources/index.ts';
import {
  type Extraction,
  type FactsEvent,
  moveDown,
  type PieceExtractions,
  type PieceFacts,
  prepareExtractions,
  type RecordFacts,
  type ReducedExtraction,
} from './extract-runs.ts';
import { MOST_FOREIGN_RECORDS, openTapped, type Progress } from './inputs.ts';
import { FactsLimiter } from './limit-facts.ts';
import type { Piece } from './pieces.ts';
import { ThreadPool } from './pool.ts';
import type { Question } from './question.ts';

/** Settings say how inputs are read, and by how many threads. */
export interface ReadSettings {
  /** Says whether the inputs' SHA-256 are worked out. */
  readonly digest: boolean;
  /** Threads have to know the question to extract the same facts. */
  readonly question: Question;
  /** The main thread is one of them; 1: it does it all. */
  readonly threadCount: number;
  /** Threads are only started for more than this. */
  readonly leastBytesForThreads: number;
  readonly progress: Progress;
}

/** Inputs → bytes → pieces → records → facts, in several threads, handed on in the order in which the records stand. */
export class RunReader<Facts> {
  readonly #settings: ReadSettings;
  readonly #formats: readonly Format[];
  #extract: PieceExtractions<Facts> | null = null;
  #reduced: ReducedExtraction<Facts> | null = null;
  #pool: ThreadPool<Facts> | null = null;
  #lineBytes = 0;
  #runCount = 0;

  constructor(settings: ReadSettings, formats: readonly Format[]) {
    this.#settings = settings;
    this.#formats = formats;
  }

  /** Before reading begins; threads that `inputs` will need start meanwhile. */
  async prepare(inputs: readonly Input[], extraction: Promise<Extraction<Facts>>): Promise<void> {
    const { leastBytesForThreads } = this.#settings;
    if (inputs.some(({ byteLength }) => (byteLength ?? 0) >= leastBytesForThreads)) this.#startThreads();
    const prepared = await extraction;
    this.#extract = prepareExtractions(prepared);
    this.#reduced = prepared.reduced ?? null;
  }

  close(): void {
    this.#pool?.close();
  }

  /**
   * Reads an input; `isReduced`: for the reduced facts only, which otherwise are those of its runs from a number of them on. `UserError`
   * when it cannot be read, or holds no run record; then nothing of it has been handed on.
   */
  async *read(input: Input, label: string, isReduced: boolean): AsyncGenerator<readonly FactsEvent<Facts>[]> {
    const { uri } = input;
    const opened = this.#pool === null ? null : (input.openRanges?.((head) => findLines(head, this.#formats)) ?? null);
    const { pieces, finish } = opened === null ? this.#readInOrder(input) : this.#readInRanges(input, opened);
    let runCount = 0;
    // Counts the runs of this input alone: what the cache keeps of it may not depend on others.
    const limiter = this.#createLimiter(isReduced);
    const request = { uri, label, isReduced: () => limiter?.isExceeded ?? isReduced };
    try {
      for await (const records of runsFirst(this.#extractAll(pieces, request), uri)) {
        limiter?.take(records);
        runCount += records.filter((record) => 'run' in record).length;
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

  #createLimiter(isReduced: boolean): FactsLimiter<Facts> | null {
    return isReduced || this.#reduced === null ? null : new FactsLimiter(this.#reduced);
  }

  #readInOrder(input: Input): Reading {
    const { digest, progress } = this.#settings;
    const note = (byteLength: number) => progress.advance(byteLength, this.#runCount);
    const { bytes, measure } = openTapped(input, digest, note);
    return { pieces: decodeRecords(bytes, input.uri, this.#formats), finish: async () => measure() };
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
      pieces: takeRanges.call(this),
      finish: async () => ({ byteLength: input.byteLength ?? 0, sha256: await sha256 }),
    };
  }

  /** Works on several pieces at once, and gives the facts of their records in order. */
  async *#extractAll(
    pieces: AsyncIterable<Piece>,
    request: PiecesRequest,
  ): AsyncGenerator<readonly RecordFacts<Facts>[]> {
    if (this.#extract === null) throw new Error('read before it was prepared');
    const pending: Pending<Facts>[] = [];
    let lineCount = 0;
    const takeNext = async () => {
      const { facts } = pending.shift() as Pending<Facts>;
      const { records, lineCount: own } = await facts;
      for (const record of records) moveDown(record, lineCount);
      lineCount += own;
      return records;
    };
    for await (const piece of pieces) {
      pending.push(this.#begin(piece, request, this.#extract));
      // Answers of threads only arrive in between.
      if (this.#pool !== null) await turnOfEvents();
      while (pending[0]?.isDone || pending.length > this.#mostPending) yield await takeNext();
    }
    while (pending.length > 0) yield await takeNext();
  }

  /** More pieces than this at once only take memory. */
  get #mostPending(): number {
    return this.#pool === null ? 0 : this.#pool.capacity;
  }

  #begin(piece: Piece, { uri, label, ...request }: PiecesRequest, extract: PieceExtractions<Facts>): Pending<Facts> {
    const isReduced = request.isReduced();
    if ('lines' in piece) this.#lineBytes += piece.lines.length;
    if (this.#lineBytes >= this.#settings.leastBytesForThreads) this.#startThreads();
    if (this.#pool?.takes(piece)) return watch(this.#pool.work({ piece, uri, label, isReduced }));
    return { facts: extract[isReduced ? 'reduced' : 'whole'](piece, uri, label), isDone: true };
  }

  /** The main thread is one of those that were asked for. */
  #startThreads(): void {
    const { question, threadCount } = this.#settings;
    if (threadCount > 1) this.#pool ??= new ThreadPool(question, threadCount - 1);
  }
}

/** What is wanted of the pieces of an input. */
interface PiecesRequest {
  readonly uri: string;
  readonly label: string;
  /** Says, from piece to piece, whether reduced facts are enough. */
  readonly isReduced: () => boolean;
}

/** A piece that is being worked on, or has been. */
interface Pending<Facts> {
  readonly facts: Promise<PieceFacts<Facts>> | PieceFacts<Facts>;
  readonly isDone: boolean;
}

function watch<Facts>(facts: Promise<PieceFacts<Facts>>): Pending<Facts> {
  const pending = { facts, isDone: false };
  const end = () => {
    pending.isDone = true;
  };
  // A rejection is met when its turn comes; until then it is nobody's.
  facts.then(end, end);
  return pending;
}

/** An input on its way: its pieces, and when all have been taken, what is said of it. */
interface Reading {
  readonly pieces: AsyncIterable<Piece>;
  readonly finish: () => Promise<Pick<ReportInput, 'byteLength' | 'sha256'>>;
}

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
    for (const record of records) held.push(record);
    if (records.some(isMeantAsRun)) {
      yield held;
      held = null;
    } else if (held.length >= MOST_FOREIGN_RECORDS) break;
  }
  const first = held?.[0];
  if (first === undefined || !('issue' in first)) return;
  throw new UserError(
    held?.every(isForeign) ? 'not-run-records' : 'damaged-records',
    `${wordInput(uri)} holds no run records.`,
    { hint: [`The first problem: ${wordIssue(first.issue)}`, ...hintLog(uri)] },
  );
}

/** A file of that ending may be a platform's log, which has a way of its own. */
const hintLog = (uri: string): string[] =>
  /\.csv(\.gz|\.zst)?$/i.test(uri)
    ? [
        'If it is an invocation log, say which column is what: wfa workers --map start=COLUMN,end=COLUMN,pool=COLUMN --time-unit iso',
      ]
    : [];

const isForeign = (record: RecordFacts<unknown>): boolean =>
  'issue' in record && record.issue.code === 'not-a-run-record';

const isMeantAsRun = (record: RecordFacts<unknown>): boolean =>
  'run' in record || record.issue.code === 'wrong-field' || record.issue.code === 'impossible-instant';
