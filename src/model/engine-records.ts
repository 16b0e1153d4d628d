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
