/** A cell holds an instant in epoch ms (UTC), a text as a string or as its UTF-8 bytes, a number or a flag; `null`: not recorded. */
export type TableCell = string | Uint8Array | number | boolean | null;

/** The type of a column: `count` is a whole number below 2^31, `number` any, `document` a text long and different in every row. */
export type ColumnType = 'text' | 'document' | 'count' | 'number' | 'flag' | 'instant';

/** A column of a table for other tools takes its cell from a row. */
export interface TableColumn<Row> {
  /** Name in snake case, the unit last. */
  readonly name: string;
  readonly type: ColumnType;
  readonly cell: (row: Row) => TableCell;
}

/** Name of the column that holds the native record of a run, from which the run can be read again. */
export const RECORD_COLUMN = 'record';
