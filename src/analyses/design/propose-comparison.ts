import { shortenPlanners } from '../../model/names.ts';

interface Named {
  readonly planner: string;
}

/**
 * Words the comparison that tells what an optimization changed, as in `wfa compare uniform uniform-opt`: the first planner that `has` it
 * against the same one without `-opt`, else against any other; `null` where there are none.
 */
export function proposeComparison<Planner extends Named>(
  planners: readonly Planner[],
  has: (planner: Planner) => boolean,
): string | null {
  const shorten = shortenPlanners(planners);
  const [own, other] = [planners.find(has), planners.find((planner) => !has(planner))];
  if (!own || !other) return null;
  const base = own.planner.replace(/-opt$/, '');
  const without = planners.find(({ planner }) => planner === base && planner !== own.planner) ?? other;
  return `wfa compare ${quoteArm(shorten(without.planner))} ${quoteArm(shorten(own.planner))} tells whether runs became faster`;
}

/** Quotes the name of an arm for the shell where it needs that. */
export const quoteArm = (name: string): string => (/^[\w.+-]+$/.test(name) ? name : `'${name}'`);
