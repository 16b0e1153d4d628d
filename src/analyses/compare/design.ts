import { op, table } from 'arquero';
import { UserError } from '../../errors.ts';
import { blockLabels } from '../../model/blocks.ts';
import type { Ledger } from '../../model/ledger.ts';
import type { RunKey } from '../../model/select.ts';
import { runKeyOf } from '../../model/select.ts';
import type { Arm } from './arms.ts';
import type { CompareFacts } from './extract.ts';
import type { LonelyBlock } from './result.ts';

/** A candidate against the baseline, in the blocks that hold both. */
export interface Pairing {
  readonly baseline: Arm;
  readonly candidate: Arm;
  readonly blocks: readonly Block[];
  readonly lonelyBlocks: readonly LonelyBlock[];
  /** The runs of the blocks, block by block. */
  readonly members: readonly Member[];
}

export interface Member {
  readonly side: 'baseline' | 'candidate';
  readonly fact: CompareFacts;
}

/** Runs under the same conditions, those of each arm in order of submission; neither side is empty. */
export interface Block {
  readonly label: string;
  readonly names: Readonly<Record<string, string>>;
  readonly baseline: readonly CompareFacts[];
  readonly candidate: readonly CompareFacts[];
}

/**
 * Sorts the runs of two arms into blocks. Runs whose block holds only one arm cannot be compared: they are returned as lonely
 * blocks. `UserError` when that is all of them.
 */
export function pairArms(
  facts: readonly CompareFacts[],
  baseline: Arm,
  candidate: Arm,
  blockKeys: readonly RunKey[],
): Pairing {
  const labelOf = blockLabels(
    facts.map((fact) => fact.run),
    blockKeys,
  );
  const [places, sides, labels]: [number[], Member['side'][], string[]] = [[], [], []];
  for (let index = 0; index < facts.length; index++) {
    const { run } = facts[index] as CompareFacts;
    const side = baseline.holds(run) ? 'baseline' : candidate.holds(run) ? 'candidate' : null;
    if (side === null) continue;
    places.push(index);
    sides.push(side);
    labels.push(labelOf(run));
  }
  const cells = table({ place: places, side: sides, block: labels })
    .groupby('block', 'side')
    .rollup({ runs: op.array_agg('place') })
    .groupby('block')
    .pivot('side', 'runs')
    .orderby('block')
    .objects() as Cells[];
  const factsAt = (own: readonly number[]) => own.map((index) => facts[index] as CompareFacts);
  const blocks = cells.flatMap((cell): Block[] => {
    if (!cell.baseline || !cell.candidate) return [];
    const [first] = cell.baseline as [number];
    const names = namesOf(facts[first] as CompareFacts, blockKeys);
    return [{ label: cell.block, names, baseline: factsAt(cell.baseline), candidate: factsAt(cell.candidate) }];
  });
  const lonelyBlocks = cells.flatMap((cell): LonelyBlock[] => {
    if (cell.baseline && cell.candidate) return [];
    const [arm, runs] = cell.baseline ? [baseline, cell.baseline] : [candidate, cell.candidate ?? []];
    return [{ label: cell.block, arm: arm.label, runCount: runs.length }];
  });
  const members = blocks.flatMap((block) => [...membersOf(block, 'baseline'), ...membersOf(block, 'candidate')]);
  return { baseline, candidate, blocks, lonelyBlocks, members };
}

/** A block's runs, by their places in the list of all; a side without any is missing. */
interface Cells {
  readonly block: string;
  readonly baseline?: readonly number[];
  readonly candidate?: readonly number[];
}

const membersOf = (block: Block, side: Member['side']): Member[] => block[side].map((fact) => ({ side, fact }));

const namesOf = (fact: CompareFacts, keys: readonly RunKey[]): Record<string, string> =>
  Object.fromEntries(keys.map((key) => [key, runKeyOf(fact.run, key)]));

/** `UserError` that shows which arm is in which block, when no block holds both. */
export function requireCommonBlock(
  { baseline, candidate, blocks, lonelyBlocks }: Pairing,
  unplannedCount: number,
): void {
  if (blocks.length > 0) return;
  const shown = lonelyBlocks.slice(0, 12).map((block) => `  ${block.label}: only ${block.arm} (${block.runCount})`);
  const rest = lonelyBlocks.length > 12 ? [`  and ${lonelyBlocks.length - 12} more blocks`] : [];
  const advice = [
    ...(lonelyBlocks.length > 0
      ? ['The blocks are:', ...shown, ...rest]
      : ['Neither has a run that could be compared.']),
    ...(lonelyBlocks.length > 1 ? ['A coarser --block, such as --block workflow, may bring them together.'] : []),
    ...(unplannedCount > 0
      ? [`Left out: ${unplannedCount} runs without plan; --include-unplanned takes them in.`]
      : []),
  ];
  throw new UserError('no-common-block', `No block holds runs of both ${baseline.label} and ${candidate.label}.`, {
    hint: advice.join('\n'),
  });
}

/** Every run that takes part in a comparison, once. */
export function factsOf(pairings: readonly Pairing[]): Set<CompareFacts> {
  const facts = new Set<CompareFacts>();
  for (const { members } of pairings) for (const { fact } of members) facts.add(fact);
  return facts;
}

/** Notes every run that takes part in no comparison. */
export function noteUnusedRuns(
  facts: readonly CompareFacts[],
  used: ReadonlySet<CompareFacts>,
  pairings: readonly Pairing[],
  ledger: Ledger,
): void {
  const arms = pairings.flatMap(({ baseline, candidate }) => [baseline, candidate]);
  for (const fact of facts) {
    if (used.has(fact)) continue;
    const inArm = arms.some((arm) => arm.holds(fact.run));
    ledger.add(inArm ? 'block-without-counterpart' : 'in-no-arm', 'run', fact.run.origin);
  }
}
