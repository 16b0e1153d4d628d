import { groupBy, jointKey } from '../../model/group-by.ts';
import type { Sla } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { type RunKey, runKeyOf } from '../../model/select.ts';
import { slaLabel } from '../../model/timeline.ts';
import { arrangeBlocks, type Block, type Cell } from '../design/blocks.ts';
import { tellConditions } from '../design/conditions.ts';
import type { SlaFacts } from './extract.ts';

/** A run with its place in its block's history. */
export interface IndexedRun {
  readonly run: RunFacts;
  readonly fact: SlaFacts;
  /** 0, 1, 2, … in order of submission: the planner's history is that of the structure and planner, whatever the SLA. */
  readonly runIndex: number;
}

const BLOCK_KEYS: readonly RunKey[] = ['workflow', 'structure', 'planner'];

/** Numbers the runs of each workflow × structure × planner. `judged` in order of submission; so is each history. */
export function indexRuns(judged: readonly SlaFacts[]): IndexedRun[][] {
  const keys = BLOCK_KEYS.map(
    (key) =>
      ({ run }: SlaFacts) =>
        runKeyOf(run, key),
  );
  return groupBy(judged, ...keys).map((history) =>
    history.map((fact, runIndex) => ({ run: fact.run, fact, runIndex })),
  );
}

/** Sorts the runs into workflow × structure × planner, with the SLAs as arms. */
export function arrangeSlas(
  histories: readonly (readonly IndexedRun[])[],
  slas: readonly Sla[],
): Block<Cell<IndexedRun>>[] {
  const labels = slas.map(slaLabel);
  return arrangeBlocks(tellConditions(histories.flat(), [...BLOCK_KEYS, 'sla']), {
    blockKeys: BLOCK_KEYS,
    labelOf: (run) => jointKey(...BLOCK_KEYS.map((key) => runKeyOf(run, key))),
    armCount: slas.length,
    armOf: (run) => labels.indexOf(run.traits.sla),
  });
}

/** All runs of a block in order of submission, with the arm of each. */
export const runsOf = <Facts extends Pick<IndexedRun, 'runIndex'>>({ cells }: Block<Cell<Facts>>) =>
  cells
    .flatMap(({ facts }, arm) => facts.map((fact, place) => ({ fact, arm, place })))
    .sort((a, b) => a.fact.runIndex - b.fact.runIndex);
