/**
 * Read, of SeBS: the `experiments.json` of an experiment → a `Run` for each invocation, with one task. An experiment invokes a function
 * over and over, and each invocation is what is submitted, waited for and measured: it is to SeBS what a run is to a workflow engine.
 */
import { createRun } from '../../model/create-run.ts';
import type { ReadRun } from '../../model/engine-records.ts';
import { hashStructure } from '../../model/hash-structure.ts';
import { hashText } from '../../model/hash-text.ts';
import { isObject, type Json } from '../../model/json.ts';
import { NOT_RECORDED } from '../../model/recorded.ts';
import type { Origin, Run } from '../../model/run.ts';
import { amountIn, objectIn, parseIsoMs, readOrWord, refuse, required, textIn } from '../fields.ts';

/** Tells whether a document is meant to be the results of an experiment, be it a damaged one. */
export const looksLikeExperiment = (document: unknown): boolean =>
  isObject(document) && ('_invocations' in document ? isObject(document['_invocations']) : hasInvocation(document));

const hasInvocation = (document: Json): boolean =>
  Object.values(document).some((own) => isInvocation(own) || (isObject(own) && Object.values(own).some(isInvocation)));

const isInvocation = (found: unknown): found is Json =>
  isObject(found) && 'times' in found && ('provider_times' in found || 'billing' in found) && 'request_id' in found;

/** An invocation, and where it stands in the document. */
interface Invocation {
  readonly key: string;
  readonly functionName: string;
  readonly fields: unknown;
  readonly path: string;
}

/** Reads each invocation of the document as a run, or as the issue that stands in its way. */
export function readExperiment(document: unknown, origin: Origin, sourceLabel: string): readonly ReadRun[] {
  const invocations = listInvocations(document as Json);
  if (invocations.length === 0) {
    return [readOrWord(origin, () => refuse('_invocations', 'the invocations of at least one function', undefined))];
  }
  const zoneMs = findZone(invocations);
  const experiment = `${(document as Json)['begin_time'] ?? ''}`;
  return invocations.map((invocation) =>
    readOrWord(origin, () => readRun(invocation, { zoneMs, experiment, origin, sourceLabel })),
  );
}

function listInvocations(document: Json): Invocation[] {
  const all = isObject(document['_invocations']) ? document['_invocations'] : document;
  return Object.entries(all).flatMap(([name, own]) => {
    if (isInvocation(own)) return [{ key: name, functionName: 'function', fields: own, path: `["${name}"]` }];
    if (!isObject(own)) return [];
    return Object.entries(own).map(([key, fields]) => ({
      key,
      functionName: name,
      fields,
      path: `["${name}"]["${key}"]`,
    }));
  });
}

interface Context {
  readonly zoneMs: number | null;
  /** The experiment, to tell failures of several apart. */
  readonly experiment: string;
  readonly origin: Origin;
  readonly sourceLabel: string;
}

function readRun({ key, functionName, fields, path }: Invocation, context: Context): Run {
  if (!isObject(fields)) return refuse(path, 'an invocation', fields);
  const { zoneMs, experiment, origin, sourceLabel } = context;
  const stats = objectIn(fields, 'stats', path) ?? {};
  const output = objectIn(fields, 'output', path) ?? {};
  const submittedAtMs = clientInstant(fields, 'client_begin', zoneMs);
  const node = { id: functionName, functionName, upstream: [], downstream: [] };
  const named = {
    // A function that failed has no request id, and its key is a number that each experiment begins anew.
    runId: key.startsWith('failed-')
      ? `${key}-${hashText(`${functionName} ${experiment} ${origin.uri}`).slice(0, 8)}`
      : key,
    workflow: functionName,
    origin,
    sourceLabel,
    structureHash: hashStructure([node]),
    rootNodeIds: [functionName],
    sinkNodeId: functionName,
    ...(submittedAtMs === null ? {} : { submittedAtMs }),
  };
  if (stats['failure'] === true)
    return createRun({ ...named, nodes: [{ ...node, hasFailed: true as const }], tasks: [] });
  const beganAtMs = required(
    epochIn(output, 'begin', `${path}.output`),
    `${path}.output.begin`,
    'when the function began',
  );
  const endedAtMs = required(epochIn(output, 'end', `${path}.output`), `${path}.output.end`, 'when the function ended');
  if (endedAtMs < beganAtMs) refuse(`${path}.output.end`, 'an instant that is not before begin', output['end']);
  const workerId = textIn(output, 'container_id', `${path}.output`);
  const memoryMb = memoryIn(fields, path) ?? NOT_RECORDED;
  const startup = {
    workerId,
    memoryMb,
    initialTaskIds: [functionName],
    readyAtMs: beganAtMs,
    state: typeof stats['cold_start'] === 'boolean' ? coldness(stats['cold_start']) : NOT_RECORDED,
  } as const;
  return createRun({
    ...named,
    nodes: [node],
    tasks: [
      {
        nodeId: functionName,
        startedAtMs: beganAtMs,
        executionMs: endedAtMs - beganAtMs,
        memoryMb,
        ...(workerId === null ? {} : { workerId }),
      },
    ],
    ...(submittedAtMs === null ? {} : { workerStartups: [{ ...startup, requestedAtMs: submittedAtMs }] }),
  });
}

const coldness = (isCold: boolean) => (isCold ? 'cold' : 'warm');

/** The memory size that was billed, in MB; `null`: the platform does not say. */
function memoryIn(fields: Json, path: string): number | null {
  const billing = objectIn(fields, 'billing', path) ?? {};
  const memoryMb = amountIn(billing, '_memory', `${path}.billing`) ?? amountIn(billing, 'memory', `${path}.billing`);
  return memoryMb === 0 ? null : memoryMb;
}

/** Seconds since 1970, as a number or as text; `null`: it is absent. */
function epochIn(from: Json, key: string, path: string): number | null {
  const found = from[key] ?? null;
  if (found === null || found === '') return null;
  const seconds = Number(found);
  return Number.isFinite(seconds) && seconds > 0 && seconds < 1e11
    ? seconds * 1000
    : refuse(`${path}.${key}`, 'seconds since 1970', found);
}

const QUARTER_HOUR_MS = 15 * 60_000;

/**
 * The client writes its instants in local time, without the zone; the function writes its own since 1970. Zones are whole quarters of
 * an hour, and the function began after the call: of all invocations, the one that waited least tells the zone. `null`: none has both.
 */
function findZone(invocations: readonly Invocation[]): number | null {
  let zoneMs = Number.NEGATIVE_INFINITY;
  for (const { fields } of invocations) {
    if (!isObject(fields) || !isObject(fields['output'])) continue;
    const localMs = clientInstant(fields, 'client_begin', 0);
    const begin = Number(fields['output']['begin'] ?? Number.NaN);
    if (localMs !== null && Number.isFinite(begin)) zoneMs = Math.max(zoneMs, localMs - begin * 1000);
  }
  return Number.isFinite(zoneMs) ? Math.round(zoneMs / QUARTER_HOUR_MS) * QUARTER_HOUR_MS : null;
}

/** An instant of the client's, moved to UTC; `null`: it is not recorded, or in an unknown zone. */
function clientInstant(fields: Json, key: string, zoneMs: number | null): number | null {
  const times = fields['times'];
  const text = isObject(times) ? times[key] : null;
  const localMs = typeof text === 'string' ? parseIsoMs(text) : null;
  return localMs === null || zoneMs === null ? null : localMs - zoneMs;
}
