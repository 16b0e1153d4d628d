/** Tables for other tools: typed columns of rows. `null` in any column: not recorded. */

/** A cell as the table holds it: instants in epoch ms (UTC), texts as strings or as their UTF-8 bytes. */
export type TableCell = string | Uint8Array | number | boolean | null;

/** `count`: a whole number below 2^31. `number`: any. `document`: a text that is long and different in every row. */
export type ColumnType = 'text' | 'document' | 'count' | 'number' | 'flag' | 'instant';

export interface TableColumn<Row> {
  /** Snake case, the unit last. */
  readonly name: string;
  readonly type: ColumnType;
  readonly cell: (row: Row) => TableCell;
}

/** Name of the column that holds the native record of a run, from which the run can be read again. */
export const RECORD_COLUMN = 'record';
