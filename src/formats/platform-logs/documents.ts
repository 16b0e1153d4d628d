import { isObject, type Json } from '../../model/json.ts';
import type { PlatformRow } from './platform-row.ts';
import { isReport, parseInstant, readReport } from './report.ts';

/** JSON documents of platforms' tools → rows. What is no invocation is passed over. */

const listIn = (json: Json, key: string): readonly Json[] =>
  Array.isArray(json[key]) ? (json[key] as unknown[]).filter(isObject) : [];

const numberIn = (json: unknown, key: string): number | undefined =>
  isObject(json) && typeof json[key] === 'number' ? json[key] : undefined;

const textIn = (json: unknown, key: string): string | undefined =>
  isObject(json) && typeof json[key] === 'string' ? json[key] : undefined;

/**
 * Takes the events of `aws logs filter-log-events` and `get-log-events`, or of what CloudWatch sends to a subscriber, where one stream
 * is named for all, one by one: only what was recorded of invocations is kept.
 */
export class EventReader {
  readonly #rows: { readonly row: PlatformRow; readonly stream: string | undefined }[] = [];

  /** Takes an element of the list under this key of the document; of a list alone where it is empty. False: it is something else. */
  take(key: string, event: unknown): boolean {
    if (key !== '' && key !== 'events' && key !== 'logEvents') return false;
    const message = textIn(event, 'message') ?? '';
    const row = isReport(message) ? readReport(message) : readPlatformReport(message);
    if (row !== null) {
      const end = numberIn(event, 'timestamp') ?? row.end;
      this.#rows.push({ row: { ...row, end }, stream: textIn(event, 'logStreamName') });
    }
    return true;
  }

  /** Gives the rows, with what the document says of all of them. */
  *finish(document: unknown): Generator<PlatformRow> {
    const [pool, ofAll] = [textIn(document, 'logGroup'), textIn(document, 'logStream')];
    for (const { row, stream } of this.#rows)
      yield { ...row, container: stream ?? ofAll ?? row.container, pool: pool ?? row.pool };
  }
}

/** A line of Lambda's JSON log format; `null`: it is no `platform.report`. */
export function readPlatformReport(text: string): PlatformRow | null {
  if (!text.includes('platform.report')) return null;
  let json: unknown;
  try {
    json = JSON.parse(text.slice(text.indexOf('{')));
  } catch {
    return {};
  }
  if (!isObject(json) || json['type'] !== 'platform.report') return null;
  const { record } = json;
  const metrics = isObject(record) ? record['metrics'] : undefined;
  const time = textIn(json, 'time');
  return {
    end: time === undefined ? undefined : parseInstant(time),
    duration: numberIn(metrics, 'durationMs'),
    init: numberIn(metrics, 'initDurationMs') ?? numberIn(metrics, 'restoreDurationMs'),
    billed: numberIn(metrics, 'billedDurationMs'),
    memory: numberIn(metrics, 'memorySizeMB'),
    used: numberIn(metrics, 'maxMemoryUsedMB'),
    id: textIn(record, 'requestId'),
  };
}

/** `aws logs get-query-results` of CloudWatch Insights, and its results as the console saves them: an object each. */
export function* readQueryResults(document: Json): Generator<PlatformRow> {
  if (!Array.isArray(document['results'])) {
    yield readResult(new Map(Object.entries(document).map(([field, value]) => [field, String(value)])));
    return;
  }
  for (const result of document['results']) {
    if (!Array.isArray(result)) continue;
    const cells = result.filter(isObject);
    yield readResult(new Map(cells.map((cell) => [String(cell['field']), String(cell['value'])])));
  }
}

/** The query's fields, and what its message says beside them. */
/** Reads a result of CloudWatch Insights, which writes memory in decimal bytes. */
export function readResult(fields: ReadonlyMap<string, string>): PlatformRow {
  const message = fields.get('@message') ?? '';
  const time = fields.get('@timestamp');
  const own: PlatformRow = {
    end: time === undefined ? undefined : parseInstant(time),
    duration: fields.get('@duration'),
    init: fields.get('@initDuration'),
    billed: fields.get('@billedDuration'),
    memory: megabytesOf(fields.get('@memorySize')),
    used: megabytesOf(fields.get('@maxMemoryUsed')),
    id: fields.get('@requestId'),
    container: fields.get('@logStream'),
    pool: fields.get('@log')?.replace(/^\d+:/, ''),
  };
  const known = Object.entries(own).filter(([, value]) => value !== undefined);
  return { ...(isReport(message) ? readReport(message) : {}), ...Object.fromEntries(known) };
}

const megabytesOf = (bytes: string | undefined): number | undefined =>
  bytes === undefined || !Number.isFinite(Number(bytes)) ? undefined : Number((Number(bytes) / 1e6).toPrecision(12));

/**
 * Reads what X-Ray holds: `aws xray batch-get-traces`, its traces or their segments in lists, and documents of segments as programs send
 * them. Of functions, whose initialization, or restoring of a snapshot, is a part of its own.
 */
export function* readTraces(found: Json): Generator<PlatformRow> {
  for (const inner of [...listIn(found, 'Traces'), ...listIn(found, 'Segments')]) yield* readTraces(inner);
  const segment = parseObject(found['Document']) ?? found;
  if (segment['origin'] === 'AWS::Lambda::Function') yield readSegment(segment);
}

function readSegment(segment: Json): PlatformRow {
  const initialization = listIn(segment, 'subsegments').find(
    ({ name }) => name === 'Initialization' || name === 'Restore',
  );
  const [startAtMs, initAtMs] = [millisecondsIn(segment, 'start_time'), millisecondsIn(initialization, 'start_time')];
  return {
    start: startAtMs === undefined || initAtMs === undefined ? startAtMs : Math.min(startAtMs, initAtMs),
    ready: millisecondsIn(initialization, 'end_time'),
    end: millisecondsIn(segment, 'end_time'),
    init: initialization === undefined ? undefined : durationOf(initialization),
    id: textIn(segment['aws'], 'request_id') ?? textIn(segment, 'id'),
    pool: textIn(segment, 'name'),
  };
}

function parseObject(text: unknown): Json | null {
  if (typeof text !== 'string') return null;
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : null;
  } catch {
    return null;
  }
}

/** Seconds since 1970 → ms; the digits are moved, not multiplied. */
const millisecondsIn = (json: unknown, key: string): number | undefined => {
  const seconds = numberIn(json, key);
  return seconds === undefined ? undefined : Number(`${seconds}e3`);
};

const durationOf = (segment: Json): number | undefined => {
  const [from, to] = [millisecondsIn(segment, 'start_time'), millisecondsIn(segment, 'end_time')];
  return from === undefined || to === undefined ? undefined : to - from;
};

/** Reads the activations of OpenWhisk in an answer, or in one of its database: `rows` that have a `doc`, or `docs`. */
export function* readActivations(found: Json): Generator<PlatformRow> {
  for (const inner of [...listIn(found, 'rows'), ...listIn(found, 'docs')]) yield* readActivations(inner);
  if (isObject(found['doc'])) yield* readActivations(found['doc']);
  if ('activationId' in found && !isOfNoContainer(found)) yield readActivation(found);
}

/** Gives the value of an annotation, which older versions write as the field of an object. */
function annotationIn({ annotations }: Json, key: string): unknown {
  if (isObject(annotations)) return annotations[key];
  return Array.isArray(annotations) ? annotations.find((own) => isObject(own) && own['key'] === key)?.value : undefined;
}

/** Sequences are activations beside those of their actions, and triggers run nothing; both are no invocations. */
const isOfNoContainer = (activation: Json): boolean =>
  annotationIn(activation, 'kind') === 'sequence' ||
  (!activation['end'] && annotationIn(activation, 'path') === undefined);

/** An activation of OpenWhisk: its start-up is part of the time between start and end. */
function readActivation(activation: Json): PlatformRow {
  const [initTime, path] = [annotationIn(activation, 'initTime'), annotationIn(activation, 'path')];
  return {
    start: numberIn(activation, 'start'),
    end: numberIn(activation, 'end'),
    init: typeof initTime === 'number' ? initTime : undefined,
    memory: numberIn(annotationIn(activation, 'limits'), 'memory'),
    id: textIn(activation, 'activationId'),
    pool: typeof path === 'string' ? path : textIn(activation, 'name'),
  };
}
