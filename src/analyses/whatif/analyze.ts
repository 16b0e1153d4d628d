import { groupBy } from '../../model/group-by.ts';
import { Ledger } from '../../model/ledger.ts';
import { type ReplayNetwork, replayRun } from '../../model/replay.ts';
import { bySubmission, type RunFacts } from '../../model/run-facts.ts';
import { sampleMean } from '../../stats/summary.ts';
import type { Outcome } from '../analysis.ts';
import { findRunById } from '../design/find-run.ts';
import { createScenarioBiller } from './bills.ts';
import { estimateChange } from './change.ts';
import { auditWhatIf } from './diagnostics.ts';
import type { WhatIfFacts } from './extract.ts';
import { layOutGantt } from './gantt.ts';
import type { WhatIfOptions } from './options.ts';
import { proveReplays } from './proof.ts';
import type { Bound, ReplayedRunRow, ScenarioChange, WhatIfResult, WorkflowScenarioChange } from './result.ts';
import { layOutScenario, learnWarmStarts, nameFunctions, replayScenario, type WarmMedian } from './scenarios.ts';
import { refuseRun, wordHeadline } from './wording.ts';

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

const isReplayable = (fact: WhatIfFacts): fact is ReplayableFacts => typeof fact.network !== 'string';

/** All facts → what each scenario makes of makespans and bills. */
export function analyzeWhatIf(unordered: readonly WhatIfFacts[], options: WhatIfOptions): Outcome<WhatIfResult> {
  const facts = [...unordered].sort(bySubmission);
  const replayable = facts.filter(isReplayable);
  const one = options.runPrefix === null ? null : chooseOne(facts, options.runPrefix);
  const named = {
    ...options,
    scenarios: nameFunctions(
      options.scenarios,
      replayable.map(({ network }) => network),
    ),
  };
  const warmOf = learnWarmStarts(facts);
  const replays = replayAll(facts, replayable, named, warmOf);
  const ledger = new Ledger();
  noteRefused(facts, ledger);
  const counted = one === null ? keepPlanned(replays, options, ledger) : replays.filter(({ run }) => run === one.run);
  const shown = one === null ? replays : counted;
  const result: WhatIfResult = {
    headline: '',
    blockKeys: options.blockKeys,
    proof: proveReplays(facts, replays, options),
    scenarios: changeByPlanner(counted, named),
    workflows: changeByWorkflow(counted, named),
    bounds: boundPlanners(counted),
    runs: shown.map((replay) => describeReplay(replay, named)),
    gantt: one === null ? null : layOutGantt(one, named.scenarios, warmOf(one.run)),
    prices: options.prices?.table ?? null,
  };
  return {
    result: { ...result, headline: wordHeadline(result) },
    ledger: ledger.entries(),
    warnings: auditWhatIf(result, { facts, counted, options: named, warmOf }),
  };
}

/** The one run that is meant; `UserError` where there is none, or it cannot be replayed. */
function chooseOne(facts: readonly WhatIfFacts[], prefix: string): ReplayableFacts {
  const found = findRunById(facts, prefix);
  if (isReplayable(found)) return found;
  throw refuseRun(found);
}

function noteRefused(facts: readonly WhatIfFacts[], ledger: Ledger): void {
  for (const { run, network } of facts) if (typeof network === 'string') ledger.add(network, 'run', run.origin);
}

function keepPlanned(
  replays: readonly ReplayedFacts[],
  { includeUnplanned }: WhatIfOptions,
  ledger: Ledger,
): readonly ReplayedFacts[] {
  if (includeUnplanned) return replays;
  for (const { run } of replays) if (!run.traits.planned) ledger.add('without-plan', 'run', run.origin);
  return replays.filter(({ run }) => run.traits.planned);
}

const ALL_WARM = { key: 'all-warm', names: ['all-warm'], speedups: [] } as const;
const LONGEST_PATH = { key: 'longest-path', names: ['longest-path'], speedups: [] } as const;

function replayAll(
  facts: readonly WhatIfFacts[],
  replayable: readonly ReplayableFacts[],
  { scenarios, prices }: WhatIfOptions,
  warmOf: (run: RunFacts) => WarmMedian,
): ReplayedFacts[] {
  const bill = createScenarioBiller(facts, prices);
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
  tasks.reduce((sum, [, , , , , executionMs]) => sum + executionMs, 0) / Math.max(1, workers.length);

function changeByPlanner(replays: readonly ReplayedFacts[], { scenarios, blockKeys }: WhatIfOptions): ScenarioChange[] {
  const planners = groupByPlanner(replays);
  return scenarios.flatMap(({ key }, i) =>
    planners.map((own) => ({ scenario: key, planner: plannerOf(own), ...estimateChange(own, i, blockKeys) })),
  );
}

function changeByWorkflow(
  replays: readonly ReplayedFacts[],
  { scenarios, blockKeys }: WhatIfOptions,
): WorkflowScenarioChange[] {
  const groups = groupByPlanner(replays).flatMap((own) =>
    groupBy(
      [...own].sort((a, b) => (a.run.traits.workflow < b.run.traits.workflow ? -1 : 1)),
      ({ run }) => run.traits.workflow,
      ({ run }) => run.traits.structure,
    ),
  );
  return scenarios.flatMap(({ key }, i) =>
    groups.map((own) => {
      const { workflow, structure } = (own[0] as ReplayedFacts).run.traits;
      return { scenario: key, planner: plannerOf(own), workflow, structure, ...estimateChange(own, i, blockKeys) };
    }),
  );
}

const plannerOf = ([first]: readonly ReplayedFacts[]): string => first?.run.traits.planner ?? '';

const groupByPlanner = (replays: readonly ReplayedFacts[]): ReplayedFacts[][] =>
  groupBy(replays, ({ run }) => run.traits.planner).sort((a, b) => (plannerOf(a) < plannerOf(b) ? -1 : 1));

const boundPlanners = (replays: readonly ReplayedFacts[]): Bound[] =>
  groupByPlanner(replays).map((own) => {
    const meanOf = (amount: (replay: ReplayedFacts) => number) => sampleMean(own.map(amount)) ?? 0;
    return {
      planner: plannerOf(own),
      runCount: own.length,
      meanRecordedMs: meanOf(({ network }) => network.makespanMs),
      meanLongestPathMs: meanOf(({ longestPathMs }) => longestPathMs),
      meanExecutionPerWorkerMs: meanOf(({ executionPerWorkerMs }) => executionPerWorkerMs),
    };
  });

function describeReplay({ run, network, makespansMs }: ReplayedFacts, { scenarios }: WhatIfOptions): ReplayedRunRow {
  const { workflow, structure, planner, sla, planned } = run.traits;
  return {
    runId: run.runId,
    workflow,
    structure,
    planner,
    sla,
    planned,
    makespanMs: network.makespanMs,
    replayed: Object.fromEntries(scenarios.map(({ key }, i) => [key, makespansMs[i] ?? null])),
  };
}
