import { type BillableUse, listBillableUse, type UnbillableReason } from '../../model/billable-use.ts';
import { isRecorded, orNone } from '../../model/recorded.ts';
import { type ReplayNetwork, type ReplayRefusal, traceReplay } from '../../model/replay.ts';
import type { Run } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import type { WhatIfOptions } from './options.ts';

/** What a run tells of changes to it. */
export interface WhatIfFacts {
  readonly run: RunFacts;
  /** What can be replayed of it, or why nothing. */
  readonly network: ReplayNetwork | ReplayRefusal;
  readonly warmStarts: readonly WarmStart[];
  /** Left out where no bill is asked for. */
  readonly use?: BillableUse | UnbillableReason;
}

/** A warm start-up: the worker's memory in MB, and its time from request to ready in ms. */
export type WarmStart = readonly [memoryMb: number, startupMs: number];

/** Takes one run apart. Pure. */
export const extractWhatIf = (run: Run, facts: RunFacts, { prices }: Pick<WhatIfOptions, 'prices'>): WhatIfFacts => ({
  run: facts,
  network: traceReplay(run),
  warmStarts: listWarmStarts(run),
  ...(prices === null ? {} : { use: listBillableUse(run) }),
});

const listWarmStarts = (run: Run): WarmStart[] =>
  orNone(run.workerStartups).flatMap(({ state, memoryMb, requestedAtMs, readyAtMs }): WarmStart[] =>
    state === 'warm' && readyAtMs !== null && isRecorded(memoryMb) ? [[memoryMb, readyAtMs - requestedAtMs]] : [],
  );
