import { compareText, type InvocationTable } from '../../../containers/invocation-table.ts';
import {
  type Invocation,
  type PlacedContainer,
  type Placement,
  placeInvocations,
  type ReplaySettings,
  tracePeriods,
} from '../../../containers/periods.ts';
import type { StartupState } from '../../../model/run.ts';
import { calibratePools } from '../calibrate.ts';
import { horizonOf, memoryOf } from '../envelope.ts';
import { ONE_GB_MB } from '../gb-seconds.ts';
import type { Packing } from '../observe.ts';
import type { KeepAlive } from '../result.ts';
import type { LogOptions } from './options.ts';
import { findReplacements } from './replacement.ts';
import type { InvocationResult, LogContainer, Replacement } from './result.ts';

/** A log's clock and its end are its own: what was logged as ended is over, and instants stand in the order in which things happened. */
const EXACT = { exitLagMs: 0, launchIntervalMs: 0, simultaneousMs: 0 };
/** So many invocations tell the keep-alive as well as all do. */
const ENOUGH = 10_000;
/** Stands for memory that is not recorded, beside rows of which it is: 0 GB-seconds, which are counted as unknown. */
const UNSIZED_MB = 0;

/** A log's invocations, packed onto containers; what stands for one of either is made when it is asked for. */
export class PackedLog implements Packing {
  readonly sessions: InvocationTable;
  readonly prewarms = [];
  readonly settings: ReplaySettings;
  readonly keepAlive: KeepAlive;
  /** `null`: no cold starts are recorded, or no keep-alive of a single pool explains them. */
  readonly replacement: Replacement | null;
  readonly placement: Placement;
  /** Is true when some row says how much memory its container has. */
  readonly sized: boolean;
  /** Stands for memory that no row says. */
  readonly lackingMb: number;
  readonly horizonAtMs: number;
  readonly memoryMbOf = (i: number): number => {
    const memoryMb = this.sessions.memoryMbOf(i);
    return Number.isNaN(memoryMb) ? this.lackingMb : memoryMb;
  };

  /** The table is sorted; `reusedAfterMs`: a container is known to have been used again after so long. */
  constructor(table: InvocationTable, options: LogOptions, reusedAfterMs: number | null) {
    this.sessions = table;
    this.sized = table.columns.memoryMb.some((memoryMb, i) => i < table.length && !Number.isNaN(memoryMb));
    this.lackingMb = this.sized ? UNSIZED_MB : ONE_GB_MB;
    const { reuse, concurrency, keepAliveMs, exitLagMs } = options;
    const plain: ReplaySettings = { ...EXACT, keepAliveMs: 0, reuse, concurrency };
    const asked = { keepAliveMs, exitLagMs: exitLagMs ?? EXACT.exitLagMs };
    const chosen = choosePools(table);
    this.keepAlive = calibratePools(chosen, [], plain, asked, { enough: ENOUGH, reusedAfterMs });
    const lifetime = {
      ...plain,
      keepAliveMs: this.keepAlive.keepAliveMs ?? Number.POSITIVE_INFINITY,
      exitLagMs: this.keepAlive.exitLagMs,
    };
    this.replacement = isBelieved(this.keepAlive)
      ? findReplacements(chosen, lifetime, leastIdleMs(this.keepAlive))
      : null;
    const maxAgeMs = this.replacement?.maxAgeMs ?? null;
    this.settings = maxAgeMs === null ? lifetime : { ...lifetime, maxAgeMs };
    this.placement = placeInvocations(this.sessions, [], this.settings);
    this.horizonAtMs = horizonOf(this);
  }

  /** The state as recorded, else as the pool has it. */
  stateOf(i: number): StartupState {
    return this.sessions.stateOf(i) ?? (this.placement.sourceOf(i) === 'launched' ? 'cold' : 'warm');
  }

  describeInvocation(i: number): InvocationResult {
    const row = this.sessions.rowAt(i);
    return {
      uri: row.uri,
      line: row.line,
      pool: row.poolKey,
      memoryMb: row.memoryMb,
      container: this.placement.containerOf[i] as number,
      source: this.placement.sourceOf(i),
      state: this.stateOf(i),
      stateInferred: row.state === null,
      startAtMs: row.requestedAtMs,
      readyAtMs: row.readyAtMs,
      endAtMs: row.endAtMs,
      usedMb: recordedAt(this.sessions.columns.usedMb, i),
      billedMs: recordedAt(this.sessions.columns.billedMs, i),
      recordedContainer: row.container,
    };
  }

  describeContainer(id: number): LogContainer {
    const container = this.placement.containers[id] as PlacedContainer;
    return {
      id,
      pool: container.poolKey,
      memoryMb: this.sized ? memoryOf(container, this) || null : null,
      origin: container.origin,
      periods: tracePeriods(container, this.sessions, this.settings, this.horizonAtMs),
    };
  }
}

/** NaN stands for what is not recorded, as does a column that the log lacks. */
function recordedAt(column: Float64Array | undefined, i: number): number | null {
  const amount = column?.[i] ?? Number.NaN;
  return Number.isNaN(amount) ? null : amount;
}

/** Is true where recorded cold starts tell the keep-alive of one pool. */
const isBelieved = ({ statedCount, warmCount, contradicted, poolCount }: KeepAlive): boolean =>
  statedCount > warmCount && !contradicted && poolCount === 1;

/** A container that was idle for so long was there still. */
const leastIdleMs = ({ keepAliveMs, origin, flatLowMs }: KeepAlive): number =>
  (origin === 'estimated' ? flatLowMs : keepAliveMs) ?? Number.POSITIVE_INFINITY;

/** Chooses whole pools when there are very many invocations: a stretch of time would hide whatever lasts longer than it. */
function choosePools(table: InvocationTable): readonly Invocation[] {
  const chosen = table.length <= ENOUGH ? null : choosePoolNumbers(table);
  const invocations: Invocation[] = [];
  // Where every pool is larger than enough, the earliest tell.
  const most = chosen?.size === 0 ? ENOUGH : table.length;
  for (let i = 0; i < table.length && invocations.length < most; i++) {
    const isChosen = chosen === null || chosen.size === 0 || chosen.has(table.columns.poolOf[i] as number);
    if (isChosen) invocations.push(table.at(i));
  }
  return invocations;
}

function choosePoolNumbers({ columns, pools, length }: InvocationTable): ReadonlySet<number> {
  const counts = new Map<number, number>();
  for (let i = 0; i < length; i++) {
    const pool = columns.poolOf[i] as number;
    counts.set(pool, (counts.get(pool) ?? 0) + 1);
  }
  const chosen = new Set<number>();
  let room = ENOUGH;
  for (const [pool, count] of [...counts].sort(([a], [b]) => compareText(pools.textOf(a), pools.textOf(b)))) {
    if (count > room) continue;
    chosen.add(pool);
    room -= count;
  }
  return chosen;
}
