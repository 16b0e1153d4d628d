import type { Stratum } from '../../stats/contrast.ts';

/** A run's figure in each task group that it has; never empty. Thousands of runs have the same list of names. */
export interface GroupFigures {
  readonly names: readonly string[];
  /** In the order of the names. */
  readonly amounts: readonly number[];
}

/** Lists the names that are in a list of each side. */
export function commonNames(
  baseline: readonly (readonly string[])[],
  candidate: readonly (readonly string[])[],
): ReadonlySet<string> {
  const ofBaseline = new Set(baseline.flat());
  return new Set(candidate.flat().filter((name) => ofBaseline.has(name)));
}

/** Gives the figures of the groups with these names. Most runs have no others: theirs are not copied. */
export function keepGroups(figures: GroupFigures, names: ReadonlySet<string>): GroupFigures {
  const isKept = (name: string) => names.has(name);
  if (figures.names.every(isKept)) return figures;
  return {
    names: figures.names.filter(isKept),
    amounts: figures.amounts.filter((_, i) => isKept(figures.names[i] as string)),
  };
}

/** The size of a deviation, relative to the level, below which it is rounding: runs that are equal shall stay equal. */
const ROUNDING = 1e-12;

/**
 * Gives every run of a block a figure such that the means of the arms are those of the same task groups. Each group must be in runs
 * of both arms.
 *
 * Plain means over what a run has would compare tasks that start early with tasks that start late wherever runs have different
 * groups: in simulated blocks (`test/simulation/preload-matching.mjs`) they scatter 2 to 12 times as widely and are off by as much
 * as the effect. Subtracting a group's mean from its figures takes the level out, but also spread, since the mean is made of the
 * same few runs: intervals then hold the truth less often than they say. So the arms' means are directly standardized: D = Σ w_g (mean
 * of candidate − mean of baseline in group g), where w_g is the share of g in the runs of both arms, w_g = ½ Σ_arms (1/n) Σ_runs
 * 1/(groups of the run). A run's figure is its arm's level plus n times its own part of D − E D (a structural component: Sen 1960,
 * DeLong et al. 1988), which counts the noise of a group with few runs in both arms, that is rather too much than too little.
 * A run's figure is the mean over its groups, and D the difference of the means over runs, where every run has every group.
 */
export function standardizeArms(baseline: readonly GroupFigures[], candidate: readonly GroupFigures[]): Stratum {
  const [ofBaseline, ofCandidate] = [summarizeArm(baseline), summarizeArm(candidate)];
  return {
    baseline: standardizeArm(baseline, ofBaseline, ofCandidate),
    candidate: standardizeArm(candidate, ofCandidate, ofBaseline),
  };
}

/** A task group of one arm. */
interface ArmGroup {
  readonly count: number;
  readonly mean: number;
  /** The group's part of what the arm's runs have, each run counting once; all groups together are 1. */
  readonly share: number;
}
type Arm = ReadonlyMap<string, ArmGroup>;

function summarizeArm(runs: readonly GroupFigures[]): Arm {
  const sums = new Map<string, { count: number; total: number; share: number }>();
  for (const { names, amounts } of runs) {
    for (let i = 0; i < names.length; i++) {
      const group = names[i] as string;
      const sum = sums.get(group) ?? { count: 0, total: 0, share: 0 };
      sums.set(group, sum);
      sum.count++;
      sum.total += amounts[i] as number;
      sum.share += 1 / names.length / runs.length;
    }
  }
  return new Map([...sums].map(([group, { count, total, share }]) => [group, { count, mean: total / count, share }]));
}

function standardizeArm(runs: readonly GroupFigures[], own: Arm, other: Arm): number[] {
  const weightOf = (group: string) => (groupOf(own, group).share + groupOf(other, group).share) / 2;
  const levelOf = (arm: Arm) => [...arm].reduce((level, [group, { mean }]) => level + weightOf(group) * mean, 0);
  const [level, otherLevel] = [levelOf(own), levelOf(other)];
  const parts = new Map(
    Array.from(own, ([group, { count }]) => [
      group,
      { perRun: (runs.length * weightOf(group)) / count, otherMean: groupOf(other, group).mean },
    ]),
  );
  return runs.map(({ names, amounts }) => {
    let deviation = 0;
    for (let i = 0; i < names.length; i++) {
      const { perRun, otherMean } = parts.get(names[i] as string) as { perRun: number; otherMean: number };
      deviation += perRun * ((amounts[i] as number) - otherMean - (level - otherLevel));
    }
    return Math.abs(deviation) < ROUNDING * Math.abs(level) ? level : level + deviation;
  });
}

const groupOf = (arm: Arm, group: string): ArmGroup => arm.get(group) as ArmGroup;
