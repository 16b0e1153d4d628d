import { sum } from 'd3-array';
import { UserError } from '../../errors.ts';
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
  /** The selection with the data's own names, as in `planner=UniformPlanner,sla=p50`. */
  readonly selector: string;
  readonly holds: (run: RunFacts) => boolean;
}

/** A planner name, or `key=value[,key=value…]`. */
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
  return {
    label: clauses.map((clause) => wordClause(clause, shorten)).join(', '),
    selector: clauses.map(({ key, asked, negated }) => `${key}${negated ? '!=' : '='}${asked}`).join(','),
    // The names are the data's own by now: a name that only resembles one of them is another.
    holds: holdAll(clauses),
  };
}

function holdAll(clauses: readonly Clause[]): Arm['holds'] {
  const [first, ...others] = clauses.map(({ key, asked, negated }): Arm['holds'] => {
    const nameOf = NAMERS[key];
    return (run) => (nameOf(run) === asked) !== negated;
  });
  if (first && others.length === 0) return first;
  return (run) => [first, ...others].every((holds) => holds?.(run) ?? true);
}

function wordClause({ key, asked, negated }: Clause, shorten: (planner: string) => string): string {
  const name = key === 'planner' ? shorten(asked) : key === 'memory' ? `${asked} MB` : asked;
  return negated ? `not ${name}` : name;
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
  throw new UserError('unknown-arm', `${words.unknown}.`, {
    hint: `${nearest}The data have: ${census.words(key) || 'none'}.`,
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
