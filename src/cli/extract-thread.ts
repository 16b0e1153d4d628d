import { parentPort, workerData } from 'node:worker_threads';
import type { BlockMessage } from './extract-pool.ts';
import { prepareExtraction } from './extract-runs.ts';
import { prepareQuestion, type Question } from './question.ts';

/** The program of a thread that extracts facts: blocks of lines in, their facts out, in order. */

const { extraction } = await prepareQuestion(workerData as Question);
const extractBatch = prepareExtraction(extraction, 0);
const port = parentPort;
port?.on('message', ({ lines, uri, label }: BlockMessage) => port.postMessage(extractBatch({ lines }, uri, label)));
