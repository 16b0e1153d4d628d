import { greatest, max, sum } from 'd3-array';
import { UserError } from '../../errors.ts';
import { groupBy } from '../../model/group-by.ts';
import type { Ledger } from '../../model/ledger.ts';
import { shortenPlanners } from '../../model/names.ts';
import { bySubmission, type RunFacts } from '../../model/run-facts.ts';
import { type RunKey, runKeyOf } from '../../model/select.ts';
import { compareSlas } from '../../model/sla-order.ts';
import { wordCount } from '../../view/words.ts';
import { type Arm, type ArmRequest, resolveArms } from '../design/arms.ts';
import { type Block, type Cell, commonBlocks, isEmpty } from '../design/blocks.ts';
import { figureOf } from '../design/cells.ts';
import { type Experiment as ToldRuns, tellConditions } from '../design/conditions.ts';
import { arrangeArms } from '../design/pairing.ts';
import type { RankFacts } from './extract.ts';
import { measuredMetrics, type RankOptions } from './options.ts';

/** An experiment holds all runs in order of submission, and what tells them apart. */
export interface Experiment extends ToldRuns<RankFacts> {
  /** Is true when a run may be ranked at all. */
  readonly isEligible: (run: RunFacts) => boolean;
}

export type RankedBlock = Block<Cell<RankFacts>>;

/** The arms that can be ranked against each other, and where. */
export interface Field {
  readonly arms: readonly Arm[];
  /** Every block that holds a run of these arms. */
  readonly blocks: readonly RankedBlock[];
  /** The blocks that hold all of them, never empty. */
  readonly common: readonly RankedBlock[];
  readonly dropped: readonly { readonly arm: Arm; readonly runCount: number }[];
}

/** Sorts the runs by submission and tells them apart. */
export function arrangeExperiment(unordered: readonly RankFacts[], options: RankOptions): Experiment {
  const facts = [...unordered].sort(bySubmission);
  const armKeys = options.arms.flatMap(({ clauses }) => clauses.map(({ key }) => key));
  return {
    ...tellConditions(facts, [options.by, ...armKeys, 'planner', 'workflow', 'structure', ...options.blockKeys]),
    // Nobody planned the runs without a plan: they say nothing about a planner.
    isEligible: (run) => run.traits.planned || options.includeUnplanned,
  };
}

/** Runs that an arm needs unless it was named. */
const FEWEST_RUNS = 2;

/** The arms named, or every name of the key with two runs or more; `UserError` when there is none. */
export function chooseArms({ conditions, isEligible }: Experiment, options: RankOptions, ledger: Ledger): Arm[] {
  if (options.arms.length > 0) return resolveArms(options.arms, conditions);
  const { by } = options;
  const counts = new Map<string, number>();
  for (const [i, { run }] of conditions.firsts.entries()) {
    const name = runKeyOf(run, by);
    if (isEligible(run)) counts.set(name, (counts.get(name) ?? 0) + (conditions.counts[i] ?? 0));
  }
  const names = [...counts].filter(([, count]) => count >= FEWEST_RUNS).map(([name]) => name);
  names.sort(by === 'sla' ? compareSlas : undefined);
  refuseCount(names.length, by, counts);
  for (const { run } of conditions.firsts) {
    const alone = isEligible(run) && counts.get(runKeyOf(run, by)) === 1;
    if (alone) ledger.add(`arm-with-one-run: ${runKeyOf(run, by)}`, 'run', run.origin);
  }
  const request = (name: string): ArmRequest => ({
    asked: `${by}=${name}`,
    clauses: [{ key: by, asked: name, negated: false }],
  });
  return resolveArms(names.map(request), conditions);
}

/** Before the names are looked for among the runs, which takes the product of both. */
function refuseCount(armCount: number, by: RunKey, counts: ReadonlyMap<string, number>): void {
  if (armCount === 0) throw nothingToRank(by, counts);
  if (armCount > MOST_ARMS) throw tooManyArms(armCount);
}

function nothingToRank(by: RunKey, counts: ReadonlyMap<string, number>): UserError {
  const shorten = by === 'planner' ? shortenPlanners([...counts.keys()].map((planner) => ({ planner }))) : String;
  const words = [...counts].map(([name, count]) => `${shorten(name)} (${wordCount(count, 'run')})`);
  return new UserError('no-common-block', `There is nothing to rank: no ${by} has two planned runs or more.`, {
    hint:
      words.length > 0
        ? `The data have: ${words.join(', ')}.`
        : 'The data have no run with a plan: --include-unplanned takes in the others.',
  });
}

/**
 * Sorts runs into blocks, and keeps all arms if a block holds all of them. Else it keeps those of the block that holds most arms (of
 * several such blocks the arms that share most blocks): an arm that never met the others cannot be ranked among them.
 */
export function arrangeField(experiment: Experiment, arms: readonly Arm[], options: RankOptions): Field {
  if (arms.length > MOST_ARMS) throw tooManyArms(arms.length);
  const blocks = arrangeArms(experiment, arms, options);
  const kept = chooseKept(blocks.map(({ cells }) => cells.flatMap((cell, arm) => (isEmpty(cell) ? [] : [arm]))));
  if (kept.length === 0 || (kept.length === 1 && arms.length > 1)) throw neverMet(arms, blocks);
  const keptArms = kept.map((arm) => arms[arm] as Arm);
  const keptBlocks = kept.length === arms.length ? blocks : arrangeArms(experiment, keptArms, options);
  const dropped = arms.flatMap((arm, place) => {
    if (kept.includes(place)) return [];
    return [{ arm, runCount: sum(blocks, ({ cells }) => cells[place]?.facts.length ?? 0) }];
  });
  return { arms: keptArms, blocks: keptBlocks, common: commonBlocks(keptBlocks), dropped };
}

/** Chooses the set with the most arms; of several such sets that which most blocks hold. Equal sets are looked at once. */
function chooseKept(sets: readonly (readonly number[])[]): readonly number[] {
  const most = max(sets, ({ length }) => length);
  const largest = groupBy(
    sets.filter(({ length }) => length === most),
    (set) => set.join(),
  );
  // No other set holds all arms of one of the largest.
  return greatest(largest, ({ length }) => length)?.[0] ?? [];
}

/** Arms at most: each is held against each other one, in every metric. */
const MOST_ARMS = 200;

const tooManyArms = (armCount: number): UserError =>
  new UserError(
    'too-large',
    `There are ${armCount} arms, and wfa rank holds at most ${MOST_ARMS} against each other.`,
    {
      hint: 'Name those to rank, or leave others out with --planner or --where.',
    },
  );

const MOST_SHOWN = 12;

function neverMet(arms: readonly Arm[], blocks: readonly RankedBlock[]): UserError {
  const shown = blocks.slice(0, MOST_SHOWN).map(({ label, cells }) => {
    const arm = cells.findIndex((cell) => !isEmpty(cell));
    return `  ${label}: only ${arms[arm]?.label} (${cells[arm]?.facts.length})`;
  });
  const rest = blocks.length > MOST_SHOWN ? [`  and ${blocks.length - MOST_SHOWN} more blocks`] : [];
  return new UserError(
    'no-common-block',
    `No block holds runs of two of the arms: ${arms.map(({ label }) => label).join(', ')}.`,
    {
      hint: [
        ...(shown.length > 0
          ? ['The blocks are:', ...shown, ...rest]
          : ['No run could be ranked: --include-unplanned takes in runs without plan.']),
        ...(shown.length > 1 ? ['A coarser --block, such as --block workflow, may bring them together.'] : []),
      ],
    },
  );
}

/** Notes every run that is not ranked, and every figure that a ranked run lacks. */
export function noteLeftOut(
  { facts, isEligible }: Experiment,
  field: Field,
  options: RankOptions,
  ledger: Ledger,
): void {
  const used = new Set(field.common.flatMap(({ cells }) => cells.flatMap((cell) => cell.facts)));
  for (const fact of facts) {
    const reason = reasonToLeaveOut(fact, used, field, isEligible);
    if (reason !== null) ledger.add(reason, 'run', fact.run.origin);
  }
  for (const { key } of measuredMetrics(options)) {
    for (const fact of used) {
      if (figureOf(fact, key) !== null) continue;
      const why = fact.measurements[key];
      ledger.add(typeof why === 'string' ? why : 'total-beyond-all-numbers', 'metric', fact.run.origin, key);
    }
  }
}

function reasonToLeaveOut(
  fact: RankFacts,
  used: ReadonlySet<RankFacts>,
  { arms, dropped }: Field,
  isEligible: Experiment['isEligible'],
): string | null {
  const { run } = fact;
  if (!isEligible(run)) return 'without-plan';
  if (used.has(fact)) return null;
  if (arms.some(({ holds }) => holds(run))) return 'block-without-all-arms';
  const never = dropped.find(({ arm }) => arm.holds(run));
  return never ? `arm-never-met-the-others: ${never.arm.label}` : 'in-no-arm';
}
