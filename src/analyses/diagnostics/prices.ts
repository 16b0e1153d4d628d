import { max } from 'd3-array';
import type { PriceTable } from '../../cost/price-table.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import type { Warning } from '../analysis.ts';
import type { ChosenPrices } from '../named-options.ts';
import { type Finding, keepFindings, note, warn } from './finding.ts';

/** Says by which prices costs were made, and where the platform has no such workers. `prices`: `null` where there is no cost. */
export function auditPrices(prices: ChosenPrices | null, runs: readonly Pick<RunFacts, 'traits'>[]): Warning[] {
  if (prices === null) return [];
  const { table, isDefault } = prices;
  const { name, source, date } = table;
  const choice = isDefault ? ', the default: --prices takes another table' : '';
  const largestMb = max(runs.flatMap(({ traits }) => traits.memory.split('+').map(Number))) ?? 0;
  return keepFindings([
    note(
      'prices',
      `cost by the prices of ${wordTable(table)}${choice}; no free tier or discount; ${wordStartups(table)}`,
      { name, source, date, isDefault },
    ),
    auditMemoryLimit(table, largestMb, 'runs'),
  ]);
}

/** `aws-lambda-x86 (us-east-1, as known on 2025-08-01)`. */
export function wordTable({ name, region, date }: PriceTable): string {
  const place = [region, date && `as known on ${date}`].filter(Boolean).join(', ');
  return `${name}${place && ` (${place})`}`;
}

/** Warns where the platform of the prices has no workers as large as the largest, in MB. */
export const auditMemoryLimit = (
  { name, mostMemoryMb }: PriceTable,
  largestMb: number,
  whose: 'runs' | 'invocations',
): Finding =>
  mostMemoryMb !== null &&
  largestMb > mostMemoryMb &&
  warn(
    'memory-beyond-platform',
    `${name} has workers of up to ${mostMemoryMb} MB, and ${whose} had some of ${largestMb} MB: they are billed as if it had those too`,
    { mostMemoryMb, largestMb },
  );

const wordStartups = ({ billsStartup }: ChosenPrices['table']): string =>
  billsStartup
    ? 'cold starts are billed for as long as they took from request to ready, an upper bound'
    : 'start-ups are taken as not billed';
