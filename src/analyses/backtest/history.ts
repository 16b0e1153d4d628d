import { EngineSamples } from './engine.ts';
import type { BacktestFacts } from './extract.ts';
import { type BacktestQuantity, isTransfer, type Observations } from './observations.ts';
import { MOST_HALF_LIVES, type Strategy } from './strategies.ts';

/** The quantity whose observations the engine predicts another from: it has one speed for both ways. */
export const engineSource = (quantity: BacktestQuantity): BacktestQuantity =>
  quantity === 'upload' ? 'download' : quantity;

/** Observations of several runs, each with the weight that a strategy gives to its run; the newest run comes first. */
export interface WeightedObservations {
  readonly durationsMs: number[];
  readonly sizes: number[];
  readonly memoriesMb: number[];
  readonly weights: number[];
}

/** A run that has ended, with what can be asked of it without a search. */
interface PastRun {
  readonly fact: BacktestFacts;
  readonly planner: string;
}

/** What had ended of the runs of one structure, in order of their ends. */
export class StructureHistory {
  readonly #runs: PastRun[] = [];
  readonly #byPlanner = new Map<string, PastRun[]>();
  readonly #samples = new Map<string, EngineSamples>();

  readonly #weighed = new Map<string, WeightedObservations>();

  add(fact: BacktestFacts): void {
    this.#weighed.clear();
    const { planner } = fact.run.traits;
    const past = { fact, planner };
    this.#runs.push(past);
    const own = this.#byPlanner.get(planner) ?? [];
    this.#byPlanner.set(planner, own);
    own.push(past);
    for (const quantity of ENGINE_SOURCES) {
      for (const observations of fact.observations[quantity]) {
        const key = engineKey(quantity, observations.kind, planner);
        const samples = this.#samples.get(key) ?? new EngineSamples(quantity);
        this.#samples.set(key, samples);
        samples.addAll(observations);
      }
    }
  }

  /** How many runs of a planner have ended. */
  countRuns(planner: string): number {
    return this.#byPlanner.get(planner)?.length ?? 0;
  }

  /** All samples that the engine has of a kind; `null`: none. */
  engineSamples(quantity: BacktestQuantity, kind: string, planner: string): EngineSamples | null {
    return this.#samples.get(engineKey(engineSource(quantity), kind, planner)) ?? null;
  }

  /** The samples of a kind in a strategy's runs, as the engine would keep them. */
  collectSamples(strategy: Strategy, quantity: BacktestQuantity, kind: string, planner: string): EngineSamples {
    const source = engineSource(quantity);
    const samples = new EngineSamples(source);
    const isOwn = strategy.history === 'own' && source !== 'startup';
    const runs = isOwn ? (this.#byPlanner.get(planner) ?? []) : this.#runs;
    for (const { fact } of strategy.last === null ? runs : runs.slice(-strategy.last)) {
      for (const observations of fact.observations[source]) {
        if (isTransfer(source) || observations.kind === kind) samples.addAll(observations);
      }
    }
    return samples;
  }

  /** Observations of a kind, `null` for those of all kinds, with the weights of a strategy. */
  weigh(strategy: Strategy, quantity: BacktestQuantity, kind: string | null, planner: string): WeightedObservations {
    const { history, last, halfLife } = strategy;
    // Strategies share histories, and so do the runs that are made before the next one ends.
    const key = JSON.stringify([history, last, halfLife, quantity, kind, history === 'pooled' ? null : planner]);
    const known = this.#weighed.get(key) ?? this.#weighRuns(strategy, quantity, kind, planner);
    this.#weighed.set(key, known);
    return known;
  }

  #weighRuns(strategy: Strategy, quantity: BacktestQuantity, kind: string | null, planner: string) {
    const runs = strategy.history === 'own' ? (this.#byPlanner.get(planner) ?? []) : this.#runs;
    const found: WeightedObservations = { durationsMs: [], sizes: [], memoriesMb: [], weights: [] };
    for (let age = 0; age < Math.min(runs.length, countWeighed(strategy)); age++) {
      const past = runs[runs.length - 1 - age] as PastRun;
      const weight = weightOf(strategy, age, past.planner === planner);
      for (const own of past.fact.observations[quantity]) {
        if (kind === null || own.kind === kind) append(found, own, weight);
      }
    }
    return found;
  }
}

/** How many runs have a weight worth taking. */
const countWeighed = ({ last, halfLife }: Strategy): number =>
  Math.min(last ?? Number.POSITIVE_INFINITY, (halfLife ?? Number.POSITIVE_INFINITY) * MOST_HALF_LIVES);

const weightOf = ({ history, halfLife }: Strategy, age: number, isOwn: boolean): number =>
  (history === 'weighted' && !isOwn ? WEIGHT_OF_OTHERS : 1) * (halfLife === null ? 1 : 2 ** (-age / halfLife));

export const ENGINE_SOURCES: readonly BacktestQuantity[] = ['execution', 'download', 'startup'];
/** In `weighted` history, a run of another planner counts as half a run. */
const WEIGHT_OF_OTHERS = 0.5;

/** The engine keeps times by function and planner, speeds by planner, and start-ups by state. */
export function engineKey(source: BacktestQuantity, kind: string, planner: string): string {
  if (source === 'startup') return `startup ${kind}`;
  return isTransfer(source) ? `transfer ${planner}` : JSON.stringify([kind, planner]);
}

function append(to: WeightedObservations, { durationsMs, sizes, memoriesMb }: Observations, weight: number): void {
  for (let i = 0; i < durationsMs.length; i++) {
    to.durationsMs.push(durationsMs[i] as number);
    to.sizes.push(sizes[i] as number);
    to.memoriesMb.push(memoriesMb[i] as number);
    to.weights.push(weight);
  }
}
