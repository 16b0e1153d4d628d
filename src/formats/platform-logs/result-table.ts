import { CsvRow } from '../csv-row.ts';
import { readResult } from './documents.ts';
import type { LoggedRow } from './platform-row.ts';

/** Reads results of CloudWatch Insights that were saved as CSV. Rows count as their first lines do. */
export function* readResultTable(text: string): Generator<LoggedRow> {
  let names: readonly string[] | null = null;
  let row = new CsvRow(',');
  let [line, first] = [0, 1];
  for (const each of text.split(/\r\n|\r|\n/)) {
    line++;
    if (each === '' && row.cells.length === 0) continue;
    if (row.cells.length === 0) first = line;
    if (row.read(each, 0) === 'open') continue;
    const { cells } = row;
    row = new CsvRow(',');
    if (names === null) names = cells;
    else yield { line: first, row: readResult(pairUp(names, cells)) };
  }
}

/** A cell without content is as one that is not there. */
const pairUp = (names: readonly string[], cells: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    names.flatMap((name, i) => {
      const cell = cells[i] ?? '';
      return cell === '' ? [] : [[name, cell] as const];
    }),
  );
