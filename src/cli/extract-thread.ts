import { parentPort, workerData } from 'node:worker_threads';
import { ANALYSES } from '../analyses/list.ts';
import type { BlockMessage, ThreadTask } from './extract-pool.ts';
import { prepareExtraction } from './extract-runs.ts';

/** The program of a thread that extracts facts: blocks of lines in, their facts out, in order. */

const { analysis: name, raw, filter } = workerData as ThreadTask;
const definition = ANALYSES.find((candidate) => candidate.name === name);
if (!definition || !parentPort) throw new Error(`no thread for ${name}`);
const port = parentPort;
const analysis = await definition.load();
const options = analysis.parseOptions(raw);
const extractBatch = prepareExtraction({
  filter,
  parts: analysis.reads,
  extract: (run, facts) => analysis.extract(run, facts, options),
});

port.on('message', ({ lines, uri, label }: BlockMessage) => port.postMessage(extractBatch({ lines }, uri, label)));
