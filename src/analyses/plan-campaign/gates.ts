import type { GateQuantity } from '../analysis.ts';
import type { CampaignResult } from './result.ts';

/** The change that the runs so far detect between the worst pair: it has no interval of its own. */
export const gateQuantities = ({ metric, detectableNowFraction }: CampaignResult): GateQuantity[] => [
  { name: 'detectable', of: metric, unit: 'fraction', low: detectableNowFraction, high: detectableNowFraction },
];
