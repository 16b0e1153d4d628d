import { BlockReader } from '../../../containers/block-reader.ts';
import { IdSet } from '../../../containers/id-set.ts';
import { mapHas } from '../../../containers/invocation-map.ts';
import { type InvocationRow, prepareRows } from '../../../containers/invocation-row.ts';
import { InvocationTable } from '../../../containers/invocation-table.ts';
import type { Issue } from '../../../model/issue.ts';
import type { Ledger } from '../../../model/ledger.ts';
import type { RowBlock } from '../../../model/row-block.ts';
import type { Origin } from '../../../model/run.ts';
import type { RowCollector } from '../../analysis.ts';
import type { LogOptions } from './options.ts';

/** The facts of a log: its invocations, and the number of rows read. */
export interface LogFacts {
  readonly invocations: InvocationTable;
  readonly rowCount: number;
  /** Rows whose request's id another row had before: they are left out. */
  readonly repeatedCount: number;
}

/** Rows → invocations; rows that can be read but not believed go into the ledger. */
export function createLogCollector({ map }: LogOptions, ledger: Ledger): RowCollector<LogFacts> {
  const parseRow = prepareRows(map);
  const invocations = new InvocationTable(mapHas(map, 'used') || mapHas(map, 'billed'));
  const ids = new IdSet();
  const blocks = new BlockReader(map, invocations, ids);
  let rowCount = 0;
  let repeatedCount = 0;

  const leaveOutRepeated = (origin: Origin) => {
    ledger.add('repeated-id', 'record', origin);
    repeatedCount++;
  };

  const take = (cells: readonly unknown[], origin: Origin): Issue | null => {
    rowCount++;
    const parsed = parseRow(cells, origin);
    if ('mismatch' in parsed) return { code: 'wrong-field', origin, ...parsed.mismatch };
    if (!('invocation' in parsed)) ledger.add(parsed.finding, 'record', origin);
    else if (parsed.invocation.id !== null && !ids.addText(parsed.invocation.id)) leaveOutRepeated(origin);
    else {
      pushRow(invocations, parsed.invocation);
      if (parsed.finding !== null) ledger.add(parsed.finding, 'metric', origin, 'ready');
    }
    return null;
  };

  const takeBlock = (block: RowBlock, uri: string): Issue[] => {
    const issues: Issue[] = [];
    const uriNumber = invocations.uris.numberOfText(uri);
    for (let row = 0; row < block.rowCount; row++) {
      const outcome = blocks.take(block, row, uriNumber);
      if (outcome === 'left') {
        const issue = take(block.at(row).cells, { uri, line: block.lines[row] as number });
        if (issue !== null) issues.push(issue);
        continue;
      }
      rowCount++;
      if (outcome === 'repeated') leaveOutRepeated({ uri, line: block.lines[row] as number });
    }
    return issues;
  };

  return {
    take,
    takeBlock,
    finish: () => {
      ids.forget();
      invocations.finish();
      return { facts: { invocations, rowCount, repeatedCount }, count: invocations.length };
    },
  };
}

function pushRow(table: InvocationTable, row: InvocationRow): void {
  table.push({
    uri: table.uris.numberOfText(row.uri),
    line: row.line,
    pool: table.pools.numberOfText(row.poolKey),
    container: row.container === null ? -1 : table.containers.numberOfText(row.container),
    requestedAtMs: row.requestedAtMs,
    readyAtMs: row.readyAtMs ?? Number.NaN,
    endAtMs: row.endAtMs,
    state: row.state,
    memoryMb: row.memoryMb ?? Number.NaN,
    hasId: row.id !== null,
    usedMb: row.usedMb ?? Number.NaN,
    billedMs: row.billedMs ?? Number.NaN,
  });
}
