import type { ContainerState } from '../../containers/periods.ts';
import type { GrantSource, ReusePolicy } from '../../containers/pool.ts';
import type { ResourceMeasure, StartupState } from '../../model/run.ts';

/** Instants are epoch ms. */
export interface WorkersResult {
  readonly headline: string;
  readonly runCount: number;
  readonly settings: PoolDescription;
  readonly keepAlive: KeepAlive;
  /** As reconstructed, beside what is certain. */
  readonly counts: Counts;
  readonly bounds: Bounds;
  /** The same sessions with most and least recently used containers first. */
  readonly envelope: readonly PolicyOutcome[];
  readonly startupModel: readonly StartupSummary[];
  /** `null`: the records do not say how much memory workers have. */
  readonly gbSeconds: { readonly total: StateGbSeconds; readonly planners: readonly PlannerGbSeconds[] } | null;
  readonly containerSeconds: StateSeconds;
  readonly sessions: readonly SessionResult[];
  readonly containers: readonly ContainerResult[];
  /** Plans replayed; empty unless asked for. */
  readonly planned: readonly PlannedRun[];
  readonly planScores: readonly PlanScore[];
}

/** The settings of the pool. */
export interface PoolDescription {
  readonly poolKeys: readonly string[];
  readonly reuse: ReusePolicy;
  readonly concurrency: number;
  /** From one launch of a burst to the next, in ms; 0: no burst to learn it from. */
  readonly launchIntervalMs: number;
}

/** The counts over all containers and sessions. */
export interface Counts {
  readonly sessionCount: number;
  readonly containerCount: number;
  /** Launched ahead of a worker, as recorded or as planned. */
  readonly prewarmedCount: number;
  /** Recorded as warm while nothing that is recorded could have been: lost prewarms, most likely. */
  readonly unseenCount: number;
  /** Recorded as warm while only containers idle for longer than the keep-alive were there: these outlived it. */
  readonly outlivedCount: number;
  readonly coldCount: number;
  readonly warmCount: number;
  /** Sessions whose state was not recorded. */
  readonly inferredStateCount: number;
  readonly inferredReadyCount: number;
  readonly inferredEndCount: number;
  /** Most containers alive at one time. */
  readonly peakCount: number;
}

/** The containers under one reuse policy. */
export interface PolicyOutcome {
  readonly reuse: ReusePolicy;
  readonly containerCount: number;
  /** `null`: memory is not recorded. */
  readonly aliveGbSeconds: number | null;
  readonly aliveContainerSeconds: number;
}

/** Means per run, in GB-seconds: starting and busy for its own workers, idle and tail of containers that it used last. */
export interface PlannerGbSeconds extends StateGbSeconds {
  readonly planner: string;
  readonly runCount: number;
  /** Over the runs for which the engine measured something: its own figure, and the reconstructed one. */
  readonly measuredRunCount: number;
  readonly recordedMean: number | null;
  readonly aliveMeanOfMeasured: number | null;
}

/** A session with the container that it is packed onto. */
export interface SessionResult {
  readonly runId: string;
  readonly workerId: string | null;
  /** `null`: not recorded. */
  readonly memoryMb: number | null;
  readonly container: number;
  readonly source: GrantSource;
  readonly state: StartupState;
  readonly stateInferred: boolean;
  readonly requestedAtMs: number;
  readonly readyAtMs: number;
  readonly readyInferred: boolean;
  /** End of its last task. */
  readonly endAtMs: number;
  readonly endInferred: boolean;
}

/** A container and its periods. */
export interface ContainerResult {
  readonly id: number;
  readonly poolKey: string;
  /** `null`: not recorded. */
  readonly memoryMb: number | null;
  readonly origin: 'launched' | 'prewarmed' | 'unseen';
  readonly periods: readonly PeriodResult[];
}

/** A period of a container in one state. */
export interface PeriodResult {
  readonly state: ContainerState;
  readonly startAtMs: number;
  readonly endAtMs: number;
  /** Idle and tail: of the run that used the container last, or prewarmed it. */
  readonly runId: string | null;
  /** `null`: none, or a flexible one that nothing names. */
  readonly workerId: string | null;
  /** Its ends follow from the pool rather than from the records. */
  readonly inferred: boolean;
}

/** The behaviour of the pool, as given, estimated or assumed. */
export interface KeepAlive {
  /** `null`: for ever. */
  readonly keepAliveMs: number | null;
  readonly exitLagMs: number;
  /** `not-identifiable`: a keep-alive was assumed, or only a bound of it can be told. */
  readonly origin: 'given' | 'estimated' | 'not-identifiable';
  readonly identifiable: boolean;
  /** Pools that explain the recorded states best; above 1, the keep-alive is that of each. `null`: no states are recorded. */
  readonly poolCount: number | null;
  /** More than one start in twenty disagrees with the best keep-alive of a single pool: it is not to be believed. */
  readonly contradicted: boolean;
  /** Keep-alives that agree with the recorded states about as well; `null`: no bound on that side. */
  readonly flatLowMs: number | null;
  readonly flatHighMs: number | null;
  readonly statedCount: number;
  readonly warmCount: number;
  /** Starts whose state a single pool would have decided otherwise; `null` without recorded states. */
  readonly disagreeingCount: number | null;
}

/** `prewarm`: of a container ahead of its worker, from when its plan wanted it launched until it was ready. */
export type StartupKind = StartupState | 'prewarm';

/** A summary of start-ups of one engine version, memory size and state, in ms. */
export interface StartupSummary {
  readonly resourceMeasure: ResourceMeasure | null;
  /** `null`: not recorded. */
  readonly memoryMb: number | null;
  readonly state: StartupKind;
  readonly count: number;
  readonly p10Ms: number;
  readonly medianMs: number;
  readonly p90Ms: number;
  /** Start-ups without another in the way. */
  readonly aloneCount: number;
  readonly aloneMedianMs: number | null;
}

/** In GB-seconds: allocated memory × time. */
export type StateGbSeconds = Readonly<Record<ContainerState | 'alive', number>>;

/** Time of the containers, in s, by what they were doing. */
export type StateSeconds = Readonly<Record<ContainerState | 'alive', number>>;

/**
 * A bracket of a figure that the records leave open.
 * @unit as the key's name says: low, high
 */
export interface Bracket {
  readonly low: number;
  /** `null`: no bound, as containers live for ever. */
  readonly high: number | null;
}

/** The brackets of the number of containers and of their GB-seconds. */
export interface Bounds {
  readonly containers: Bracket;
  /** `null`: memory is not recorded. */
  readonly gbSeconds: Bracket | null;
  readonly containerSeconds: Bracket;
}

/** The knowledge of a plan's replay comes from runs that had ended before its submission. */
export interface PlanKnowledge {
  readonly runCount: number;
  readonly sessionCount: number;
  /** `null`: for ever. */
  readonly keepAliveMs: number | null;
  /** `usual`: nothing told it yet; `not-identifiable`: no more than a bound did. */
  readonly keepAliveOrigin: KeepAlive['origin'] | 'usual';
  readonly exitLagMs: number;
  /** Recorded prewarms with the time from when they were due until the container was ready. */
  readonly prewarmCount: number;
  /** Containers taken to be idle at submission, or free soon after: at most as many of each pool as the plan has workers. */
  readonly idleCount: number;
}

/** One planned worker; instants as the replay gives them, with or without start-up time as asked. */
export interface PlannedWorkerPeriod {
  readonly workerId: string | null;
  readonly memoryMb: number;
  readonly planState: StartupState | null;
  readonly correctedState: StartupState | null;
  readonly withoutStartupState: StartupState | null;
  readonly recordedState: StartupState | null;
  readonly requestedAtMs: number | null;
  readonly readyAtMs: number | null;
  readonly endAtMs: number | null;
}

/** A run's plan as its replay corrects it; makespans in ms. */
export interface PlannedRun {
  readonly runId: string;
  readonly workflow: string;
  readonly planner: string;
  readonly sla: string;
  readonly submittedAtMs: number;
  readonly planMakespanMs: number;
  readonly correctedMakespanMs: number | null;
  readonly withoutStartupMakespanMs: number | null;
  readonly actualMakespanMs: number | null;
  /** The median makespan of the two or more runs of the same workflow and structure that had ended, whoever planned them; `null`: fewer had. */
  readonly earlierMedianMakespanMs: number | null;
  /** Start-ups whose time was learned on another memory size, and those that nothing was learned for: they count as 0 ms. */
  readonly borrowedStartupCount: number;
  readonly unknownStartupCount: number;
  readonly known: PlanKnowledge;
  readonly workers: readonly PlannedWorkerPeriod[];
}

/** Predictions: the plan's own, the replay's, the replay's without start-up time, and the median of earlier runs, which needs no plan. */
export const PREDICTIONS = ['plan', 'corrected', 'without-startup', 'earlier-median'] as const;
/** A prediction is named by its source. */
export type Prediction = (typeof PREDICTIONS)[number];

/**
 * One kind of prediction held against what happened; `planner` is `all` for all of them.
 * @unit fraction (1 = 100 %): ciLow, ciHigh
 */
export interface PlanScore {
  readonly planner: string;
  readonly prediction: Prediction;
  readonly runCount: number;
  /** Median of |predicted − actual| ÷ actual over runs, with its order-statistic interval; `null` without runs, or too few. */
  readonly medianAbsoluteError: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  /** Median of (predicted − actual) ÷ actual. */
  readonly medianError: number | null;
  /** Workers by recorded and predicted state. */
  readonly coldAsCold: number;
  readonly coldAsWarm: number;
  readonly warmAsCold: number;
  readonly warmAsWarm: number;
  /** Right ÷ all; `null` without workers. */
  readonly rightFraction: number | null;
}
