import { parseInstant } from '../../model/filter.ts';
import type { RawOptions } from '../analysis.ts';
import { type ChosenPrices, parsePrices } from '../named-options.ts';

/** The options of `wfa memory`, parsed. */
export interface MemoryOptions {
  /** `null`: the workload is taken as one and the same. */
  readonly driftAtMs: number | null;
  readonly prices: ChosenPrices;
  readonly includeUnplanned: boolean;
}

/** Parses the flags; `UserError` `bad-option` where `--drift-at` is no instant. */
export const parseMemory = (raw: RawOptions): MemoryOptions => ({
  driftAtMs: parseInstant(raw.options['driftAt'] as string | undefined, '--drift-at'),
  prices: parsePrices(raw),
  includeUnplanned: raw.options['includeUnplanned'] === true,
});
