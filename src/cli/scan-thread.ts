import { parentPort } from 'node:worker_threads';
import { RecordScanner } from '../formats/index.ts';
import { type ScannedPiece, scanPiece } from './pieces.ts';
import type { ScanAnswer, ScanRequest } from './scan-pool.ts';
import { loadScanner } from './scanner.ts';

/** The program of a thread that scans: pieces of inputs in; what is kept of their records out, in order. */
export function answerRequests(): void {
  let scanner: RecordScanner | null = null;
  parentPort?.on('message', (request: ScanRequest) => {
    // All requests to a thread ask for the same parts.
    scanner ??= new RecordScanner(loadScanner(), new Set(request.parts));
    const answer = answerRequest(request, scanner);
    parentPort?.postMessage(answer, 'refused' in answer ? [] : memoryOf(answer));
  });
}

function answerRequest({ piece, uri }: ScanRequest, scanner: RecordScanner): ScanAnswer {
  try {
    return scanPiece(piece, uri, scanner);
  } catch (error) {
    // Only what the file system says is about the file; anything else is a bug.
    const { message, code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { refused: { message, code } };
  }
}

const memoryOf = ({ pages }: ScannedPiece): ArrayBuffer[] => pages.map(({ values }) => values.memory);
