import { auditPrices } from '../../../src/analyses/diagnostics/prices.ts';
import { findPrices } from '../../../src/cost/built-in-prices.ts';
import type { Case, Facts } from './cases.ts';

/** Cases of what every analysis says that can be asked for a cost. */

const chosen = { table: findPrices('azure-functions-consumption'), isDefault: false };
const priced = (memory: string): Facts => ({ prices: chosen, memory });

export const PRICE_CASES: readonly Case[] = [
  { code: 'prices', fires: priced('512'), quiet: { ...priced('512'), prices: null } },
  { code: 'memory-beyond-platform', fires: priced('512+1537'), quiet: priced('512+1536') },
  {
    code: 'memory-beyond-platform',
    fires: priced('1537'),
    quiet: { memory: '1537', prices: { ...chosen, table: { ...chosen.table, mostMemoryMb: null } } },
  },
];

export const diagnosePricing = ({ prices, memory }: Facts) =>
  auditPrices(prices as never, [{ traits: { memory } }] as never);
