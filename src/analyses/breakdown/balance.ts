import type { RunFacts } from '../../model/run-facts.ts';
import type { BreakdownFacts } from './extract.ts';
import type { Balance } from './result.ts';

/** Runs by planner and block, so that every planner is averaged over the same mix of workflows. */
export interface Balanced {
  readonly balance: Balance;
  /** By planner: the runs of each block that counts, in the order of the blocks. */
  readonly strata: ReadonlyMap<string, readonly (readonly BreakdownFacts[])[]>;
  /** Runs of blocks that lack some planner. */
  readonly unused: readonly BreakdownFacts[];
}

/** Keeps the blocks that hold every planner among `facts`; when there is none, all blocks, each planner its own. */
export function balanceBlocks(facts: readonly BreakdownFacts[], labelOf: (run: RunFacts) => string): Balanced {
  const cells = new Map<string, Map<string, BreakdownFacts[]>>();
  const planners = new Set<string>();
  for (const fact of facts) {
    const block = labelOf(fact.run);
    const { planner } = fact.run.traits;
    planners.add(planner);
    const cell = cells.get(block) ?? new Map<string, BreakdownFacts[]>();
    cells.set(block, cell);
    const runs = cell.get(planner);
    if (runs) runs.push(fact);
    else cell.set(planner, [fact]);
  }
  const labels = [...cells.keys()].sort();
  const common = labels.filter((label) => cells.get(label)?.size === planners.size);
  const blocks = common.length > 0 ? common : labels;
  const left = labels.filter((label) => !blocks.includes(label));
  return {
    balance: { blocksUsed: common.length > 0 ? 'common' : 'own', blocks, leftOutBlocks: left },
    strata: new Map(
      [...planners]
        .sort()
        .map((planner) => [planner, blocks.flatMap((label) => asList(cells.get(label)?.get(planner)))]),
    ),
    unused: left.flatMap((label) => [...(cells.get(label)?.values() ?? [])].flat()),
  };
}

const asList = <Item>(item: Item | undefined): Item[] => (item === undefined ? [] : [item]);
