/** The result of `wfa scaling`. */
export interface ScalingResult {
  readonly headline: string;
  readonly headlines: readonly string[];
  readonly runCount: number;
  /** By name. */
  readonly fanouts: readonly PlannerFanouts[];
  /** Workflows with two structures or more, by name. */
  readonly makespans: readonly WorkflowScaling[];
  /** `null`: no fetch of a DAG is recorded. */
  readonly dag: DagScaling | null;
}

/**
 * A slope carries its 95 % interval; `null`: no degree of freedom is left, or nothing varies beside the predictors.
 * @unit ms or bytes for each, or an exponent: estimate, ciLow, ciHigh
 */
export interface Slope {
  readonly estimate: number;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  /** Clusters with equal weight that would tell it as well: below 10 the interval is too narrow. */
  readonly effectiveClusterCount: number;
}

/**
 * The fan-outs of a planner.
 * @unit workers and ms: points
 */
export interface PlannerFanouts {
  readonly planner: string;
  readonly runCount: number;
  readonly fanoutCount: number;
  /** Smallest first. */
  readonly widths: readonly number[];
  readonly newWorkerCounts: readonly number[];
  readonly first: DelayGrowth;
  readonly last: DelayGrowth;
  /** At most 120 of them, evenly spaced: workers started, and the delay of the last child in ms. */
  readonly points: readonly (readonly [newWorkerCount: number, lastDelayMs: number])[];
}

/** Why a slope is not told. */
export type UntoldSlope = 'does-not-vary' | 'goes-with-new-workers' | 'few-runs-decide' | 'interval-holds-0';

/**
 * The delay from the parent's output to a child's start.
 * @unit ms: interceptMs, estimate, ciLow, ciHigh
 */
export interface DelayGrowth {
  /** Without workers to start, and with no child, as far as these are told. */
  readonly interceptMs: number;
  /** Each worker that is started for the fan-out adds so much; `null`: cannot be told. */
  readonly perWorker: Slope | null;
  readonly perWorkerReason: UntoldSlope | null;
  /** Each child adds so much. */
  readonly perChild: Slope | null;
  readonly perChildReason: UntoldSlope | null;
}

/**
 * Makespan against the width of the widest fan-out, over structures of one workflow, log against log.
 * @unit number: estimate, ciLow, ciHigh
 */
export interface WorkflowScaling {
  readonly workflow: string;
  readonly structureCount: number;
  readonly runCount: number;
  readonly widths: readonly number[];
  /** `null`: widths do not vary. */
  readonly makespan: Slope | null;
  readonly execution: Slope | null;
  /** `weak`: the execution of all tasks together grows with the width; `strong`: it does not; `null`: cannot be told. */
  readonly scaling: 'weak' | 'strong' | null;
}

/** Bytes of a DAG = intercept + tasks + edges; clusters are structures. */
export interface DagScaling {
  readonly runCount: number;
  readonly structureCount: number;
  readonly interceptBytes: number;
  readonly bytesPerTask: Slope | null;
  readonly bytesPerEdge: Slope | null;
}
