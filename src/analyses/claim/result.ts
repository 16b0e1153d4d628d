import type { MetricUnit } from '../../model/metrics.ts';
import type { ArmNames } from '../design/arm-names.ts';
import type { OverallChange, WorkflowShare } from '../design/comparison.ts';
import type { Side } from '../design/pairs.ts';

/** The result of `wfa claim`: of one claim, or of a list. Changes are fractions (0.1 = +10 %); `null`: cannot be had from these data. */
export type ClaimResult = JudgedClaim | { readonly claims: readonly JudgedClaim[] };

/**
 * `supported`: the blocked interval holds the number and excludes no change. `direction-only`: it excludes no change on the side of
 * the number, and the number. `contradicted`: it lies on the other side, or within the margin of no change. `artefact`: it excludes
 * the number, which comes about where runs are not compared in blocks. `cannot-tell`: none of these.
 */
export type ClaimVerdict = 'supported' | 'direction-only' | 'cannot-tell' | 'contradicted' | 'artefact';

/** The claims of a result, one or more. */
export const listClaims = (result: ClaimResult): readonly JudgedClaim[] =>
  'claims' in result ? result.claims : [result];

/** A claim is judged by the blocked comparison, and by what other ways of counting would give. */
export interface JudgedClaim extends ArmNames {
  /** The sentence as it was given. */
  readonly claim: string;
  /** Its line in the list, from 1; `null`: it was given by itself. */
  readonly line: number | null;
  /** Verdict and answer in a sentence. */
  readonly headline: string;
  /** What was claimed, what the runs say, how the number can come about, and what to report instead. */
  readonly answers: readonly string[];
  readonly metric: string;
  readonly unit: MetricUnit;
  readonly claimedFraction: number;
  /** Changes that round to the claimed one. */
  readonly claimedLow: number;
  readonly claimedHigh: number;
  readonly verdict: ClaimVerdict;
  /** The same words read as a change of speed, and the verdict on that; `null`: there is one reading only. */
  readonly otherReading: { readonly claimedFraction: number; readonly verdict: ClaimVerdict } | null;
  readonly blocked: OverallChange;
  readonly ways: readonly Way[];
  /** Share of the numbers between the smallest and the largest of 0, the claim and the ways that some way would match. */
  readonly chanceMatchFraction: number | null;
  readonly composition: readonly WorkflowShare[];
  /** The arms whose pooled median lies where no run is within 15 % of it. */
  readonly armsWithGap: readonly Side[];
  /**
   * Smallest and largest change of pooled medians when any one run is left out; `null` without them.
   * @unit fraction (1 = 100 %): low, high
   */
  readonly pooledMedianWithoutOneRun: { readonly low: number; readonly high: number } | null;
  /** How many more runs each cell needs until a change as large as the claimed one would be found; 0: it would be now. */
  readonly additionalRunsForClaim: number | null;
}

/** The kinds of ways, in the order of tables. */
export const WAYS = [
  'blocked',
  'pooled-medians',
  'pooled-means',
  'sums',
  'workflow-means',
  'workflow-changes',
  'workflow-median-changes',
] as const;

/** A way in which a number can come about from these runs. */
export interface Way {
  readonly way: (typeof WAYS)[number];
  /** `all`: planned runs; `every-run`: those without plan as well; else `workflow=…` or `sla=…`. */
  readonly scope: string;
  readonly changeFraction: number | null;
  /** Whether it rounds to the claimed number. */
  readonly matches: boolean;
}
