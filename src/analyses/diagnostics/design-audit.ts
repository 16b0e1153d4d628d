import { max, sum } from 'd3-array';
import { branchOf } from '../../model/group-by.ts';
import type { Metric } from '../../model/metrics.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { wordCount, wordList } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import type { MeasuredRun } from '../design/cells.ts';
import type { Conditions } from '../design/conditions.ts';
import type { Block, DesignOptions, Experiment, Pairing } from '../design/pairing.ts';
import { SIDES, type Side } from '../design/pairs.ts';
import { type Survey, surveyRuns } from '../design/survey.ts';
import {
  areMixed,
  diagnoseClockOffsets,
  diagnoseClocks,
  diagnoseEngines,
  diagnoseSinkWait,
  diagnoseUnplannedIncluded,
} from './common.ts';
import { type Finding, keepFindings, note, warn } from './finding.ts';
import { findArmsApart } from './order.ts';

/** These checks say what a careful reader would hold against the design of a comparison, whoever asks for it. */

interface AuditOptions extends Pick<DesignOptions, 'includeUnplanned'> {
  readonly metrics: readonly Metric[];
}

/** Checks how the runs of one pairing were made. `overlapping`: those during which another one was under way. */
export function auditDesign(
  pairing: Pairing,
  { conditions }: Experiment,
  overlapping: ReadonlySet<MeasuredRun>,
  options: AuditOptions,
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
    auditSinkWait(surveys, options.metrics),
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
  const words = lonelyBlocks.slice(0, 3).map(({ label, armLabel }) => `${label} (only ${armLabel})`);
  return note(
    'blocks-with-one-arm',
    `${wordCount(runCount, 'run')} of ${candidate.label} or ${baseline.label} left out, in ${wordCount(lonelyBlocks.length, 'block')} with one arm only: ${words.join(', ')}${lonelyBlocks.length > 3 ? ', …' : ''}`,
    { runCount, blockCount: lonelyBlocks.length },
  );
}

function auditUnplanned({ firsts, counts }: Conditions<MeasuredRun>, options: AuditOptions): Finding {
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

/** Counts instants that are out of order between clocks. */
export function auditClocks(surveys: readonly Survey[]): Finding {
  const count = sum(surveys, (survey) => survey.negativeGapCount);
  const largest = max(surveys, (survey) => survey.largestNegativeGapMs) ?? 0;
  return diagnoseClocks(
    count,
    `${wordCount(count, 'instant')} out of order by up to ${largest.toFixed(largest < 10 ? 1 : 0)} ms: the clocks of client and workers differ, or a wait was not recorded`,
    'note',
    { count, largestMs: largest },
  );
}

/** Counts the runs whose makespan lacks the sink's wait, where the makespan is among the `metrics`. */
export function auditSinkWait(surveys: readonly Survey[], metrics: readonly Metric[]): Finding {
  const count = sum(surveys, (survey) => survey.sinkWaitMissingCount);
  if (!metrics.some((metric) => metric.key === 'makespan')) return false;
  return diagnoseSinkWait(
    count,
    `the makespan of ${wordCount(count, 'run')} lacks the sink's wait for inputs, which the engine did not record on flexible workers`,
  );
}
