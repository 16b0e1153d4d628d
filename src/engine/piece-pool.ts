import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { RunPart } from '../model/run-parts.ts';
import { packageRoot } from '../sources/index.ts';
import type { PieceFacts } from './extract-runs.ts';
import type { Piece, ScannedPiece } from './pieces.ts';
import type { Question } from './question.ts';

/** What a thread is told when it starts. */
export interface ThreadTask {
  readonly question: Question;
  /** Whether it makes the facts, too, of what it has scanned. */
  readonly extracts: boolean;
}

export interface PieceRequest {
  readonly piece: Piece;
  readonly uri: string;
  readonly label: string;
  /** What is to be scanned for: the same in all requests to a thread. */
  readonly parts: readonly RunPart[];
}

export type PieceOutcome<Facts> = ScannedPiece | PieceFacts<Facts>;

/** What a thread answers, also when the file system refused a range: an error itself would lose its code on the way. */
export type PieceAnswer<Facts> =
  | PieceOutcome<Facts>
  | { readonly refused: { readonly message: string; readonly code: string } };

interface Waiting<Facts> {
  readonly resolve: (outcome: PieceOutcome<Facts>) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread works on one piece while others wait for it: it must not run out of them while the main thread is busy. */
const PIECES_PER_THREAD = 4;

/**
 * Up to so many threads, the others scan only, and the main thread makes the facts and scans what is too much for them: to hand facts
 * over, and to optimize the making of them in each thread, takes a good part of the time. With more threads, one could not keep up.
 */
const MOST_SCANNING_THREADS = 2;

/** Threads that work on pieces of inputs, each piece done by whoever has least to do. */
export class PiecePool<Facts> {
  readonly #threads: readonly { readonly worker: Worker; readonly waiting: Waiting<Facts>[] }[];
  readonly #extracts: boolean;

  /** `threadCount`: at least two, of which the main thread is one where the others do not do all of the work. */
  constructor(question: Question, threadCount: number) {
    this.#extracts = threadCount > MOST_SCANNING_THREADS;
    const task: ThreadTask = { question, extracts: this.#extracts };
    const script = join(packageRoot(), 'dist/thread.js');
    // Node 20 ends with a failed assertion when a thread goes while code is still being optimized for it on another.
    setFlagsFromString('--no-concurrent-recompilation');
    this.#threads = Array.from({ length: this.#extracts ? threadCount : threadCount - 1 }, () =>
      this.#start(new Worker(script, { workerData: task, resourceLimits: { maxYoungGenerationSizeMb: 64 } })),
    );
  }

  #start(worker: Worker) {
    const waiting: Waiting<Facts>[] = [];
    const fail = (error: unknown) => {
      for (const { reject } of waiting.splice(0)) reject(error);
    };
    // Answers come in the order of the questions.
    worker.on('message', (answer: PieceAnswer<Facts>) => {
      const first = waiting.shift();
      if ('refused' in answer) first?.reject(Object.assign(new Error(answer.refused.message), answer.refused));
      else first?.resolve(answer);
    });
    worker.on('error', fail);
    worker.on('exit', (status) => fail(new Error(`a reading thread ended with status ${status}`)));
    return { worker, waiting };
  }

  /** More pieces than this at once only take memory. The main thread scans several while the others still start. */
  get capacity(): number {
    return this.#threads.length * PIECES_PER_THREAD * (this.#extracts ? 1 : 4);
  }

  /** Whether it is to work on the piece; if not, the main thread is. */
  takes(piece: Piece): boolean {
    if ('records' in piece) return false;
    return this.#extracts || this.#threads.some(({ waiting }) => waiting.length < PIECES_PER_THREAD);
  }

  work(request: PieceRequest): Promise<PieceOutcome<Facts>> {
    const { worker, waiting } = this.#threads.reduce((least, other) =>
      other.waiting.length < least.waiting.length ? other : least,
    );
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      const { piece } = request;
      // Only memory of its own can be handed over, and a block may be part of something larger.
      const own = 'lines' in piece ? { lines: new Uint8Array(piece.lines) } : piece;
      worker.postMessage({ ...request, piece: own }, 'lines' in own ? [own.lines.buffer] : []);
    });
  }

  /** Threads end when they have done what they were asked for. To end one at work can take the process with it (Node 20). */
  close(): void {
    for (const { worker } of this.#threads) {
      worker.postMessage(null);
      worker.unref();
    }
  }
}
