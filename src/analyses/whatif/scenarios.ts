import { least, rollup } from 'd3-array';
import { UserError } from '../../errors.ts';
import { tellEngines } from '../../model/engine-version.ts';
import { matchName } from '../../model/names.ts';
import type { ReplayChange, ReplayedRun, ReplayNetwork, ReplayWorker } from '../../model/replay.ts';
import { longestExecutionMs, replayRun, withoutDagFetch } from '../../model/replay.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { sampleMedian } from '../../stats/summary.ts';
import type { WhatIfFacts } from './extract.ts';
import type { Scenario, ScenarioName, Speedup } from './options.ts';

/** From scenarios to replays: which durations each changes, and to what. */

/** The median warm start of a size in ms, of the nearest size where there is none of that; `null`: no warm start is known. */
export type WarmMedian = (memoryMb: number | null) => number | null;

/** Learns the median warm starts by engine version and memory size from all runs, those included that cannot be replayed. */
export function learnWarmStarts(facts: readonly WhatIfFacts[]): (run: RunFacts) => WarmMedian {
  const engineOf = tellEngines(facts.map(({ run }) => run));
  const starts = facts.flatMap(({ run, warmStarts }) =>
    warmStarts.map(([memoryMb, startupMs]) => ({ engine: engineOf(run), memoryMb, startupMs })),
  );
  const medians = rollup(
    starts,
    (own) => sampleMedian(own.map(({ startupMs }) => startupMs)) as number,
    ({ engine }) => engine,
    ({ memoryMb }) => memoryMb,
  );
  const finders = new Map(
    [...medians].map(([engine, bySize]) => {
      const sizes = [...bySize.keys()].sort((a, b) => a - b);
      const nearest = (memoryMb: number) => least(sizes, (size) => Math.abs(size - memoryMb)) as number;
      const find: WarmMedian = (memoryMb) => (memoryMb === null ? null : (bySize.get(nearest(memoryMb)) ?? null));
      return [engine, find];
    }),
  );
  return (run) => finders.get(engineOf(run)) ?? (() => null);
}

/** A scenario of one run: what the replay changes. */
export interface RunScenario {
  readonly change: ReplayChange;
  readonly longestPath: boolean;
  /** Whether a worker starts warm, for its bill. */
  readonly isWarm?: (worker: ReplayWorker) => boolean;
}

/** Lays a scenario out for a run; `null`: its records do not tell what the change needs. */
export function layOutScenario(
  { names, speedups }: Scenario,
  network: ReplayNetwork,
  warmMs: WarmMedian,
): RunScenario | null {
  const has = (name: ScenarioName) => names.includes(name);
  const allWarm = has('all-warm');
  if (allWarm && network.workers.some(([memoryMb]) => warmMs(memoryMb) === null)) return null;
  const withoutFetch = has('no-dag-fetch') ? withoutDagFetch(network) : {};
  if (withoutFetch === null) return null;
  const change: ReplayChange = {
    ...(has('no-startup')
      ? { startupMs: () => 0 }
      : {
          startupMs: (startupMs, worker) => {
            const warmedMs = allWarm ? Math.min(startupMs, warmMs(worker[0]) ?? startupMs) : startupMs;
            return withoutFetch.startupMs?.(warmedMs, worker, network) ?? warmedMs;
          },
        }),
    ...(has('no-transfers') ? { inputWaitMs: () => 0, uploadMs: () => 0 } : {}),
    executionMs: changeExecution(has('half-execution') ? 2 : 1, speedups),
  };
  return { change, longestPath: has('longest-path'), ...(allWarm ? { isWarm: () => true } : {}) };
}

function changeExecution(factor: number, speedups: readonly Speedup[]): NonNullable<ReplayChange['executionMs']> {
  const byFunction = new Map<string, number>();
  for (const { functionName, factor: own } of speedups)
    byFunction.set(functionName, own * (byFunction.get(functionName) ?? 1));
  if (byFunction.size === 0) return (executionMs) => executionMs / factor;
  return (executionMs, functionName) => executionMs / (factor * (byFunction.get(functionName) ?? 1));
}

/** A replay of one run; `replayed`: `null` where only a path was looked at. */
export interface ScenarioReplay {
  readonly makespanMs: number;
  readonly replayed: ReplayedRun | null;
}

/** Replays a run in a scenario. */
export function replayScenario(network: ReplayNetwork, { change, longestPath }: RunScenario): ScenarioReplay {
  if (longestPath) return { makespanMs: longestExecutionMs(network, change.executionMs), replayed: null };
  const replayed = replayRun(network, change);
  return { makespanMs: replayed.makespanMs, replayed };
}

/** Functions listed in an error at most. */
const MOST_LISTED = 30;

/** Gives the functions of speed-ups the names that the data have; `UserError` where there is none such. */
export function nameFunctions(scenarios: readonly Scenario[], networks: readonly ReplayNetwork[]): Scenario[] {
  const known = [...new Set(networks.flatMap(({ functions }) => functions))].sort();
  return scenarios.map((scenario) => ({
    ...scenario,
    speedups: scenario.speedups.map((speedup) => ({ ...speedup, functionName: findFunction(speedup, known) })),
  }));
}

function findFunction({ functionName, factor }: Speedup, known: readonly string[]): string {
  const match = matchName(functionName, known);
  if ('found' in match) return match.found;
  const nearest = 'nearest' in match && match.nearest ? [`Did you mean ${match.nearest}?`] : [];
  const shown = known.slice(0, MOST_LISTED);
  const listed = known.length > shown.length ? [...shown, `and ${known.length - shown.length} more`] : shown;
  throw new UserError('bad-option', `${functionName}=${factor}: no replayable run has a function '${functionName}'`, {
    hint: [...nearest, ...(known.length > 0 ? [`There are: ${listed.join(', ')}`] : ['No run can be replayed.'])],
  });
}
