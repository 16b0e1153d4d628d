import { UserError } from '../../errors.ts';
import { METRIC_SYNONYMS } from '../../model/metric-synonyms.ts';
import { findMetric, METRICS, type Metric } from '../../model/metrics.ts';
import { matchName } from '../../model/names.ts';

/** Finds the metric that a claim's words mean; `UserError` `unknown-metric` that says `where` they stand. */
export function findClaimedMetric(words: string, where: string): Metric {
  const asked = words.toLowerCase();
  const key = METRIC_SYNONYMS[asked] ?? METRICS.find(({ label }) => label.toLowerCase() === asked)?.key ?? asked;
  const known = METRICS.map((metric) => metric.key);
  const match = matchName(key.replaceAll(' ', '-'), known);
  if ('found' in match) return findMetric(match.found) as Metric;
  const nearest = 'nearest' in match && match.nearest ? `Did you mean ${match.nearest}? ` : '';
  throw new UserError('unknown-metric', `${where}: there is no metric '${words}'`, {
    hint: `${nearest}The metrics are ${known.join(', ')}.`,
  });
}
