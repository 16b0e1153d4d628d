import { range } from 'd3-array';
import type { EngineVersion } from '../../model/engine-version.ts';
import { countBelow, quantileOfSorted, sortNumbers } from '../../stats/order-statistics.ts';
import { sampleMean } from '../../stats/summary.ts';
import { GrowingNumbers } from './growing-numbers.ts';
import type { BacktestQuantity, Observations } from './observations.ts';

/**
 * The engine's predictor, replayed. Durations are predicted per byte, transfers by their speed, start-ups as they are. Found from
 * records alone: it gives what plans hold (`replay.ts` counts how often).
 */

/** The level asked for: 0…1, or the mean. */
export type Level = number | 'average';

/** Samples of the same memory from which on others are left out. The older engine wants one less. */
export const leastSameMemory = (engine: EngineVersion): number => (engine === 'older' ? 5 : 6);

/** Times shrink with memory^0.3, by the engine's belief; it has speeds and times of start-ups grow with it. */
const MEMORY_EXPONENT = 0.3;

/** A window grows by this share of its base size at a time, up to all of it. */
const [WINDOW_STEP, MOST_STEPS] = [0.05, 20];
/** Samples in a window at least, and at most. */
const [LEAST_SAMPLES, MOST_SAMPLES] = [5, 100];

/** What the engine keeps of an observation: time per byte, bytes per ms, or ms. */
export function rateOf(quantity: BacktestQuantity, durationMs: number, size: number): number {
  if (quantity === 'startup') return durationMs;
  return quantity === 'execution' ? durationMs / size : size / durationMs;
}

/** The duration that a rate gives, in ms. */
export function durationOf(quantity: BacktestQuantity, rate: number, size: number): number {
  if (quantity === 'startup') return rate;
  return quantity === 'execution' ? rate * size : size / rate;
}

/** Rates of samples in order of their sizes, those of one size in order of their rates. */
class SizedRates {
  readonly #sizes = new GrowingNumbers();
  readonly #rates = new GrowingNumbers();

  get sizes(): Float64Array {
    return this.#sizes.view;
  }

  get rates(): Float64Array {
    return this.#rates.view;
  }

  /** The mean or a quantile of the sizes. */
  sizeAt(level: Level): number {
    return level === 'average' ? (this.#sizes.mean as number) : quantileOfSorted(this.sizes, level);
  }

  /** The mean or a quantile of the rates, which have to be of one size: those are in order. */
  rateAt(level: Level): number {
    return level === 'average' ? (this.#rates.mean as number) : quantileOfSorted(this.rates, level);
  }

  add(size: number, rate: number): void {
    const [sizes, rates] = [this.sizes, this.rates];
    let [low, high] = [0, sizes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const own = sizes[middle] as number;
      if (own < size || (own === size && (rates[middle] as number) <= rate)) low = middle + 1;
      else high = middle;
    }
    this.#sizes.insert(low, size);
    this.#rates.insert(low, rate);
  }
}

/** The samples of one kind by the memory of their workers. */
export class EngineSamples {
  readonly #quantity: BacktestQuantity;
  readonly #byMemory = new Map<number, SizedRates>();
  /** The samples of all memories scaled to one, for those that were asked for: they grow with the samples. */
  readonly #scaled = new Map<number, SizedRates>();

  constructor(quantity: BacktestQuantity) {
    this.#quantity = quantity;
  }

  addAll({ durationsMs, sizes, memoriesMb }: Omit<Observations, 'kind'>): void {
    for (let i = 0; i < durationsMs.length; i++) {
      this.add(durationsMs[i] as number, sizes[i] as number, memoriesMb[i] as number);
    }
  }

  add(durationMs: number, size: number, memoryMb: number): void {
    const own = this.#byMemory.get(memoryMb) ?? new SizedRates();
    this.#byMemory.set(memoryMb, own);
    const sizeInOrder = this.#quantity === 'startup' ? 0 : size;
    const rate = rateOf(this.#quantity, durationMs, size);
    own.add(sizeInOrder, rate);
    for (const [askedMb, scaled] of this.#scaled) scaled.add(sizeInOrder, rate * this.#scaleOf(memoryMb, askedMb));
  }

  /** Predicts durations in ms for an item of a size, one for each level; `null` without samples. */
  predict(levels: readonly Level[], size: number, memoryMb: number, least: number): number[] | null {
    const samples = this.#chooseSamples(memoryMb, least);
    if (samples.sizes.length === 0) return null;
    const windows = new Map<string, ArrayLike<number>>();
    return levels.map((level) => {
      // Start-ups have no size: all are taken.
      if (this.#quantity === 'startup') return samples.rateAt(level);
      const [from, to] = findWindow(samples, size, level);
      const key = `${from} ${to}`;
      const rates = windows.get(key) ?? takeRates(samples, from, to, size);
      windows.set(key, rates);
      return durationOf(this.#quantity, levelOf(rates, level), size);
    });
  }

  #chooseSamples(memoryMb: number, least: number): SizedRates {
    const same = this.#byMemory.get(memoryMb);
    if (same !== undefined && same.sizes.length >= least) {
      this.#scaled.delete(memoryMb);
      return same;
    }
    const scaled = this.#scaled.get(memoryMb) ?? this.#scaleAll(memoryMb);
    this.#scaled.set(memoryMb, scaled);
    return scaled;
  }

  #scaleAll(memoryMb: number): SizedRates {
    const all = new SizedRates();
    for (const [ofMb, { sizes, rates }] of this.#byMemory) {
      const scale = this.#scaleOf(ofMb, memoryMb);
      for (let i = 0; i < sizes.length; i++) all.add(sizes[i] as number, (rates[i] as number) * scale);
    }
    return all;
  }

  /** Speeds and start-ups are scaled the other way round than what the engine believes of times. */
  #scaleOf(ofMb: number, memoryMb: number): number {
    return (this.#quantity === 'execution' ? ofMb / memoryMb : memoryMb / ofMb) ** MEMORY_EXPONENT;
  }
}

const levelOf = (sorted: ArrayLike<number>, level: Level): number =>
  level === 'average' ? (sampleMean(Array.from(sorted)) as number) : quantileOfSorted(sorted, level);

type Window = readonly [from: number, to: number];

/** Finds the places of the samples next to a size: the first window that holds enough; from -1 on: none does, so many are the nearest. */
function findWindow(samples: SizedRates, size: number, level: Level): Window {
  const { sizes, rates } = samples;
  const base = samples.sizeAt(level);
  for (let step = 1; step <= MOST_STEPS; step++) {
    const reach = base * WINDOW_STEP * step;
    const from = countBelow(sizes, size - reach);
    const to = countBelow(sizes, size + reach, true);
    if (to - from >= LEAST_SAMPLES) return [from, to];
  }
  return [-1, Math.min(LEAST_SAMPLES, rates.length)];
}

/**
 * The rates inside a window, ascending. Where that holds too many, the exact sizes come first, then the nearest below and above in equal
 * shares.
 */
function takeRates(samples: SizedRates, from: number, to: number, size: number): ArrayLike<number> {
  const { sizes, rates } = samples;
  const rateAt = (place: number) => rates[place] as number;
  if (from < 0) return sortNumbers(listNearest(samples, size, to).map(rateAt));
  if (to - from <= MOST_SAMPLES) return sortNumbers(rates.subarray(from, to));
  const [exactFrom, exactTo] = [countBelow(sizes, size), countBelow(sizes, size, true)];
  // Which hundred of more exact ones the engine takes depends on an order that no export has: all of them stand for any.
  const exact = rates.subarray(exactFrom, exactTo);
  const missing = MOST_SAMPLES - exact.length;
  if (missing <= 0) return exact;
  const below = Math.min(exactFrom - from, Math.floor(missing / 2));
  const above = Math.min(to - exactTo, missing - below);
  const fill = Math.min(exactFrom - from, missing - above);
  return sortNumbers([
    ...listBelow(samples, exactFrom, fill).map(rateAt),
    ...exact,
    ...rates.subarray(exactTo, exactTo + above),
  ]);
}

/** Lists the places of the nearest sizes; of those equally near, the smallest rates. */
function listNearest(samples: SizedRates, size: number, count: number): number[] {
  const { sizes, rates } = samples;
  const [exactFrom, exactTo] = [countBelow(sizes, size), countBelow(sizes, size, true)];
  const places = [
    ...listBelow(samples, exactFrom, count),
    ...range(exactFrom, Math.min(exactTo, exactFrom + count)),
    ...range(exactTo, Math.min(sizes.length, exactTo + count)),
  ];
  const distanceAt = (place: number) => Math.abs((sizes[place] as number) - size);
  return places
    .sort((a, b) => distanceAt(a) - distanceAt(b) || (rates[a] as number) - (rates[b] as number))
    .slice(0, count);
}

/** Lists the places of the largest sizes below a place, at most so many; of those of one size, the smallest rates. */
function listBelow({ sizes }: SizedRates, to: number, count: number): number[] {
  const places: number[] = [];
  for (let end = to; end > 0 && places.length < count; ) {
    const first = countBelow(sizes, sizes[end - 1] as number);
    places.push(...range(first, Math.min(end, first + count - places.length)));
    end = first;
  }
  return places;
}
