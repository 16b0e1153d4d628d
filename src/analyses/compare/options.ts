import { UserError } from '../../errors.ts';
import { DEFAULT_METRIC_KEYS, findMetric, METRICS, type Metric } from '../../model/metrics.ts';
import { matchName } from '../../model/names.ts';
import { parseRunKey, type RunKey } from '../../model/select.ts';
import type { RawOptions } from '../analysis.ts';
import { type ArmRequest, parseArm } from '../design/arms.ts';

export interface CompareOptions {
  readonly baseline: ArmRequest;
  readonly candidates: readonly ArmRequest[];
  readonly metrics: readonly Metric[];
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
  return {
    baseline,
    candidates,
    metrics: parseMetrics((options['metric'] ?? []) as readonly string[]),
    blockKeys: parseBlockKeys(options['block'] as string | undefined, [baseline, ...candidates]),
    equivalenceFraction: parseEquivalence(options['equivalence'] as string | undefined),
    includeUnplanned: options['includeUnplanned'] === true,
    showBlocks: options['blocks'] === true,
  };
}

function parseMetrics(names: readonly string[]): Metric[] {
  const keys: readonly string[] = names.length === 0 ? DEFAULT_METRIC_KEYS : names.flatMap((name) => name.split(','));
  if (keys.includes('all')) return [...METRICS];
  return [...new Set(keys)].map((name) => {
    const known = METRICS.map((metric) => metric.key);
    const match = matchName(name, known);
    if ('found' in match) return findMetric(match.found) as Metric;
    const nearest = 'nearest' in match && match.nearest ? `Did you mean ${match.nearest}? ` : '';
    throw new UserError('unknown-metric', `--metric: there is no metric '${name}'`, {
      hint: `${nearest}The metrics are ${known.join(', ')}, and all.`,
    });
  });
}

/** A key on which the arms themselves differ cannot be held equal: by default it makes no blocks. */
function parseBlockKeys(text: string | undefined, arms: readonly ArmRequest[]): RunKey[] {
  const selected = new Set(arms.flatMap((arm) => arm.clauses.map((clause) => clause.key)));
  if (text === undefined) return DEFAULT_BLOCK_KEYS.filter((key) => !selected.has(key));
  return text.split(',').map((name) => parseRunKey(name.trim(), '--block'));
}

function parseEquivalence(text: string | undefined): number {
  if (text === undefined) return DEFAULT_EQUIVALENCE_FRACTION;
  const percent = Number(text.replace(/\s*%$/, ''));
  if (!(percent > 0) || percent >= 100) {
    throw new UserError('bad-option', `--equivalence '${text}' is no percentage between 0 and 100`);
  }
  return percent / 100;
}
