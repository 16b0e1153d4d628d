import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { LineBlock } from '../formats/index.ts';
import { type LineRange, packageRoot } from '../sources/index.ts';
import type { BatchFacts } from './extract-runs.ts';
import type { Question } from './question.ts';

/** Lines for a thread, or where it is to read them. */
export type Lines = LineBlock | { readonly range: LineRange };

export interface LinesMessage {
  readonly lines: Lines;
  readonly uri: string;
  readonly label: string;
}

/** What a thread answers, also when the file system refused a range: an error itself would lose its code on the way. */
export type LinesAnswer<Facts> =
  | BatchFacts<Facts>
  | { readonly refused: { readonly message: string; readonly code: string } };

interface Waiting<Facts> {
  readonly resolve: (facts: BatchFacts<Facts>) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread takes one block, or range, while another waits for it. */
const BLOCKS_PER_THREAD = 2;

/** Threads that extract facts from blocks of lines, each block by whoever has least to do. */
export class ExtractPool<Facts> {
  readonly #threads: { readonly worker: Worker; readonly waiting: Waiting<Facts>[] }[];

  constructor(question: Question, threadCount: number) {
    const script = join(packageRoot(), 'bin/extract-thread.js');
    // Node 20 ends with a failed assertion when a thread goes while code is still being optimized for it on another.
    setFlagsFromString('--no-concurrent-recompilation');
    this.#threads = Array.from({ length: threadCount }, () =>
      this.#start(new Worker(script, { workerData: question, resourceLimits: { maxYoungGenerationSizeMb: 64 } })),
    );
  }

  #start(worker: Worker) {
    const waiting: Waiting<Facts>[] = [];
    const fail = (error: unknown) => {
      for (const { reject } of waiting.splice(0)) reject(error);
    };
    // Answers come in the order of the questions.
    worker.on('message', (answer: LinesAnswer<Facts>) => {
      const first = waiting.shift();
      if ('refused' in answer) first?.reject(Object.assign(new Error(answer.refused.message), answer.refused));
      else first?.resolve(answer);
    });
    worker.on('error', fail);
    worker.on('exit', (status) => fail(new Error(`a reading thread ended with status ${status}`)));
    return { worker, waiting };
  }

  /** More blocks than this at once only take memory. */
  get capacity(): number {
    return this.#threads.length * BLOCKS_PER_THREAD;
  }

  extract(lines: Lines, uri: string, label: string): Promise<BatchFacts<Facts>> {
    const thread = this.#threads.reduce((least, other) =>
      other.waiting.length < least.waiting.length ? other : least,
    );
    return new Promise((resolve, reject) => {
      thread.waiting.push({ resolve, reject });
      // Only memory of its own can be handed over, and a block may be part of something larger.
      const own = 'lines' in lines ? { lines: new Uint8Array(lines.lines) } : lines;
      const message: LinesMessage = { lines: own, uri, label };
      thread.worker.postMessage(message, 'lines' in own ? [own.lines.buffer] : []);
    });
  }

  /** Threads that have nothing more to do end with the process. To end one at work can take the process with it (Node 20). */
  close(): void {
    for (const { worker } of this.#threads) worker.unref();
  }
}
