import { least, rollup } from 'd3-array';
import { UserError } from '../errors.ts';
import type { BillableSession, BillableUse } from '../model/billable-use.ts';
import type { MissingReason } from '../model/metrics.ts';
import { sampleMedian } from '../stats/summary.ts';
import type { PriceTable } from './price-table.ts';

/** A bill in USD; its parts add up to the total. */
export interface Bill {
  /** The sessions from ready to the end of their last task, with all that rounding up adds. */
  readonly executionUsd: number;
  /** The start-ups of sessions that started cold; 0 where the platform does not bill them. */
  readonly startupUsd: number;
  /** The containers that were launched ahead, but for their requests. */
  readonly prewarmUsd: number;
  readonly requestsUsd: number;
  readonly totalUsd: number;
  readonly sessionCount: number;
  readonly prewarmCount: number;
}

/** Writes the bill of what a run used, or says why there is none. */
export type Biller = (use: BillableUse | MissingReason) => Bill | MissingReason;

/**
 * Makes a biller by a price table. `learnFrom`: what all runs used, whose cold starts tell how long a container of a size takes to
 * start (the median) that was launched ahead. `UserError` of the biller where the table has no price for a memory size.
 */
export function createBiller(prices: PriceTable, learnFrom: readonly (BillableUse | MissingReason)[]): Biller {
  const startupOf = learnColdStarts(learnFrom);
  return (use) => {
    if (typeof use === 'string') return use;
    const { sessions, prewarmsMb } = use;
    let [executionUsd, startupUsd, prewarmUsd] = [0, 0, 0];
    for (const session of sessions) {
      const { execution, startup } = billSession(session, prices);
      executionUsd += execution;
      startupUsd += startup;
    }
    for (const memoryMb of prewarmsMb) {
      const startupMs = startupOf(memoryMb);
      if (startupMs === null) return 'prewarm-startup-unknown';
      const { execution, startup } = billSession([memoryMb, 0, startupMs], prices);
      prewarmUsd += execution + startup;
    }
    const [sessionCount, prewarmCount] = [sessions.length, prewarmsMb.length];
    const requestsUsd = ((sessionCount + prewarmCount) * prices.usdPerMillionRequests) / 1e6;
    const totalUsd = executionUsd + startupUsd + prewarmUsd + requestsUsd;
    return { executionUsd, startupUsd, prewarmUsd, requestsUsd, totalUsd, sessionCount, prewarmCount };
  };
}

/** Instants are doubles of ms since 1970, which are exact to a quarter of this: no step is billed for less. */
const CLOCK_RESOLUTION_MS = 0.001;

/** Prices one session: start-up and execution are rounded up together, and what that adds counts as execution. */
function billSession([memoryMb, ranMs, coldStartMs]: BillableSession, prices: PriceTable) {
  const { stepMs, leastMs, billsStartup } = prices;
  const startupMs = billsStartup ? (coldStartMs ?? 0) : 0;
  const steps = Math.ceil((ranMs + startupMs - CLOCK_RESOLUTION_MS) / stepMs);
  const billedMs = Math.max(leastMs, steps * stepMs);
  const usdPerMs = priceMemory(memoryMb, prices) / 1000;
  return { execution: (billedMs - startupMs) * usdPerMs, startup: startupMs * usdPerMs };
}

/** The memory in MB that is billed for a worker of that size. */
const billedMemoryMb = (memoryMb: number, { usdPerGbSecond, memoryStepMb }: PriceTable): number =>
  usdPerGbSecond === null ? memoryMb : Math.ceil(memoryMb / memoryStepMb) * memoryStepMb;

/** The price of a worker of that size in USD per second. `UserError` where the table has none. */
export function priceMemory(memoryMb: number, prices: PriceTable): number {
  const { name, usdPerGbSecond, sizes } = prices;
  if (usdPerGbSecond !== null) return (billedMemoryMb(memoryMb, prices) / 1024) * usdPerGbSecond;
  const own = sizes?.find((size) => size.memoryMb === memoryMb);
  if (own) return own.usdPerSecond;
  throw new UserError('bad-prices', `--prices: ${name} has no price for workers of ${memoryMb} MB`, {
    hint: [
      `It has ${sizes?.map((size) => size.memoryMb).join(', ')} MB.`,
      'Give another table, or a file with an entry for that size.',
    ],
  });
}

/** The bill of invocations whose billed durations are recorded. */
export interface DurationsBill {
  /** Memory in GB (1024 MB), as the platform bills it, × billed durations. */
  readonly billedGbSeconds: number;
  readonly executionUsd: number;
  readonly requestsUsd: number;
  readonly totalUsd: number;
}

/**
 * Bills durations in ms that the platform itself has rounded, by the memory size in MB that they were billed for: none is rounded
 * again. `UserError` where the table has no price for a size.
 */
export function billDurations(
  billedMsBySize: ReadonlyMap<number, number>,
  requestCount: number,
  prices: PriceTable,
): DurationsBill {
  let [billedGbSeconds, executionUsd] = [0, 0];
  for (const [memoryMb, billedMs] of [...billedMsBySize].sort(([a], [b]) => a - b)) {
    billedGbSeconds += (billedMemoryMb(memoryMb, prices) / 1024) * (billedMs / 1000);
    executionUsd += priceMemory(memoryMb, prices) * (billedMs / 1000);
  }
  const requestsUsd = (requestCount * prices.usdPerMillionRequests) / 1e6;
  return { billedGbSeconds, executionUsd, requestsUsd, totalUsd: executionUsd + requestsUsd };
}

/** Finds the median cold start of a size in ms, where none is known that of the nearest size; `null`: none is known at all. */
function learnColdStarts(uses: readonly (BillableUse | MissingReason)[]): (memoryMb: number) => number | null {
  const starts = uses
    .flatMap((use) => (typeof use === 'string' ? [] : use.sessions))
    .flatMap(([memoryMb, , coldStartMs]) => (coldStartMs === null ? [] : [{ memoryMb, coldStartMs }]));
  const bySize = rollup(
    starts,
    (own) => sampleMedian(own.map(({ coldStartMs }) => coldStartMs)),
    ({ memoryMb }) => memoryMb,
  );
  const sizes = [...bySize.keys()].sort((a, b) => a - b);
  return (memoryMb) => {
    const nearest = least(sizes, (size) => Math.abs(size - memoryMb));
    return nearest === undefined ? null : (bySize.get(nearest) ?? null);
  };
}
