import { groupBy } from '../../model/group-by.ts';
import type { MeasuredCell } from '../design/cells.ts';
import { type PairedBlock, SIDES, type Side } from '../design/pairs.ts';
import { type GroupFigures, standardizeArms } from '../design/standardize.ts';
import { type Block, type BlockKey, commonGroups, type Member } from './design.ts';
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
  const measure = (side: Side) => block[side].map((member) => ({ member, groups: figuresOf(member, outcome) }));
  return measureCommon(block, { baseline: measure('baseline'), candidate: measure('candidate') });
}

/** The groups of a run without a figure (roots have no ready lag) are left out. */
function figuresOf({ fact: { taskGroups }, groups }: Member, outcome: OutcomeKey): Map<string, number> {
  const figures = new Map<string, number>();
  for (const [name, { places }] of groups) {
    const sumMs = sumAt(taskGroups, places, outcome);
    if (sumMs !== null) figures.set(name, sumMs / countTasks(taskGroups, places));
  }
  return figures;
}

type Sides = Readonly<Record<Side, readonly MeasuredRun[]>>;

/** Keeps the groups that are on both sides, and the runs that have any of them; `null`: there are none. */
function measureCommon({ label, names }: Pick<MeasuredBlock, 'label' | 'names'>, all: Sides): MeasuredBlock | null {
  const common = commonGroups(all.baseline, all.candidate);
  if (common.size === 0) return null;
  const keep = (side: Side) =>
    all[side]
      .map(({ member, groups }) => ({ member, groups: keepNames(groups, common) }))
      .filter(({ groups }) => groups.size > 0);
  const runs = { baseline: keep('baseline'), candidate: keep('candidate') };
  const ofSide = (side: Side) => runs[side].map(({ groups }) => groups);
  const amounts = standardizeArms(ofSide('baseline'), ofSide('candidate'));
  const logs = standardizeLogs(ofSide('baseline'), ofSide('candidate'));
  const cellOf = (side: Side) => ({ facts: runs[side], amounts: amounts[side], logs: logs?.[side] ?? null });
  return { label, names, allEqual: areEqual(runs), baseline: cellOf('baseline'), candidate: cellOf('candidate') };
}

/** Most runs have no other groups: theirs are not copied, of which there are as many as runs and outcomes. */
const keepNames = (groups: GroupFigures, names: ReadonlySet<string>): GroupFigures =>
  [...groups.keys()].every((name) => names.has(name))
    ? groups
    : new Map([...groups].filter(([name]) => names.has(name)));

/** Takes logarithms before anything is averaged: levels that differ by group are factors then. `null`: a figure is not positive. */
function standardizeLogs(baseline: readonly GroupFigures[], candidate: readonly GroupFigures[]) {
  const isPositive = (groups: GroupFigures) => [...groups.values()].every((amount) => amount > 0);
  if (![...baseline, ...candidate].every(isPositive)) return null;
  const toLogs = (groups: GroupFigures) => new Map([...groups].map(([name, amount]) => [name, Math.log(amount)]));
  return standardizeArms(baseline.map(toLogs), candidate.map(toLogs));
}

function areEqual(runs: Sides): boolean {
  const firsts = new Map<string, number>();
  for (const [name, amount] of SIDES.flatMap((side) => runs[side].flatMap(({ groups }) => [...groups]))) {
    const first = firsts.get(name) ?? amount;
    if (first !== amount) return false;
    firsts.set(name, first);
  }
  return true;
}

/** A block's figures at one structural position. */
export interface MeasuredPosition {
  readonly position: string;
  readonly block: MeasuredBlock;
}

/** Measures each position of a block by itself, whatever the memory and state of the workers there. */
export function measurePositions(block: MeasuredBlock): MeasuredPosition[] {
  const parts = SIDES.flatMap((side) =>
    block[side].facts.flatMap((run) =>
      groupBy([...run.groups], ([name]) => positionOf(run, name)).map((figures) => ({
        side,
        position: positionOf(run, figures[0]?.[0] as string),
        run: { member: run.member, groups: new Map(figures) },
      })),
    ),
  );
  return groupBy(parts, ({ position }) => position).flatMap((own) => {
    const runsOf = (wanted: Side) => own.filter(({ side }) => side === wanted).map(({ run }) => run);
    const measured = measureCommon(block, { baseline: runsOf('baseline'), candidate: runsOf('candidate') });
    return measured === null ? [] : [{ position: own[0]?.position as string, block: measured }];
  });
}

/** Names the structural position of a run's group, without the memory and worker state that may be held equal too. */
export const positionOf = ({ member }: MeasuredRun, group: string): string =>
  member.groups.get(group)?.position as string;
