import type { RunKey } from '../../model/select.ts';
import type { RawOptions } from '../analysis.ts';
import { parseBlockKeys } from '../named-options.ts';

/** The options of `wfa breakdown`, parsed. */
export interface BreakdownOptions {
  readonly blockKeys: readonly RunKey[];
  readonly includeUnplanned: boolean;
}

const DEFAULT_BLOCK_KEYS: readonly RunKey[] = ['workflow', 'structure', 'sla'];

export const parseBreakdown = (raw: RawOptions): BreakdownOptions => ({
  blockKeys: parseBlockKeys(raw) ?? DEFAULT_BLOCK_KEYS,
  includeUnplanned: raw.options['includeUnplanned'] === true,
});
