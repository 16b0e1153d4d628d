import { functionAt } from '../../model/structural-position.ts';
import { contrastStrata, type Stratum } from '../../stats/contrast.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import { permuteStrata } from '../../stats/permutation.ts';
import { sampleMean } from '../../stats/summary.ts';
import { OUTCOMES, type OutcomeKey } from './cells.ts';
import { amountOf, type Block, type CellSum, type Member, measuredCells } from './design.ts';
import type { PositionContrast, PreloadContrast, ReadyLag } from './result.ts';

/** Blocks of runs in, differences with their uncertainty out. */

/** One family: every outcome, adjusted together. */
export function contrastFamily(blocks: readonly Block[], seed: number): PreloadContrast[] {
  const contrasts = OUTCOMES.map((outcome) => contrastOutcome(blocks, outcome, seed));
  const adjusted = adjustHolm(contrasts.map(({ pValue }) => pValue));
  return contrasts.map((contrast, i) => ({ ...contrast, pAdjusted: adjusted[i] ?? null }));
}

const measuredBlocks = (blocks: readonly Block[], outcome: OutcomeKey): Block[] =>
  blocks.flatMap((block) => measuredCells(block, outcome) ?? []);

function contrastOutcome(blocks: readonly Block[], outcome: OutcomeKey, seed: number): PreloadContrast {
  const measured = measuredBlocks(blocks, outcome);
  if (measured.length === 0) return emptyContrast(outcome);
  const strata = measured.map(
    ({ baseline, candidate, cellKeys }): Stratum => ({
      baseline: baseline.map((member) => amountOf(member, cellKeys, outcome)),
      candidate: candidate.map((member) => amountOf(member, cellKeys, outcome)),
    }),
  );
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
    ...contrastRatio(strata),
    outcomeClass: ciLow !== null && ciHigh !== null && (ciLow > 0 || ciHigh < 0) ? 'different' : 'inconclusive',
  };
}

function contrastRatio(strata: readonly Stratum[]) {
  const positive = strata.every((s) => [...s.baseline, ...s.candidate].every((amount) => amount > 0));
  if (!positive) return {};
  const logs = strata.map((s) => ({ baseline: s.baseline.map(Math.log), candidate: s.candidate.map(Math.log) }));
  const { difference, ciLow, ciHigh } = contrastStrata(logs);
  const toChange = (logRatio: number | null) => (logRatio === null ? null : Math.expm1(logRatio));
  return { changeFraction: toChange(difference), changeCiLow: toChange(ciLow), changeCiHigh: toChange(ciHigh) };
}

function countMembers(blocks: readonly Block[]) {
  const count = (side: 'baseline' | 'candidate') => blocks.reduce((sum, block) => sum + block[side].length, 0);
  const positions = blocks.flatMap((block) =>
    block.cellKeys.map((key) => [block.workflow, block.structure, cellAt(block, key).position].join('\n')),
  );
  const tasksOf = (member: Member, keys: readonly string[]) =>
    keys.reduce((sum, key) => sum + (member.cells.get(key)?.taskCount ?? 0), 0);
  return {
    preloadedRunCount: count('candidate'),
    controlRunCount: count('baseline'),
    matchedPositionCount: new Set(positions).size,
    blockCount: blocks.length,
    taskCount: blocks.reduce(
      (sum, { candidate, cellKeys }) => sum + candidate.reduce((tasks, member) => tasks + tasksOf(member, cellKeys), 0),
      0,
    ),
  };
}

const cellAt = (block: Block, key: string): CellSum => block.candidate[0]?.cells.get(key) as CellSum;

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

/** One cell of one block: what every run shows there. */
interface PositionBlock {
  readonly head: Omit<ReadyLag, 'runId' | 'preloaded' | 'readyLagMs'>;
  readonly cellKey: string;
  readonly block: Block;
}

function positionBlocks(blocks: readonly Block[], outcome: OutcomeKey): PositionBlock[] {
  return measuredBlocks(blocks, outcome).flatMap((block) =>
    block.cellKeys.map((cellKey) => {
      const { position } = cellAt(block, cellKey);
      const { workflow, structure } = block;
      return { head: { workflow, structure, position, functionName: functionAt(position) }, cellKey, block };
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
  const meanOf = (side: 'baseline' | 'candidate') =>
    sampleMean(
      group.map(
        ({ block, cellKey }) => sampleMean(block[side].map((member) => amountOf(member, [cellKey], outcome))) as number,
      ),
    ) as number;
  const count = (side: 'baseline' | 'candidate') => group.reduce((sum, { block }) => sum + block[side].length, 0);
  const [meanBaselineMs, meanPreloadedMs] = [meanOf('baseline'), meanOf('candidate')];
  return {
    ...(group[0] as PositionBlock).head,
    outcome,
    preloadedRunCount: count('candidate'),
    controlRunCount: count('baseline'),
    meanBaselineMs,
    meanPreloadedMs,
    differenceMs: meanPreloadedMs - meanBaselineMs,
  };
}

/** Every run's ready lag at every matched position, for the distributions. */
export function listReadyLags(blocks: readonly Block[]): ReadyLag[] {
  const lags = positionBlocks(blocks, 'ready-lag').flatMap(({ head, block, cellKey }) =>
    (['baseline', 'candidate'] as const).flatMap((side) =>
      block[side].map((member) => ({
        runId: member.fact.run.runId,
        ...head,
        preloaded: side === 'candidate',
        readyLagMs: amountOf(member, [cellKey], 'ready-lag'),
      })),
    ),
  );
  return lags.sort((a, b) => byFirst([a.position + a.runId, 0], [b.position + b.runId, 0]));
}
