import { type ReplayedRun, type ReplayNetwork, type ReplayWorker, replayRun } from '../../model/replay.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import type { WhatIfFacts } from './extract.ts';
import type { WhatIfOptions } from './options.ts';
import { layOutScenario, replayScenario, type WarmMedian } from './scenarios.ts';

/** Bills a replay in USD; `null`: no bill is asked for, or the run has none. */
export type ScenarioBiller = (
  fact: ReplayableFacts,
  replayed: ReplayedRun,
  isWarm?: (worker: ReplayWorker) => boolean,
) => number | null;

/** A run that can be replayed. */
export interface ReplayableFacts extends WhatIfFacts {
  readonly network: ReplayNetwork;
}

/** A run with its replays. */
export interface ReplayedFacts {
  readonly run: RunFacts;
  readonly network: ReplayNetwork;
  /** Without any change. */
  readonly nullMs: number;
  /** With every start-up as a warm one; `null`: no warm start is known. */
  readonly allWarmMs: number | null;
  readonly longestPathMs: number;
  readonly executionPerWorkerMs: number;
  /** As the scenarios; `null`: the records do not tell what the change needs. */
  readonly makespansMs: readonly (number | null)[];
  readonly billsUsd: readonly (number | null)[];
  readonly nullBillUsd: number | null;
}

/** Whether the run can be replayed. */
export const isReplayable = (fact: WhatIfFacts): fact is ReplayableFacts => typeof fact.network !== 'string';

const ALL_WARM = { key: 'all-warm', names: ['all-warm'], speedups: [] } as const;
const LONGEST_PATH = { key: 'longest-path', names: ['longest-path'], speedups: [] } as const;

/** Replays every run in every scenario. */
export function replayAll(
  replayable: readonly ReplayableFacts[],
  { scenarios }: WhatIfOptions,
  warmOf: (run: RunFacts) => WarmMedian,
  bill: ScenarioBiller,
): ReplayedFacts[] {
  return replayable.map((fact) => {
    const { run, network } = fact;
    const warmMs = warmOf(run);
    const laidOut = scenarios.map((scenario) => layOutScenario(scenario, network, warmMs));
    const replays = laidOut.map((scenario) => scenario && replayScenario(network, scenario));
    const makespanOf = (scenario: typeof ALL_WARM | typeof LONGEST_PATH) => {
      const own = layOutScenario(scenario, network, warmMs);
      return own && replayScenario(network, own).makespanMs;
    };
    const unchanged = replayRun(network);
    return {
      run,
      network,
      nullMs: unchanged.makespanMs,
      allWarmMs: makespanOf(ALL_WARM),
      longestPathMs: makespanOf(LONGEST_PATH) ?? 0,
      executionPerWorkerMs: perWorker(network),
      makespansMs: replays.map((replay) => replay?.makespanMs ?? null),
      billsUsd: replays.map((replay, i) => (replay?.replayed ? bill(fact, replay.replayed, laidOut[i]?.isWarm) : null)),
      nullBillUsd: bill(fact, unchanged),
    };
  });
}

const perWorker = ({ tasks, workers }: ReplayNetwork): number =>
  tasks.executionMs.reduce((sum, ms) => sum + ms, 0) / Math.max(1, workers.length);
