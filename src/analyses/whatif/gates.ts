import { shortenPlanners } from '../../model/names.ts';
import type { GateFigure } from '../analysis.ts';
import type { WhatIfResult } from './result.ts';

/** `--fail-on 'all-warm<-20%'`: of every planner, undecided while its interval holds −20 %. */
export function gateQuantities({ scenarios }: WhatIfResult): GateFigure[] {
  const shorten = shortenPlanners(scenarios);
  return scenarios.map(({ scenario, planner, changeFraction, ciLow, ciHigh, outcome, pValue }) => {
    // Where nothing changes, or nothing varies, that is certain.
    const isCertain = pValue === null && changeFraction !== null;
    return {
      name: scenario.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
      of: shorten(planner),
      unit: 'fraction',
      low: isCertain ? 0 : ciLow,
      high: isCertain ? 0 : ciHigh,
      isHint: outcome === 'hint',
    };
  });
}
