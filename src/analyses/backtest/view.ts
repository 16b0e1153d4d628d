import { shortenPlanners } from '../../model/names.ts';
import { name, right, toPercent } from '../../view/cells.ts';
import type { Cell, Column, Records, Scalar, Table, View } from '../../view/view.ts';
import { wordNumber, wordPercentChange, wordPercentInterval } from '../../view/words.ts';
import type { Outcome } from '../analysis.ts';
import { drawBudget } from './charts/budget.ts';
import { drawCalibration } from './charts/calibration.ts';
import { drawSkill } from './charts/skill.ts';
import { BACKTEST_QUANTITIES } from './observations.ts';
import type { BacktestOptions } from './options.ts';
import type { BacktestResult, BudgetScore, Fidelity, GroupScore, Score } from './result.ts';
import { ENGINE } from './strategies.ts';
import { BUDGET_WORDS, QUANTITY_WORDS, wordTau } from './wording.ts';

/** Tables, records and charts of the backtest. */
export function viewBacktest({ result }: Outcome<BacktestResult>, options: BacktestOptions): View {
  const [headline = ''] = result.headlines;
  return {
    headlines: result.headlines,
    next: options.withBudget
      ? 'wfa backtest --by history says how skills grow with the runs before'
      : 'wfa backtest --budget says how little history is enough',
    tables: [
      ...tabulateDiffering(result.fidelity),
      tabulateScores(result.scores, options),
      ...(options.by === null ? [] : [tabulateGroups(result.groups, options)]),
      ...(options.withBudget ? [tabulateBudget(result.budget, options)] : []),
    ],
    records: recordBacktest(result),
    charts: [
      {
        kind: 'skill',
        description: `Skill of each strategy against the engine, with intervals. ${headline}`,
        draw: (frame) => drawSkill(result, options, frame),
      },
      {
        kind: 'budget',
        description: `Skill of the engine by how much history is kept. ${headline}`,
        draw: (frame) => drawBudget(result, options, frame),
      },
      {
        kind: 'calibration',
        description: `Level asked for against the share of items within the prediction. ${headline}`,
        draw: (frame) => drawCalibration(result, frame),
      },
    ],
  };
}

const REASON_WORDS = {
  'no-history-in-the-data': 'no history in the data',
  'other-history-in-the-data': 'other history in the data',
} as const;

function tabulateDiffering(fidelity: readonly Fidelity[]): Table[] {
  const rows = fidelity.flatMap(({ engine, notReplayed }) => notReplayed.map((own) => ({ engine, ...own })));
  if (rows.length === 0) return [];
  const shorten = shortenPlanners(rows);
  return [
    {
      title: 'stored execution times that do not come out of the replay',
      columns: [
        name('engine', 'engine'),
        name('workflow', 'workflow'),
        name('planner', 'planner'),
        name('function', 'function'),
        right('count', 'count'),
        name('reason', 'reason'),
      ],
      rows: rows.map(({ reason, count, planner, ...own }) => ({
        ...own,
        planner: shorten(planner),
        count: String(count),
        reason: REASON_WORDS[reason],
      })),
      notes: [],
      fold: { rows: 'rows', by: 'count' },
    },
  ];
}

/** The columns of a level: skill, interval and coverage. */
const columnsOf = (tau: number): Column[] => [
  right(`skill ${tau}`, `${wordTau(tau)} skill %`),
  right(`interval ${tau}`, '95 %'),
  right(`covered ${tau}`, `within %`),
  right(`mdape ${tau}`, `${wordTau(tau)} MdAPE %`, true),
];

function cellsOf({ tau, strategy, ...score }: Score): Record<string, Cell> {
  const isEngine = strategy === ENGINE.name;
  return {
    [`skill ${tau}`]: isEngine ? '0' : toneSkill(score),
    [`interval ${tau}`]: wordPercentInterval(score.ciLow, score.ciHigh),
    [`covered ${tau}`]: toPercent(score.coverageFraction),
    [`mdape ${tau}`]: wordNumber(score.mdapeFraction * 100, 1),
  };
}

const TONES = { different: null, hint: 'uncertain', equivalent: 'plain', inconclusive: 'uncertain' } as const;

/** A skill, with the question mark of a hint. */
function toneSkill({ skillFraction, outcome }: Pick<Score, 'skillFraction' | 'outcome'>): Cell {
  const text = `${wordPercentChange(skillFraction)}${outcome === 'hint' ? '?' : ''}`;
  return { text, tone: TONES[outcome] ?? (skillFraction > 0 ? 'gain' : 'loss') };
}

const SCORE_NOTE =
  'Skill: share of the pinball loss of the engine that is saved (100 %: predictions without loss, 0: as good as the engine), over workflows of equal weight; ?: a hint, which p after Holm does not confirm. within: items that took at most as long as predicted. engine: by rules that were found from runs like the bundled ones, not read from its source; how well they hold for other runs is the count of predictions above, downloads excepted, which plans hold as sums only.';

function tabulateScores(scores: readonly Score[], options: BacktestOptions): Table {
  const first = { key: 'quantity', header: 'quantity', align: 'left', wraps: true, once: true } as const;
  return tabulate(
    scores,
    options,
    'skill: share of the loss of the engine that is saved',
    first,
    ({ quantity }) => QUANTITY_WORDS[quantity],
  );
}

function tabulateGroups(groups: readonly GroupScore[], options: BacktestOptions): Table {
  const by = options.by ?? 'planner';
  const shorten = shortenPlanners(groups.map(({ group }) => ({ planner: group })));
  const first = {
    key: 'group',
    header: by === 'history' ? 'earlier runs' : by,
    align: 'left',
    wraps: true,
    once: true,
  } as const;
  const table = tabulate(groups, options, `skill by ${by}`, first, (score) => {
    const { group, quantity } = score as GroupScore;
    return `${by === 'planner' ? shorten(group) : group}, ${QUANTITY_WORDS[quantity]}`;
  });
  return { ...table, fold: { rows: 'rows' } };
}

function tabulate(
  scores: readonly Score[],
  { shownTaus }: BacktestOptions,
  title: string,
  first: Column,
  nameOf: (score: Score) => string,
): Table {
  const rows = new Map<string, Record<string, Cell>>();
  for (const score of scores) {
    if (!shownTaus.includes(score.tau)) continue;
    const own = nameOf(score);
    const key = `${own}\n${score.strategy}`;
    const before = rows.get(key) ?? { [first.key]: own, strategy: score.strategy, runs: String(score.runCount) };
    rows.set(key, { ...before, ...cellsOf(score) });
  }
  return {
    title,
    columns: [first, name('strategy', 'strategy'), right('runs', 'runs', true), ...shownTaus.flatMap(columnsOf)],
    rows: [...rows.values()],
    notes: [SCORE_NOTE],
  };
}

function tabulateBudget(budget: readonly BudgetScore[], { shownTaus }: BacktestOptions): Table {
  const tau = shownTaus.at(-1) as number;
  const rows = new Map<string, Record<string, Cell>>();
  for (const score of budget) {
    if (score.tau !== tau) continue;
    const key = `${score.kept} ${score.amount}`;
    const before = rows.get(key) ?? { kept: BUDGET_WORDS[score.kept], amount: String(score.amount) };
    rows.set(key, {
      ...before,
      [score.quantity]: wordPercentChange(score.skillFraction),
      [`${score.quantity} interval`]: wordPercentInterval(score.ciLow, score.ciHigh, 0),
    });
  }
  const columns = BACKTEST_QUANTITIES.filter((key) => budget.some(({ quantity }) => quantity === key));
  return {
    title: `skill of the engine on less history, ${wordTau(tau)}`,
    columns: [
      { key: 'kept', header: 'kept', align: 'left', wraps: true, once: true },
      right('amount', 'so many'),
      ...columns.flatMap((key, place) => [
        right(key, `${QUANTITY_WORDS[key]} %`),
        right(`${key} interval`, '95 %', place > 1),
      ]),
    ],
    rows: [...rows.values()],
    notes: [
      'Runs are kept per planner and structure, samples and quantiles per function and planner. Sketches hold times per byte without sizes.',
    ],
  };
}

type Row = Record<string, Scalar>;

/** A row per version of the engine, then per score, score of a group and budget, with the same columns. */
function recordBacktest({ fidelity, scores, groups, budget }: BacktestResult): Records {
  const rows = [
    ...fidelity.map(
      ({ engine, predictedCount, exactCount }): Row => ({
        ...BLANK,
        row: 'fidelity',
        engine,
        predictedCount,
        exactCount,
      }),
    ),
    ...scores.map((own) => recordScore('score', own)),
    ...groups.map((own) => recordScore('group', own)),
    ...budget.map(({ amount, ...own }): Row => ({ ...recordScore('budget', own), keptAmount: amount })),
  ];
  return { columns: Object.keys(BLANK), rows };
}

const recordScore = (
  row: string,
  { ciLow, ciHigh, tau, ...own }: Score | GroupScore | Omit<BudgetScore, 'amount'>,
): Row => ({
  ...BLANK,
  row,
  ...own,
  askedLevel: tau,
  skillFractionCiLow: ciLow,
  skillFractionCiHigh: ciHigh,
});

const BLANK: Readonly<Row> = Object.fromEntries(
  [
    ...[
      'row',
      'engine',
      'predictedCount',
      'exactCount',
      'quantity',
      'strategy',
      'askedLevel',
      'by',
      'group',
      'kept',
      'keptAmount',
    ],
    ...['runCount', 'lossEngine', 'loss', 'skillFraction', 'skillFractionCiLow', 'skillFractionCiHigh'],
    ...['intervalMethod', 'pValue', 'pAdjusted', 'outcome'],
    ...['coverageFraction', 'mdapeFraction', 'itemCount', 'fallbackCount'],
  ].map((key) => [key, null]),
);
