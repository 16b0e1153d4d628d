import { UserError } from '../../errors.ts';
import { Census } from '../../model/select.ts';
import { findName } from '../design/arms.ts';
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
  const census = new Census(facts.map(({ run }) => run));
  const find = (option: string, name: string): string =>
    findName('planner', name, census, {
      ambiguous: `${option} '${name}'`,
      unknown: `${option}: no run has the planner '${name}'`,
    });
  const planner = find('--planner', asked);
  if (askedAgainst !== null) {
    const against = find('--against', askedAgainst);
    if (against !== planner) return { planner, against: [against] };
    throw new UserError('same-arm', `--planner and --against are the same: ${planner}`, {
      hint: 'Name two different planners, or leave --against out.',
    });
  }
  const plain = census.names('planner').find((name) => name === planner.replace(/-opt$/, '') && name !== planner);
  const without = counts.filter(({ planner: name, taskCount }) => taskCount === 0 && name !== planner);
  return { planner, against: plain ? [plain] : without.map((count) => count.planner) };
}
