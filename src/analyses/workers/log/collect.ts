import { type LoggedInvocation, prepareRows } from '../../../containers/invocation-row.ts';
import type { Issue } from '../../../model/issue.ts';
import type { Ledger } from '../../../model/ledger.ts';
import type { Origin } from '../../../model/run.ts';
import type { RowCollector } from '../../analysis.ts';
import type { LogOptions } from './options.ts';

/** The facts of a log: its invocations, and the number of rows read. */
export interface LogFacts {
  readonly invocations: readonly LoggedInvocation[];
  readonly rowCount: number;
  /** Rows whose request's id another row had before: they are left out. */
  readonly repeatedCount: number;
}

/** Rows → invocations; rows that can be read but not believed go into the ledger. */
export function createLogCollector({ map }: LogOptions, ledger: Ledger): RowCollector<LogFacts> {
  const parseRow = prepareRows(map);
  const invocations: LoggedInvocation[] = [];
  const ids = new Set<string>();
  let rowCount = 0;
  let repeatedCount = 0;
  return {
    take: (cells: readonly unknown[], origin: Origin): Issue | null => {
      rowCount++;
      const parsed = parseRow(cells, origin);
      if ('mismatch' in parsed) return { code: 'wrong-field', origin, ...parsed.mismatch };
      if ('invocation' in parsed) {
        if (isRepeated(parsed.invocation, ids)) {
          ledger.add('repeated-id', 'record', origin);
          repeatedCount++;
          return null;
        }
        invocations.push(parsed.invocation);
        if (parsed.finding !== null) ledger.add(parsed.finding, 'metric', origin, 'ready');
      } else ledger.add(parsed.finding, 'record', origin);
      return null;
    },
    finish: () => ({ facts: { invocations, rowCount, repeatedCount }, count: invocations.length }),
  };
}

/** Is true when an earlier row had the same id, which is remembered. */
function isRepeated({ id }: LoggedInvocation, ids: Set<string>): boolean {
  if (id === null) return false;
  const repeated = ids.has(id);
  ids.add(id);
  return repeated;
}
