import { DOCUMENTS, engineFormats, runRecords, type TaskMap, writeRunRecord } from '../engines/index.ts';
import type { Format } from '../formats/index.ts';
import type { EngineRecords, ReadRun } from '../model/engine-records.ts';
import type { Origin } from '../model/run.ts';
import { octoflowsRecords, recordFormats, type ScatteredRuns } from '../octoflows/index.ts';

/** Engines whose records are one JSON object a run. */
const ENGINES: readonly EngineRecords[] = [octoflowsRecords, runRecords];

/** Gives the formats of all inputs. Other engines' are told by more than the general ones, and are tried first. */
export const inputFormats = (table: TaskMap | null, scattered: ScatteredRuns | null): readonly Format[] => [
  ...engineFormats(table),
  ...recordFormats(scattered ?? undefined),
];

/** A run in parsed JSON: its id, as far as it has one, and how it is read. */
export interface RecognizedRun {
  readonly runId: string;
  readonly read: () => ReadRun;
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
  if (engine) return [{ runId: engine.runIdOf(json), read: () => engine.readRun(json, origin, sourceLabel) }];
  const reads = DOCUMENTS.find(({ looksLike }) => looksLike(json))?.read(json, origin, sourceLabel);
  return reads?.map((read) =>
    'issue' in read ? read : { runId: read.run.runId, read: () => read, writeRecord: () => writeRunRecord(read.run) },
  );
}
