/** The client's milliseconds at the beginning of a run id. */
const SHORTEST_ID = 13;

/**
 * The shortest beginning of each id, 13 characters at least, that no other id shares. In sorted order, an id shares its longest
 * beginning with one of its neighbours.
 */
export function shortenIds(ids: readonly string[]): (id: string) => string {
  const sorted = [...ids].sort();
  const shortest = new Map(
    sorted.map((id, i) => {
      const shared = Math.max(sharedLength(id, sorted[i - 1]), sharedLength(id, sorted[i + 1]));
      return [id, id.slice(0, Math.max(SHORTEST_ID, shared + 1))];
    }),
  );
  return (id) => shortest.get(id) ?? id;
}

function sharedLength(id: string, other = ''): number {
  let length = 0;
  while (length < id.length && id[length] === other[length]) length++;
  return length;
}
