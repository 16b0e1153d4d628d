import type { GateQuantity } from '../../analysis.ts';
import type { LogResult } from './result.ts';

/** The same as of run records: the share of cold starts, and how many containers there were, between most and least recently used. */
export function logGateQuantities({ counts, envelope }: LogResult): GateQuantity[] {
  const cold = counts.coldCount / counts.invocationCount;
  const containerCounts = envelope.map(({ containerCount }) => containerCount);
  return [
    { name: 'cold', of: 'all invocations', unit: 'fraction', low: cold, high: cold },
    {
      name: 'containers',
      of: 'mru to lru',
      unit: 'count',
      low: Math.min(...containerCounts),
      high: Math.max(...containerCounts),
    },
  ];
}
