import { max } from 'd3-array';
import type { RunFacts } from '../../model/run-facts.ts';
import type { ChosenPrices } from '../named-options.ts';
import { type Finding, note, warn } from './finding.ts';

/** Says by which prices costs were made, and where the platform has no such workers. `prices`: `null` where there is no cost. */
export function diagnosePrices(prices: ChosenPrices | null, runs: readonly Pick<RunFacts, 'traits'>[]): Finding[] {
  if (prices === null) return [];
  const { table, isDefault } = prices;
  const { name, source, date, region, billsStartup, mostMemoryMb } = table;
  const list = [region, date && `list of ${date}`].filter(Boolean).join(', ');
  const startup = billsStartup
    ? 'cold starts are billed for as long as they took from request to ready, an upper bound'
    : 'start-ups are not billed';
  const largestMb = max(runs.flatMap(({ traits }) => traits.memory.split('+').map(Number))) ?? 0;
  return [
    note(
      'prices',
      `cost by the prices of ${name}${list && ` (${list})`}${isDefault ? ', the default: --prices takes another table' : ''}; no free tier or discount; ${startup}`,
      { name, source, date, isDefault },
    ),
    mostMemoryMb !== null &&
      largestMb > mostMemoryMb &&
      warn(
        'memory-beyond-platform',
        `${name} has workers of up to ${mostMemoryMb} MB, and runs had some of ${largestMb} MB: they are billed as if it had those too`,
        { mostMemoryMb, largestMb },
      ),
  ];
}
