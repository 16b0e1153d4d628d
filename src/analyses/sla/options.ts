import { UserError } from '../../errors.ts';
import { DEFAULT_METRIC_KEYS, findMetric, METRICS, type Metric } from '../../model/metrics.ts';
import { matchName } from '../../model/names.ts';
import type { RawOptions } from '../analysis.ts';

export interface SlaOptions {
  readonly metrics: readonly Metric[];
}

export function parseSla({ options }: RawOptions): SlaOptions {
  const names = (options['metric'] ?? []) as readonly string[];
  const keys: readonly string[] = names.length === 0 ? DEFAULT_METRIC_KEYS : names.flatMap((name) => name.split(','));
  if (keys.includes('all')) return { metrics: METRICS };
  const known = METRICS.map((metric) => metric.key);
  const metrics = keys.map((name) => {
    const match = matchName(name, known);
    if ('found' in match) return findMetric(match.found) as Metric;
    const nearest = 'nearest' in match && match.nearest ? `Did you mean ${match.nearest}? ` : '';
    throw new UserError('unknown-metric', `--metric: there is no metric '${name}'`, {
      hint: `${nearest}The metrics are ${known.join(', ')}, and all.`,
    });
  });
  return { metrics: [...new Set(metrics)] };
}
