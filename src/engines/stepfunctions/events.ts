import { isObject, type Json } from '../../model/json.ts';
import { amountIn, instantIn, listIn, objectIn, refuse, required, textIn } from '../fields.ts';

/** An event of an execution's history; the path says where it stands in the document. */
export interface HistoryEvent {
  readonly id: number;
  /** 0: it comes after nothing. */
  readonly previousId: number;
  readonly type: string;
  readonly atMs: number;
  readonly details: Json;
  readonly path: string;
}

/** Reads the events in the order of their ids, which a history may list backwards; an event that is listed twice counts once. */
export function readEvents(history: Json): HistoryEvent[] {
  const events = new Map<number, HistoryEvent>();
  for (const [i, found] of (listIn(history, 'events', 'history') ?? []).entries()) {
    const event = readEvent(found, `events[${i}]`);
    events.set(event.id, event);
  }
  return [...events.values()].sort((a, b) => a.id - b.id);
}

function readEvent(found: unknown, path: string): HistoryEvent {
  if (!isObject(found)) return refuse(path, 'an event of the history', found);
  const type = required(textIn(found, 'type', path), `${path}.type`, 'the type of the event');
  return {
    id: required(amountIn(found, 'id', path), `${path}.id`, 'the number of the event'),
    previousId: amountIn(found, 'previousEventId', path) ?? 0,
    type,
    atMs: required(instantIn(found, 'timestamp', path), `${path}.timestamp`, 'the instant of the event'),
    details: detailsOf(found, path),
    path,
  };
}

/** The details of an event stand under a key of its kind; some events have none. */
function detailsOf(event: Json, path: string): Json {
  // Some tools write the details of all kinds, and null for those that an event does not have.
  const key = Object.keys(event).find((name) => name.endsWith('EventDetails') && event[name] !== null);
  return key === undefined ? {} : (objectIn(event, key, path) ?? {});
}
