import type { RunTraits } from './run-facts.ts';

/** All but the lists; those that tell most first. */
const KEYS = [
  'memory',
  'workflow',
  'source',
  'planned',
  'complete',
  'nodeCount',
  'taskCount',
  'resourceMeasure',
  'resourceUsageMeasured',
  'sinkRecorded',
  'sinkWaitMissing',
  'unfinishedStartupCount',
  'planner',
  'sla',
  'day',
  'structure',
] as const satisfies readonly (keyof RunTraits)[];

/** Without one of them, runs that differ in it would be taken for alike. */
type MissingKey = Exclude<keyof RunTraits, (typeof KEYS)[number] | 'optimizations' | 'lacks'>;
const ALL_KEYS: [MissingKey] extends [never] ? typeof KEYS : never = KEYS;

const areEqual = (one: RunTraits, other: RunTraits): boolean =>
  ALL_KEYS.every((key) => one[key] === other[key]) &&
  haveSameItems(one.optimizations, other.optimizations) &&
  haveSameItems(one.lacks ?? [], other.lacks ?? []);

const haveSameItems = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name, i) => name === other[i]);

/** Gives the first of equal traits for all of them: what is kept of thousands of runs then is hardly more than their numbers. */
export function createSharing(): (traits: RunTraits) => RunTraits {
  // All names and counts are in the key: what agrees in it differs in yes, no and lists of optimizations at most.
  const known = new Map<string, RunTraits[]>();
  return (traits) => {
    const { workflow, planner, sla, day, structure, source, memory } = traits;
    const counts = `${traits.nodeCount} ${traits.taskCount} ${traits.unfinishedStartupCount}`;
    const key = `${workflow} ${planner} ${sla} ${day} ${structure} ${source} ${memory} ${counts}`;
    const alike = known.get(key);
    const equal = alike?.find((other) => areEqual(other, traits));
    if (equal !== undefined) return equal;
    if (alike === undefined) known.set(key, [traits]);
    else alike.push(traits);
    return traits;
  };
}
