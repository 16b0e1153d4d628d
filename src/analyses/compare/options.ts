import { UserError } from '../../errors.ts';
import type { Metric } from '../../model/metrics.ts';
import type { RunKey } from '../../model/select.ts';
import type { RawOptions } from '../analysis.ts';
import { type ArmRequest, parseArm } from '../design/arms.ts';
import { type ChosenPrices, parseBlockKeys, parseMetrics, parsePricesOf } from '../named-options.ts';

export interface CompareOptions {
  readonly baseline: ArmRequest;
  readonly candidates: readonly ArmRequest[];
  readonly metrics: readonly Metric[];
  /** `null`: no metric is a cost. */
  readonly prices: ChosenPrices | null;
  readonly blockKeys: readonly RunKey[];
  /** Half-width of the margin of no change, as a fraction. */
  readonly equivalenceFraction: number;
  readonly includeUnplanned: boolean;
  /** Whether tables show every block. */
  readonly showBlocks: boolean;
}

const DEFAULT_BLOCK_KEYS: readonly RunKey[] = ['workflow', 'structure', 'sla'];
const DEFAULT_EQUIVALENCE_FRACTION = 0.02;

export function parseComparison({ arguments: names, options }: RawOptions): CompareOptions {
  const [baseline, ...candidates] = names.map(parseArm);
  if (!baseline || candidates.length === 0) {
    throw new UserError('bad-option', 'compare needs a baseline and a candidate', {
      hint: 'As in: wfa compare uniform non-uniform',
    });
  }
  const metrics = parseMetrics({ options });
  return {
    baseline,
    candidates,
    metrics,
    prices: parsePricesOf(metrics, { options }),
    blockKeys: parseBlockKeys({ options }) ?? defaultBlockKeys([baseline, ...candidates]),
    equivalenceFraction: parseEquivalence(options['equivalence'] as string | undefined),
    includeUnplanned: options['includeUnplanned'] === true,
    showBlocks: options['blocks'] === true,
  };
}

/** A key on which the arms themselves differ cannot be held equal: by default it makes no blocks. */
function defaultBlockKeys(arms: readonly ArmRequest[]): RunKey[] {
  const selected = new Set(arms.flatMap((arm) => arm.clauses.map((clause) => clause.key)));
  return DEFAULT_BLOCK_KEYS.filter((key) => !selected.has(key));
}

function parseEquivalence(text: string | undefined): number {
  if (text === undefined) return DEFAULT_EQUIVALENCE_FRACTION;
  const percent = Number(text.replace(/\s*%$/, ''));
  if (!(percent > 0) || percent >= 100) {
    throw new UserError('bad-option', `--equivalence '${text}' is no percentage between 0 and 100`);
  }
  return percent / 100;
}
