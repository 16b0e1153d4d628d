import { listPathParts, type PathPart } from '../../model/critical-path.ts';
import { groupBy } from '../../model/group-by.ts';
import { Ledger } from '../../model/ledger.ts';
import { findMetric } from '../../model/metrics.ts';
import { bySubmission } from '../../model/run-facts.ts';
import {
  chooseMeanMethod,
  estimateStratifiedFraction,
  estimateStratifiedMean,
  type StratifiedEstimate,
} from '../../stats/stratified-mean.ts';
import type { Outcome } from '../analysis.ts';
import { blockLabels } from '../design/block-labels.ts';
import { type Balanced, balanceBlocks } from './balance.ts';
import { auditBreakdown } from './diagnostics.ts';
import type { BreakdownFacts } from './extract.ts';
import { totalFunctions } from './functions.ts';
import type { BreakdownOptions } from './options.ts';
import { BESIDE_KEYS, TASK_METRIC_KEYS } from './parts.ts';
import type { BesideFigure, Breakdown, BreakdownResult, PartShare, PathBreakdown } from './result.ts';
import { averageDagFetches, divideStartups } from './startup-parts.ts';
import { wordFunctions } from './view-functions.ts';
import { wordHeadline } from './wording.ts';

/** All facts → the mean parts of each planner. */
export function analyzeBreakdown(
  facts: readonly BreakdownFacts[],
  options: BreakdownOptions,
): Outcome<BreakdownResult> {
  const ledger = new Ledger();
  const sorted = [...facts].sort(bySubmission);
  const kept = joinWaits(keepPlanned(sorted, options, ledger));
  const planners = [...new Set(kept.map(({ run }) => run.traits.planner))].sort();
  const label = blockLabels(
    kept.map(({ run }) => run),
    options.blockKeys,
  );
  const onPath = balanceBlocks(kept.filter(hasPath(ledger)), options.blockKeys, label);
  const recorded = new Map(
    groupBy(kept, ({ run }) => run.traits.planner).map((own) => [own[0]?.run.traits.planner, recordedParts(own)]),
  );
  const inTasks = balanceBlocks(kept.filter(hasTaskParts(recorded, ledger)), options.blockKeys, label);
  if (options.by === 'planner') noteUnbalanced([...onPath.unused], ledger);

  const result: BreakdownResult = {
    headline: '',
    blockKeys: options.blockKeys,
    criticalPath: onPath.balance,
    tasks: inTasks.balance,
    planners: planners.map((planner) => ({
      planner,
      criticalPath: breakDownPath(onPath.strata.get(planner) ?? []),
      tasks: breakDownTasks(inTasks.strata.get(planner) ?? [], recorded.get(planner) ?? []),
      beside: BESIDE_KEYS.map((key) =>
        averageBeside(key, (onPath.strata.size > 0 ? onPath : inTasks).strata.get(planner) ?? []),
      ),
    })),
    startupParts: divideStartups(sorted),
    dagFetches: averageDagFetches(sorted),
    functions: options.by === 'function' ? totalFunctions(kept) : null,
  };
  return {
    result: { ...result, headline: result.functions ? wordFunctions(result.functions) : wordHeadline(result) },
    ledger: ledger.entries(),
    warnings: auditBreakdown(result, facts, options),
  };
}

function keepPlanned(
  facts: readonly BreakdownFacts[],
  { includeUnplanned }: BreakdownOptions,
  ledger: Ledger,
): readonly BreakdownFacts[] {
  if (includeUnplanned) return facts;
  for (const { run } of facts) if (!run.traits.planned) ledger.add('without-plan', 'run', run.origin);
  return facts.filter(({ run }) => run.traits.planned);
}

const hasPath =
  (ledger: Ledger) =>
  ({ run, path }: BreakdownFacts): boolean => {
    if (typeof path === 'string') ledger.add(path, 'metric', run.origin, 'critical-path');
    return typeof path !== 'string';
  };

/** Where one run of a planner does not tell start-up and queueing apart, they are one wait in all of them. */
function joinWaits(facts: readonly BreakdownFacts[]): readonly BreakdownFacts[] {
  const joined = new Set(
    facts.flatMap(({ run, waits }) => (waits?.recordsReadiness === false ? [run.traits.planner] : [])),
  );
  return facts.map((fact) =>
    fact.waits && joined.has(fact.run.traits.planner)
      ? { ...fact, waits: { ...fact.waits, recordsReadiness: false } }
      : fact,
  );
}

type MetricPart = keyof typeof TASK_METRIC_KEYS;
const METRIC_PARTS = Object.keys(TASK_METRIC_KEYS) as MetricPart[];
/** Parts that have sums over tasks. */
type TaskPart = MetricPart | 'queueing' | 'pending';
const TASK_PARTS = listPathParts(true).filter((part): part is TaskPart => part !== 'other');

function measured({ measurements, waits }: BreakdownFacts, part: TaskPart): number | null {
  const isJoined = waits?.recordsReadiness === false;
  if (part === 'queueing') return (isJoined ? null : waits?.queueingMs) ?? null;
  if (part === 'pending') return (isJoined ? waits.pendingMs : null) ?? null;
  if (part === 'startup' && isJoined) return null;
  const measurement = measurements[TASK_METRIC_KEYS[part]];
  return typeof measurement === 'number' ? measurement : null;
}

/** A part that no run of the planner records is not measured; every other part must be there for a run to count. */
const recordedParts = (own: readonly BreakdownFacts[]): TaskPart[] =>
  TASK_PARTS.filter((part) => own.some((fact) => measured(fact, part) !== null));

const hasTaskParts =
  (recorded: ReadonlyMap<string | undefined, readonly TaskPart[]>, ledger: Ledger) =>
  (fact: BreakdownFacts): boolean => {
    for (const part of METRIC_PARTS) {
      const key = TASK_METRIC_KEYS[part];
      const measurement = fact.measurements[key];
      if (typeof measurement === 'string') ledger.add(measurement, 'metric', fact.run.origin, key);
    }
    const parts = recorded.get(fact.run.traits.planner) ?? [];
    return parts.includes('execution') && parts.every((part) => measured(fact, part) !== null);
  };

function noteUnbalanced(unused: readonly BreakdownFacts[], ledger: Ledger): void {
  for (const { run } of unused) ledger.add('block-without-every-planner', 'run', run.origin);
}

type Strata = Balanced['strata'] extends ReadonlyMap<string, infer S> ? S : never;

const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);

function breakDownPath(strata: Strata): PathBreakdown | null {
  const pathOf = ({ path }: BreakdownFacts) => path as Exclude<BreakdownFacts['path'], string>;
  const recordsInvocation = strata.some((facts) => facts.some((fact) => measured(fact, 'invocation') !== null));
  // A mean over the runs that record a part would not add up with those that do not.
  const isEverywhere = (part: PathPart) =>
    strata.every((facts) => facts.every((fact) => pathOf(fact).parts[part] != null));
  const parts = listPathParts(true).filter(
    (part) => isEverywhere(part) && (part !== 'invocation' || recordsInvocation),
  );
  const untold = listPathParts(true).filter((part) => !parts.includes(part));
  const amount = (fact: BreakdownFacts, part: PathPart): number => {
    const own = pathOf(fact).parts;
    const amountMs = own[part] ?? 0;
    return part === 'other' ? untold.reduce((total, other) => total + (own[other] ?? 0), amountMs) : amountMs;
  };
  const breakdown = breakDown(
    strata,
    amount,
    (fact) => pathOf(fact).makespanMs,
    parts,
    listPathParts(parts.includes('pending')),
  );
  const taskCount = estimateStratifiedMean(strata.map((facts) => facts.map((fact) => pathOf(fact).taskCount)));
  const paths = strata.flatMap((facts) => facts.map(pathOf));
  return (
    breakdown && {
      ...breakdown,
      meanTaskCount: taskCount?.estimate ?? 0,
      negativeGapCount: sum(paths.map((path) => path.negativeGapCount)),
      negativeGapMs: sum(paths.map((path) => path.negativeGapMs)),
      unrecordedWaitCount: sum(paths.map((path) => path.unrecordedWaitCount)),
    }
  );
}

function breakDownTasks(strata: Strata, recorded: readonly TaskPart[]): Breakdown | null {
  const amount = (fact: BreakdownFacts, part: PathPart) => measured(fact, part as TaskPart) ?? 0;
  const shown = TASK_PARTS.filter((part) => part in TASK_METRIC_KEYS || recorded.includes(part));
  return breakDown(strata, amount, (fact) => sum(recorded.map((part) => amount(fact, part))), recorded, shown);
}

/** Means and shares of the parts; a part that is not recorded stays in the list, without figures. */
function breakDown(
  strata: Strata,
  amount: (fact: BreakdownFacts, part: PathPart) => number,
  whole: (fact: BreakdownFacts) => number,
  recorded: readonly PathPart[],
  all: readonly PathPart[],
): Breakdown | null {
  const wholes = strata.map((facts) => facts.map(whole));
  const total = estimateStratifiedMean(wholes);
  if (!total) return null;
  const levels = wholes.map((own) => sum(own) / own.length);
  const shareOf = (part: PathPart): PartShare => {
    if (!recorded.includes(part)) return toShare(part, null, null);
    const amounts = strata.map((facts) => facts.map((fact) => amount(fact, part)));
    const pairs = amounts.map((numerators, stratum) => ({ numerators, denominators: wholes[stratum] as number[] }));
    return toShare(part, estimateStratifiedMean(amounts, levels), estimateStratifiedFraction(pairs));
  };
  return {
    runCount: sum(strata.map((facts) => facts.length)),
    blockCount: strata.length,
    totalMs: total.estimate,
    totalCiLow: total.ciLow,
    totalCiHigh: total.ciHigh,
    intervalMethod: chooseMeanMethod(strata),
    parts: all.map(shareOf),
  };
}

const toShare = (part: PathPart, mean: StratifiedEstimate | null, share: StratifiedEstimate | null): PartShare => ({
  part,
  meanMs: mean?.estimate ?? null,
  ciLow: mean?.ciLow ?? null,
  ciHigh: mean?.ciHigh ?? null,
  shareFraction: share?.estimate ?? null,
  shareCiLow: share?.ciLow ?? null,
  shareCiHigh: share?.ciHigh ?? null,
});

/** Without a figure in one of the blocks, the mean over the others would be of another mix. */
function averageBeside(key: string, strata: Strata): BesideFigure {
  const samples = strata.map((facts) =>
    facts.flatMap(({ measurements }) => {
      const measurement = measurements[key];
      return typeof measurement === 'number' ? [measurement] : [];
    }),
  );
  const mean = samples.every((sample) => sample.length > 0) ? estimateStratifiedMean(samples) : null;
  return {
    metric: key,
    unit: findMetric(key)?.unit ?? 'count',
    runCount: sum(samples.map((sample) => sample.length)),
    mean: mean?.estimate ?? null,
    ciLow: mean?.ciLow ?? null,
    ciHigh: mean?.ciHigh ?? null,
  };
}
