import { groupBy } from '../../model/group-by.ts';
import { Ledger } from '../../model/ledger.ts';
import { bySubmission } from '../../model/run-facts.ts';
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
import { isReplayable, type ReplayableFacts, type ReplayedFacts, replayAll } from './replays.ts';
import type { Bound, ReplayedRunRow, ScenarioChange, WhatIfResult, WorkflowScenarioChange } from './result.ts';
import { learnWarmStarts, nameFunctions } from './scenarios.ts';
import { refuseRun, wordHeadline } from './wording.ts';

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
  const bill = createScenarioBiller(facts, options.prices);
  const replays = replayAll(replayable, named, warmOf, bill);
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
