import { DOCUMENTS, runRecords, writeRunRecord } from '../engines/index.ts';
import type { EngineRecords, ReadRun } from '../model/engine-records.ts';
import type { Origin } from '../model/run.ts';
import { octoflowsRecords } from '../octoflows/index.ts';

/** Engines whose records are one JSON object a run. */
const ENGINES: readonly EngineRecords[] = [octoflowsRecords, runRecords];

/** A run in parsed JSON: its id, as far as it has one, and how it is read. */
export interface RecognizedRun {
  readonly runId: string;
  readonly read: () => ReadRun;
  /** Is true of a record of the measured engine. */
  readonly isNative?: boolean;
  /** Gives its native record, where that is not the JSON itself. */
  readonly writeRecord?: () => unknown;
}

/** Finds the runs in parsed JSON: one in a record, any number in a document. `undefined`: it is of no engine. */
export function recognizeRuns(
  json: unknown,
  origin: Origin,
  sourceLabel: string,
): readonly (RecognizedRun | Extract<ReadRun, { readonly issue: unknown }>)[] | undefined {
  const engine = ENGINES.find(({ looksLikeRun }) => looksLikeRun(json));
  if (engine) {
    const isNative = engine === octoflowsRecords;
    return [{ runId: engine.runIdOf(json), isNative, read: () => engine.readRun(json, origin, sourceLabel) }];
  }
  const reads = DOCUMENTS.find(({ looksLike }) => looksLike(json))?.read(json, origin, sourceLabel);
  return reads?.map((read) =>
    'issue' in read ? read : { runId: read.run.runId, read: () => read, writeRecord: () => writeRunRecord(read.run) },
  );
}
