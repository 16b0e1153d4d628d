import {
  addSums,
  type CellKey,
  createKeyReader,
  type OutcomeKey,
  type OutcomeSums,
  placeOf,
  sumsAt,
  type TaskKind,
} from './cells.ts';
import type { PreloadFacts } from './extract.ts';
import type { MatchKey } from './options.ts';

/**
 * Who is compared with whom. A block holds runs under the same conditions: workflow, structure, SLA, the same preloaded positions
 * and, there, the same memory and worker state. So every run of a block has a figure for every cell of the block, each run is in
 * one block only, and runs (never tasks) are what is averaged and permuted.
 */

/** A run in a block, with its tasks summed up by cell. */
export interface Member {
  readonly fact: PreloadFacts;
  readonly cells: ReadonlyMap<string, CellSum>;
}

export interface CellSum {
  readonly position: string;
  readonly taskCount: number;
  readonly sumsMs: OutcomeSums;
}

export interface Block {
  readonly workflow: string;
  readonly structure: string;
  /** The cells compared, sorted. */
  readonly cellKeys: readonly string[];
  readonly baseline: readonly Member[];
  readonly candidate: readonly Member[];
}

const conditionsOf = ({ run }: PreloadFacts): string =>
  [run.traits.workflow, run.traits.structure, run.traits.sla].join('\n');

/** What is held equal about a task, and of which tasks. */
class CellGatherer {
  readonly #readKeys = createKeyReader();
  readonly #names = new Map<CellKey, string>();
  readonly #byMemory: boolean;
  readonly #byState: boolean;

  constructor(keys: readonly MatchKey[]) {
    [this.#byMemory, this.#byState] = [keys.includes('memory'), keys.includes('worker-state')];
  }

  keysOf({ cells }: PreloadFacts): readonly CellKey[] {
    return this.#readKeys(cells);
  }

  /** The tasks of one run that `wanted` lets through, by the name of what is held equal about them. */
  gather(fact: PreloadFacts, wanted: (key: CellKey) => boolean): Map<string, CellSum> {
    const sums = new Map<string, CellSum>();
    const { cells } = fact;
    const keys = this.#readKeys(cells);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as CellKey;
      if (!wanted(key)) continue;
      const name = this.#nameOf(key);
      const cell = { position: key.position, taskCount: cells.taskCounts[i] as number, sumsMs: sumsAt(cells, i) };
      const known = sums.get(name);
      sums.set(name, known ? mergeCells(known, cell) : cell);
    }
    return sums;
  }

  /** Worded once for each key: there are few keys and many cells. */
  #nameOf(key: CellKey): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = `${key.position}|${this.#byMemory ? key.memoryMb : ''}|${this.#byState ? key.workerState : ''}`;
    this.#names.set(key, name);
    return name;
  }
}

const mergeCells = (a: CellSum, b: CellSum): CellSum => ({
  ...a,
  taskCount: a.taskCount + b.taskCount,
  sumsMs: addSums(a.sumsMs, b.sumsMs),
});

/** Preloaded runs with the control runs of the same conditions; preloaded runs without any come back as unmatched. */
export interface Design {
  readonly blocks: readonly Block[];
  readonly unmatched: readonly PreloadFacts[];
}

/**
 * Forms the blocks for tasks of one kind. Preloaded runs that share conditions and cells make a block; a control run joins the
 * largest block whose cells it has, and no second one, so that no run counts twice.
 */
export function matchRuns(
  candidates: readonly PreloadFacts[],
  controls: readonly PreloadFacts[],
  kind: TaskKind,
  keys: readonly MatchKey[],
): Design {
  const cellsOf = new CellGatherer(keys);
  const groups = new Map<string, { cellKeys: string[]; candidate: Member[] }>();
  for (const fact of candidates) {
    const cells = cellsOf.gather(fact, (key) => key.kind === kind);
    if (cells.size === 0) continue;
    const cellKeys = [...cells.keys()].sort();
    const name = [conditionsOf(fact), ...cellKeys].join('\n');
    const group = groups.get(name) ?? { cellKeys, candidate: [] };
    groups.set(name, group);
    group.candidate.push({ fact, cells });
  }
  const free = freeControls(controls, cellsOf);
  const blocks: Block[] = [];
  const unmatched: PreloadFacts[] = [];
  const largestFirst = [...groups.values()].sort((a, b) => b.candidate.length - a.candidate.length);
  for (const { cellKeys, candidate } of largestFirst) {
    const first = (candidate[0] as Member).fact;
    const members = free.get(conditionsOf(first)) ?? new Set<Member>();
    const baseline = [...members].filter(({ cells }) => cellKeys.every((key) => cells.has(key)));
    for (const member of baseline) members.delete(member);
    if (baseline.length === 0) unmatched.push(...candidate.map(({ fact }) => fact));
    else
      blocks.push({
        workflow: first.run.traits.workflow,
        structure: first.run.traits.structure,
        cellKeys,
        baseline,
        candidate,
      });
  }
  return { blocks, unmatched };
}

/** The control runs by conditions, with their plain tasks. */
function freeControls(controls: readonly PreloadFacts[], cellsOf: CellGatherer): Map<string, Set<Member>> {
  const free = new Map<string, Set<Member>>();
  for (const fact of controls) {
    const key = conditionsOf(fact);
    const members = free.get(key) ?? new Set();
    free.set(key, members);
    members.add({ fact, cells: cellsOf.gather(fact, ({ kind }) => kind === 'plain') });
  }
  return free;
}

/**
 * The same blocks and runs with the tasks that preloading cannot have touched: plain ones at positions that no run of the block
 * had preloaded or downstream of a preloaded task. Matched by position only: that the workers of these tasks may differ is a
 * difference between the runs that a negative control must show. Only positions that every run of the block has.
 */
export function negativeControlOf(blocks: readonly Block[]): Block[] {
  const cellsOf = new CellGatherer([]);
  return blocks.flatMap((block) => {
    const touched = new Set(
      block.candidate.flatMap(({ fact }) =>
        cellsOf
          .keysOf(fact)
          .filter(({ kind, afterPreload }) => kind !== 'plain' || afterPreload)
          .map(({ position }) => position),
      ),
    );
    const untouched = ({ fact }: Member): Member => ({
      fact,
      cells: cellsOf.gather(fact, ({ kind, position }) => kind === 'plain' && !touched.has(position)),
    });
    const [baseline, candidate] = [block.baseline.map(untouched), block.candidate.map(untouched)];
    const members = [...baseline, ...candidate];
    const cellKeys = [...(members[0] as Member).cells.keys()]
      .filter((key) => members.every(({ cells }) => cells.has(key)))
      .sort();
    return cellKeys.length === 0 ? [] : [{ ...block, cellKeys, baseline, candidate }];
  });
}

/**
 * The block reduced to the cells in which every member has the outcome (roots have no ready lag). Where there is no such cell:
 * to the members that have it in every cell that any has. `null` when one side is empty then.
 */
export function measuredCells(block: Block, outcome: OutcomeKey): Block | null {
  const members = [...block.baseline, ...block.candidate];
  const place = placeOf(outcome);
  const has = (key: string) => (member: Member) => {
    const cell = member.cells.get(key);
    return cell === undefined || cell.sumsMs[place] !== null;
  };
  const everywhere = block.cellKeys.filter((key) => members.every(has(key)));
  if (everywhere.length > 0) return { ...block, cellKeys: everywhere };
  const somewhere = block.cellKeys.filter((key) => members.some(has(key)));
  const measured = (side: readonly Member[]) => side.filter((member) => somewhere.every((key) => has(key)(member)));
  const [baseline, candidate] = [measured(block.baseline), measured(block.candidate)];
  if (somewhere.length === 0 || baseline.length === 0 || candidate.length === 0) return null;
  return { ...block, cellKeys: somewhere, baseline, candidate };
}

/** A run's figure: mean over the block's cells of the mean over the tasks in the cell, in ms. */
export function amountOf({ cells }: Member, cellKeys: readonly string[], outcome: OutcomeKey): number {
  const place = placeOf(outcome);
  let sum = 0;
  for (const key of cellKeys) {
    const cell = cells.get(key) as CellSum;
    sum += (cell.sumsMs[place] as number) / cell.taskCount;
  }
  return sum / cellKeys.length;
}
