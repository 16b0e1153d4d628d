import { branchOf } from './group-by.ts';
import type { RunTraits } from './run-facts.ts';

/** All but the list of optimizations; those with few values first, so that there are few branches. */
const KEYS = [
  'planned',
  'complete',
  'sinkRecorded',
  'sinkWaitMissing',
  'resourceUsageMeasured',
  'resourceMeasure',
  'unfinishedStartupCount',
  'source',
  'sla',
  'planner',
  'memory',
  'workflow',
  'nodeCount',
  'taskCount',
  'day',
  'structure',
] as const satisfies readonly (keyof RunTraits)[];

/** Without one of them, runs that differ in it would be taken for alike. */
type MissingKey = Exclude<keyof RunTraits, (typeof KEYS)[number] | 'optimizations'>;
const ALL_KEYS: [MissingKey] extends [never] ? typeof KEYS : never = KEYS;

type Tree = Map<unknown, Tree | RunTraits>;

/** Where a branch holds traits. */
const END = Symbol('end');

/** Gives the first of equal traits for all of them: what is kept of thousands of runs then is hardly more than their numbers. */
export function createSharing(): (traits: RunTraits) => RunTraits {
  const root: Tree = new Map();
  return (traits) => {
    let branch = root;
    for (const key of ALL_KEYS) branch = branchOf(branch as Map<unknown, Tree>, traits[key]);
    for (const name of traits.optimizations) branch = branchOf(branch as Map<unknown, Tree>, name);
    const known = branch.get(END) as RunTraits | undefined;
    if (known === undefined) branch.set(END, traits);
    return known ?? traits;
  };
}
