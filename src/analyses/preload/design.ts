import { byTexts, jointKey } from '../../model/group-by.ts';
import { blockLabels } from '../design/block-labels.ts';
import { SIDES, type Side } from '../design/pairs.ts';
import { commonNames } from '../design/standardize.ts';
import type { PreloadFacts } from './extract.ts';
import type { MatchKey } from './options.ts';
import { createKeyReader, type TaskGroupKey, type TaskKind } from './task-groups.ts';

/**
 * The design says who is compared with whom. A block holds the runs of one workflow, structure and SLA; in it, tasks are matched
 * group by group: those at the same position, on workers of the same memory and state. A run takes part with the groups that runs
 * of the other side have too. Runs (never tasks) are what is averaged and permuted.
 */

/** A run in a block, with its task groups gathered by what is held equal about them. */
export interface Member {
  readonly fact: PreloadFacts;
  /** By name; one object for all runs whose task groups have the same keys. */
  readonly groups: ReadonlyMap<string, GatheredGroup>;
}

/** Task groups that count as one. */
export interface GatheredGroup {
  readonly position: string;
  /** In the run's columns. */
  readonly places: readonly number[];
}

/** A block holds runs of both sides under the same conditions, neither side empty; each run shares a group with one of the other. */
export interface Block extends Readonly<Record<Side, readonly Member[]>> {
  readonly label: string;
  readonly names: Readonly<Record<BlockKey, string>>;
}

export type BlockKey = 'workflow' | 'structure' | 'sla';
const BLOCK_KEYS: readonly BlockKey[] = ['workflow', 'structure', 'sla'];

/** Gathers task groups by what is held equal about them: once for all runs that have the same keys. */
class TaskGatherer {
  readonly #readKeys = createKeyReader();
  readonly #byMemory: boolean;
  readonly #byState: boolean;

  constructor(keys: readonly MatchKey[]) {
    [this.#byMemory, this.#byState] = [keys.includes('memory'), keys.includes('worker-state')];
  }

  keysOf({ taskGroups }: PreloadFacts): readonly TaskGroupKey[] {
    return this.#readKeys(taskGroups);
  }

  /** The runs with those of their tasks that `wanted` lets through. */
  gatherAll(facts: readonly PreloadFacts[], wanted: (key: TaskGroupKey) => boolean): Member[] {
    const known = new Map<readonly TaskGroupKey[], Member['groups']>();
    return facts.map((fact) => {
      const keys = this.keysOf(fact);
      const groups = known.get(keys) ?? this.#gather(keys, wanted);
      known.set(keys, groups);
      return { fact, groups };
    });
  }

  #gather(keys: readonly TaskGroupKey[], wanted: (key: TaskGroupKey) => boolean): Member['groups'] {
    const groups = new Map<string, { readonly position: string; readonly places: number[] }>();
    for (const [place, key] of keys.entries()) {
      if (!wanted(key)) continue;
      const name = this.#nameOf(key);
      const group = groups.get(name) ?? { position: key.position, places: [] };
      groups.set(name, group);
      group.places.push(place);
    }
    return groups;
  }

  #nameOf({ position, memoryMb, workerState }: TaskGroupKey): string {
    return `${position}|${this.#byMemory ? memoryMb : ''}|${this.#byState ? workerState : ''}`;
  }
}

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
    gatherer.gatherAll(facts, (key) => key.kind === wanted).filter(({ groups }) => groups.size > 0);
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
  const namesOf = (side: Side) =>
    [...new Set(block[side].map(({ groups }) => groups))].map((groups) => [...groups.keys()]);
  const common = commonNames(namesOf('baseline'), namesOf('candidate'));
  if (common.size === 0) return null;
  const keep = (members: readonly Member[]) =>
    members.filter(({ groups }) => [...groups.keys()].some((name) => common.has(name)));
  return { ...block, baseline: keep(block.baseline), candidate: keep(block.candidate) };
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
    const untouched = (members: readonly Member[]) =>
      gatherer.gatherAll(
        members.map(({ fact }) => fact),
        ({ kind, position }) => kind === 'plain' && !touched.has(position),
      );
    return keepCommon({ ...block, baseline: untouched(block.baseline), candidate: untouched(block.candidate) }) ?? [];
  });
}
