import { least, rollup } from 'd3-array';
import { createBiller, priceMemory } from '../../cost/bill.ts';
import type { PriceTable } from '../../cost/price-table.ts';
import { groupBy, jointKey } from '../../model/group-by.ts';
import {
  listReplayedSessions,
  type ReplayChange,
  type ReplayedRun,
  type ReplayNetwork,
  type ReplayWorker,
  replayRun,
} from '../../model/replay.ts';
import type { MemoryFacts } from './extract.ts';
import { isCarriedByFew } from './fit.ts';
import type { BestAllocation, FunctionMemory } from './result.ts';

/** The cheapest size of every worker, by the functions that it runs: recorded runs in, their replays with these sizes out. */

type ReplayableFacts = Omit<MemoryFacts, 'network'> & { readonly network: ReplayNetwork };

const isReplayable = (fact: MemoryFacts): fact is MemoryFacts & ReplayableFacts => typeof fact.network !== 'string';

/** Whether an exponent has an interval that holds. */
const isKnown = ({ ciLow, effectiveRunCount }: FunctionMemory): boolean =>
  ciLow !== null && effectiveRunCount !== null && !isCarriedByFew(effectiveRunCount);

/** Which exponent of a function a replay takes: the estimate, or an end of its interval. */
type End = 'exponent' | 'ciLow' | 'ciHigh';

/** A run with its workers' new sizes, and how its replays come out. */
interface ReplayedAllocation {
  readonly fact: ReplayableFacts;
  readonly workerCount: number;
  readonly changedCount: number;
  readonly makespansMs: Readonly<Record<End, number>>;
  /** `null`: the run has no bill. */
  readonly costs: { readonly recorded: number; readonly replayed: number } | null;
}

/**
 * Replays every run of `facts` with the cheapest sizes. A worker that runs a function whose exponent is not known keeps its size; tasks
 * too short to be fitted take as long as recorded. `null`: no run can be replayed, or no exponent is known.
 */
export function replayBestAllocation(
  facts: readonly MemoryFacts[],
  functions: readonly FunctionMemory[],
  prices: PriceTable,
): BestAllocation | null {
  const replayable: readonly ReplayableFacts[] = facts.filter(isReplayable);
  if (replayable.length === 0 || !functions.some(isKnown)) return null;
  const fits = rollup(
    functions,
    ([own]) => own as FunctionMemory,
    ({ workflow, structure }) => jointKey(workflow, structure),
    (own) => own.function,
  );
  const bill = createBiller(
    prices,
    facts.map(({ use }) => use),
  );
  const replayed = replayable.map((fact): ReplayedAllocation => {
    const { workflow, structure } = fact.run.traits;
    const own = fits.get(jointKey(workflow, structure));
    return replayAllocation(
      fact,
      fact.network.functions.map((name) => own?.get(name) ?? null),
      prices,
      bill,
    );
  });
  return summarize(replayed);
}

/** The fit of each of the network's functions; `null`: it has none. */
type Fits = readonly (FunctionMemory | null)[];

function replayAllocation(
  fact: ReplayableFacts,
  fits: Fits,
  prices: PriceTable,
  bill: ReturnType<typeof createBiller>,
): ReplayedAllocation {
  const { network, use } = fact;
  const sizes = chooseSizes(network, fits, prices);
  const changedCount = network.workers.filter(([memoryMb], i) => memoryMb !== sizes[i]).length;
  const recorded = replayRun(network);
  const replayAt = (end: End) =>
    changedCount === 0 ? recorded : replayRun(network, { executionMs: scaleTasks(network, sizes, fits, end) });
  const cheapest = replayAt('exponent');
  const makespansMs = {
    exponent: cheapest.makespanMs,
    ciLow: replayAt('ciLow').makespanMs,
    ciHigh: replayAt('ciHigh').makespanMs,
  };
  const costOf = (replay: ReplayedRun, own: ReplayNetwork): number | null => {
    const sessions = typeof use === 'string' ? null : listReplayedSessions(own, replay);
    if (sessions === null || typeof use === 'string') return null;
    const written = bill({ sessions, prewarmsMb: use.prewarmsMb });
    return typeof written === 'string' ? null : written.totalUsd;
  };
  const recordedCost = costOf(recorded, network);
  const replayedCost = changedCount === 0 ? recordedCost : costOf(cheapest, resizeWorkers(network, sizes));
  return {
    fact,
    workerCount: network.workers.length,
    changedCount,
    makespansMs,
    costs: recordedCost === null || replayedCost === null ? null : { recorded: recordedCost, replayed: replayedCost },
  };
}

/** The size of each worker: of those that all its functions ran with, the one whose executions cost least; ties keep the smallest. */
function chooseSizes(network: ReplayNetwork, fits: Fits, prices: PriceTable): (number | null)[] {
  const executedMs = network.workers.map(() => new Map<FunctionMemory | null, number>());
  const { functionIndex, worker: workerOf, executionMs } = network.tasks;
  for (const [place, worker] of workerOf.entries()) {
    const fit = fits[functionIndex[place] as number] ?? null;
    const own = executedMs[worker];
    own?.set(fit, (own.get(fit) ?? 0) + (executionMs[place] as number));
  }
  return network.workers.map(([recordedMb], worker) => {
    const own = executedMs[worker] as ReadonlyMap<FunctionMemory | null, number>;
    const fitted = [...own.keys()].filter((fit) => fit !== null);
    const [first, ...others] = fitted;
    if (recordedMb === null || first === undefined || !fitted.every(isKnown)) return recordedMb;
    const common = first.memoryMb.filter((size) => others.every(({ memoryMb }) => memoryMb.includes(size)));
    const costOf = (size: number) => {
      let ms = 0;
      for (const [fit, ownMs] of own) ms += ownMs * scaleTime(fit, recordedMb, size);
      return ms * priceMemory(size, prices);
    };
    return least(common, costOf) ?? recordedMb;
  });
}

/** How many times as long a task takes with another size. */
const scaleTime = (fit: FunctionMemory | null, fromMb: number, toMb: number, end: End = 'exponent'): number =>
  (toMb / fromMb) ** -(fit?.[end] ?? 0);

const resizeWorkers = (network: ReplayNetwork, sizes: readonly (number | null)[]): ReplayNetwork => ({
  ...network,
  workers: network.workers.map(([, state, upstream, lagMs, startupMs], i): ReplayWorker => {
    const memoryMb = sizes[i] ?? null;
    return [memoryMb, state, upstream, lagMs, startupMs];
  }),
});

/** Has tasks take as long as the new sizes of their workers let them. */
function scaleTasks(
  { tasks }: ReplayNetwork,
  sizes: readonly (number | null)[],
  fits: Fits,
  end: End,
): NonNullable<ReplayChange['executionMs']> {
  return (executionMs, _, fromMb, place) => {
    const toMb = sizes[tasks.worker[place] as number] ?? null;
    if (fromMb === null || toMb === null || fromMb === toMb) return executionMs;
    return executionMs * scaleTime(fits[tasks.functionIndex[place] as number] ?? null, fromMb, toMb, end);
  };
}

function summarize(replayed: readonly ReplayedAllocation[]): BestAllocation {
  const blocks = groupBy(
    replayed,
    ({ fact }) => fact.run.traits.workflow,
    ({ fact }) => fact.run.traits.structure,
    ({ fact }) => fact.run.traits.sla,
  );
  const changeOf = (ratioOf: (own: ReplayedAllocation) => number | null): number | null => {
    const means = blocks.flatMap((block) => {
      const logs = block.flatMap((own) => {
        const ratio = ratioOf(own);
        return ratio !== null && ratio > 0 && Number.isFinite(ratio) ? [Math.log(ratio)] : [];
      });
      return logs.length === 0 ? [] : [logs.reduce((sum, log) => sum + log, 0) / logs.length];
    });
    return means.length === 0 ? null : Math.expm1(means.reduce((sum, log) => sum + log, 0) / means.length);
  };
  const makespan = (end: End) => changeOf(({ makespansMs, fact }) => makespansMs[end] / fact.network.makespanMs) ?? 0;
  const add = (amountOf: (own: ReplayedAllocation) => number) => replayed.reduce((sum, own) => sum + amountOf(own), 0);
  const ends = [makespan('ciLow'), makespan('ciHigh')];
  return {
    runCount: replayed.length,
    blockCount: blocks.length,
    workerCount: add(({ workerCount }) => workerCount),
    changedCount: add(({ changedCount }) => changedCount),
    makespanChangeFraction: makespan('exponent'),
    makespanChangeLowFraction: Math.min(...ends),
    makespanChangeHighFraction: Math.max(...ends),
    costChangeFraction: changeOf(({ costs }) => costs && costs.replayed / costs.recorded),
  };
}
