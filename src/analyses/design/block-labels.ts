import { branchOf, jointKey } from '../../model/group-by.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { type RunKey, runKeyOf } from '../../model/select.ts';
import { shortenStructures } from '../../model/short-ids.ts';

/** The text between the parts of a block's label. */
export const BLOCK_SEPARATOR = ' \u00b7 ';

/**
 * Words each run's block: `text_analysis #21c611 · p90`; the shortened structure hash shows only where a workflow has several among
 * `runs`. Blocks that would read alike are numbered from the second on. Without keys all runs are in one block, `all runs`.
 */
export function blockLabels(runs: readonly RunFacts[], keys: readonly RunKey[]): (run: RunFacts) => string {
  const structures = new Map<string, Map<string, true>>();
  for (const { traits } of runs) branchOf(structures, traits.workflow).set(traits.structure, true);
  const shortened = shortenStructures(runs.map(({ traits }) => traits.structure));
  const withoutStructure = keys.filter((key) => key !== 'structure');
  const word = (run: RunFacts): string =>
    ((structures.get(run.traits.workflow)?.size ?? 0) > 1 ? keys : withoutStructure)
      .map((key) => (key === 'structure' ? shortened(run.traits.structure) : separable(runKeyOf(run, key))))
      .join(BLOCK_SEPARATOR)
      // The hash belongs to the workflow's name: it is another workload.
      .replace(`${BLOCK_SEPARATOR}#`, ' #') || 'all runs';
  const [labels, taken] = [new Map<string, string>(), new Set<string>()];
  return (run) => {
    const block = jointKey(...keys.map((key) => runKeyOf(run, key)));
    const known = labels.get(block);
    if (known !== undefined) return known;
    const label = makeUnique(word(run), taken);
    taken.add(label);
    labels.set(block, label);
    return label;
  };
}

/** A name that holds the separator would look like two parts: its dots are shown by their number. */
const separable = (name: string): string => name.replaceAll(BLOCK_SEPARATOR, ' \\u00b7 ');

function makeUnique(label: string, taken: ReadonlySet<string>): string {
  let [unique, number] = [label, 1];
  while (taken.has(unique)) unique = `${label} (${++number})`;
  return unique;
}
