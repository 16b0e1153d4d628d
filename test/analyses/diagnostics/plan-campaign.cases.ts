import { auditCampaign } from '../../../src/analyses/plan-campaign/diagnostics.ts';
import { MOST_ORDERED } from '../../../src/analyses/plan-campaign/order.ts';
import { type Case, type CaseTable, type Facts, lay } from './cases.ts';

const PLAIN = {
  result: {
    degreesOfFreedom: 10,
    logDeviation: 0.1,
    missingCellCount: 0,
    toRunCount: 1,
    runsPerCell: 5,
    detectableFraction: 0.05,
  },
  options: { budget: null, effectFraction: 0.05 },
};
const result = (over: Facts): Facts => ({ result: over });

const cases: readonly Case[] = [
  { code: 'spread-unknown', fires: result({ logDeviation: null }), quiet: result({ logDeviation: 0.01 }) },
  { code: 'spread-of-few-runs', fires: result({ degreesOfFreedom: 9 }), quiet: result({ degreesOfFreedom: 10 }) },
  { code: 'no-spread', fires: result({ logDeviation: 0 }), quiet: result({ logDeviation: 0.001 }) },
  { code: 'cells-without-runs', fires: result({ missingCellCount: 1 }), quiet: result({ missingCellCount: 0 }) },
  { code: 'order-cut', fires: result({ toRunCount: MOST_ORDERED + 1 }), quiet: result({ toRunCount: MOST_ORDERED }) },
  {
    code: 'budget-too-small',
    fires: { options: { budget: 10 }, result: { detectableFraction: 0.06 } },
    quiet: { options: { budget: 10 }, result: { detectableFraction: 0.05 } },
  },
];

const diagnose = (over: Facts) => {
  const laid = lay(PLAIN, over) as typeof PLAIN;
  return auditCampaign(laid.result as never, laid.options);
};

export const planCampaign: CaseTable = { analysis: 'plan-campaign', diagnose, cases };
