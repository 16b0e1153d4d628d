/**
 * A bill is made here of what a run used, by a price table, built in or a user's own, that says what a platform asks for the time
 * of workers. This room knows no record and no flag.
 */

/** A platform's prices in USD. Memory is what was allocated; free tiers and discounts for volume are not part of it. */
export interface PriceTable {
  readonly name: string;
  /** The URL of the price list; `null`: a user's table does not say. */
  readonly source: string | null;
  /** A day on which these prices are known to have been asked for; `null`: a user's table does not say. */
  readonly date: string | null;
  readonly region: string | null;
  readonly usdPerMillionRequests: number;
  /** The price of 1 GB (1024 MB) for 1 s; `null`: each size has its own. */
  readonly usdPerGbSecond: number | null;
  /** The price of each memory size that there is; `null`: all sizes have one price per GB. */
  readonly sizes: readonly SizePrice[] | null;
  /** Memory is rounded up to multiples of it. */
  readonly memoryStepMb: number;
  /** The most memory that a worker can have there; `null`: no limit is known. */
  readonly mostMemoryMb: number | null;
  /** Billed durations are rounded up to multiples of `stepMs`, and are `leastMs` at least. */
  readonly stepMs: number;
  readonly leastMs: number;
  /** Whether the start-up of a cold start is billed like execution; where the price list leaves it open, `false`. */
  readonly billsStartup: boolean;
}

/** A size of memory has a price of its own, where a provider does not bill by the GB. */
export interface SizePrice {
  readonly memoryMb: number;
  readonly usdPerSecond: number;
}
