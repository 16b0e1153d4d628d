import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../sources/index.ts';
import type { PieceFacts } from './extract-runs.ts';
import type { Piece } from './pieces.ts';
import type { Question } from './question.ts';

/** The request asks a thread for the facts of one piece. */
export interface PieceRequest {
  readonly piece: Piece;
  readonly uri: string;
  readonly label: string;
  /** Says whether the reduced facts are wanted. */
  readonly isReduced: boolean;
}

/** A thread's answer: facts, or what the file system said of a range, because an error itself would lose its code on the way. */
export type PieceAnswer<Facts> =
  | PieceFacts<Facts>
  | { readonly refused: { readonly message: string; readonly code: string } };

interface Waiting<Facts> {
  readonly resolve: (facts: PieceFacts<Facts>) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread works on one piece while others wait for it: it must not run out of them while the main thread is busy. */
const PIECES_PER_THREAD = 4;

/** Threads say nothing: to pass on their outputs adds listeners to the process's, of which Node warns from the eleventh on. */
const QUIET = { stdout: true, stderr: true };

/** Pieces at once per thread, counting those that the main thread has done while the first threads still started. */
const PENDING_PER_THREAD = 16;

/** Threads that work on pieces of inputs, each piece done by whoever has least to do. */
export class ThreadPool<Facts> {
  readonly #threads: readonly { readonly worker: Worker; readonly waiting: Waiting<Facts>[] }[];

  /** Starts so many threads beside the main one, at least one. */
  constructor(question: Question, threadCount: number) {
    const script = join(packageRoot(), 'dist/thread.js');
    // Node 20 ends with a failed assertion when a thread goes while code is still being optimized for it on another.
    setFlagsFromString('--no-concurrent-recompilation');
    this.#threads = Array.from({ length: threadCount }, () =>
      this.#start(
        new Worker(script, { workerData: question, resourceLimits: { maxYoungGenerationSizeMb: 64 }, ...QUIET }),
      ),
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

  /** Gives the number of pieces beyond which more at once only take memory. */
  get capacity(): number {
    return this.#threads.length * PENDING_PER_THREAD;
  }

  /** Tells whether a thread has room for the piece; if none has, the main thread does it. */
  takes(piece: Piece): boolean {
    return !('records' in piece) && this.#threads.some(({ waiting }) => waiting.length < PIECES_PER_THREAD);
  }

  work(request: PieceRequest): Promise<PieceFacts<Facts>> {
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
