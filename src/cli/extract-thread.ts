import { parentPort, workerData } from 'node:worker_threads';
import { createLineDecoder } from '../formats/index.ts';
import { createRangeBuffer, type LineRange, readLineRange } from '../sources/index.ts';
import type { LinesAnswer, LinesMessage } from './extract-pool.ts';
import { type BatchFacts, type ExtractBatch, mergeBatches, prepareExtraction } from './extract-runs.ts';
import { prepareQuestion, type Question } from './question.ts';

/** The program of a thread that extracts facts: lines in, or ranges of a file; their facts out, in order. */
export async function answerRequests(): Promise<void> {
  const { extraction } = await prepareQuestion(workerData as Question);
  const extractBatch = prepareExtraction(extraction);
  parentPort?.on('message', (message: LinesMessage) => parentPort?.postMessage(answer(message, extractBatch)));
}

function answer({ lines, uri, label }: LinesMessage, extractBatch: ExtractBatch<unknown>): LinesAnswer<unknown> {
  if ('lines' in lines) return extractBatch(lines, uri, label);
  try {
    return extractRange(lines.range, uri, label, extractBatch);
  } catch (error) {
    // Only what the file system says is about the file; anything else is a bug.
    const { message, code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { refused: { message, code } };
  }
}

let buffer: Buffer | null = null;

function extractRange(
  range: LineRange,
  uri: string,
  label: string,
  extractBatch: ExtractBatch<unknown>,
): BatchFacts<unknown> {
  buffer ??= createRangeBuffer();
  const decoder = createLineDecoder(uri);
  const parts: BatchFacts<unknown>[] = [];
  for (const chunk of readLineRange(range, buffer)) {
    for (const batch of decoder.push(chunk)) parts.push(extractBatch(batch, uri, label));
  }
  for (const batch of decoder.end()) parts.push(extractBatch(batch, uri, label));
  return mergeBatches(parts);
}
