import { sum } from 'd3-array';
import { branchOf } from '../../model/group-by.ts';
import type { Metric } from '../../model/metrics.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { wordCount, wordList, wordP, wordPercentChange } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import type { Conditions } from '../design/conditions.ts';
import { SIDES, type Side } from '../design/pairs.ts';
import {
  areMixed,
  diagnoseClockOffsets,
  diagnoseClocks,
  diagnoseEngines,
  diagnoseSingleRuns,
  diagnoseSinkWait,
  diagnoseUnplannedIncluded,
} from '../diagnostics/common.ts';
import { type Finding, keepFindings, note, warn } from '../diagnostics/finding.ts';
import { findArmsApart } from '../diagnostics/order.ts';
import type { Block, Experiment, Pairing } from './design.ts';
import type { CompareFacts } from './extract.ts';
import type { CompareOptions } from './options.ts';
import type { CompareResult, Comparison } from './result.ts';
import { type Survey, surveyRuns } from './survey.ts';
import { labelOf } from './wording.ts';

/** What a careful reader would hold against the comparison: first the design of the experiment, then its numbers. */

/** Checks how the runs of one pairing were made. `overlapping`: those during which another one was under way. */
export function auditDesign(
  pairing: Pairing,
  { conditions }: Experiment,
  overlapping: ReadonlySet<CompareFacts>,
  options: CompareOptions,
): Warning[] {
  const blocks = pairing.blocks.map(({ label, baseline, candidate }) => ({
    label,
    baseline: surveyRuns(baseline.facts, overlapping),
    candidate: surveyRuns(candidate.facts, overlapping),
  }));
  const surveys = blocks.flatMap(({ baseline, candidate }) => [baseline, candidate]);
  const sides = {
    baseline: blocks.map(({ baseline }) => baseline),
    candidate: blocks.map(({ candidate }) => candidate),
  };
  const arms = [pairing.candidate.label, pairing.baseline.label] as const;
  return keepFindings([
    auditOrder(pairing),
    auditBalance(pairing.blocks),
    auditLonelyBlocks(pairing),
    auditUnplanned(conditions, options),
    auditOverlap(surveys),
    auditOptimizations(sides, arms),
    auditMemory(sides, arms),
    auditMeasures(blocks),
    auditClocks(surveys),
    diagnoseClockOffsets(surveys.flatMap((survey) => survey.runs)),
    auditSinkWait(surveys, options),
  ]);
}

/** Arms run one after the other: any drift of the platform looks like an effect. Judged inside workflows. */
function auditOrder({ baseline, candidate, blocks }: Pairing): Finding {
  const auc = findArmsApart(instantsByWorkload(blocks));
  if (auc === null) return false;
  const [first, second] = auc > 0.5 ? [baseline.label, candidate.label] : [candidate.label, baseline.label];
  return warn(
    'arms-apart-in-time',
    `runs of ${second} were mostly submitted after those of ${first} (AUC ${Math.max(auc, 1 - auc).toFixed(2)}): drift of the platform or the workload would look like an effect; interleave the arms`,
    { auc },
  );
}

/** When the runs of each workflow and structure were submitted. */
function instantsByWorkload(blocks: readonly Block[]): Record<Side, number[]>[] {
  const workloads: Record<Side, number[]>[] = [];
  const byStructure = new Map<string, Map<string, Record<Side, number[]>>>();
  const add = ({ traits: { workflow, structure }, submittedAtMs }: RunFacts, side: Side): void => {
    if (submittedAtMs === null) return;
    const ofWorkflow = branchOf(byStructure, workflow);
    let instants = ofWorkflow.get(structure);
    if (!instants) {
      instants = { baseline: [], candidate: [] };
      ofWorkflow.set(structure, instants);
      workloads.push(instants);
    }
    instants[side].push(submittedAtMs);
  };
  for (const block of blocks) for (const side of SIDES) for (const { run } of block[side].facts) add(run, side);
  return workloads;
}

/** Runs on one side for each on the other from which a block counts as unbalanced. */
const UNBALANCED_RATIO = 3;

function auditBalance(blocks: readonly Block[]): Finding {
  const unbalanced = blocks.filter(({ baseline: b, candidate: c }) => {
    const counts = [b.facts.length, c.facts.length];
    const [fewer, more] = [Math.min(...counts), Math.max(...counts)];
    return more >= UNBALANCED_RATIO * fewer;
  });
  if (unbalanced.length === 0) return false;
  const [shown, rest] = [unbalanced.slice(0, 3), unbalanced.length - 3];
  const words = shown.map(
    ({ label, baseline, candidate }) => `${label} (${candidate.facts.length} vs ${baseline.facts.length})`,
  );
  return note(
    'unbalanced-blocks',
    `${wordCount(unbalanced.length, 'block')} of ${blocks.length} with three times as many runs on one side: ${words.join(', ')}${rest > 0 ? ', …' : ''}`,
    { blocks: unbalanced.map(({ label }) => label) },
  );
}

function auditLonelyBlocks({ lonelyBlocks, candidate, baseline }: Pairing): Finding {
  if (lonelyBlocks.length === 0) return false;
  const runCount = lonelyBlocks.reduce((sum, block) => sum + block.runCount, 0);
  const words = lonelyBlocks.slice(0, 3).map(({ label, arm }) => `${label} (only ${arm})`);
  return note(
    'blocks-with-one-arm',
    `${wordCount(runCount, 'run')} of ${candidate.label} or ${baseline.label} left out, in ${wordCount(lonelyBlocks.length, 'block')} with one arm only: ${words.join(', ')}${lonelyBlocks.length > 3 ? ', …' : ''}`,
    { runCount, blockCount: lonelyBlocks.length },
  );
}

function auditUnplanned({ firsts, counts }: Conditions<CompareFacts>, options: CompareOptions): Finding {
  const count = sum(firsts, ({ run }, i) => (run.traits.planned ? 0 : counts[i]));
  if (count === 0) return false;
  const percent = `${Math.round((100 * count) / sum(counts))} %`;
  return options.includeUnplanned
    ? diagnoseUnplannedIncluded(count, `without plan (${percent}) may be among the compared: no planner shaped them`)
    : note(
        'unplanned-left-out',
        `${wordCount(count, 'run')} without plan (${percent}) left out; --include-unplanned takes them in`,
        { count },
      );
}

function auditOverlap(surveys: readonly Survey[]): Finding {
  const count = sum(surveys, (survey) => survey.overlappingCount);
  if (count === 0) return false;
  return warn(
    'overlapping-runs',
    `${wordCount(count, 'compared run')} overlapped another run in time: they may have shared workers and slowed each other`,
    { count },
  );
}

type Sides = Readonly<Record<Side, readonly Survey[]>>;
type ArmLabels = readonly [candidate: string, baseline: string];

function auditOptimizations(sides: Sides, [candidate, baseline]: ArmLabels): Finding {
  const of = (surveys: readonly Survey[]) => new Set(surveys.flatMap(({ optimizations }) => [...optimizations]));
  const [with_, without] = [of(sides.candidate), of(sides.baseline)];
  const onlyCandidate = [...with_].filter((name) => !without.has(name));
  const onlyBaseline = [...without].filter((name) => !with_.has(name));
  if (onlyCandidate.length + onlyBaseline.length === 0) return false;
  const parts = [
    ...(onlyCandidate.length > 0 ? [`${candidate} also has ${wordList(onlyCandidate)}`] : []),
    ...(onlyBaseline.length > 0 ? [`${baseline} also has ${wordList(onlyBaseline)}`] : []),
  ];
  return warn('bundled-optimizations', `${parts.join('; ')}: the change is of everything together, not of one cause`, {
    onlyCandidate,
    onlyBaseline,
  });
}

function auditMemory(sides: Sides, [candidate, baseline]: ArmLabels): Finding {
  const of = (surveys: readonly Survey[]) => {
    const sizes = surveys.flatMap(({ memories }) => [...memories].flatMap((memory) => memory.split('+')));
    return [...new Set(sizes)].sort((a, b) => Number(a) - Number(b));
  };
  const [of1, of2] = [of(sides.candidate), of(sides.baseline)];
  if (of1.join() === of2.join()) return false;
  return note(
    'memory-differs',
    `memory sizes differ: ${candidate} ${of1.join(', ')} MB; ${baseline} ${of2.join(', ')} MB`,
    { candidate: of1, baseline: of2 },
  );
}

/** Two engine versions measure resources in two ways; inside a block they must not meet. */
function auditMeasures(blocks: readonly (Readonly<Record<Side, Survey>> & { readonly label: string })[]): Finding {
  const mixed = blocks.filter(({ baseline, candidate }) => areMixed([...baseline.measures, ...candidate.measures]));
  return diagnoseEngines(
    mixed.length > 0,
    `${wordCount(mixed.length, 'block')} hold runs of two engine versions, which measure resource usage differently; add source or day to --block, or compare them apart`,
    { blocks: mixed.map(({ label }) => label) },
  );
}

function auditClocks(surveys: readonly Survey[]): Finding {
  const count = sum(surveys, (survey) => survey.negativeGapCount);
  const largest = Math.max(...surveys.map((survey) => survey.largestNegativeGapMs));
  return diagnoseClocks(
    count,
    `${wordCount(count, 'instant')} out of order by up to ${largest.toFixed(largest < 10 ? 1 : 0)} ms: the clocks of client and workers differ, or a wait was not recorded`,
    'note',
    { count, largestMs: largest },
  );
}

function auditSinkWait(surveys: readonly Survey[], options: CompareOptions): Finding {
  const count = sum(surveys, (survey) => survey.sinkWaitMissingCount);
  if (!options.metrics.some((metric) => metric.key === 'makespan')) return false;
  return diagnoseSinkWait(
    count,
    `the makespan of ${wordCount(count, 'run')} lacks the sink's wait for inputs, which the engine did not record on flexible workers`,
  );
}

/** p value below which the permutation test counts as finding a change. */
const SIGNIFICANCE_LEVEL = 0.05;
/** Tests adjusted together beyond which Holm's method hides much. */
const LARGE_FAMILY = 6;

/** Checks what the numbers themselves give away. */
export function auditComparisons(result: CompareResult, metrics: readonly Metric[]): Warning[] {
  const several = new Set(result.comparisons.map((c) => c.candidate)).size > 1;
  const name = (c: Comparison) => (several ? `${c.candidate}: ${labelOf(c.metric)}` : labelOf(c.metric));
  const find = (holds: (c: Comparison) => boolean) => result.comparisons.filter(holds);
  const names = (found: readonly Comparison[]) => wordList(found.map(name));
  const about = (
    holds: (c: Comparison) => boolean,
    say: (found: readonly Comparison[], words: string) => Warning,
  ): Finding => {
    const found = find(holds);
    return found.length > 0 && say(found, names(found));
  };
  const percent = wordPercentChange(result.equivalenceFraction, 0).slice(1);
  return keepFindings([
    ...auditCells(result, about),
    about(
      (c) => c.overall.outcome === 'inconclusive' && (c.overall.pAdjusted ?? 1) < SIGNIFICANCE_LEVEL,
      (found, words) =>
        warn(
          'test-finds-interval-does-not',
          `${words}: the permutation test finds a change (p ${found.map((c) => wordP(c.overall.pAdjusted)).join(', ')} after Holm), but the interval, which allows for unequal variances, still holds no change: cannot tell`,
          { metrics: found.map((c) => c.metric) },
        ),
    ),
    about(
      (c) => c.overall.outcome === 'different' && (c.overall.pAdjusted ?? 0) >= SIGNIFICANCE_LEVEL,
      (found, words) =>
        warn(
          'interval-finds-test-does-not',
          `${words}: the interval excludes no change, but the permutation test does not confirm it (p ${found.map((c) => wordP(c.overall.pAdjusted)).join(', ')} after Holm): take it as a hint`,
          { metrics: found.map((c) => c.metric) },
        ),
    ),
    about(
      (c) => !c.overall.sensitivity.signsAgree,
      (found, words) =>
        warn(
          'direction-not-robust',
          `${words}: medians, means or the runs after the first point the other way than the geometric mean`,
          { metrics: found.map((c) => c.metric) },
        ),
    ),
    about(
      (c) => c.overall.outcome === 'different' && c.overall.withinEquivalence,
      (found, words) =>
        note('different-but-small', `${words}: a real change, but smaller than ±${percent} %`, {
          metrics: found.map((c) => c.metric),
        }),
    ),
    metrics.length * new Set(result.comparisons.map((c) => c.candidate)).size > LARGE_FAMILY &&
      note(
        'large-family',
        `${result.comparisons.length} tests were adjusted together (Holm): ask for fewer metrics to see more`,
      ),
  ]);
}

type About = (
  holds: (c: Comparison) => boolean,
  say: (found: readonly Comparison[], words: string) => Warning,
) => Finding;

/** What cells with few runs, zeros or nothing measured do to a metric. */
function auditCells(result: CompareResult, about: About): Finding[] {
  const mostBlocks = Math.max(...result.comparisons.map((c) => c.overall.blockCount));
  const metricsOf = (found: readonly Comparison[]) => ({ metrics: found.map((c) => c.metric) });
  const singles = (c: Comparison) =>
    c.blocks.flatMap((b) => [b.baseline, b.candidate]).filter((cell) => cell.n === 1).length;
  const most = Math.max(0, ...result.comparisons.filter((c) => c.overall.intervalMethod === 'welch').map(singles));
  return [
    diagnoseSingleRuns(most, 2 * mostBlocks),
    about(
      (c) => c.overall.intervalMethod === 'paired-t',
      (found) =>
        warn(
          'one-run-per-cell',
          'every cell has one run: the interval is a paired t over blocks, and says nothing about a block by itself',
          metricsOf(found),
        ),
    ),
    about(
      (c) => c.overall.ratio !== null && c.overall.ciLow === null,
      (found, words) =>
        warn(
          'no-interval',
          `${words}: too few runs, or no variation between them, for an interval: run more`,
          metricsOf(found),
        ),
    ),
    about(
      (c) => c.overall.ratio === null && c.overall.blockCount > 0,
      (found, words) =>
        warn(
          'zero-figures',
          `${words}: some runs have 0, so there is no ratio; see the difference in the JSON result`,
          metricsOf(found),
        ),
    ),
    about(
      (c) => c.overall.blockCount === 0,
      (found, words) => warn('not-measured', `${words}: no block has figures of both arms`, metricsOf(found)),
    ),
    about(
      (c) => c.overall.blockCount > 0 && c.overall.blockCount < mostBlocks,
      (found, words) =>
        warn(
          'fewer-blocks',
          `${words}: only ${found.map((c) => c.overall.blockCount).join(', ')} of ${mostBlocks} blocks have figures of both arms`,
          metricsOf(found),
        ),
    ),
  ];
}
