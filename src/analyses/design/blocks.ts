import type { RunFacts } from '../../model/run-facts.ts';
import { type RunKey, runKeyOf } from '../../model/select.ts';
import type { Experiment, OfRun } from './conditions.ts';

/**
 * An experiment is runs of several arms (a planner, an SLA, …) under several conditions (a workflow, …). It becomes figures in four
 * steps, for any number of arms and metrics:
 *
 * 1. `tellConditions` (conditions.ts) tells runs apart by the keys that arms and blocks ask for;
 * 2. `arrangeBlocks` sorts them into blocks, a cell an arm;
 * 3. `measureBlocks` (cells.ts) gives every cell its runs' figures for one metric;
 * 4. `commonBlocks` keeps the blocks that all arms share, `pairArms` (pairs.ts) those that two of them share; `strataOf` hands
 *    those to the statistics.
 */

/** Runs under the same conditions. */
export interface Block<OneCell> {
  readonly label: string;
  /** The names of the block's keys: workflow, structure, sla, … */
  readonly names: Readonly<Record<string, string>>;
  /** In the order of the arms. */
  readonly cells: readonly OneCell[];
}

/** The runs of one arm in one block. */
export interface Cell<Facts> {
  /** In order of submission; empty where the arm has no run. */
  readonly facts: readonly Facts[];
}

/** A layout sorts runs. Runs of the same condition must have the same block and arm. */
export interface Layout {
  readonly blockKeys: readonly RunKey[];
  /** The block's label; blocks are sorted by it. */
  readonly labelOf: (run: RunFacts) => string;
  readonly armCount: number;
  /** The run's arm, from 0; `null`: it is in none. */
  readonly armOf: (run: RunFacts) => number | null;
}

/** Sorts the runs into blocks and, in each, by arm. Every block holds a run of some arm; without runs there is none. */
export function arrangeBlocks<Facts extends OfRun>(
  { facts, conditions }: Experiment<Facts>,
  { blockKeys, labelOf, armCount, armOf }: Layout,
): Block<Cell<Facts>>[] {
  const blocks = new Map<string, Block<{ readonly facts: Facts[] }>>();
  const blockOf = (run: RunFacts) => {
    const label = labelOf(run);
    const known = blocks.get(label);
    if (known) return known;
    const names = Object.fromEntries(blockKeys.map((key) => [key, runKeyOf(run, key)]));
    const block = { label, names, cells: Array.from({ length: armCount }, () => ({ facts: [] })) };
    blocks.set(label, block);
    return block;
  };
  const cells = conditions.firsts.map(({ run }) => {
    const arm = armOf(run);
    return arm === null ? undefined : blockOf(run).cells[arm];
  });
  for (let i = 0; i < facts.length; i++) cells[conditions.of[i] as number]?.facts.push(facts[i] as Facts);
  return [...blocks.values()].sort((a, b) => (a.label < b.label ? -1 : 1));
}

/** Is true when the arm has no run in the block, or none with a figure. */
export const isEmpty = ({ facts }: Cell<unknown>): boolean => facts.length === 0;

/** The blocks that hold every arm. */
export const commonBlocks = <OneCell extends Cell<unknown>>(blocks: readonly Block<OneCell>[]): Block<OneCell>[] =>
  blocks.filter(({ cells }) => !cells.some(isEmpty));
