import type { MissingReason } from '../../model/metrics.ts';

/** The quantities are all that plans predict; `--quantity` takes their keys. */
export const QUANTITIES = [
  { key: 'makespan', label: 'makespan', unit: 'ms', speed: false },
  { key: 'execution-time', label: 'execution time', unit: 'ms', speed: false },
  { key: 'download-time', label: 'download time', unit: 'ms', speed: true },
  { key: 'upload-time', label: 'upload time', unit: 'ms', speed: true },
  { key: 'input-bytes', label: 'input bytes', unit: 'bytes', speed: false },
  { key: 'output-bytes', label: 'output bytes', unit: 'bytes', speed: false },
  { key: 'startup-time', label: 'worker start-up time', unit: 'ms', speed: false },
] as const;

/** A key names a quantity in flags and machine formats. */
export type QuantityKey = (typeof QUANTITIES)[number]['key'];

/** A quantity is predicted by plans and recorded for runs, in its base unit. */
export interface Quantity {
  readonly key: QuantityKey;
  readonly label: string;
  readonly unit: 'ms' | 'bytes';
  /** The SLA's percentile is asked of a speed: the asked percentile of the time is what is left to 100. */
  readonly speed: boolean;
}

/** Finds the quantity of a key. */
export const quantityOf = (key: QuantityKey): Quantity =>
  QUANTITIES.find((quantity) => quantity.key === key) as Quantity;

/** Why a run has no pair of prediction and figure for a quantity; each is a reason in the ledger. */
export type NoPair = MissingReason | 'no-prediction';

/** Predicted and actual, in the quantity's unit. */
export interface Pair {
  readonly predicted: number;
  readonly actual: number;
}

/**
 * The share of runs that a prediction under this SLA was asked to cover, 0…1: the percentile itself, or what is left to 100
 * where it was asked of a transfer speed. `null` for `average`, which asks for no share.
 */
export function askedLevelOf(sla: string, quantity: Quantity): number | null {
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(sla)?.[1];
  if (percentile === undefined) return null;
  return quantity.speed ? (100 - Number(percentile)) / 100 : Number(percentile) / 100;
}
