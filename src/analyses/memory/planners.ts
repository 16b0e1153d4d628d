import { groupBy, jointKey } from '../../model/group-by.ts';
import { contrastStrata } from '../../stats/contrast.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import { permuteP } from '../../stats/permutation.ts';
import { sampleMean } from '../../stats/summary.ts';
import { figureOf } from '../design/cells.ts';
import { judgeContrast } from '../design/outcome.ts';
import type { MemoryFacts } from './extract.ts';
import type { FunctionMemory, PlannerChange, PlannerPair } from './result.ts';

/** The exponent that the engine's predictor assumes where it knows a function from other sizes only. */
export const ASSUMED_EXPONENT = 0.3;
/** ln (memory of one ÷ memory of the other) from which on two planners differ in it. */
const LEAST_LOG_RATIO = Math.log(1.1);
/** Margin of no change. */
const EQUIVALENCE = 0.02;

interface Block {
  readonly baseline: readonly MemoryFacts[];
  readonly candidate: readonly MemoryFacts[];
}

interface Candidate {
  readonly planners: readonly [baseline: string, candidate: string];
  readonly blocks: readonly Block[];
  readonly memoryRatio: number;
}

/** A planner's runs, with the logarithm of the memory of its tasks by block, where it is known. */
interface Arm {
  readonly facts: readonly MemoryFacts[];
  readonly optimizations: string;
  readonly logMemory: ReadonlyMap<string, number>;
}

/**
 * Contrasts the two planners whose tasks differ most in memory, chosen by that alone, in the blocks (workflow, structure, SLA) of both.
 * Only planners with the same optimizations: others differ by more than memory.
 */
export function contrastPlanners(
  facts: readonly MemoryFacts[],
  functions: readonly FunctionMemory[],
  seed: number,
): PlannerPair | null {
  const arms = groupBy(facts, ({ run }) => run.traits.planner)
    .sort((a, b) => (plannerOf(a) < plannerOf(b) ? -1 : 1))
    .map(describeArm);
  let most: { readonly pair: readonly [Arm, Arm]; readonly logRatio: number } | null = null;
  for (const [i, own] of arms.entries()) {
    // Of thousands of planners there are millions of pairs: each is compared by the sums of its blocks alone.
    for (let j = i + 1; j < arms.length; j++) {
      const other = arms[j] as Arm;
      if (own.optimizations !== other.optimizations) continue;
      const logRatio = Math.abs(meanLogRatio(own, other));
      if (logRatio > (most?.logRatio ?? LEAST_LOG_RATIO)) most = { pair: [own, other], logRatio };
    }
  }
  const candidate = most && orient(most.pair[0].facts, most.pair[1].facts);
  return candidate && describePair(candidate, functions, seed);
}

function describeArm(facts: readonly MemoryFacts[]): Arm {
  const memories = groupByBlock(facts).map((block): [string, number | null] => [blockOf(block), meanMemoryMb(block)]);
  const known = memories.flatMap(([key, memoryMb]): [string, number][] =>
    memoryMb === null ? [] : [[key, Math.log(memoryMb)]],
  );
  return { facts, optimizations: optimizationsOf(facts), logMemory: new Map(known) };
}

/** The mean over the blocks of both of ln (memory of the other ÷ memory of this one); 0: they share none. */
function meanLogRatio({ logMemory: own }: Arm, { logMemory: others }: Arm): number {
  let [sum, count] = [0, 0];
  for (const [block, log] of own) {
    const other = others.get(block);
    if (other === undefined) continue;
    sum += other - log;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

const groupByBlock = (facts: readonly MemoryFacts[]): MemoryFacts[][] =>
  groupBy(
    facts,
    ({ run }) => run.traits.workflow,
    ({ run }) => run.traits.structure,
    ({ run }) => run.traits.sla,
  );

function blockOf([first]: readonly MemoryFacts[]): string {
  const { workflow, structure, sla } = (first as MemoryFacts).run.traits;
  return jointKey(workflow, structure, sla);
}

const plannerOf = (own: readonly MemoryFacts[]): string => own[0]?.run.traits.planner ?? '';

const optimizationsOf = (own: readonly MemoryFacts[]): string =>
  [...new Set(own.flatMap(({ run }) => run.traits.optimizations))].sort().join(' ');

/** The one with less memory is the baseline; `null`: they share no block, or no memory is known. */
function orient(own: readonly MemoryFacts[], other: readonly MemoryFacts[]): Candidate | null {
  const blocks = groupByBlock([...own, ...other])
    .map((members) => ({
      baseline: members.filter(({ run }) => run.traits.planner === plannerOf(own)),
      candidate: members.filter(({ run }) => run.traits.planner === plannerOf(other)),
    }))
    .filter(({ baseline, candidate }) => baseline.length > 0 && candidate.length > 0);
  const ratios = blocks.flatMap(({ baseline, candidate }) => {
    const [a, b] = [meanMemoryMb(baseline), meanMemoryMb(candidate)];
    return a === null || b === null ? [] : [Math.log(b / a)];
  });
  const ratio = sampleMean(ratios);
  if (ratio === null) return null;
  if (ratio >= 0) return { planners: [plannerOf(own), plannerOf(other)], blocks, memoryRatio: Math.exp(ratio) };
  return {
    planners: [plannerOf(other), plannerOf(own)],
    blocks: blocks.map(({ baseline, candidate }) => ({ baseline: candidate, candidate: baseline })),
    memoryRatio: Math.exp(-ratio),
  };
}

/** Weighted by the time of the tasks; `null` without any. */
function meanMemoryMb(facts: readonly MemoryFacts[]): number | null {
  let [sum, totalMs] = [0, 0];
  for (const { functions } of facts) {
    for (const { tasks } of functions) {
      for (const [memoryMb, ms] of tasks) {
        sum += memoryMb * ms;
        totalMs += ms;
      }
    }
  }
  return totalMs > 0 ? sum / totalMs : null;
}

function describePair(
  { planners, blocks, memoryRatio }: Candidate,
  functions: readonly FunctionMemory[],
  seed: number,
): PlannerPair {
  const [makespan, resourceUsage] = changeMetrics(blocks, ['makespan', 'resource-usage'], seed);
  const count = (side: keyof Block) => blocks.reduce((sum, block) => sum + block[side].length, 0);
  const structures = new Set(blocks.map(({ baseline }) => baseline[0]?.run.traits.structure));
  const judged = functions.filter(({ structure, ciHigh }) => structures.has(structure) && ciHigh !== null);
  return {
    baselinePlanner: planners[0],
    candidatePlanner: planners[1],
    memoryRatio,
    blockCount: blocks.length,
    runCountBaseline: count('baseline'),
    runCountCandidate: count('candidate'),
    makespan: makespan ?? null,
    resourceUsage: resourceUsage ?? null,
    explained:
      resourceUsage?.outcome === 'different' &&
      resourceUsage.changeFraction > 0 &&
      makespan != null &&
      !(makespan.outcome === 'different' && makespan.changeFraction < 0) &&
      judged.length > 0 &&
      judged.every(({ ciHigh }) => (ciHigh as number) < ASSUMED_EXPONENT),
  };
}

/** Each metric in the blocks where both planners have a figure for it; p after Holm over these metrics. */
function changeMetrics(blocks: readonly Block[], metrics: readonly string[], seed: number): (PlannerChange | null)[] {
  const contrasts = metrics.map((metric) => {
    const logs = (facts: readonly MemoryFacts[]) =>
      facts.flatMap((fact) => {
        const amount = figureOf(fact, metric);
        return amount !== null && amount > 0 ? [Math.log(amount)] : [];
      });
    const strata = blocks
      .map(({ baseline, candidate }) => ({ baseline: logs(baseline), candidate: logs(candidate) }))
      .filter(({ baseline, candidate }) => baseline.length > 0 && candidate.length > 0);
    return strata.length === 0 ? null : { estimate: contrastStrata(strata), pValue: permuteP(strata, seed) };
  });
  const adjusted = adjustHolm(contrasts.map((contrast) => contrast?.pValue ?? null));
  return contrasts.map((contrast, i) => {
    if (contrast === null) return null;
    const { difference, ciLow: low, ciHigh: high, method } = contrast.estimate;
    const [ciLow, ciHigh] = [low === null ? null : Math.expm1(low), high === null ? null : Math.expm1(high)];
    const pAdjusted = adjusted[i] ?? null;
    const withinMargin = ciLow !== null && ciHigh !== null && ciLow >= -EQUIVALENCE && ciHigh <= EQUIVALENCE;
    const outcome = judgeContrast({ low: ciLow, high: ciHigh, pAdjusted, withinMargin });
    return { changeFraction: Math.expm1(difference), ciLow, ciHigh, intervalMethod: method, pAdjusted, outcome };
  });
}
