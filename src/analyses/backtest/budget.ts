import { quantileOfSorted } from '../../stats/order-statistics.ts';
import { createRandom, type Random } from '../../stats/random.ts';
import { durationOf, EngineSamples, rateOf } from './engine.ts';
import type { BacktestFacts } from './extract.ts';
import { ENGINE_SOURCES, engineKey, engineSource } from './history.ts';
import type { BacktestQuantity } from './observations.ts';
import { type Asker, createPredictor, type Predictor, predictByEngine } from './predict.ts';
import type { BudgetKind } from './result.ts';
import { ENGINE } from './strategies.ts';

/** A way to keep less history than all. */
export interface Budget {
  readonly kept: BudgetKind;
  /** Runs per structure and planner; samples or quantiles per function and planner. */
  readonly amount: number;
}

const AMOUNTS: Readonly<Record<BudgetKind, readonly number[]>> = {
  'newest-runs': [1, 2, 3, 4, 6, 10],
  reservoir: [5, 10, 20, 50, 100],
  sketch: [5, 10, 20, 50, 100],
};

/** The budgets that are tried. */
export const BUDGETS: readonly Budget[] = (Object.keys(AMOUNTS) as BudgetKind[]).flatMap((kept) =>
  AMOUNTS[kept].map((amount) => ({ kept, amount })),
);

const LARGEST_RESERVOIR = Math.max(...AMOUNTS.reservoir);

/** A sample with the random key that orders a reservoir: the k least keys are a random sample of k (Vitter 1985). */
interface Sample {
  readonly key: number;
  readonly durationMs: number;
  readonly size: number;
  readonly memoryMb: number;
}

/** What is kept of the runs of one structure that have ended, whatever the budget. */
export class KeptHistory {
  readonly #random: Random;
  readonly #reservoirs = new Map<string, Sample[]>();
  readonly #rates = new Map<string, number[]>();

  constructor(seed: number) {
    this.#random = createRandom(seed);
  }

  add({ run, observations }: BacktestFacts): void {
    for (const quantity of ENGINE_SOURCES) {
      for (const { kind, durationsMs, sizes, memoriesMb } of observations[quantity]) {
        const key = engineKey(quantity, kind, run.traits.planner);
        for (let i = 0; i < durationsMs.length; i++) {
          const [durationMs, size] = [durationsMs[i] as number, sizes[i] as number];
          this.#keep(key, { key: this.#random(), durationMs, size, memoryMb: memoriesMb[i] as number });
          insert(listAt(this.#rates, key), rateOf(quantity, durationMs, size), (rate) => rate);
        }
      }
    }
  }

  #keep(key: string, sample: Sample): void {
    const reservoir = listAt(this.#reservoirs, key);
    insert(reservoir, sample, (own) => own.key);
    if (reservoir.length > LARGEST_RESERVOIR) reservoir.pop();
  }

  /** The engine's samples out of a reservoir of so many. */
  sampleReservoir(quantity: BacktestQuantity, kind: string, planner: string, amount: number): EngineSamples {
    const source = engineSource(quantity);
    const samples = new EngineSamples(source);
    const kept = this.#reservoirs.get(engineKey(source, kind, planner)) ?? [];
    for (const { durationMs, size, memoryMb } of kept.slice(0, amount)) samples.add(durationMs, size, memoryMb);
    return samples;
  }

  /** The quantile at a level of all rates, linear between so many evenly spaced ones; `null` without any. */
  sketchQuantile(
    quantity: BacktestQuantity,
    kind: string,
    planner: string,
    amount: number,
    level: number,
  ): number | null {
    const sorted = this.#rates.get(engineKey(engineSource(quantity), kind, planner));
    if (sorted === undefined) return null;
    if (sorted.length <= amount) return quantileOfSorted(sorted, level);
    const place = level * (amount - 1);
    const below = Math.min(Math.floor(place), amount - 2);
    const [low, high] = [
      quantileOfSorted(sorted, below / (amount - 1)),
      quantileOfSorted(sorted, (below + 1) / (amount - 1)),
    ];
    return low + (high - low) * (place - below);
  }
}

/** Predicts by the engine's rules from what a budget keeps. A sketch holds rates without their sizes. */
export function predictOnBudget(
  { kept, amount }: Budget,
  quantity: BacktestQuantity,
  kind: string,
  { asker, history }: { readonly asker: Asker; readonly history: KeptHistory },
  taus: readonly number[],
): Predictor {
  const { planner, engine } = asker;
  if (kept === 'newest-runs') return createPredictor({ ...ENGINE, last: amount }, quantity, kind, asker, taus);
  if (kept === 'reservoir') {
    const samples = history.sampleReservoir(quantity, kind, planner, amount);
    return predictByEngine(samples, taus, { quantity, engine, reversed: false });
  }
  const rates = taus.map((tau) => history.sketchQuantile(quantity, kind, planner, amount, tau));
  return (size) => (rates.includes(null) ? null : rates.map((rate) => durationOf(quantity, rate as number, size)));
}

function listAt<Item>(lists: Map<string, Item[]>, key: string): Item[] {
  const known = lists.get(key);
  if (known) return known;
  const list: Item[] = [];
  lists.set(key, list);
  return list;
}

/** Inserts in ascending order. */
function insert<Item>(list: Item[], item: Item, of: (item: Item) => number): void {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (of(list[middle] as Item) <= of(item)) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, item);
}
