import { max, sum } from 'd3-array';
import { UserError } from '../../errors.ts';
import { groupBy } from '../../model/group-by.ts';
import { Ledger } from '../../model/ledger.ts';
import { bySubmission } from '../../model/run-facts.ts';
import type { Outcome } from '../analysis.ts';
import { type Arm, type ArmRequest, resolveArms } from '../design/arms.ts';
import { type Block, isEmpty } from '../design/blocks.ts';
import { figureOf, type MeasuredCell, measureBlocks } from '../design/cells.ts';
import { type Experiment, tellConditions } from '../design/conditions.ts';
import { arrangeArms } from '../design/pairing.ts';
import {
  countAffordable,
  countRunsPerCell,
  detectableFraction,
  FEWEST_RUNS,
  poolSpread,
  type Spread,
} from './detect.ts';
import { auditCampaign } from './diagnostics.ts';
import type { CampaignFacts } from './extract.ts';
import type { CampaignOptions } from './options.ts';
import { orderRuns } from './order.ts';
import type { CampaignCell, CampaignPair, CampaignResult } from './result.ts';
import { wordHeadline } from './wording.ts';

type CampaignBlock = Block<MeasuredCell<CampaignFacts>>;

/** All facts → the cells that need runs, and an order. `UserError` where no block holds two planners. */
export function analyzeCampaign(
  unordered: readonly CampaignFacts[],
  options: CampaignOptions,
  seed: number,
): Outcome<CampaignResult> {
  const ledger = new Ledger();
  const facts = [...unordered].sort(bySubmission);
  const experiment = {
    ...tellConditions(facts, ['planner', 'workflow', 'structure', ...options.blockKeys]),
    isEligible: ({ traits }: CampaignFacts['run']) => traits.planned || options.includeUnplanned,
  };
  noteLeftOut(facts, experiment.isEligible, options, ledger);
  const arms = chooseArms(experiment);
  const all = measureBlocks(arrangeArms(experiment, arms, options), (fact) => figureOf(fact, options.metric.key));
  const isShared = ({ cells }: CampaignBlock) => cells.filter((cell) => !isEmpty(cell)).length > 1;
  const blocks = all.filter(isShared);
  if (blocks.length === 0) throw nothingToPlan(arms);
  for (const { cells } of all.filter((block) => !isShared(block)))
    for (const cell of cells) for (const { run } of cell.facts) ledger.add('block-with-one-planner', 'run', run.origin);
  const spread = poolSpread(blocks.flatMap(({ cells }) => cells.flatMap(({ logs }) => (logs ? [logs] : []))));
  const runCounts = blocks.flatMap(({ cells }) => cells.map((cell) => cell.facts.length));
  const runsPerCell = chooseRunsPerCell(spread, blocks.length, runCounts, options);
  const cells = blocks.flatMap((block) => planCells(block, arms, runsPerCell ?? 0));
  const pairs = describePairs(blocks, arms, spread, runsPerCell);
  const unworded = {
    metric: options.metric.key,
    effectFraction: options.effectFraction,
    blockKeys: options.blockKeys,
    blockCount: blocks.length,
    armCount: arms.length,
    logDeviation: spread && Math.sqrt(spread.variance),
    degreesOfFreedom: spread?.degreesOfFreedom ?? 0,
    runsPerCell,
    missingCellCount: runCounts.filter((count) => count === 0).length,
    toRunCount: sum(cells, ({ toRunCount }) => toRunCount),
    detectableFraction: worstOf(pairs.map((pair) => pair.detectableFraction)),
    detectableNowFraction: worstOf(pairs.map((pair) => pair.detectableNowFraction)),
    pairs,
    cells,
    order: orderRuns(cells, seed),
  };
  const result = { headline: wordHeadline(unworded, options), ...unworded };
  return { result, ledger: ledger.entries(), warnings: auditCampaign(result, options) };
}

function noteLeftOut(
  facts: readonly CampaignFacts[],
  isEligible: (run: CampaignFacts['run']) => boolean,
  { metric }: CampaignOptions,
  ledger: Ledger,
): void {
  for (const fact of facts) {
    if (!isEligible(fact.run)) ledger.add('without-plan', 'run', fact.run.origin);
    else if (figureOf(fact, metric.key) === null) {
      const why = fact.measurements[metric.key];
      ledger.add(typeof why === 'string' ? why : 'total-beyond-all-numbers', 'metric', fact.run.origin, metric.key);
    }
  }
}

/** Planners at most: every pair of them is told. */
const MOST_ARMS = 200;

/** The planners that may be compared, by name. */
function chooseArms({
  conditions,
  isEligible,
}: Experiment<CampaignFacts> & { readonly isEligible: (run: CampaignFacts['run']) => boolean }): Arm[] {
  const eligible = conditions.firsts.filter(({ run }) => isEligible(run));
  const names = groupBy(eligible, ({ run }) => run.traits.planner).map(([first]) => first?.run.traits.planner ?? '');
  if (names.length > MOST_ARMS) {
    throw new UserError(
      'too-large',
      `There are ${names.length} planners, and a campaign is planned for ${MOST_ARMS}.`,
      {
        hint: 'Leave others out with --planner or --where.',
      },
    );
  }
  const request = (planner: string): ArmRequest => ({
    asked: `planner=${planner}`,
    clauses: [{ key: 'planner', asked: planner, negated: false }],
  });
  return resolveArms(names.sort().map(request), conditions);
}

const nothingToPlan = (arms: readonly Arm[]): UserError =>
  new UserError('no-common-block', 'There is no campaign to plan: no block holds measured runs of two planners.', {
    hint:
      arms.length === 0
        ? 'The data have no run with a plan: --include-unplanned takes in the others.'
        : `The data have: ${arms.map(({ label }) => label).join(', ')}. A coarser --block may bring them together.`,
  });

/** Without a spread two runs a cell are a pilot; a budget is spread over the emptiest cells. */
function chooseRunsPerCell(
  spread: Spread | null,
  blockCount: number,
  runCounts: readonly number[],
  { budget, effectFraction }: CampaignOptions,
): number | null {
  const needed = spread === null ? FEWEST_RUNS : countRunsPerCell(spread, blockCount, effectFraction);
  return budget === null ? needed : Math.min(needed ?? Number.POSITIVE_INFINITY, countAffordable(runCounts, budget));
}

const planCells = (
  { label: block, names, cells }: CampaignBlock,
  arms: readonly Arm[],
  wanted: number,
): CampaignCell[] =>
  cells.map(({ facts }, i) => {
    const { name: planner, label } = arms[i] as Arm;
    const runCount = facts.length;
    return { block, keys: names, planner, label, runCount, toRunCount: Math.max(0, wanted - runCount) };
  });

function describePairs(
  blocks: readonly CampaignBlock[],
  arms: readonly Arm[],
  spread: Spread | null,
  runsPerCell: number | null,
): CampaignPair[] {
  const countsOf = (first: number, second: number, least: number) =>
    blocks.flatMap(({ cells }): [number, number][] => {
      const [one, other] = [first, second].map((arm) => Math.max(least, cells[arm]?.facts.length ?? 0));
      return one && other ? [[one, other]] : [];
    });
  return arms.flatMap((one, first) =>
    arms.slice(first + 1).map((other, i) => {
      const second = first + 1 + i;
      const now = countsOf(first, second, 0);
      return {
        first: one.name,
        second: other.name,
        firstLabel: one.label,
        secondLabel: other.label,
        sharedBlockCount: now.length,
        detectableNowFraction: spread && detectableFraction(spread, now),
        detectableFraction:
          spread && runsPerCell !== null ? detectableFraction(spread, countsOf(first, second, runsPerCell)) : null,
      };
    }),
  );
}

/** The largest; `null` where one of them is. */
const worstOf = (fractions: readonly (number | null)[]): number | null =>
  fractions.includes(null) ? null : (max(fractions as readonly number[]) ?? null);
