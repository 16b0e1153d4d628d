import { groupBy } from './group-by.ts';
import { shortenStructures } from './short-ids.ts';

/** A group holds what belongs to one workflow and structure. */
export interface StructureGroup<Item> {
  /** The workflow, and the structure's hash where the workflow has several. */
  readonly name: string;
  readonly workflow: string;
  readonly structure: string;
  /** The hash in `name`; `null`: none. */
  readonly hash: string | null;
  readonly items: readonly Item[];
}

/** Groups items by workflow and structure, in the order of their names. */
export function groupStructures<Item extends { readonly workflow: string; readonly structure: string }>(
  all: readonly Item[],
): StructureGroup<Item>[] {
  const shorten = shortenStructures(all.map(({ structure }) => structure));
  const ascending = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return groupBy(all, ({ workflow }) => workflow)
    .flatMap((own) => {
      const structures = groupBy(own, ({ structure }) => structure);
      return structures.map((items) => {
        const { workflow, structure } = items[0] as Item;
        const hash = structures.length > 1 ? shorten(structure) : null;
        return { name: hash === null ? workflow : `${workflow} ${hash}`, workflow, structure, hash, items };
      });
    })
    .sort((a, b) => ascending(a.workflow, b.workflow) || ascending(a.structure, b.structure));
}
