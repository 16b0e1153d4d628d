import { UserError } from '../errors.ts';
import { matchName, normalizePlanner } from './names.ts';
import type { RunFacts } from './run-facts.ts';

/** `key=value` selections of runs: what filters, arms and blocks have in common. */

/** The keys by which runs can be selected, and blocks formed. */
export const RUN_KEYS = ['planner', 'sla', 'workflow', 'structure', 'source', 'memory', 'day', 'run'] as const;
/** A key by which runs are selected. */
export type RunKey = (typeof RUN_KEYS)[number];

/** Words for what each key selects by, for help. */
export const RUN_KEY_WORDS: Readonly<Record<RunKey, string>> = {
  planner: 'name of the planner; upper and lower case, and Planner at its end, do not matter',
  sla: 'SLA that the planner was given: average, p50, p90, …; none without a plan',
  workflow: 'name of the workflow',
  structure: 'digest of the DAG, or how it begins, 4 signs at least',
  source: 'label of the input, as --data LABEL=URI gives it',
  memory: 'memory sizes of the workers in MB, as in 2048',
  day: 'day of submission in UTC, as in 2026-11-30',
  run: 'id of the run, or how it begins, 4 signs at least',
};

/** `key=value` or `key!=value`: one of several such clauses of the same key, if they are not negated, is enough. */
export interface Clause {
  readonly key: RunKey;
  readonly asked: string;
  readonly negated: boolean;
}

/** Each key has a function that gives the run's name for it. */
export const NAMERS: Record<RunKey, (run: RunFacts) => string> = {
  planner: (run) => run.traits.planner,
  sla: (run) => run.traits.sla,
  workflow: (run) => run.traits.workflow,
  structure: (run) => run.traits.structure,
  source: (run) => run.traits.source,
  memory: (run) => run.traits.memory,
  day: (run) => run.traits.day,
  run: (run) => run.runId,
};

/** The run's name for a key. */
export const runKeyOf = (run: RunFacts, key: RunKey): string => NAMERS[key](run);

/** Reads `key=value[,value…][,key=value…]`: a part without `=` is one more value of the key before it. */
export function parseClauses(text: string, option: string): Clause[] {
  const clauses: Clause[] = [];
  for (const part of text.split(',')) {
    const before = clauses.at(-1);
    const match = /^\s*([^=!]+?)\s*(!?=)\s*(.*?)\s*$/.exec(part);
    const value = match ? match[3] : part.trim();
    if (!value || (!match && (!before || part.includes('=')))) {
      throw new UserError('bad-option', `${option} ${quote(text)} is not of the form key=value`, {
        hint: `As in ${option} workflow=gemm. ${keyHint}`,
      });
    }
    if (match) clauses.push({ key: parseRunKey(match[1] as string, option), asked: value, negated: match[2] === '!=' });
    else if (before) clauses.push({ ...before, asked: value });
  }
  return clauses;
}

/** Reads the name of a key. */
export function parseRunKey(name: string, option: string): RunKey {
  const match = matchName(name, RUN_KEYS);
  if ('found' in match) return match.found as RunKey;
  const nearest = 'nearest' in match && match.nearest ? `Did you mean ${match.nearest}? ` : '';
  throw new UserError('bad-option', `${option}: there is no key ${quote(name)}`, { hint: nearest + keyHint });
}

const keyHint = `The keys are ${RUN_KEYS.join(', ')}.`;
const quote = (text: string) => `'${text}'`;

/** Is true when a name in the data is the one asked for, exactly or in the way that people type it. */
export function fitsAsked(key: RunKey, asked: string, name: string): boolean {
  if (asked === name) return true;
  if (key === 'structure' || key === 'run') return asked.length >= 4 && name.startsWith(asked);
  return NORMALIZERS[key](asked) === NORMALIZERS[key](name);
}

const lowerCase = (name: string) => name.toLowerCase();

/** Each key has a way of comparing names that differ in some letter. */
export const NORMALIZERS: Record<RunKey, (name: string) => string> = {
  planner: normalizePlanner,
  sla: (name) => lowerCase(name).replace(/^p(?=\d)/, ''),
  workflow: lowerCase,
  structure: lowerCase,
  source: (name) => name,
  memory: (name) => lowerCase(name).replace(/\s*mb$/, ''),
  day: (name) => name,
  run: (name) => name,
};

/** Is true when the clause lets the run through. */
export const clauseHolds = (clause: Clause, run: RunFacts): boolean =>
  fitsAsked(clause.key, clause.asked, runKeyOf(run, clause.key)) !== clause.negated;

/** The keys that are taken for one another, each of which has a filter of its own. */
const OTHER_KEYS = ['planner', 'sla', 'workflow'] as const;

/** A census counts each name of a key. */
export class Census {
  readonly #counts = new Map<RunKey, Map<string, number>>();

  /** `weights`: how many runs each of them stands for, if not for itself alone. */
  constructor(runs: readonly RunFacts[], weights?: readonly number[]) {
    for (const key of RUN_KEYS) {
      if (key === 'run') continue;
      const counts = new Map<string, number>();
      for (const [i, run] of runs.entries()) {
        const name = NAMERS[key](run);
        counts.set(name, (counts.get(name) ?? 0) + (weights?.[i] ?? 1));
      }
      this.#counts.set(key, counts);
    }
  }

  names(key: RunKey): string[] {
    return [...(this.#counts.get(key)?.keys() ?? [])].sort();
  }

  /** Says that a name which no run has under `key` is one of another key, as in `gemm is a workflow: …`; else the empty text. */
  wordOtherKey(key: RunKey, asked: string): string {
    const other = OTHER_KEYS.find(
      (candidate) => candidate !== key && this.names(candidate).some((name) => fitsAsked(candidate, asked, name)),
    );
    if (other === undefined) return '';
    const name = this.names(other).find((known) => fitsAsked(other, asked, known)) as string;
    const kind = `${/^[aeiou]|^sla/.test(other) ? 'an' : 'a'} ${other === 'sla' ? 'SLA' : other}`;
    return `${asked} is ${kind}: ${other}=${name} names its runs, --${other} ${name} leaves no others. `;
  }

  /** `NonUniformPlanner (20), UniformPlanner (19)`. */
  words(key: RunKey): string {
    const counts = this.#counts.get(key);
    return this.names(key)
      .map((name) => `${name} (${counts?.get(name)})`)
      .join(', ');
  }
}
