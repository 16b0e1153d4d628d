import { byTexts, groupBy, jointKey } from '../../model/group-by.ts';
import { functionAt } from '../../model/structural-position.ts';
import { contrastStrata, type Stratum } from '../../stats/contrast.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import { permuteStrata } from '../../stats/permutation.ts';
import { sampleMean } from '../../stats/summary.ts';
import { judgeContrast } from '../design/outcome.ts';
import { countRuns, logStrataOf, SIDES, type Side, strataOf } from '../design/pairs.ts';
import {
  type MeasuredBlock,
  type MeasuredOutcomes,
  type MeasuredPosition,
  measurePositions,
  positionOf,
} from './measure.ts';
import type { BlockContrast, PositionContrast, PreloadContrast, ReadyLag } from './result.ts';
import { countTasks, OUTCOMES, type OutcomeKey } from './task-groups.ts';

/** Contrasting turns measured blocks into differences with their uncertainty. */

type Unjudged = Omit<PreloadContrast, 'pAdjusted' | 'outcomeClass'>;

/** Contrasts one family: every outcome, adjusted together and judged by that. */
export function contrastFamily(measured: MeasuredOutcomes, seed: number): PreloadContrast[] {
  const contrasts = OUTCOMES.map((outcome) => contrastOutcome(measured[outcome], outcome, seed));
  const adjusted = adjustHolm(contrasts.map(({ pValue }) => pValue));
  return contrasts.map((contrast, i) => {
    const pAdjusted = adjusted[i] ?? null;
    const { ciLow: low, ciHigh: high } = contrast;
    const outcomeClass = judgeContrast({ low, high, pAdjusted, withinMargin: areAllEqual(measured[contrast.outcome]) });
    return { ...contrast, pAdjusted, outcomeClass };
  });
}

/** Runs a side from which equal figures are no accident of a single run. */
const LEAST_EQUAL_RUNS = 2;

const areAllEqual = (blocks: readonly MeasuredBlock[]): boolean =>
  blocks.every(({ allEqual }) => allEqual) && SIDES.every((side) => countRuns(blocks, side) >= LEAST_EQUAL_RUNS);

function contrastOutcome(blocks: readonly MeasuredBlock[], outcome: OutcomeKey, seed: number): Unjudged {
  if (blocks.length === 0) return emptyContrast(outcome);
  const strata = strataOf(blocks);
  const { difference, ciLow, ciHigh, method, degreesOfFreedom } = contrastStrata(strata);
  const test = permuteStrata(strata, seed);
  return {
    ...emptyContrast(outcome),
    preloadedRunCount: countRuns(blocks, 'candidate'),
    controlRunCount: countRuns(blocks, 'baseline'),
    matchedPositionCount: countPositions(blocks),
    blockCount: blocks.length,
    taskCount: countMatched(blocks),
    meanBaselineMs: meanOf(blocks, 'baseline'),
    meanPreloadedMs: meanOf(blocks, 'candidate'),
    differenceMs: difference,
    ciLow,
    ciHigh,
    intervalMethod: method,
    degreesOfFreedom,
    pValue: test.pValue,
    permutationExact: test.exact,
    arrangementCount: test.arrangementCount,
    ...contrastRatio(logStrataOf(blocks)),
    blocks: blocks.map(describeBlock),
  };
}

/** The mean over blocks of the mean over runs, in ms; `null` without blocks. */
const meanOf = (blocks: readonly MeasuredBlock[], side: Side): number | null =>
  sampleMean(blocks.map((block) => sampleMean(block[side].amounts) as number));

/** Gives nothing without logarithms: a figure is not positive. */
function contrastRatio(logs: readonly Stratum[] | null) {
  if (!logs) return {};
  const { difference, ciLow, ciHigh } = contrastStrata(logs);
  const toChange = (logRatio: number | null) => (logRatio === null ? null : Math.expm1(logRatio));
  return { changeFraction: toChange(difference), changeCiLow: toChange(ciLow), changeCiHigh: toChange(ciHigh) };
}

function countPositions(blocks: readonly MeasuredBlock[]): number {
  const positions = blocks.flatMap(({ names: { workflow, structure }, candidate }) =>
    candidate.facts.flatMap((run) =>
      run.groups.names.map((group) => jointKey(workflow, structure, positionOf(run, group))),
    ),
  );
  return new Set(positions).size;
}

function countMatched(blocks: readonly MeasuredBlock[]): number {
  let count = 0;
  for (const { member, groups } of blocks.flatMap(({ candidate }) => candidate.facts)) {
    for (const group of groups.names)
      count += countTasks(member.fact.taskGroups, member.groups.get(group)?.places ?? []);
  }
  return count;
}

function describeBlock(block: MeasuredBlock): BlockContrast {
  const [meanBaselineMs, meanPreloadedMs] = SIDES.map((side) => meanOf([block], side) as number) as [number, number];
  return {
    label: block.label,
    ...block.names,
    preloadedRunCount: countRuns([block], 'candidate'),
    controlRunCount: countRuns([block], 'baseline'),
    meanBaselineMs,
    meanPreloadedMs,
    differenceMs: meanPreloadedMs - meanBaselineMs,
  };
}

const emptyContrast = (outcome: OutcomeKey): Unjudged => ({
  outcome,
  unit: 'ms',
  preloadedRunCount: 0,
  controlRunCount: 0,
  matchedPositionCount: 0,
  blockCount: 0,
  taskCount: 0,
  meanBaselineMs: null,
  meanPreloadedMs: null,
  differenceMs: null,
  ciLow: null,
  ciHigh: null,
  intervalMethod: 'none',
  degreesOfFreedom: null,
  pValue: null,
  permutationExact: null,
  arrangementCount: null,
  changeFraction: null,
  changeCiLow: null,
  changeCiHigh: null,
  blocks: [],
});

type PlacedPosition = MeasuredPosition & { readonly head: Omit<ReadyLag, 'runId' | 'preloaded' | 'readyLagMs'> };

const placePositions = (blocks: readonly MeasuredBlock[]): PlacedPosition[] =>
  blocks.flatMap((of) =>
    measurePositions(of).map(({ position, block }) => {
      const { workflow, structure } = of.names;
      return { head: { workflow, structure, position, functionName: functionAt(position) }, position, block };
    }),
  );

/** Describes each position by itself: mean over its blocks of the mean over runs. Sorted by workflow, structure and position. */
export const describePositions = (measured: MeasuredOutcomes): PositionContrast[] =>
  OUTCOMES.flatMap((outcome) =>
    groupBy(
      placePositions(measured[outcome]),
      ({ head }) => head.workflow,
      ({ head }) => head.structure,
      ({ position }) => position,
    )
      .map((group) => describePosition(group, outcome))
      .sort(
        byTexts(
          ({ workflow }) => workflow,
          ({ structure }) => structure,
          ({ position }) => position,
        ),
      ),
  );

function describePosition(group: readonly PlacedPosition[], outcome: OutcomeKey): PositionContrast {
  const blocks = group.map(({ block }) => block);
  const [meanBaselineMs, meanPreloadedMs] = SIDES.map((side) => meanOf(blocks, side) as number) as [number, number];
  return {
    ...(group[0] as PlacedPosition).head,
    outcome,
    preloadedRunCount: countRuns(blocks, 'candidate'),
    controlRunCount: countRuns(blocks, 'baseline'),
    meanBaselineMs,
    meanPreloadedMs,
    differenceMs: meanPreloadedMs - meanBaselineMs,
  };
}

/** Lists every run's ready lag at every matched position, for the distributions. */
export function listReadyLags(measured: MeasuredOutcomes): ReadyLag[] {
  const lags = placePositions(measured['ready-lag']).flatMap(({ head, block }) =>
    SIDES.flatMap((side) =>
      block[side].facts.map(({ member, groups }) => ({
        runId: member.fact.run.runId,
        ...head,
        preloaded: side === 'candidate',
        readyLagMs: sampleMean(groups.amounts) as number,
      })),
    ),
  );
  return lags.sort(
    byTexts(
      ({ position }) => position,
      ({ runId }) => runId,
    ),
  );
}
