import { branchOf } from '../../model/group-by.ts';
import type { RunFacts, RunTraits } from '../../model/run-facts.ts';
import { NAMERS, type RunKey } from '../../model/select.ts';

/** An analysis's facts of one run. */
export interface OfRun {
  readonly run: RunFacts;
}

/** Runs, and the conditions that tell them apart. */
export interface Experiment<Facts> {
  /** In order of submission. */
  readonly facts: readonly Facts[];
  readonly conditions: Conditions<Facts>;
}

/** Runs told apart once: there are thousands of them, and what holds of a run by its names holds of all with the same names. */
export interface Conditions<Facts> {
  /** The first run of each condition, in the order in which they were given. */
  readonly firsts: readonly Facts[];
  /** Number of runs of each condition, at least 1. */
  readonly counts: readonly number[];
  /** The condition of each run, as a place in `firsts`. */
  readonly of: Int32Array;
}

type Branch = Map<unknown, Branch | number>;

/** Tells the runs apart by these keys, and by whether they were planned. No runs have no conditions. */
export function tellConditions<Facts extends OfRun>(
  facts: readonly Facts[],
  keys: Iterable<RunKey>,
): Experiment<Facts> {
  const conditionOf = prepareConditions(new Set(keys));
  const firsts: Facts[] = [];
  const counts: number[] = [];
  const of = new Int32Array(facts.length);
  for (let i = 0; i < of.length; i++) {
    const fact = facts[i] as Facts;
    const condition = conditionOf(fact.run, firsts.length);
    if (condition === firsts.length) firsts.push(fact);
    counts[condition] = (counts[condition] ?? 0) + 1;
    of[i] = condition;
  }
  return { facts, conditions: { firsts, counts, of } };
}

/** Gives a run's condition, which is `next` if there was no such run before. */
function prepareConditions(keys: ReadonlySet<RunKey>): (run: RunFacts, next: number) => number {
  const namers = Array.from(keys, (key) => NAMERS[key]);
  const root: Branch = new Map();
  const find = (run: RunFacts, next: number): number => {
    let branch = branchOf(root as Map<unknown, Branch>, run.traits.planned);
    for (const nameOf of namers) branch = branchOf(branch as Map<unknown, Branch>, nameOf(run));
    const known = branch.get(END) as number | undefined;
    if (known === undefined) branch.set(END, next);
    return known ?? next;
  };
  // Runs with the same traits have all names in common but their own: most often the traits have been seen before.
  if (keys.has('run')) return find;
  const ofTraits = new Map<RunTraits, number>();
  return (run, next) => {
    const known = ofTraits.get(run.traits);
    if (known !== undefined) return known;
    const condition = find(run, next);
    ofTraits.set(run.traits, condition);
    return condition;
  };
}

/** A branch holds its condition under this. */
const END = Symbol('end');
