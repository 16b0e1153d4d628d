import type { JointFacts } from './question.ts';

type KeptFacts = JointFacts & { readonly of: Record<string, JointFacts['of'][string]> };

/**
 * Lets go of the facts of questions that will not be answered, as soon as there are more runs than each is asked for: there may be
 * gigabytes of them. `mostRuns`: by the name of the analysis; those that are not named keep all.
 */
export function createLimiter(mostRuns: Readonly<Record<string, number>>): (facts: JointFacts) => void {
  let kept: KeptFacts[] = [];
  let open = Object.entries(mostRuns);
  const ended: string[] = [];
  const end = (names: readonly string[]) => {
    if (names.length === 0) return;
    ended.push(...names);
    open = open.filter(([name]) => !ended.includes(name));
    for (const each of kept) letGo(each, names);
    if (open.length === 0) kept = [];
  };
  return (facts) => {
    letGo(facts as KeptFacts, ended);
    if (open.length === 0) return;
    kept.push(facts as KeptFacts);
    end(open.filter(([, most]) => kept.length > most).map(([name]) => name));
  };
}

function letGo({ of }: KeptFacts, names: readonly string[]): void {
  for (const name of names) delete of[name];
}
