import type { IntervalMethod } from '../../stats/contrast.ts';
import type { ContrastOutcome } from '../design/outcome.ts';
import type { Optimization } from './extract.ts';

/** The result of `wfa conflicts`. */
export interface ConflictsResult {
  readonly headline: string;
  readonly headlines: readonly string[];
  readonly runCount: number;
  /** Pairs that met somewhere. */
  readonly meetings: readonly Meeting[];
}

/** Two optimizations that met. */
export interface Meeting {
  readonly first: Optimization;
  readonly second: Optimization;
  /** PreWarm is met on the worker. */
  readonly on: 'task' | 'worker';
  readonly taskCount: number;
  readonly runCount: number;
  readonly contrasts: readonly MeetingContrast[];
}

/**
 * Ready lag where two met, against the same places in runs in which they did not meet there.
 * @unit ms: ciLow, ciHigh
 */
export interface MeetingContrast {
  /** `alone`: one of the two took place there; `without`: any task without the meeting. */
  readonly against: 'alone' | 'without';
  readonly blockCount: number;
  readonly positionCount: number;
  readonly metRunCount: number;
  readonly unmetRunCount: number;
  /** Mean over blocks; `null`: no block has both. */
  readonly meanControlMs: number | null;
  readonly meanMetMs: number | null;
  /** Where they met − where they did not: above 0 the tasks begin later. */
  readonly differenceMs: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly intervalMethod: IntervalMethod;
  readonly pValue: number | null;
  /** After Holm, over all contrasts of the result. */
  readonly pAdjusted: number | null;
  readonly outcome: ContrastOutcome;
}
