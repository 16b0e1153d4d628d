import { branchOf } from './group-by.ts';
import type { RunFacts } from './run-facts.ts';
import { NAMERS, type RunKey } from './select.ts';

/** Runs told apart once: there are thousands of them, and what holds of a run by its names holds of all with the same names. */
export interface Conditions<Facts> {
  /** The first run of each condition, in the order in which they were given. */
  readonly firsts: readonly Facts[];
  /** How many runs each has. */
  readonly counts: readonly number[];
  /** The condition of each run, as a place in `firsts`. */
  readonly of: Int32Array;
}

type Branch = Map<unknown, Branch | number>;

/** Tells the runs apart by these keys, and by whether they were planned. */
export function tellConditions<Facts extends { readonly run: RunFacts }>(
  facts: readonly Facts[],
  keys: Iterable<RunKey>,
): Conditions<Facts> {
  const namers = Array.from(new Set(keys), (key) => NAMERS[key]);
  const [planned, unplanned]: [Branch, Branch] = [new Map(), new Map()];
  const lastOf = namers.pop() ?? (() => '');
  const firsts: Facts[] = [];
  const counts: number[] = [];
  const of = new Int32Array(facts.length);
  for (let i = 0; i < of.length; i++) {
    const fact = facts[i] as Facts;
    let branch = fact.run.planned ? planned : unplanned;
    for (const nameOf of namers) branch = branchOf(branch as Map<unknown, Branch>, nameOf(fact.run));
    const name = lastOf(fact.run);
    const known = branch.get(name) as number | undefined;
    const condition = known ?? firsts.push(fact) - 1;
    if (known === undefined) branch.set(name, condition);
    counts[condition] = (counts[condition] ?? 0) + 1;
    of[i] = condition;
  }
  return { firsts, counts, of };
}
