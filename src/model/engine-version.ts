import type { RunFacts } from './run-facts.ts';

/** The two generations of the measured engine, by how they measure resources: the one that wrote GB-seconds is newer. */
export const ENGINE_WORDS = { 'gb-seconds': 'newer', 'byte-seconds': 'older' } as const;

/** `unknown`: the run was not measured. */
export type EngineVersion = (typeof ENGINE_WORDS)[keyof typeof ENGINE_WORDS] | 'unknown';

/** Tells which version of the engine wrote the run. */
const engineVersionOf = ({ traits }: RunFacts): EngineVersion =>
  traits.resourceMeasure === null ? 'unknown' : ENGINE_WORDS[traits.resourceMeasure];

/**
 * Tells the version of each of these runs: one that failed before it was measured is of the same version as all others, where these
 * are of one.
 */
export function tellEngines(runs: Iterable<RunFacts>): (run: RunFacts) => EngineVersion {
  const known = new Set<EngineVersion>();
  for (const run of runs) known.add(engineVersionOf(run));
  known.delete('unknown');
  const only = known.size === 1 ? [...known][0] : undefined;
  return (run) => only ?? engineVersionOf(run);
}
