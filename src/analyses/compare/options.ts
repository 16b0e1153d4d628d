import { UserError } from '../../errors.ts';
import type { Metric } from '../../model/metrics.ts';
import type { RunKey } from '../../model/select.ts';
import type { RawOptions } from '../analysis.ts';
import { type ArmRequest, parseArm } from '../design/arms.ts';
import type { Stat } from '../design/stat.ts';
import {
  type ChosenPrices,
  defaultBlockKeys,
  parseBlockKeys,
  parseEquivalence,
  parseMetrics,
  parsePricesOf,
  parseStat,
} from '../named-options.ts';

export interface CompareOptions {
  readonly baseline: ArmRequest;
  readonly candidates: readonly ArmRequest[];
  readonly metrics: readonly Metric[];
  readonly stat: Stat;
  /** `null`: no metric is a cost. */
  readonly prices: ChosenPrices | null;
  readonly blockKeys: readonly RunKey[];
  /** Half-width of the margin of no change, as a fraction. */
  readonly equivalenceFraction: number;
  readonly includeUnplanned: boolean;
  /** Is true when tables show every block. */
  readonly showBlocks: boolean;
}

export function parseComparison({ arguments: names, options }: RawOptions): CompareOptions {
  const [baseline, ...candidates] = names.map(parseArm);
  if (!baseline || candidates.length === 0) {
    throw new UserError('bad-option', 'compare needs a baseline and a candidate', {
      hint: 'Name them behind compare, the baseline first, as in: compare uniform non-uniform',
    });
  }
  const metrics = parseMetrics({ options });
  return {
    baseline,
    candidates,
    metrics,
    stat: parseStat({ options }),
    prices: parsePricesOf(metrics, { options }),
    blockKeys: parseBlockKeys({ options }) ?? defaultBlockKeys([baseline, ...candidates]),
    equivalenceFraction: parseEquivalence({ options }),
    includeUnplanned: options['includeUnplanned'] === true,
    showBlocks: options['blocks'] === true,
  };
}
