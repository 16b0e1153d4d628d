import type { Origin, Run } from '../model/run.ts';
import { isObject } from './field-types.ts';
import { type Json, JsonFields, Mismatch, type MismatchCode } from './fields.ts';
import { countOnce } from './recorded-twice.ts';
import { RUN_RECORD } from './run-record.ts';

/** The long way from a record to a `Run`, by parsed JSON: it words what does not fit, and never throws on bad data. */

/** Why a record is no run: the path of the first field that does not fit, what belongs there and what is there. */
export interface RecordMismatch {
  readonly code: MismatchCode;
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

export type ParsedRecord = { readonly run: Run } | { readonly mismatch: RecordMismatch };

/** Tells whether `raw` is meant to be a run record at all: it has at least two of the three fields that make one. */
export function looksLikeRun(raw: unknown): boolean {
  return isObject(raw) && ['master_dag_id', 'dag', 'tasks'].filter((key) => key in raw).length >= 2;
}

/** Checks and converts one record. */
export function parseRun(raw: unknown, origin: Origin, sourceLabel: string): ParsedRecord {
  try {
    return { run: countOnce({ ...RUN_RECORD.parse(raw, new JsonFields()), origin, sourceLabel }) };
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const { code, path, expected, found } = error;
    return { mismatch: { code, path: wordPath(path), expected, found: describeJson(found) } };
  }
}

/** The run's id in a record that looks like a run, as far as it has one. */
export const runIdOf = (record: unknown): string => String((record as Json)['master_dag_id']);

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `tasks[3].metrics.started_at_timestamp_s`; keys that are no identifiers stand in brackets, quoted. */
function wordPath(path: readonly (string | number)[]): string {
  if (path.length === 0) return '(record)';
  return path
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!IDENTIFIER.test(step)) return `[${JSON.stringify(step)}]`;
      return i === 0 ? step : `.${step}`;
    })
    .join('');
}

function describeJson(found: unknown): string {
  if (found === undefined) return 'nothing';
  if (Array.isArray(found)) return 'an array';
  if (typeof found === 'number') return String(found);
  if (typeof found === 'object' && found !== null) return 'an object';
  const json = JSON.stringify(found);
  return json.length > 40 ? `${json.slice(0, 39)}…` : json;
}
