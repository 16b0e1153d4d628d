/**
 * Read, of other engines: files come in as rows or as documents; `Run`s go out. There is a folder for each engine, and a line for it in
 * one of the lists below. It is told by content whose a file is; what a source does not record stays not recorded. The engine whose
 * records are one JSON object a run has a room of its own, `octoflows/`.
 */
import type { Format } from '../formats/index.ts';
import { yamlFormat } from '../formats/yaml.ts';
import type { EngineDocuments, RunLayout } from '../model/engine-records.ts';
import { airflowAnswers, airflowTaskInstances } from './airflow/index.ts';
import { looksLikeWorkflows, readWorkflows } from './argo/index.ts';
import { knownFiles } from './known-files.ts';
import { lithopsDocuments, lithopsFutures, lithopsStats, pickledStats } from './lithops/index.ts';
import { nextflowTraces } from './nextflow/index.ts';
import { parquetRowsFormat, rowsFormat } from './rows-format.ts';
import { looksLikeExperiment, readExperiment } from './sebs/index.ts';
import { sebsFlowMeasurements } from './sebs-flow/index.ts';
import { historyEvents, historyLogs, looksLikeHistory, readHistory } from './stepfunctions/index.ts';
import { type TaskMap, tableLayout } from './task-table/index.ts';
import { unmappedParquet, unmappedTables } from './task-table/propose.ts';
import { looksLikeInstance, readInstance } from './wfformat/index.ts';

export { type RunConstants, withConstants } from './constants.ts';
export { RUN_RECORD_SCHEMA, runRecords, writeRunRecord } from './run-record/index.ts';
export { isTaskMap, parseTaskMap, TASK_KEYS, type TaskMap } from './task-table/index.ts';

/** Engines whose files hold rows, of which many make a run. */
const LAYOUTS: readonly RunLayout[] = [
  nextflowTraces,
  lithopsStats,
  lithopsFutures,
  airflowTaskInstances,
  sebsFlowMeasurements,
  historyEvents,
];

/** Engines whose files are documents, each of one run or of several. */
export const DOCUMENTS: readonly EngineDocuments[] = [
  airflowAnswers,
  { looksLike: looksLikeHistory, read: readHistory },
  historyLogs,
  { looksLike: looksLikeWorkflows, read: readWorkflows },
  { looksLike: looksLikeInstance, read: readInstance },
  { looksLike: looksLikeExperiment, read: readExperiment },
  lithopsDocuments,
];

/** Fields of documents whose texts, often most of a document, are what tasks were given and gave: no reader looks at them. */
const IDLE_TEXTS: ReadonlySet<string> = new Set(['input', 'output', 'parameters', 'cause', 'result']);

/** Is true of what no reader of documents looks at, under this key. */
export const isIdleField = (key: string, isText: boolean): boolean => isText && IDLE_TEXTS.has(key);

const PRESETS: readonly Format[] = [...LAYOUTS.map(rowsFormat), yamlFormat, pickledStats, knownFiles];

/** Gives the formats of other engines' files, to be tried before the general ones: with a map, any table is one. */
export const engineFormats = (table: TaskMap | null): readonly Format[] =>
  table === null || table.terms.size === 0
    ? [...PRESETS, unmappedTables, unmappedParquet]
    : [...[parquetRowsFormat, rowsFormat].map((toFormat) => toFormat(tableLayout(table))), ...PRESETS, unmappedTables];
