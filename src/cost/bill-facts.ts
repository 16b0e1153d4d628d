import { isBillable } from '../model/billable-use.ts';
import { COST, type Measurement, type RawMeasurement } from '../model/metrics.ts';
import { type Bill, createBiller } from './bill.ts';
import type { PriceTable } from './price-table.ts';

/** Facts with all figures in: what `measureRun` gives, and then what the bill came to. */
export type Billed<Facts> = Omit<Facts, 'measurements'> & {
  readonly measurements: Readonly<Record<string, Measurement>>;
  /** Left out where no cost is asked for, or there is none. */
  readonly bill?: Bill;
};

/**
 * Puts the cost in USD in place of what each run used, learning cold starts from all of them; facts without it stay as they are.
 * `prices`: `null` where no cost is asked for. `UserError` where the table has no price for a memory size.
 */
export function billFacts<Facts extends { readonly measurements: Readonly<Record<string, RawMeasurement>> }>(
  facts: readonly Facts[],
  prices: PriceTable | null,
): Billed<Facts>[] {
  if (prices === null) return [...facts] as Billed<Facts>[];
  const useOf = ({ measurements }: Facts) => measurements[COST];
  const bill = createBiller(prices, facts.map(useOf).filter(isBillable));
  return facts.map((fact) => {
    const use = useOf(fact);
    if (!isBillable(use)) return fact as Billed<Facts>;
    const written = bill(use);
    const withCost = (cost: Measurement) => ({ ...fact.measurements, [COST]: cost }) as Record<string, Measurement>;
    return typeof written === 'string'
      ? { ...fact, measurements: withCost(written) }
      : { ...fact, measurements: withCost(written.totalUsd), bill: written };
  });
}
