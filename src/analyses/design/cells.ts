import type { PricedRun } from '../../cost/price-runs.ts';
import type { Block, Cell } from './blocks.ts';
import type { OfRun } from './conditions.ts';

/** A run and what it amounts to in the metrics that are asked for. */
export interface MeasuredRun extends OfRun, PricedRun {}

/** The runs of one arm in one block that have a figure for one metric. */
export interface MeasuredCell<Facts> extends Cell<Facts> {
  /** The figure of each of `facts`, in the metric's unit. */
  readonly amounts: readonly number[];
  /** The natural logarithm of each figure; `null` when one of them is not positive. */
  readonly logs: readonly number[] | null;
}

/** Measures the runs of a cell; those without a figure (`null`) are left out, which may be all. */
function measureCell<Facts>(facts: readonly Facts[], amountOf: (fact: Facts) => number | null): MeasuredCell<Facts> {
  const measured: Facts[] = [];
  const amounts: number[] = [];
  for (const fact of facts) {
    const amount = amountOf(fact);
    if (amount === null) continue;
    measured.push(fact);
    amounts.push(amount);
  }
  return { facts: measured, amounts, logs: amounts.every((amount) => amount > 0) ? amounts.map(Math.log) : null };
}

/** Measures every cell by one metric. All blocks stay: cells may be empty then. */
export const measureBlocks = <Facts>(
  blocks: readonly Block<Cell<Facts>>[],
  amountOf: (fact: Facts) => number | null,
): Block<MeasuredCell<Facts>>[] =>
  blocks.map((block) => ({ ...block, cells: block.cells.map(({ facts }) => measureCell(facts, amountOf)) }));

/** A run's figure for a metric, in its unit; `null` when it was not measured or is beyond all numbers. */
export function figureOf({ measurements }: Pick<MeasuredRun, 'measurements'>, metric: string): number | null {
  const measurement = measurements[metric];
  return typeof measurement === 'number' && Number.isFinite(measurement) ? measurement : null;
}
