import type { MeasuredCell } from '../design/cells.ts';
import { type PairedBlock, SIDES, type Side } from '../design/pairs.ts';
import { commonNames, type GroupFigures, keepGroups, standardizeArms } from '../design/standardize.ts';
import type { Block, BlockKey, Member } from './design.ts';
import { countTasks, OUTCOMES, type OutcomeKey, sumAt } from './task-groups.ts';

/** Measuring gives every run of a block a figure for one outcome, over the task groups that both sides have it in. */

/** A run with its figures in the common groups: means over its tasks there, in ms. */
export interface MeasuredRun {
  readonly member: Member;
  readonly groups: GroupFigures;
}

/** A block's figures for one outcome, in ms; neither side is empty. */
export interface MeasuredBlock extends PairedBlock<MeasuredCell<MeasuredRun>> {
  readonly names: Readonly<Record<BlockKey, string>>;
  /** Is true when all figures of each group are the same number. */
  readonly allEqual: boolean;
}

export type MeasuredOutcomes = Readonly<Record<OutcomeKey, readonly MeasuredBlock[]>>;

/** Measures all outcomes, each in the blocks in which both sides have it. */
export const measureOutcomes = (blocks: readonly Block[]): MeasuredOutcomes =>
  Object.fromEntries(
    OUTCOMES.map((outcome) => [outcome, blocks.flatMap((block) => measureOutcome(block, outcome) ?? [])]),
  ) as unknown as MeasuredOutcomes;

function measureOutcome(block: Block, outcome: OutcomeKey): MeasuredBlock | null {
  const share = createNameSharing();
  const measure = (side: Side) =>
    block[side].map((member) => ({ member, groups: share(member, figuresOf(member, outcome)) }));
  return measureCommon(block, { baseline: measure('baseline'), candidate: measure('candidate') });
}

/** The groups of a run without a figure (roots have no ready lag) are left out. */
function figuresOf({ fact: { taskGroups }, groups }: Member, outcome: OutcomeKey): GroupFigures {
  const names: string[] = [];
  const amounts: number[] = [];
  for (const [name, { places }] of groups) {
    const sumMs = sumAt(taskGroups, places, outcome);
    if (sumMs === null) continue;
    names.push(name);
    amounts.push(sumMs / countTasks(taskGroups, places));
  }
  return { names, amounts };
}

/** Creates a function that gives runs with the same groups one list of names. */
function createNameSharing(): (member: Member, figures: GroupFigures) => GroupFigures {
  const lists = new Map<Member['groups'], readonly string[]>();
  return ({ groups }, figures) => {
    const known = lists.get(groups) ?? figures.names;
    lists.set(groups, known);
    const isSame = known.length === figures.names.length && known.every((name, i) => name === figures.names[i]);
    return isSame ? { names: known, amounts: figures.amounts } : figures;
  };
}

type Sides = Readonly<Record<Side, readonly MeasuredRun[]>>;

/** Keeps the groups that are on both sides, and the runs that have any of them; `null`: there are none. */
function measureCommon({ label, names }: Pick<MeasuredBlock, 'label' | 'names'>, all: Sides): MeasuredBlock | null {
  const listsOf = (side: Side) => [...new Set(all[side].map(({ groups }) => groups.names))];
  const common = commonNames(listsOf('baseline'), listsOf('candidate'));
  if (common.size === 0) return null;
  const keep = (side: Side) =>
    all[side]
      .map(({ member, groups }) => ({ member, groups: keepGroups(groups, common) }))
      .filter(({ groups }) => groups.names.length > 0);
  const runs = { baseline: keep('baseline'), candidate: keep('candidate') };
  const ofSide = (side: Side) => runs[side].map(({ groups }) => groups);
  const amounts = standardizeArms(ofSide('baseline'), ofSide('candidate'));
  const logs = standardizeLogs(ofSide('baseline'), ofSide('candidate'));
  const cellOf = (side: Side) => ({ facts: runs[side], amounts: amounts[side], logs: logs?.[side] ?? null });
  return { label, names, allEqual: areEqual(runs), baseline: cellOf('baseline'), candidate: cellOf('candidate') };
}

/** Takes logarithms before anything is averaged: levels that differ by group are factors then. `null`: a figure is not positive. */
function standardizeLogs(baseline: readonly GroupFigures[], candidate: readonly GroupFigures[]) {
  const isPositive = ({ amounts }: GroupFigures) => amounts.every((amount) => amount > 0);
  if (!baseline.every(isPositive) || !candidate.every(isPositive)) return null;
  const toLogs = ({ names, amounts }: GroupFigures) => ({ names, amounts: amounts.map(Math.log) });
  return standardizeArms(baseline.map(toLogs), candidate.map(toLogs));
}

function areEqual(runs: Sides): boolean {
  const firsts = new Map<string, number>();
  return SIDES.every((side) =>
    runs[side].every(({ groups: { names, amounts } }) =>
      names.every((name, i) => {
        const first = firsts.get(name) ?? (amounts[i] as number);
        firsts.set(name, first);
        return first === amounts[i];
      }),
    ),
  );
}

/** A block's figures at one structural position. */
export interface MeasuredPosition {
  readonly position: string;
  readonly block: MeasuredBlock;
}

/** Measures each position of a block by itself, whatever the memory and state of the workers there. */
export function measurePositions(block: MeasuredBlock): MeasuredPosition[] {
  const sides = new Map<string, Record<Side, MeasuredRun[]>>();
  for (const side of SIDES) {
    for (const run of block[side].facts) {
      for (const [position, groups] of splitByPosition(run)) {
        const own = sides.get(position) ?? { baseline: [], candidate: [] };
        sides.set(position, own);
        own[side].push({ member: run.member, groups });
      }
    }
  }
  return [...sides].flatMap(([position, runs]) => {
    const measured = measureCommon(block, runs);
    return measured === null ? [] : [{ position, block: measured }];
  });
}

function splitByPosition(run: MeasuredRun): Map<string, { readonly names: string[]; readonly amounts: number[] }> {
  const { names, amounts } = run.groups;
  const parts = new Map<string, { readonly names: string[]; readonly amounts: number[] }>();
  for (const [i, name] of names.entries()) {
    const position = positionOf(run, name);
    const part = parts.get(position) ?? { names: [], amounts: [] };
    parts.set(position, part);
    part.names.push(name);
    part.amounts.push(amounts[i] as number);
  }
  return parts;
}

/** Names the structural position of a run's group, without the memory and worker state that may be held equal too. */
export const positionOf = ({ member }: MeasuredRun, group: string): string =>
  member.groups.get(group)?.position as string;
