import { UserError } from '../../errors.ts';
import { findMetric, type Metric } from '../../model/metrics.ts';
import { parseRunKey, type RunKey } from '../../model/select.ts';
import type { RawOptions } from '../analysis.ts';
import { type ArmRequest, parseArm } from '../design/arms.ts';
import { defaultBlockKeys, parseBlockKeys, parseMetrics } from '../named-options.ts';

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
    blockKeys: parseBlockKeys({ options }) ?? blockKeysOf(arms, by),
    includeUnplanned: options['includeUnplanned'] === true,
    showCommon: options['common'] === true,
  };
}

/** Where the arms are not planners, a block has one planner. `by`: what tells arms apart that are not named. */
function blockKeysOf(named: readonly ArmRequest[], by: RunKey): RunKey[] {
  const unnamed: ArmRequest = { asked: by, clauses: [{ key: by, asked: '', negated: false }] };
  const arms = named.length > 0 ? named : [unnamed];
  const havePlanner = arms.some(({ clauses }) => clauses.some(({ key }) => key === 'planner'));
  return [...defaultBlockKeys(arms), ...(havePlanner ? [] : (['planner'] as const))];
}

/** The metrics asked for, and those of the front. */
export const measuredMetrics = ({ metrics }: Pick<RankOptions, 'metrics'>): readonly Metric[] => [
  ...metrics,
  ...FRONT_METRICS.filter(({ key }) => !metrics.some((metric) => metric.key === key)),
];
