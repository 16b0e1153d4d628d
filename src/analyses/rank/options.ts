import { UserError } from '../../errors.ts';
import { findMetric, type Metric } from '../../model/metrics.ts';
import { parseRunKey, type RunKey } from '../../model/select.ts';
import type { RawOptions } from '../analysis.ts';
import { type ArmRequest, parseArm } from '../design/arms.ts';
import { parseBlockKeys, parseMetrics } from '../named-options.ts';

export interface RankOptions {
  /** Arms as the user named them; empty: every name of `by`. */
  readonly arms: readonly ArmRequest[];
  /** The key whose names are the arms where none was named. */
  readonly by: RunKey;
  readonly metrics: readonly Metric[];
  readonly blockKeys: readonly RunKey[];
  readonly includeUnplanned: boolean;
  /** Whether tables show which blocks count, and which arm the others lack. */
  readonly showCommon: boolean;
}

/** The axes of the Pareto front: less time for less money. Money counts as resources where no bill can be had. */
export const FRONT_METRICS: readonly [Metric, Metric] = [
  findMetric('makespan') as Metric,
  (findMetric('cost') ?? findMetric('resource-usage')) as Metric,
];

const DEFAULT_BLOCK_KEYS: readonly RunKey[] = ['workflow', 'structure', 'sla'];

export function parseRanking({ arguments: names, options }: RawOptions): RankOptions {
  const arms = names.map(parseArm);
  const asked = options['by'] as string | undefined;
  const by = asked === undefined ? 'planner' : parseRunKey(asked, '--by');
  if (arms.length > 0 && asked !== undefined) {
    throw new UserError('bad-option', `--by ${asked} chooses the arms, and arms are named too: ${names.join(', ')}`, {
      hint: 'Leave out one of them.',
    });
  }
  return {
    arms,
    by,
    metrics: parseMetrics({ options }),
    blockKeys: parseBlockKeys({ options }) ?? defaultBlockKeys(arms, by),
    includeUnplanned: options['includeUnplanned'] === true,
    showCommon: options['common'] === true,
  };
}

/** A key on which the arms differ cannot be held equal. Where they are not planners, the planner is. */
function defaultBlockKeys(arms: readonly ArmRequest[], by: RunKey): RunKey[] {
  const differing = new Set(arms.length === 0 ? [by] : arms.flatMap(({ clauses }) => clauses.map(({ key }) => key)));
  const keys: readonly RunKey[] = differing.has('planner') ? DEFAULT_BLOCK_KEYS : [...DEFAULT_BLOCK_KEYS, 'planner'];
  return keys.filter((key) => !differing.has(key));
}

/** The metrics asked for, and those of the front. */
export const measuredMetrics = ({ metrics }: Pick<RankOptions, 'metrics'>): readonly Metric[] => [
  ...metrics,
  ...FRONT_METRICS.filter(({ key }) => !metrics.some((metric) => metric.key === key)),
];
