import type { InvocationTable } from '../../../containers/invocation-table.ts';
import type { PlacedContainer } from '../../../containers/periods.ts';
import { byTexts } from '../../../model/group-by.ts';
import type { StartupState } from '../../../model/run.ts';
import { quantileOfSorted } from '../../../stats/order-statistics.ts';
import { peakOfSpans } from '../envelope.ts';
import { addPeriods, noSums, type Sums, totalOf } from '../gb-seconds.ts';
import { NumberList } from './number-list.ts';
import type { PackedLog } from './pack.ts';
import type { LogStartups, PoolResult, StateAmounts } from './result.ts';
import type { MemoryUses } from './use.ts';

/** What a pass over all containers tells, each traced once and forgotten. */
export interface Measured {
  readonly alive: StateAmounts;
  /** Those that were alive most first. */
  readonly pools: readonly PoolResult[];
  /** Containers whose memory no row says. */
  readonly unsizedCount: number;
  /** Most containers alive at one time. */
  readonly peakCount: number;
}

interface PoolTally {
  readonly sums: Sums;
  readonly sizes: Set<number | null>;
  containerCount: number;
  invocationCount: number;
  coldCount: number;
}

/** Measures how long containers were alive, all together and pool by pool. `startups`: those that are recorded. */
export function measureContainers(packed: PackedLog, uses: MemoryUses, startups: readonly LogStartups[]): Measured {
  const { containers } = packed.placement;
  const pools = new Map<string, PoolTally>();
  const [total, began, ended] = [noSums(), new Float64Array(containers.length), new Float64Array(containers.length)];
  let unsizedCount = 0;
  for (const [id, container] of containers.entries()) {
    const { memoryMb, periods } = packed.describeContainer(id);
    const tally = tallyOf(pools, container);
    tally.sizes.add(memoryMb);
    tally.containerCount++;
    tally.invocationCount += container.invocations.length;
    for (const index of container.invocations) tally.coldCount += Number(packed.stateOf(index) === 'cold');
    if (memoryMb === null && packed.sized) unsizedCount++;
    addPeriods(tally.sums, memoryMb ?? packed.lackingMb, periods);
    addPeriods(total, memoryMb ?? packed.lackingMb, periods);
    began[id] = periods[0]?.startAtMs ?? 0;
    ended[id] = periods.at(-1)?.endAtMs ?? 0;
  }
  const starting = new Set(startups.map(({ pool }) => pool));
  const results = [...pools].map(([pool, tally]) => conclude(pool, tally, uses, starting.has(pool)));
  return {
    alive: toAmounts(total, startups.length > 0),
    pools: results.sort((a, b) => b.alive - a.alive || (a.pool < b.pool ? -1 : 1)),
    unsizedCount,
    peakCount: peakOfSpans(began, ended),
  };
}

function tallyOf(pools: Map<string, PoolTally>, { poolKey }: PlacedContainer): PoolTally {
  const known = pools.get(poolKey);
  if (known) return known;
  const tally = {
    sums: noSums(),
    sizes: new Set<number | null>(),
    containerCount: 0,
    invocationCount: 0,
    coldCount: 0,
  };
  pools.set(poolKey, tally);
  return tally;
}

function conclude(
  pool: string,
  { sums, sizes, ...counts }: PoolTally,
  uses: MemoryUses,
  recordsStartups: boolean,
): PoolResult {
  const [size] = sizes;
  const memoryMb = sizes.size === 1 ? (size ?? null) : null;
  return { pool, memoryMb, ...counts, ...toAmounts(sums, recordsStartups), memoryUse: uses.ofPool(pool) };
}

/** Starting that is not recorded is not 0. */
const toAmounts = (sums: Sums, recordsStartups: boolean): StateAmounts => ({
  ...sums,
  starting: recordsStartups ? sums.starting : null,
  alive: totalOf(sums),
});

/** By pool and state, of the invocations that say when they were ready. */
export function summarizeLogStartups(table: InvocationTable, packed: PackedLog): LogStartups[] {
  const groups = new Map<
    string,
    { readonly pool: string; readonly state: StartupState; readonly durationsMs: NumberList }
  >();
  for (let i = 0; i < table.length; i++) {
    const durationMs = table.readyAtMsOf(i) - table.requestedAtMsOf(i);
    if (Number.isNaN(durationMs)) continue;
    const [pool, state] = [table.poolKeyOf(i), packed.stateOf(i)];
    const key = `${state} ${pool}`;
    const group = groups.get(key) ?? { pool, state, durationsMs: new NumberList() };
    groups.set(key, group);
    group.durationsMs.push(durationMs);
  }
  const startups = [...groups.values()].map(({ pool, state, durationsMs }): LogStartups => {
    const sorted = durationsMs.sort();
    const quantile = (p: number) => quantileOfSorted(sorted, p);
    return { pool, state, count: sorted.length, p10Ms: quantile(0.1), medianMs: quantile(0.5), p90Ms: quantile(0.9) };
  });
  return startups.sort(
    byTexts(
      ({ pool }) => pool,
      ({ state }) => state,
    ),
  );
}
