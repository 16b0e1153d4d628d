import { UserError } from '../../errors.ts';
import { matchName, normalizePlanner } from '../../model/names.ts';
import type { PreloadFacts } from './extract.ts';
import type { PreloadOptions } from './options.ts';
import type { PreloadCount } from './result.ts';

/** Planners by the names that the data use. */
export interface ArmNames {
  readonly planner: string;
  /** Never empty, unless the data hold no planner to compare with. */
  readonly against: readonly string[];
}

/** Finds the planners that were asked for. `UserError` for unknown, ambiguous or equal ones. */
export function resolvePlanners(
  { planner: asked, against: askedAgainst }: PreloadOptions,
  facts: readonly PreloadFacts[],
  counts: readonly PreloadCount[],
): ArmNames {
  const names = counts.map(({ planner }) => planner);
  const words = () =>
    names.map((name) => `${name} (${facts.filter(({ run }) => run.traits.planner === name).length})`).join(', ');
  const find = (option: string, name: string): string => {
    const match = matchName(name, names, normalizePlanner);
    if ('found' in match) return match.found;
    if ('ambiguous' in match) {
      throw new UserError('ambiguous-arm', `${option} '${name}' fits ${match.ambiguous.join(' and ')}.`, {
        hint: 'Give the full name.',
      });
    }
    const nearest = match.nearest === null ? '' : `Did you mean ${match.nearest}? `;
    throw new UserError('unknown-arm', `${option}: no run has the planner '${name}'.`, {
      hint: `${nearest}The data have: ${words() || 'none'}.`,
    });
  };
  const planner = find('--planner', asked);
  if (askedAgainst !== null) {
    const against = find('--against', askedAgainst);
    if (against !== planner) return { planner, against: [against] };
    throw new UserError('same-arm', `--planner and --against are the same: ${planner}`, {
      hint: 'Name two different planners, or leave --against out.',
    });
  }
  const plain = names.find((name) => name === planner.replace(/-opt$/, '') && name !== planner);
  const without = counts.filter(({ planner: name, taskCount }) => taskCount === 0 && name !== planner);
  return { planner, against: plain ? [plain] : without.map((count) => count.planner) };
}
