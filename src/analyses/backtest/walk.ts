import { ENGINE_WORDS, type EngineVersion } from '../../model/engine-version.ts';
import { BUDGETS, KeptHistory, predictOnBudget } from './budget.ts';
import type { BacktestFacts, DatedFacts } from './extract.ts';
import { StructureHistory } from './history.ts';
import { BACKTEST_QUANTITIES, type BacktestQuantity } from './observations.ts';
import type { BacktestOptions } from './options.ts';
import { createPredictor, type Predictor } from './predict.ts';
import { type Replayed, replayRun } from './replay.ts';
import { ENGINE, isOfAllKinds, quantitiesOf, type Strategy } from './strategies.ts';
import { type Asked, type PredictKind, type RunTally, tallyRun } from './tally.ts';

/** Tells the engines of runs that do not: a run that was not measured is of the engine of the run before it. */
export function tellEngines(facts: readonly Omit<DatedFacts, 'engine'>[]): DatedFacts[] {
  let last: EngineVersion = 'unknown';
  return [...facts]
    .sort((a, b) => a.createdAtMs - b.createdAtMs || byId(a, b))
    .map((fact) => {
      const { resourceMeasure } = fact.run.traits;
      if (resourceMeasure !== null) last = ENGINE_WORDS[resourceMeasure];
      return { ...fact, engine: last };
    });
}

/** What walking through all runs gives. */
export interface Walked {
  readonly replayed: readonly Replayed[];
  /** By variant, in order of creation: the engine's own first, then the other strategies of the quantity, then the budgets. */
  readonly tallies: Readonly<Record<BacktestQuantity, readonly (readonly RunTally[])[]>>;
  readonly withoutHistory: readonly DatedFacts[];
}

/** Lists the strategies of a quantity, the engine's first. */
export const strategiesOf = (quantity: BacktestQuantity, strategies: readonly Strategy[]): readonly Strategy[] => [
  ENGINE,
  ...strategies.filter((strategy) => strategy !== ENGINE && quantitiesOf(strategy).includes(quantity)),
];

/** What had ended of one structure. */
interface Ended {
  readonly history: StructureHistory;
  /** `null`: no budgets are asked for. */
  readonly kept: KeptHistory | null;
}

/** Predicts every run from what had ended before it was made: nothing that came later can move it. */
export function walkRuns(byCreation: readonly DatedFacts[], options: BacktestOptions, seed: number): Walked {
  // Versions of the engine keep their history apart.
  const structures = new Map<string, Ended>();
  const keyOf = ({ engine, run }: DatedFacts) => `${engine} ${run.traits.structure}`;
  const replayed: Replayed[][] = [];
  const withoutHistory: DatedFacts[] = [];
  const tallies: Record<BacktestQuantity, RunTally[][]> = { execution: [], download: [], upload: [], startup: [] };
  const endUntil = endInOrder(byCreation, (fact) => {
    const known = structures.get(keyOf(fact));
    if (known) return known;
    const history = new StructureHistory();
    const ended = { history, kept: options.withBudget ? new KeptHistory(seed) : null };
    structures.set(keyOf(fact), ended);
    return ended;
  });
  for (const fact of byCreation) {
    endUntil(fact.createdAtMs);
    const ended = structures.get(keyOf(fact)) ?? null;
    replayed.push(replayRun(fact, ended?.history ?? null));
    const earlierCount = ended?.history.countRuns(fact.run.traits.planner) ?? 0;
    if (ended === null || earlierCount === 0) {
      withoutHistory.push(fact);
      continue;
    }
    for (const quantity of BACKTEST_QUANTITIES) {
      const own = tallyQuantity({ fact, earlierCount, quantity, taus: options.taus }, ended, options);
      for (const [variant, tally] of own.entries()) {
        tallies[quantity][variant] ??= [];
        tallies[quantity][variant]?.push(tally);
      }
    }
  }
  return { replayed: replayed.flat(), tallies, withoutHistory };
}

const byId = (a: BacktestFacts, b: BacktestFacts): number =>
  a.run.runId < b.run.runId ? -1 : Number(a.run.runId > b.run.runId);

/** Gives a function that adds to the histories what ended before an instant, which may only grow. */
function endInOrder(facts: readonly DatedFacts[], endedOf: (fact: DatedFacts) => Ended) {
  const endOf = ({ run }: BacktestFacts) => run.finishedAtMs ?? Number.POSITIVE_INFINITY;
  const byEnd = [...facts].sort((a, b) => endOf(a) - endOf(b) || byId(a, b));
  let count = 0;
  return (instantMs: number) => {
    for (let next = byEnd[count]; next !== undefined && endOf(next) < instantMs; next = byEnd[++count]) {
      const { history, kept } = endedOf(next);
      history.add(next);
      kept?.add(next);
    }
  };
}

function tallyQuantity(asked: Asked, { history, kept }: Ended, { strategies }: BacktestOptions): RunTally[] {
  const { fact, quantity, taus } = asked;
  const asker = { history, planner: fact.run.traits.planner, engine: fact.engine };
  const [engine, ...others] = strategiesOf(quantity, strategies).map((strategy): PredictKind => {
    const create = (kind: string) => createPredictor(strategy, quantity, kind, asker, taus);
    if (!isOfAllKinds(strategy)) return create;
    let shared: Predictor | null = null;
    return (kind) => {
      shared ??= create(kind);
      return shared;
    };
  });
  const onBudgets =
    kept === null
      ? []
      : BUDGETS.map(
          (budget): PredictKind =>
            (kind) =>
              predictOnBudget(budget, quantity, kind, { asker, history: kept }, taus),
        );
  return tallyRun(asked, engine as PredictKind, [...others, ...onBudgets]);
}
