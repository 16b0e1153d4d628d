import { groupBy } from '../../model/group-by.ts';
import { Ledger } from '../../model/ledger.ts';
import type { Outcome } from '../analysis.ts';
import { BUDGETS } from './budget.ts';
import { auditBacktest } from './diagnostics.ts';
import type { BacktestFacts, DatedFacts } from './extract.ts';
import { BACKTEST_QUANTITIES, type BacktestQuantity } from './observations.ts';
import type { BacktestOptions } from './options.ts';
import { countReplayed } from './replay.ts';
import type { BacktestResult, BudgetScore, GroupKey, GroupScore, Score } from './result.ts';
import { estimateSkill, judgeScores, type PairedTallies, scoreTallies } from './score.ts';
import type { RunTally } from './tally.ts';
import { strategiesOf, tellEngines, type Walked, walkRuns } from './walk.ts';
import { wordHeadlines } from './wording.ts';

/** All facts → how well each strategy would have predicted them. */
export function analyzeBacktest(
  facts: readonly BacktestFacts[],
  options: BacktestOptions,
  seed: number,
): Outcome<BacktestResult> {
  const ledger = new Ledger();
  const dated: Omit<DatedFacts, 'engine'>[] = [];
  for (const fact of facts) {
    const { createdAtMs } = fact;
    if (createdAtMs === null) ledger.add('not-submitted', 'run', fact.run.origin);
    else dated.push({ ...fact, createdAtMs });
  }
  const walked = walkRuns(tellEngines(dated), options, seed);
  for (const { run } of walked.withoutHistory) ledger.add('without-history', 'run', run.origin);
  const result = {
    fidelity: countReplayed(walked.replayed),
    taus: options.taus,
    scores: scoreAll(walked, options),
    groups: options.by === null ? [] : scoreGroups(walked, options, options.by),
    budget: options.withBudget ? scoreBudgets(walked, options) : [],
  };
  return {
    result: { headlines: wordHeadlines(result, options), ...result },
    ledger: ledger.entries(),
    warnings: auditBacktest(result, facts),
  };
}

type Choose = (tallies: readonly RunTally[]) => readonly RunTally[];
const chooseAll: Choose = (tallies) => tallies;

function scoreAll({ tallies }: Walked, options: BacktestOptions, choose = chooseAll): Score[] {
  const scores = BACKTEST_QUANTITIES.flatMap((quantity) =>
    strategiesOf(quantity, options.strategies).flatMap(({ name: strategy }, variant) =>
      options.taus.flatMap((tau, level) => {
        const score = scoreTallies(pairAt(tallies[quantity], variant, choose), { quantity, strategy, tau, level });
        return score === null ? [] : [score];
      }),
    ),
  );
  return judgeScores(scores);
}

const pairAt = (variants: Walked['tallies'][BacktestQuantity], variant: number, choose: Choose): PairedTallies => ({
  own: choose(variants[variant] ?? []),
  engine: choose(variants[0] ?? []),
});

function scoreGroups(walked: Walked, options: BacktestOptions, by: GroupKey): GroupScore[] {
  const nameOf = GROUP_NAMES[by];
  const all = BACKTEST_QUANTITIES.flatMap((quantity) => walked.tallies[quantity][0] ?? []);
  const groups = groupBy(all, nameOf).map(([first]) => first as RunTally);
  return groups
    .sort((a, b) => (by === 'history' ? a.earlierCount - b.earlierCount : nameOf(a) < nameOf(b) ? -1 : 1))
    .flatMap((first) => {
      const group = nameOf(first);
      const choose: Choose = (tallies) => tallies.filter((tally) => nameOf(tally) === group);
      return scoreAll(walked, options, choose).map((score) => ({ by, group, ...score }));
    });
}

/** Upper ends of lengths of history, in runs: each twice the one before. */
const HISTORY_ENDS = [1, 3, 7, 15, 31];

const GROUP_NAMES: Readonly<Record<GroupKey, (tally: RunTally) => string>> = {
  planner: ({ fact }) => fact.run.traits.planner,
  workflow: ({ fact }) => fact.run.traits.workflow,
  history: ({ earlierCount }) => nameHistory(earlierCount),
};

/** `1`, `2–3`, `4–7`, …, `32 and more`. */
function nameHistory(count: number): string {
  const place = HISTORY_ENDS.findIndex((end) => count <= end);
  if (place < 0) return `${(HISTORY_ENDS.at(-1) as number) + 1} and more`;
  const [from, to] = [(HISTORY_ENDS[place - 1] ?? 0) + 1, HISTORY_ENDS[place] as number];
  return from === to ? String(to) : `${from}–${to}`;
}

function scoreBudgets({ tallies }: Walked, { strategies, taus }: BacktestOptions): BudgetScore[] {
  return BUDGETS.flatMap(({ kept, amount }, place) =>
    BACKTEST_QUANTITIES.flatMap((quantity) =>
      taus.flatMap((tau, level): BudgetScore[] => {
        const variant = strategiesOf(quantity, strategies).length + place;
        const pair = pairAt(tallies[quantity], variant, chooseAll);
        const estimate = estimateSkill(pair, level);
        if (estimate === null) return [];
        const { skillFraction, ciLow, ciHigh } = estimate;
        return [{ kept, amount, quantity, tau, runCount: pair.own.length, skillFraction, ciLow, ciHigh }];
      }),
    ),
  );
}
