import { groupBy } from '../../model/group-by.ts';
import { analyzeVariance } from '../../stats/anova.ts';
import { contrastStrata, differenceOfMeans, type Stratum } from '../../stats/contrast.ts';
import { sampleMean } from '../../stats/summary.ts';
import type { Interaction, WorkflowChange } from './comparison.ts';

/** A block's logarithms of figures, with the names of its keys. */
export interface NamedStratum extends Stratum {
  readonly names: Readonly<Record<string, string>>;
}

/** Contrasts the blocks of each workflow and structure by themselves; none where blocks hold several workflows. */
export function contrastWorkflows(strata: readonly NamedStratum[]): WorkflowChange[] {
  const groups = groupBy(
    strata.filter(hasWorkflow),
    ({ names }) => names['workflow'],
    ({ names }) => names['structure'],
  );
  return groups.map((group) => {
    const { difference, ciLow, ciHigh, method, degreesOfFreedom } = contrastStrata(group);
    const { workflow = '', structure = null } = (group[0] as NamedStratum).names;
    return {
      workflow,
      structure,
      blockCount: group.length,
      changeFraction: Math.expm1(difference),
      ciLow: ciLow === null ? null : Math.expm1(ciLow),
      ciHigh: ciHigh === null ? null : Math.expm1(ciHigh),
      intervalMethod: method,
      degreesOfFreedom,
      allEqual: group.every(({ baseline, candidate }) =>
        [...baseline, ...candidate].every((log) => log === baseline[0]),
      ),
    };
  });
}

/** Tests whether the blocks' changes differ by workflow; `null` where that cannot be told. */
export function testInteraction(strata: readonly NamedStratum[]): Interaction | null {
  const groups = groupBy(strata.filter(hasWorkflow), ({ names }) => names['workflow']);
  const changes = groups.map((group) => group.map(differenceOfMeans));
  const anova = analyzeVariance(changes);
  if (!anova) return null;
  const means = changes.map((group) => sampleMean(group) as number);
  return { ...anova, opposite: means.some((mean) => mean < 0) && means.some((mean) => mean > 0) };
}

const hasWorkflow = ({ names }: NamedStratum): boolean => names['workflow'] !== undefined;
