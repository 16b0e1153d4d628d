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
  /** Several terms are joined with `+`. */
  readonly terms: ReadonlyMap<TaskKey, readonly Term[]>;
  readonly timeUnit: TimeUnit;
  readonly durationUnit: DurationUnit;
  readonly memoryUnit: MemoryUnit;
}

/** Is true of a field by which records say what they are: these need no map. */
export const isNativeField = (name: string): boolean => name === 'wfaRun' || name === 'master_dag_id';

const EXAMPLE = 'As in: --map run=dag_id+run_id,task=task_id,start=start_date,end=end_date --time-unit iso';

const badMap = (problem: string, ...hints: readonly string[]): UserError =>
  new UserError('bad-option', `--map ${problem}`, { hint: [...hints, EXAMPLE] });

/** Is true when a map is of tasks, rather than of the invocations of a log, which belong to no run. */
export const isTaskMap = (map: readonly string[]): boolean =>
  map.flatMap(splitEntries).some((entry) => /^\s*(run|task)\s*=/i.test(entry));

/** Reads the flags; `UserError` when they do not say what tasks are, or when they began and ended. */
export function parseTaskMap({ map, timeUnit, durationUnit, memoryUnit }: MapFlags): TaskMap {
  const terms = new Map<TaskKey, readonly Term[]>();
  for (const [key, own] of map.flatMap(splitEntries).map(parseEntry)) {
    if (terms.has(key)) throw badMap(`names '${key}' twice`, 'Each can be named once.');
    terms.set(key, own);
  }
  const lacking = (['run', 'task'] as const).filter((key) => !terms.has(key));
  if (lacking.length > 0) {
    if ([...terms.values()].flat().every((term) => 'constant' in term)) throw badMap(...ONLY_CONSTANTS);
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
    memoryUnit: parseMemoryUnit(memoryUnit),
    ...parseUnits(timeUnit, durationUnit, terms.has('duration')),
  };
}

const ONLY_CONSTANTS = [
  'has constants only, which say nothing of what a column is',
  'A file that is read as it is needs no map. To tell the runs of several such files apart: -d a=FILE -d b=FILE, and source=a, source=b as arms.',
] as const;

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
