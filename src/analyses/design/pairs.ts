import type { Stratum } from '../../stats/contrast.ts';
import { type Block, type Cell, isEmpty } from './blocks.ts';
import type { MeasuredCell } from './cells.ts';

/** The two sides of a comparison. */
export const SIDES = ['baseline', 'candidate'] as const;
export type Side = (typeof SIDES)[number];

/** A block that holds both arms of a comparison; neither cell is empty. */
export interface PairedBlock<OneCell> extends Readonly<Record<Side, OneCell>> {
  readonly label: string;
  /** The names of the block's keys. */
  readonly names: Readonly<Record<string, string>>;
}

/** The blocks that hold both of these arms, given by their places among the cells. */
export function pairArms<OneCell extends Cell<unknown>>(
  blocks: readonly Block<OneCell>[],
  baselineArm: number,
  candidateArm: number,
): PairedBlock<OneCell>[] {
  return blocks.flatMap(({ label, names, cells }) => {
    const [baseline, candidate] = [cells[baselineArm], cells[candidateArm]];
    if (!baseline || !candidate || isEmpty(baseline) || isEmpty(candidate)) return [];
    return [{ label, names, baseline, candidate }];
  });
}

/** The figures of the blocks as the statistics take them, in the metric's unit. */
export const strataOf = (blocks: readonly PairedBlock<MeasuredCell<unknown>>[]): Stratum[] =>
  blocks.map(({ baseline, candidate }) => ({ baseline: baseline.amounts, candidate: candidate.amounts }));

/** The natural logarithms of the figures; `null` when a figure of any block is not positive: ratios need all of them. */
export function logStrataOf(blocks: readonly PairedBlock<MeasuredCell<unknown>>[]): Stratum[] | null {
  const strata = blocks.flatMap(({ baseline, candidate }) =>
    baseline.logs && candidate.logs ? [{ baseline: baseline.logs, candidate: candidate.logs }] : [],
  );
  return strata.length === blocks.length ? strata : null;
}

/** Counts the runs that one side has in all blocks together. */
export const countRuns = (blocks: readonly PairedBlock<Cell<unknown>>[], side: Side): number =>
  blocks.reduce((sum, block) => sum + block[side].facts.length, 0);
