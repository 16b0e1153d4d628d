import { parentPort, workerData } from 'node:worker_threads';
import { type PieceExtractions, prepareExtractions } from './extract-runs.ts';
import type { PieceAnswer, PieceRequest } from './pool.ts';
import { prepareExtracting, type Question } from './question.ts';

/** The program of a thread: pieces of inputs in, the facts of their records out, in the same order. */
const extract = prepareExtractions(await prepareExtracting(workerData as Question));
parentPort?.on('message', (request: PieceRequest | null) => {
  if (request === null) parentPort?.close();
  else parentPort?.postMessage(answer(request, extract));
});

function answer(
  { piece, uri, label, isReduced }: PieceRequest,
  extract: PieceExtractions<unknown>,
): PieceAnswer<unknown> {
  try {
    return extract[isReduced ? 'reduced' : 'whole'](piece, uri, label);
  } catch (error) {
    // Only what the file system says is about the file; anything else is a bug.
    const { message, code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { refused: { message, code } };
  }
}
