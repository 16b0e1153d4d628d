import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { RunPart } from '../model/run-parts.ts';
import { packageRoot } from '../sources/index.ts';
import type { Piece, ScannedPiece } from './pieces.ts';

export interface ScanRequest {
  readonly piece: Piece;
  readonly uri: string;
  readonly parts: readonly RunPart[];
}

/** What a thread answers, also when the file system refused a range: an error itself would lose its code on the way. */
export type ScanAnswer = ScannedPiece | { readonly refused: { readonly message: string; readonly code: string } };

interface Waiting {
  readonly resolve: (scanned: ScannedPiece) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread takes one piece while others wait for it: it must not run out of them while the main thread is busy. */
const PIECES_PER_THREAD = 4;

/** Threads that scan pieces of inputs, each piece by whoever has least to do. */
export class ScanPool {
  readonly #threads: { readonly worker: Worker; readonly waiting: Waiting[] }[];

  constructor(threadCount: number) {
    const script = join(packageRoot(), 'bin/scan-thread.js');
    // Node 20 ends with a failed assertion when a thread goes while code is still being optimized for it on another.
    setFlagsFromString('--no-concurrent-recompilation');
    this.#threads = Array.from({ length: threadCount }, () => this.#start(new Worker(script)));
  }

  #start(worker: Worker) {
    const waiting: Waiting[] = [];
    const fail = (error: unknown) => {
      for (const { reject } of waiting.splice(0)) reject(error);
    };
    // Answers come in the order of the questions.
    worker.on('message', (answer: ScanAnswer) => {
      const first = waiting.shift();
      if ('refused' in answer) first?.reject(Object.assign(new Error(answer.refused.message), answer.refused));
      else first?.resolve(answer);
    });
    worker.on('error', fail);
    worker.on('exit', (status) => fail(new Error(`a reading thread ended with status ${status}`)));
    return { worker, waiting };
  }

  get capacity(): number {
    return this.#threads.length * PIECES_PER_THREAD;
  }

  /** Whether every thread has enough to do. */
  get isFull(): boolean {
    return this.#threads.every(({ waiting }) => waiting.length >= PIECES_PER_THREAD);
  }

  scan(piece: Piece, uri: string, parts: readonly RunPart[]): Promise<ScannedPiece> {
    const thread = this.#threads.reduce((least, other) =>
      other.waiting.length < least.waiting.length ? other : least,
    );
    return new Promise((resolve, reject) => {
      thread.waiting.push({ resolve, reject });
      // Only memory of its own can be handed over, and a block may be part of something larger.
      const own = 'lines' in piece ? { lines: new Uint8Array(piece.lines) } : piece;
      const request: ScanRequest = { piece: own, uri, parts };
      thread.worker.postMessage(request, 'lines' in own ? [own.lines.buffer] : []);
    });
  }

  /** Threads that have nothing more to do end with the process. To end one at work can take the process with it (Node 20). */
  close(): void {
    for (const { worker } of this.#threads) worker.unref();
  }
}
