import { MOST_EPOCH_MS, type Origin, type StartupState } from '../model/run.ts';
import {
  type DurationUnit,
  type InvocationMap,
  type MapKey,
  MEMORY_UNITS,
  type MemoryUnit,
  type TimeUnit,
} from './invocation-map.ts';
import type { LoggedInvocation } from './invocation-table.ts';

/** A row of a platform's log → one invocation. Units are converted here, once; `block-reader.ts` reads plain cells in their bytes. */

/** One invocation as a row says it. */
export interface InvocationRow extends LoggedInvocation {
  /** The request's id; `null`: not recorded. */
  readonly id: string | null;
  /** Most memory that it used, in MB; `null`: not recorded. */
  readonly usedMb: number | null;
  /** `null`: not recorded. */
  readonly billedMs: number | null;
}

/** Why a row is no invocation, or lacks a part of one. */
export type RowFinding = 'negative-duration' | 'ready-before-its-start' | 'ready-after-its-end';

export type ParsedRow =
  | { readonly invocation: InvocationRow; readonly finding: RowFinding | null }
  | { readonly finding: RowFinding }
  | { readonly mismatch: { readonly path: string; readonly expected: string; readonly found: string } };

export type ParseRow = (cells: readonly unknown[], origin: Origin) => ParsedRow;

/** Prepares the reading of rows whose cells stand in the order of the map's columns. */
export function prepareRows(map: InvocationMap): ParseRow {
  const read = prepareCells(map);
  return (cells, { uri, line }) => {
    try {
      const times = readTimes(read, cells);
      const pool = read.pool(cells);
      const invocation = {
        uri,
        line,
        poolKey: pool,
        requestedAtMs: times.startAtMs,
        readyAtMs: times.readyAtMs,
        endAtMs: times.endAtMs,
        state: read.state(cells),
        memoryMb: read.memoryMb(cells) ?? memoryOfName(pool),
        id: read.id(cells),
        container: read.container(cells),
        usedMb: read.usedMb(cells),
        billedMs: read.billed(cells),
      };
      if (invocation.endAtMs < invocation.requestedAtMs) return { finding: 'negative-duration' };
      return checkReady(invocation);
    } catch (mismatch) {
      if (mismatch instanceof Mismatch) return { mismatch: { ...mismatch } };
      throw mismatch;
    }
  };
}

/** A ready instant that cannot be true is left out, not moved. */
function checkReady(invocation: InvocationRow): ParsedRow {
  const { requestedAtMs, readyAtMs, endAtMs } = invocation;
  if (readyAtMs === null || (readyAtMs >= requestedAtMs && readyAtMs <= endAtMs)) return { invocation, finding: null };
  const finding = readyAtMs < requestedAtMs ? 'ready-before-its-start' : 'ready-after-its-end';
  return { invocation: { ...invocation, readyAtMs: null }, finding };
}

class Mismatch {
  readonly path: string;
  readonly expected: string;
  readonly found: string;

  constructor(path: string, expected: string, cell: unknown) {
    this.path = path;
    this.expected = expected;
    this.found = isEmpty(cell) ? 'nothing' : wordCell(cell);
  }
}

const isEmpty = (cell: unknown): boolean =>
  cell === undefined || cell === null || (typeof cell === 'string' && cell.trim() === '');

/** Words that platforms and tools write where they have nothing to say. */
const NOTHING = /^(?:n\/?a|nan|null|none|nil|undefined|unknown|-|–|—)$/i;

export const saysNothing = (cell: unknown): boolean =>
  isEmpty(cell) || (typeof cell === 'string' && NOTHING.test(cell.trim())) || Number.isNaN(cell);

const wordCell = (cell: unknown): string => (JSON.stringify(cell) ?? '').slice(0, 40);

interface CellReaders {
  readonly pool: (cells: readonly unknown[]) => string;
  readonly state: (cells: readonly unknown[]) => StartupState | null;
  readonly memoryMb: (cells: readonly unknown[]) => number | null;
  readonly container: (cells: readonly unknown[]) => string | null;
  readonly id: (cells: readonly unknown[]) => string | null;
  /** In ms; `null`: no such column, or nothing in it. */
  readonly start: (cells: readonly unknown[]) => number | null;
  readonly ready: (cells: readonly unknown[]) => number | null;
  readonly end: (cells: readonly unknown[]) => number | null;
  readonly duration: (cells: readonly unknown[]) => number | null;
  readonly init: (cells: readonly unknown[]) => number | null;
  readonly billed: (cells: readonly unknown[]) => number | null;
  readonly usedMb: (cells: readonly unknown[]) => number | null;
  readonly hasStart: boolean;
}

function prepareCells(map: InvocationMap): CellReaders {
  const placesOf = (wanted: MapKey) => map.columns.flatMap(({ key }, place) => (key === wanted ? [place] : []));
  /** Reads one column's cell: required cells must hold something. */
  const prepare = <Read>(key: MapKey, expected: string, required: boolean, parse: (cell: unknown) => Read | null) => {
    const [place] = placesOf(key);
    if (place === undefined) return () => null;
    const { column } = map.columns[place] as { readonly column: string };
    return (cells: readonly unknown[]): Read | null => {
      const cell = cells[place];
      if (!required && saysNothing(cell)) return null;
      const read = isEmpty(cell) ? null : parse(cell);
      if (read === null) throw new Mismatch(column, expected, cell);
      return read;
    };
  };
  const instant = (cell: unknown) => parseInstantMs(cell, map.timeUnit);
  const duration = (cell: unknown) => parseNumberMs(cell, map.durationUnit);
  const anInstant = map.timeUnit === 'iso' ? 'an ISO 8601 instant' : `a number of ${map.timeUnit}`;
  const aDuration = `a number of ${map.durationUnit}`;
  const hasInit = placesOf('init').length > 0;
  const init = prepare('init', aDuration, false, duration);
  const cold = prepare('cold', 'true or false, 1 or 0, cold or warm, yes or no', false, parseState);
  return {
    pool: preparePool(map, placesOf('pool')),
    // Platforms that write a start-up for every invocation write 0 for a warm one.
    state: (cells) => cold(cells) ?? (hasInit ? ((init(cells) ?? 0) > 0 ? 'cold' : 'warm') : null),
    memoryMb: prepare('memory', wordMemory(map.memoryUnit), false, (cell) => parseMemoryMb(cell, map.memoryUnit)),
    id: prepare('id', 'a name', false, nameOf),
    container: prepare('container', 'a name', false, nameOf),
    start: prepare('start', anInstant, true, instant),
    ready: prepare('ready', anInstant, false, instant),
    end: prepare('end', anInstant, true, instant),
    duration: prepare('duration', aDuration, true, duration),
    init,
    billed: prepare('billed', aDuration, false, duration),
    usedMb: prepare('used', wordMemory(map.memoryUnit), false, (cell) => parseMemoryMb(cell, map.memoryUnit)),
    hasStart: placesOf('start').length > 0,
  };
}

/** Without a column, all invocations share one pool. */
function preparePool(map: InvocationMap, places: readonly number[]): (cells: readonly unknown[]) => string {
  if (places.length === 0) return () => 'all';
  const nameAt = (cells: readonly unknown[], place: number): string => {
    const name = isEmpty(cells[place]) ? null : nameOf(cells[place]);
    if (name === null) throw new Mismatch(map.columns[place]?.column ?? '', 'a name', cells[place]);
    return name;
  };
  const [only] = places;
  if (places.length === 1 && only !== undefined) return (cells) => nameAt(cells, only);
  return (cells) => places.map((place) => nameAt(cells, place)).join('+');
}

interface Times {
  readonly startAtMs: number;
  readonly readyAtMs: number | null;
  readonly endAtMs: number;
}

/**
 * A start that is recorded comes before the start-up, and a duration from it holds the start-up. Where only end and duration are
 * recorded, the start-up came before both.
 */
function readTimes(read: CellReaders, cells: readonly unknown[]): Times {
  const durationMs = read.duration(cells) ?? 0;
  const initMs = read.init(cells);
  const readyAtMs = read.ready(cells);
  if (read.hasStart) {
    const startAtMs = read.start(cells) as number;
    const endAtMs = read.end(cells) ?? startAtMs + durationMs;
    return { startAtMs, readyAtMs: readyAtMs ?? (initMs === null ? null : startAtMs + initMs), endAtMs };
  }
  const endAtMs = read.end(cells) as number;
  const beganAtMs = endAtMs - durationMs;
  if (initMs === null) return { startAtMs: beganAtMs, readyAtMs, endAtMs };
  return { startAtMs: beganAtMs - initMs, readyAtMs: readyAtMs ?? beganAtMs, endAtMs };
}

export const EXPONENTS: Readonly<Record<DurationUnit, number>> = { s: 3, ms: 0, us: -3 };
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;
const SCIENTIFIC = /^[+-]?(?:\d+\.?\d*|\.\d+)e[+-]?\d+$/i;

const textOf = (cell: unknown): string =>
  typeof cell === 'string' ? cell.trim() : typeof cell === 'number' ? String(cell) : '';

/** Decimal digits are moved, not multiplied: 1.001 s are 1001 ms to the last bit. */
export function parseNumberMs(cell: unknown, unit: DurationUnit): number | null {
  const exponent = EXPONENTS[unit];
  if (typeof cell === 'number' && exponent === 0) return withinReach(cell);
  const text = textOf(cell);
  if (DECIMAL.test(text)) return withinReach(Number(exponent === 0 ? text : `${text}e${exponent}`));
  return SCIENTIFIC.test(text) ? withinReach(Number(text) * 10 ** exponent) : null;
}

const withinReach = (ms: number): number | null => (Math.abs(ms) <= MOST_EPOCH_MS ? ms : null);

export const parseInstantMs = (cell: unknown, unit: TimeUnit): number | null =>
  unit === 'iso' ? parseIsoMs(textOf(cell)) : parseNumberMs(cell, unit);

const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i;

/** UTC unless a zone is named; all decimals of the second count. */
function parseIsoMs(text: string): number | null {
  const [, day, minute, second = '00', decimals = '', zone = 'Z'] = ISO.exec(text) ?? [];
  if (day === undefined || !isDay(day)) return null;
  const secondAtMs = Date.parse(`${day}T${minute}:${second}${wordZone(zone)}`);
  if (Number.isNaN(secondAtMs)) return null;
  if (secondAtMs < 0) return secondAtMs + Number(`0.${decimals}e3`);
  return Number(`${secondAtMs / 1000}.${decimals}e3`);
}

/** `+02`, `+0200` and `+02:00` are the same. */
function wordZone(zone: string): string {
  if (/^(z|utc)$/i.test(zone)) return 'Z';
  return `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
}

/** Date.parse takes 30 February for 2 March. */
function isDay(day: string): boolean {
  const atMs = Date.parse(day);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(day);
}

const STATES: Readonly<Record<string, StartupState>> = {
  true: 'cold',
  false: 'warm',
  '1': 'cold',
  '0': 'warm',
  cold: 'cold',
  warm: 'warm',
  yes: 'cold',
  no: 'warm',
};

export const parseState = (cell: unknown): StartupState | null => {
  const text = String(cell).trim().toLowerCase();
  // `0.0` and `1.0` are what tables of floating-point numbers make of a truth value beside missing ones.
  const plain = /^[01]\.0*$/.test(text) ? text.slice(0, 1) : text;
  return Object.hasOwn(STATES, plain) ? (STATES[plain] as StartupState) : null;
};

/** No platform has containers of more than 64 GB: such a number is of another unit. */
const MOST_MB = 64 * 1024;
const MEMORY = /^(\d+(?:\.\d*)?(?:e[+]?\d+)?)\s*(?:(k|m|g)?i?(b)?)$/i;
const MB_IN: Readonly<Record<MemoryUnit, number>> = { bytes: 2 ** -20, KiB: 2 ** -10, MB: 1, 'decimal-bytes': 1e-6 };
const MB_IN_SUFFIX: Readonly<Record<string, number>> = { b: 2 ** -20, k: 2 ** -10, m: 1, g: 1024 };

/** `256`, `256 MB`, `0.25 GB`, `5.12E8`: a unit that stands beside the number is the one that counts. */
export function parseMemoryMb(cell: unknown, unit: MemoryUnit): number | null {
  const [, digits, prefix, byte] = MEMORY.exec(textOf(cell)) ?? [];
  const suffix = (prefix ?? byte)?.toLowerCase();
  const factor = suffix === undefined ? MB_IN[unit] : (MB_IN_SUFFIX[suffix] as number);
  // Decimal bytes are whole MB but for the rounding of the factor.
  const memoryMb = Number((Number(digits) * factor).toPrecision(12));
  return memoryMb > 0 && memoryMb <= MOST_MB ? memoryMb : null;
}

const wordMemory = (unit: MemoryUnit): string =>
  `a number of ${unit} that is at most 64 GB (other units: --memory-unit ${MEMORY_UNITS.filter((other) => other !== unit).join(', ')})`;

const NAMED_MEMORY = /(?:^|\+)(\d+(?:\.\d+)?)\s*(M|G)i?B(?:$|\+)/i;

/** Reads the memory in MB of a pool's name such as `resize+256 MB`; `null`: it names none. */
export function memoryOfName(pool: string): number | null {
  const [, digits, unit] = NAMED_MEMORY.exec(pool) ?? [];
  return digits === undefined ? null : parseMemoryMb(`${digits} ${unit}B`, 'MB');
}

export const nameOf = (cell: unknown): string | null => {
  if (typeof cell === 'string') return cell.trim();
  return typeof cell === 'number' || typeof cell === 'boolean' ? String(cell) : null;
};
