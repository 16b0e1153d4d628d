/**
 * Groups by several keys, in the order in which the first member of each comes; with one key more the groups are finer.
 * The names of a key are compared as a `Map` compares them.
 */
export function groupBy<Item>(items: readonly Item[], ...keys: readonly ((item: Item) => unknown)[]): Item[][] {
  const root: Branch<Item> = new Map();
  const groups: Item[][] = [];
  const [outer, last] = [keys.slice(0, -1), keys.at(-1)];
  for (const item of items) {
    // A tree of maps: joining the keys to one text would cost more than everything that is done with the groups.
    let branch = root;
    for (const key of outer) branch = branchOf(branch as Map<unknown, Branch<Item>>, key(item));
    const name = last?.(item);
    const known = branch.get(name) as Item[] | undefined;
    if (known) known.push(item);
    else {
      const group = [item];
      branch.set(name, group);
      groups.push(group);
    }
  }
  return groups;
}

type Branch<Item> = Map<unknown, Branch<Item> | Item[]>;

/** The branch of a tree of maps under that name, new if there is none yet. */
export function branchOf<Key, Branch extends Map<unknown, unknown>>(tree: Map<Key, Branch>, key: Key): Branch {
  const known = tree.get(key);
  if (known) return known;
  const next = new Map() as Branch;
  tree.set(key, next);
  return next;
}

/** Joins names to one text that no other names give, whatever they hold. */
export const jointKey = (...names: readonly unknown[]): string => JSON.stringify(names);

/** Orders by several texts, the first that differs deciding; by code units, as everything that a machine reads. */
export const byTexts =
  <Item>(...textsOf: readonly ((item: Item) => string)[]) =>
  (a: Item, b: Item): number => {
    for (const textOf of textsOf) {
      const [own, other] = [textOf(a), textOf(b)];
      if (own !== other) return own < other ? -1 : 1;
    }
    return 0;
  };
