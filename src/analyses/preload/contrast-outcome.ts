import { functionAt } from '../../model/structural-position.ts';
import { contrastStrata, type Stratum } from '../../stats/contrast.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import { permuteStrata } from '../../stats/permutation.ts';
import { sampleMean } from '../../stats/summary.ts';
import { countRuns, logStrataOf, SIDES, type Side, strataOf } from '../design/pairs.ts';
import { OUTCOMES, type OutcomeKey } from './cells.ts';
import { amountOf, type Block, type MeasuredBlock, type Member, measureOutcome, type TaskSum } from './design.ts';
import type { PositionContrast, PreloadContrast, ReadyLag } from './result.ts';

/** Blocks of runs in, differences with their uncertainty out. */

/** One family: every outcome, adjusted together. */
export function contrastFamily(blocks: readonly Block[], seed: number): PreloadContrast[] {
  const contrasts = OUTCOMES.map((outcome) => contrastOutcome(blocks, outcome, seed));
  const adjusted = adjustHolm(contrasts.map(({ pValue }) => pValue));
  return contrasts.map((contrast, i) => ({ ...contrast, pAdjusted: adjusted[i] ?? null }));
}

const measureBlocks = (blocks: readonly Block[], outcome: OutcomeKey): MeasuredBlock[] =>
  blocks.flatMap((block) => measureOutcome(block, outcome) ?? []);

function contrastOutcome(blocks: readonly Block[], outcome: OutcomeKey, seed: number): PreloadContrast {
  const measured = measureBlocks(blocks, outcome);
  if (measured.length === 0) return emptyContrast(outcome);
  const strata = strataOf(measured);
  const { difference, ciLow, ciHigh, method, degreesOfFreedom } = contrastStrata(strata);
  const test = permuteStrata(strata, seed);
  const meanOf = (side: keyof Stratum) => sampleMean(strata.map((stratum) => sampleMean(stratum[side]) as number));
  return {
    ...emptyContrast(outcome),
    ...countMembers(measured),
    meanBaselineMs: meanOf('baseline'),
    meanPreloadedMs: meanOf('candidate'),
    differenceMs: difference,
    ciLow,
    ciHigh,
    intervalMethod: method,
    degreesOfFreedom,
    pValue: test.pValue,
    permutationExact: test.exact,
    arrangementCount: test.arrangementCount,
    ...contrastRatio(logStrataOf(measured)),
    outcomeClass: ciLow !== null && ciHigh !== null && (ciLow > 0 || ciHigh < 0) ? 'different' : 'inconclusive',
  };
}

/** Nothing without logarithms: an amount is not positive. */
function contrastRatio(logs: readonly Stratum[] | null) {
  if (!logs) return {};
  const { difference, ciLow, ciHigh } = contrastStrata(logs);
  const toChange = (logRatio: number | null) => (logRatio === null ? null : Math.expm1(logRatio));
  return { changeFraction: toChange(difference), changeCiLow: toChange(ciLow), changeCiHigh: toChange(ciHigh) };
}

function countMembers(blocks: readonly MeasuredBlock[]) {
  const positions = blocks.flatMap((block) =>
    block.positions.map((name) => [...Object.values(block.names), positionOf(block, name)].join('\n')),
  );
  const tasksOf = (member: Member, names: readonly string[]) =>
    names.reduce((sum, name) => sum + (member.positions.get(name)?.taskCount ?? 0), 0);
  return {
    preloadedRunCount: countRuns(blocks, 'candidate'),
    controlRunCount: countRuns(blocks, 'baseline'),
    matchedPositionCount: new Set(positions).size,
    blockCount: blocks.length,
    taskCount: blocks.reduce(
      (sum, block) =>
        sum + block.candidate.facts.reduce((tasks, member) => tasks + tasksOf(member, block.positions), 0),
      0,
    ),
  };
}

/** The structural position alone, without the memory and worker state that may be held equal too. */
const positionOf = ({ candidate }: MeasuredBlock, name: string): string =>
  ((candidate.facts[0] as Member).positions.get(name) as TaskSum).position;

const emptyContrast = (outcome: OutcomeKey): PreloadContrast => ({
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
  pAdjusted: null,
  permutationExact: null,
  arrangementCount: null,
  changeFraction: null,
  changeCiLow: null,
  changeCiHigh: null,
  outcomeClass: 'inconclusive',
});

/** One position of one block: what every run shows there. */
interface PositionBlock {
  readonly head: Omit<ReadyLag, 'runId' | 'preloaded' | 'readyLagMs'>;
  readonly name: string;
  readonly block: MeasuredBlock;
}

function positionBlocks(blocks: readonly Block[], outcome: OutcomeKey): PositionBlock[] {
  return measureBlocks(blocks, outcome).flatMap((block) =>
    block.positions.map((name) => {
      const position = positionOf(block, name);
      const { workflow, structure } = block.names;
      return { head: { workflow, structure, position, functionName: functionAt(position) }, name, block };
    }),
  );
}

/** Each position by itself: mean over its blocks of the mean over runs. Sorted by workflow, structure and position. */
export function describePositions(blocks: readonly Block[]): PositionContrast[] {
  return OUTCOMES.flatMap((outcome) => {
    const groups = new Map<string, PositionBlock[]>();
    for (const found of positionBlocks(blocks, outcome)) {
      const key = Object.values(found.head).join('\n');
      const group = groups.get(key) ?? [];
      groups.set(key, group);
      group.push(found);
    }
    return [...groups].sort(byFirst).map(([, group]) => describePosition(group, outcome));
  });
}

const byFirst = (a: readonly [string, unknown], b: readonly [string, unknown]): number =>
  a[0] < b[0] ? -1 : Number(a[0] > b[0]);

function describePosition(group: readonly PositionBlock[], outcome: OutcomeKey): PositionContrast {
  const meanOf = (side: Side) =>
    sampleMean(
      group.map(
        ({ block, name }) => sampleMean(block[side].facts.map((member) => amountOf(member, [name], outcome))) as number,
      ),
    ) as number;
  const blocks = group.map(({ block }) => block);
  const [meanBaselineMs, meanPreloadedMs] = [meanOf('baseline'), meanOf('candidate')];
  return {
    ...(group[0] as PositionBlock).head,
    outcome,
    preloadedRunCount: countRuns(blocks, 'candidate'),
    controlRunCount: countRuns(blocks, 'baseline'),
    meanBaselineMs,
    meanPreloadedMs,
    differenceMs: meanPreloadedMs - meanBaselineMs,
  };
}

/** Every run's ready lag at every matched position, for the distributions. */
export function listReadyLags(blocks: readonly Block[]): ReadyLag[] {
  const lags = positionBlocks(blocks, 'ready-lag').flatMap(({ head, block, name }) =>
    SIDES.flatMap((side) =>
      block[side].facts.map((member) => ({
        runId: member.fact.run.runId,
        ...head,
        preloaded: side === 'candidate',
        readyLagMs: amountOf(member, [name], 'ready-lag'),
      })),
    ),
  );
  return lags.sort((a, b) => byFirst([a.position + a.runId, 0], [b.position + b.runId, 0]));
}
