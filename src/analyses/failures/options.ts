import type { RunKey } from '../../model/select.ts';
import type { RawOptions } from '../analysis.ts';
import { parseBlockKeys } from '../named-options.ts';

/** The options of `wfa failures`, parsed. */
export interface FailuresOptions {
  readonly blockKeys: readonly RunKey[];
  /** Is true when planners are also compared by runs that had no plan. */
  readonly includeUnplanned: boolean;
}

const DEFAULT_BLOCK_KEYS: readonly RunKey[] = ['workflow', 'structure', 'sla'];

export const parseFailures = (raw: RawOptions): FailuresOptions => ({
  blockKeys: parseBlockKeys(raw) ?? DEFAULT_BLOCK_KEYS,
  includeUnplanned: raw.options['includeUnplanned'] === true,
});
