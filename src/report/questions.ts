import type { RawOptions } from '../analyses/analysis.ts';
import type { Survey } from './survey.ts';

/**
 * The questions of a report. All of them are asked in one pass over the data, so that their facts cannot depend on what only the data
 * can tell: `reading` has a stand-in for that, and `ask` names it when all facts are there.
 */
export interface ReportQuestion {
  readonly analysis: string;
  readonly reading: RawOptions;
  /** What the command is given; a sentence why it cannot be asked of these data. */
  readonly ask: (survey: Survey) => RawOptions | string;
  /** Kinds of the charts that are shown: the first one where left out. */
  readonly charts?: readonly string[];
  /** Is true when it makes bills, by the prices that the report was given. */
  readonly takesPrices?: true;
  /** Is true when it is asked of `MOST_ASKED_RUNS` at most: of more it would take longer than all others together. */
  readonly isLimited?: true;
}

/** Runs at most of which the limited questions are asked. */
export const MOST_ASKED_RUNS = 2000;

export const NOTHING: RawOptions = { arguments: [], options: {} };

const plain = (analysis: string, more: Partial<ReportQuestion> = {}): ReportQuestion => ({
  analysis,
  reading: NOTHING,
  ask: () => NOTHING,
  ...more,
});

/** The analysis of single runs, which is asked once for each of those that are shown. */
export const RUN = 'run';

/** Stands for names that only the data can tell. */
const ANY = { planner: 'any', other: 'other' };

/** In the order of the page. `runs` and `run` are read for the first screen and for the charts of single runs. */
export const QUESTIONS: readonly ReportQuestion[] = [
  plain('runs'),
  plain('rank', { takesPrices: true, charts: ['levels', 'pareto'] }),
  {
    analysis: 'compare',
    reading: { arguments: [ANY.planner, ANY.other], options: {} },
    ask: ({ pair }) =>
      pair === null ? 'there are no two planners with planned runs' : { arguments: pair, options: {} },
  },
  {
    analysis: 'preload',
    reading: { arguments: [], options: { planner: ANY.planner } },
    ask: ({ preloading }) =>
      preloading === null
        ? 'no planner preloaded a task in these runs'
        : { arguments: [], options: { planner: preloading } },
  },
  plain('accuracy'),
  plain('sla'),
  plain('breakdown'),
  plain('workers', { isLimited: true }),
  plain('prewarm'),
  plain('taskdup'),
  plain('conflicts', { isLimited: true }),
  plain('failures'),
  plain('backtest', { isLimited: true }),
  plain('whatif', { takesPrices: true, isLimited: true }),
  plain('memory', { takesPrices: true, isLimited: true }),
  plain('scaling'),
  plain('plan-campaign'),
  { analysis: RUN, takesPrices: true, reading: { arguments: [], options: { slowest: true } }, ask: () => NOTHING },
];

/** Prices as `--prices` takes them; `undefined`: none were given. */
export type Prices = RawOptions['options'][string];

/** The questions as they have to be known when data are read. `prices`: as all that make bills are given them. */
export const listReadings = (prices: Prices) =>
  QUESTIONS.map((question) => ({
    analysis: question.analysis,
    raw: givePrices(question, question.reading, prices),
    isLimited: question.isLimited ?? false,
  }));

/** Gives prices to a question that makes bills. */
export const givePrices = ({ takesPrices }: ReportQuestion, raw: RawOptions, prices: Prices): RawOptions =>
  takesPrices && prices !== undefined ? { ...raw, options: { ...raw.options, prices } } : raw;
