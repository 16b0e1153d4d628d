import type { Arm } from './arms.ts';

/** The names of two arms. */
export interface ArmNames {
  /** The record's own planner, or selections of runs with the record's own names: `planner=UniformPlanner,sla=p50`. */
  readonly baseline: string;
  readonly candidate: string;
  /** The same for people: `uniform, p50`. */
  readonly baselineLabel: string;
  readonly candidateLabel: string;
}

/** Names two arms. */
export const nameArms = ({ baseline, candidate }: Readonly<Record<'baseline' | 'candidate', Arm>>): ArmNames => ({
  baseline: baseline.name,
  candidate: candidate.name,
  baselineLabel: baseline.label,
  candidateLabel: candidate.label,
});

/** Puts the names for people in the places of the record's own: for texts, tables and charts. */
export const showArms = <Named extends ArmNames>(named: Named): Named => ({
  ...named,
  baseline: named.baselineLabel,
  candidate: named.candidateLabel,
});
