import { UserError } from '../../errors.ts';
import { findMetric, type Metric } from '../../model/metrics.ts';
import { parseRunKey, type RunKey } from '../../model/select.ts';
import type { RawOptions } from '../analysis.ts';
import { type ArmRequest, parseArm } from '../design/arms.ts';
import type { Stat } from '../design/stat.ts';
import {
  type ChosenPrices,
  defaultBlockKeys,
  parseBlockKeys,
  parseMetrics,
  parsePrices,
  parsePricesOf,
  parseStat,
} from '../named-options.ts';

export interface RankOptions {
  /** Arms as the user named them; empty: every name of `by`. */
  readonly arms: readonly ArmRequest[];
  /** The key whose names are the arms where none was named. */
  readonly by: RunKey;
  readonly metrics: readonly Metric[];
  readonly stat: Stat;
  /** `null`: neither a metric nor the front is a cost. */
  readonly prices: ChosenPrices | null;
  readonly front: FrontMetrics;
  readonly blockKeys: readonly RunKey[];
  readonly includeUnplanned: boolean;
  /** Is true when tables show which blocks count, and which arm the others lack. */
  readonly showCommon: boolean;
}

/** The axes of the Pareto front: less time for less money, which is a bill only where prices or a cost were asked for. */
export type FrontMetrics = readonly [makespan: Metric, cost: Metric];

const chooseFront = (prices: ChosenPrices | null): FrontMetrics => [
  findMetric('makespan') as Metric,
  findMetric(prices === null ? 'resource-usage' : 'cost') as Metric,
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
  const metrics = parseMetrics({ options });
  const prices = options['prices'] === undefined ? parsePricesOf(metrics, { options }) : parsePrices({ options });
  return {
    arms,
    by,
    metrics,
    stat: parseStat({ options }),
    prices,
    front: chooseFront(prices),
    blockKeys: parseBlockKeys({ options }) ?? blockKeysOf(arms, by),
    includeUnplanned: options['includeUnplanned'] === true,
    showCommon: options['common'] === true,
  };
}

/**
 * Lists the block keys; a block has one planner where the arms are not planners. `by`: what tells arms apart that are not named.
 */
function blockKeysOf(named: readonly ArmRequest[], by: RunKey): RunKey[] {
  const unnamed: ArmRequest = { asked: by, clauses: [{ key: by, asked: '', negated: false }] };
  const arms = named.length > 0 ? named : [unnamed];
  const havePlanner = arms.some(({ clauses }) => clauses.some(({ key }) => key === 'planner'));
  return [...defaultBlockKeys(arms), ...(havePlanner ? [] : (['planner'] as const))];
}

/** The metrics asked for, and those of the front. */
export const measuredMetrics = ({ metrics, front }: Pick<RankOptions, 'metrics' | 'front'>): readonly Metric[] => [
  ...metrics,
  ...front.filter(({ key }) => !metrics.some((metric) => metric.key === key)),
];
