/** The client's milliseconds at the beginning of a run id. */
const SHORTEST_ID = 13;

/** Hexadecimal digits of a structure hash: enough to tell the few structures of a workflow apart. */
const SHORTEST_HASH = 6;

/** Shortens each run id to the beginning, 13 characters at least, that no other one shares. */
export const shortenIds = (ids: Iterable<string>): ((id: string) => string) => shorten(ids, SHORTEST_ID);

/** Shortens structure hashes to `#` and the beginning, 6 digits at least, that no other one shares. */
export function shortenStructures(structures: Iterable<string>): (structure: string) => string {
  const shortened = shorten(structures, SHORTEST_HASH);
  return (structure) => `#${shortened(structure)}`;
}

/** In sorted order, an id shares its longest beginning with one of its neighbours. */
function shorten(ids: Iterable<string>, least: number): (id: string) => string {
  const sorted = [...new Set(ids)].sort();
  const shortest = new Map(
    sorted.map((id, i) => {
      const shared = Math.max(sharedLength(id, sorted[i - 1]), sharedLength(id, sorted[i + 1]));
      return [id, id.slice(0, Math.max(least, shared + 1))];
    }),
  );
  return (id) => shortest.get(id) ?? id;
}

function sharedLength(id: string, other = ''): number {
  let length = 0;
  while (length < id.length && id[length] === other[length]) length++;
  return length;
}
