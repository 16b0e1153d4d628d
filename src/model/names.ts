/** Names that people type are matched here to the names that the data use. */

/** The match found one name, several that fit equally well, or none. */
export type NameMatch =
  | { readonly found: string }
  | { readonly ambiguous: readonly string[] }
  | { readonly nearest: string | null };

/** Matches exactly first, then by `normalize`; else names the nearest by edit distance. */
export function matchName(
  asked: string,
  known: readonly string[],
  normalize: (name: string) => string = (name) => name.toLowerCase(),
): NameMatch {
  if (known.includes(asked)) return { found: asked };
  const fits = known.filter((name) => normalize(name) === normalize(asked));
  if (fits.length === 1) return { found: fits[0] as string };
  if (fits.length > 1) return { ambiguous: fits };
  return { nearest: nearestName(asked, known, normalize) };
}

/** `NonUniformPlanner-opt` → `nonuniformopt`: what people type is `non-uniform-opt`. */
export const normalizePlanner = (name: string): string =>
  name
    .replace(/planner/i, '')
    .toLowerCase()
    .replace(/[-_\s]/g, '');

/**
 * Shortens planners' names for people, only as far as all of these stay apart: `NonUniformPlanner-opt` → `non-uniform-opt`, but
 * `UniformPlanner` and `Uniform` keep their names.
 */
export function shortenPlanners(planners: Iterable<{ readonly planner: string }>): (planner: string) => string {
  const fullNames = new Map<string, Set<string>>();
  for (const { planner } of planners) {
    const short = shortPlannerName(planner);
    fullNames.set(short, (fullNames.get(short) ?? new Set()).add(planner));
  }
  return (planner) => {
    const short = shortPlannerName(planner);
    return (fullNames.get(short)?.size ?? 0) > 1 ? planner : short;
  };
}

/** Shortens the name of a planner where there is no other one: `WUKONGPlanner` → `wukong`. */
export function shortPlannerName(name: string): string {
  const short = name
    .replace(/Planner/, '')
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase();
  return short === '' ? name : short;
}

function nearestName(asked: string, known: readonly string[], normalize: (name: string) => string): string | null {
  let nearest: string | null = null;
  // A suggestion further away than half of what was typed is no help.
  let least = Math.max(2, normalize(asked).length / 2);
  for (const name of known) {
    const distance = editDistance(normalize(asked), normalize(name));
    if (distance < least) [nearest, least] = [name, distance];
  }
  return nearest;
}

/** Levenshtein 1966. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, (previous[j] as number) + 1, (row[j - 1] as number) + 1));
    }
    previous = row;
  }
  return previous[b.length] as number;
}
