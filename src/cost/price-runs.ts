import { COST, type Measured } from '../model/metrics.ts';
import { type Bill, createBiller } from './bill.ts';
import type { PriceTable } from './price-table.ts';

/** A measured run, with its bill where a cost was asked for and the run has one. */
export interface PricedRun extends Measured {
  readonly bill?: Bill;
}

/**
 * Fills in the costs in USD: the cold starts of all runs tell what one costs. Runs stay as they are where no cost is asked for (`prices`
 * is `null`). `UserError` where the table has no price for a memory size.
 */
export function priceRuns<Run extends PricedRun>(runs: readonly Run[], prices: PriceTable | null): Run[] {
  if (prices === null) return [...runs];
  const bill = createBiller(
    prices,
    runs.flatMap(({ use }) => use ?? []),
  );
  return runs.map((run) => {
    const written = bill(run.use ?? 'not-priced');
    return typeof written === 'string'
      ? { ...run, measurements: { ...run.measurements, [COST]: written } }
      : { ...run, measurements: { ...run.measurements, [COST]: written.totalUsd }, bill: written };
  });
}
