import { UserError } from '../../errors.ts';
import type { QuantileMethod } from '../../stats/weighted-quantile.ts';
import { BACKTEST_QUANTITIES, type BacktestQuantity } from './observations.ts';

/** How durations follow from history: `engine` is the engine's own window of sizes, the others are said in `predict.ts`. */
export const MODELS = ['engine', 'per-byte', 'regression', 'latency-bandwidth', 'burst'] as const;
export type Model = (typeof MODELS)[number];

/** Whose runs are history: of the own planner; of all; of all, those of others with half the weight. */
export const HISTORIES = ['own', 'pooled', 'weighted'] as const;
export type HistoryKind = (typeof HISTORIES)[number];

/** A strategy says which history is used, and how. */
export interface Strategy {
  readonly name: string;
  readonly history: HistoryKind;
  /** Runs of that history, the newest; `null`: all. */
  readonly last: number | null;
  /** Runs after which a weight has halved; `null`: all weigh the same. */
  readonly halfLife: number | null;
  readonly model: Model;
  readonly quantile: QuantileMethod;
  /** Whether a transfer's percentile is asked of the time rather than of the speed. */
  readonly reversed: boolean;
}

/** Runs older than so many half-lives weigh less than a thousandth, and are left out. */
export const MOST_HALF_LIVES = 10;
/** Runs that latency, bandwidth and bursts are told from. */
const RECENT_RUNS = 50;

const BASE: Strategy = {
  name: 'engine',
  history: 'own',
  last: null,
  halfLife: null,
  model: 'engine',
  quantile: 'linear',
  reversed: false,
};

/** The engine's own strategy, which all others are held against. */
export const ENGINE = BASE;

/** The strategies that are always tried. */
export const BUILT_IN: readonly Strategy[] = [
  ENGINE,
  { ...BASE, name: 'engine-last-3', last: 3 },
  { ...BASE, name: 'pooled-half-life-5', history: 'pooled', model: 'per-byte', halfLife: 5 },
  { ...BASE, name: 'regression-half-life-5', history: 'pooled', model: 'regression', halfLife: 5 },
  { ...BASE, name: 'latency-bandwidth', history: 'pooled', model: 'latency-bandwidth', last: RECENT_RUNS },
  { ...BASE, name: 'engine-reversed', reversed: true },
  { ...BASE, name: 'burst', history: 'pooled', model: 'burst', last: RECENT_RUNS },
];

const TRANSFERS: readonly BacktestQuantity[] = ['download', 'upload'];

/** The quantities that a strategy has something to say of. */
export function quantitiesOf({ model, reversed }: Strategy): readonly BacktestQuantity[] {
  if (model === 'latency-bandwidth' || reversed) return TRANSFERS;
  return model === 'burst' ? ['startup'] : BACKTEST_QUANTITIES;
}

/** Tells whether a strategy predicts all kinds from the same observations. */
export const isOfAllKinds = ({ model }: Strategy): boolean => model === 'latency-bandwidth';

/** Reads what `--strategy` composes, as in `pooled,half-life=10,regression`; `UserError` for what cannot be composed. */
export function parseStrategy(text: string): Strategy {
  const name = text.toLowerCase().replaceAll(/\s/g, '');
  const known = BUILT_IN.find((strategy) => strategy.name === name);
  if (known) return known;
  const given = name
    .split(',')
    .reduce<Partial<Strategy>>((parts, part) => Object.assign(parts, parsePart(text, part)), {});
  const isWeighted = given.halfLife !== undefined || given.history === 'weighted';
  // The engine's window knows no weights and no steps.
  const model = isWeighted || given.quantile === 'step' ? 'per-byte' : 'engine';
  const strategy = { ...BASE, model, ...given, name } as const;
  refuseImpossible(text, strategy, isWeighted);
  return strategy;
}

function parsePart(text: string, part: string): Partial<Strategy> {
  const [word = '', figure] = part.split('=');
  if (figure !== undefined) return parseFigure(text, word, figure);
  if (isOneOf(HISTORIES, word)) return { history: word };
  if (isOneOf(MODELS, word)) return { model: word };
  if (word === 'reversed') return { reversed: true };
  throw notKnown(text, part);
}

function parseFigure(text: string, word: string, figure: string): Partial<Strategy> {
  if (word === 'quantile' && (figure === 'linear' || figure === 'step')) return { quantile: figure };
  const count = Number(figure);
  if (word === 'last' && Number.isSafeInteger(count) && count >= 1) return { last: count };
  if (word === 'half-life' && Number.isFinite(count) && count > 0) return { halfLife: count };
  throw notKnown(text, `${word}=${figure}`);
}

function refuseImpossible(text: string, { model, quantile, reversed }: Strategy, isWeighted: boolean): void {
  const refuse = (why: string, hint: string) => {
    throw new UserError('bad-option', `--strategy '${text}': ${why}`, { hint });
  };
  if (model === 'engine' && isWeighted)
    refuse('the engine weighs all samples alike', 'Add per-byte or regression, which take weights.');
  if (model === 'engine' && quantile === 'step')
    refuse('the engine takes a linear quantile', 'Add per-byte or regression, or leave quantile=step out.');
  if (reversed && model !== 'engine')
    refuse(
      'only the engine asks for a percentile of speed, which can be reversed',
      'Leave out reversed, or the model.',
    );
  if ((model === 'latency-bandwidth' || model === 'burst') && isWeighted)
    refuse(`${model} weighs all runs alike`, 'Use last=N for recent runs.');
}

const isOneOf = <Word extends string>(words: readonly Word[], word: string): word is Word =>
  words.includes(word as Word);

const notKnown = (text: string, part: string) =>
  new UserError('bad-option', `--strategy '${text}': there is no part '${part}'`, {
    hint: [
      `Compose it of a history (${HISTORIES.join(', ')}), last=RUNS or half-life=RUNS, a model (${MODELS.join(', ')}),`,
      'quantile=linear or quantile=step, and reversed; as in pooled,half-life=10.',
      `Ready-made ones: ${BUILT_IN.map(({ name }) => name).join(', ')}.`,
    ],
  });
