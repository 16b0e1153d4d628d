import { least, sum } from 'd3-array';
import { UserError } from '../../errors.ts';
import { blockLabels } from '../../model/blocks.ts';
import type { Conditions } from '../../model/conditions.ts';
import { groupBy } from '../../model/group-by.ts';
import type { Ledger } from '../../model/ledger.ts';
import type { Metric } from '../../model/metrics.ts';
import { bySubmission } from '../../model/run-facts.ts';
import { type RunKey, runKeyOf } from '../../model/select.ts';
import type { Arm } from './arms.ts';
import type { CompareFacts } from './extract.ts';
import type { CompareOptions } from './options.ts';
import type { LonelyBlock } from './result.ts';

/** A candidate against the baseline, in the blocks that hold both. */
export interface Pairing {
  readonly baseline: Arm;
  readonly candidate: Arm;
  readonly blocks: readonly Block[];
  readonly lonelyBlocks: readonly LonelyBlock[];
  /** By condition, whether its runs take part. */
  readonly takesPart: readonly boolean[];
}

export const SIDES = ['baseline', 'candidate'] as const;
export type Side = (typeof SIDES)[number];

/** Runs under the same conditions. */
export interface Block {
  readonly label: string;
  readonly names: Readonly<Record<string, string>>;
  readonly baseline: Cell;
  readonly candidate: Cell;
}

/** The runs of one arm in a block, at least one. */
export interface Cell {
  /** In order of submission. */
  readonly facts: readonly CompareFacts[];
  /** By metric, the figure of each of them; NaN where there is none. */
  readonly amounts: Readonly<Record<string, readonly number[]>>;
  /** Those that were the first planned of their workflow, structure and arm. */
  readonly firstRuns: ReadonlySet<CompareFacts>;
}

/** What is compared: all runs in order of submission, and what tells them apart. */
export interface Experiment {
  readonly facts: readonly CompareFacts[];
  readonly conditions: Conditions<CompareFacts>;
  /** By condition, whether its runs may be compared at all. */
  readonly eligible: readonly boolean[];
}

/**
 * Sorts the runs of two arms into blocks. Runs whose block holds only one arm cannot be compared: they are returned as lonely
 * blocks. `UserError` when that is all of them.
 */
export function pairArms(
  experiment: Experiment,
  baseline: Arm,
  candidate: Arm,
  { blockKeys, metrics }: Pick<CompareOptions, 'blockKeys' | 'metrics'>,
): Pairing {
  const { conditions } = experiment;
  const sorted = arrangeBlocks(experiment, baseline, candidate, blockKeys);
  const shared = sorted.filter((block) => SIDES.every((side) => block[side].length > 0));
  const runsOf = collectRuns(experiment, shared);
  const firstRuns = new Set(
    SIDES.flatMap((side) =>
      firstPlannedRuns(
        conditions,
        shared.flatMap((block) => block[side]),
      ),
    ),
  );
  const fillCell = (own: readonly number[]): Cell => {
    const facts = runsOf[own[0] as number] ?? [];
    const first = own.map((condition) => conditions.firsts[condition] as CompareFacts);
    return {
      facts,
      amounts: measureRuns(facts, metrics),
      firstRuns: new Set(first.filter((fact) => firstRuns.has(fact))),
    };
  };
  const blocks = shared.map((block) => ({
    label: block.block,
    names: namesOf(conditions.firsts[block.baseline[0] as number] as CompareFacts, blockKeys),
    baseline: fillCell(block.baseline),
    candidate: fillCell(block.candidate),
  }));
  const lonelyBlocks = sorted
    .filter((block) => !shared.includes(block))
    .map((block) => ({
      label: block.block,
      arm: (block.baseline.length > 0 ? baseline : candidate).label,
      runCount: sum([...block.baseline, ...block.candidate], (condition) => conditions.counts[condition]),
    }));
  return { baseline, candidate, blocks, lonelyBlocks, takesPart: runsOf.map((runs) => runs !== null) };
}

/** By condition, the runs of its side of its block, among which are its own; `null`: it is in no block. */
function collectRuns({ facts, conditions }: Experiment, blocks: readonly BlockSides[]) {
  const runsOf = new Array<CompareFacts[] | null>(conditions.firsts.length).fill(null);
  for (const block of blocks) {
    for (const side of SIDES) {
      const runs: CompareFacts[] = [];
      for (const condition of block[side]) runsOf[condition] = runs;
    }
  }
  for (let i = 0; i < facts.length; i++) runsOf[conditions.of[i] as number]?.push(facts[i] as CompareFacts);
  return runsOf;
}

/** The first planned run of each workflow and structure: planned with the shortest history. */
function firstPlannedRuns({ firsts }: Conditions<CompareFacts>, own: readonly number[]): CompareFacts[] {
  const planned = own.flatMap((condition) => firsts[condition] ?? []).filter(({ run }) => run.traits.planned);
  const workloads = groupBy(
    planned,
    ({ run }) => run.traits.workflow,
    ({ run }) => run.traits.structure,
  );
  return workloads.map((workload) => least(workload, bySubmission) as CompareFacts);
}

function measureRuns(facts: readonly CompareFacts[], metrics: readonly Metric[]): Cell['amounts'] {
  const columns = metrics.map((): number[] => []);
  for (const { measurements } of facts) {
    for (let m = 0; m < columns.length; m++) {
      const measurement = measurements[metrics[m]?.key as string];
      columns[m]?.push(typeof measurement === 'number' && Number.isFinite(measurement) ? measurement : Number.NaN);
    }
  }
  return Object.fromEntries(metrics.map(({ key }, m) => [key, columns[m] ?? []]));
}

/** The blocks with the conditions of both sides. */
function arrangeBlocks(
  { conditions, eligible }: Experiment,
  baseline: Arm,
  candidate: Arm,
  blockKeys: readonly RunKey[],
): BlockSides[] {
  const runs = conditions.firsts.map(({ run }) => run);
  const labelOf = blockLabels(
    runs.filter((_, condition) => eligible[condition]),
    blockKeys,
  );
  const blocks = new Map<string, BlockSides>();
  for (const [condition, run] of runs.entries()) {
    const side = baseline.holds(run) ? 'baseline' : candidate.holds(run) ? 'candidate' : null;
    if (!eligible[condition] || side === null) continue;
    const block = labelOf(run);
    const sides = blocks.get(block) ?? { block, baseline: [], candidate: [] };
    sides[side].push(condition);
    blocks.set(block, sides);
  }
  return [...blocks.values()].sort((one, other) => (one.block < other.block ? -1 : 1));
}

/** A block's conditions, on one of its sides at least. */
interface BlockSides extends Readonly<Record<Side, number[]>> {
  readonly block: string;
}

const namesOf = ({ run }: CompareFacts, keys: readonly RunKey[]): Record<string, string> =>
  Object.fromEntries(keys.map((key) => [key, runKeyOf(run, key)]));

/** `UserError` that shows which arm is in which block, when no block holds both. */
export function requireCommonBlock(
  { baseline, candidate, blocks, lonelyBlocks }: Pairing,
  { conditions, eligible }: Experiment,
): void {
  if (blocks.length > 0) return;
  const unplannedCount = sum(conditions.counts, (count, condition) => (eligible[condition] ? 0 : count));
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

/** Notes every run that may not be compared. */
export const noteUnplanned = (experiment: Experiment, ledger: Ledger): void =>
  noteRuns(
    experiment,
    experiment.eligible.map((may) => (may ? null : 'without-plan')),
    ledger,
  );

/** Notes every run that may be compared and takes part in no comparison. */
export function noteUnusedRuns(experiment: Experiment, pairings: readonly Pairing[], ledger: Ledger): void {
  const arms = pairings.flatMap(({ baseline, candidate }) => [baseline, candidate]);
  const { conditions, eligible } = experiment;
  const reasons = conditions.firsts.map(({ run }, condition) => {
    if (!eligible[condition] || takesPartIn(pairings, condition)) return null;
    return arms.some((arm) => arm.holds(run)) ? 'block-without-counterpart' : 'in-no-arm';
  });
  noteRuns(experiment, reasons, ledger);
}

/** `reasons`: by condition; `null`: nothing is to be noted. */
function noteRuns({ facts, conditions }: Experiment, reasons: readonly (string | null)[], ledger: Ledger): void {
  for (let i = 0; i < facts.length; i++) {
    const reason = reasons[conditions.of[i] as number];
    if (reason) ledger.add(reason, 'run', (facts[i] as CompareFacts).run.origin);
  }
}

/** Whether the runs of a condition take part in any comparison. */
const takesPartIn = (pairings: readonly Pairing[], condition: number): boolean =>
  pairings.some(({ takesPart }) => takesPart[condition]);

/** A total of recorded times that no double can hold: damaged records have such times. */
const BEYOND_NUMBERS = 'total-beyond-all-numbers';

/** Notes for each metric the runs that take part in a comparison and have no figure. */
export function noteMissing(pairings: readonly Pairing[], metrics: readonly Metric[], ledger: Ledger): void {
  const cells = pairings.flatMap(({ blocks }) => blocks.flatMap((block) => SIDES.map((side) => block[side])));
  for (const { key } of metrics) {
    // A baseline's runs are compared with each candidate.
    const missing = new Set(
      cells.flatMap(({ facts, amounts }) => facts.filter((_, i) => Number.isNaN(amounts[key]?.[i]))),
    );
    for (const { run, measurements } of missing) {
      const reason = measurements[key];
      ledger.add(typeof reason === 'string' ? reason : BEYOND_NUMBERS, 'metric', run.origin, key);
    }
  }
}
