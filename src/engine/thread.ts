import { parentPort, workerData } from 'node:worker_threads';
import { RecordScanner } from '../octoflows/index.ts';
import { type ExtractPiece, prepareExtraction } from './extract-runs.ts';
import type { PieceAnswer, PieceRequest, ThreadTask } from './piece-pool.ts';
import { scanPiece } from './pieces.ts';
import { prepareQuestion } from './question.ts';
import { loadScanner } from './scanner.ts';

/** The program of a thread: pieces of inputs in; what was scanned of them out, or their facts, in order. */
const { question, extracts } = workerData as ThreadTask;
const extract = extracts ? prepareExtraction((await prepareQuestion(question)).extraction) : null;
let scanner: RecordScanner | null = null;
parentPort?.on('message', (request: PieceRequest | null) => {
  if (request === null) {
    parentPort?.close();
    return;
  }
  scanner ??= new RecordScanner(loadScanner(), new Set(request.parts));
  const answer = workOn(request, scanner, extract);
  parentPort?.postMessage(answer, 'pages' in answer ? answer.pages.map(({ values }) => values.memory) : []);
});

/** `extract`: `null` when it is to be scanned only. */
function workOn(
  { piece, uri, label }: PieceRequest,
  scanner: RecordScanner,
  extract: ExtractPiece<unknown> | null,
): PieceAnswer<unknown> {
  try {
    const scanned = scanPiece(piece, uri, scanner);
    return extract?.(scanned, piece, uri, label) ?? scanned;
  } catch (error) {
    // Only what the file system says is about the file; anything else is a bug.
    const { message, code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { refused: { message, code } };
  }
}
