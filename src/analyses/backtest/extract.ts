import type { EngineVersion } from '../../model/engine-version.ts';
import { isRecorded } from '../../model/recorded.ts';
import type { Plan, Run } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { planOf } from '../../model/timeline.ts';
import { type BacktestQuantity, ByKind, type Observations, observeRun, type RunObservations } from './observations.ts';

/** What the backtest keeps of a run. */
export interface BacktestFacts {
  readonly run: RunFacts;
  /** When the client made the run, which is when its history ends; `null`: not recorded. */
  readonly createdAtMs: number | null;
  readonly observations: RunObservations;
  /** Tasks of whose execution nothing can be said per byte. */
  readonly unsizedTaskCount: number;
  /** What its plan predicted, likewise by kind; `null`: without plan, or of a planner that does not predict. */
  readonly predicted: Readonly<Record<ReplayedQuantity, readonly Observations[]>> | null;
}

/** A run of which it is known when it was made, and by which version of the engine. */
export type DatedFacts = BacktestFacts & { readonly createdAtMs: number; readonly engine: EngineVersion };

/** The quantities whose stored predictions can be told item by item: the plan holds downloads as sums only. */
export type ReplayedQuantity = Exclude<BacktestQuantity, 'download'>;

/** One run's observations, with what was predicted of them. Pure. */
export function extractBacktest(run: Run, facts: RunFacts): BacktestFacts {
  const plan = planOf(run);
  const observations = observeRun(run);
  const sizedCount = observations.execution.reduce((sum, { sizes }) => sum + sizes.length, 0);
  return {
    run: facts,
    createdAtMs: findCreation(run),
    observations,
    unsizedTaskCount: run.tasks.length - sizedCount,
    predicted: plan === null || /wukong/i.test(facts.traits.planner) ? null : listPredictions(run, plan),
  };
}

/** A run's id begins with the instant at which the client made it; where it does not, the submission is next to it. */
function findCreation({ runId, submittedAtMs }: Run): number | null {
  const digits = /^(\d{13})\./.exec(runId)?.[1];
  return digits === undefined ? submittedAtMs : Number(digits);
}

function listPredictions(run: Run, plan: Plan): NonNullable<BacktestFacts['predicted']> {
  const [execution, upload, startup] = [new ByKind(), new ByKind(), new ByKind()];
  for (const { id, functionName, memoryMb } of run.nodes) {
    const node = plan.nodes.get(id);
    if (node === undefined || !isRecorded(memoryMb)) continue;
    execution.addAny(functionName, node.executionMs, node.inputBytes, memoryMb);
    upload.add(functionName, node.uploadMs, node.uploadableOutputBytes, memoryMb);
    if (node.startupState !== null) startup.addAny(node.startupState, node.startupMs, 0, memoryMb);
  }
  return { execution: execution.list(), upload: upload.list(), startup: startup.list() };
}
