/**
 * The difference between "did not happen" and "not recorded". In a `Run`, `null` says that something did not happen, and
 * `NOT_RECORDED` that nobody wrote down whether it did, or how long it took. The latter is a symbol: the compiler refuses to take it for
 * a number, a text or a list, and so does the machine, so that no unknown becomes a 0 by accident.
 */

/** Stands where the source of a record says nothing. */
export const NOT_RECORDED: unique symbol = Symbol('not recorded');
/** The type of `NOT_RECORDED`. */
export type NotRecorded = typeof NOT_RECORDED;

/** Kinds of information that a source of records may lack altogether, each with what its records then do not say. */
export const RECORDED_KINDS = {
  edges: 'which task waits for which',
  instants: 'when tasks began',
  sink: 'which task is the last of the workflow',
  submission: 'when the run was submitted',
  plans: 'what was planned',
  memory: 'how much memory workers have',
  workers: 'which worker ran which task',
  'input-wait': 'how long tasks waited for their inputs',
  downloads: 'what was downloaded',
  uploads: 'what was uploaded',
  sizes: 'how many bytes inputs and outputs have',
  'dependency-updates': 'how long the update of dependencies took',
  invocations: 'how long invocations took',
  startups: 'when workers were started',
  'startup-states': 'which workers started cold',
  'resource-usage': 'what resources were used',
  optimizations: 'which optimizations took place',
} as const;
/** A kind of information that a source may lack. */
export type RecordedKind = keyof typeof RECORDED_KINDS;

/** The reason in a ledger for what a source does not record. */
export type NotRecordedReason = `${RecordedKind}-not-recorded`;

/** A source that records everything lacks nothing. */
export const NOTHING_LACKING: ReadonlySet<RecordedKind> = new Set();

/** Is true when something was written down, be it that it did not happen. */
export const isRecorded = <Value>(value: Value | NotRecorded): value is Value => value !== NOT_RECORDED;

/** The value, or `null` where it was not recorded: for outputs in which both are an empty cell. */
export const orNull = <Value>(value: Value | NotRecorded): Value | null => (value === NOT_RECORDED ? null : value);

/** The items, or none where the list was not recorded: for callers that have ruled that out, or say so themselves. */
export const orNone = <Item>(items: readonly Item[] | NotRecorded): readonly Item[] =>
  items === NOT_RECORDED ? [] : items;

/** The sum of two amounts; `NOT_RECORDED` when one of them is. */
export const addRecorded = (a: number | NotRecorded, b: number | NotRecorded): number | NotRecorded =>
  a === NOT_RECORDED || b === NOT_RECORDED ? NOT_RECORDED : a + b;
