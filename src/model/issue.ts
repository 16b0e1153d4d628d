import { wordOrigin } from './ledger.ts';
import type { Origin } from './run.ts';

/** A record that could not be read as a run. Data, not an exception: counted on stderr, complete in the machine formats. */
export type Issue =
  | { readonly code: 'broken-json'; readonly origin: Origin; readonly column: number; readonly problem: string }
  | {
      readonly code: 'wrong-field';
      readonly origin: Origin;
      readonly path: string;
      readonly expected: string;
      readonly found: string;
    }
  | { readonly code: 'broken-csv'; readonly origin: Origin; readonly problem: string }
  | { readonly code: 'not-utf-8'; readonly origin: Origin; readonly column: number }
  | { readonly code: 'not-a-run-record'; readonly origin: Origin }
  | { readonly code: 'record-too-long'; readonly origin: Origin; readonly byteLength: number };

/** One line for a person: where, what, and what was expected. */
export function wordIssue(issue: Issue): string {
  const where = wordOrigin(issue.origin);
  switch (issue.code) {
    case 'broken-json':
      return `${where}:${issue.column}: broken JSON: ${issue.problem}`;
    case 'broken-csv':
      return `${where}: broken CSV: ${issue.problem}`;
    case 'wrong-field':
      return `${where}: ${issue.path}: expected ${issue.expected}, found ${issue.found}`;
    case 'not-utf-8':
      return `${where}:${issue.column}: not UTF-8 text`;
    case 'not-a-run-record':
      return `${where}: not a run record: it lacks master_dag_id, dag or tasks`;
    case 'record-too-long':
      return `${where}: a record of ${issue.byteLength} bytes is longer than wfa reads`;
  }
}
