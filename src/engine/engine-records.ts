import type { EngineRecords } from '../model/engine-records.ts';
import { octoflowsRecords } from '../octoflows/index.ts';

/** The one place that chooses who reads a record: a line for each workflow engine. */
const ENGINES: readonly EngineRecords[] = [octoflowsRecords];

/** Finds the engine whose record this is; `undefined`: it is no run record of any. */
export const recognizeRecord = (json: unknown): EngineRecords | undefined =>
  ENGINES.find(({ looksLikeRun }) => looksLikeRun(json));
