import { Ledger } from '../../model/ledger.ts';
import { bySubmission } from '../../model/run-facts.ts';
import { sampleMedian } from '../../stats/summary.ts';
import type { Outcome } from '../analysis.ts';
import { type ArmNames, resolvePlanners } from './arms.ts';
import { contrastFamily, describePositions, listReadyLags } from './contrast-outcome.ts';
import { type Block, type Design, matchRuns, negativeControlOf } from './design.ts';
import { auditPreload, listBundled } from './diagnostics.ts';
import type { PreloadFacts } from './extract.ts';
import { type MeasuredOutcomes, measureOutcomes } from './measure.ts';
import type { PreloadOptions } from './options.ts';
import type { HiddenDownloadSummary, PreloadCount, PreloadResult } from './result.ts';
import { OUTCOMES } from './task-groups.ts';
import { wordHeadline } from './wording.ts';

/** All facts → whether preloaded tasks start earlier. `UserError` when a planner is not in the data. */
export function analyzePreload(
  facts: readonly PreloadFacts[],
  options: PreloadOptions,
  seed: number,
): Outcome<PreloadResult> {
  const ledger = new Ledger();
  const sorted = [...facts].sort(bySubmission);
  const preloadedTasks = countPreloaded(sorted);
  const arms = resolvePlanners(options, sorted, preloadedTasks);
  const { candidates, controls } = assignRuns(sorted, arms, ledger);
  const design = matchRuns(candidates, controls, 'preloaded', options.matchKeys);
  const doubled = matchRuns(candidates, controls, 'preloaded-and-duplicated', options.matchKeys);
  const measured = measureOutcomes(design.blocks);
  const untouched = measureOutcomes(negativeControlOf(design.blocks, options.matchKeys));
  noteLeftOut(candidates, controls, [design, doubled], ledger);
  noteUnmeasured(design.blocks, measured, ledger);

  const bundledWith = listBundled(design.blocks, arms);
  const found = {
    planner: arms.planner,
    against: arms.against,
    heading: bundledWith.length > 0 ? ('association' as const) : ('effect' as const),
    bundledWith,
    matchKeys: options.matchKeys,
    preloadedTasks,
    contrasts: contrastFamily(measured, seed),
    negativeControls: contrastFamily(untouched, seed),
    withTaskDuplication: doubled.blocks.length === 0 ? [] : contrastFamily(measureOutcomes(doubled.blocks), seed),
    positions: describePositions(measured),
    readyLags: listReadyLags(measured),
    hiddenDownload: summarizeHidden(candidates),
  };
  const result = { headline: wordHeadline(found), ...found };
  return { result, ledger: ledger.entries(), warnings: auditPreload(result, design) };
}

/** Counts preloaded tasks by planner, those without any included. */
function countPreloaded(facts: readonly PreloadFacts[]): PreloadCount[] {
  const counts = new Map<string, { taskCount: number; runCount: number }>();
  for (const fact of facts) {
    const count = counts.get(fact.run.traits.planner) ?? { taskCount: 0, runCount: 0 };
    counts.set(fact.run.traits.planner, count);
    const tasks = fact.preloadedTaskCount;
    count.taskCount += tasks;
    count.runCount += tasks > 0 ? 1 : 0;
  }
  return [...counts]
    .map(([planner, count]) => ({ planner, ...count }))
    .sort((a, b) => (a.planner < b.planner ? -1 : 1));
}

/** Makes every run a candidate or a control, or notes it in the ledger. */
function assignRuns(facts: readonly PreloadFacts[], arms: ArmNames, ledger: Ledger) {
  const candidates: PreloadFacts[] = [];
  const controls: PreloadFacts[] = [];
  for (const fact of facts) {
    const isCandidate = fact.run.traits.planner === arms.planner;
    const reason =
      isCandidate || arms.against.includes(fact.run.traits.planner) ? whyUnfit(fact, isCandidate) : 'in-no-arm';
    if (reason !== null) ledger.add(reason, 'run', fact.run.origin);
    else (isCandidate ? candidates : controls).push(fact);
  }
  return { candidates, controls };
}

function whyUnfit(fact: PreloadFacts, isCandidate: boolean): string | null {
  if (!fact.run.traits.planned) return 'without-plan';
  const has = fact.preloadedTaskCount > 0;
  if (has === isCandidate) return null;
  return isCandidate ? 'no-task-preloaded' : 'control-with-preload';
}

function noteLeftOut(
  candidates: readonly PreloadFacts[],
  controls: readonly PreloadFacts[],
  designs: readonly Design[],
  ledger: Ledger,
): void {
  const used = new Set(
    designs.flatMap(({ blocks }) => blocks.flatMap((b) => [...b.baseline, ...b.candidate].map(({ fact }) => fact))),
  );
  for (const { run } of candidates.filter((fact) => !used.has(fact))) {
    ledger.add('no-matching-control-run', 'run', run.origin);
  }
  for (const { run } of controls.filter((fact) => !used.has(fact))) {
    ledger.add('no-matching-preloaded-run', 'run', run.origin);
  }
}

/** Notes the runs of the blocks that have no figure for an outcome. */
function noteUnmeasured(blocks: readonly Block[], measured: MeasuredOutcomes, ledger: Ledger): void {
  const members = blocks.flatMap(({ baseline, candidate }) => [...baseline, ...candidate]);
  for (const outcome of OUTCOMES) {
    const runs = measured[outcome].flatMap(({ baseline, candidate }) => [...baseline.facts, ...candidate.facts]);
    const kept = new Set(runs.map(({ member }) => member));
    for (const member of members.filter((each) => !kept.has(each))) {
      ledger.add('input-wait-or-upstream-not-recorded', 'metric', member.fact.run.origin, outcome);
    }
  }
}

function summarizeHidden(candidates: readonly PreloadFacts[]): HiddenDownloadSummary {
  const hidden = candidates.flatMap((fact) => fact.hidden ?? []);
  const sum = (amount: (of: (typeof hidden)[number]) => number) => hidden.reduce((total, of) => total + amount(of), 0);
  return {
    estimated: true,
    runCount: hidden.length,
    inputCount: sum(({ inputCount }) => inputCount),
    refetchedCount: sum(({ refetchedCount }) => refetchedCount),
    sizeBytes: sum(({ sizeBytes }) => sizeBytes),
    medianPerRunMs: sampleMedian(hidden.flatMap(({ estimateMs }) => estimateMs ?? [])),
  };
}
