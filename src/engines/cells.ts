import type { DurationUnit, MemoryUnit, TimeUnit } from '../containers/invocation-map.ts';
import {
  nameOf,
  parseInstantMs,
  parseMemoryMb,
  parseNumberMs,
  parseState,
  saysNothing,
} from '../containers/invocation-row.ts';
import type { Issue } from '../model/issue.ts';
import type { Origin, StartupState } from '../model/run.ts';

/** Cells of a table → values in wfa's units. A cell that says nothing is `null`; one that cannot be read is a `BadCell`. */

/** Is thrown for a cell that cannot be read. */
export class BadCell {
  readonly path: string;
  readonly expected: string;
  readonly found: string;

  constructor(column: string, expected: string, cell: unknown) {
    this.path = column;
    this.expected = expected;
    this.found = saysNothing(cell) ? 'nothing' : (JSON.stringify(cell) ?? '').slice(0, 40);
  }
}

/** Gives what `read` gives, or the issue of the cell that it cannot read. */
export function readCells<Read>(origin: Origin, read: () => Read): Read | { readonly issue: Issue } {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BadCell)) throw error;
    return { issue: { code: 'wrong-field', origin, ...error } };
  }
}

/** Makes a reader of cells of one kind. */
const reader =
  <Value>(expected: string, parse: (cell: unknown) => Value | null) =>
  (cell: unknown, column: string): Value | null => {
    if (saysNothing(cell)) return null;
    const value = parse(cell);
    if (value === null) throw new BadCell(column, expected, cell);
    return value;
  };

/** Requires that something is there. */
export function required<Value>(value: Value | null, column: string, expected: string): Value {
  if (value === null) throw new BadCell(column, expected, null);
  return value;
}

export const readName = reader('a name', nameOf);

export const readInstant = (unit: TimeUnit) => {
  const read = reader(unit === 'iso' ? 'an ISO 8601 instant' : `a number of ${unit}`, (cell) =>
    parseInstantMs(cell, unit),
  );
  return (cell: unknown, column: string): number | null => {
    const atMs = read(cell, column);
    const other = atMs === null ? null : findOtherUnit(atMs, unit);
    if (other !== null) throw new BadCell(column, `instants in ${unit}, and this looks like one in ${other}`, cell);
    return atMs;
  };
};

/** Years in which instants were and will be measured, as ms since 1970. */
const [FIRST_LIKELY_MS, LAST_LIKELY_MS] = [Date.UTC(2005, 0), Date.UTC(2045, 0)];
const PER_MS = { s: 1e-3, ms: 1, us: 1e3 } as const;

/** Finds the unit in which an instant far from these years would lie in them; `null`: it may be right. */
function findOtherUnit(atMs: number, unit: TimeUnit): DurationUnit | null {
  if (unit === 'iso' || isLikely(atMs)) return null;
  const count = atMs * PER_MS[unit];
  return (['us', 'ms', 's'] as const).find((other) => isLikely(count / PER_MS[other])) ?? null;
}

const isLikely = (atMs: number): boolean => atMs >= FIRST_LIKELY_MS && atMs < LAST_LIKELY_MS;

export const readDuration = (unit: DurationUnit) => reader(`a number of ${unit}`, (cell) => parseNumberMs(cell, unit));

export const readMemory = (unit: MemoryUnit) =>
  reader(`a number of ${unit} that is at most 64 GB`, (cell) => parseMemoryMb(cell, unit));

export const readState: (cell: unknown, column: string) => StartupState | null = reader(
  'true or false, 1 or 0, cold or warm, yes or no',
  parseState,
);

const wholeNumber = (cell: unknown): number | null => {
  const count = typeof cell === 'number' ? cell : /^\d+(\.0*)?$/.test(String(cell).trim()) ? Number(cell) : Number.NaN;
  return Number.isSafeInteger(count) && count >= 0 ? count : null;
};

/** Reads a whole number from 0 up; tables beside missing numbers write it as `1.0`. */
export const readCount = reader('a whole number from 0 up', wholeNumber);
