import { max } from 'd3-array';
import type { InvocationTable } from '../../../containers/invocation-table.ts';
import { billDurations } from '../../../cost/bill.ts';
import type { PriceTable } from '../../../cost/price-table.ts';
import { quantileOfSorted } from '../../../stats/order-statistics.ts';
import { NumberList } from './number-list.ts';
import type { LogBill, MemoryUse } from './result.ts';

/** The memory that invocations used, of all of them and pool by pool; `null`: no invocation has both that and a size on record. */
export interface MemoryUses {
  readonly total: MemoryUse | null;
  readonly ofPool: (pool: string) => MemoryUse | null;
}

/** Holds the most memory that was used against the size of the container. */
export function measureMemoryUse(table: InvocationTable): MemoryUses {
  const { usedMb, poolOf } = table.columns;
  const total = new UseTally();
  const pools = new Map<string, UseTally>();
  for (let i = 0; usedMb !== undefined && i < table.length; i++) {
    const fraction = (usedMb[i] as number) / table.memoryMbOf(i);
    total.push(fraction);
    const pool = table.pools.textOf(poolOf[i] as number);
    const tally = pools.get(pool) ?? new UseTally();
    pools.set(pool, tally);
    tally.push(fraction);
  }
  return { total: total.conclude(), ofPool: (pool) => pools.get(pool)?.conclude() ?? null };
}

class UseTally {
  readonly #fractions = new NumberList();
  #invocationCount = 0;

  /** NaN: not recorded. */
  push(fraction: number): void {
    this.#invocationCount++;
    if (!Number.isNaN(fraction)) this.#fractions.push(fraction);
  }

  conclude(): MemoryUse | null {
    const sorted = this.#fractions.sort();
    if (sorted.length === 0) return null;
    return {
      recordedCount: sorted.length,
      recordedFraction: sorted.length / this.#invocationCount,
      medianFraction: quantileOfSorted(sorted, 0.5),
      maxFraction: sorted.at(-1) as number,
    };
  }
}

/** Bills what the platform billed; `null`: no invocation has both a billed duration and a size. `UserError` for a size without price. */
export function billLog(table: InvocationTable, prices: PriceTable): LogBill | null {
  const { billedMs } = table.columns;
  const msBySize = new Map<number, number>();
  let billedCount = 0;
  for (let i = 0; billedMs !== undefined && i < table.length; i++) {
    const [durationMs, memoryMb] = [billedMs[i] as number, table.memoryMbOf(i)];
    if (Number.isNaN(durationMs) || Number.isNaN(memoryMb)) continue;
    msBySize.set(memoryMb, (msBySize.get(memoryMb) ?? 0) + durationMs);
    billedCount++;
  }
  if (billedCount === 0) return null;
  const bill = billDurations(msBySize, billedCount, prices);
  const largestMb = max(msBySize.keys()) as number;
  return { prices: prices.name, ...bill, billedCount, largestMb, unbilledCount: table.length - billedCount };
}
