import { bySubmission, type RunFacts } from '../../model/run-facts.ts';
import type { RunKey } from '../../model/select.ts';
import { arrangeBlocks, commonBlocks } from '../design/blocks.ts';
import { tellConditions } from '../design/conditions.ts';
import type { BreakdownFacts } from './extract.ts';
import type { Balance } from './result.ts';

/** Runs by planner and block, so that every planner is averaged over the same mix of workflows. */
export interface Balanced {
  readonly balance: Balance;
  /** By planner: the runs of each block that counts, in the order of the blocks; none of them is empty. */
  readonly strata: ReadonlyMap<string, readonly (readonly BreakdownFacts[])[]>;
  /** Runs of blocks that lack some planner. */
  readonly unused: readonly BreakdownFacts[];
}

/** Keeps the blocks that hold every planner among `facts`; when there is none, all blocks, each planner its own. */
export function balanceBlocks(
  facts: readonly BreakdownFacts[],
  blockKeys: readonly RunKey[],
  labelOf: (run: RunFacts) => string,
): Balanced {
  const planners = [...new Set(facts.map(({ run }) => run.traits.planner))].sort();
  const places = new Map(planners.map((planner, place) => [planner, place]));
  const all = arrangeBlocks(tellConditions(facts, ['planner', 'workflow', 'structure', ...blockKeys]), {
    blockKeys,
    labelOf,
    armCount: planners.length,
    armOf: (run) => places.get(run.traits.planner) as number,
  });
  const common = commonBlocks(all);
  const blocks = common.length > 0 ? common : all;
  const balanced = new Set(blocks);
  const left = all.filter((block) => !balanced.has(block));
  return {
    balance: {
      blocksUsed: common.length > 0 ? 'common' : 'own',
      blocks: blocks.map(({ label }) => label),
      leftOutBlocks: left.map(({ label }) => label),
    },
    strata: new Map(
      planners.map((planner, arm) => [
        planner,
        blocks.map(({ cells }) => cells[arm]?.facts ?? []).filter((runs) => runs.length > 0),
      ]),
    ),
    // Planners in the order in which each came first: the ledger lists runs as they were left out.
    unused: left.flatMap(({ cells }) =>
      cells
        .map((cell) => cell.facts)
        .sort(byFirstRun)
        .flat(),
    ),
  };
}

const byFirstRun = ([a]: readonly BreakdownFacts[], [b]: readonly BreakdownFacts[]): number =>
  a && b ? bySubmission(a, b) : Number(!a) - Number(!b);
