import type { ReadRun, RunAssembler, RunLayout } from '../../model/engine-records.ts';
import { groupBy } from '../../model/group-by.ts';
import type { Issue } from '../../model/issue.ts';
import { isObject, type Json } from '../../model/json.ts';
import { readCells, readName } from '../cells.ts';

/**
 * Events that stand one in a row, as a list out of a history (`jq .events`) or as Step Functions logs them to CloudWatch, which is the
 * only history that an Express execution leaves → the document that `get-execution-history` would have given.
 */

/** A logged event calls everything otherwise; details have no key of their kind. */
const LOGGED = ['execution_arn', 'event_timestamp', 'previous_event_id', 'details'] as const;
/** The details that are looked at. */
const LISTED = [
  'timestamp',
  'previousEventId',
  'executionStartedEventDetails',
  'stateEnteredEventDetails',
  'stateExitedEventDetails',
  'taskScheduledEventDetails',
  'mapIterationStartedEventDetails',
  'activityStartedEventDetails',
] as const;
const COLUMNS = ['id', 'type'] as const;
const OPTIONAL = [...LOGGED, ...LISTED] as const;
const NAMES: readonly string[] = [...COLUMNS, ...OPTIONAL];

const looksLike = (columns: readonly string[]): boolean => {
  const hasAll = (...names: readonly string[]) => names.every((name) => columns.includes(name));
  return hasAll(...COLUMNS) && (hasAll('timestamp', 'previousEventId') || hasAll('execution_arn', 'event_timestamp'));
};

type ReadHistory = (history: Json, line: number) => readonly ReadRun[];

/** Gives the layout of events; `read` reads the history of one execution. */
export const listedEvents = (read: (uri: string) => ReadHistory): RunLayout => ({
  looksLike,
  columns: COLUMNS,
  optionalColumns: OPTIONAL,
  createAssembler: (uri) => new Events(uri, read(uri)),
});

class Events implements RunAssembler {
  readonly #uri: string;
  readonly #read: ReadHistory;
  readonly #histories = new Map<string | null, { readonly line: number; readonly events: Json[] }>();

  constructor(uri: string, read: ReadHistory) {
    this.#uri = uri;
    this.#read = read;
  }

  take(cells: readonly unknown[], line: number): Issue | null {
    const event: Json = Object.fromEntries(
      NAMES.flatMap((name, place) => ((cells[place] ?? null) === null ? [] : [[name, cells[place]]])),
    );
    const origin = { uri: this.#uri, line };
    const named = readCells(origin, () => ({ arn: readName(event['execution_arn'], 'execution_arn') }));
    if ('issue' in named) return named.issue;
    const history = this.#histories.get(named.arn) ?? { line, events: [] };
    this.#histories.set(named.arn, history);
    history.events.push(toEvent(event));
    return null;
  }

  finish(): readonly ReadRun[] {
    return [...this.#histories].flatMap(([executionArn, { line, events }]) =>
      this.#read({ executionArn, events }, line),
    );
  }
}

/** Numbers of logged events are texts. */
function toEvent(event: Json): Json {
  if (!('event_timestamp' in event)) return event;
  return {
    id: toNumber(event['id']),
    type: event['type'],
    previousEventId: toNumber(event['previous_event_id'] ?? 0),
    timestamp: toNumber(event['event_timestamp']),
    loggedEventDetails: event['details'] ?? null,
  };
}

const toNumber = (found: unknown): unknown =>
  typeof found === 'string' && /^\d+$/.test(found.trim()) ? Number(found) : found;

/** Gives the logged events in an answer of `aws logs filter-log-events` or `get-log-events`; none: its messages are others'. */
function listLogged(document: unknown): readonly Json[] {
  if (!isObject(document) || !Array.isArray(document['events'])) return [];
  return document['events'].flatMap((found: unknown) => {
    const event = parseObject(isObject(found) ? found['message'] : null);
    return event !== null && looksLike(Object.keys(event)) ? [event] : [];
  });
}

function parseObject(text: unknown): Json | null {
  if (typeof text !== 'string' || !text.includes('execution_arn')) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

/** Tells whether a document is an answer of CloudWatch Logs whose messages are events of executions. */
export const holdsLoggedEvents = (document: unknown): boolean => listLogged(document).length > 0;

/** Gives the histories that such an answer holds, each with the ARN of its execution. */
export const gatherLogged = (document: unknown): readonly Json[] =>
  groupBy(listLogged(document), (event) => event['execution_arn']).map((events) => ({
    executionArn: events[0]?.['execution_arn'],
    events: events.map(toEvent),
  }));
