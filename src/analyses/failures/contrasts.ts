import type { Ledger } from '../../model/ledger.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import { blockLabels } from '../design/block-labels.ts';
import { arrangeBlocks, type Block, type Cell } from '../design/blocks.ts';
import { type MeasuredCell, measureBlocks } from '../design/cells.ts';
import { tellConditions } from '../design/conditions.ts';
import { countLoss } from '../design/loss.ts';
import { pairArms } from '../design/pairs.ts';
import type { FailuresFacts } from './extract.ts';
import type { FailuresOptions } from './options.ts';
import type { LossContrast } from './result.ts';

type Unadjusted = Omit<LossContrast, 'pAdjusted'>;

/** Planners at most that are contrasted: every one with every other, which nobody reads beyond (1,000 would be half a million pairs). */
const MOST_PLANNERS = 200;

/** Contrasts what every two planners lost in the blocks that both have; runs that nobody planned are in the ledger. */
export function contrastLosses(
  facts: readonly FailuresFacts[],
  { blockKeys, includeUnplanned }: FailuresOptions,
  ledger: Ledger,
): LossContrast[] {
  const kept = facts.filter(({ run }) => includeUnplanned || run.traits.planned);
  for (const { run } of facts) {
    if (!includeUnplanned && !run.traits.planned) ledger.add('without-plan', 'metric', run.origin, 'contrast');
  }
  const planners = [...new Set(kept.map(({ run }) => run.traits.planner))].sort();
  if (planners.length > MOST_PLANNERS) {
    for (const { run } of kept)
      ledger.add(`contrast-of-more-than-${MOST_PLANNERS}-planners`, 'metric', run.origin, 'contrast');
    return [];
  }
  const places = new Map(planners.map((planner, place) => [planner, place]));
  const labelOf = blockLabels(
    kept.map(({ run }) => run),
    blockKeys,
  );
  const blocks = arrangeBlocks(tellConditions(kept, ['planner', 'workflow', 'structure', ...blockKeys]), {
    blockKeys,
    labelOf,
    armCount: planners.length,
    armOf: ({ traits }) => places.get(traits.planner) ?? null,
  });
  // A run that is done counts, whether its makespan is known or not.
  const measured = measureBlocks(blocks, ({ failure, makespanMs }) => (failure === null ? (makespanMs ?? 0) : null));
  const pairs = planners.flatMap((_, a) => planners.slice(a + 1).map((__, i) => [a, a + 1 + i] as const));
  const contrasts = pairs.flatMap(([a, b]) => contrastPair(blocks, measured, planners, [a, b]) ?? []);
  const adjusted = adjustHolm(contrasts.map(({ pValue }) => pValue));
  return contrasts
    .map((contrast, i) => ({ ...contrast, pAdjusted: adjusted[i] as number }))
    .sort((a, b) => a.pValue - b.pValue);
}

/** `null`: the two share no block. */
function contrastPair(
  all: readonly Block<Cell<FailuresFacts>>[],
  allMeasured: readonly Block<MeasuredCell<FailuresFacts>>[],
  planners: readonly string[],
  [baseline, candidate]: readonly [number, number],
): Unadjusted | null {
  const blocks = pairArms(all, baseline, candidate);
  if (blocks.length === 0) return null;
  const names = new Set(blocks.map(({ label }) => label));
  const measured = allMeasured
    .filter(({ label }) => names.has(label))
    .map(({ label, names: keys, cells }) => ({
      label,
      names: keys,
      baseline: cells[baseline] as MeasuredCell<FailuresFacts>,
      candidate: cells[candidate] as MeasuredCell<FailuresFacts>,
    }));
  const isRanked = measured.every((block) =>
    [block.baseline, block.candidate].every((cell) => cell.facts.every(({ makespanMs }) => makespanMs !== null)),
  );
  const loss = countLoss(blocks, measured);
  return {
    baselinePlanner: planners[baseline] as string,
    candidatePlanner: planners[candidate] as string,
    blockCount: blocks.length,
    ...loss,
    worstRankProbability: isRanked ? loss.worstRankProbability : null,
  };
}
