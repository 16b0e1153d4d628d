import type { GateQuantity } from '../analysis.ts';
import type { WorkersResult } from './result.ts';

/** `--fail-on 'cold>50%'`: the share of cold starts; `--fail-on 'containers>100'`: how many there were, between its bounds. */
export function gateQuantities({ counts, envelope, planScores }: WorkersResult): GateQuantity[] {
  const cold = counts.coldCount / counts.sessionCount;
  const containerCounts = envelope.map(({ containerCount }) => containerCount);
  const corrected = planScores.find(({ planner, prediction }) => planner === 'all' && prediction === 'corrected');
  return [
    { name: 'cold', of: 'all sessions', unit: 'fraction', low: cold, high: cold },
    {
      name: 'containers',
      of: 'mru to lru',
      unit: 'count',
      low: Math.min(...containerCounts),
      high: Math.max(...containerCounts),
    },
    ...(corrected
      ? [
          {
            name: 'plan-error',
            of: 'corrected makespans',
            unit: 'fraction' as const,
            low: corrected.ciLow,
            high: corrected.ciHigh,
          },
        ]
      : []),
  ];
}
