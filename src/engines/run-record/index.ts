/**
 * wfa's own record: a `Run` as one JSON object, under the names of `Run`, whichever engine it came from. `wfa import` writes it of
 * runs whose own form is not a record each, and anybody can who wants every field. A field that is missing is not recorded, and null
 * says that something did not happen.
 */

import { createRun, type NodeFields, type RunFields, type TaskFields } from '../../model/create-run.ts';
import type { EngineRecords } from '../../model/engine-records.ts';
import { isObject } from '../../model/json.ts';
import { NOT_RECORDED, RECORDED_KINDS, type RecordedKind } from '../../model/recorded.ts';
import {
  type DagDownload,
  type DuplicationPrediction,
  MOST_EPOCH_MS,
  type OptimizationEvent,
  type Plan,
  type PlannedNode,
  type PlannedPrewarm,
  REMARKS,
  type ResourceUsage,
  type Run,
  type Sla,
  type StatedTraits,
  type TaskInput,
  type WorkerStartup,
} from '../../model/run.ts';
import {
  type Codec,
  converted,
  derived,
  listOf,
  Misfit,
  numberFrom,
  object,
  oneOf,
  optional,
  optionalAs,
  optionalMany,
  orNull,
  text,
  yes,
} from './codec.ts';

/** The number is raised when a field changes its meaning. */
const VERSION = 1;
const VERSION_KEY = 'wfaRun';

const instant = numberFrom(-MOST_EPOCH_MS, MOST_EPOCH_MS, 'an instant in ms since 1970 (UTC)');
/** Durations may be negative, where clocks disagree. */
const duration = numberFrom(-MOST_EPOCH_MS, MOST_EPOCH_MS, 'a number of ms');
const amount = numberFrom(0, Number.MAX_VALUE, 'a number from 0 up');
const ids = listOf(text);

/** Reads a map as a list of objects, whose keys stand under a name of their own: any text can be a key then. */
const mapOf = <Key extends string, Entry extends object>(
  keyName: Key,
  entry: Codec<Entry & Readonly<Record<Key, string>>>,
): Codec<ReadonlyMap<string, Entry>> =>
  converted<readonly (Entry & Readonly<Record<Key, string>>)[], ReadonlyMap<string, Entry>>(
    listOf(entry),
    (entries) => new Map(entries.map(({ [keyName]: key, ...own }) => [key, own as unknown as Entry])),
    (map) => [...map].map(([key, own]) => ({ [keyName]: key, ...own }) as Entry & Readonly<Record<Key, string>>),
  );

const predictions = mapOf<'upstreamId', DuplicationPrediction>(
  'upstreamId',
  object<DuplicationPrediction & { readonly upstreamId: string }>({
    upstreamId: text,
    originalDownloadMs: duration,
    originalExecutionMs: duration,
    originalUploadMs: duration,
    ownOutputDownloadMs: duration,
    ownInputsDownloadMs: duration,
    ownExecutionMs: duration,
  }),
);

const node = object<NodeFields>({
  id: text,
  functionName: text,
  upstream: optional(ids),
  downstream: optional(ids),
  memoryMb: optional(amount),
  workerId: optional(orNull(text)),
  optimizations: optionalMany(ids),
  duplicationPredictions: optionalMany(predictions),
  plannedPrewarms: optionalMany(
    listOf(object<PlannedPrewarm>({ delayMs: duration, workerId: orNull(text), memoryMb: amount })),
  ),
  hasFailed: optional(yes),
});

const state = oneOf('cold', 'warm');

const plannedNodes = mapOf<'id', PlannedNode>(
  'id',
  object<PlannedNode & { readonly id: string }>({
    id: text,
    inputBytes: amount,
    outputBytes: amount,
    downloadableInputBytes: amount,
    uploadableOutputBytes: amount,
    startupState: orNull(state),
    startupMs: duration,
    downloadMs: duration,
    totalDownloadMs: duration,
    executionMs: duration,
    uploadMs: duration,
    earliestStartMs: duration,
    completionMs: duration,
  }),
);

const sla: Codec<Sla> = {
  read: (json, path) => (json === 'average' ? json : percentile.read(json, path)),
  write: (value) => value,
  schema: { anyOf: [{ const: 'average' }, { type: 'number', minimum: 0, maximum: 100 }] },
};
const percentile = numberFrom(0, 100, 'average or a percentile from 0 to 100');

const plan = object<Plan>({ plannerName: text, sla, nodes: plannedNodes, criticalPathNodeIds: ids });

/** The place among the tasks follows from the id. */
const input = object<TaskInput>({
  id: text,
  sizeBytes: optionalAs(amount, NOT_RECORDED),
  downloadMs: orNull(duration),
  taskIndex: derived(-1),
});

interface Meeting {
  readonly type: 'PreLoad' | 'TaskDup';
  readonly inputId: string;
}
type Prewarm = Extract<OptimizationEvent, { readonly type: 'PreWarm' }>;

const meeting = object<Meeting>({ type: oneOf('PreLoad', 'TaskDup'), inputId: text });
const prewarm = object<Prewarm>({
  type: oneOf('PreWarm'),
  workerId: orNull(text),
  memoryMb: amount,
  answeredAtMs: instant,
});

const optimizationEvent: Codec<OptimizationEvent> = {
  read: (json, path) =>
    isObject(json) && json['type'] === 'PreWarm' ? prewarm.read(json, path) : meeting.read(json, path),
  write: (event) => (event.type === 'PreWarm' ? prewarm.write(event) : meeting.write(event)),
  schema: { anyOf: [meeting.schema, prewarm.schema] },
};

const task = object<TaskFields>({
  nodeId: text,
  workerId: optional(orNull(text)),
  memoryMb: optional(amount),
  startedAtMs: optional(instant),
  hardcodedInputBytes: optional(amount),
  inputWaitMs: optional(orNull(duration)),
  inputs: optional(listOf(input)),
  executionMs: duration,
  outputBytes: optional(amount),
  uploadMs: optional(orNull(duration)),
  dependencyUpdateMs: optional(orNull(duration)),
  invocationCount: optional(amount),
  invocationMs: optional(orNull(duration)),
  plannerName: optional(text),
  optimizationEvents: optionalMany(listOf(optimizationEvent)),
});

const workerStartup = object<WorkerStartup>({
  workerId: orNull(text),
  memoryMb: optionalAs(amount, NOT_RECORDED),
  initialTaskIds: ids,
  requestedAtMs: instant,
  readyAtMs: orNull(instant),
  state: optionalAs(orNull(state), NOT_RECORDED),
});

const KINDS = Object.keys(RECORDED_KINDS) as RecordedKind[];

/** The fields of a run, as a record has them. */
type RecordFields = Omit<RunFields, 'origin' | 'sourceLabel'> & {
  readonly wfaRun: number;
  readonly lacks?: readonly RecordedKind[];
};

const record = object<RecordFields>({
  wfaRun: numberFrom(VERSION, VERSION, `${VERSION}, the version of the record that this wfa reads`),
  runId: text,
  workflow: text,
  structureHash: optional(text),
  submittedAtMs: optional(orNull(instant)),
  statedMakespanMs: optional(duration),
  stated: optional(object<StatedTraits>({ planner: optional(text), sla: optional(sla) })),
  sinkNodeId: optional(text),
  rootNodeIds: optional(ids),
  nodes: optional(listOf(node)),
  plan: optional(orNull(plan)),
  tasks: listOf(task),
  workerStartups: optional(listOf(workerStartup)),
  dagDownloads: optional(listOf(object<DagDownload>({ downloadMs: duration, sizeBytes: amount }))),
  resourceUsage: optional(
    orNull(
      object<ResourceUsage>({
        gbSeconds: amount,
        measure: oneOf('gb-seconds', 'byte-seconds'),
        runTimeMs: duration,
      }),
    ),
  ),
  remarks: optional(listOf(oneOf(...REMARKS))),
  lacks: optional(listOf(oneOf(...KINDS))),
});

/** The record as JSON Schema (draft 2020-12). */
export const RUN_RECORD_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:wfa:run-record:${VERSION}`,
  title: `wfa's own run record, version ${VERSION}`,
  ...record.schema,
};

/** Writes a run as JSON; reading it gives an equal run, but for its origin and its label. */
export function writeRunRecord(run: Run): unknown {
  return record.write({ wfaRun: VERSION, ...run, lacks: [...run.lacks] });
}

/** wfa's own records, as every reader of records takes them. */
export const runRecords: EngineRecords = {
  looksLikeRun: (json) => isObject(json) && VERSION_KEY in json,
  runIdOf: (json) => String((json as { readonly runId?: unknown }).runId),
  readRun: (json, origin, sourceLabel) => {
    try {
      const { wfaRun: _, lacks, ...fields } = record.read(json, '');
      const run = createRun({ ...fields, origin, sourceLabel });
      return { run: lacks === undefined ? run : { ...run, lacks: new Set(lacks) } };
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      return { issue: { code: 'wrong-field', origin, ...error } };
    }
  },
};
