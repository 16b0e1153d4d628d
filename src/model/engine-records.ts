import type { Issue } from './issue.ts';
import type { Origin, Run } from './run.ts';

/** A record read as a run, or why it cannot be. */
export type ReadRun = { readonly run: Run } | { readonly issue: Issue };

/** The records of one workflow engine: how they are told from others' and read. Each engine's folder exports one. */
export interface EngineRecords {
  /** Tells whether this parsed JSON is meant to be a run record of the engine, be it a damaged one. */
  readonly looksLikeRun: (json: unknown) => boolean;
  /** Gives the run's id in a record that looks like a run. */
  readonly runIdOf: (json: unknown) => string;
  /** Checks and converts a record that looks like a run; never throws on bad data. */
  readonly readRun: (json: unknown, origin: Origin, sourceLabel: string) => ReadRun;
}

/** The documents of one engine, each of which tells of one run or of several. Each such engine's folder exports one. */
export interface EngineDocuments {
  /** Tells whether this parsed document is meant to be one of the engine's, be it a damaged one. */
  readonly looksLike: (document: unknown) => boolean;
  /** Checks and converts a document that looks like one; never throws on bad data. */
  readonly read: (document: unknown, origin: Origin, sourceLabel: string) => readonly ReadRun[];
}

/** The rows of one engine's tables, of which many make a run. Each such engine's folder exports one. */
export interface RunLayout {
  /** Tells by the names of columns, or of the first object's fields, whether rows are the engine's. */
  readonly looksLike: (columns: readonly string[]) => boolean;
  /** The columns that are read; rows may lack the optional ones. */
  readonly columns: readonly string[];
  readonly optionalColumns: readonly string[];
  /** Creates what puts the rows of one input together. */
  readonly createAssembler: (uri: string) => RunAssembler;
}

/** The assembler takes the rows of one input, keeps what it needs of each, and makes runs of them when the last has come. */
export interface RunAssembler {
  /** Takes the cells of one row, in the order of the layout's columns and then the optional ones; gives an issue where they cannot be read. */
  take(cells: readonly unknown[], line: number): Issue | null;
  /** Gives all runs, or why there are none. Their label is not known yet. `UserError` when rows contradict each other throughout. */
  finish(): readonly ReadRun[];
}
