import type { GateQuantity } from '../analysis.ts';
import type { ConflictsResult } from './result.ts';

/** `--fail-on 'alone>100ms'`: for every pair that met. */
export const gateQuantities = ({ meetings }: ConflictsResult): GateQuantity[] =>
  meetings.flatMap(({ first, second, contrasts }) =>
    contrasts.map(({ against, ciLow, ciHigh, outcome }) => ({
      name: against,
      of: `${first} and ${second}`,
      unit: 'ms' as const,
      low: ciLow,
      high: ciHigh,
      isHint: outcome === 'hint',
    })),
  );
