import type { JointFacts } from './question.ts';

type KeptFacts = JointFacts & { readonly of: Record<string, JointFacts['of'][string]> };

/**
 * Lets go of the facts of questions that will not be answered, as soon as there are more runs than each is asked for: there may be
 * gigabytes of them. `mostRuns`: by the name of the analysis; those that are not named keep all.
 */
export function createLimiter(mostRuns: Readonly<Record<string, number>>): (facts: JointFacts) => void {
  const kept: KeptFacts[] = [];
  let open = Object.entries(mostRuns);
  const ended: string[] = [];
  return (facts) => {
    for (const name of ended) delete (facts as KeptFacts).of[name];
    if (open.length === 0) return;
    kept.push(facts as KeptFacts);
    for (const [name, most] of open) {
      if (kept.length <= most) continue;
      for (const earlier of kept) delete earlier.of[name];
      ended.push(name);
    }
    open = open.filter(([name]) => !ended.includes(name));
    if (open.length === 0) kept.length = 0;
  };
}
