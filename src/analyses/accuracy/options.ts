import { UserError } from '../../errors.ts';
import type { RawOptions } from '../analysis.ts';
import { pickNames } from '../named-options.ts';
import { QUANTITIES, type Quantity, quantityOf } from './quantities.ts';

/** The options of `wfa accuracy`, parsed. */
export interface AccuracyOptions {
  readonly quantities: readonly Quantity[];
  /** Shown in detail: what was asked for by name, else the first. */
  readonly detailed: readonly Quantity[];
  readonly level: 'run' | 'task';
  readonly axis: 'time' | 'index';
  /** Runs in the chart's rolling median. */
  readonly window: number;
}

const DEFAULT_WINDOW = 7;
const SHORTEST_WINDOW = 3;

/** Parses the flags; `UserError` `unknown-metric` for a quantity that no plan predicts, `bad-option` for other bad values. */
export function parseAccuracy({ options }: RawOptions): AccuracyOptions {
  const level = parseWord('--level', options['level'] as string | undefined, ['run', 'task'] as const);
  const asked = parseQuantities((options['quantity'] ?? []) as readonly string[]);
  // A task has no makespan of its own: at that level execution is what one asks about first.
  const quantities = asked ?? (level === 'task' ? [quantityOf('execution-time')] : QUANTITIES);
  return {
    quantities,
    detailed: asked ?? quantities.slice(0, 1),
    level,
    axis: parseWord('--x', options['x'] as string | undefined, ['time', 'index'] as const),
    window: parseWindow(options['window'] as string | undefined),
  };
}

/** `null`: nothing was named. */
function parseQuantities(names: readonly string[]): readonly Quantity[] | null {
  if (names.length === 0) return null;
  const known = QUANTITIES.map(({ key }) => key);
  return pickNames('quantity', names, known).map(quantityOf);
}

function parseWord<Word extends string>(option: string, text: string | undefined, words: readonly [Word, Word]): Word {
  if (text === undefined) return words[0];
  const word = words.find((candidate) => candidate === text.toLowerCase());
  if (word) return word;
  throw new UserError('bad-option', `${option} '${text}' is not known`, { hint: `There are ${words.join(' and ')}.` });
}

function parseWindow(text: string | undefined): number {
  const window = text === undefined ? DEFAULT_WINDOW : Number(text);
  if (Number.isSafeInteger(window) && window >= SHORTEST_WINDOW && window <= 10_000) return window;
  throw new UserError('bad-option', `--window '${text}' is no whole number of runs from ${SHORTEST_WINDOW} to 10000`);
}
