import type { RawOptions } from '../analyses/analysis.ts';
import type { TaskMap } from '../engines/index.ts';
import { UserError } from '../errors.ts';
import type { CommonFlags } from './common-flags.ts';
import { readText } from './read-text.ts';

/** The flags that say how tables are read. */
export interface MapFlags {
  readonly map?: readonly string[] | undefined;
  readonly timeUnit?: string | undefined;
  readonly durationUnit?: string | undefined;
  readonly memoryUnit?: string | undefined;
}

/** Reads the map of a table of tasks; `null`: there is none. `UserError` when it cannot be understood. */
export async function readTaskMap({ map, timeUnit, durationUnit, memoryUnit }: MapFlags): Promise<TaskMap | null> {
  if (map === undefined) return refuseUnits({ timeUnit, durationUnit, memoryUnit });
  const { parseTaskMap } = await import('../engines/index.ts');
  return parseTaskMap({ map: await Promise.all(map.map(readSaved)), timeUnit, durationUnit, memoryUnit });
}

function refuseUnits(units: Omit<MapFlags, 'map'>): null {
  const [given] = Object.entries(units).filter(([, unit]) => unit !== undefined);
  if (given === undefined) return null;
  const flag = given[0].replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new UserError('bad-option', `--${flag} is for a table that --map describes`, {
    hint: 'As in: --map run=run_id,task=task_id,start=start,end=end --time-unit iso',
  });
}

/** What was asked, with saved maps in place of their names; the map of a table of tasks is no option of an analysis. */
export interface PlacedMap {
  readonly raw: RawOptions;
  readonly flags: CommonFlags;
}

/**
 * Reads saved maps, since a question holds all that its answer depends on, and moves a map of tasks from an analysis's own options to
 * the common flags. `UserError` when a map cannot be read.
 */
export async function placeMap(raw: RawOptions, flags: CommonFlags): Promise<PlacedMap> {
  const own = pickMapFlags(raw.options);
  const given = own.map ?? flags.map;
  if (given === undefined) return { raw, flags };
  const map = await Promise.all(given.map(readSaved));
  if (own.map === undefined) return { raw, flags: { ...flags, map } };
  const { isTaskMap } = await import('../engines/index.ts');
  if (!isTaskMap(map)) return { raw: { ...raw, options: { ...raw.options, map } }, flags };
  const others = Object.entries(raw.options).filter(([name]) => !(MAP_FLAGS as readonly string[]).includes(name));
  const placed = { ...flags, ...own, map } as CommonFlags;
  return { raw: { ...raw, options: Object.fromEntries(others) }, flags: placed };
}

const MAP_FLAGS = ['map', 'timeUnit', 'durationUnit', 'memoryUnit'] as const;

/** Picks the flags that say how tables are read. */
export const pickMapFlags = (options: Readonly<Record<string, unknown>>): MapFlags =>
  Object.fromEntries(MAP_FLAGS.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));

/** `@FILE` stands for the file's text: entries between commas or line breaks, and comments behind `#`. */
async function readSaved(map: string): Promise<string> {
  if (!map.startsWith('@')) return map;
  const given = `--map '${map}'`;
  const text = await readText(map.slice(1), given);
  if (text === null) throw new UserError('not-found', `${given}: there is no such file`);
  const lines = text.split(/[\r\n]+/).map((line) => line.replace(/^\s*#.*$/, '').replace(/,\s*$/, ''));
  return lines.filter((line) => line.trim() !== '').join(',');
}
