/**
 * Matching forms blocks where runs of the same conditions are not alike yet: each treated run asks for the positions that it has
 * figures at, and a control run fits where it has all of them.
 */

/** A run with what it has at each position. */
export interface Matchable {
  readonly positions: ReadonlyMap<string, unknown>;
}

/** Treated runs with the same conditions and positions, and the control runs that have these positions. */
export interface MatchedGroup<Member> {
  /** Sorted; every member has all of them. */
  readonly positions: readonly string[];
  /** The control runs; never empty. */
  readonly baseline: readonly Member[];
  /** The treated runs; never empty. */
  readonly candidate: readonly Member[];
}

/**
 * Matches treated with control runs of the same conditions. A control run joins the largest group whose positions it has, and no
 * second one, so that no run counts twice. Treated runs without any position are passed over; those without a control run are
 * `unmatched`.
 */
export function matchControls<Member extends Matchable>(
  treated: readonly Member[],
  controls: readonly Member[],
  conditionsOf: (member: Member) => string,
): { readonly groups: MatchedGroup<Member>[]; readonly unmatched: Member[] } {
  const free = new Map<string, Set<Member>>();
  for (const member of controls) {
    const conditions = conditionsOf(member);
    free.set(conditions, (free.get(conditions) ?? new Set()).add(member));
  }
  const groups: MatchedGroup<Member>[] = [];
  const unmatched: Member[] = [];
  for (const { conditions, positions, candidate } of groupTreated(treated, conditionsOf)) {
    const members = free.get(conditions) ?? new Set<Member>();
    const baseline = [...members].filter((member) => positions.every((position) => member.positions.has(position)));
    for (const member of baseline) members.delete(member);
    if (baseline.length === 0) for (const member of candidate) unmatched.push(member);
    else groups.push({ positions, baseline, candidate });
  }
  return { groups, unmatched };
}

/** Treated runs by conditions and positions, the largest group first. */
function groupTreated<Member extends Matchable>(treated: readonly Member[], conditionsOf: (member: Member) => string) {
  const groups = new Map<string, { conditions: string; positions: string[]; candidate: Member[] }>();
  for (const member of treated) {
    if (member.positions.size === 0) continue;
    const [conditions, positions] = [conditionsOf(member), [...member.positions.keys()].sort()];
    const name = [conditions, ...positions].join('\n');
    const group = groups.get(name) ?? { conditions, positions, candidate: [] };
    groups.set(name, group);
    group.candidate.push(member);
  }
  return [...groups.values()].sort((a, b) => b.candidate.length - a.candidate.length);
}
