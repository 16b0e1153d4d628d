import { UserError } from '../../errors.ts';
import { wordInput } from '../index.ts';
import { JsonBuilder } from '../json-builder.ts';
import type { RawRow } from '../row.ts';
import { EventReader, readActivations, readPlatformReport, readQueryResults, readTraces } from './documents.ts';
import { readObjects, withoutWords } from './json-objects.ts';
import { type LoggedRow, PLATFORM_COLUMNS, type PlatformRow } from './platform-row.ts';
import { isReport, readReport } from './report.ts';
import { readResultTable } from './result-table.ts';

/** A log as a platform's own tool writes it, which needs no map. */
export interface PlatformLog {
  /** Is true when an input that begins so is one. */
  readonly detect: (head: string) => boolean;
  /** What its columns mean: `key=column`. */
  readonly map: string;
  /** Says how the instants are got that its rows may lack. */
  readonly instantsHint: string;
  /** Says which of its entries are invocations. */
  readonly countsHint: string;
  /** Reads a whole log; the other way, of logs of any size, needs no text. `SyntaxError` for one that is cut or damaged. */
  readonly read: ReadText | ReadBytes;
}

interface ReadText {
  readonly ofText: (text: string) => Iterable<LoggedRow>;
}

interface ReadBytes {
  readonly ofBytes: (bytes: AsyncIterable<Uint8Array>, uri: string) => Promise<readonly LoggedRow[]>;
}

const LAMBDA_MAP =
  'end=end,duration=duration,init=init,billed=billed,memory=memory,used=used,id=id,container=container,pool=pool';

/** Terminals' codes for colours, which `sam logs` writes into files, too. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the code begins with one.
const COLOURS = /\x1b\[[\d;]*m/g;

const OF_LAMBDA =
  'An invocation of Lambda ends with a REPORT line, or with platform.report in the JSON format; no other lines count.';

const LINES: PlatformLog = {
  detect: (head) => isReport(head) || /"type"\s*:\s*"platform\.(?:report|start|initStart|runtimeDone)"/.test(head),
  map: LAMBDA_MAP,
  instantsHint:
    'aws logs tail GROUP --format detailed, sam logs and aws logs filter-log-events write the instant of each line; the plain text of a REPORT has none.',
  countsHint: OF_LAMBDA,
  read: { ofText: readLines },
};

function* readLines(text: string): Generator<LoggedRow> {
  let line = 0;
  for (const coloured of text.split(/\r\n|\r|\n/)) {
    line++;
    const each = coloured.replace(COLOURS, '');
    const row = isReport(each) ? readReport(each) : readPlatformReport(each);
    if (row !== null) yield { line, row };
  }
}

/** Keys of CloudWatch's answers, and of what it sends to subscribers. */
const EVENT_KEYS = /"(?:logStreamName|ingestionTime|logStream)"\s*:/;

const EVENT_LIST = /^\s*(?:\[|\{.*?"(?:events|logEvents)"\s*:\s*\[).*?"message"\s*:/s;
/** Messages of Step Functions tell of runs. */
const OF_EXECUTIONS = /previous_event_id/;

const EVENTS: PlatformLog = {
  detect: (head) => EVENT_LIST.test(head) && EVENT_KEYS.test(head) && !OF_EXECUTIONS.test(head),
  map: LAMBDA_MAP,
  instantsHint: 'aws logs filter-log-events writes a timestamp beside each message: keep it in --query.',
  countsHint: OF_LAMBDA,
  read: { ofBytes: readEvents },
};

const ASK_INSTANTS =
  'Add @timestamp to the query: fields @timestamp, @requestId, @duration, @billedDuration, @initDuration, @memorySize, @maxMemoryUsed, @logStream | filter @type = "REPORT"';

const QUERY_RESULTS: PlatformLog = {
  detect: (head) =>
    (/^\s*\{[^[]*"results"\s*:\s*\[\s*\[/.test(head) && /"field"\s*:/.test(head)) ||
    /^\s*\[?\s*\{\s*(?:"@\w+"\s*:\s*"[^"]*"\s*,\s*)*"@(?:duration|billedDuration|message)"\s*:/.test(head),
  map: LAMBDA_MAP,
  instantsHint: ASK_INSTANTS,
  countsHint: OF_LAMBDA,
  read: { ofBytes: (bytes, uri) => readObjects(bytes, uri, readQueryResults) },
};

/** The results of a query as the console saves them: a table of which a column has durations. */
const QUERY_TABLE: PlatformLog = {
  detect: (head) => /^[^\n[{]*"?@(?:duration|billedDuration)\b[^\n]*(?:\n|$)/.test(head),
  map: LAMBDA_MAP,
  instantsHint: ASK_INSTANTS,
  countsHint: OF_LAMBDA,
  read: { ofText: readResultTable },
};

const TRACES: PlatformLog = {
  detect: (head) =>
    /^\s*\{\s*"Traces"\s*:\s*\[/.test(head) ||
    (/"Document"\s*:\s*"/.test(head) && /\\"(?:trace_id|start_time)\\"\s*:/.test(head)) ||
    (/^\s*[[{]/.test(head) && /"trace_id"\s*:/.test(head) && /"start_time"\s*:/.test(head) && OF_SEGMENT.test(head)),
  map: 'start=start,ready=ready,end=end,init=init,id=id,pool=pool',
  instantsHint:
    'A segment has start_time and end_time once it is over: fetch the traces again, with aws xray batch-get-traces.',
  countsHint:
    'Segments of Lambda functions count (origin AWS::Lambda::Function), which active tracing of a function writes.',
  read: { ofBytes: (bytes, uri) => readObjects(bytes, uri, readTraces) },
};
const OF_SEGMENT = /"origin"\s*:\s*"AWS::|"subsegments"\s*:/;

const ACTIVATIONS: PlatformLog = {
  detect: (head) => /"activationId"\s*:/.test(head),
  map: 'start=start,end=end,init=init,memory=memory,id=id,pool=pool',
  instantsHint:
    'wsk activation get ID, and wsk activation list --full, write start and end; activations of non-blocking triggers have no end.',
  countsHint: 'Activations of actions count; those of sequences and triggers run in no container.',
  read: { ofBytes: (bytes, uri) => readObjects(withoutWords(bytes), uri, readActivations) },
};

const LOGS: readonly PlatformLog[] = [EVENTS, QUERY_RESULTS, QUERY_TABLE, TRACES, ACTIVATIONS, LINES];

/** Bytes of the beginning by which a log is told. */
export const PLATFORM_HEAD_BYTES = 1 << 16;

/** Finds the platform whose log begins so; `null`: none. */
export const findPlatformLog = (head: string): PlatformLog | null => LOGS.find(({ detect }) => detect(head)) ?? null;

/** Is true when these are columns of platforms' logs. */
export const arePlatformColumns = (names: readonly string[]): boolean =>
  names.every((name) => (PLATFORM_COLUMNS as readonly string[]).includes(name));

/** Bytes of a document at most: a text cannot be longer. */
const MOST_BYTES = 500_000_000;

/** Decodes a platform's log; `UserError` when no row has an instant, or the document is cut. */
export async function* decodePlatformLog(
  log: PlatformLog,
  bytes: AsyncIterable<Uint8Array>,
  uri: string,
  names: readonly string[],
): AsyncGenerator<readonly RawRow[]> {
  const rows = await readRows(log, bytes, uri);
  if (rows.length === 0)
    throw new UserError('not-rows', `${wordInput(uri)} holds no invocation that has ended.`, { hint: log.countsHint });
  if (rows.every(({ row }) => row.start === undefined && row.end === undefined)) {
    throw new UserError('not-rows', `No line of ${wordInput(uri)} says when its invocation was.`, {
      hint: [log.instantsHint, 'Or give a table of your own with --map start=…,end=… --time-unit ms'],
    });
  }
  // Without a name of the function, all rows are of one.
  yield rows.map(({ line, row }) => {
    const named: PlatformRow = { ...row, pool: row.pool ?? 'all' };
    return { line, cells: names.map((name) => named[name as keyof PlatformRow]) };
  });
}

async function readRows(
  { read }: PlatformLog,
  bytes: AsyncIterable<Uint8Array>,
  uri: string,
): Promise<readonly LoggedRow[]> {
  try {
    return 'ofBytes' in read ? await read.ofBytes(bytes, uri) : [...read.ofText(await readAll(bytes, uri))];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UserError('not-rows', `${wordInput(uri)} is a JSON document that is cut or damaged: ${error.message}.`, {
      hint: 'Was the export still running? Save it again, whole.',
    });
  }
}

async function readAll(bytes: AsyncIterable<Uint8Array>, uri: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let byteLength = 0;
  for await (const chunk of bytes) {
    byteLength += chunk.length;
    if (byteLength > MOST_BYTES) {
      throw new UserError('too-large', `${wordInput(uri)} is larger than 500 MB.`, {
        hint: 'Save it in several files, by days, and give them all.',
      });
    }
    chunks.push(chunk.slice());
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Rows count from 1. */
async function readEvents(bytes: AsyncIterable<Uint8Array>): Promise<readonly LoggedRow[]> {
  const events = new EventReader();
  const builder = new JsonBuilder({ takeElement: (key, event) => events.take(key, event) });
  for await (const chunk of bytes) builder.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  const built = builder.end();
  if ('problem' in built) throw new SyntaxError(`${built.problem} in line ${built.line}, column ${built.column}`);
  return [...events.finish(built.json)].map((row, i) => ({ line: i + 1, row }));
}
