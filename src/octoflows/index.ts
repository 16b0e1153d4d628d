/**
 * Read, of the measured engine: its raw records → `Run`s. The only folder that knows its fields and its store; refuses to know where
 * bytes come from and what is asked of runs.
 */
import { createFormats, type Format } from '../formats/index.ts';
import type { EngineRecords } from '../model/engine-records.ts';
import { looksLikeRun, parseRun, runIdOf } from './parse-run.ts';
import { redisSnapshotFormat } from './store/index.ts';
import { ScatteredRuns } from './store/scattered.ts';

export { RUN_SCHEMA } from './run-record.ts';
export { RecordScanner, type ScannedPage } from './scan-records.ts';
export { prepareReading } from './scan-run.ts';

export { isStoreSnapshot } from './store/index.ts';
export { findScattered, type ScatteredRuns } from './store/scattered.ts';

/** Gives all formats that the engine's records come in: the general ones, and snapshots of its own store. */
export const recordFormats = (
  scattered = new ScatteredRuns(new Map()),
  general = createFormats(),
): readonly Format[] => [...general, redisSnapshotFormat(scattered)];

/** The engine's records, as every reader of records takes them. */
export const octoflowsRecords: EngineRecords = {
  looksLikeRun,
  runIdOf,
  readRun: (json, origin, sourceLabel) => {
    const parsed = parseRun(json, origin, sourceLabel);
    return 'mismatch' in parsed ? { issue: { origin, ...parsed.mismatch } } : parsed;
  },
};
