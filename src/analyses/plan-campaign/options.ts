import { UserError } from '../../errors.ts';
import type { Metric } from '../../model/metrics.ts';
import type { RunKey } from '../../model/select.ts';
import type { RawOptions } from '../analysis.ts';
import { defaultBlockKeys, parseBlockKeys, parseMetrics } from '../named-options.ts';

/** The options of `wfa plan-campaign`, parsed. */
export interface CampaignOptions {
  readonly metric: Metric;
  /** The change that is to be detected. */
  readonly effectFraction: number;
  /** Runs at most; `null`: as many as it takes. */
  readonly budget: number | null;
  readonly blockKeys: readonly RunKey[];
  readonly includeUnplanned: boolean;
}

const DEFAULT_EFFECT_FRACTION = 0.05;
/** Runs that anybody may ask for: an order of more is no plan. */
const MOST_BUDGET = 1_000_000;

/** `UserError` for an effect or a budget that is no such number, and for a metric that needs prices. */
export function parseCampaign({ options }: RawOptions): CampaignOptions {
  const asked = (options['metric'] as string | undefined) ?? 'makespan';
  const [metric, another] = parseMetrics({ options: { metric: [asked] } });
  if (metric === undefined || another !== undefined || metric.key === 'cost') {
    throw new UserError('bad-option', `--metric '${asked}': a campaign is planned for one metric that was measured`, {
      hint: 'As in: --metric resource-usage',
    });
  }
  return {
    metric,
    effectFraction: parseEffect(options['effect'] as string | undefined),
    budget: parseBudget(options['budget'] as string | undefined),
    blockKeys: parseBlockKeys({ options }) ?? defaultBlockKeys([]),
    includeUnplanned: options['includeUnplanned'] === true,
  };
}

function parseEffect(text: string | undefined): number {
  if (text === undefined) return DEFAULT_EFFECT_FRACTION;
  const percent = Number(text.replace(/\s*%$/, ''));
  if (percent >= 0.1 && percent <= 1000) return percent / 100;
  throw new UserError('bad-option', `--effect '${text}' is no percentage from 0.1 to 1000`, {
    hint: 'As in: --effect 5',
  });
}

function parseBudget(text: string | undefined): number | null {
  if (text === undefined) return null;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MOST_BUDGET) return count;
  throw new UserError('bad-option', `--budget '${text}' is no number of runs from 1 to ${MOST_BUDGET}`, {
    hint: 'As in: --budget 200',
  });
}
