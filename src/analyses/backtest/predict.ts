import type { EngineVersion } from '../../model/engine-version.ts';
import { fitTheilSen } from '../../stats/theil-sen.ts';
import { fitWeighted } from '../../stats/weighted-line.ts';
import { type QuantileMethod, sortWeighted, weightedQuantile } from '../../stats/weighted-quantile.ts';
import { type EngineSamples, leastSameMemory } from './engine.ts';
import type { StructureHistory, WeightedObservations } from './history.ts';
import { type BacktestQuantity, isTransfer } from './observations.ts';
import { isOfAllKinds, type Model, type Strategy } from './strategies.ts';

/** Predicts the duration in ms of an item of a size and memory at each level asked for; `null`: no history. */
export type Predictor = (size: number, memoryMb: number) => readonly number[] | null;

/** The one who asks is a run's planner and engine, with what had ended when the run was made. */
export interface Asker {
  readonly history: StructureHistory;
  readonly planner: string;
  readonly engine: EngineVersion;
}

/** Creates a strategy's predictor of one kind of a quantity. `taus`: levels of the duration, 0…1. */
export function createPredictor(
  strategy: Strategy,
  quantity: BacktestQuantity,
  kind: string,
  { history, planner, engine }: Asker,
  taus: readonly number[],
): Predictor {
  const { model } = strategy;
  if (model === 'engine') {
    const isWhole = strategy.last === null && strategy.history === 'own';
    const samples = isWhole
      ? history.engineSamples(quantity, kind, planner)
      : history.collectSamples(strategy, quantity, kind, planner);
    return predictByEngine(samples, taus, { quantity, engine, reversed: strategy.reversed });
  }
  const observations = history.weigh(strategy, quantity, isOfAllKinds(strategy) ? null : kind, planner);
  return BY_MODEL[model]({ observations, quantity, taus, method: strategy.quantile });
}

/** Predicts as the engine does, which asks for a percentile of a transfer's speed, unless reversed. */
export function predictByEngine(
  samples: EngineSamples | null,
  taus: readonly number[],
  asked: { readonly quantity: BacktestQuantity; readonly engine: EngineVersion; readonly reversed: boolean },
): Predictor {
  if (samples === null) return () => null;
  const levels = asked.reversed && isTransfer(asked.quantity) ? taus.map((tau) => 1 - tau) : taus;
  const least = leastSameMemory(asked.engine);
  return (size, memoryMb) => samples.predict(levels, size, memoryMb, least);
}

/** What a model is fitted to, and asked for. */
interface Fitting {
  readonly observations: WeightedObservations;
  readonly quantity: BacktestQuantity;
  readonly taus: readonly number[];
  readonly method: QuantileMethod;
}

const BY_MODEL: Readonly<Record<Exclude<Model, 'engine'>, (fitting: Fitting) => Predictor>> = {
  'per-byte': predictPerByte,
  regression: predictByRegression,
  'latency-bandwidth': predictByBandwidth,
  burst: predictBurst,
};

const NOTHING: Predictor = () => null;

function quantilesOf(values: readonly number[], { observations, taus, method }: Fitting): number[] {
  const sorted = sortWeighted(values, observations.weights);
  return taus.map((tau) => weightedQuantile(sorted, tau, method) as number);
}

/** Predicts quantiles of time per byte × size; start-ups have none, and are predicted as they are. */
function predictPerByte(fitting: Fitting): Predictor {
  const { durationsMs, sizes } = fitting.observations;
  if (durationsMs.length === 0) return NOTHING;
  const isStartup = fitting.quantity === 'startup';
  const rates = isStartup ? durationsMs : durationsMs.map((ms, i) => ms / (sizes[i] as number));
  const quantiles = quantilesOf(rates, fitting);
  return (size) => (isStartup ? quantiles : quantiles.map((rate) => rate * size));
}

/** Observations that a regression needs: two for each of its coefficients. */
const LEAST_FITTED = 6;

/** Predicts by ln time = a + b·ln size + c·ln memory and quantiles of what is left over. Start-ups have no size. */
function predictByRegression(fitting: Fitting): Predictor {
  const { durationsMs, sizes, memoriesMb, weights } = fitting.observations;
  if (durationsMs.length < LEAST_FITTED) return NOTHING;
  const isStartup = fitting.quantity === 'startup';
  const columnsOf = (size: number, memoryMb: number) =>
    isStartup ? [Math.log(memoryMb)] : [Math.log(size), Math.log(memoryMb)];
  const rows = sizes.map((size, i) => columnsOf(size, memoriesMb[i] as number));
  const y = durationsMs.map(Math.log);
  const columns = columnsOf(1, 1).map((_, column) => rows.map((row) => row[column] as number));
  const fit = fitWeighted(columns, y, weights);
  if (fit === null) return NOTHING;
  const fitted = (row: readonly number[]) =>
    row.reduce((sum, x, column) => sum + x * (fit.slopes[column] as number), fit.intercept);
  const left = quantilesOf(
    y.map((own, i) => own - fitted(rows[i] as number[])),
    fitting,
  );
  return (size, memoryMb) => left.map((own) => Math.exp(fitted(columnsOf(size, memoryMb)) + own));
}

/** Transfers that latency and bandwidth are told from, the newest: all pairs of them are looked at. */
const MOST_TRANSFERS = 60;

/** Predicts by latency + size ÷ bandwidth (Theil–Sen) and quantiles of what is left over, over all functions. */
function predictByBandwidth(fitting: Fitting): Predictor {
  const recent = newest(fitting.observations, MOST_TRANSFERS);
  return predictByLine({ ...fitting, observations: recent }, fitTheilSen(recent.sizes, recent.durationsMs));
}

/** Predicts cold starts by a line in the cold starts under way; warm ones have nothing to wait for, and a flat line. */
function predictBurst(fitting: Fitting): Predictor {
  const { sizes, durationsMs, weights } = fitting.observations;
  const fit = fitWeighted([sizes], durationsMs, weights);
  return predictByLine(fitting, fit && { intercept: fit.intercept, slope: fit.slopes[0] as number });
}

function predictByLine(
  fitting: Fitting,
  line: { readonly intercept: number; readonly slope: number } | null,
): Predictor {
  if (line === null) return NOTHING;
  const { sizes, durationsMs } = fitting.observations;
  const slope = Math.max(0, line.slope);
  const left = quantilesOf(
    durationsMs.map((ms, i) => ms - slope * (sizes[i] as number)),
    fitting,
  );
  return (size) => left.map((own) => Math.max(0, own + slope * size));
}

const newest = (
  { durationsMs, sizes, memoriesMb, weights }: WeightedObservations,
  most: number,
): WeightedObservations => ({
  durationsMs: durationsMs.slice(0, most),
  sizes: sizes.slice(0, most),
  memoriesMb: memoriesMb.slice(0, most),
  weights: weights.slice(0, most),
});
