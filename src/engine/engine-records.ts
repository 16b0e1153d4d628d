import { DOCUMENTS, runRecords, writeRunRecord } from '../engines/index.ts';
import type { EngineRecords, ReadRun } from '../model/engine-records.ts';
import type { Issue } from '../model/issue.ts';
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

/** Gives the issue of JSON that no run was found in. It says how to take records out that are wrapped in something else. */
export function describeForeign(json: unknown, origin: Origin): Issue {
  const filter = findWrappedRuns(json);
  return { code: 'not-a-run-record', origin, ...(filter !== null && { filter }) };
}

/**
 * Finds run records in JSON that is none itself: in a text, or as the value of a key, alone or in a list. Returns the jq program
 * that gives them one a line; `null`: none are there.
 */
function findWrappedRuns(json: unknown): string | null {
  if (isWrittenRun(json)) return 'fromjson';
  if (typeof json !== 'object' || json === null) return null;
  const found = Object.entries(json)
    .slice(0, MOST_KEYS)
    .map(([key, value]) => wordFilter(key, value));
  return found.find((filter) => filter !== null) ?? null;
}

function wordFilter(key: string, value: unknown): string | null {
  const path = /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : '.[]?';
  if (isRun(value)) return path;
  if (isWrittenRun(value)) return `${path} | fromjson`;
  return Array.isArray(value) && isRun(value[0]) ? `${path}[]` : null;
}

/** Keys of an object that are looked at for wrapped records. */
const MOST_KEYS = 100;

const isRun = (json: unknown): boolean => ENGINES.some(({ looksLikeRun }) => looksLikeRun(json));

/** Tells whether a text holds the JSON of a run. */
function isWrittenRun(json: unknown): boolean {
  if (typeof json !== 'string' || !json.startsWith('{')) return false;
  try {
    return isRun(JSON.parse(json));
  } catch {
    return false;
  }
}
