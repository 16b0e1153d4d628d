import { wordOrigin } from './ledger.ts';
import type { Origin } from './run.ts';

/** A record that could not be read as a run, or not as a whole one. Data, not an exception: counted on stderr, complete in the machine formats. */
export type Issue =
  | { readonly code: 'broken-json'; readonly origin: Origin; readonly column: number; readonly problem: string }
  | {
      readonly code: 'wrong-field' | 'impossible-instant';
      readonly origin: Origin;
      readonly path: string;
      readonly expected: string;
      readonly found: string;
    }
  | { readonly code: 'broken-csv' | 'broken-yaml'; readonly origin: Origin; readonly problem: string }
  | { readonly code: 'not-utf-8'; readonly origin: Origin; readonly column: number }
  /** JSON of another kind; `filter` is the jq program that takes run records out of it, where it holds some. */
  | { readonly code: 'not-a-run-record'; readonly origin: Origin; readonly filter?: string }
  | { readonly code: 'record-too-long'; readonly origin: Origin; readonly byteLength: number }
  /** One stored part of a run is there but cannot be read, or not wholly; the run is given without it. */
  | { readonly code: 'unreadable-part'; readonly origin: Origin; readonly key: string; readonly problem: string }
  /** A run lacks what runs have; it is given without. */
  | {
      readonly code: 'incomplete-run';
      readonly origin: Origin;
      readonly runId: string;
      readonly missing: readonly string[];
    }
  | { readonly code: 'unknown-keys'; readonly origin: Origin; readonly count: number; readonly example: string };

/** One line for a person: where, what, and what was expected. */
export function wordIssue(issue: Issue): string {
  const where = wordOrigin(issue.origin);
  switch (issue.code) {
    case 'broken-json':
      return `${where}:${issue.column}: broken JSON: ${issue.problem}`;
    case 'broken-csv':
      return `${where}: broken CSV: ${issue.problem}`;
    case 'broken-yaml':
      return `${where}: broken YAML: ${issue.problem}`;
    case 'wrong-field':
    case 'impossible-instant':
      return `${where}: ${issue.path}: expected ${issue.expected}, found ${issue.found}`;
    case 'not-utf-8':
      return `${where}:${issue.column}: not UTF-8 text`;
    case 'not-a-run-record':
      return issue.filter === undefined
        ? `${where}: not a run record of any kind that is read (wfa help formats lists them)`
        : `${where}: not a run record, but it holds some: jq -c '${issue.filter}' FILE gives them one a line`;
    case 'record-too-long':
      return `${where}: a record of ${issue.byteLength} bytes is longer than wfa reads in one piece: give records, or rows, one a line (jq -c '.[]')`;
    case 'unreadable-part':
      return `${where}: ${issue.key}: ${issue.problem}`;
    case 'incomplete-run':
      return `${where}: run ${issue.runId} lacks ${issue.missing.join(', ')}${wordShards(issue.origin)}`;
    case 'unknown-keys':
      return `${where}: ${issue.count} keys that the engine is not known to store, such as ${issue.example}`;
  }
}

/** Says where the rest of a run may be that a dump does not hold; a live server has all of its keys. */
const wordShards = ({ uri }: Origin): string =>
  /^rediss?:/.test(uri) ? '' : ' (if the dump is of a Redis Cluster, give the dumps of all shards together)';
