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

/** Digits of an identifier in a pool's name, and characters of other names that stay whole. */
const [SHORTEST_DIGEST, LONGEST_POOL] = [8, 40];
/** A part of a pool's name that says nothing to people: the digests and UUIDs that published logs put in place of names. */
const DIGEST = /[0-9a-f][0-9a-f-]{19,}/gi;

/**
 * Shortens names of pools for people: digests in them to the beginning, 8 digits at least, that no other one shares, longer names
 * in their middle. Names that would then be equal stay whole.
 */
export function shortenPools(pools: Iterable<string>): (pool: string) => string {
  const names = [...new Set(pools)];
  const shorten8 = shorten(
    names.flatMap((name) => name.match(DIGEST) ?? []),
    SHORTEST_DIGEST,
  );
  const shortened = names.map((name) => cutPool(name.replace(DIGEST, (digest) => markCut(shorten8(digest), digest))));
  const counts = new Map<string, number>();
  for (const label of shortened) counts.set(label, (counts.get(label) ?? 0) + 1);
  const labels = new Map(names.map((name, i) => [name, shortened[i] as string]));
  return (pool) => {
    const label = labels.get(pool) ?? pool;
    return counts.get(label) === 1 ? label : pool;
  };
}

const markCut = (short: string, whole: string): string => (short === whole ? whole : `${short}\u2026`);

function cutPool(name: string): string {
  const characters = [...name];
  if (characters.length <= LONGEST_POOL) return name;
  const half = LONGEST_POOL / 2;
  return `${characters.slice(0, half).join('')}\u2026${characters.slice(1 - half).join('')}`;
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
