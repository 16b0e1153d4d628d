import { pinballLoss } from '../../stats/pinball.ts';
import type { DatedFacts } from './extract.ts';
import type { BacktestQuantity } from './observations.ts';
import type { Predictor } from './predict.ts';

/** What the predictions of one run, quantity and variant came to, at each level. */
export interface RunTally {
  readonly fact: DatedFacts;
  /** Runs of its planner and structure that had ended when it was made. */
  readonly earlierCount: number;
  readonly itemCount: number;
  readonly fallbackCount: number;
  /** Σ pinball loss ÷ Σ actual time, by level. */
  readonly losses: Float64Array;
  readonly coveredCounts: Float64Array;
  /** |predicted − actual| ÷ actual of every item, level after level. */
  readonly errors: Float64Array;
}

/** A way to predict one quantity of one run: its predictor of each kind. */
export type PredictKind = (kind: string) => Predictor;

/** A run that has history, with the levels asked for. */
export interface Asked {
  readonly fact: DatedFacts;
  readonly earlierCount: number;
  readonly quantity: BacktestQuantity;
  readonly taus: readonly number[];
}

/**
 * Tallies one way to predict a run's items of a quantity after the other, on the items for which the engine has history: where another
 * way has none, it takes the engine's. The engine's own is the first; without such items there is nothing.
 */
export function tallyRun(asked: Asked, engine: PredictKind, others: readonly PredictKind[]): RunTally[] {
  const { fact, quantity, taus } = asked;
  const items: Item[] = [];
  for (const { kind, durationsMs, sizes, memoriesMb } of fact.observations[quantity]) {
    const predictOwn = remember(engine(kind));
    const predictOthers = others.map((predict) => remember(predict(kind)));
    for (let i = 0; i < durationsMs.length; i++) {
      const [size, memoryMb] = [sizes[i] as number, memoriesMb[i] as number];
      const own = predictOwn(size, memoryMb);
      if (own === null) continue;
      const predictions = predictOthers.map((predict) => predict(size, memoryMb));
      items.push({ actualMs: durationsMs[i] as number, predictions: [own, ...predictions] });
    }
  }
  if (items.length === 0) return [];
  return [engine, ...others].map((_, variant) => tallyVariant(asked, items, variant, taus));
}

/** An item's predictions, the engine's first. */
interface Item {
  readonly actualMs: number;
  readonly predictions: readonly (readonly number[] | null)[];
}

function tallyVariant(asked: Asked, items: readonly Item[], variant: number, taus: readonly number[]): RunTally {
  const losses = new Float64Array(taus.length);
  const coveredCounts = new Float64Array(taus.length);
  const errors = new Float64Array(taus.length * items.length);
  let [totalMs, fallbackCount] = [0, 0];
  for (const [i, { actualMs, predictions }] of items.entries()) {
    const own = predictions[variant] ?? null;
    if (own === null) fallbackCount++;
    const predicted = own ?? (predictions[0] as readonly number[]);
    totalMs += actualMs;
    for (const [level, tau] of taus.entries()) {
      const predictedMs = predicted[level] as number;
      losses[level] = (losses[level] as number) + pinballLoss(tau, predictedMs, actualMs);
      if (actualMs <= predictedMs) coveredCounts[level] = (coveredCounts[level] as number) + 1;
      errors[level * items.length + i] = Math.abs(predictedMs - actualMs) / actualMs;
    }
  }
  const { fact, earlierCount } = asked;
  const shares = losses.map((loss) => loss / totalMs);
  return { fact, earlierCount, itemCount: items.length, fallbackCount, losses: shares, coveredCounts, errors };
}

/** Remembers predictions: tasks of one function are often of one size, and each is predicted once. */
export function remember(predict: Predictor): Predictor {
  const known = new Map<number, Map<number, ReturnType<Predictor>>>();
  return (size, memoryMb) => {
    const bySize = known.get(memoryMb) ?? new Map<number, ReturnType<Predictor>>();
    known.set(memoryMb, bySize);
    if (bySize.has(size)) return bySize.get(size) ?? null;
    const predicted = predict(size, memoryMb);
    bySize.set(size, predicted);
    return predicted;
  };
}
