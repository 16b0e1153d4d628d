import type { SlaFacts } from './extract.ts';

/** A run with its place in its block's history. */
export interface IndexedRun {
  readonly fact: SlaFacts;
  /** 0, 1, 2, … in order of submission: the planner's history is that of the structure and planner, whatever the SLA. */
  readonly runIndex: number;
}

/** Workflow × structure × planner. */
export function formBlocks(judged: readonly SlaFacts[]): IndexedRun[][] {
  const blocks = new Map<string, IndexedRun[]>();
  for (const fact of judged) {
    const key = [fact.run.workflow, fact.run.structure, fact.run.planner].join('\n');
    const block = blocks.get(key) ?? [];
    blocks.set(key, block);
    block.push({ fact, runIndex: block.length });
  }
  return [...blocks].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([, block]) => block);
}
