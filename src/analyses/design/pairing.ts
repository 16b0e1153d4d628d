import { sum } from 'd3-array';
import { UserError } from '../../errors.ts';
import type { Ledger } from '../../model/ledger.ts';
import type { Metric } from '../../model/metrics.ts';
import { bySubmission, type RunFacts } from '../../model/run-facts.ts';
import type { RunKey } from '../../model/select.ts';
import type { Arm, ArmRequest } from './arms.ts';
import { blockLabels } from './block-labels.ts';
import { arrangeBlocks, type Cell, type Block as MultiArmBlock } from './blocks.ts';
import { figureOf, type MeasuredRun } from './cells.ts';
import type { LonelyBlock } from './comparison.ts';
import { type Experiment as ToldRuns, tellConditions } from './conditions.ts';
import { findFirstRuns } from './first-runs.ts';
import { type PairedBlock, pairArms, SIDES } from './pairs.ts';

/** The arms that are compared, and the runs that may be. */
export interface DesignOptions {
  readonly baseline: ArmRequest;
  readonly candidates: readonly ArmRequest[];
  readonly blockKeys: readonly RunKey[];
  readonly includeUnplanned: boolean;
}

/** A candidate against the baseline, in the blocks that hold both. */
export interface Pairing {
  readonly baseline: Arm;
  readonly candidate: Arm;
  readonly blocks: readonly Block[];
  readonly lonelyBlocks: readonly LonelyBlock[];
  /** Those that were the first planned of their workflow, structure and arm. */
  readonly firstRuns: ReadonlySet<MeasuredRun>;
}

export type Block = PairedBlock<Cell<MeasuredRun>>;

/** An experiment holds all runs in order of submission, and what tells them apart. */
export interface Experiment extends ToldRuns<MeasuredRun> {
  /** Is true when a run may be compared at all. */
  readonly isEligible: (run: RunFacts) => boolean;
}

/** Sorts the runs by submission and tells them apart. */
export function arrangeExperiment(unordered: readonly MeasuredRun[], options: DesignOptions): Experiment {
  const facts = [...unordered].sort(bySubmission);
  const armKeys = [options.baseline, ...options.candidates].flatMap(({ clauses }) => clauses.map(({ key }) => key));
  return {
    ...tellConditions(facts, [...armKeys, 'workflow', 'structure', ...options.blockKeys]),
    // Nobody planned the runs without a plan: they say nothing about a planner.
    isEligible: (run) => run.traits.planned || options.includeUnplanned,
  };
}

/** The blocks of all arms, which exclude each other. */
export function arrangeArms<Facts extends MeasuredRun>(
  experiment: ToldRuns<Facts> & Pick<Experiment, 'isEligible'>,
  arms: readonly Arm[],
  { blockKeys }: Pick<DesignOptions, 'blockKeys'>,
): MultiArmBlock<Cell<Facts>>[] {
  const { conditions, isEligible } = experiment;
  const eligible = conditions.firsts.map(({ run }) => run).filter(isEligible);
  return arrangeBlocks(experiment, {
    blockKeys,
    labelOf: blockLabels(eligible, blockKeys),
    armCount: arms.length,
    armOf: (run) => {
      const arm = isEligible(run) ? arms.findIndex(({ holds }) => holds(run)) : -1;
      return arm === -1 ? null : arm;
    },
  });
}

/**
 * Pairs the first of the arms with another one. Runs whose block holds only one of the two cannot be compared: they are returned as
 * lonely blocks.
 */
export function pairWithBaseline(
  blocks: readonly MultiArmBlock<Cell<MeasuredRun>>[],
  arms: readonly Arm[],
  candidateArm: number,
): Pairing {
  const [baseline, candidate] = [arms[0] as Arm, arms[candidateArm] as Arm];
  const paired = pairArms(blocks, 0, candidateArm);
  const firstRuns = SIDES.flatMap((side) => findFirstRuns(paired.flatMap((block) => block[side].facts)));
  const lonelyBlocks = blocks.flatMap(({ label, cells }) => {
    const [own, other] = [cells[0], cells[candidateArm]].map((cell) => cell?.facts.length ?? 0) as [number, number];
    const isLonely = (own === 0) !== (other === 0);
    const arm = own > 0 ? baseline : candidate;
    return isLonely ? [{ label, arm: arm.name, armLabel: arm.label, runCount: own + other }] : [];
  });
  return { baseline, candidate, blocks: paired, lonelyBlocks, firstRuns: new Set(firstRuns) };
}

/** `UserError` that shows which arm is in which block, when no block holds both. */
export function requireCommonBlock(
  { baseline, candidate, blocks, lonelyBlocks }: Pairing,
  { conditions, isEligible }: Experiment,
): void {
  if (blocks.length > 0) return;
  const unplannedCount = sum(conditions.firsts, ({ run }, i) => (isEligible(run) ? 0 : conditions.counts[i]));
  const shown = lonelyBlocks
    .slice(0, 12)
    .map((block) => `  ${block.label}: only ${block.armLabel} (${block.runCount})`);
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
    hint: advice,
  });
}

/** Notes every run that may not be compared. */
export function noteUnplanned({ facts, isEligible }: Experiment, ledger: Ledger): void {
  for (const { run } of facts) if (!isEligible(run)) ledger.add('without-plan', 'run', run.origin);
}

/** Notes every run that may be compared and takes part in no comparison. */
export function noteUnusedRuns(
  { facts, isEligible }: Experiment,
  arms: readonly Arm[],
  pairings: readonly Pairing[],
  ledger: Ledger,
): void {
  const used = new Set(cellsOf(pairings).flatMap((cell) => cell.facts));
  for (const fact of facts) {
    const { run } = fact;
    if (!isEligible(run) || used.has(fact)) continue;
    const reason = arms.some(({ holds }) => holds(run)) ? 'block-without-counterpart' : 'in-no-arm';
    ledger.add(reason, 'run', run.origin);
  }
}

const cellsOf = (pairings: readonly Pairing[]): Cell<MeasuredRun>[] =>
  pairings.flatMap(({ blocks }) => blocks.flatMap((block) => SIDES.map((side) => block[side])));

/** A total of recorded times that no double can hold: damaged records have such times. */
const BEYOND_NUMBERS = 'total-beyond-all-numbers';

/** Notes for each metric the runs that take part in a comparison and have no figure. */
export function noteMissing(pairings: readonly Pairing[], metrics: readonly Metric[], ledger: Ledger): void {
  const cells = cellsOf(pairings);
  for (const { key } of metrics) {
    // A baseline's runs are compared with each candidate.
    const missing = new Set(cells.flatMap(({ facts }) => facts.filter((fact) => figureOf(fact, key) === null)));
    for (const { run, measurements } of missing) {
      const reason = measurements[key];
      ledger.add(typeof reason === 'string' ? reason : BEYOND_NUMBERS, 'metric', run.origin, key);
    }
  }
}
