import { branchOf } from './group-by.ts';
import type { RunFacts } from './run-facts.ts';
import { NAMERS, type RunKey, runKeyOf } from './select.ts';

/** Blocks: runs under the same conditions, by the names of some of their keys. */

/** Between the parts of a block's label. */
export const BLOCK_SEPARATOR = ' \u00b7 ';

/**
 * Words each run's block: `text_analysis #21c611 · p90`; the shortened structure hash shows only where a workflow has several among
 * `runs`. Without keys all runs are one block.
 */
export function blockLabels(runs: readonly RunFacts[], keys: readonly RunKey[]): (run: RunFacts) => string {
  const structures = new Map<string, Map<string, true>>();
  for (const { traits } of runs) branchOf(structures, traits.workflow).set(traits.structure, true);
  const withoutStructure = keys.filter((key) => key !== 'structure');
  const word = (run: RunFacts): string =>
    ((structures.get(run.traits.workflow)?.size ?? 0) > 1 ? keys : withoutStructure)
      .map((key) => (key === 'structure' ? `#${run.traits.structure.slice(0, 6)}` : runKeyOf(run, key)))
      .join(BLOCK_SEPARATOR)
      // The hash belongs to the workflow's name: it is another workload.
      .replace(`${BLOCK_SEPARATOR}#`, ' #') || 'all runs';
  return rememberByNames(['workflow', ...keys], word);
}

/** What `word` says of the first run with the same names serves for all: there are many runs to a block. */
function rememberByNames(keys: readonly RunKey[], word: (run: RunFacts) => string): (run: RunFacts) => string {
  type Words = Map<string, Words | string>;
  const root: Words = new Map();
  const namers = keys.map((key) => NAMERS[key]);
  const last = namers.pop();
  return (run) => {
    let words = root;
    for (const name of namers) words = branchOf(words as Map<string, Words>, name(run));
    const name = last?.(run) ?? '';
    const known = words.get(name) as string | undefined;
    if (known !== undefined) return known;
    const label = word(run);
    words.set(name, label);
    return label;
  };
}
