import { isEmpty } from '../design/blocks.ts';
import { type MeasuredCell, measureCell } from '../design/cells.ts';
import { matchControls } from '../design/matching.ts';
import type { PairedBlock } from '../design/pairs.ts';
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

/** A run in a block, with its tasks summed up by what is held equal about them: position, memory, worker state. */
export interface Member {
  readonly fact: PreloadFacts;
  readonly positions: ReadonlyMap<string, TaskSum>;
}

/** Sums over a run's tasks at one position. */
export interface TaskSum {
  readonly position: string;
  readonly taskCount: number;
  readonly sumsMs: OutcomeSums;
}

/** Runs of both sides, neither empty. */
export interface Block {
  readonly workflow: string;
  readonly structure: string;
  /** The positions compared, sorted. */
  readonly positions: readonly string[];
  readonly baseline: readonly Member[];
  readonly candidate: readonly Member[];
}

/** A block's figures for one outcome, in ms. */
export interface MeasuredBlock extends PairedBlock<MeasuredCell<Member>> {
  readonly names: Readonly<Record<'workflow' | 'structure', string>>;
  /** The positions over which each run's figure is averaged. */
  readonly positions: readonly string[];
}

const conditionsOf = ({ fact: { run } }: Member): string =>
  [run.traits.workflow, run.traits.structure, run.traits.sla].join('\n');

/** What is held equal about a task, and of which tasks. */
class TaskGatherer {
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
  gather(fact: PreloadFacts, wanted: (key: CellKey) => boolean): Map<string, TaskSum> {
    const sums = new Map<string, TaskSum>();
    const { cells } = fact;
    const keys = this.#readKeys(cells);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as CellKey;
      if (!wanted(key)) continue;
      const name = this.#nameOf(key);
      const cell = { position: key.position, taskCount: cells.taskCounts[i] as number, sumsMs: sumsAt(cells, i) };
      const known = sums.get(name);
      sums.set(name, known ? mergeSums(known, cell) : cell);
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

const mergeSums = (a: TaskSum, b: TaskSum): TaskSum => ({
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
 * Forms the blocks for tasks of one kind. Preloaded runs that share conditions and positions make a block; a control run joins the
 * largest block whose positions it has, with plain tasks there.
 */
export function matchRuns(
  candidates: readonly PreloadFacts[],
  controls: readonly PreloadFacts[],
  kind: TaskKind,
  keys: readonly MatchKey[],
): Design {
  const tasks = new TaskGatherer(keys);
  const gather = (facts: readonly PreloadFacts[], wanted: TaskKind): Member[] =>
    facts.map((fact) => ({ fact, positions: tasks.gather(fact, (key) => key.kind === wanted) }));
  const { groups, unmatched } = matchControls(gather(candidates, kind), gather(controls, 'plain'), conditionsOf);
  const blocks = groups.map((group) => {
    const { workflow, structure } = (group.candidate[0] as Member).fact.run.traits;
    return { workflow, structure, ...group };
  });
  return { blocks, unmatched: unmatched.map(({ fact }) => fact) };
}

/**
 * The same blocks and runs with the tasks that preloading cannot have touched: plain ones at positions that no run of the block
 * had preloaded or downstream of a preloaded task. Matched by position only: that the workers of these tasks may differ is a
 * difference between the runs that a negative control must show. Only positions that every run of the block has.
 */
export function negativeControlOf(blocks: readonly Block[]): Block[] {
  const tasks = new TaskGatherer([]);
  return blocks.flatMap((block) => {
    const touched = new Set(
      block.candidate.flatMap(({ fact }) =>
        tasks
          .keysOf(fact)
          .filter(({ kind, afterPreload }) => kind !== 'plain' || afterPreload)
          .map(({ position }) => position),
      ),
    );
    const untouched = ({ fact }: Member): Member => ({
      fact,
      positions: tasks.gather(fact, ({ kind, position }) => kind === 'plain' && !touched.has(position)),
    });
    const [baseline, candidate] = [block.baseline.map(untouched), block.candidate.map(untouched)];
    const members = [...baseline, ...candidate];
    const positions = [...(members[0] as Member).positions.keys()]
      .filter((name) => members.every((member) => member.positions.has(name)))
      .sort();
    return positions.length === 0 ? [] : [{ ...block, positions, baseline, candidate }];
  });
}

/**
 * Measures a block by one outcome, at the positions where every member has it (roots have no ready lag). Where there is no such
 * position: the members that have it at every position that any has. `null` when one side is empty then.
 */
export function measureOutcome(block: Block, outcome: OutcomeKey): MeasuredBlock | null {
  const members = [...block.baseline, ...block.candidate];
  const place = placeOf(outcome);
  const has = (name: string) => (member: Member) => {
    const tasks = member.positions.get(name);
    return tasks === undefined || tasks.sumsMs[place] !== null;
  };
  const everywhere = block.positions.filter((name) => members.every(has(name)));
  const positions = everywhere.length > 0 ? everywhere : block.positions.filter((name) => members.some(has(name)));
  const measure = (side: readonly Member[]) =>
    measureCell(side, (member) =>
      positions.every((name) => has(name)(member)) ? amountOf(member, positions, outcome) : null,
    );
  const [baseline, candidate] = [measure(block.baseline), measure(block.candidate)];
  if (positions.length === 0 || isEmpty(baseline) || isEmpty(candidate)) return null;
  const { workflow, structure } = block;
  return { label: workflow, names: { workflow, structure }, positions, baseline, candidate };
}

/** A run's figure: mean over the positions of the mean over the tasks there, in ms. */
export function amountOf(member: Member, positions: readonly string[], outcome: OutcomeKey): number {
  const place = placeOf(outcome);
  let sum = 0;
  for (const name of positions) {
    const tasks = member.positions.get(name) as TaskSum;
    sum += (tasks.sumsMs[place] as number) / tasks.taskCount;
  }
  return sum / positions.length;
}
