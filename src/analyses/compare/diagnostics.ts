import { greatest, max, rollup, sum } from 'd3-array';
import { branchOf } from '../../model/group-by.ts';
import type { Metric } from '../../model/metrics.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { wordCount, wordList, wordNumber, wordP, wordPercentChange } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import type { Conditions } from '../design/conditions.ts';
import { excludesNoChange, SIGNIFICANCE_LEVEL } from '../design/outcome.ts';
import { SIDES, type Side } from '../design/pairs.ts';
import { type Survey, surveyRuns } from '../design/survey.ts';
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
import type { CompareResult, Comparison, LossCount, OverallChange, PooledRuns } from './result.ts';
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
  const largest = max(surveys, (survey) => survey.largestNegativeGapMs) ?? 0;
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
          `${words}: the permutation test finds a change (p ${wordTests(found)}), but ${explainDoubt(found)}: cannot tell`,
          { metrics: found.map((c) => c.metric) },
        ),
    ),
    about(
      (c) => c.overall.outcome === 'hint',
      (found, words) =>
        warn(
          'interval-finds-test-does-not',
          `${words}: the interval excludes no change, but the permutation test does not confirm it (p ${wordTests(found)})${explainTest(found, result.comparisons.length)}: take it as a hint`,
          { metrics: found.map((c) => c.metric) },
        ),
    ),
    ...auditWorkflows(about),
    ...auditRuns(about, result.equivalenceFraction, name),
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
      (c) => excludesNoChange(c.overall.ciLow, c.overall.ciHigh) && c.overall.withinEquivalence,
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

/** `0.01, 0.03 after Holm`. */
const wordTests = (found: readonly Comparison[]): string =>
  `${found.map((c) => wordP(c.overall.pAdjusted)).join(', ')} after Holm`;

/** Why an interval holds no change where the test finds one. */
function explainDoubt(found: readonly Comparison[]): string {
  const methods = new Set(found.map((c) => c.overall.intervalMethod));
  const [method] = methods;
  if (methods.size > 1) return 'the interval still holds no change, or there is none';
  if (method === 'welch') return 'the interval, which allows for unequal variances, still holds no change';
  if (method === 'none') return 'there is no interval';
  return 'the interval still holds no change';
}

/** Whether the test could have confirmed anything: two arrangements, the observed one and its mirror image, are always as extreme. */
function explainTest(found: readonly Comparison[], familySize: number): string {
  const counts = found.map((c) => (c.overall.permutationExact ? (c.overall.arrangementCount ?? 0) : 0));
  const cannot = counts.every((count) => count > 0 && (2 * familySize) / count >= SIGNIFICANCE_LEVEL);
  return cannot ? `, which it cannot with so few runs (${Math.max(...counts)} arrangements)` : '';
}

/** Effects that differ by workflow. */
function auditWorkflows(about: About): Finding[] {
  const differs = (c: Comparison) => (c.interaction?.pValue ?? 1) < SIGNIFICANCE_LEVEL;
  return [
    about(
      (c) => differs(c) && c.interaction?.opposite === true,
      (found, words) =>
        warn(
          'opposite-effects',
          `${words}: the mean over all workflows hides opposite effects (${found.map(wordOpposites).join('; ')})`,
          { metrics: found.map((c) => c.metric), pValues: found.map((c) => c.interaction?.pValue) },
        ),
    ),
    about(
      (c) => differs(c) && c.overall.intervalMethod === 'paired-t',
      (found, words) =>
        warn(
          'speaks-for-these-blocks',
          `${words}: the effect differs by workflow, so the interval speaks for these blocks only: for other workflows it would hold the truth in 66 to 89 % of cases`,
          { metrics: found.map((c) => c.metric) },
        ),
    ),
  ];
}

/** `gemm +12.0 %, tree_reduction −20.1 %; p 0.01`: the workflows farthest apart. */
function wordOpposites({ workflows, interaction }: Comparison): string {
  const sorted = [...workflows].sort((a, b) => b.changeFraction - a.changeFraction);
  const ends = [sorted[0], sorted.at(-1)].flatMap((end) => end ?? []);
  const words = ends.map(({ workflow, changeFraction }) => `${workflow} ${wordPercentChange(changeFraction)} %`);
  return `${words.join(', ')}; p ${wordP(interaction?.pValue ?? null)}`;
}

/** Runs that were lost, and figures over all runs that say something else than the blocks do. */
function auditRuns(about: About, equivalenceFraction: number, name: (c: Comparison) => string): Finding[] {
  return [
    about(
      (c) => c.overall.loss.pValue < SIGNIFICANCE_LEVEL,
      (found, words) =>
        warn(
          'unequal-loss',
          `${words}: the arms did not lose runs alike (${found.map(wordLoss).join('; ')}): those that are left may be the easy ones`,
          { metrics: found.map((c) => c.metric), pValues: found.map((c) => c.overall.loss.pValue) },
        ),
    ),
    about(
      (c) => misleads(c.overall, equivalenceFraction),
      (found) =>
        warn('pooled-medians-mislead', found.map((c) => `${name(c)}: ${wordMisleading(c)}`).join('; '), {
          metrics: found.map((c) => c.metric),
          ratios: found.map((c) => c.overall.pooledMedianRatio),
        }),
    ),
  ];
}

/** `3 of 31 runs of a without a figure, 12 of 30 of b; p 0.008; …`. */
function wordLoss({ baseline, candidate, overall: { loss, probabilityCandidateLess } }: Comparison): string {
  const count = (arm: string, { measured, missing }: LossCount) => `${missing} of ${measured + missing} of ${arm}`;
  const [plain, worst] = [probabilityCandidateLess, loss.worstRankProbability].map((p) => wordNumber(p, 2));
  return (
    `without a figure: ${count(candidate, loss.candidate)}, ${count(baseline, loss.baseline)}, ` +
    `Fisher's exact p ${wordP(loss.pValue)}; P(less) is ${plain}, and ${worst} with these as the worst`
  );
}

/** Whether the ratio of pooled medians lies outside the interval, or on the other side of no change. */
function misleads(overall: OverallChange, equivalenceFraction: number): boolean {
  const { pooledMedianRatio, changeFraction, ciLow, ciHigh } = overall;
  if (pooledMedianRatio === null || changeFraction === null) return false;
  const pooled = pooledMedianRatio - 1;
  if (ciLow !== null && ciHigh !== null && (pooled < ciLow || pooled > ciHigh)) return true;
  // On both sides of no change by less than the margin is no contradiction.
  const farthest = Math.max(Math.abs(pooled), Math.abs(changeFraction));
  return pooled * changeFraction < 0 && farthest > equivalenceFraction;
}

function wordMisleading(comparison: Comparison): string {
  const { overall, pooled } = comparison;
  const { pooledMedianRatio, changeFraction } = overall;
  const change = wordPercentChange((pooledMedianRatio as number) - 1);
  return `medians over all runs, whatever their workflow, say ${change} %, the blocks ${wordPercentChange(changeFraction)} %: ${explainPooled(comparison, pooled)}`;
}

/** Difference of a workflow's shares of the arms from which their mix differs. */
const MIX_FRACTION = 0.05;

function explainPooled({ baseline, candidate }: Comparison, { composition, armsWithGap }: PooledRuns): string {
  const mixed = greatest(composition, (of) => Math.abs(of.shareCandidate - of.shareBaseline));
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const differs = mixed !== undefined && Math.abs(mixed.shareCandidate - mixed.shareBaseline) >= MIX_FRACTION;
  const names = { baseline, candidate };
  const reasons = [
    ...(differs
      ? [
          `the mix of workflows differs (${mixed.workflow} is ${percent(mixed.shareCandidate)} of ${candidate}, ${percent(mixed.shareBaseline)} of ${baseline})`,
        ]
      : []),
    ...(armsWithGap.length > 0
      ? [`the median of ${wordList(armsWithGap.map((arm) => names[arm]))} lies in a gap where no run is within 15 %`]
      : []),
  ];
  return reasons.length > 0 ? reasons.join(', and ') : 'a median over several workflows is that of the middle one';
}

type About = (
  holds: (c: Comparison) => boolean,
  say: (found: readonly Comparison[], words: string) => Warning,
) => Finding;

/** What cells with few runs, zeros or nothing measured do to a metric. */
function auditCells(result: CompareResult, about: About): Finding[] {
  const metricsOf = (found: readonly Comparison[]) => ({ metrics: found.map((c) => c.metric) });
  const cellsOf = (c: Comparison) => c.blocks.flatMap((b) => [b.baseline, b.candidate]);
  const singlesOf = (c: Comparison) => cellsOf(c).filter((cell) => cell.n === 1).length;
  const borrowing = greatest(
    result.comparisons.filter((c) => c.overall.intervalMethod === 'welch-borrowed'),
    singlesOf,
  );
  const mostBlocks = rollup(
    result.comparisons,
    (own) => max(own, (c) => c.overall.blockCount) ?? 0,
    ({ candidate }) => candidate,
  );
  const blocksOf = (c: Comparison) => mostBlocks.get(c.candidate) ?? 0;
  return [
    borrowing !== undefined && diagnoseSingleRuns(singlesOf(borrowing), cellsOf(borrowing).length),
    about(
      (c) => c.overall.ratio !== null && c.overall.ciLow === null && !c.overall.allEqual,
      (found, words) =>
        warn(
          'no-interval',
          `${words}: too few runs, or no variation between them, for an interval: run more`,
          metricsOf(found),
        ),
    ),
    about(
      (c) => c.overall.ratio === null && c.overall.blockCount > 0 && !c.overall.allEqual,
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
      (c) => c.overall.blockCount > 0 && c.overall.blockCount < blocksOf(c),
      (found, words) =>
        warn(
          'fewer-blocks',
          `${words}: only ${found.map((c) => `${c.overall.blockCount} of ${blocksOf(c)}`).join(', ')} blocks have figures of both arms`,
          metricsOf(found),
        ),
    ),
  ];
}
