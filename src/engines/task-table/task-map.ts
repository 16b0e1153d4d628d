import {
  type DurationUnit,
  type MapFlags,
  type MemoryUnit,
  parseMemoryUnit,
  parseUnits,
  type TimeUnit,
} from '../../containers/invocation-map.ts';
import { UserError } from '../../errors.ts';
import { matchName } from '../../model/names.ts';
import type { Sla } from '../../model/run.ts';
import { parseSla, type RunConstants } from '../constants.ts';

/** Which column of a table of tasks says what: `run=dag_id+run_id,task=task_id,start=start_date,end=end_date,planner='x'`. */

/** Each key with what its column says. */
export const TASK_KEYS = {
  run: 'the run that the task is of',
  task: "tells the task from the run's others",
  start: 'when the task began',
  end: 'when it ended',
  duration: 'how long it took, in place of start or end',
  submitted:
    'when its worker was asked for: from then until it was ready (else began) is its start-up, with any queueing',
  ready: 'when its worker was ready',
  function: 'what the task runs, which tasks have in common (else its name)',
  workflow: 'what the run is an execution of',
  planner: 'who planned it: what arms are told by',
  sla: "of all runs, as in sla='p90': the percentile that the planner was asked for, or average",
  status: 'done, failed, running, skipped, in the words of any engine; without it a task that has an end is done',
  attempt: 'the number of the try: the last one counts',
  parents: 'the tasks that it waits for: a JSON list, or names between spaces, commas or semicolons',
  worker: 'the worker that ran it',
  cold: 'whether that was started cold',
  memory: 'of the worker',
  in: 'bytes that it read',
  out: 'bytes that it wrote',
} as const;
export type TaskKey = keyof typeof TASK_KEYS;

/** A piece of what a key stands for: a column's name, or a constant. */
export type Term = { readonly column: string } | { readonly constant: string };

export interface TaskMap {
  /** Several terms are joined with `+`. Empty: files are read as they are. */
  readonly terms: ReadonlyMap<TaskKey, readonly Term[]>;
  readonly timeUnit: TimeUnit;
  readonly durationUnit: DurationUnit;
  readonly memoryUnit: MemoryUnit;
  /** Said of all runs; `null`: nothing is. */
  readonly constants: RunConstants | null;
}

/** Is true of a field by which records say what they are: these need no map. */
export const isNativeField = (name: string): boolean => name === 'wfaRun' || name === 'master_dag_id';

const EXAMPLE = 'As in: --map run=dag_id+run_id,task=task_id,start=start_date,end=end_date --time-unit iso';

const badMap = (problem: string, ...hints: readonly string[]): UserError =>
  new UserError('bad-option', `--map ${problem}`, { hint: [...hints, EXAMPLE] });

/** Is true when a map is of tasks or of runs, rather than of the invocations of a log, which belong to no run. */
export function isTaskMap(map: readonly string[]): boolean {
  const entries = map.flatMap(splitEntries);
  return (
    entries.some((entry) => /^\s*(run|task)\s*=/i.test(entry)) ||
    (entries.length > 0 && entries.every((entry) => /^\s*(planner|workflow|sla)\s*=\s*'/i.test(entry)))
  );
}

/** Reads the flags; `UserError` when they do not say what tasks are, or when they began and ended. */
export function parseTaskMap({ map, timeUnit, durationUnit, memoryUnit }: MapFlags): TaskMap {
  const terms = new Map<TaskKey, readonly Term[]>();
  for (const [key, own] of map.flatMap(splitEntries).map(parseEntry)) {
    if (terms.has(key)) throw badMap(`names '${key}' twice`, 'Each can be named once.');
    terms.set(key, own);
  }
  const sla = takeSla(terms);
  if (isConstant(terms)) {
    if ((timeUnit ?? durationUnit ?? memoryUnit) !== undefined)
      throw badMap(
        'has constants only, which have no unit',
        'Leave out --time-unit, --duration-unit and --memory-unit.',
      );
    return { terms: new Map(), ...NO_UNITS, constants: { ...readConstants(terms), ...sla } };
  }
  const lacking = (['run', 'task'] as const).filter((key) => !terms.has(key));
  if (lacking.length > 0) {
    throw badMap(
      `lacks ${lacking.join(' and ')}`,
      ...lacking.map((key) => `${key}: ${TASK_KEYS[key]}${key === 'run' ? " (a file of one run: run='NAME')" : ''}.`),
    );
  }
  if (['start', 'end', 'duration'].filter((key) => terms.has(key as TaskKey)).length !== 2) {
    throw badMap('does not say when tasks began and ended', 'Name two of start, end and duration.');
  }
  if (memoryUnit !== undefined && !terms.has('memory')) {
    throw badMap('has no memory, which --memory-unit is for', 'Name its column.');
  }
  return {
    terms,
    constants: sla,
    memoryUnit: parseMemoryUnit(memoryUnit),
    ...parseUnits(timeUnit, durationUnit, terms.has('duration')),
  };
}

const NO_UNITS = { timeUnit: 'iso', durationUnit: 'ms', memoryUnit: 'MB' } as const;

/** Is true when no column is named: files are read as they are. */
const isConstant = (terms: ReadonlyMap<TaskKey, readonly Term[]>): boolean =>
  [...terms.values()].flat().every((term) => 'constant' in term);

function readConstants(terms: ReadonlyMap<TaskKey, readonly Term[]>): RunConstants {
  const other = [...terms.keys()].find((key) => key !== 'planner' && key !== 'workflow');
  if (other !== undefined) {
    throw badMap(
      `has constants only, and ${other} is none of a whole file`,
      'To a file that is read as it is, these can be said: planner, workflow and sla, as in --map "planner=\'x\'".',
    );
  }
  return Object.fromEntries([...terms].map(([key, own]) => [key, own.map(textOf).join('+')]));
}

const textOf = (term: Term): string => ('constant' in term ? term.constant : term.column);

/** Takes the SLA out of the terms, which is said of all runs; `null`: there is none. */
function takeSla(terms: Map<TaskKey, readonly Term[]>): { readonly sla: Sla } | null {
  const own = terms.get('sla');
  if (own === undefined) return null;
  terms.delete('sla');
  const sla = own.every((term) => 'constant' in term) ? parseSla(own.map(textOf).join('')) : null;
  if (sla === null) throw badMap("names no SLA: it is a constant, such as sla='p90' or sla='average'");
  return { sla };
}

/** Splits at commas outside quotation marks. */
const splitEntries = (text: string): readonly string[] =>
  (text.match(/(?:'[^']*'|"[^"]*"|[^,'"])+/g) ?? []).filter((entry) => entry.trim() !== '');

function parseEntry(entry: string): readonly [TaskKey, readonly Term[]] {
  const [, asked, text] = /^\s*([^=]*?)\s*=\s*(.+?)\s*$/s.exec(entry) ?? [];
  if (asked === undefined || text === undefined) throw badMap(`'${entry.trim()}' is not of the form key=column`);
  const match = matchName(asked, Object.keys(TASK_KEYS));
  if ('found' in match) return [match.found as TaskKey, parseTerms(text)];
  const nearest = 'nearest' in match && match.nearest ? [`Did you mean ${match.nearest}?`] : [];
  throw badMap(
    `'${entry.trim()}': there is no key '${asked}'`,
    ...nearest,
    `The keys are ${Object.keys(TASK_KEYS).join(', ')}.`,
  );
}

/** `dag_id+run_id`, `'a constant'`, `"a column, with signs"`. */
function parseTerms(text: string): readonly Term[] {
  const parts = text.match(/'[^']*'|"[^"]*"|[^+'"]+/g) ?? [];
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      if (part.startsWith("'")) return { constant: part.slice(1, -1) };
      return { column: part.startsWith('"') ? part.slice(1, -1) : part };
    });
}
