import type { RunFacts } from './run-facts.ts';
import { type RunKey, runKeyOf } from './select.ts';

/** Blocks: runs under the same conditions, by the names of some of their keys. */

/** Between the parts of a block's label. */
export const BLOCK_SEPARATOR = ' \u00b7 ';

/**
 * Words each run's block: `text_analysis #21c611 · p90`; the shortened structure hash shows only where a workflow has several among
 * `runs`. Without keys all runs are one block.
 */
export function blockLabels(runs: readonly RunFacts[], keys: readonly RunKey[]): (run: RunFacts) => string {
  const structures = new Map<string, Set<string>>();
  for (const { workflow, structure } of runs) {
    structures.set(workflow, (structures.get(workflow) ?? new Set()).add(structure));
  }
  const withoutStructure = keys.filter((key) => key !== 'structure');
  return (run) =>
    ((structures.get(run.workflow)?.size ?? 0) > 1 ? keys : withoutStructure)
      .map((key) => (key === 'structure' ? `#${run.structure.slice(0, 6)}` : runKeyOf(run, key)))
      .join(BLOCK_SEPARATOR)
      // The hash belongs to the workflow's name: it is another workload.
      .replace(`${BLOCK_SEPARATOR}#`, ' #') || 'all runs';
}
