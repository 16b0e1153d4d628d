import type { Period } from '../../../containers/periods.ts';
import type { GrantSource, ReusePolicy } from '../../../containers/pool.ts';
import type { DurationsBill } from '../../../cost/bill.ts';
import type { StartupState } from '../../../model/run.ts';
import type { Bracket, ContainerResult, KeepAlive, StateGbSeconds } from '../result.ts';

/** Containers behind a platform's invocation log. Instants are ms since the log's own zero, epoch ms as a rule. */
export interface LogResult {
  readonly headline: string;
  readonly rowCount: number;
  readonly settings: LogSettings;
  readonly keepAlive: KeepAlive;
  /** `null`: no cold starts are recorded, or no keep-alive of a single pool explains them. */
  readonly replacement: Replacement | null;
  readonly counts: LogCounts;
  /** The unit of `alive`: memory × time, or time alone where the log does not say how large containers are. */
  readonly aliveUnit: 'gb-seconds' | 'container-seconds';
  readonly alive: StateAmounts;
  readonly bounds: { readonly containers: Bracket; readonly alive: Bracket };
  readonly envelope: readonly {
    readonly reuse: ReusePolicy;
    readonly containerCount: number;
    readonly alive: number;
  }[];
  /** Largest first. */
  readonly pools: readonly PoolResult[];
  readonly startups: readonly LogStartups[];
  /** `null`: not recorded, or the size of the containers is not. */
  readonly memoryUse: MemoryUse | null;
  /** `null`: no prices were asked for, or no invocation has both a billed duration and a memory size. */
  readonly bill: LogBill | null;
  /** Reconstructions without the recorded containers, held against these; empty unless asked for. */
  readonly scores: readonly LogScore[];
  /** In the order of their starts. */
  readonly invocations: readonly InvocationResult[];
  readonly containers: readonly LogContainer[];
}

/** In the result's `aliveUnit`. */
export interface StateAmounts extends Omit<StateGbSeconds, 'starting'> {
  /** `null`: no row says when it was ready, so that starting is part of busy. */
  readonly starting: number | null;
}

/** The settings under which the log was read and packed. */
export interface LogSettings {
  /** `key=column`, in the order given. */
  readonly map: readonly string[];
  readonly timeUnit: string;
  readonly durationUnit: string;
  readonly reuse: ReusePolicy;
  readonly concurrency: number;
}

/** Containers that the platform replaced while they were idle for less than the keep-alive. */
export interface Replacement {
  /** Those that a recorded cold start passed over, and that never came back. */
  readonly passedOverCount: number;
  /** Those of them that are explained by the age from which on containers are not used again. */
  readonly agedCount: number;
  /** That age, in ms; `null`: the log tells none. */
  readonly maxAgeMs: number | null;
}

/** The counts over all pools of a log. */
export interface LogCounts {
  readonly invocationCount: number;
  readonly poolCount: number;
  readonly containerCount: number;
  /** Recorded as warm while nothing that is recorded could have been. */
  readonly unseenCount: number;
  /** Recorded as warm while only containers idle for longer than the keep-alive were there: these outlived it. */
  readonly outlivedCount: number;
  readonly coldCount: number;
  readonly warmCount: number;
  readonly inferredStateCount: number;
  readonly unknownReadyCount: number;
  /** Containers whose memory no row says: they have no GB-seconds here. 0 where none has any. */
  readonly unsizedCount: number;
  /** Rows left out as another one had the same id before. */
  readonly repeatedCount: number;
  /** Rows with the same instants, pool and container as another one, which count. */
  readonly twinCount: number;
  /** Most containers alive at one time. */
  readonly peakCount: number;
  /** Distinct recorded containers; `null`: none are recorded. */
  readonly recordedContainerCount: number | null;
  /** Invocations that began while their recorded container had no room. */
  readonly overlappingCount: number;
}

/** A pool's containers and invocations. */
export interface PoolResult extends StateAmounts {
  readonly pool: string;
  readonly memoryMb: number | null;
  readonly invocationCount: number;
  readonly containerCount: number;
  readonly coldCount: number;
  /** `null`: not recorded, or the size of the containers is not. */
  readonly memoryUse: MemoryUse | null;
}

/** Most memory used ÷ memory of the container, of the invocations that have both on record. */
export interface MemoryUse {
  readonly recordedCount: number;
  /** Of all invocations. */
  readonly recordedFraction: number;
  /** Most memory used ÷ memory of the container, median over invocations. */
  readonly medianFraction: number;
  /** Most memory used ÷ memory of the container, of the invocation where it is largest. */
  readonly maxFraction: number;
}

/** The bill of the log by the durations that the platform billed. */
export interface LogBill extends DurationsBill {
  /** Name of the price table. */
  readonly prices: string;
  /** Invocations in the bill. */
  readonly billedCount: number;
  /** Largest memory size in the bill, in MB. */
  readonly largestMb: number;
  /** Invocations without a billed duration or memory size, which are not in the bill. */
  readonly unbilledCount: number;
}

/** From start to ready, in ms. */
export interface LogStartups {
  readonly pool: string;
  readonly state: StartupState;
  readonly count: number;
  readonly p10Ms: number;
  readonly medianMs: number;
  readonly p90Ms: number;
}

/** An invocation of the log with the container that it is packed onto. */
export interface InvocationResult {
  readonly uri: string;
  readonly line: number;
  readonly pool: string;
  readonly memoryMb: number | null;
  readonly container: number;
  readonly source: GrantSource;
  readonly state: StartupState;
  readonly stateInferred: boolean;
  readonly startAtMs: number;
  /** `null`: not recorded, or not between start and end. */
  readonly readyAtMs: number | null;
  readonly endAtMs: number;
  /** Most memory that it used; `null`: not recorded. */
  readonly usedMb: number | null;
  /** `null`: not recorded. */
  readonly billedMs: number | null;
  readonly recordedContainer: string | null;
}

/** A container of the reconstruction. */
export interface LogContainer extends Pick<ContainerResult, 'id' | 'origin'> {
  readonly pool: string;
  readonly memoryMb: number | null;
  /** `invocation` counts in `invocations`; idle and tail have none: they follow from the pool. */
  readonly periods: readonly Period[];
}

/** One reconstruction against the recorded containers. */
export interface LogScore {
  /** Whether the recorded cold and warm starts were used. */
  readonly states: 'recorded' | 'hidden';
  readonly total: PoolScore;
  /** As in `pools`. */
  readonly pools: readonly PoolScore[];
}

/** A score holds the reconstruction of one pool against its recorded containers. */
export interface PoolScore {
  /** `all` for all of them. */
  readonly pool: string;
  readonly invocationCount: number;
  readonly recordedContainerCount: number;
  readonly containerCount: number;
  /** (Found − recorded) ÷ recorded. */
  readonly containerError: number;
  /** Invocations that were not the first of their recorded container. */
  readonly reusedCount: number;
  /** Those of them that come after the same invocation in the reconstruction. */
  readonly rightPredecessorCount: number;
  /** `null`: none was reused. */
  readonly rightPredecessorFraction: number | null;
  readonly rightStateCount: number;
  readonly rightStateFraction: number;
  /** Container-seconds, whatever the memory; tails as long for both. */
  readonly recordedAliveSeconds: number;
  readonly aliveSeconds: number;
  /** (Found − recorded) ÷ recorded; `null`: nothing was alive for any time. */
  readonly aliveError: number | null;
}
