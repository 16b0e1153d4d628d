import { isObject, type Json } from '../../model/json.ts';

/** A history as a program wrote it whose language begins the names of fields with a capital (Go, .NET, PowerShell) → as the service does. */

/** Gives the history with the service's names of fields, and its first events, all unless `most` are asked for. */
export function inServiceSpelling(history: Json, most?: number): Json {
  const { Events: events } = history;
  if (!Array.isArray(events)) return history;
  return {
    ...lowered(history),
    events: events.slice(0, most).map((event) => (isObject(event) ? respell(event) : event)),
  };
}

function respell(event: Json): Json {
  const { type, ...fields } = lowered(event);
  const details = Object.entries(fields).map(([name, own]) => [name, isObject(own) ? lowered(own) : own]);
  // .NET writes a value of an enumeration as an object around its name.
  return { ...Object.fromEntries(details), type: isObject(type) ? type['Value'] : type };
}

const lowered = (fields: Json): Json =>
  Object.fromEntries(
    Object.entries(fields).map(([name, own]) => [`${name.charAt(0).toLowerCase()}${name.slice(1)}`, own]),
  );
