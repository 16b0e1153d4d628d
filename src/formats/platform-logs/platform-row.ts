/** The columns that a platform's log is read as; durations in ms, memory in MB unless a unit stands beside it. */
export const PLATFORM_COLUMNS = [
  'start',
  'ready',
  'end',
  'duration',
  'init',
  'billed',
  'memory',
  'used',
  'id',
  'container',
  'pool',
] as const;

/** A row has what the platform recorded of one invocation; `undefined`: it did not. Instants are epoch ms. */
export type PlatformRow = Partial<Record<(typeof PLATFORM_COLUMNS)[number], string | number | undefined>>;

/** A row, and the line of the input that it began on. */
export interface LoggedRow {
  readonly line: number;
  readonly row: PlatformRow;
}
