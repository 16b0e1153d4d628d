import { from, op } from 'arquero';
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
}

/** Runs under the same conditions, those of each arm in order of submission; neither side is empty. */
export interface Block {
  readonly label: string;
  readonly names: Readonly<Record<string, string>>;
  readonly baseline: readonly CompareFacts[];
  readonly candidate: readonly CompareFacts[];
}

/** The runs of a pairing's blocks with the side they are on. */
export const membersOf = ({ blocks }: Pairing): { side: 'baseline' | 'candidate'; fact: CompareFacts }[] =>
  blocks.flatMap((block) => [
    ...block.baseline.map((fact) => ({ side: 'baseline' as const, fact })),
    ...block.candidate.map((fact) => ({ side: 'candidate' as const, fact })),
  ]);

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
  const members = facts.flatMap((fact, index) => {
    const arm = baseline.holds(fact.run) ? 'baseline' : candidate.holds(fact.run) ? 'candidate' : null;
    return arm === null ? [] : [{ index, arm, block: labelOf(fact.run) }];
  });
  // A table without rows has no columns to group by.
  if (members.length === 0) return { baseline, candidate, blocks: [], lonelyBlocks: [] };
  const cells = from(members)
    .groupby('block', 'arm')
    .rollup({ runs: op.array_agg('index') });
  const blocks = cells.groupby('block').pivot('arm', 'runs').orderby('block').objects() as {
    block: string;
    baseline?: number[];
    candidate?: number[];
  }[];
  const runsAt = (indices: readonly number[]) => indices.map((index) => facts[index] as CompareFacts);
  const complete = blocks.flatMap((block): Block[] => {
    if (!block.baseline || !block.candidate) return [];
    const [baselineRuns, candidateRuns] = [runsAt(block.baseline), runsAt(block.candidate)];
    const names = namesOf(baselineRuns[0] as CompareFacts, blockKeys);
    return [{ label: block.block, names, baseline: baselineRuns, candidate: candidateRuns }];
  });
  const lonelyBlocks = blocks.flatMap((block): LonelyBlock[] => {
    if (block.baseline && block.candidate) return [];
    const [arm, runs] = block.baseline ? [baseline, block.baseline] : [candidate, block.candidate ?? []];
    return [{ label: block.block, arm: arm.label, runCount: runs.length }];
  });
  return { baseline, candidate, blocks: complete, lonelyBlocks };
}

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

/** Notes every run that takes part in no comparison. */
export function noteUnusedRuns(facts: readonly CompareFacts[], pairings: readonly Pairing[], ledger: Ledger): void {
  const used = new Set(pairings.flatMap(membersOf).map(({ fact }) => fact));
  const arms = pairings.flatMap(({ baseline, candidate }) => [baseline, candidate]);
  for (const fact of facts) {
    if (used.has(fact)) continue;
    const inArm = arms.some((arm) => arm.holds(fact.run));
    ledger.add(inArm ? 'block-without-counterpart' : 'in-no-arm', 'run', fact.run.origin);
  }
}
