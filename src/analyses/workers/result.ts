import type { ContainerState } from '../../model/container-periods.ts';
import type { ReusePolicy } from '../../model/container-pool.ts';
import type { ResourceMeasure, StartupState } from '../../model/run.ts';

/** How the pool was found to behave. */
export interface KeepAlive {
  /** `null`: for ever. */
  readonly keepAliveMs: number | null;
  readonly exitLagMs: number;
  /** `not-identifiable`: a keep-alive was assumed, or only a bound of it can be told. */
  readonly origin: 'given' | 'estimated' | 'not-identifiable';
  readonly identifiable: boolean;
  /** Keep-alives that agree with the recorded states about as well; `null`: no bound on that side. */
  readonly flatLowMs: number | null;
  readonly flatHighMs: number | null;
  readonly statedCount: number;
  readonly warmCount: number;
  /** Starts whose state the pool would have decided otherwise; `null` without recorded states. */
  readonly disagreeingCount: number | null;
}

export interface StartupSummary {
  readonly resourceMeasure: ResourceMeasure | null;
  readonly memoryMb: number;
  readonly state: StartupState;
  readonly count: number;
  readonly p10Ms: number;
  readonly medianMs: number;
  readonly p90Ms: number;
  /** Of those that no other start-up stood in the way of. */
  readonly aloneCount: number;
  readonly aloneMedianMs: number | null;
}

/** In GB-seconds: allocated memory × time. */
export type StateGbSeconds = Readonly<Record<ContainerState | 'alive', number>>;

export interface Bracket {
  readonly low: number;
  /** `null`: no bound, as containers live for ever. */
  readonly high: number | null;
}

export interface Bounds {
  readonly containers: Bracket;
  readonly gbSeconds: Bracket;
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
  readonly workers: readonly PlannedWorkerPeriod[];
}
