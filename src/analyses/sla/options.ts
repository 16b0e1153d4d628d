import type { Metric } from '../../model/metrics.ts';
import type { RawOptions } from '../analysis.ts';
import { parseMetrics } from '../named-options.ts';

/** The options of `wfa sla`, parsed. */
export interface SlaOptions {
  readonly metrics: readonly Metric[];
}

export const parseSla = (raw: RawOptions): SlaOptions => ({ metrics: parseMetrics(raw) });
