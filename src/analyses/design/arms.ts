import { sum } from 'd3-array';
import { UserError } from '../../errors.ts';
import { groupBy } from '../../model/group-by.ts';
import { matchName, shortenPlanners } from '../../model/names.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { Census, type Clause, fitsAsked, NAMERS, NORMALIZERS, parseClauses, type RunKey } from '../../model/select.ts';
import type { Conditions, OfRun } from './conditions.ts';

/** An arm as the user named it. */
export interface ArmRequest {
  readonly asked: string;
  readonly clauses: readonly Clause[];
}

/** An arm as the data know it. */
export interface Arm {
  /** For headings: `non-uniform`, or `uniform, p50`. */
  readonly label: string;
  /** For programs: the record's own planner where that is all that is selected, else the selector. */
  readonly name: string;
  /** The selection with the data's own names, as in `planner=UniformPlanner,sla=p50`. */
  readonly selector: string;
  readonly holds: (run: RunFacts) => boolean;
}

/** Reads a planner name, or `key=value[,value…][,key=value…]`. */
export function parseArm(asked: string): ArmRequest {
  const clauses = asked.includes('=')
    ? parseClauses(asked, 'arm')
    : [{ key: 'planner' as const, asked, negated: false }];
  return { asked, clauses };
}

/** Finds what each arm stands for in the data; `UserError` for unknown, ambiguous, equal or overlapping arms. */
export function resolveArms(requests: readonly ArmRequest[], conditions: Conditions<OfRun>): Arm[] {
  const runs = conditions.firsts.map(({ run }) => run);
  const census = new Census(runs, conditions.counts);
  const shorten = shortenPlanners(census.names('planner').map((planner) => ({ planner })));
  const arms = requests.map((request) => resolveArm(request, census, shorten));
  for (const [i, arm] of arms.entries()) {
    for (const other of arms.slice(i + 1)) checkApart(arm, other, conditions);
  }
  return arms;
}

function resolveArm(request: ArmRequest, census: Census, shorten: (planner: string) => string): Arm {
  const clauses = request.clauses.map((clause) => ({ ...clause, asked: resolveName(clause, request, census) }));
  const [only, ...others] = clauses;
  const selector = groupAlternatives(clauses).map(wordSelector).join(',');
  const isPlanner = only?.key === 'planner' && !only.negated && others.length === 0;
  return {
    name: isPlanner ? only.asked : selector,
    label: groupAlternatives(clauses)
      .map((own) => wordAlternatives(own, shorten))
      .join(', '),
    selector,
    // The names are the data's own by now: a name that only resembles one of them is another.
    holds: holdAll(clauses),
  };
}

/** Groups the clauses of which one is enough: those of one key that are not negated. */
const groupAlternatives = (clauses: readonly Clause[]): Clause[][] =>
  groupBy(
    clauses,
    ({ key }) => key,
    (clause) => (clause.negated ? clause : null),
  );

const wordSelector = (own: readonly Clause[]): string =>
  `${own[0]?.key}${own[0]?.negated ? '!=' : '='}${own.map(({ asked }) => asked).join(',')}`;

function holdAll(clauses: readonly Clause[]): Arm['holds'] {
  const groups = groupAlternatives(clauses).map((own): Arm['holds'] => {
    const [first] = own as [Clause];
    const nameOf = NAMERS[first.key];
    const names = new Set(own.map(({ asked }) => asked));
    return (run) => names.has(nameOf(run)) !== first.negated;
  });
  const [first, ...others] = groups;
  if (first && others.length === 0) return first;
  return (run) => groups.every((holds) => holds(run));
}

/** `uniform`, `uniform or uniform-opt`, `not wukong`, `2048 MB`. */
function wordAlternatives(own: readonly Clause[], shorten: (planner: string) => string): string {
  const names = own.map(({ key, asked }) =>
    key === 'planner' ? shorten(asked) : key === 'memory' ? `${asked} MB` : asked,
  );
  const list = names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  return own[0]?.negated ? `not ${list}` : list;
}

function resolveName({ key, asked }: Clause, request: ArmRequest, census: Census): string {
  if (key === 'run') return asked;
  if (key === 'structure') {
    const fitting = census.names(key).filter((name) => fitsAsked(key, asked, name));
    if (fitting.length === 1) return fitting[0] as string;
  }
  const context = request.clauses.length > 1 ? ` in '${request.asked}'` : '';
  return findName(key, asked, census, {
    ambiguous: `The ${key} '${asked}'${context}`,
    unknown: `No run has the ${key} '${asked}'${context}`,
  });
}

/** Words that people put between planners. */
const FILLERS: ReadonlySet<string> = new Set(['vs', 'vs.', 'versus', 'against', 'and', 'with', 'to', 'or']);

/**
 * Finds the name in the data that was asked for, as people type it. `UserError` when none fits or several do; its text begins as
 * `words` say.
 */
export function findName(
  key: RunKey,
  asked: string,
  census: Census,
  words: { readonly ambiguous: string; readonly unknown: string },
): string {
  const match = matchName(asked, census.names(key), NORMALIZERS[key]);
  if ('found' in match) return match.found;
  if ('ambiguous' in match) {
    throw new UserError('ambiguous-arm', `${words.ambiguous} fits ${match.ambiguous.join(' and ')}.`, {
      hint: 'Give the full name.',
    });
  }
  const nearest = match.nearest === null ? '' : `Did you mean ${match.nearest}? `;
  const filler = FILLERS.has(asked.toLowerCase()) ? `Leave out '${asked}': planners follow each other. ` : '';
  throw new UserError('unknown-arm', `${words.unknown}.`, {
    hint: `${filler || census.wordOtherKey(key, asked) || nearest}The data have: ${census.words(key) || 'none'}.`,
  });
}

function checkApart(arm: Arm, other: Arm, { firsts, counts }: Conditions<OfRun>): void {
  if (arm.selector === other.selector) {
    throw new UserError('same-arm', `Baseline and candidate are the same: ${arm.selector}`, {
      hint: 'Name two different arms, as in: wfa compare uniform non-uniform',
    });
  }
  const shared = sum(firsts, ({ run }, i) => (arm.holds(run) && other.holds(run) ? counts[i] : 0));
  if (shared > 0) {
    throw new UserError('overlapping-arms', `${shared} runs belong to both ${arm.selector} and ${other.selector}.`, {
      hint: 'A run can be on one side only: narrow the arms until they exclude each other.',
    });
  }
}
