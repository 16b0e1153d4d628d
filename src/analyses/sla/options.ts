import type { Metric } from '../../model/metrics.ts';
import type { RawOptions } from '../analysis.ts';
import { type ChosenPrices, parseMetrics, parsePricesOf } from '../named-options.ts';

/** The options of `wfa sla`, parsed. */
export interface SlaOptions {
  readonly metrics: readonly Metric[];
  /** `null`: no metric is a cost. */
  readonly prices: ChosenPrices | null;
}

export function parseSla(raw: RawOptions): SlaOptions {
  const metrics = parseMetrics(raw);
  return { metrics, prices: parsePricesOf(metrics, raw) };
}
