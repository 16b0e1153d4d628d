import type { ReadRun } from '../model/engine-records.ts';
import { isObject, type Json } from '../model/json.ts';
import { MOST_EPOCH_MS, type Origin, type Run } from '../model/run.ts';

/** Fields of parsed documents, with words for what does not fit. Nothing here throws further than `readOrWord`. */

/** A field of a document is not what belongs there. */
class Misfit extends Error {
  readonly path: string;
  readonly expected: string;
  readonly found: unknown;

  constructor(path: string, expected: string, found: unknown) {
    super(`${path}: expected ${expected}`);
    this.path = path;
    this.expected = expected;
    this.found = found;
  }
}

/** Ends the reading of a run: at `path` stands something else than what was expected. */
export function refuse(path: string, expected: string, found: unknown): never {
  throw new Misfit(path, expected, found);
}

/** Gives the run that `read` makes, or the issue at which it gave up. */
export function readOrWord(origin: Origin, read: () => Run): ReadRun {
  try {
    return { run: read() };
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    const { path, expected, found } = error;
    return { issue: { code: 'wrong-field', origin, path, expected, found: wordFound(found) } };
  }
}

const LONGEST_FOUND = 40;

function wordFound(found: unknown): string {
  if (found === undefined) return 'nothing';
  if (Array.isArray(found)) return 'an array';
  if (typeof found === 'object' && found !== null) return 'an object';
  const json = JSON.stringify(found) ?? String(found);
  return json.length > LONGEST_FOUND ? `${json.slice(0, LONGEST_FOUND - 1)}…` : json;
}

/** The field as a text that says something; `null`: it is absent, null or empty. */
export function textIn(from: Json, key: string, path: string): string | null {
  const found = from[key] ?? null;
  if (found === null || found === '') return null;
  return typeof found === 'string' ? found : refuse(`${path}.${key}`, 'a string', found);
}

/** The field as an object; `null`: it is absent or null. */
export function objectIn(from: Json, key: string, path: string): Json | null {
  const found = from[key] ?? null;
  if (found === null) return null;
  return isObject(found) ? found : refuse(`${path}.${key}`, 'an object', found);
}

/** The field as a list; `null`: it is absent or null. */
export function listIn(from: Json, key: string, path: string): readonly unknown[] | null {
  const found = from[key] ?? null;
  if (found === null) return null;
  return Array.isArray(found) ? found : refuse(`${path}.${key}`, 'an array', found);
}

/** The field as an amount of 0 or more; `null`: it is absent or null. */
export function amountIn(from: Json, key: string, path: string): number | null {
  const found = from[key] ?? null;
  if (found === null) return null;
  const isAmount = typeof found === 'number' && found >= 0 && found <= MOST_EPOCH_MS;
  return isAmount ? found : refuse(`${path}.${key}`, 'a number that is not negative', found);
}

/** The value, once it is there. */
export const required = <Value>(value: Value | null, path: string, expected: string): Value =>
  value === null ? refuse(path, expected, undefined) : value;

/** The field as an instant in ms since 1970: ISO 8601, UTC without a zone, or seconds since 1970; `null`: it is absent or null. */
export function instantIn(from: Json, key: string, path: string): number | null {
  const found = from[key] ?? null;
  if (found === null) return null;
  const atMs = typeof found === 'string' ? parseIsoMs(found) : typeof found === 'number' ? epochMs(found) : null;
  return atMs ?? refuse(`${path}.${key}`, 'an instant in ISO 8601, or in seconds since 1970', found);
}

/** Seconds would not get as far as this before the year 5138, and milliseconds were here in 1973. */
const LEAST_MS = 1e11;

/** Seconds, or milliseconds where the number is too large for them. */
function epochMs(found: number): number | null {
  const atMs = Math.abs(found) >= LEAST_MS ? found : found * 1000;
  return Math.abs(atMs) <= MOST_EPOCH_MS ? atMs : null;
}

const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d+))?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i;

/** PowerShell 5 writes ms since 1970 so. */
const POWERSHELL = /^\/Date\((\d+)\)\/$/;

/** Reads an instant in ISO 8601, UTC without a zone, with all decimals of the second; `null`: it is none. */
export function parseIsoMs(text: string): number | null {
  const [, epochMs] = POWERSHELL.exec(text) ?? [];
  if (epochMs !== undefined) return Number(epochMs);
  const [, day, second, decimals = '0', zone = 'Z'] = ISO.exec(text.trim()) ?? [];
  if (day === undefined) return null;
  const zoned = /^(z|utc)$/i.test(zone) ? 'Z' : zone.replace(/^([+-]\d\d):?(\d\d)?$/, (_, h, m = '00') => `${h}:${m}`);
  const atMs = Date.parse(`${day}T${second}${zoned}`);
  return Number.isNaN(atMs) ? null : atMs + Number(`0.${decimals}e3`);
}

/** The name of the file in a URI, without folders, query, and the endings of documents: a name for a run that has none. */
export const baseName = (uri: string): string =>
  (
    uri
      .replace(/[?#].*$/, '')
      .split('/')
      .at(-1) ?? uri
  ).replace(/(\.(json|ya?ml|txt|gz|zst))+$/i, '') || 'run';
