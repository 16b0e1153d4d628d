import { byTexts, jointKey } from '../../model/group-by.ts';
import { blockLabels } from '../design/block-labels.ts';
import { SIDES, type Side } from '../design/pairs.ts';
import type { PreloadFacts } from './extract.ts';
import type { MatchKey } from './options.ts';
import {
  addSums,
  createKeyReader,
  type OutcomeSums,
  sumsAt,
  type TaskGroupColumns,
  type TaskGroupKey,
  type TaskKind,
} from './task-groups.ts';

/**
 * The design says who is compared with whom. A block holds the runs of one workflow, structure and SLA; in it, tasks are matched
 * group by group: those at the same position, on workers of the same memory and state. A run takes part with the groups that runs
 * of the other side have too. Runs (never tasks) are what is averaged and permuted.
 */

/** A run in a block, with its tasks summed up by what is held equal about them. */
export interface Member {
  readonly fact: PreloadFacts;
  /** By the names of the groups. */
  readonly groups: ReadonlyMap<string, TaskSum>;
}

/** Sums over a run's tasks in one group. */
export interface TaskSum {
  readonly position: string;
  readonly taskCount: number;
  readonly sumsMs: OutcomeSums;
}

/** A block holds runs of both sides under the same conditions, neither side empty; each run shares a group with one of the other. */
export interface Block extends Readonly<Record<Side, readonly Member[]>> {
  readonly label: string;
  readonly names: Readonly<Record<BlockKey, string>>;
}

export type BlockKey = 'workflow' | 'structure' | 'sla';
const BLOCK_KEYS: readonly BlockKey[] = ['workflow', 'structure', 'sla'];

/** Gathers tasks by what is held equal about them. */
class TaskGatherer {
  readonly #readKeys = createKeyReader();
  readonly #names = new Map<TaskGroupKey, string>();
  readonly #byMemory: boolean;
  readonly #byState: boolean;

  constructor(keys: readonly MatchKey[]) {
    [this.#byMemory, this.#byState] = [keys.includes('memory'), keys.includes('worker-state')];
  }

  keysOf({ taskGroups }: PreloadFacts): readonly TaskGroupKey[] {
    return this.#readKeys(taskGroups);
  }

  /** The run with those of its tasks that `wanted` lets through. */
  gather(fact: PreloadFacts, wanted: (key: TaskGroupKey) => boolean): Member {
    const groups = new Map<string, TaskSum>();
    this.keysOf(fact).forEach((key, place) => {
      if (!wanted(key)) return;
      const name = this.#nameOf(key);
      const sum = sumAt(fact.taskGroups, key, place);
      const known = groups.get(name);
      groups.set(name, known ? mergeSums(known, sum) : sum);
    });
    return { fact, groups };
  }

  /** Worded once for each key: there are few keys and many groups. */
  #nameOf(key: TaskGroupKey): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = `${key.position}|${this.#byMemory ? key.memoryMb : ''}|${this.#byState ? key.workerState : ''}`;
    this.#names.set(key, name);
    return name;
  }
}

const sumAt = (groups: TaskGroupColumns, { position }: TaskGroupKey, place: number): TaskSum => ({
  position,
  taskCount: groups.taskCounts[place] as number,
  sumsMs: sumsAt(groups, place),
});

const mergeSums = (a: TaskSum, b: TaskSum): TaskSum => ({
  ...a,
  taskCount: a.taskCount + b.taskCount,
  sumsMs: addSums(a.sumsMs, b.sumsMs),
});

/** The blocks, and the preloaded runs that share no task group with a control run of the same conditions. */
export interface Design {
  readonly blocks: readonly Block[];
  readonly unmatched: readonly PreloadFacts[];
}

/**
 * Forms the blocks in which tasks of one kind, in the candidates, meet plain ones in the controls. Runs without such tasks are passed
 * over. Blocks are sorted by their labels.
 */
export function matchRuns(
  candidates: readonly PreloadFacts[],
  controls: readonly PreloadFacts[],
  kind: TaskKind,
  keys: readonly MatchKey[],
): Design {
  const gatherer = new TaskGatherer(keys);
  const gather = (facts: readonly PreloadFacts[], wanted: TaskKind) =>
    facts.map((fact) => gatherer.gather(fact, (key) => key.kind === wanted)).filter(({ groups }) => groups.size > 0);
  const candidate = gather(candidates, kind);
  // Controls are most of all runs: they are not gathered for nobody.
  const members = { baseline: candidate.length === 0 ? [] : gather(controls, 'plain'), candidate };
  const blocks = arrangeMembers(members).flatMap((block) => keepCommon(block) ?? []);
  const matched = new Set(blocks.flatMap(({ candidate }) => candidate));
  return { blocks, unmatched: members.candidate.filter((member) => !matched.has(member)).map(({ fact }) => fact) };
}

/** Sorts both sides into blocks, of which some may lack a side. */
function arrangeMembers(members: Readonly<Record<Side, readonly Member[]>>): Block[] {
  const runs = SIDES.flatMap((side) => members[side].map(({ fact }) => fact.run));
  const labelOf = blockLabels(runs, BLOCK_KEYS);
  const blocks = new Map<string, Block & Record<Side, Member[]>>();
  for (const side of SIDES) {
    for (const member of members[side]) {
      const { workflow, structure, sla } = member.fact.run.traits;
      const key = jointKey(workflow, structure, sla);
      const names = { workflow, structure, sla };
      const block = blocks.get(key) ?? { label: labelOf(member.fact.run), names, baseline: [], candidate: [] };
      blocks.set(key, block);
      block[side].push(member);
    }
  }
  const orders = BLOCK_KEYS.map(
    (key) =>
      ({ names }: Block) =>
        names[key],
  );
  return [...blocks.values()].sort(byTexts(...orders));
}

/** The block with the runs that share a group with a run of the other side; `null`: there are none. */
function keepCommon(block: Block): Block | null {
  const common = commonGroups(block.baseline, block.candidate);
  if (common.size === 0) return null;
  const keep = (members: readonly Member[]) =>
    members.filter(({ groups }) => [...groups.keys()].some((name) => common.has(name)));
  return { ...block, baseline: keep(block.baseline), candidate: keep(block.candidate) };
}

/** Names the groups that are on both sides. */
export function commonGroups(
  baseline: readonly { readonly groups: ReadonlyMap<string, unknown> }[],
  candidate: readonly { readonly groups: ReadonlyMap<string, unknown> }[],
): ReadonlySet<string> {
  const ofBaseline = new Set(baseline.flatMap(({ groups }) => [...groups.keys()]));
  return new Set(candidate.flatMap(({ groups }) => [...groups.keys()].filter((name) => ofBaseline.has(name))));
}

/**
 * Gives the same blocks and runs with the tasks that preloading cannot have touched: plain ones at positions that no run of the block
 * had preloaded or downstream of a preloaded task. They are matched as the preloaded ones are: the control answers what else moves
 * tasks that are alike in all that is held equal.
 */
export function negativeControlOf(blocks: readonly Block[], keys: readonly MatchKey[]): Block[] {
  const gatherer = new TaskGatherer(keys);
  return blocks.flatMap((block) => {
    const touched = new Set(
      block.candidate.flatMap(({ fact }) =>
        gatherer
          .keysOf(fact)
          .filter(({ kind, afterPreload }) => kind !== 'plain' || afterPreload)
          .map(({ position }) => position),
      ),
    );
    const untouched = ({ fact }: Member) =>
      gatherer.gather(fact, ({ kind, position }) => kind === 'plain' && !touched.has(position));
    const [baseline, candidate] = [block.baseline.map(untouched), block.candidate.map(untouched)];
    return keepCommon({ ...block, baseline, candidate }) ?? [];
  });
}
