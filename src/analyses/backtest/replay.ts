import type { EngineVersion } from '../../model/engine-version.ts';
import { groupBy } from '../../model/group-by.ts';
import type { Level } from './engine.ts';
import { leastSameMemory } from './engine.ts';
import type { DatedFacts, ReplayedQuantity } from './extract.ts';
import type { StructureHistory } from './history.ts';
import type { Fidelity, NotReplayed, ReplayReason } from './result.ts';
import { remember } from './tally.ts';

/** A stored prediction beside the replayed one. */
export interface Replayed {
  readonly engine: EngineVersion;
  readonly quantity: ReplayedQuantity;
  /** `null`: it is the same. */
  readonly differs: Omit<NotReplayed, 'count'> | null;
}

/** Figures are the same up to this share of themselves: what sums in another order leave. */
const TOLERANCE = 1e-6;
const REPLAYED = ['execution', 'upload', 'startup'] as const;

/** Replays what the plan of a run holds, with what had ended when the run was made. */
export function replayRun(fact: DatedFacts, history: StructureHistory | null): Replayed[] {
  const { predicted, run, engine } = fact;
  const level = levelOf(run.traits.sla);
  if (predicted === null || level === null) return [];
  const least = leastSameMemory(engine);
  return REPLAYED.flatMap((quantity) =>
    predicted[quantity].flatMap(({ kind, durationsMs, sizes, memoriesMb }) => {
      const samples = history?.engineSamples(quantity, kind, run.traits.planner) ?? null;
      const predict = remember((size, memoryMb) => samples?.predict([level], size, memoryMb, least) ?? null);
      return durationsMs.map((stored, i): Replayed => {
        const replayed = predict(sizes[i] as number, memoriesMb[i] as number)?.[0] ?? null;
        const reason = compare(stored, replayed);
        const differs = reason && {
          reason,
          workflow: run.traits.workflow,
          planner: run.traits.planner,
          function: kind,
        };
        return { engine, quantity, differs };
      });
    }),
  );
}

function compare(stored: number, replayed: number | null): ReplayReason | null {
  if (replayed === null) return 'no-history-in-the-data';
  return Math.abs(stored - replayed) <= TOLERANCE * Math.abs(stored) ? null : 'other-history-in-the-data';
}

function levelOf(sla: string): Level | null {
  if (sla === 'average') return sla;
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(sla)?.[1];
  return percentile === undefined ? null : Number(percentile) / 100;
}

/** Counts what was replayed, a row a version of the engine, newer first. */
export function countReplayed(replayed: readonly Replayed[]): Fidelity[] {
  return groupBy(replayed, ({ engine }) => engine)
    .map((own): Fidelity => {
      const { engine } = own[0] as Replayed;
      const count = (quantity: ReplayedQuantity) => {
        const all = own.filter((one) => one.quantity === quantity);
        return { predictedCount: all.length, exactCount: all.filter(({ differs }) => differs === null).length };
      };
      const execution = own.filter(({ quantity }) => quantity === 'execution');
      return {
        engine,
        ...count('execution'),
        notReplayed: countDiffering(execution),
        upload: count('upload'),
        startup: count('startup'),
      };
    })
    .sort((a, b) => (a.engine < b.engine ? -1 : 1));
}

function countDiffering(replayed: readonly Replayed[]): NotReplayed[] {
  const differing = replayed.flatMap(({ differs }) => (differs === null ? [] : [differs]));
  return groupBy(
    differing,
    ({ reason }) => reason,
    ({ workflow }) => workflow,
    ({ planner }) => planner,
    (one) => one.function,
  ).map((own) => ({ ...(own[0] as (typeof differing)[number]), count: own.length }));
}
