import { groupBy } from '../../model/group-by.ts';
import type { SlaFacts } from './extract.ts';

/** A run with its place in its block's history. */
export interface IndexedRun {
  readonly fact: SlaFacts;
  /** 0, 1, 2, … in order of submission: the planner's history is that of the structure and planner, whatever the SLA. */
  readonly runIndex: number;
}

/** Workflow × structure × planner. */
export function formBlocks(judged: readonly SlaFacts[]): IndexedRun[][] {
  const blocks = groupBy(
    judged,
    ({ run }) => run.traits.workflow,
    ({ run }) => run.traits.structure,
    ({ run }) => run.traits.planner,
  );
  return blocks
    .map((block) => ({ name: nameOf(block[0] as SlaFacts), runs: block.map((fact, runIndex) => ({ fact, runIndex })) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ runs }) => runs);
}

const nameOf = ({ run }: SlaFacts): string =>
  [run.traits.workflow, run.traits.structure, run.traits.planner].join('\n');
