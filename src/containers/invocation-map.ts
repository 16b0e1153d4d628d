import { UserError } from '../errors.ts';
import { matchName } from '../model/names.ts';

/** Which column of a platform's log says what: `start=…,end=…,pool=app+func`. */

/**
 * - `start`: when the invocation was asked for; `ready`: when its function began, after any start-up; `end`: when it ended;
 * - `duration`: in place of `start` or `end`; `init`: how long the start-up of a cold start took, empty of a warm one;
 * - `cold`: whether it was one; `pool`: who shares containers; `memory`: of its container; `container`: which one it really was;
 * - `id`: of the request: rows that have it again are left out;
 * - `used`: most memory that it used, in the unit of `memory`; `billed`: the time that the platform bills, a duration.
 */
export const MAP_KEYS = [
  'start',
  'ready',
  'end',
  'duration',
  'init',
  'cold',
  'pool',
  'memory',
  'container',
  'id',
  'used',
  'billed',
] as const;
export type MapKey = (typeof MAP_KEYS)[number];

export const TIME_UNITS = ['s', 'ms', 'us', 'iso'] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];
export type DurationUnit = Exclude<TimeUnit, 'iso'>;

/** `bytes`: 2^20 are one MB; `decimal-bytes`: 10^6 are, as CloudWatch Insights writes memory sizes. */
export const MEMORY_UNITS = ['bytes', 'KiB', 'MB', 'decimal-bytes'] as const;
export type MemoryUnit = (typeof MEMORY_UNITS)[number];

export interface InvocationMap {
  /** Says what each wanted column means; `pool` can stand there several times. */
  readonly columns: readonly { readonly key: MapKey; readonly column: string }[];
  readonly timeUnit: TimeUnit;
  readonly durationUnit: DurationUnit;
  readonly memoryUnit: MemoryUnit;
}

export interface MapFlags {
  readonly map: readonly string[];
  readonly timeUnit: string | undefined;
  readonly durationUnit: string | undefined;
  readonly memoryUnit: string | undefined;
}

/** The columns that a log may lack altogether: where every start was warm, there is no start-up to write. */
export const optionalColumns = ({ columns }: InvocationMap): string[] =>
  columns.filter(({ key }) => OPTIONAL.includes(key)).map(({ column }) => column);

const OPTIONAL: readonly MapKey[] = ['init', 'used', 'billed'];

export const mapHas = ({ columns }: InvocationMap, wanted: MapKey): boolean =>
  columns.some(({ key }) => key === wanted);

/** Reads the flags; `UserError` when they do not say when invocations began and ended, or in what unit. */
export function parseInvocationMap({ map, timeUnit, durationUnit, memoryUnit }: MapFlags): InvocationMap {
  const columns = map.flatMap((text) => text.split(',')).flatMap(parseEntry);
  const count = (wanted: MapKey) => columns.filter(({ key }) => key === wanted).length;
  for (const key of MAP_KEYS) {
    if (key !== 'pool' && count(key) > 1) throw badMap(`names '${key}' twice`, 'Each can be named once.');
  }
  if (count('start') + count('end') + count('duration') !== 2) {
    throw badMap('does not say when invocations began and ended', 'Name two of start, end and duration.');
  }
  const hasDurations = count('duration') + count('init') + count('billed') > 0;
  if (memoryUnit !== undefined && count('memory') + count('used') === 0) {
    throw badMap('has no memory, which --memory-unit is for', 'Name its column.');
  }
  return { columns, memoryUnit: parseMemoryUnit(memoryUnit), ...parseUnits(timeUnit, durationUnit, hasDurations) };
}

const badMap = (problem: string, hint: string): UserError =>
  new UserError('bad-option', `--map ${problem}`, { hint: `${hint} As in: --map start=begin,end=end,pool=function` });

function parseEntry(entry: string): InvocationMap['columns'] {
  const [, asked, text] = /^\s*([^=]*?)\s*=\s*(.+?)\s*$/.exec(entry) ?? [];
  if (asked === undefined || text === undefined) throw badMap(`'${entry}' is not of the form key=column`, keyHint);
  const match = matchName(asked, MAP_KEYS);
  if (!('found' in match)) throw badMap(`'${entry}': there is no key '${asked}'`, keyHint);
  const key = match.found as MapKey;
  const columns = key === 'pool' ? text.split('+').map((column) => column.trim()) : [text];
  return columns.map((column) => ({ key, column }));
}

const keyHint = `The keys are ${MAP_KEYS.join(', ')}.`;

/** Reads in what unit instants and durations are; `UserError` where that is not said. */
export function parseUnits(
  timeText: string | undefined,
  durationText: string | undefined,
  hasDurations: boolean,
): Pick<InvocationMap, 'timeUnit' | 'durationUnit'> {
  if (timeText === undefined) {
    throw new UserError('bad-option', '--map needs --time-unit', {
      hint: `Say how the log writes instants: --time-unit s, ms or us (since any zero), or iso (ISO 8601).`,
    });
  }
  const timeUnit = parseUnit('--time-unit', timeText, TIME_UNITS);
  if (durationText !== undefined) {
    const durationUnit = parseUnit('--duration-unit', durationText, TIME_UNITS.slice(0, -1)) as DurationUnit;
    return { timeUnit, durationUnit };
  }
  if (timeUnit !== 'iso') return { timeUnit, durationUnit: timeUnit };
  if (!hasDurations) return { timeUnit, durationUnit: 'ms' };
  throw new UserError('bad-option', 'durations beside ISO 8601 instants need --duration-unit', {
    hint: 'As in: --time-unit iso --duration-unit ms',
  });
}

/** Reads the unit of memory; `UserError` for an unknown one. */
export function parseMemoryUnit(text = 'MB'): MemoryUnit {
  const unit = MEMORY_UNITS.find((candidate) => candidate.toLowerCase() === text.trim().toLowerCase());
  if (unit) return unit;
  throw new UserError('bad-option', `--memory-unit '${text}' is not known`, {
    hint: `There are ${MEMORY_UNITS.join(', ')}; decimal-bytes are what CloudWatch Insights writes.`,
  });
}

function parseUnit(flag: string, text: string, units: readonly TimeUnit[]): TimeUnit {
  const unit = units.find((candidate) => candidate === text.trim().toLowerCase());
  if (unit) return unit;
  throw new UserError('bad-option', `${flag} '${text}' is not known`, { hint: `There are ${units.join(', ')}.` });
}
