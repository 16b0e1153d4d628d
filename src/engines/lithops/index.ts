/**
 * Statistics of Lithops calls come in (`future.stats`): a row or an object each, in documents around them, or pickled; each job is one
 * run. Its calls do not wait for one another. Not in them: what calls downloaded, nor memory, which only the pickled futures have.
 */
import type { RunLayout } from '../../model/engine-records.ts';
import { areFutures, areStats, FIELDS, FIELDS_OF_FUTURE, StatsAssembler } from './stats.ts';

export { lithopsDocuments } from './documents.ts';
export { pickledStats } from './pickle.ts';

/** The layout of the statistics, with any others beside these. */
export const lithopsStats: RunLayout = {
  looksLike: areStats,
  columns: [],
  optionalColumns: FIELDS,
  createAssembler: (uri) => new StatsAssembler(uri),
};

/** The layout of futures, of which each holds its statistics. */
export const lithopsFutures: RunLayout = {
  looksLike: areFutures,
  columns: [],
  optionalColumns: FIELDS_OF_FUTURE,
  createAssembler: (uri) => new StatsAssembler(uri),
};
